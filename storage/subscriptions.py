"""Subscriptions: which chat follows which query. Equal queries of many chats are one row of `queries`.

follow ──▶ live ──drop──▶ deleted: nobody sees it, but its query still meets articles ──a day──▶ gone
            ▲────restore────┘
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import articles
from storage.clauses import clauses
from storage.driver import fetch
from storage.errors import QueryError
from storage.language import analyser
from storage.models import Subscription
from storage.query import parse_canonical
from storage.schema import matches, queries, subscriptions
from storage.syntax import Query

LIVE: Final = subscriptions.c.deletion.is_(None)
# For so long at least, what was dropped can be restored.
KEPT: Final = timedelta(days=1)

# The canonical text of a million queries would be read for nothing.
_CHANGED = (
    "SELECT id, changed, clauses, CASE WHEN clauses IS NULL THEN canonical END FROM queries"
    " WHERE changed > :after ORDER BY changed LIMIT :limit"
)


class Followed(NamedTuple):
    """A subscription, and whether it was made just now."""

    subscription: Subscription
    is_new: bool


class Dropped(NamedTuple):
    """What was deleted together, and the number by which `restore` knows it."""

    deletion: int
    subscriptions: list[Subscription]


class Reworded(NamedTuple):
    """A subscription under other words, those before, and the number by which `undo_reword` knows them.

    0 where both mean the same, so that nothing but the writing changed.
    """

    subscription: Subscription
    before: str
    deletion: int


async def follow(conn: AsyncConnection, chat_id: int, query: Query, *, now: datetime) -> Followed:
    """Makes the chat follow the query; a chat follows equal queries once, in the words it typed first."""
    if existing := await find(conn, chat_id, query):
        return Followed(existing, is_new=False)
    query_id = await ensure_query(conn, query.canonical)
    await _delete_dropped(conn, chat_id, query_id)
    new = {
        "chat_id": chat_id,
        "query_id": query_id,
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
    return await _all(conn, subscriptions.c.chat_id == chat_id, LIVE)


async def by_ids(conn: AsyncConnection, subscription_ids: Sequence[int]) -> list[Subscription]:
    """In the order in which they were made."""
    return await _all(conn, subscriptions.c.id.in_(subscription_ids), LIVE)


async def by_id(
    conn: AsyncConnection, subscription_id: int, *, chat_id: int, or_deleted: bool = False
) -> Subscription | None:
    """The subscription if it is this chat's; `or_deleted` as long as it could be restored, too."""
    own = (subscriptions.c.id == subscription_id, subscriptions.c.chat_id == chat_id)
    row = (await conn.execute(_selection().where(*own, *([] if or_deleted else [LIVE])))).one_or_none()
    return _subscription(row) if row else None


async def find(conn: AsyncConnection, chat_id: int, query: Query) -> Subscription | None:
    own = (subscriptions.c.chat_id == chat_id, queries.c.canonical == query.canonical, LIVE)
    row = (await conn.execute(_selection().where(*own))).one_or_none()
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
    own = (subscriptions.c.id == subscription_id, subscriptions.c.chat_id == chat_id, LIVE)
    await conn.execute(subscriptions.update().where(*own).values(**columns))
    return await by_id(conn, subscription_id, chat_id=chat_id)


async def drop(conn: AsyncConnection, chat_id: int, subscription_ids: Sequence[int], *, now: datetime) -> Dropped:
    """Deletes subscriptions of the chat, and for good what anybody deleted more than a day ago."""
    await conn.execute(subscriptions.delete().where(subscriptions.c.deletion < _milliseconds(now - KEPT)))
    own = (subscriptions.c.chat_id == chat_id, subscriptions.c.id.in_(subscription_ids), LIVE)
    dropped = Dropped(await _next_deletion(conn, now), await _all(conn, *own))
    await conn.execute(subscriptions.update().where(*own).values(deletion=dropped.deletion))
    return dropped


async def restore(conn: AsyncConnection, chat_id: int, deletion: int) -> list[Subscription]:
    """Brings back what the chat deleted as it was, so that nothing is missed or told twice; empty where it is gone."""
    own = (subscriptions.c.chat_id == chat_id, subscriptions.c.deletion == deletion)
    restored = await _all(conn, *own)
    await conn.execute(subscriptions.update().where(*own).values(deletion=None))
    return restored


async def reword(
    conn: AsyncConnection, subscription_id: int, query: Query, *, chat_id: int, now: datetime
) -> Reworded | None:
    """The subscription follows this query from now on, which the chat must not follow already; None where the chat has
    no such subscription. What it was stands beside it as if deleted, for as long as that can be undone.
    """
    row = await _row(conn, subscriptions.c.id == subscription_id, subscriptions.c.chat_id == chat_id, LIVE)
    if row is None:
        return None
    query_id, deletion = await ensure_query(conn, query.canonical), 0
    changes: dict[str, Any] = {"text": query.text}
    if query_id != row.query_id:
        deletion = await _next_deletion(conn, now)
        await _delete_dropped(conn, chat_id, query_id)
        changes |= {
            "query_id": query_id,
            "after_article": await articles.newest_id(conn),
            "cursor": await newest_match(conn),
        }
    await conn.execute(subscriptions.update().where(subscriptions.c.id == subscription_id).values(**changes))
    if deletion:
        before = {**row._mapping, "deletion": deletion}
        del before["id"]
        await conn.execute(subscriptions.insert(), [before])
    changed = await by_id(conn, subscription_id, chat_id=chat_id)
    assert changed is not None
    return Reworded(changed, row.text, deletion)


async def undo_reword(
    conn: AsyncConnection, subscription_id: int, *, chat_id: int, deletion: int
) -> Subscription | None:
    """Brings back what was followed before, from where it stood, so that nothing is missed; None where it is gone."""
    own = subscriptions.c.chat_id == chat_id
    before = await _row(conn, own, subscriptions.c.deletion == deletion)
    if before is None or await by_id(conn, subscription_id, chat_id=chat_id) is None:
        return None
    await conn.execute(subscriptions.delete().where(subscriptions.c.id == before.id))
    columns = {name: before._mapping[name] for name in ("query_id", "text", "after_article", "cursor")}
    await conn.execute(subscriptions.update().where(subscriptions.c.id == subscription_id).values(**columns))
    return await by_id(conn, subscription_id, chat_id=chat_id)


async def changed_queries(conn: AsyncConnection, *, after: int, limit: int) -> Sequence[tuple[Any, ...]]:
    """The queries that are new, or mean something else, since the change `after`, in the order of changing: id, change,
    clauses, and of those without clauses yet the canonical text.

    Those that nobody follows any more are among them: what a pause holds back comes after it, and what comes between a
    deletion and its undoing comes then.
    """
    return await fetch(conn, _CHANGED, {"after": after, "limit": limit})


async def ensure_query(conn: AsyncConnection, canonical: str) -> int:
    """The id of the query of this canonical text, which is made where there is none."""
    known = select(queries.c.id).where(queries.c.canonical == canonical)
    found: int | None = (await conn.execute(known)).scalar_one_or_none()
    if found is not None:
        return found
    new = insert(queries).values(canonical=canonical, analyser=analyser.VERSION, **filed(canonical))
    made: int = (await conn.execute(new.returning(queries.c.id))).scalar_one()
    return made


def filed(canonical: str) -> dict[str, Any]:
    """The columns by which the percolator learns what a query of this canonical text means now; without clauses where
    an older version wrote what cannot be read any more.
    """
    last_change = select(func.coalesce(func.max(queries.c.changed), 0)).scalar_subquery()
    written: str | None = None
    with suppress(QueryError):
        written = clauses(parse_canonical(canonical))
    return {"clauses": written, "changed": last_change + 1}


async def count_of_chat(conn: AsyncConnection, chat_id: int) -> int:
    own = select(func.count()).select_from(subscriptions).where(subscriptions.c.chat_id == chat_id, LIVE)
    return (await conn.execute(own)).scalar_one()


async def count(conn: AsyncConnection) -> int:
    return (await conn.execute(select(func.count()).select_from(subscriptions).where(LIVE))).scalar_one()


async def newest_match(conn: AsyncConnection) -> int:
    """The id of the match that was written last, 0 before the first."""
    return (await conn.execute(select(func.max(matches.c.id)))).scalar_one() or 0


async def _delete_dropped(conn: AsyncConnection, chat_id: int, query_id: int) -> None:
    """What was deleted before begins anew, and nothing of what it was is left to be restored."""
    deleted = (subscriptions.c.chat_id == chat_id, subscriptions.c.query_id == query_id, ~LIVE)
    await conn.execute(subscriptions.delete().where(*deleted))


async def _row(conn: AsyncConnection, *conditions: ColumnElement[bool]) -> Row[Any] | None:
    """The one row; None where none is meant, or several."""
    rows = (await conn.execute(select(subscriptions).where(*conditions).limit(2))).all()
    return rows[0] if len(rows) == 1 else None


async def _next_deletion(conn: AsyncConnection, now: datetime) -> int:
    """The present moment, or where it has been taken the number after the newest."""
    newest = (await conn.execute(select(func.max(subscriptions.c.deletion)).where(~LIVE))).scalar_one() or 0
    return max(_milliseconds(now), newest + 1)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


async def _all(conn: AsyncConnection, *conditions: ColumnElement[bool]) -> list[Subscription]:
    rows = await conn.execute(_selection().where(*conditions).order_by(subscriptions.c.id))
    return [_subscription(row) for row in rows]


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
