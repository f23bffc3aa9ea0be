"""Which standing queries each article met: one row an article, read by every chat that follows one of them."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from sqlalchemy import Select, bindparam, select
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import sources as source_rows
from storage.language.document import Document, load
from storage.models import Source
from storage.schema import article_terms, articles, matches, sources

if TYPE_CHECKING:  # what no command needs at once is not loaded here
    import numpy as np
    from numpy.typing import NDArray


# Ids of queries, ascending.
Met: TypeAlias = "Sequence[int] | NDArray[np.uint32]"


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A stored article that the percolator has not met in its present wording."""

    id: int
    document: Document
    stored_at: datetime
    content_hash: bytes
    # It says something new of a story that was told before.
    development: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """An article with the queries it met, as they are stored, at its place in the order of matching.

    `development`: it says something new of its story.
    """

    id: int
    article_id: int
    story_id: int
    packed: bytes
    development: bool = False

    @property
    def query_ids(self) -> frozenset[int]:
        return frozenset(_unpack(self.packed))


class Copy(NamedTuple):
    """What met the query `old` after the match `since` is to have met `new` too."""

    old: int
    new: int
    since: int


async def unmatched(conn: AsyncConnection, *, limit: int) -> list[Unmatched]:
    """In the order in which they were stored, whoever stored them."""
    waiting = ~articles.c.matched  # "IS 0" would not be answered by ix_articles_unmatched
    rows = await conn.execute(_selection().where(waiting).order_by(articles.c.id).limit(limit))
    return [_unmatched(row) for row in rows]


async def stored_last(conn: AsyncConnection, *, limit: int) -> list[Unmatched]:
    """The articles that were stored last, met or not: those to come will have words like theirs."""
    newest = select(articles.c.id).order_by(articles.c.id.desc()).limit(limit)
    rows = await conn.execute(_selection().where(articles.c.id.in_(newest)))
    return [_unmatched(row) for row in rows]


async def record(conn: AsyncConnection, found: Sequence[tuple[Unmatched, Met]]) -> None:
    """Writes what each article met, except of those that changed or that another process was faster with."""
    hashes = {one.id: one.content_hash for one, _ in found}
    waiting = select(articles.c.id, articles.c.content_hash).where(articles.c.id.in_(hashes), ~articles.c.matched)
    same = [row.id for row in await conn.execute(waiting) if hashes[row.id] == row.content_hash]
    if not same:
        return
    await conn.execute(articles.update().where(articles.c.id.in_(same)).values(matched=True))
    await conn.execute(matches.delete().where(matches.c.article_id.in_(same)))
    settled = set(same)
    rows = [
        {"article_id": one.id, "query_ids": _pack(met), "development": one.development}
        for one, met in found
        if one.id in settled and len(met)
    ]
    if rows:
        await conn.execute(matches.insert(), rows)


async def since(
    conn: AsyncConnection, cursor: int, *, until: int | None = None, newest: int | None = None
) -> list[Match]:
    """The matches after this one and up to `until`, in order; of more than `newest`, the newest."""
    columns = (matches.c.id, matches.c.article_id, articles.c.story_id, matches.c.query_ids, matches.c.development)
    joined = matches.join(articles, articles.c.id == matches.c.article_id)
    later = select(*columns).select_from(joined).where(matches.c.id > cursor)
    if until is not None:
        later = later.where(matches.c.id <= until)
    rows = (await conn.execute(later.order_by(matches.c.id.desc()).limit(newest))).all()
    return [Match(*row) for row in reversed(rows)]


async def copy(conn: AsyncConnection, copies: Sequence[Copy]) -> None:
    """Reads the matches after the earliest of them once, and nothing where there are none."""
    if not copies:
        return
    by_old: dict[int, list[Copy]] = {}
    for one in copies:
        by_old.setdefault(one.old, []).append(one)
    later = select(matches.c.id, matches.c.query_ids).where(matches.c.id > min(one.since for one in copies))
    changed = []
    for row in (await conn.execute(later)).all():
        met = set(_unpack(row.query_ids))
        added = {one.new for old in met & by_old.keys() for one in by_old[old] if row.id > one.since} - met
        if added:
            changed.append({"match_id": row.id, "met": _pack(sorted(met | added))})
    if changed:
        own = matches.update().where(matches.c.id == bindparam("match_id"))
        await conn.execute(own.values(query_ids=bindparam("met")), changed)


def _selection() -> Select[Any]:
    """Not the texts, of which there is much and nothing is asked."""
    chosen = (
        articles.c.id,
        articles.c.language,
        articles.c.published_at,
        articles.c.stored_at,
        articles.c.content_hash,
        articles.c.development.is_not(None).label("develops"),
    )
    joined = articles.join(sources, sources.c.id == articles.c.source_id)
    joined = joined.join(article_terms, article_terms.c.article_id == articles.c.id)
    return select(*chosen, articles.c.source_id, sources.c.name, sources.c.host, article_terms.c.terms).select_from(
        joined
    )


def _unmatched(row: Row[Any]) -> Unmatched:
    source = source_rows.words(Source(id=row.source_id, name=row.name, host=row.host))
    document = Document(*load(row.terms), row.language, source, row.published_at)
    return Unmatched(row.id, document, row.stored_at, row.content_hash, row.develops)


def _pack(met: Met) -> bytes:
    if isinstance(met, Sequence):
        return array("I", met).tobytes()
    return met.astype("<u4").tobytes()


def _unpack(data: bytes) -> Iterable[int]:
    return array("I", data)
