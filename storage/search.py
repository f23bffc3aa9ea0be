"""A query asked now: candidates from the index, newest first, then our own score over the newest.

    query ──plan──▶ index and tables ──▶ candidates ──verify──▶ matches ──score──▶ one hit a story ──▶ page

The newest WINDOW matches are ranked by score; what lies beyond follows by date, so that paging reaches every hit and
a page costs the same at any size of the store. With `standing`, `last:` counts from the moment an article was stored,
as it does for a subscription.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Select, select
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
# Read at once with the words of their texts, these take about 20 MB.
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


class _Candidate(NamedTuple):
    """A match as far as ranking looks at it."""

    docid: int
    id: int
    story_id: int
    source_id: int

    @property
    def second(self) -> int:
        """When it was published."""
        return self.docid >> article_rows.DOCID_BITS


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
    stories = await _stories(asked, most=reached + 1)
    ranking = await _ranking(asked, stories[:WINDOW])
    if sort is Sort.RELEVANCE:
        stories[:WINDOW] = sorted(stories[:WINDOW], key=lambda story: -ranking.best(story)[0])
    best = [ranking.best(story) for story in stories[offset : offset + limit]]
    page = await hits(conn, query, {candidate.id: score for score, candidate in best})
    return Results(hits=page, total=min(len(stories), reached), more=len(stories) > reached)


async def matching(conn: AsyncConnection, query: Query) -> list[Hit]:
    """Every article that a subscription to the query would have caught, oldest first."""
    asked = await _ask(conn, query, now=None)
    found = [candidate async for page in _pages(asked, first=WINDOW) for candidate in page]
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
    # Few stories have many articles: one page that is somewhat larger is cheaper than two.
    async for page in _pages(asked, first=most + most // 8):
        for candidate in page:
            if candidate.story_id not in stories or len(stories) < WINDOW:
                stories.setdefault(candidate.story_id, []).append(candidate)
            if len(stories) == most:
                return list(stories.values())
    return list(stories.values())


async def _pages(asked: _Asked, *, first: int) -> AsyncIterator[list[_Candidate]]:
    """The matches, newest first, by pages of which the first reads that many candidates, the others more and more."""
    before, size = None, min(first, LARGEST_PAGE)
    while True:
        rows = (await asked.conn.execute(_page(asked.plan, before=before, limit=size))).all()
        if asked.plan.exact:
            yield [_Candidate._make(row) for row in rows]
        else:
            # Off the event loop: the words of thousands of texts may have to be read.
            yield await asyncio.to_thread(_verified, asked, rows)
        if len(rows) < size:
            return
        before, size = rows[-1].docid, min(size * 2, LARGEST_PAGE)


def _page(planned: Plan, *, before: int | None, limit: int) -> Select[Any]:
    order = article_index.c.rowid if planned.match else articles.c.docid
    page = _matches(planned).order_by(order.desc()).limit(limit)
    return page if before is None else page.where(order < before)


def _matches(planned: Plan) -> Select[Any]:
    """The candidates as `_Candidate`, and where the plan is not exact what they are verified by; through the index if
    the plan has a word for it. What stands behind a long text is dear to read."""
    columns = [articles.c[name] for name in _Candidate._fields]
    chosen, through = select(*columns), article_index.join(articles, articles.c.docid == article_index.c.rowid)
    start = articles if planned.match is None else through
    if not planned.exact:
        chosen = chosen.add_columns(articles.c.language, articles.c.published_at, articles.c.stored_at)
        chosen = chosen.add_columns(article_terms.c.terms)
        start = start.join(article_terms, article_terms.c.article_id == articles.c.id)
    chosen = chosen.select_from(start).where(planned.where)
    return chosen if planned.match is None else chosen.where(in_index(planned.match))


def _verified(asked: _Asked, rows: Sequence[Row[Any]]) -> list[_Candidate]:
    """Those of the candidates that the query's own meaning accepts."""
    words = {source.id: source_rows.words(source) for source in asked.sources.values()}
    kept = []
    for row in rows:
        document = Document(*load(row.terms), row.language, words.get(row.source_id, ()), row.published_at)
        if asked.query.matches(document, now=asked.now or row.stored_at):
            kept.append(_Candidate._make(row[: len(_Candidate._fields)]))
    return kept


async def _terms(conn: AsyncConnection, article_ids: Sequence[int]) -> dict[int, bytes]:
    rows = await conn.execute(
        select(article_terms.c.article_id, article_terms.c.terms).where(article_terms.c.article_id.in_(article_ids))
    )
    return {row.article_id: row.terms for row in rows}


@dataclass(frozen=True, slots=True)
class _Ranking:
    """What scores depend on: the second of the newest match, and the docids with the query's words in the headline."""

    newest: int
    in_title: set[int]

    def best(self, story: list[_Candidate]) -> tuple[float, _Candidate]:
        """The article of a story that scores most, the newest of equals."""
        told_by = len({one.source_id for one in story})
        scored = ((self._score(one, told_by), one) for one in story)
        return max(scored, key=itemgetter(0))

    def _score(self, candidate: _Candidate, told_by: int) -> float:
        """2^(-age / half-life) × (1 + words in the headline) × (1 + 0.2 log2 of the number of sources).

        Age is counted from the newest match, so that an old archive is ranked as a new one is.
        """
        freshness: float = 2.0 ** -min((self.newest - candidate.second) / HALF_LIFE_S, 1000.0)
        title = TITLE_WEIGHT if candidate.docid in self.in_title else 0.0
        return freshness * (1 + title) * (1 + SOURCES_WEIGHT * math.log2(told_by))


async def _ranking(asked: _Asked, window: list[list[_Candidate]]) -> _Ranking:
    if not window:
        return _Ranking(0, set())
    oldest = min(one.docid for story in window for one in story)
    return _Ranking(window[0][0].second, await _in_title(asked, oldest=oldest))


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
