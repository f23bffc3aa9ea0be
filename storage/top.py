"""The stories of a day, those that most sources tell first.

    bounds of the day ──narrow index──▶ (story, source) of each article ──numpy──▶ stories in order ──▶ a page

With a hundred thousand articles in the day any page takes 65 ms; SQLite's own grouping takes 90 for the first one, and
135 for the last (tests/benchmarks/top.py).
"""

import json
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import sources as source_rows
from storage.articles import DOCID_BITS
from storage.driver import on_driver
from storage.schema import seconds

# Of the number that stands for a story and a source, the lower bits are the source's: one number a row is read in half
# the time that two would take.
SOURCE_BITS: Final = 20
_ROWS: Final = (
    f"SELECT story_id << {SOURCE_BITS} | source_id FROM articles INDEXED BY ix_articles_candidates"
    " WHERE docid BETWEEN :low AND :high AND id <= :up_to ORDER BY docid DESC"
)
_TELLERS: Final = (
    "SELECT articles.story_id, sources.name FROM json_each(:wanted) AS wanted"
    " CROSS JOIN articles INDEXED BY ix_articles_story_id ON articles.story_id = wanted.value"
    " CROSS JOIN sources ON sources.id = articles.source_id"
    " WHERE articles.docid BETWEEN :low AND :high AND articles.id <= :up_to ORDER BY articles.docid"
)
_NEWEST: Final = (
    "SELECT max(docid) FROM articles INDEXED BY ix_articles_candidates WHERE docid <= :high AND id <= :up_to"
)


class Told(NamedTuple):
    """A story of the day, the sources that told it then, the earliest first, and by how many articles."""

    story_id: int
    sources: tuple[str, ...]
    articles: int


class Top(NamedTuple):
    """A page, and how many stories the day has in all."""

    stories: tuple[Told, ...]
    total: int


async def top(
    conn: AsyncConnection, *, since: datetime, until: datetime, up_to: int, limit: int, offset: int = 0
) -> Top:
    """The stories of what was published from `since` to `until`: by the number of sources that told them then (those of
    one name are one), then of articles, then the newest; as if articles with a greater id than `up_to` were not there.
    """
    bounds = {"low": seconds(since) << DOCID_BITS, "high": _end(until), "up_to": up_to}

    def answer(driver: sqlite3.Connection) -> Top:
        rows = driver.execute(_ROWS, bounds).fetchall()
        ranked = _ranked(np.fromiter(chain.from_iterable(rows), np.int64, len(rows)), _names(driver))
        page = ranked[offset : offset + limit]
        return Top(_told(driver, page, bounds), len(ranked))

    return await on_driver(conn, answer)


async def newest(conn: AsyncConnection, *, until: datetime, up_to: int) -> datetime | None:
    """When the newest article was published of those up to this moment; None where there is none."""
    values = {"high": _end(until), "up_to": up_to}
    [(docid,)] = await on_driver(conn, lambda driver: driver.execute(_NEWEST, values).fetchall())
    return None if docid is None else datetime.fromtimestamp(docid >> DOCID_BITS, UTC)


def _ranked(rows: NDArray[np.int64], names: NDArray[np.int64]) -> list[int]:
    """The stories of these rows, which are the newest first, in their order."""
    if not len(rows):
        return []
    named = rows >> SOURCE_BITS << SOURCE_BITS | names[rows & (1 << SOURCE_BITS) - 1]
    by_story = np.argsort(named, kind="stable")
    named = named[by_story]
    story_ids = named >> SOURCE_BITS
    starts = _starts(story_ids)
    # The first row of each story and source counts it.
    first = np.zeros(len(named), np.int64)
    first[_starts(named)] = 1
    sources = np.add.reduceat(first, starts)
    articles = np.diff(starts, append=len(named))
    age = np.minimum.reduceat(by_story, starts)
    ordered: list[int] = story_ids[starts][np.lexsort((age, -articles, -sources))].tolist()
    return ordered


def _starts(ordered: NDArray[np.int64]) -> NDArray[np.intp]:
    """Where each run of equal numbers begins."""
    return np.flatnonzero(np.diff(ordered, prepend=ordered[0] - 1))


def _names(driver: sqlite3.Connection) -> NDArray[np.int64]:
    """Source → the first source of the same name: one paper may be read at several hosts."""
    known = source_rows.everything(driver)
    names = np.zeros(max((source.id for source in known), default=0) + 1, np.int64)
    first: dict[str, int] = {}
    for source in known:
        names[source.id] = first.setdefault(source.name, source.id)
    return names


def _told(driver: sqlite3.Connection, story_ids: Sequence[int], bounds: dict[str, int]) -> tuple[Told, ...]:
    by_story: dict[int, list[str]] = {story_id: [] for story_id in story_ids}
    values: dict[str, Any] = {"wanted": json.dumps(story_ids), **bounds}
    for story_id, name in driver.execute(_TELLERS, values):
        by_story[story_id].append(name)
    return tuple(Told(story_id, tuple(dict.fromkeys(names)), len(names)) for story_id, names in by_story.items())


def _end(until: datetime) -> int:
    """The highest docid of what was published by then."""
    return (seconds(until) + 1 << DOCID_BITS) - 1
