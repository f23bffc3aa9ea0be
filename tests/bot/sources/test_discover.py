import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources import discover
from bot.sources.discover import MOST

PAGE = "https://www.example.org/section/page?id=1"
RSS = 'type="application/rss+xml"'


def links(markup: str, *, base: str = PAGE, content_type: str = "text/html") -> list[tuple[str, str]]:
    found = discover.links(markup.encode(), base=base, content_type=content_type)
    return [(candidate.url, candidate.title) for candidate in found]


def addresses(markup: str, *, base: str = PAGE) -> list[str]:
    return [url for url, _ in links(markup, base=base)]


@pytest.mark.parametrize(
    "tag",
    [
        pytest.param(f'<link rel="alternate" {RSS} href="/rss" title="Лента">', id="RSS"),
        pytest.param("<LINK TITLE='Лента' HREF=/rss TYPE='Application/Atom+XML' REL=Alternate />", id="case and order"),
        pytest.param('<link rel="home alternate" type="application/rss+xml; charset=utf-8" href="/rss" title="Лента">'),
        pytest.param('<link rel="alternate" type="application/feed+json" href="/rss" title="Лента">', id="JSON Feed"),
        pytest.param('<link rel="alternate" type="application/rdf+xml" href="/rss" title="Лента">', id="RDF"),
        pytest.param('<link rel="alternate" type="text/xml" href="/rss" title="Лента">', id="XML at a feed's address"),
        pytest.param('<link rel="feed" href="/rss" title="Лента">', id="a relation of its own"),
        pytest.param(f'<link rel="alternate" {RSS} href="../rss" title="Лента">', id="relative to the page"),
        pytest.param(f'<link rel="alternate" {RSS} href="//www.example.org/rss#top" title="Лента">', id="no scheme"),
        pytest.param(
            f'<link rel="alternate" {RSS} href=" feed:https://www.example.org/rss" title="Лента">', id="feed:"
        ),
        pytest.param(f'<base href="/"><link rel="alternate" {RSS} href="rss" title="Лента">', id="base"),
        pytest.param(f'<body><div><link rel="alternate" {RSS} href="/rss" title=" Лента\n">', id="in the body"),
    ],
)
def test_feed_is_found_by_its_link_tag(tag: str) -> None:
    assert links(f"<html><head>{tag}<title>Сайт</title>") == [("https://www.example.org/rss", "Лента")]


@pytest.mark.parametrize(
    "tag",
    [
        '<link rel="stylesheet" href="/feed.css">',
        '<link rel="alternate stylesheet" type="application/rss+xml" href="/rss">',
        '<link rel="alternate" hreflang="kk" href="/kk/">',
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">',
        '<link rel="alternate" type="application/json+oembed" href="/oembed?url=x">',
        '<link rel="alternate" type="text/xml" href="/opensearch">',
        f'<link rel="alternate" {RSS}>',
        f'<link rel="alternate" {RSS} href="">',
        f'<link rel="alternate" {RSS} href="javascript:void(0)">',
        f'<link rel="alternate" {RSS} href="https://user:secret&#64;example.org/rss">',
        f'<link rel="alternate" {RSS} href="http://[broken/rss">',
        f'<link rel="alternate" {RSS} href="{PAGE}">',
        f'<!-- <link rel="alternate" {RSS} href="/rss"> -->',
        '<a href="/how-to-feed-cats">Кошки</a>',
        '<a href="/feedback">Обратная связь</a>',
        '<a href="https://reader.example/subscribe?feed=https://www.example.org/rss">В читалку</a>',
        "",
    ],
)
def test_what_is_no_feed_is_not_offered(tag: str) -> None:
    assert links(f"<html><head>{tag}") == []


def test_feeds_come_as_the_page_has_them_each_once_those_of_other_hosts_last() -> None:
    page = f"""
        <link rel=alternate {RSS} href="https://other.example/rss" title="Чужая">
        <link rel=alternate {RSS} href="/rss?utm_source=page" title="Все новости">
        <link rel=alternate {RSS} href="/sport/rss" title="Спорт">
        <link rel=alternate {RSS} href="/rss" title="Ещё раз">
        <link rel=alternate {RSS} href="https://feeds.example.net/all" title="Зеркало">
    """
    assert links(page) == [
        ("https://www.example.org/rss", "Все новости"),
        ("https://www.example.org/sport/rss", "Спорт"),
        ("https://feeds.example.net/all", "Зеркало"),
        ("https://other.example/rss", "Чужая"),
    ]


def test_feed_in_several_forms_is_offered_in_the_first() -> None:
    page = """
        <link rel=alternate type="application/rss+xml" href="/rss" title="Новости (RSS 2.0)">
        <link rel=alternate type="application/atom+xml" href="/atom" title="Новости — Atom">
        <link rel=alternate type="application/feed+json" href="/json" title="Новости (JSON)">
        <link rel=alternate type="application/rss+xml" href="/rss2" title="Новости">
    """
    assert addresses(page) == ["https://www.example.org/rss", "https://www.example.org/rss2"]


def test_feeds_of_comments_are_dropped_unless_there_are_no_others() -> None:
    comments = f'<link rel=alternate {RSS} href="/comments/feed/" title="Сайт » Лента комментариев">'
    assert addresses(f'{comments}<link rel=alternate {RSS} href="/feed/">') == ["https://www.example.org/feed/"]
    assert addresses(comments) == ["https://www.example.org/comments/feed/"]


@pytest.mark.parametrize(
    "href",
    [
        *("/rss", "/feed/", "/rss.xml", "/rss2.php", "/export/all.rss", "/?feed=rss2", "/index.rdf", "/news_rss"),
        *("https://feeds.example.net/all", "https://rss.example.org/", "https://example.org/atom.xml"),
    ],
)
def test_link_in_the_text_that_looks_like_a_feed_is_found(href: str) -> None:
    (found,) = links(f'<body><p><a href="{href}"> <b>Лента</b>\nновостей</a>')
    assert found[1] == "Лента новостей"


def test_links_in_the_text_count_where_the_head_names_none_or_the_page_is_about_feeds() -> None:
    head = f'<link rel=alternate {RSS} href="/all.xml">'
    page = f'<html><head>{head}<body><a href="/sport.rss">Спорт</a>'
    assert addresses(page) == ["https://www.example.org/all.xml"]
    assert addresses(page, base="https://www.example.org/rss/") == [
        "https://www.example.org/all.xml",
        "https://www.example.org/sport.rss",
    ]


def test_list_of_sitemaps_leads_to_those_of_news() -> None:
    index = """<?xml version="1.0" encoding="UTF-8"?>
        <sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
          <sitemap><loc>https://news.example.org/sitemap-pages.xml</loc></sitemap>
          <sitemap><loc>
            https://news.example.org/sitemap-news.xml?a=1&amp;b=2</loc><lastmod>2025-12-01</lastmod></sitemap>
        </sitemapindex>"""
    assert addresses(index) == ["https://news.example.org/sitemap-news.xml?a=1&b=2"]


def test_charset_is_that_of_the_page() -> None:
    page = f'<meta charset=koi8-r><link rel=alternate {RSS} href="/rss" title="Лента новостей о погоде">'
    assert discover.links(page.encode("koi8-r"), base=PAGE)[0].title == "Лента новостей о погоде"
    page = page.replace("koi8-r", "utf-8")
    windows = discover.links(page.encode("cp1251"), base=PAGE, content_type="text/html; charset=windows-1251")
    assert windows[0].title == "Лента новостей о погоде"


def test_no_more_are_told_than_buttons_fit_and_one_that_says_so() -> None:
    page = "".join(f'<link rel=alternate {RSS} href="/{number}.rss" title="{"Я" * 999}">' for number in range(99))
    found = links(page)
    assert len(found) == MOST + 1
    assert len(found[0][1]) == 200


_markup = st.lists(
    st.sampled_from(["<link rel=alternate type='application/rss+xml' href=", "<a href=", "<base href=", "<!--", "-->"])
    | st.sampled_from(["/rss", "'", '"', ">", "//", "http://[", "<sitemapindex>", "<loc>", "news", "\0", "&#0;", " "])
    | st.text(max_size=4)
).map("".join)


@given(_markup.map(str.encode) | st.binary(), st.sampled_from(["", "text/html; charset=utf-7", "x; charset=\0"]))
def test_any_bytes_are_a_page(page: bytes, content_type: str) -> None:
    found = discover.links(page, base=PAGE, content_type=content_type)
    assert len({candidate.url for candidate in found}) == len(found)
    assert all(candidate.url.startswith(("http://", "https://")) for candidate in found)


@pytest.mark.parametrize(
    "unit", ["<div>", "<a ", "<a href=/rss>", "<link rel=alternate href=", "<!--", "&#x", "<b><p>"]
)
def test_hostile_page_takes_linear_time(unit: str) -> None:
    # Quadratic time would be minutes here.
    discover.links((unit * 200_000).encode(), base=PAGE)


def test_usual_paths_are_those_below_the_page_then_those_of_the_site() -> None:
    root = [f"https://example.org/{path}" for path in ("feed", "rss", "rss.xml", "feed.xml", "atom.xml")]
    assert list(discover.usual("https://example.org/")) == root
    assert list(discover.usual("https://example.org/sport/?page=2")) == ["https://example.org/sport/feed", *root]
    assert list(discover.usual("https://example.org/index.html")) == root


def test_robots_txt_names_the_sitemaps_those_of_news_first() -> None:
    robots = b"""User-agent: *
Disallow: /
Sitemap: https://news.example.org/sitemap.xml
sitemap: /news/sitemap.xml
Sitemap: ftp://example.org/sitemap.xml
"""
    assert discover.sitemaps(robots, url="https://news.example.org/") == (
        "https://news.example.org/news/sitemap.xml",
        "https://news.example.org/sitemap.xml",
    )


def test_sitemaps_of_news_are_guessed_where_robots_txt_names_none() -> None:
    assert discover.sitemaps(b"\xff<html>", url="https://example.org/a") == (
        "https://example.org/news-sitemap.xml",
        "https://example.org/sitemap-news.xml",
    )
