"""A query asked now: candidates from the index, newest first, then our own score over the newest.

    query ──plan──▶ index ──▶ candidates ──verify──▶ matches ──score──▶ one hit a story ──▶ page

The newest candidates (the window) are verified and ranked by score; what lies beyond follows by date, so that paging
reaches every hit and a page costs the same at any size of the store. With `standing`, `last:` counts from the moment an
article was stored, as it does for a subscription.
"""

import math
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import islice
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.articles import DOCID_BITS
from storage.candidates import Asked, Candidate, Row, ask, in_title
from storage.driver import on_driver
from storage.excerpt import excerpts
from storage.hits import hits
from storage.models import Hit, Results
from storage.summary import told
from storage.syntax import Query

# So many candidates are looked at first. Of a word so common that they are all of the last hours they are the window;
# of others it is four such pages, each twice as long, which is all there is of a rare word; three where each must be
# verified.
WINDOW = 30
HOURS_S = 3 * 3600
PAGES, PAGES_VERIFIED = 4, 3
# Counts are exact up to here and "more than" beyond; where matches must be verified, as far as a page needs them.
COUNTED = 500
# A newer article is worth as much as one with the words in its headline that is a week older; in docids.
HALF_LIFE = 7 * 24 * 3600 << DOCID_BITS
# What ages so great that powers of two are no more numbers leave.
LEAST = 5e-324
TITLE_WEIGHT = 1.0
SOURCES_WEIGHT = 0.2

_Story = list[Candidate]


class Sort(StrEnum):
    """The order of hits."""

    RELEVANCE = "relevance"
    DATE = "date"


class Chosen(NamedTuple):
    """The best article of each story with its score, in order; how many stories were met, and whether there are more
    of them.
    """

    ranked: list[tuple[float, Candidate]]
    met: int
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
    of what was published then or later. What is `standing` is shown as a subscription tells it. Where matches must be
    verified, at least `counted` of them are.

    Pages that are asked for with the same `up_to`, the id of the newest article when the first was made, follow one
    another whatever comes meanwhile.
    """

    def answer(driver: sqlite3.Connection) -> Results:
        asked = ask(driver, query, now=None if standing else now, up_to=up_to, since=since)
        enough = offset + limit
        chosen = choose(asked, enough=enough, counted=COUNTED if asked.plan.rest is None else counted, sort=sort)
        scores = {one.id: score for score, one in chosen.ranked[offset:enough]}
        page = hits(driver, query, scores, show=told if standing else excerpts)
        # The last one met of more says that there are more.
        total, most = chosen.met - chosen.more, max(COUNTED, enough)
        return Results(hits=page, total=min(total, most), more=chosen.more or total > most)

    return await on_driver(conn, answer)


async def matching(conn: AsyncConnection, query: Query) -> list[Hit]:
    """Every article that a subscription to the query would have caught, oldest first."""

    def answer(driver: sqlite3.Connection) -> list[Hit]:
        asked = ask(driver, query, now=None)
        with asked.candidates() as rows:
            found = list(asked.matches(rows))
        return list(hits(driver, query, {candidate.id: 0.0 for candidate in reversed(found)}))

    return await on_driver(conn, answer)


def choose(asked: Asked, *, enough: int, counted: int = 0, sort: Sort = Sort.RELEVANCE) -> Chosen:
    """At least so many stories, and one more, if there are; behind the window time alone counts.

    What is ranked is the same for every page: behind the window, stories take no more articles.
    """
    with asked.candidates() as rows:
        stories, more = _window(asked, rows)
        window = len(stories)
        if more:
            more = _go_on(stories, asked.matches(rows), most=max(enough, counted) + 1)
    return Chosen(_ranked(asked, list(stories.values())[: max(window, enough)], window, sort), len(stories), more)


def _window(asked: Asked, rows: Iterator[Row]) -> tuple[dict[int, _Story], bool]:
    """The stories of the newest candidates, by their ids, newest first, and whether there may be further ones."""
    stories: dict[int, _Story] = {}
    for page in range(PAGES if asked.plan.rest is None else PAGES_VERIFIED):
        read = list(islice(rows, WINDOW << page))
        matches = list(asked.matches(read))
        for one in matches:
            stories.setdefault(one.story_id, []).append(one)
        if len(read) < WINDOW << page:
            return stories, False
        if _is_of_hours(matches):
            break
    return stories, True


def _is_of_hours(matches: Sequence[Candidate]) -> bool:
    """Whether the matches of a page are so many that they stand for a part of a day."""
    return len(matches) >= WINDOW and matches[0].second - matches[-1].second < HOURS_S


def _go_on(stories: dict[int, _Story], matches: Iterator[Candidate], *, most: int) -> bool:
    """Adds further stories, up to so many in all; whether there may be more."""
    while len(stories) < most:
        if not (one := next(matches, None)):
            return False
        stories.setdefault(one.story_id, [one])
    return True


def _ranked(asked: Asked, stories: list[_Story], window: int, sort: Sort) -> list[tuple[float, Candidate]]:
    """The best article of each story; by score as far as the window reaches.

    An article scores 2^(-age / half-life), its age counted from the newest match, so that an old archive is ranked as
    a new one is; with the words in its headline × (1 + their weight).
    """
    if not stories:
        return []
    titled = in_title(asked, [one.docid for story in stories[:window] for one in story])
    weight = dict.fromkeys(titled, 1 + TITLE_WEIGHT).get
    newest = stories[0][0].docid

    def scored(story: _Story) -> tuple[float, Candidate]:
        docid = story[0].docid
        first = (2.0 ** ((docid - newest) / HALF_LIFE) or LEAST) * weight(docid, 1)
        return (first, story[0]) if len(story) == 1 else _best(story, [first, *(scored([one])[0] for one in story[1:])])

    best = list(map(scored, stories))
    if sort is Sort.RELEVANCE:
        best[:window] = sorted(best[:window], key=itemgetter(0), reverse=True)
    return best


def _best(story: _Story, scores: list[float]) -> tuple[float, Candidate]:
    """The article that scores most, the newest of equals; for the story × (1 + 0.2 log2 of its sources)."""
    most = max(scores)
    told_by = len({one.source_id for one in story})
    return most * (1 + SOURCES_WEIGHT * math.log2(told_by)), story[scores.index(most)]
