"""Which standing queries each article met: one row an article, read by every chat that follows one of them."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import articles as article_rows
from storage.language.document import Document, load
from storage.models import Article
from storage.schema import article_terms, articles, matches


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A stored article that the percolator has not met in its present wording."""

    article: Article
    document: Document
    content_hash: bytes


@dataclass(frozen=True, slots=True)
class Match:
    """An article with the queries it met, at its place in the order of matching."""

    id: int
    article_id: int
    story_id: int
    query_ids: frozenset[int]


class Copy(NamedTuple):
    """What met the query `old` after the match `since` is to have met `new` too."""

    old: int
    new: int
    since: int


async def unmatched(conn: AsyncConnection, *, limit: int) -> list[Unmatched]:
    """In the order in which they were stored, whoever stored them."""
    waiting = ~articles.c.matched  # "IS 0" would not be answered by ix_articles_unmatched
    rows = await conn.execute(
        article_rows.selection()
        .add_columns(article_terms.c.terms)
        .join(article_terms, article_terms.c.article_id == articles.c.id)
        .where(waiting)
        .order_by(articles.c.id)
        .limit(limit)
    )
    return [_unmatched(row) for row in rows]


async def record(conn: AsyncConnection, found: Sequence[tuple[Unmatched, Sequence[int]]]) -> None:
    """Writes what each article met, unless it changed or another process was faster."""
    for one, query_ids in found:
        same = (articles.c.id == one.article.id, articles.c.content_hash == one.content_hash)
        settled = articles.update().where(*same, ~articles.c.matched).values(matched=True)
        if not (await conn.execute(settled)).rowcount:
            continue
        await conn.execute(matches.delete().where(matches.c.article_id == one.article.id))
        if query_ids:
            await conn.execute(matches.insert().values(article_id=one.article.id, query_ids=_pack(query_ids)))


async def since(conn: AsyncConnection, cursor: int) -> list[Match]:
    """The matches after this one, in order."""
    columns = (matches.c.id, matches.c.article_id, matches.c.query_ids, articles.c.story_id)
    joined = matches.join(articles, articles.c.id == matches.c.article_id)
    rows = await conn.execute(select(*columns).select_from(joined).where(matches.c.id > cursor).order_by(matches.c.id))
    return [Match(row.id, row.article_id, row.story_id, frozenset(_unpack(row.query_ids))) for row in rows]


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
            changed.append({"match_id": row.id, "met": _pack([*met, *added])})
    if changed:
        own = matches.update().where(matches.c.id == bindparam("match_id"))
        await conn.execute(own.values(query_ids=bindparam("met")), changed)


def _unmatched(row: Row[Any]) -> Unmatched:
    article = article_rows.article(row)
    return Unmatched(article, article_rows.document(article, *load(row.terms)), row.content_hash)


def _pack(query_ids: Sequence[int]) -> bytes:
    return array("q", sorted(query_ids)).tobytes()


def _unpack(data: bytes) -> Iterable[int]:
    return array("q", data)
