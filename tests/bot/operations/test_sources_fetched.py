"""`newsbot source add` and `newsbot fetch`, over a site on loopback."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.bot.command_line import CommandLine, Outcome
from tests.bot.operations.articles import titles
from tests.bot.operations.site import HTML, Page, Site, serving

FETCHED_NOTHING = "fetched 0, new articles 0, unchanged 0, failed 0\n"
pytestmark = pytest.mark.slow


@pytest.fixture
def site(newsbot: CommandLine) -> Iterator[Site]:
    newsbot.set(ALLOW_PRIVATE_HOSTS="true")
    with serving() as site:
        yield site


def page(*feeds: str) -> Page:
    links = "".join(
        f'<link rel="alternate" type="application/rss+xml" title="Лента {path}" href="{path}">' for path in feeds
    )
    return Page(f"<!doctype html><html><head>{links}</head><body>Новости</body></html>", HTML)


def test_added_source_is_fetched_at_once(newsbot: CommandLine, site: Site) -> None:
    url = site.add("/rss", "Саммит в Астане", "Вчерашнее", title="Лента")
    assert newsbot("source", "add", url) == Outcome(0, "added Лента: 2 articles, newest «Саммит в Астане»\n", "")
    assert sorted(titles(newsbot("export"))) == ["Вчерашнее", "Саммит в Астане"]
    [row] = newsbot("source", "list", "--json").rows
    assert (row["url"], row["title"], row["state"], row["full_text"], row["topic"]) == (
        url,
        "Лента",
        "live",
        False,
        None,
    )


def test_source_without_articles_can_be_added(newsbot: CommandLine, site: Site) -> None:
    assert newsbot("source", "add", site.add("/rss", title="Лента")).out == "added Лента: 0 articles\n"


def test_known_source_is_said_to_be_known(newsbot: CommandLine, site: Site) -> None:
    url = site.add("/rss", "Одна новость", title="Лента")
    assert newsbot("source", "add", url).out == "added Лента: 1 article, newest «Одна новость»\n"
    assert newsbot("source", "add", url) == Outcome(0, f"already known: Лента ({url})\n", "")


@pytest.mark.parametrize("words", [["--full-text", "--topic", "Экономика"], ["full_text=on", "topic=Экономика"]])
def test_source_is_added_with_its_settings(words: list[str], newsbot: CommandLine, site: Site) -> None:
    newsbot("source", "add", site.add("/rss"), *words)
    [row] = newsbot("source", "list", "--json").rows
    assert (row["full_text"], row["topic"]) == (True, "Экономика")


def test_word_wins_over_the_option(newsbot: CommandLine, site: Site) -> None:
    newsbot("source", "add", "--full-text", site.add("/rss"), "full_text=OFF")
    assert newsbot("source", "list", "--json").rows[0]["full_text"] is False


def test_page_leads_to_its_feed(newsbot: CommandLine, site: Site) -> None:
    url = site.add("/rss", "Саммит", title="Лента")
    site.pages["/"] = page("/rss")
    assert newsbot("source", "add", f"{site.address}/").out == "added Лента: 1 article, newest «Саммит»\n"
    assert newsbot("source", "list", "--json").rows[0]["url"] == url


def test_page_with_several_feeds_lists_them_and_adds_none(newsbot: CommandLine, site: Site) -> None:
    urls = [site.add("/rss/all", "Саммит"), site.add("/rss/sport", "Футбол")]
    site.pages["/"] = page("/rss/all", "/rss/sport")
    outcome = newsbot("source", "add", f"{site.address}/")
    assert outcome == Outcome(
        1,
        f"1. Лента /rss/all\n   {urls[0]}\n2. Лента /rss/sport\n   {urls[1]}\n",
        "newsbot: there are several feeds, add one of these addresses\n",
    )
    assert newsbot("source", "list", "--json").out == ""
    assert newsbot("source", "add", urls[1]).code == 0


def test_of_a_page_with_very_many_feeds_the_first_ten_are_listed(newsbot: CommandLine, site: Site) -> None:
    site.pages["/"] = page(*(f"/rss/{number}" for number in range(12)))
    outcome = newsbot("source", "add", f"{site.address}/")
    assert outcome.code == 1
    assert [line.split(".")[0] for line in outcome.out.splitlines()[::2]] == [str(number) for number in range(1, 11)]
    assert outcome.err == "newsbot: there are more than 10 feeds, here are the first 10, add one of these addresses\n"


def test_address_without_a_feed_is_one_line(newsbot: CommandLine, site: Site) -> None:
    site.pages["/"] = Page("<html><body>no feed</body></html>", HTML)
    outcome = newsbot("source", "add", f"{site.address}/")
    assert (outcome.code, outcome.mistake) == (1, f"{site.address}/: no feed was found there")
    assert newsbot("source", "list", "--json").out == ""


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        pytest.param("javascript:alert(1)", "javascript:alert(1): this is not an address", id="no address"),
        pytest.param(" ", "this is not an address", id="nothing"),
        pytest.param("http://me:hunter2@127.0.0.1/", "http://***@127.0.0.1/: the address carries", id="password"),
    ],
)
def test_address_that_is_none_is_one_line(typed: str, told: str, newsbot: CommandLine) -> None:
    outcome = newsbot("source", "add", typed)
    assert outcome.code == 1
    assert outcome.mistake.startswith(told)
    assert "hunter2" not in outcome.err


def test_private_address_is_refused_unless_it_is_allowed(newsbot: CommandLine, site: Site) -> None:
    newsbot.set(ALLOW_PRIVATE_HOSTS="false")
    url = site.add("/rss", "Саммит")
    told = f"{url}: the address leads into a private network"
    assert newsbot("source", "add", url).mistake == told
    assert site.asked == []


def test_fetch_without_sources_says_how_to_get_some(newsbot: CommandLine) -> None:
    outcome = newsbot("fetch")
    assert (outcome.code, outcome.out) == (0, FETCHED_NOTHING)
    assert "`newsbot source add URL`" in outcome.err
    assert "`newsbot source starter`" in outcome.err


def test_fetch_takes_what_is_due_and_all_takes_every_source(newsbot: CommandLine, site: Site) -> None:
    newsbot("source", "add", site.add("/rss", "Вчерашнее", title="Лента"))
    site.add("/rss", "Сегодняшнее", "Вчерашнее", title="Лента")
    told = "no source is due; `newsbot fetch --all` asks every one now\n"
    assert newsbot("fetch") == Outcome(0, FETCHED_NOTHING, told)
    assert newsbot("fetch", "--all") == Outcome(0, "fetched 1, new articles 1, unchanged 0, failed 0\n", "")
    assert sorted(titles(newsbot("export"))) == ["Вчерашнее", "Сегодняшнее"]


def test_fetch_reads_imported_sources_that_were_never_read(newsbot: CommandLine, site: Site) -> None:
    url = site.add("/rss", "Саммит", title="Лента")
    outline = f'<opml version="2.0"><body><outline type="rss" text="Моя лента" xmlUrl="{url}"/></body></opml>'
    newsbot("source", "import", "-", typed=outline)
    assert site.asked == []
    assert newsbot("fetch").out == "fetched 1, new articles 1, unchanged 0, failed 0\n"
    assert newsbot("export").rows[0]["source"] == newsbot("source", "list", "--json").rows[0]["title"] == "Моя лента"


def test_unchanged_sources_are_counted(newsbot: CommandLine, site: Site) -> None:
    newsbot("source", "add", site.add("/rss", "Саммит", etag='"1"'))
    assert newsbot("fetch", "--all").out == "fetched 1, new articles 0, unchanged 1, failed 0\n"


def test_each_source_that_fails_is_named(newsbot: CommandLine, site: Site) -> None:
    newsbot("source", "add", site.add("/good", "Саммит", title="Хорошая"))
    broken = site.add("/broken", "Саммит", title="Плохая")
    newsbot("source", "add", broken)
    del site.pages["/broken"]
    outcome = newsbot("fetch", "--all")
    assert outcome == Outcome(
        0,
        "fetched 1, new articles 0, unchanged 1, failed 1\n",
        f"Плохая ({broken}): the server answers with the error 404\n",
    )
    assert "the server answers with the error 404" in newsbot("source", "list").out


def test_fetch_of_which_every_source_fails_fails(newsbot: CommandLine, site: Site) -> None:
    newsbot("source", "add", site.add("/rss", "Саммит"))
    site.pages.clear()
    outcome = newsbot("fetch", "--all")
    assert (outcome.code, outcome.out) == (1, "fetched 0, new articles 0, unchanged 0, failed 1\n")


def test_commands_that_fetch_at_the_same_time_store_each_article_once(newsbot: CommandLine, site: Site) -> None:
    for number in range(3):
        newsbot("source", "add", site.add(f"/{number}", title=f"Лента {number}"))
        site.add(f"/{number}", f"Саммит {number}", f"Футбол {number}", title=f"Лента {number}")
    with ThreadPoolExecutor() as threads:
        outcomes = list(threads.map(lambda _: newsbot.process("fetch", "--all"), range(2)))
    assert [(outcome.code, outcome.err) for outcome in outcomes] == [(0, "")] * 2
    assert len(newsbot("export").rows) == 6
    assert {row["error"] for row in newsbot("source", "list", "--json").rows} == {None}
