"""What an older analyser made is made anew, in small steps, while the store is in use.

    stale ──analyse (off the event loop)──▶ entries ──renew──▶ index, terms, language: one transaction

    stale queries ──parse what each subscription typed──▶ one meaning, nobody else's: the row gets its canonical text
                                                    └───▶ else: the subscriptions move to the rows of their meanings

Articles are not matched again: what a standing query met stays met, also for a subscription that moves.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import index, matches
from storage.errors import QueryError
from storage.language.analyser import UNKNOWN, VERSION
from storage.language.detect import settle
from storage.language.document import analyse as positions
from storage.query import parse
from storage.schema import article_terms, articles, queries, subscriptions
from storage.subscriptions import ensure_query, filed


@dataclass(frozen=True, slots=True)
class Stale:
    """An article whose terms an older analyser made, as it was when it was read."""

    article_id: int
    content_hash: bytes
    title: str
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Renewed:
    """Language and terms of an article by today's analyser."""

    stale: Stale
    language: str
    terms: index.Terms


class Waiting(NamedTuple):
    """Numbers of articles and of queries."""

    articles: int
    queries: int


async def stale(conn: AsyncConnection, *, limit: int) -> list[Stale]:
    """Newest first: they are looked for most."""
    columns = (articles.c.id, articles.c.content_hash, articles.c.title, articles.c.text, articles.c.language)
    older = select(article_terms.c.article_id).where(article_terms.c.analyser < VERSION)
    # By `analyser` first, or SQLite would step over what is renewed already rather than use the index.
    newest = older.order_by(article_terms.c.analyser.desc(), article_terms.c.article_id.desc()).limit(limit)
    rows = await conn.execute(select(*columns).where(articles.c.id.in_(newest)).order_by(articles.c.id.desc()))
    return [Stale(*row) for row in rows]


async def waiting(conn: AsyncConnection) -> Waiting:
    """How much is still as an older analyser made it."""
    older = select(
        select(func.count()).where(article_terms.c.analyser < VERSION).scalar_subquery(),
        select(func.count()).where(queries.c.analyser < VERSION).scalar_subquery(),
    )
    return Waiting(*(await conn.execute(older)).one())


async def next_query(conn: AsyncConnection) -> int | None:
    """The id of the query to be renewed next, another one after each step: who follows what may have changed."""
    row = (await conn.execute(_stale_queries(limit=1))).first()
    return row.id if row else None


def analyse(found: Iterable[Stale]) -> list[Renewed]:
    """Takes milliseconds for each, so keep it off the event loop; a language that was not known is settled anew."""
    return [_analyse(one) for one in found]


async def renew(conn: AsyncConnection, batch: Sequence[Renewed]) -> None:
    """Replaces the terms of those articles that are still what they were, and the language where it is another now."""
    ids = [one.stale.article_id for one in batch]
    rows = await conn.execute(
        select(articles.c.id, articles.c.docid, articles.c.source_id, articles.c.content_hash)
        .join(article_terms, article_terms.c.article_id == articles.c.id)
        .where(articles.c.id.in_(ids), article_terms.c.analyser < VERSION)
    )
    there = {(row.id, row.content_hash): row for row in rows}
    same = [(one, row) for one in batch if (row := there.get((one.stale.article_id, one.stale.content_hash)))]
    await index.remove(conn, [row.id for _, row in same])
    entries = [index.Entry(row.id, row.docid, one.terms, one.language, row.source_id) for one, row in same]
    await index.add(conn, entries)
    for one, _ in same:
        if one.language != one.stale.language:
            own = articles.update().where(articles.c.id == one.stale.article_id)
            await conn.execute(own.values(language=one.language))


async def renew_queries(conn: AsyncConnection, *, limit: int) -> None:
    """Writes the canonical text of so many queries anew, or fewer where so many subscriptions had to move.

    What one chat typed tells nothing of what another means: an older analyser took «воз» and «ВОЗ» for the same. A
    text that today's analyser refuses keeps the query it had.
    """
    copies: list[matches.Copy] = []
    for row in (await conn.execute(_stale_queries(limit=limit))).all():
        copies += await _renew_query(conn, row.id, row.canonical)
        if len(copies) >= limit:
            break
    await matches.copy(conn, copies)


def _stale_queries(*, limit: int) -> Select[Any]:
    older = select(queries.c.id, queries.c.canonical).where(queries.c.analyser < VERSION)
    return older.order_by(queries.c.analyser, queries.c.id).limit(limit)


def _analyse(one: Stale) -> Renewed:
    language = one.language
    if language == UNKNOWN:
        language = settle(None, f"{one.title}\n{one.text}")
    return Renewed(one, language, index.prepare(positions(one.title, language), positions(one.text, language)))


async def _renew_query(conn: AsyncConnection, query_id: int, canonical: str) -> list[matches.Copy]:
    """Keeps the row for all its subscriptions if it can, or moves those that mean something else now."""
    followed = select(subscriptions).where(subscriptions.c.query_id == query_id)
    rows = (await conn.execute(followed.order_by(subscriptions.c.id))).all()
    meanings = {text: _canonical(text) or canonical for text in {row.text for row in rows}}
    distinct = set(meanings.values())
    kept = distinct.pop() if len(distinct) == 1 else canonical
    if await _is_anothers(conn, kept, query_id):
        kept = canonical
    own = queries.update().where(queries.c.id == query_id)
    await conn.execute(own.values(canonical=kept, analyser=VERSION, **filed(kept)))
    moving = [row for row in rows if meanings[row.text] != kept]
    return [copy for row in moving for copy in await _move(conn, row, meanings[row.text])]


async def _is_anothers(conn: AsyncConnection, canonical: str, query_id: int) -> bool:
    other = select(queries.c.id).where(queries.c.canonical == canonical, queries.c.id != query_id)
    return (await conn.execute(other)).first() is not None


async def _move(conn: AsyncConnection, row: Row[Any], canonical: str) -> list[matches.Copy]:
    """Makes the subscription one to the query of this canonical text, or one with the chat's own to the same.

    The chat's subscription that stands there may mean something else itself, and then moves on. Each row is taken out
    before it is put back, for a chat has no two to one query, not even for a moment.
    """
    query_id = await ensure_query(conn, canonical)
    own = (subscriptions.c.chat_id == row.chat_id, subscriptions.c.query_id == query_id)
    there = (await conn.execute(select(subscriptions).where(*own))).one_or_none()
    ids = [row.id, there.id] if there else [row.id]
    await conn.execute(subscriptions.delete().where(subscriptions.c.id.in_(ids)))
    meaning = (_canonical(there.text) if there else None) or canonical
    values = _merged(row, there) if there and meaning == canonical else row._asdict()
    await conn.execute(subscriptions.insert(), [{**values, "query_id": query_id}])
    copies = [matches.Copy(row.query_id, query_id, row.cursor)]
    return copies if not there or meaning == canonical else [*copies, *await _move(conn, there, meaning)]


def _merged(one: Row[Any], other: Row[Any]) -> dict[str, Any]:
    """The live one, or the one deleted last; of two alike the one that has been told less, heard as the other was."""
    kept, dropped = sorted((one, other), key=lambda row: (row.deletion is not None, -(row.deletion or 0), row.cursor))
    values: dict[str, Any] = kept._asdict()
    if kept.deletion != dropped.deletion:
        return values
    return values | {
        "instant": kept.instant or dropped.instant,
        "paused": kept.paused and dropped.paused,
        "begun": kept.begun or dropped.begun,
        "after_article": min(kept.after_article, dropped.after_article),
    }


def _canonical(text: str) -> str | None:
    try:
        return parse(text).canonical
    except QueryError:
        return None
