"""What an older analyser made is made anew, in small steps, while the store is in use.

    stale ──analyse (off the event loop)──▶ entries ──renew──▶ index, terms: one transaction

Articles are not matched again: what a standing query met stays met. Queries get the canonical text of today, so that
equal ones are found again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import index
from storage.errors import QueryError
from storage.language.analyser import VERSION
from storage.language.document import Line
from storage.language.document import analyse as positions
from storage.query import parse
from storage.schema import article_terms, articles, queries, subscriptions


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
    """The terms of an article by today's analyser."""

    stale: Stale
    title: Line
    body: Line


class Waiting(NamedTuple):
    """Numbers of articles and of queries."""

    articles: int
    queries: int


async def stale(conn: AsyncConnection, *, limit: int) -> list[Stale]:
    columns = (articles.c.id, articles.c.content_hash, articles.c.title, articles.c.text, articles.c.language)
    older = select(article_terms.c.article_id).where(article_terms.c.analyser < VERSION).limit(limit)
    rows = await conn.execute(select(*columns).where(articles.c.id.in_(older)))
    return [Stale(*row) for row in rows]


async def waiting(conn: AsyncConnection) -> Waiting:
    """How much is still as an older analyser made it."""
    older = select(
        select(func.count()).where(article_terms.c.analyser < VERSION).scalar_subquery(),
        select(func.count()).where(queries.c.analyser < VERSION).scalar_subquery(),
    )
    return Waiting(*(await conn.execute(older)).one())


def analyse(found: Iterable[Stale]) -> list[Renewed]:
    """Takes milliseconds for each, so keep it off the event loop."""
    return [Renewed(one, positions(one.title, one.language), positions(one.text, one.language)) for one in found]


async def renew(conn: AsyncConnection, batch: Sequence[Renewed]) -> None:
    """Replaces the terms of those articles that are still what they were."""
    ids = [one.stale.article_id for one in batch]
    rows = await conn.execute(
        select(articles.c.id, articles.c.docid, articles.c.content_hash)
        .join(article_terms, article_terms.c.article_id == articles.c.id)
        .where(articles.c.id.in_(ids), article_terms.c.analyser < VERSION)
    )
    docids = {(row.id, row.content_hash): row.docid for row in rows}
    same = [one for one in batch if (one.stale.article_id, one.stale.content_hash) in docids]
    await index.remove(conn, [one.stale.article_id for one in same])
    entries = [
        index.Entry(one.stale.article_id, docids[one.stale.article_id, one.stale.content_hash], one.title, one.body)
        for one in same
    ]
    await index.add(conn, entries)


async def renew_queries(conn: AsyncConnection, *, limit: int) -> None:
    """Writes the canonical text of so many queries anew.

    A query that today's analyser refuses, or finds equal to another one, keeps the text it had: it means the same.
    """
    first = select(subscriptions.c.text).where(subscriptions.c.query_id == queries.c.id)
    typed = first.order_by(subscriptions.c.id).limit(1).scalar_subquery().label("text")
    older = select(queries.c.id, queries.c.canonical, typed).where(queries.c.analyser < VERSION)
    rows = (await conn.execute(older.limit(limit))).all()
    for row in rows:
        canonical = _canonical(row.text or row.canonical) or row.canonical
        taken = select(queries.c.id).where(queries.c.canonical == canonical)
        if (await conn.execute(taken)).first():
            canonical = row.canonical
        own = queries.update().where(queries.c.id == row.id)
        await conn.execute(own.values(canonical=canonical, analyser=VERSION))


def _canonical(text: str) -> str | None:
    try:
        return parse(text).canonical
    except QueryError:
        return None
