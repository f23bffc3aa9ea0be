"""What polling meets when it goes on for months: clocks, moves, gaps, corrections, servers that ask to wait."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import pytest
from sqlalchemy import select

from bot.fetching import Added, Fetching
from bot.polling import DAY
from bot.sources.trouble import FetchError, Trouble
from storage import feeds
from storage.models import FeedState
from storage.schema import sources
from tests.bot.fetching.desk import ARTICLE, HOUR, LONG, NOW, PAGE, XML, Desk, Rules, channel, rss
from tests.web import Reply

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def pull_all(desk: Desk, *, after: timedelta = HOUR) -> None:
    desk.now += after
    await desk.fetching.pull(now=desk.now, told=desk.told.append)


async def test_merge_into_a_gone_feed_keeps_one_that_is_asked(desk: Desk) -> None:
    new = await desk.add("/new", "Первая")
    desk.web.serve("/new", Reply(status=410))
    await desk.pull()
    assert (await desk.known(new)).state is FeedState.GONE
    await desk.add("/old", "Первая")
    desk.web.serve("/new", rss("Первая"))
    desk.web.redirect("/old", to=new.url, status=301)
    for after in (HOUR, 3 * DAY):
        await pull_all(desk, after=after)
    async with desk.db.read() as conn:
        assert [one for one in await feeds.everything(conn) if one.next_at]


async def test_adding_a_gone_feed_that_answers_brings_it_back(desk: Desk) -> None:
    feed = await desk.add("/feed", "Первая")
    desk.web.serve("/feed", Reply(status=410))
    await desk.pull()
    added = await desk.fetching.add(desk.web.serve("/feed", rss("Вторая", "Первая")), now=desk.now)
    assert isinstance(added, Added)
    assert (await desk.known(feed)).state is FeedState.LIVE


async def test_a_gap_in_a_channel_is_read_when_its_older_page_answers_again(desk: Desk) -> None:
    desk.web.serve("/s/kanal", channel(range(1, 4)), channel(range(7, 10)))
    desk.web.serve("/s/kanal?before=7", Reply(status=502), channel(range(4, 7)))
    desk.web.serve("/s/kanal?before=4", channel(range(1, 4)))
    await desk.fetching.add("@kanal", now=NOW)
    for _ in range(5):
        await pull_all(desk)
    assert sorted(await desk.titles()) == [f"Новость {number} канала" for number in range(1, 10)]


async def test_a_feed_without_a_name_has_one_source(desk: Desk) -> None:
    url = desk.web.serve("/feed", rss("Первая"), rss("Вторая", "Первая"))
    async with desk.db.write() as conn:
        await feeds.add(conn, url=url, title=feeds.host(url), now=NOW)  # as an OPML file without titles has it
    await pull_all(desk)
    await pull_all(desk)
    async with desk.db.read() as conn:
        assert [row.name for row in await conn.execute(select(sources))] == ["Новости"]


async def test_backlog_of_a_feed_without_a_name_is_not_pushed_when_it_is_corrected(desk: Desk) -> None:
    url = desk.web.serve("/feed", rss("Первая: начало"), rss("Первая: конец"))
    async with desk.db.write() as conn:
        await feeds.add(conn, url=url, title=feeds.host(url), now=NOW)
    await pull_all(desk)
    await pull_all(desk)
    assert await desk.titles() == ["Первая: конец"]
    assert await desk.to_be_pushed() == []


async def test_shorter_settings_hold_for_what_was_put_off_before(desk: Desk) -> None:
    rules = Rules(fetch_interval=timedelta(days=30), fetch_max_interval=timedelta(days=30))
    slow = Fetching(desk.db, desk.fetching._reader, rules, clock=lambda: desk.now, chance=lambda: 0.0)
    await slow.add(desk.web.serve("/feed", rss("Первая")), now=desk.now)
    quick = Fetching(desk.db, desk.fetching._reader, Rules(), clock=lambda: desk.now, chance=lambda: 0.0)
    desk.now += 2 * DAY
    await quick.begin(now=desk.now)
    await quick.fetch_due(now=desk.now)
    await quick.idle()
    assert len(desk.web.asked("/feed")) == 2


async def test_a_clock_that_ran_ahead_silences_no_feed(desk: Desk) -> None:
    await desk.add("/feed", "Первая")
    await desk.pull(after=1000 * DAY)
    desk.now = NOW + DAY
    desk.fetching = Fetching(desk.db, desk.fetching._reader, Rules(), clock=lambda: desk.now, chance=lambda: 0.0)
    await desk.fetching.begin(now=desk.now)
    await desk.fetching.fetch_due(now=desk.now)
    await desk.fetching.idle()
    assert len(desk.web.asked("/feed")) == 3


async def test_a_host_that_asks_to_wait_is_not_asked_for_its_other_feeds(desk: Desk) -> None:
    for name in "abcde":
        await desk.add(f"/{name}", name)
        desk.web.serve(f"/{name}", Reply(status=429, headers={"Retry-After": "3600"}))
    desk.now += HOUR
    await desk.fetching.fetch_due(now=desk.now)
    await desk.fetching.idle()
    assert sum(len(desk.web.asked(f"/{name}")) for name in "abcde") == 6


async def test_a_move_to_a_known_feed_is_known_by_its_canonical_address(desk: Desk) -> None:
    new = await desk.add("/new", "Первая")
    await desk.add("/old", "Первая")
    desk.web.serve("/new?utm_source=old", rss("Первая"))
    desk.web.redirect("/old", to=new.url + "?utm_source=old", status=301)
    for after in (HOUR, 3 * DAY):
        await pull_all(desk, after=after)
    async with desk.db.read() as conn:
        assert [one.url for one in await feeds.everything(conn)] == [new.url]


async def test_each_item_of_a_feed_that_lists_one_is_news(desk: Desk) -> None:
    def single(n: int) -> Reply:
        body = (
            f"<rss version='2.0'><channel><title>T</title><item><title>Тревога {n}</title>"
            f"<guid isPermaLink='false'>{n}</guid><link>{desk.web.url}/</link></item></channel></rss>"
        )
        return Reply(body=body.encode(), headers=XML)

    await desk.fetching.add(desk.web.serve("/feed", single(1)), now=desk.now)
    desk.web.serve("/feed", single(2))
    await pull_all(desk)
    assert await desk.titles() == ["Тревога 1", "Тревога 2"]
    assert await desk.to_be_pushed() == ["Тревога 2"]


async def test_a_correction_does_not_take_the_full_text_away(desk: Desk) -> None:
    await desk.add("/feed", "Саммит", full_text=True)
    desk.web.serve("/robots.txt", Reply(status=404))
    desk.web.serve("/page/0", Reply(body=ARTICLE.encode(), headers=PAGE), Reply(status=503))
    desk.web.serve(
        "/feed", rss("Новое", link=f"{desk.web.url}/page"), rss("Новое: подробности", link=f"{desk.web.url}/page")
    )
    await desk.pull()
    await desk.pull()
    assert LONG.strip() in (await desk.texts())[-1]


async def test_a_new_source_is_asked_once_while_it_is_being_added(desk: Desk) -> None:
    url = desk.web.serve("/feed", rss(*(f"Новость {n}" for n in range(300)), text="слово " * 50))
    adding = asyncio.create_task(desk.fetching.add(url, now=desk.now))
    while not adding.done():
        await desk.fetching.fetch_due(now=desk.now)
        await asyncio.sleep(0.02)
    await desk.fetching.idle()
    assert len(desk.web.asked("/feed")) == 1


async def test_a_feed_that_was_silent_for_a_year_is_well(desk: Desk) -> None:
    feed = await desk.add("/feed", "Первая")
    async with desk.db.write() as conn:
        # What 0.965 of it each six hours leaves of an article a day; see the next test.
        silent = replace(await desk.known(feed), per_day=1e-21, succeeded_at=NOW, observed_since=NOW - 400 * DAY)
        await feeds.settle(conn, silent)
    assert (await desk.pull()).error is None


async def test_what_one_feed_brought_no_other_feed_changes(desk: Desk) -> None:
    link = f"{desk.web.url}/page"
    for path, text in (("/good", "Подробности саммита."), ("/evil", "Реклама.")):
        desk.web.serve(path, rss("Саммит", link=link, text=text))
        await desk.fetching.add(f"{desk.web.url}{path}", now=desk.now)
    assert await desk.texts() == ["Подробности саммита."]
    desk.web.serve("/good", rss("Саммит: исправлено", link=link, text="Другие подробности."))
    await pull_all(desk)
    assert await desk.titles() == ["Саммит: исправлено"]


async def test_a_text_is_not_replaced_by_none(desk: Desk) -> None:
    desk.web.serve(
        "/feed",
        rss("Саммит", text="Стороны подписали договор."),
        rss("Саммит: конец"),
        rss("Саммит: итог", text="Итог."),
    )
    await desk.fetching.add(f"{desk.web.url}/feed", now=desk.now)
    await pull_all(desk)
    assert await desk.texts() == ["Стороны подписали договор."]
    await pull_all(desk)
    assert await desk.texts() == ["Итог."]


async def test_a_document_that_is_neither_feed_nor_page_leads_to_no_other_feed(desk: Desk) -> None:
    desk.web.serve("/rss", rss("Саммит"))
    url = desk.web.serve("/picture.png", Reply(body=b"\x89PNG\r\n\x1a\n", headers={"Content-Type": "image/png"}))
    with pytest.raises(FetchError) as caught:
        await desk.fetching.add(url, now=desk.now)
    assert caught.value.trouble is Trouble.NOT_A_FEED


async def test_a_new_source_tells_of_no_dates_in_the_future(desk: Desk) -> None:
    later = format_datetime(NOW + 99 * DAY)
    body = rss("Саммит").body.replace(b"</item>", f"<pubDate>{later}</pubDate></item>".encode())
    added = await desk.fetching.add(desk.web.serve("/feed", Reply(body=body, headers=XML)), now=desk.now)
    assert isinstance(added, Added)
    assert [draft.published_at for draft in added.drafts] == [NOW]


async def test_a_feed_keeps_the_name_that_it_was_given_or_gave_itself_first(desk: Desk) -> None:
    async def title(feed_title: str, path: str) -> str:
        desk.web.serve(path, rss("Первая"), Reply(body=rss("Вторая").body.replace("Новости".encode(), b"News")))
        async with desk.db.write() as conn:
            feed, _ = await feeds.add(conn, url=f"{desk.web.url}{path}", title=feed_title, now=desk.now)
        await pull_all(desk)
        await pull_all(desk)
        return (await desk.known(feed)).title

    assert await title(feeds.host(desk.web.url), "/unnamed") == "Новости"
    assert await title("Мои новости", "/named") == "Мои новости"
