"""A query asked now: candidates from the index, newest first, then our own score over the newest.

    query ──plan──▶ index and tables ──▶ candidates ──verify──▶ matches ──score──▶ one hit a story ──▶ page

The newest WINDOW matches are ranked by score; what lies beyond follows by date, so that paging reaches every hit and
a page costs the same at any size of the store. With `standing`, `last:` counts from the moment an article was stored,
as it does for a subscription.
"""

import math
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import articles as article_rows
from storage import sources as source_rows
from storage.excerpt import excerpts
from storage.language.document import Document, load
from storage.models import Article, Hit, Results, Source
from storage.plan import Plan, plan, title_match
from storage.plan import matching as in_index
from storage.schema import article_index, article_terms, articles, sources
from storage.syntax import From, Query

# Scoring reads this many; at a million articles that is half a millisecond.
WINDOW = 500
# SQLite binds 32,766 values to one statement.
LARGEST_PAGE = 8000
# Excerpts take about half a millisecond each: between so many, others have their turn.
SHOWN_AT_ONCE = 50
# Counts are exact up to here and "more than" beyond.
COUNTED = 2000
# A newer article is worth as much as one with the words in its headline that is a week older.
HALF_LIFE_S = 7 * 24 * 3600
TITLE_WEIGHT = 1.0
SOURCES_WEIGHT = 0.2


class Sort(StrEnum):
    """The order of hits."""

    RELEVANCE = "relevance"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class _Candidate:
    id: int
    docid: int
    story_id: int
    source_id: int
    published_at: datetime


@dataclass(frozen=True, slots=True)
class _Asked:
    """A query with its plan and the snapshot that it is asked on.

    `sources` are known where the query asks for one; `now` is None for a standing query.
    """

    conn: AsyncConnection
    query: Query
    plan: Plan
    sources: dict[int, Source]
    now: datetime | None


async def search(
    conn: AsyncConnection,
    query: Query,
    *,
    now: datetime,
    limit: int = 10,
    offset: int = 0,
    sort: Sort = Sort.RELEVANCE,
    standing: bool = False,
) -> Results:
    """One hit a story, its best article; relevance first within the newest WINDOW, or newest first."""
    asked = await _ask(conn, query, now=None if standing else now)
    reached = max(COUNTED, offset + limit)
    most = max(WINDOW, offset + limit + 1)
    stories = await _stories(asked, most=most if asked.plan.exact else max(most, COUNTED + 1))
    total = len(stories) if len(stories) < most else max(len(stories), await _count(asked))
    ranked = await _ranked(asked, stories, sort)
    page = {story[0].id: score for score, story in ranked[offset : offset + limit]}
    return Results(hits=await hits(conn, query, page), total=min(total, reached), more=total > reached)


async def matching(conn: AsyncConnection, query: Query) -> list[Hit]:
    """Every article that a subscription to the query would have caught, oldest first."""
    asked = await _ask(conn, query, now=None)
    found = [candidate async for candidate in _candidates(asked)]
    return list(await hits(conn, query, {candidate.id: 0.0 for candidate in reversed(found)}))


async def _ask(conn: AsyncConnection, query: Query, *, now: datetime | None) -> _Asked:
    asks_for_source = any(isinstance(node, From) for node in query.nodes())
    known = await source_rows.everything(conn) if asks_for_source else []
    return _Asked(conn, query, plan(query, sources=known, now=now), {source.id: source for source in known}, now)


async def _stories(asked: _Asked, *, most: int) -> list[list[_Candidate]]:
    """The newest matches grouped by story, at most `most` stories, in the order of their newest match.

    What is scored is the same for every page: once the window is full, its stories take no more articles.
    """
    stories: dict[int, list[_Candidate]] = {}
    async for candidate in _candidates(asked):
        if candidate.story_id not in stories or len(stories) < WINDOW:
            stories.setdefault(candidate.story_id, []).append(candidate)
        if len(stories) == most:
            break
    return list(stories.values())


async def _candidates(asked: _Asked) -> AsyncIterator[_Candidate]:
    """The matches, newest first, read by growing pages."""
    before, size = None, WINDOW
    while True:
        rows = (await asked.conn.execute(_page(asked.plan, before=before, limit=size))).all()
        for row in rows if asked.plan.exact else await _verified(asked, rows):
            yield _Candidate(row.id, row.docid, row.story_id, row.source_id, row.published_at)
        if len(rows) < size:
            return
        before, size = rows[-1].docid, min(size * 2, LARGEST_PAGE)


def _page(planned: Plan, *, before: int | None, limit: int) -> Select[Any]:
    order = article_index.c.rowid if planned.match else articles.c.docid
    page = _matches(planned).order_by(order.desc()).limit(limit)
    return page if before is None else page.where(order < before)


def _matches(planned: Plan) -> Select[Any]:
    """The candidates' columns but the words, through the index where the plan has a word for it."""
    columns = [articles.c[name] for name in ("id", "docid", "story_id", "source_id", "language")]
    chosen = select(*columns, articles.c.published_at, articles.c.stored_at).where(planned.where)
    if planned.match is None:
        return chosen
    through = article_index.join(articles, articles.c.docid == article_index.c.rowid)
    return chosen.select_from(through).where(in_index(planned.match))


async def _count(asked: _Asked) -> int:
    """The number of stories that an exact plan finds, up to one past COUNTED."""
    if not asked.plan.exact:
        return 0
    stories = _matches(asked.plan).with_only_columns(articles.c.story_id).distinct().limit(COUNTED + 1)
    return (await asked.conn.execute(select(func.count()).select_from(stories.subquery()))).scalar_one()


async def _verified(asked: _Asked, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Those of the candidates that the query's own meaning accepts."""
    terms = await _terms(asked.conn, [row.id for row in rows])
    kept = []
    for row in rows:
        source = asked.sources.get(row.source_id)
        words = source_rows.words(source) if source else ()
        document = Document(*load(terms[row.id]), row.language, words, row.published_at)
        if asked.query.matches(document, now=asked.now or row.stored_at):
            kept.append(row)
    return kept


async def _terms(conn: AsyncConnection, article_ids: Sequence[int]) -> dict[int, bytes]:
    rows = await conn.execute(
        select(article_terms.c.article_id, article_terms.c.terms).where(article_terms.c.article_id.in_(article_ids))
    )
    return {row.article_id: row.terms for row in rows}


async def _ranked(asked: _Asked, found: list[list[_Candidate]], sort: Sort) -> list[tuple[float, list[_Candidate]]]:
    """Stories with their scores, each with its best article first."""
    if not found:
        return []
    newest = found[0][0].published_at
    in_title = await _in_title(asked, oldest=min(one.docid for story in found[:WINDOW] for one in story))
    ranked = []
    for story in found:
        scores = {one.id: _score(one, newest, story, title=one.docid in in_title) for one in story}
        story.sort(key=lambda one: -scores[one.id])
        ranked.append((scores[story[0].id], story))
    if sort is Sort.DATE:
        return ranked
    return sorted(ranked[:WINDOW], key=lambda entry: -entry[0]) + ranked[WINDOW:]


def _score(candidate: _Candidate, newest: datetime, story: list[_Candidate], *, title: bool) -> float:
    """2^(-age / half-life) × (1 + words in the headline) × (1 + 0.2 log2 of the number of sources).

    Age is counted from the newest match, so that an old archive is ranked as a new one is.
    """
    age = (newest - candidate.published_at).total_seconds()
    told_by = len({one.source_id for one in story})
    freshness: float = 2.0 ** -min(age / HALF_LIFE_S, 1000.0)
    return freshness * (1 + TITLE_WEIGHT * title) * (1 + SOURCES_WEIGHT * math.log2(told_by))


async def _in_title(asked: _Asked, *, oldest: int) -> set[int]:
    """The docids of the window whose headline has the query's words."""
    match = title_match(asked.query)
    if match is None:
        return set()
    rowid = article_index.c.rowid
    found = select(rowid).where(in_index(match), rowid >= oldest)
    return set((await asked.conn.execute(found)).scalars())


async def hits(conn: AsyncConnection, query: Query, scores: Mapping[int, float]) -> tuple[Hit, ...]:
    """The articles of these ids in this order, with what shows why the query found them."""
    found: list[Hit] = []
    for start in range(0, len(scores), SHOWN_AT_ONCE):
        ids = list(scores)[start : start + SHOWN_AT_ONCE]
        shown, terms = await article_rows.by_ids(conn, ids), await _terms(conn, ids)
        others = await _other_sources(conn, list(shown.values()))
        found += [_hit(query, shown[one], terms[one], scores[one], others[one]) for one in ids if one in shown]
    return tuple(found)


def _hit(query: Query, article: Article, terms: bytes, score: float, others: tuple[str, ...]) -> Hit:
    title, snippet = excerpts(query, article, article_rows.document(article, *load(terms)))
    return Hit(article=article, score=round(score, 4), title=title, snippet=snippet, other_sources=others)


async def _other_sources(conn: AsyncConnection, shown: Sequence[Article]) -> dict[int, tuple[str, ...]]:
    """Article → the names of the other sources that tell its story."""
    rows = await conn.execute(
        select(articles.c.story_id, sources.c.name)
        .join(sources, sources.c.id == articles.c.source_id)
        .where(articles.c.story_id.in_([article.story_id for article in shown]))
        .order_by(articles.c.docid)
    )
    names: dict[int, list[str]] = {}
    for row in rows:
        names.setdefault(row.story_id, []).append(row.name)
    return {
        article.id: tuple(dict.fromkeys(name for name in names[article.story_id] if name != article.source.name))
        for article in shown
    }
