"""How much there is of everything, for the operator; quick where there are a million rows of each.

Ids of articles and digests grow with the moment of storing: where a day begins among them is found by halving, and how
many came in a day is how far the ids went.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Table, case, distinct, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.chats import TERMINAL
from storage.models import MessageState
from storage.schema import articles, chats, digests, outbox, subscriptions

_LIVE: Final = subscriptions.c.deletion.is_(None) & ~subscriptions.c.paused


@dataclass(frozen=True, slots=True, kw_only=True)
class Chats:
    """How many topics of forums and chats there are, by kind; some of them sleep or have paused."""

    private: int
    groups: int
    channels: int
    asleep: int
    paused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """Live subscriptions, and how many different queries they follow."""

    subscriptions: int
    queries: int


async def chats_by_kind(conn: AsyncConnection, *, now: datetime) -> Chats:
    """Reads every chat; those of older versions have no kind, but an id that tells people from groups."""
    is_private, is_channel = chats.c.telegram_id > 0, chats.c.kind == "channel"
    columns = {
        "private": is_private,
        "groups": ~is_private & or_(chats.c.kind.is_(None), ~is_channel),
        "channels": ~is_private & is_channel,
        "asleep": chats.c.asleep,
        "paused": func.coalesce(chats.c.paused_until > now, False),
    }
    counts = (_count(condition).label(name) for name, condition in columns.items())
    row = (await conn.execute(select(*counts).where(chats.c.telegram_id < TERMINAL))).one()
    return Chats(**row._mapping)


async def followed(conn: AsyncConnection) -> Followed:
    columns = func.count(), func.count(distinct(subscriptions.c.query_id))
    made, queries = (await conn.execute(select(*columns).where(_LIVE))).one()
    return Followed(subscriptions=made, queries=queries)


async def told_since(conn: AsyncConnection, since: datetime) -> int:
    """How many chats have had a digest: who asks and reads besides, nobody counts."""
    first = await _first(conn, digests, digests.c.composed_at, since)
    return (
        await conn.execute(select(func.count(distinct(digests.c.chat_id))).where(digests.c.id >= first))
    ).scalar_one()


async def sent_since(conn: AsyncConnection, since: datetime) -> int:
    """How many messages of digests composed since then have been sent."""
    first = await _first(conn, digests, digests.c.composed_at, since)
    own = (outbox.c.digest_id >= first, outbox.c.state == MessageState.SENT.value)
    return (await conn.execute(select(func.count()).where(*own))).scalar_one()


async def articles_by_day(conn: AsyncConnection, days: Sequence[datetime]) -> tuple[int, ...]:
    """How many were stored from each of these moments to the next one, and from the last one on."""
    return await _by_day(conn, articles, articles.c.stored_at, days)


async def digests_by_day(conn: AsyncConnection, days: Sequence[datetime]) -> tuple[int, ...]:
    return await _by_day(conn, digests, digests.c.composed_at, days)


async def _by_day(
    conn: AsyncConnection, table: Table, at: ColumnElement[datetime], days: Sequence[datetime]
) -> tuple[int, ...]:
    begins = [await _first(conn, table, at, day) for day in days]
    ends = [*begins[1:], await _newest(conn, table) + 1]
    return tuple(max(0, end - begin) for begin, end in zip(begins, ends, strict=True))


async def _first(conn: AsyncConnection, table: Table, at: ColumnElement[datetime], since: datetime) -> int:
    """The id of the first row from this moment on, or one that none has yet."""
    low = (await conn.execute(select(func.coalesce(func.min(table.c.id), 1)))).scalar_one()
    found = high = await _newest(conn, table) + 1
    while low < high:
        middle = (low + high) // 2
        nearest = select(table.c.id, at).where(table.c.id >= middle).order_by(table.c.id).limit(1)
        identity, moment = (await conn.execute(nearest)).one()
        if moment >= since:
            found, high = identity, middle
        else:
            low = identity + 1
    return int(found)


async def _newest(conn: AsyncConnection, table: Table) -> int:
    return int((await conn.execute(select(func.coalesce(func.max(table.c.id), 0)))).scalar_one())


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
