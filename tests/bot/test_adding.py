from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot import adding
from bot.adding import REQUESTS, Found, Several, find
from bot.sources.discover import Candidate
from bot.sources.fetch import Fetcher
from bot.sources.reading import Reader
from bot.sources.trouble import FetchError, Trouble
from bot.sources.worker import Parser
from tests.web import Names, Reply, Web

FEED = Reply(
    body="""<rss version="2.0"><channel><title>Лента</title>
        <item><title>Мост открыт</title><link>/1</link></item></channel></rss>""".encode(),
    headers={"Content-Type": "application/rss+xml"},
)
NEWS = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
    xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://example.org/1</loc>
    <news:news><news:title>Мост открыт</news:title></news:news></url></urlset>"""
CHANNEL = """<html><body><div class="tgme_channel_info"><div class="tgme_channel_info_header_title">Канал</div></div>
    <div class="tgme_widget_message_wrap"><div class="tgme_widget_message" data-post="channel/7">
    <div class="tgme_widget_message_text js-message_text">Мост открыт.</div>
    <span class="tgme_widget_message_meta"><a class="tgme_widget_message_date" href="https://t.me/channel/7">
    <time datetime="2025-12-01T10:00:00+00:00">10:00</time></a></span></div></div></body></html>"""


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    async with Web() as web:
        yield web


@pytest.fixture
async def reader(web: Web) -> AsyncIterator[Reader]:
    async with Fetcher(allow_private=True) as fetcher, Parser(workers=1) as parser:
        yield Reader(fetcher, parser, telegram_web=f"{web.url}/telegram")


def page(web: Web, path: str, markup: str) -> str:
    return web.serve(path, Reply(body=markup.encode(), headers={"Content-Type": "text/html; charset=utf-8"}))


def link(path: str, title: str = "") -> str:
    return f'<link rel="alternate" type="application/rss+xml" href="{path}" title="{title}">'


async def found(typed: str, reader: Reader) -> str:
    """The address of the feed that was found, which holds what the tests' feeds hold."""
    answer = await find(typed, reader=reader)
    assert isinstance(answer, Found)
    assert [draft.title for draft in answer.contents.drafts] == ["Мост открыт"]
    return answer.url


async def trouble(typed: str, reader: Reader) -> Trouble:
    with pytest.raises(FetchError) as error:
        await find(typed, reader=reader)
    return error.value.trouble


async def test_feed_is_found_at_its_own_address(web: Web, reader: Reader) -> None:
    answer = await find(f" <{web.serve('/rss?all=1', FEED)}#top> ", reader=reader)
    assert isinstance(answer, Found)
    assert answer.url == f"{web.url}/rss?all=1"
    assert answer.contents.title == "Лента"
    assert answer.contents.drafts[0].url == f"{web.url}/1"
    assert answer.answer.body == FEED.body
    assert len(web.requests) == 1


async def test_permanent_redirect_is_followed_for_good_and_a_temporary_one_for_now(web: Web, reader: Reader) -> None:
    web.serve("/new", FEED)
    web.redirect("/now", to="/new", status=302)
    old = web.redirect("/old", to="/now", status=301)
    assert await found(old, reader) == f"{web.url}/now"


async def test_page_with_one_feed_leads_to_it(web: Web, reader: Reader) -> None:
    web.serve("/all.xml", FEED)
    assert await found(page(web, "/", link("all.xml")), reader) == f"{web.url}/all.xml"
    assert len(web.requests) == 2


async def test_page_with_several_feeds_lets_choose(web: Web, reader: Reader) -> None:
    address = page(web, "/", link("/all.xml", "Все") + link("/sport.xml", "Спорт"))
    assert await find(address, reader=reader) == Several(
        (Candidate(f"{web.url}/all.xml", "Все"), Candidate(f"{web.url}/sport.xml", "Спорт"))
    )
    assert len(web.requests) == 1


async def test_page_that_names_a_list_of_feeds_leads_to_the_feeds_of_the_list(web: Web, reader: Reader) -> None:
    page(web, "/feeds/", '<a href="/a.rss">А</a>')
    address = page(web, "/", '<a href="/feeds/">Ленты</a>')
    web.serve("/a.rss", FEED)
    assert await found(address, reader) == f"{web.url}/a.rss"
    page(web, "/feeds/", '<a href="/a.rss">А</a> <a href="/b.rss">Б</a>')
    several = await find(address, reader=reader)
    assert isinstance(several, Several)
    assert [candidate.title for candidate in several.candidates] == ["А", "Б"]


async def test_feed_is_looked_for_where_feeds_usually_are(web: Web, reader: Reader) -> None:
    address = page(web, "/", "<p>Новости</p>")
    web.serve("/rss.xml", FEED)
    assert await found(address, reader) == f"{web.url}/rss.xml"


async def test_named_feed_that_is_missing_does_not_end_the_search(web: Web, reader: Reader) -> None:
    address = page(web, "/sport/", link("/gone.xml"))
    web.serve("/sport/feed", FEED)
    assert await found(address, reader) == f"{web.url}/sport/feed"


async def test_site_that_answers_every_address_with_its_page_is_asked_no_more_than_allowed(
    web: Web, reader: Reader
) -> None:
    address = page(web, "/sport/", link("/sport/"))
    for path in ("/sport/feed", "/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/robots.txt"):
        page(web, path, link("/sport/"))
    assert await trouble(address, reader) is Trouble.NO_FEED_FOUND
    assert [request.path for request in web.requests] == [
        *("/sport/", "/sport/feed", "/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml"),
        *("/robots.txt", "/news-sitemap.xml"),
    ]
    assert len(web.requests) == 1 + REQUESTS


async def test_sitemap_of_news_is_found_by_robots_txt(web: Web, reader: Reader) -> None:
    address = page(web, "/", "")
    web.serve("/robots.txt", Reply(body=b"User-agent: *\nDisallow: /\nSitemap: /index.xml\nSitemap: /news.xml"))
    web.serve("/news.xml", Reply(body=NEWS.encode()))
    assert await found(address, reader) == f"{web.url}/news.xml"


async def test_list_of_sitemaps_leads_to_the_one_of_news(web: Web, reader: Reader) -> None:
    address = page(web, "/", "")
    index = f"<sitemapindex><sitemap><loc>{web.url}/pages.xml</loc></sitemap><sitemap><loc>{web.url}/news.xml</loc>"
    web.serve("/robots.txt", Reply(body=b"Sitemap: /index.xml"))
    web.serve("/index.xml", Reply(body=f"{index}</sitemap></sitemapindex>".encode()))
    web.serve("/news.xml", Reply(body=NEWS.encode()))
    assert await found(address, reader) == f"{web.url}/news.xml"


async def test_sitemap_is_guessed_and_an_empty_one_is_passed_over(web: Web, reader: Reader) -> None:
    address = page(web, "/", "")
    empty = "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'></urlset>"
    web.serve("/news-sitemap.xml", Reply(body=empty.encode()))
    web.serve("/sitemap-news.xml", Reply(body=NEWS.encode()))
    assert await found(address, reader) == f"{web.url}/sitemap-news.xml"


async def test_host_without_a_scheme_is_asked_over_http_where_it_speaks_no_https(web: Web, reader: Reader) -> None:
    web.serve("/rss", FEED)
    assert await found(f"127.0.0.1:{web.port}/rss", reader) == f"{web.url}/rss"


async def test_https_that_was_asked_for_is_not_given_up(web: Web, reader: Reader) -> None:
    web.serve("/rss", FEED)
    assert await trouble(f"https://127.0.0.1:{web.port}/rss", reader) in (Trouble.TLS, Trouble.CONNECT, Trouble.BROKEN)
    assert web.requests == []


async def test_host_that_answers_neither_way_has_the_trouble_of_the_first(web: Web, reader: Reader) -> None:
    web.serve("/rss", Reply(status=404))
    assert await trouble(f"127.0.0.1:{web.port}/rss", reader) is not Trouble.STATUS
    assert len(web.requests) == 1


async def test_host_that_does_not_exist_is_not_asked_again() -> None:
    names = Names()
    async with Fetcher(resolver=names) as fetcher, Parser(workers=1) as parser:
        assert await trouble("nowhere.example", Reader(fetcher, parser)) is Trouble.DNS
    assert names.asked == ["nowhere.example"]


async def test_address_that_the_server_does_not_know_is_not_searched_around(web: Web, reader: Reader) -> None:
    web.serve("/feed", FEED)
    assert await trouble(f"{web.url}/typo", reader) is Trouble.STATUS
    assert len(web.requests) == 1


async def test_server_that_asks_to_wait_is_not_searched_further(web: Web, reader: Reader) -> None:
    address = page(web, "/", "")
    web.serve("/rss", Reply(status=429))
    assert await trouble(address, reader) is Trouble.LIMITED
    assert [request.path for request in web.requests] == ["/", "/feed", "/rss"]


async def test_search_ends_when_patience_does(web: Web, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    address = page(web, "/", "")
    web.serve("/feed", Reply(body=FEED.body, after_s=5))
    monkeypatch.setattr(adding, "PATIENCE", timedelta(milliseconds=200))
    assert await trouble(address, reader) is Trouble.NO_FEED_FOUND


async def test_channel_is_found_by_its_name(web: Web, reader: Reader) -> None:
    page(web, "/telegram/s/channel", CHANNEL)
    assert await found("@Channel", reader) == "https://t.me/s/channel"
    assert await found("https://t.me/channel/7", reader) == "https://t.me/s/channel"


async def test_channel_without_a_public_page_says_so(web: Web, reader: Reader) -> None:
    web.redirect("/telegram/s/channel", to="/telegram/channel")
    page(
        web, "/telegram/channel", '<html><body><div class="tgme_page"><a class="tgme_action_button_new">View</a></div>'
    )
    assert await trouble("@channel", reader) is Trouble.NO_PREVIEW


async def test_what_is_no_address_is_not_asked_for(reader: Reader) -> None:
    assert await trouble("что-то", reader) is Trouble.ADDRESS
    assert await trouble("https://user:secret{}example.org/".format("@"), reader) is Trouble.CREDENTIALS
