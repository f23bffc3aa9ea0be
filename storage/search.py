"""A query asked now: candidates from the index, newest first, then our own score over the newest.

    query ──plan──▶ index ──▶ candidates ──verify──▶ matches ──score──▶ one hit a story ──▶ page

The newest candidates (the window) are verified and ranked by score; what lies beyond follows by date, so that paging
reaches every hit and a page costs the same at any size of the store. With `standing`, `last:` counts from the moment an
article was stored, as it does for a subscription.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.candidates import Asked, Candidate, Page, ask, count, in_title, pages
from storage.hits import hits
from storage.models import Hit, Results
from storage.syntax import Query

# So many candidates are looked at first. Of a word so common that they are all of the last hours they are the window;
# of others it is three pages, 448 candidates, which is all there is of a rare word; two where each must be verified.
WINDOW = 64
HOURS_S = 12 * 3600
PAGES, PAGES_VERIFIED = 3, 2
# Counts are exact up to here and "more than" beyond; where matches must be verified, as far as a page needs them.
COUNTED = 500
# A newer article is worth as much as one with the words in its headline that is a week older.
HALF_LIFE_S = 7 * 24 * 3600
TITLE_WEIGHT = 1.0
SOURCES_WEIGHT = 0.2

_Story = list[Candidate]


class Sort(StrEnum):
    """The order of hits."""

    RELEVANCE = "relevance"
    DATE = "date"


class Chosen(NamedTuple):
    """The best article of each story with its score, in order, and whether there may be more stories."""

    ranked: list[tuple[float, Candidate]]
    more: bool


async def search(
    conn: AsyncConnection,
    query: Query,
    *,
    now: datetime,
    limit: int = 10,
    offset: int = 0,
    sort: Sort = Sort.RELEVANCE,
    standing: bool = False,
    up_to: int | None = None,
    since: datetime | None = None,
    counted: int = 0,
) -> Results:
    """One hit a story, its best article; relevance first among the newest candidates, or newest first; with `since`,
    of what was published then or later. Where matches must be verified, at least `counted` of them are.

    Pages that are asked for with the same `up_to`, the id of the newest article when the first was made, follow one
    another whatever comes meanwhile.
    """
    asked = await ask(conn, query, now=None if standing else now, up_to=up_to, since=since)
    enough = offset + limit if asked.plan.rest is None else max(offset + limit, counted)
    chosen = await choose(asked, enough=enough, sort=sort)
    page = await hits(conn, query, {one.id: score for score, one in chosen.ranked[offset : offset + limit]})
    total, more = await _count(asked, chosen, reached=max(COUNTED, offset + limit))
    return Results(hits=page, total=total, more=more)


async def matching(conn: AsyncConnection, query: Query) -> list[Hit]:
    """Every article that a subscription to the query would have caught, oldest first."""
    asked = await ask(conn, query, now=None)
    found = [candidate async for page in pages(asked, first=WINDOW) for candidate in page.matches]
    return list(await hits(conn, query, {candidate.id: 0.0 for candidate in reversed(found)}))


async def choose(asked: Asked, *, enough: int, sort: Sort = Sort.RELEVANCE) -> Chosen:
    """At least so many stories, if there are; behind the window time alone counts.

    What is ranked is the same for every page: behind the window, stories take no more articles.
    """
    stories: dict[int, _Story] = {}
    window, more, left = 0, True, PAGES if asked.plan.rest is None else PAGES_VERIFIED
    # One more tells, where nobody counts them, that there is one.
    wanted = enough if asked.plan.rest is None else enough + 1
    async for page in pages(asked, first=WINDOW):
        for candidate in page.matches:
            if left or candidate.story_id not in stories:
                stories.setdefault(candidate.story_id, []).append(candidate)
        if left:
            window, left = len(stories), 0 if _is_of_hours(page) else left - 1
        more = not page.is_last
        if not left and len(stories) >= wanted:
            break
    return Chosen(await _ranked(asked, list(stories.values()), window, sort), more)


def _is_of_hours(page: Page) -> bool:
    """Whether the matches of a page are so many that they stand for a part of a day."""
    return len(page.matches) >= WINDOW and page.matches[0].second - page.matches[-1].second < HOURS_S


async def _count(asked: Asked, chosen: Chosen, *, reached: int) -> tuple[int, bool]:
    """How many stories there are, counted up to so many, and whether there are more than that."""
    if chosen.more and asked.plan.rest is not None:
        return min(len(chosen.ranked) - 1, reached), True
    total = await count(asked, most=reached + 1) if chosen.more else len(chosen.ranked)
    return min(total, reached), total > reached


async def _ranked(asked: Asked, stories: list[_Story], window: int, sort: Sort) -> list[tuple[float, Candidate]]:
    """The best article of each story; by score as far as the window reaches."""
    if not stories:
        return []
    in_window = [one for story in stories[:window] for one in story]
    ranking = _Ranking(stories[0][0].second, await in_title(asked, in_window))
    best = list(ranking.best(stories))
    if sort is Sort.RELEVANCE:
        best[:window] = sorted(best[:window], key=itemgetter(0), reverse=True)
    return best


@dataclass(frozen=True, slots=True)
class _Ranking:
    """What scores depend on: the second of the newest match, and the docids with the query's words in the headline."""

    newest: int
    in_title: set[int]

    def best(self, stories: Iterable[_Story]) -> Iterable[tuple[float, Candidate]]:
        """The article of each story that scores most, the newest of equals."""
        for story in stories:
            if len(story) == 1:
                yield self._score(story[0]), story[0]
            else:
                score, best = max(((self._score(one), one) for one in story), key=itemgetter(0))
                told_by = len({one.source_id for one in story})
                yield score * (1 + SOURCES_WEIGHT * math.log2(told_by)), best

    def _score(self, candidate: Candidate) -> float:
        """2^(-age / half-life) × (1 + words in the headline), and for a story × (1 + 0.2 log2 of its sources).

        Age is counted from the newest match, so that an old archive is ranked as a new one is.
        """
        age = (self.newest - candidate.second) / HALF_LIFE_S
        # Below, powers of two are no more numbers.
        freshness = 2.0**-age if age < 1000 else 2.0**-1000
        return freshness * (1 + TITLE_WEIGHT) if candidate.docid in self.in_title else freshness
