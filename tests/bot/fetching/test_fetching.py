"""Feeds over real HTTP into a real store: what is stored, what is pushed, and what the operator gets to know."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import pytest
from sqlalchemy.exc import DBAPIError

from bot.adding import Several
from bot.fetching import HELD, Added
from bot.polling import DAY
from bot.sources.trouble import FetchError, Trouble
from storage import articles, feeds
from storage.models import FeedState, NoticeKind
from tests.bot.fetching.desk import ARTICLE, HOUR, LONG, NOW, PAGE, XML, Desk, channel, rss
from tests.web import Reply

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_what_a_feed_holds_at_first_is_found_and_never_pushed(desk: Desk) -> None:
    feed = await desk.add("/feed", "Третья", "Вторая", "Первая")
    assert await desk.titles() == ["Первая", "Вторая", "Третья"]
    desk.web.serve("/feed", rss("Четвёртая", "Третья: исправлено", "Вторая"))
    polled = await desk.pull()
    assert (polled.new, polled.error, polled.unchanged) == (2, None, False)
    assert await desk.titles() == ["Первая", "Вторая", "Третья: исправлено", "Четвёртая"]
    assert await desk.to_be_pushed() == ["Четвёртая"]
    known = await desk.known(feed)
    assert (known.title, known.begun, known.state, known.succeeded_at) == ("Новости", True, FeedState.LIVE, desk.now)


async def test_a_feed_of_an_opml_file_is_read_for_the_first_time_by_the_tick(desk: Desk) -> None:
    url = desk.web.serve("/feed", rss("Первая"))
    async with desk.db.write() as conn:
        feed, _ = await feeds.add(conn, url=url, title="Мои новости", now=NOW)
    await desk.fetching.fetch_due(now=NOW)
    await desk.fetching.idle()
    assert (await desk.titles(), await desk.to_be_pushed()) == (["Первая"], [])
    assert ((await desk.known(feed)).title, (await desk.known(feed)).begun) == ("Мои новости", True)


async def test_an_item_that_disappears_and_returns_is_not_new(desk: Desk) -> None:
    await desk.add("/feed", "Первая", "Вторая")
    desk.web.serve("/feed", rss("Вторая"), rss("Вторая", "Первая"))
    assert (await desk.pull()).new == 0
    async with desk.db.write() as conn:
        await articles.delete(conn, [1, 2])
    assert (await desk.pull()).new == 0
    assert await desk.titles() == []


async def test_a_new_order_and_new_guids_make_no_new_articles(desk: Desk) -> None:
    desk.web.serve("/feed", rss("Первая", "Вторая", link="https://a.az"))
    await desk.fetching.add(f"{desk.web.url}/feed", now=NOW)
    body = rss("Первая", "Вторая", link="https://a.az").body.replace(b"'false'>", b"'false'>new-")
    desk.web.serve("/feed", Reply(body=body, headers=XML))
    assert (await desk.pull()).new == 0
    assert sorted(await desk.titles()) == ["Вторая", "Первая"]


async def test_validators_go_back_word_for_word_and_a_304_changes_nothing(desk: Desk) -> None:
    tag, date = 'W/"a b"', "Sat, 06 Dec 2025 07:00:00 GMT"
    url = desk.web.serve("/feed", rss("Первая", ETag=tag, Last_Modified=date), Reply(status=304))
    added = await desk.fetching.add(url, now=NOW)
    assert isinstance(added, Added)
    polled = await desk.pull()
    assert (polled.unchanged, polled.new, polled.error) == (True, 0, None)
    await desk.pull()
    for asked in desk.web.asked("/feed")[1:]:
        assert (asked.headers["If-None-Match"], asked.headers["If-Modified-Since"]) == (tag, date)
    assert (await desk.known(added.feed)).succeeded_at == desk.now


async def test_a_server_that_ignores_conditions_costs_no_second_reading(desk: Desk) -> None:
    await desk.add("/feed", "Первая")
    polled = await desk.pull()
    assert (polled.unchanged, polled.new) == (True, 0)


async def test_adding_twice_says_so_and_stores_nothing_again(desk: Desk) -> None:
    feed = await desk.add("/feed", "Первая")
    again = await desk.fetching.add(feed.url, now=NOW)
    assert isinstance(again, Added)
    assert (again.is_new, again.feed.id, len(again.drafts)) == (False, feed.id, 1)


async def test_a_page_with_several_feeds_adds_none_of_them(desk: Desk) -> None:
    link = '<link rel="alternate" type="application/rss+xml" title="{0}" href="/{0}">'
    head = "".join(map(link.format, ("ru", "en")))
    desk.web.serve("/", Reply(body=f"<html><head>{head}</head></html>".encode(), headers=PAGE))
    for path in ("/ru", "/en"):
        desk.web.serve(path, rss("Первая"))
    found = await desk.fetching.add(desk.web.url, now=NOW)
    assert isinstance(found, Several)
    assert [one.url for one in found.candidates] == [f"{desk.web.url}/ru", f"{desk.web.url}/en"]
    async with desk.db.read() as conn:
        assert await feeds.count(conn) == 0


async def test_what_is_no_feed_is_not_added_and_the_error_says_why(desk: Desk) -> None:
    url = desk.web.serve("/page", Reply(body=b"<html><body>no news</body></html>", headers=PAGE))
    with pytest.raises(FetchError) as caught:
        await desk.fetching.add(url, now=NOW)
    assert caught.value.trouble is Trouble.NO_FEED_FOUND
    async with desk.db.read() as conn:
        assert not await feeds.were_ever_any(conn)


async def test_a_failure_is_kept_with_the_feed_until_it_answers_again(desk: Desk) -> None:
    feed = await desk.add("/feed", "Первая")
    desk.web.serve("/feed", Reply(status=500), rss("Вторая"))
    polled = await desk.pull()
    assert polled.error
    assert (polled.error.trouble, polled.error.detail) == (Trouble.STATUS, "500")
    known = await desk.known(feed)
    assert (known.trouble, known.detail, known.failures, known.failing_since) == ("status", "500", 1, desk.now)
    assert (await desk.pull()).new == 1
    assert (await desk.known(feed)).trouble is None


async def test_the_operator_is_told_once_that_a_feed_died_and_once_that_it_lives(desk: Desk) -> None:
    feed = await desk.add("/feed", "Первая")
    desk.web.serve("/feed", Reply(status=404))
    for _ in range(9):
        await desk.pull(after=timedelta(hours=25))
    assert await desk.notices() == [(NoticeKind.DIED, feed.url, "404")]
    desk.web.serve("/feed", rss("Вторая"))
    assert (await desk.pull(after=timedelta(hours=30))).new == 1
    assert [kind for kind, _, _ in await desk.notices()] == [NoticeKind.DIED, NoticeKind.REVIVED]


async def test_a_feed_that_is_gone_is_asked_no_more_until_somebody_revives_it(desk: Desk) -> None:
    feed = await desk.add("/feed", "Первая")
    desk.web.serve("/feed", Reply(status=410), rss("Вторая"))
    await desk.pull()
    desk.now += 99 * DAY
    await desk.fetching.pull(now=desk.now, every=True, told=desk.told.append)
    assert len(desk.web.asked("/feed")) == 2
    assert await desk.notices() == [(NoticeKind.GONE, feed.url, "")]
    async with desk.db.write() as conn:
        await feeds.revive(conn, feed.id, now=desk.now)
    assert (await desk.pull()).new == 1


async def test_a_feed_that_moved_for_good_is_read_at_its_new_address(desk: Desk) -> None:
    feed = await desk.add("/old", "Первая")
    new = desk.web.serve("/new", rss("Первая"), rss("Первая"), rss("Вторая", "Первая"))
    desk.web.redirect("/old", to=new, status=308)
    await desk.pull()
    assert (await desk.known(feed)).url == feed.url
    await desk.pull(after=3 * DAY)
    assert (await desk.known(feed)).url == new
    assert await desk.notices() == [(NoticeKind.MOVED, feed.url, new)]
    assert (await desk.pull(after=DAY)).new == 1
    assert len(desk.web.asked("/old")) == 3


async def test_a_feed_that_moved_to_one_that_is_read_already_is_merged_with_it(desk: Desk) -> None:
    new = await desk.add("/new", "Первая")
    old = await desk.add("/old", "Первая")
    desk.web.redirect("/old", to=new.url, status=301)
    for after in (HOUR, 3 * DAY):
        desk.now += after
        await desk.fetching.pull(now=desk.now, told=desk.told.append)
    async with desk.db.read() as conn:
        assert [feed.id for feed in await feeds.everything(conn)] == [new.id]
    assert await desk.notices() == [(NoticeKind.MOVED, old.url, new.url)]


async def test_a_temporary_redirect_is_followed_and_never_adopted(desk: Desk) -> None:
    feed = await desk.add("/old", "Первая")
    desk.web.redirect("/old", to=desk.web.serve("/new", rss("Вторая")), status=302)
    await desk.pull()
    await desk.pull(after=9 * DAY)
    assert (await desk.known(feed)).url == feed.url
    assert await desk.titles() == ["Первая", "Вторая"]


async def test_one_slow_host_delays_no_other(desk: Desk) -> None:
    slow, quick = (f"http://{name}.example:{desk.web.port}/{name}" for name in "ab")
    desk.web.serve("/a", replace(rss("Первая"), after_s=30))
    desk.web.serve("/b", rss("Вторая"))
    async with desk.db.write() as conn:
        for url in (slow, quick):
            await feeds.add(conn, url=url, title=url, now=NOW)
    await desk.fetching.fetch_due(now=NOW)
    async with asyncio.timeout(20):
        while not await desk.titles():  # noqa: ASYNC110 - a store rings no bell
            await asyncio.sleep(0.01)
    assert await desk.titles() == ["Вторая"]
    await desk.fetching.fetch_due(now=NOW + DAY)
    await desk.fetching.stop()
    assert len(desk.web.asked("/a")) == 1
    async with desk.db.read() as conn:
        assert [one.host for one in await feeds.due(conn, now=NOW)] == [f"a.example:{desk.web.port}"]


async def test_feeds_of_one_host_are_asked_one_after_the_other(desk: Desk) -> None:
    async with desk.db.write() as conn:
        for number in range(5):
            url = desk.web.serve(f"/{number}", replace(rss(f"Новость {number}"), after_s=0.02))
            await feeds.add(conn, url=url, title=url, now=NOW)
    await desk.fetching.fetch_due(now=NOW)
    await desk.fetching.idle()
    assert len(await desk.titles()) == 5
    assert max(desk.web.most_at_once.values()) == 1


async def test_what_cannot_be_stored_is_asked_again_later_rather_than_at_every_tick(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object, **__: object) -> None:
        raise DBAPIError("INSERT", None, Exception("database or disk is full"))

    await desk.add("/feed", "Первая")
    desk.web.serve("/feed", rss("Вторая"))
    desk.now += HOUR
    with monkeypatch.context() as patched:
        patched.setattr("bot.poller.ingest", full)
        await desk.fetching.fetch_due(now=desk.now)
        async with asyncio.timeout(20):
            while len(desk.web.asked("/feed")) < 2:  # noqa: ASYNC110 - a server rings no bell
                await asyncio.sleep(0.01)
        for _ in range(5):
            await desk.fetching.fetch_due(now=desk.now)
        await desk.fetching.idle()
    assert len(desk.web.asked("/feed")) == 2
    desk.now += HELD
    await desk.fetching.fetch_due(now=desk.now)
    await desk.fetching.idle()
    assert "Вторая" in await desk.titles()


async def test_a_clock_that_ran_ahead_delays_no_feed_for_long(desk: Desk) -> None:
    feed = await desk.add("/feed", "Первая")
    desk.now -= 300 * DAY
    await desk.fetching.begin(now=desk.now)
    assert (await desk.known(feed)).next_at == desk.now
    await desk.pull(after=timedelta(0))
    soon = (await desk.known(feed)).next_at
    await desk.fetching.begin(now=desk.now)
    assert (await desk.known(feed)).next_at == soon


async def test_a_removed_feed_is_not_asked(desk: Desk) -> None:
    feed = await desk.add("/feed", "Первая")
    async with desk.db.write() as conn:
        await feeds.remove(conn, feed.id)
    desk.now += DAY
    await desk.fetching.fetch_due(now=desk.now)
    await desk.fetching.idle()
    assert len(desk.web.asked("/feed")) == 1


async def test_a_source_with_full_text_reads_the_pages_of_short_items(desk: Desk) -> None:
    feed = await desk.add("/feed", "Саммит", full_text=True)
    desk.web.serve("/robots.txt", Reply(status=404))
    desk.web.serve("/page/0", Reply(body=ARTICLE.encode(), headers=PAGE))
    desk.web.serve("/feed", rss("Новое", link=f"{desk.web.url}/page"))
    assert (await desk.pull()).new == 1
    assert LONG.strip() in (await desk.texts())[-1]
    assert "Меню" not in (await desk.texts())[-1]
    desk.web.serve("/feed", rss("Новое", "Старое", link=f"{desk.web.url}/page"))
    await desk.pull()
    assert len(desk.web.asked("/page/0")) == 1
    assert (await desk.known(feed)).trouble is None


async def test_picture_of_a_page_stands_in_where_the_feed_brings_none(desk: Desk) -> None:
    await desk.add("/feed", "Саммит", full_text=True)
    desk.web.serve("/robots.txt", Reply(status=404))
    shared = ARTICLE.replace("<body>", '<head><meta property="og:image" content="//b.az/page.jpg"></head><body>')
    for number in range(2):
        desk.web.serve(f"/page/{number}", Reply(body=shared.encode(), headers=PAGE))
    body = rss("Новое", "Другое", link=f"{desk.web.url}/page").body
    body = body.replace(b"</item>", b"<enclosure url='//b.az/feed.jpg' type='image/jpeg'/></item>", 1)
    desk.web.serve("/feed", Reply(body=body, headers=XML))
    await desk.pull()
    async with desk.db.read() as conn:
        stored = await articles.export(conn, after=0, limit=9)
    images = {article.title: article.image for article in stored}
    assert images == {"Саммит": None, "Новое": "http://b.az/feed.jpg", "Другое": "http://b.az/page.jpg"}


async def test_robots_txt_keeps_pages_unread_and_the_news_is_told_all_the_same(desk: Desk) -> None:
    await desk.add("/feed", "Саммит", full_text=True)
    desk.web.serve("/robots.txt", Reply(body=b"User-agent: *\nDisallow: /page"))
    desk.web.serve("/page/0", Reply(body=ARTICLE.encode(), headers=PAGE))
    desk.web.serve("/feed", rss("Новое", link=f"{desk.web.url}/page"))
    assert (await desk.pull()).new == 1
    assert desk.web.asked("/page/0") == []


async def test_a_channel_is_read_page_by_page_back_to_what_is_known(desk: Desk) -> None:
    desk.web.serve("/s/kanal", channel(range(1, 4)), channel(range(10, 13)))
    desk.web.serve("/s/kanal?before=10", channel(range(7, 10)))
    desk.web.serve("/s/kanal?before=7", channel(range(4, 7)))
    desk.web.serve("/s/kanal?before=4", channel(range(1, 4)))
    added = await desk.fetching.add("@kanal", now=NOW)
    assert isinstance(added, Added)
    assert (added.feed.url, added.feed.title, added.stored) == ("https://t.me/s/kanal", "Канал", 3)
    assert (await desk.pull()).new == 9
    assert await desk.titles() == [f"Новость {number} канала" for number in range(1, 13)]


async def test_dates_of_the_future_are_those_of_the_moment(desk: Desk) -> None:
    await desk.add("/feed", "Первая")
    later = format_datetime(NOW + 99 * DAY)
    body = rss("Вторая").body.replace(b"</item>", f"<pubDate>{later}</pubDate></item>".encode())
    desk.web.serve("/feed", Reply(body=body, headers=XML))
    await desk.pull()
    async with desk.db.read() as conn:
        newest = (await articles.export(conn, after=0, limit=9))[-1]
    assert (newest.title, newest.published_at) == ("Вторая", desk.now)
