"""Feeds: the addresses that are polled, and how each of them fares.

    add ──▶ live ⇄ dead, gone        remove ⇄ restore        due ──polled──▶ settle

A removed feed keeps its row, so that it can be brought back as it was.

What becomes of a feed is decided by `bot.polling`; here it is read and written.
"""

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Row, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import Feed, FeedState
from storage.schema import feeds, notices

_COLUMNS = [feeds.c[one.name] for one in fields(Feed)]
# Of a list: what was read of each takes up to 32 KB.
_LISTED = [column for column in _COLUMNS if column is not feeds.c["items"]]
_IS_READ = feeds.c.state != FeedState.REMOVED


class Due(NamedTuple):
    """A feed to be polled, and whom it asks."""

    id: int
    host: str


class Health(NamedTuple):
    """How many feeds are in which state; failing ones are live still."""

    live: int
    failing: int
    dead: int
    gone: int


async def add(
    conn: AsyncConnection,
    *,
    url: str,
    title: str,
    now: datetime,
    topic: str | None = None,
    full_text: bool = False,
    added_by: int | None = None,
    next_at: datetime | None = None,
) -> tuple[Feed, bool]:
    """The feed of this address, and whether it is new here; to be polled at `next_at`, or at once. A removed one begins
    anew; one that was given up is asked again.
    """
    known = await by_url(conn, url)
    if known and known.state in (FeedState.GONE, FeedState.DEAD):
        return await _changed(conn, known.id, state=FeedState.LIVE.value, next_at=now, **_WELL), False
    if known and known.state is not FeedState.REMOVED:
        return known, False
    given = {"title": title, "topic": topic, "full_text": full_text, "added_by": added_by, "added_at": now}
    begins = {"state": FeedState.LIVE.value, "next_at": next_at or now}
    if known:
        return await _changed(conn, known.id, **given, **begins, **_UNREAD), True
    row = await conn.execute(feeds.insert().values(url=url, host=host(url), **given, **begins).returning(*_COLUMNS))
    return _feed(row.one()), True


async def by_id(conn: AsyncConnection, feed_id: int) -> Feed | None:
    """Removed ones too, as long as they can be brought back."""
    return await _one(conn, feeds.c.id == feed_id)


async def by_url(conn: AsyncConnection, url: str) -> Feed | None:
    """Removed ones too, as long as they can be brought back."""
    return await _one(conn, feeds.c.url == url)


async def everything(conn: AsyncConnection) -> list[Feed]:
    """By title; of these and of the lists below, without `items`."""
    return sorted(await _all(conn, select(*_LISTED).where(_IS_READ)), key=_by_title)


async def page(conn: AsyncConnection, *, limit: int, offset: int = 0) -> list[Feed]:
    """A part of everything."""
    # Sorted here: SQLite knows the case of Latin letters alone.
    titles = (await conn.execute(select(feeds.c.id, feeds.c.title).where(_IS_READ))).all()
    ids = [row.id for row in sorted(titles, key=_by_title)[offset : offset + limit]]
    return sorted(await _all(conn, select(*_LISTED).where(feeds.c.id.in_(ids))), key=_by_title)


async def ailing(conn: AsyncConnection, *, limit: int, offset: int = 0) -> list[Feed]:
    """Those that are gone, dead or fail, in this order; within it the longest first."""
    gravity = case((feeds.c.state == FeedState.GONE, 0), (feeds.c.state == FeedState.DEAD, 1), else_=2)
    ails = _IS_READ & feeds.c.trouble.is_not(None)
    order = (gravity, feeds.c.failing_since, feeds.c.id)
    return await _all(conn, select(*_LISTED).where(ails).order_by(*order).limit(limit).offset(offset))


async def count(conn: AsyncConnection) -> int:
    return (await conn.execute(select(func.count()).select_from(feeds).where(_IS_READ))).scalar_one()


async def count_added_by(conn: AsyncConnection, user: int) -> int:
    mine = _IS_READ & (feeds.c.added_by == user)
    return (await conn.execute(select(func.count()).select_from(feeds).where(mine))).scalar_one()


async def health(conn: AsyncConnection) -> Health:
    fails = feeds.c.trouble.is_not(None)
    rows = await conn.execute(select(feeds.c.state, fails.label("fails"), func.count()).group_by("state", "fails"))
    counted = {(state, bool(failing)): number for state, failing, number in rows}

    def of(state: FeedState) -> int:
        return int(counted.get((state, True), 0) + counted.get((state, False), 0))

    failing = counted.get((FeedState.LIVE, True), 0)
    return Health(of(FeedState.LIVE) - failing, failing, of(FeedState.DEAD), of(FeedState.GONE))


async def were_ever_any(conn: AsyncConnection) -> bool:
    """Whether a feed has ever been added."""
    return (await conn.execute(select(feeds.c.id).limit(1))).first() is not None


async def change(conn: AsyncConnection, feed_id: int, **values: Any) -> Feed | None:
    """Sets `title`, `topic` or `full_text`; None where there is no such feed any more."""
    known = await by_id(conn, feed_id)
    if known is None or known.state is FeedState.REMOVED:
        return None
    return await _changed(conn, feed_id, **values)


async def remove(conn: AsyncConnection, feed_id: int) -> Feed | None:
    """It is polled no more; its articles stay. None where it is gone already."""
    return await change(conn, feed_id, state=FeedState.REMOVED.value, next_at=None)


async def restore(conn: AsyncConnection, feed_id: int, *, now: datetime) -> Feed | None:
    """Brings a removed feed back; None where it is no longer known."""
    known = await by_id(conn, feed_id)
    if known is None or known.state is not FeedState.REMOVED:
        return known
    return await _changed(conn, feed_id, state=FeedState.LIVE.value, next_at=now)


async def revive(conn: AsyncConnection, feed_id: int, *, now: datetime) -> Feed | None:
    """Asks a feed again at once, as if it had never failed; None where there is no such feed any more.

    What the operator was still to be told of it is no longer so.
    """
    await conn.execute(notices.delete().where(notices.c.feed_id == feed_id))
    return await change(conn, feed_id, state=FeedState.LIVE.value, next_at=now, **_WELL)


async def due(
    conn: AsyncConnection, *, now: datetime, limit: int = -1, without: Collection[str] = (), every: bool = False
) -> list[Due]:
    """The feeds to be polled now, the longest due first, but for those of some hosts; `every`: due or not."""
    waits = feeds.c.next_at.is_not(None) if every else feeds.c.next_at <= now
    wanted = select(feeds.c.id, feeds.c.host).where(waits, feeds.c.host.not_in(without))
    rows = await conn.execute(wanted.order_by(feeds.c.next_at, feeds.c.id).limit(limit))
    return [Due(row.id, row.host) for row in rows]


async def hurry(conn: AsyncConnection, *, now: datetime, latest: datetime) -> int:
    """Makes those due now that are due after `latest`, as a clock that was set back leaves them; how many they were."""
    late = feeds.update().where(feeds.c.next_at > latest).values(next_at=now)
    return (await conn.execute(late)).rowcount


async def settle(conn: AsyncConnection, feed: Feed) -> bool:
    """Writes how a poll left the feed; not where it was removed meanwhile."""
    mine = {one.name: getattr(feed, one.name) for one in fields(Feed) if one.name not in _NOT_OURS}
    same = (feeds.c.id == feed.id) & _IS_READ
    result = await conn.execute(feeds.update().where(same).values(**mine, host=host(feed.url)))
    return result.rowcount > 0


async def drop(conn: AsyncConnection, feed_ids: Sequence[int]) -> None:
    await conn.execute(feeds.delete().where(feeds.c.id.in_(feed_ids)))


def host(url: str) -> str:
    """Whom an address asks, with its port."""
    return urlsplit(url).netloc


_WELL: dict[str, Any] = {"failures": 0, "failing_since": None, "trouble": None, "detail": None}
_UNREAD: dict[str, Any] = {
    **_WELL,
    "begun": False,
    "etag": None,
    "last_modified": None,
    "checksum": None,
    "moved_to": None,
    "moved_since": None,
    "items": b"",
}
# What people set, and a poll leaves alone.
_NOT_OURS = frozenset({"id", "host", "topic", "full_text", "added_by", "added_at"})


def _by_title(feed: Any) -> tuple[str, int]:
    return feed.title.casefold(), feed.id


async def _one(conn: AsyncConnection, which: ColumnElement[bool]) -> Feed | None:
    row = (await conn.execute(select(*_COLUMNS).where(which))).one_or_none()
    return _feed(row) if row else None


async def _all(conn: AsyncConnection, statement: Any) -> list[Feed]:
    return [_feed(row) for row in await conn.execute(statement)]


async def _changed(conn: AsyncConnection, feed_id: int, **values: Any) -> Feed:
    changed = feeds.update().where(feeds.c.id == feed_id).values(**values).returning(*_COLUMNS)
    return _feed((await conn.execute(changed)).one())


def _feed(row: Row[Any]) -> Feed:
    return Feed(**{**row._mapping, "state": FeedState(row.state)})
