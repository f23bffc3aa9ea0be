"""Subscriptions: which chat follows which query. Equal queries of many chats are one row of `queries`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import articles
from storage.models import Subscription
from storage.schema import matches, queries, subscriptions
from storage.syntax import Query


class Followed(NamedTuple):
    """A subscription, and whether it was made just now."""

    subscription: Subscription
    is_new: bool


Dropped = dict[str, Any]
"""A subscription as it was, to be given back to `restore`."""


async def follow(conn: AsyncConnection, chat_id: int, query: Query, *, now: datetime) -> Followed:
    """Makes the chat follow the query; a chat follows equal queries once, in the words it typed first."""
    if existing := await find(conn, chat_id, query):
        return Followed(existing, is_new=False)
    new = {
        "chat_id": chat_id,
        "query_id": await _query_id(conn, query.canonical),
        "text": query.text,
        "created_at": now,
        "after_article": await articles.newest_id(conn),
        "cursor": await newest_match(conn),
    }
    await conn.execute(subscriptions.insert(), [new])
    made = await find(conn, chat_id, query)
    assert made is not None
    return Followed(made, is_new=True)


async def of_chat(conn: AsyncConnection, chat_id: int) -> list[Subscription]:
    """In the order in which they were made."""
    rows = await conn.execute(_selection().where(subscriptions.c.chat_id == chat_id).order_by(subscriptions.c.id))
    return [_subscription(row) for row in rows]


async def by_id(conn: AsyncConnection, subscription_id: int, *, chat_id: int) -> Subscription | None:
    """The subscription if it is this chat's."""
    own = (subscriptions.c.id == subscription_id) & (subscriptions.c.chat_id == chat_id)
    row = (await conn.execute(_selection().where(own))).one_or_none()
    return _subscription(row) if row else None


async def find(conn: AsyncConnection, chat_id: int, query: Query) -> Subscription | None:
    own = (subscriptions.c.chat_id == chat_id) & (queries.c.canonical == query.canonical)
    row = (await conn.execute(_selection().where(own))).one_or_none()
    return _subscription(row) if row else None


async def change(
    conn: AsyncConnection,
    subscription_id: int,
    *,
    chat_id: int,
    paused: bool | None = None,
    instant: bool | None = None,
) -> Subscription | None:
    """Pauses, resumes, or moves between digest and instant alerts; None where the chat has no such subscription."""
    columns = {name: flag for name, flag in (("paused", paused), ("instant", instant)) if flag is not None}
    own = (subscriptions.c.id == subscription_id, subscriptions.c.chat_id == chat_id)
    await conn.execute(subscriptions.update().where(*own).values(**columns))
    return await by_id(conn, subscription_id, chat_id=chat_id)


async def drop(conn: AsyncConnection, chat_id: int, subscription_ids: Sequence[int]) -> list[Dropped]:
    """Deletes subscriptions of the chat and returns them as they were."""
    own = (subscriptions.c.chat_id == chat_id, subscriptions.c.id.in_(subscription_ids))
    rows = await conn.execute(subscriptions.delete().where(*own).returning(*subscriptions.c))
    return [dict(row._mapping) for row in rows]


async def restore(conn: AsyncConnection, dropped: Sequence[Dropped]) -> None:
    """Puts deleted subscriptions back as they were, so that nothing is missed or told twice."""
    if dropped:
        await conn.execute(insert(subscriptions).on_conflict_do_nothing(), list(dropped))


async def live_queries(conn: AsyncConnection) -> dict[int, str]:
    """Id → canonical text of every query that somebody follows, paused or not: what a pause holds back comes after."""
    followed = select(subscriptions.c.query_id)
    rows = await conn.execute(select(queries.c.id, queries.c.canonical).where(queries.c.id.in_(followed)))
    return {row.id: row.canonical for row in rows}


async def count(conn: AsyncConnection) -> int:
    return (await conn.execute(select(func.count()).select_from(subscriptions))).scalar_one()


async def newest_match(conn: AsyncConnection) -> int:
    """The id of the match that was written last, 0 before the first."""
    return (await conn.execute(select(func.max(matches.c.id)))).scalar_one() or 0


async def _query_id(conn: AsyncConnection, canonical: str) -> int:
    await conn.execute(insert(queries).values(canonical=canonical).on_conflict_do_nothing())
    found: int = (await conn.execute(select(queries.c.id).where(queries.c.canonical == canonical))).scalar_one()
    return found


def _selection() -> Select[Any]:
    joined = subscriptions.join(queries, queries.c.id == subscriptions.c.query_id)
    return select(subscriptions, queries.c.canonical).select_from(joined)


def _subscription(row: Row[Any]) -> Subscription:
    return Subscription(
        id=row.id,
        chat_id=row.chat_id,
        query_id=row.query_id,
        text=row.text,
        canonical=row.canonical,
        instant=row.instant,
        paused=row.paused,
        created_at=row.created_at,
    )
