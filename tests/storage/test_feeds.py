"""Feeds as rows: who is due, who ails, what is taken away and brought back."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from storage import feeds, notices
from storage.database import Database
from storage.feeds import Due, Health
from storage.models import Feed, FeedState, NoticeKind
from tests.storage.builders import DAY, HOUR, NOW

REPORT, TREND, TENGRI = "https://report.az/rss", "https://trend.az/rss", "https://tengri.kz/rss"


async def added(database: Database, url: str, **columns: Any) -> Feed:
    """A feed of this address that is as the columns say."""
    async with database.write() as conn:
        feed, is_new = await feeds.add(conn, url=url, title=columns.pop("title", url), now=NOW)
        assert is_new
        changed = replace(feed, **columns)
        assert await feeds.settle(conn, changed)
    return changed


async def test_a_new_feed_is_live_unread_and_due_at_once(database: Database) -> None:
    async with database.write() as conn:
        feed, is_new = await feeds.add(
            conn, url=REPORT, title="Report", topic="Баку", full_text=True, added_by=7, now=NOW
        )
        assert (await feeds.by_id(conn, feed.id), await feeds.by_url(conn, REPORT)) == (feed, feed)
    assert is_new
    assert feed == Feed(
        id=feed.id,
        url=REPORT,
        host="report.az",
        title="Report",
        topic="Баку",
        full_text=True,
        added_by=7,
        added_at=NOW,
        state=FeedState.LIVE,
        begun=False,
        next_at=NOW,
    )


async def test_an_address_is_one_feed(database: Database) -> None:
    first = await added(database, REPORT, title="Report")
    async with database.write() as conn:
        assert await feeds.add(conn, url=REPORT, title="Other", now=NOW + DAY) == (first, False)
        assert await feeds.count(conn) == 1


async def test_a_removed_feed_is_in_no_list_and_comes_back_as_it_was(database: Database) -> None:
    feed = await added(database, REPORT, begun=True, items=b"1" * 16)
    async with database.write() as conn:
        removed = await feeds.remove(conn, feed.id)
        assert removed
        assert (removed.state, removed.next_at) == (FeedState.REMOVED, None)
        assert (await feeds.everything(conn), await feeds.page(conn, limit=9)) == ([], [])
        assert (await feeds.count(conn), await feeds.due(conn, now=NOW + DAY, every=True)) == (0, [])
        assert await feeds.health(conn) == Health(0, 0, 0, 0)
        assert await feeds.were_ever_any(conn)
        assert not await feeds.remove(conn, feed.id)
        assert not await feeds.revive(conn, feed.id, now=NOW)
        assert not await feeds.settle(conn, feed)
        assert await feeds.restore(conn, feed.id, now=NOW) == feed


async def test_a_feed_that_was_removed_and_is_added_again_begins_anew(database: Database) -> None:
    feed = await added(database, REPORT, begun=True, items=b"1" * 16, etag="e", checksum=b"c", failures=3)
    async with database.write() as conn:
        await feeds.remove(conn, feed.id)
        again, is_new = await feeds.add(conn, url=REPORT, title="Report", now=NOW + DAY)
    assert is_new
    assert again.id == feed.id
    assert (again.begun, again.items, again.etag, again.checksum, again.failures) == (False, b"", None, None, 0)


async def test_an_empty_store_has_never_had_a_feed(database: Database) -> None:
    async with database.read() as conn:
        assert not await feeds.were_ever_any(conn)


async def test_due_is_what_waits_longest_first_without_hosts_that_are_asked(database: Database) -> None:
    report = await added(database, REPORT, next_at=NOW)
    other = await added(database, f"{REPORT}/ru", next_at=NOW - HOUR)
    trend = await added(database, TREND, next_at=NOW - 2 * HOUR)
    later = await added(database, TENGRI, next_at=NOW + HOUR)
    gone = await added(database, f"{TENGRI}/gone", next_at=None, state=FeedState.GONE)
    async with database.read() as conn:
        assert await feeds.due(conn, now=NOW) == [
            Due(trend.id, "trend.az"),
            Due(other.id, "report.az"),
            Due(report.id, "report.az"),
        ]
        assert await feeds.due(conn, now=NOW, without=["report.az"]) == [Due(trend.id, "trend.az")]
        assert await feeds.due(conn, now=NOW, limit=1) == [Due(trend.id, "trend.az")]
        every = {one.id for one in await feeds.due(conn, now=NOW, every=True)}
    assert every == {report.id, other.id, trend.id, later.id}
    assert gone.id not in every


async def test_the_ailing_are_the_gone_the_dead_and_the_failing_in_this_order(database: Database) -> None:
    failing = await added(database, REPORT, trouble="timeout", failures=1, failing_since=NOW)
    longer = await added(database, TREND, trouble="status", failures=5, failing_since=NOW - HOUR)
    dead = await added(database, TENGRI, trouble="dns", state=FeedState.DEAD, failing_since=NOW - DAY)
    gone = await added(database, f"{TENGRI}/gone", trouble="gone", state=FeedState.GONE, failing_since=NOW)
    await added(database, f"{TENGRI}/well")
    async with database.read() as conn:
        assert await feeds.ailing(conn, limit=9) == [gone, dead, longer, failing]
        assert await feeds.ailing(conn, limit=2, offset=1) == [dead, longer]
        assert await feeds.health(conn) == Health(live=1, failing=2, dead=1, gone=1)


async def test_a_revived_feed_is_asked_at_once_as_if_it_had_never_failed(database: Database) -> None:
    feed = await added(
        database, REPORT, state=FeedState.GONE, trouble="gone", failures=9, failing_since=NOW, next_at=None, items=b"1"
    )
    async with database.write() as conn:
        revived = await feeds.revive(conn, feed.id, now=NOW + DAY)
    well = replace(feed, state=FeedState.LIVE, trouble=None, failures=0, failing_since=None, next_at=NOW + DAY)
    assert revived == well


async def test_what_people_set_is_theirs_whatever_a_poll_writes_meanwhile(database: Database) -> None:
    feed = await added(database, REPORT)
    async with database.write() as conn:
        await feeds.change(conn, feed.id, full_text=True, topic="Баку")
        await feeds.settle(conn, replace(feed, failures=1))
        known = await feeds.by_id(conn, feed.id)
    assert known == replace(feed, failures=1, full_text=True, topic="Баку")


async def test_feeds_are_listed_by_title_and_counted_by_who_added_them(database: Database) -> None:
    async with database.write() as conn:
        for number, (title, user) in enumerate((("b", 7), ("Баку", 7), ("алматы", None), ("A", None))):
            await feeds.add(conn, url=f"https://a.az/{number}", title=title, added_by=user, now=NOW)
        assert [feed.title for feed in await feeds.everything(conn)] == ["A", "b", "алматы", "Баку"]
        assert [feed.title for feed in await feeds.page(conn, limit=2, offset=1)] == ["b", "алматы"]
        assert (await feeds.count_added_by(conn, 7), await feeds.count_added_by(conn, 8)) == (2, 0)


@pytest.mark.parametrize(
    ("url", "host"), [(REPORT, "report.az"), ("http://127.0.0.1:8080/x", "127.0.0.1:8080"), ("https://a.az", "a.az")]
)
def test_a_host_is_told_with_its_port(url: str, host: str) -> None:
    assert feeds.host(url) == host


async def test_notices_wait_in_order_until_they_are_dropped_or_their_feed_is(database: Database) -> None:
    report, trend = await added(database, REPORT, title="Report"), await added(database, TREND)
    async with database.write() as conn:
        await notices.add(conn, NoticeKind.DIED, report, now=NOW, trouble="status", detail="404")
        await notices.add(conn, NoticeKind.MOVED, trend, now=NOW + timedelta(minutes=1), detail=TENGRI)
        died, moved = await notices.waiting(conn, limit=9)
        assert (died.kind, died.title, died.url) == (NoticeKind.DIED, "Report", REPORT)
        assert (died.trouble, died.detail, died.created_at) == ("status", "404", NOW)
        assert (moved.kind, moved.feed_id, moved.detail) == (NoticeKind.MOVED, trend.id, TENGRI)
        assert await notices.waiting(conn, limit=1) == [died]
        await notices.drop(conn, [died.id])
        assert await notices.waiting(conn, limit=9) == [moved]
        await feeds.drop(conn, [trend.id])
        assert await notices.waiting(conn, limit=9) == []


async def test_of_a_revived_feed_nothing_is_told_that_is_no_longer_so(database: Database) -> None:
    feed = await added(database, REPORT, state=FeedState.DEAD, trouble="dns", failures=9)
    async with database.write() as conn:
        await notices.add(conn, NoticeKind.DIED, feed, now=NOW, trouble="dns")
        await feeds.revive(conn, feed.id, now=NOW)
        assert await notices.waiting(conn, limit=9) == []
