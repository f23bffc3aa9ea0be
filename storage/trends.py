"""How often queries are met, day by day: counts of articles over the last days, by the reader's clock.

    query ──ask──▶ plan ──the index alone can tell──▶ counted in the index, a day at a time
                        └──else──▶ candidates, newest first ──verify──▶ counted by their days

Counts are exact. A word that a million articles of these days have is counted in a tenth of a second. What must be
verified is looked through newest first, LOOKED_THROUGH candidates in all, which takes half a second; where there are
more, the days that were not reached, and the one that was not finished, are left out.
"""

import sqlite3
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice, pairwise
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.articles import DOCID_BITS, EARLIEST
from storage.candidates import Asked, ask
from storage.driver import on_driver
from storage.plan import has_beginning
from storage.syntax import Query

DAYS: Final = 30
# Candidates of all queries together: 20 to 30 µs for each that is verified, 2 µs for one that the index is sure of.
LOOKED_THROUGH: Final = 20_000
READ: Final = 200_000

_DAY: Final = timedelta(days=1)
_EARLIEST: Final = int(EARLIEST.timestamp())

_OLDEST = "SELECT min(docid) FROM articles WHERE docid BETWEEN :low AND :high"
_WITH_WORDS = "SELECT count(*) FROM article_index WHERE article_index MATCH :match AND rowid BETWEEN :low AND :high"
_ALL = "SELECT count(*) FROM articles INDEXED BY ix_articles_candidates WHERE docid BETWEEN :low AND :high"


@dataclass(frozen=True, slots=True)
class Trends:
    """Days in their order, and for each query how many articles of each day it means."""

    days: tuple[date, ...]
    counts: tuple[tuple[int, ...], ...]


async def trends(
    conn: AsyncConnection, queries: Sequence[Query], *, now: datetime, zone: ZoneInfo, days: int = DAYS
) -> Trends:
    """The last days on which articles can be met: up to today, and fewer where the store's first article of these days,
    or what the queries say of the date, is later; none where even the newest day has more candidates than can be
    looked through.
    """
    return await on_driver(conn, lambda driver: _trends(driver, queries, now=now, zone=zone, most=days))


def _trends(
    driver: sqlite3.Connection, queries: Sequence[Query], *, now: datetime, zone: ZoneInfo, most: int
) -> Trends:
    asked = [ask(driver, query, now=now, whole=True) for query in queries]
    days = _days(driver, asked, now=now, zone=zone, most=most)
    borders = [_border(day, zone) for day in (*days, days[-1] + _DAY)]
    counts = [_counts(one, borders, among=len(asked)) for one in asked]
    known = min(map(len, counts))
    return Trends(tuple(days[len(days) - known :]), tuple(tuple(row[len(row) - known :]) for row in counts))


def _days(
    driver: sqlite3.Connection, asked: Sequence[Asked], *, now: datetime, zone: ZoneInfo, most: int
) -> list[date]:
    """At least one, though there may be nothing on it."""

    def day(docid: int) -> date:
        second = min(max(docid >> DOCID_BITS, _EARLIEST), int(now.timestamp()))
        return datetime.fromtimestamp(second, zone).date()

    last = day(max(one.plan.high for one in asked))
    first = max(day(min(one.plan.low for one in asked)), last - timedelta(days=most - 1))
    [oldest] = driver.execute(_OLDEST, {"low": _border(first, zone), "high": _border(last + _DAY, zone) - 1}).fetchone()
    first = last if oldest is None else max(first, day(oldest))
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _counts(asked: Asked, borders: Sequence[int], *, among: int) -> list[int]:
    """For each day between two borders how many articles the query means; of the last days alone where others would
    take too long. The budget is shared `among` so many queries.
    """
    # A beginning of words costs the index as much for a day as for all of them.
    if asked.plan.rest is None and not any(map(has_beginning, asked.query.nodes())):
        return [_count(asked, low, high - 1) for low, high in pairwise(borders)]
    most = (READ if asked.plan.rest is None else LOOKED_THROUGH) // among
    plan = replace(asked.plan, low=max(asked.plan.low, borders[0]), high=min(asked.plan.high, borders[-1] - 1))
    counts = [0] * (len(borders) - 1)
    with replace(asked, plan=plan).candidates() as rows:
        for one in asked.matches(islice(rows, most)):
            counts[bisect_right(borders, one.docid) - 1] += 1
        unread = next(rows, None)
    return counts[bisect_right(borders, unread[0]) :] if unread else counts


def _count(asked: Asked, low: int, high: int) -> int:
    plan = asked.plan
    values = {"match": plan.match, "low": max(low, plan.low), "high": min(high, plan.high)}
    [found] = asked.driver.execute(_ALL if plan.match is None else _WITH_WORDS, values).fetchone()
    return int(found)


def _border(day: date, zone: ZoneInfo) -> int:
    """The lowest docid of a local day, on which there may be no midnight."""
    return int(datetime.combine(day, time.min, zone).timestamp()) << DOCID_BITS
