"""The stories of a day with very many articles: a page of /top, beside what SQLite takes to group and sort them itself.

    ours    `storage.top`: a covering scan of the day, counted and ordered in arrays, the page's sources read
    SQL     the same order by GROUP BY and ORDER BY over the same index, in plain `sqlite3`

Both name the same stories, which is compared. Every third article is told by another source before; the store is made
anew, without texts, of which neither reads any.

    python -m tests.benchmarks.top [ARTICLES ...]
"""

import argparse
import asyncio
import random
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from filelock import FileLock

from storage.articles import DOCID_BITS
from storage.database import Database
from storage.migrations import upgrade
from storage.schema import seconds
from storage.top import top
from storage.turns import lock_path
from tests.benchmarks.report import table

SIZES = (1_000, 10_000, 100_000)
ROUNDS = 15
UNTIL = datetime(2025, 12, 6, tzinfo=UTC)
SINCE = UNTIL - timedelta(days=1)
SOURCES, PAGE = 300, 5

GROUPED = """
SELECT articles.story_id FROM articles INDEXED BY ix_articles_candidates
CROSS JOIN sources ON sources.id = articles.source_id
WHERE articles.docid BETWEEN ? AND ? GROUP BY articles.story_id
ORDER BY count(DISTINCT sources.name) DESC, count(*) DESC, max(articles.docid) DESC LIMIT ? OFFSET ?
"""


class Measured(NamedTuple):
    """The stories of the page, and medians: milliseconds by the clock and of the processor."""

    stories: list[int]
    clock_ms: float
    processor_ms: float


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES)
    rows: list[tuple[object, ...]] = [("articles", "page", "ours ms", "of processor", "SQL ms", "of processor")]
    for size in parser.parse_args().sizes:
        with TemporaryDirectory() as folder:
            path = Path(folder, "top.db")
            stories = build(path, size)
            for page, offset in (("first", 0), ("last", stories - PAGE)):
                ours, grouped = asyncio.run(measure(path, offset))
                assert ours.stories == grouped.stories
                rows.append((f"{size:,}", page, *ours[1:], *grouped[1:]))
    table(*rows)


def build(path: Path, size: int) -> int:
    """Makes a store of so many articles, all of one day; returns the number of their stories."""
    upgrade(path, FileLock(lock_path(path)))
    chance = random.Random(size)
    told: list[int] = []
    for number in range(size):
        told.append(chance.choice(told) if number % 3 == 2 else number + 1)
    at = [seconds(SINCE) + chance.randrange(24 * 3600) for _ in range(size)]
    rows = [
        (
            number + 1,
            (at[number] << DOCID_BITS) + number,
            int(SOURCES * chance.random() ** 2) + 1,
            told[number],
            at[number],
        )
        for number in range(size)
    ]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(
            "INSERT INTO sources VALUES (?, ?, '')", ((one, f"{one}") for one in range(1, SOURCES + 1))
        )
        connection.executemany("INSERT INTO stories (id, created_at) VALUES (?, 0)", ((one,) for one in set(told)))
        connection.executemany(
            "INSERT INTO articles (id, docid, source_id, story_id, title, text, language, published_at, stored_at,"
            " content_hash, text_hash) VALUES (?1, ?2, ?3, ?4, 'T', '', 'ru', ?5, ?5, x'', x'')",
            rows,
        )
    return len(set(told))


async def measure(path: Path, offset: int) -> tuple[Measured, Measured]:
    """Both in turn, so that what disturbs one disturbs the other."""
    database = await Database.open(f"sqlite+aiosqlite:///{path}")
    bounds = (seconds(SINCE) << DOCID_BITS, ((seconds(UNTIL) + 1) << DOCID_BITS) - 1)

    async def ours() -> list[int]:
        async with database.read() as conn:
            page = await top(conn, since=SINCE, until=UNTIL, up_to=1 << 62, limit=PAGE, offset=offset)
        return [told.story_id for told in page.stories]

    with closing(sqlite3.connect(path, check_same_thread=False)) as connection:

        async def grouped() -> list[int]:
            values = (*bounds, PAGE, offset)
            rows = await asyncio.to_thread(lambda: connection.execute(GROUPED, values).fetchall())
            return [story_id for (story_id,) in rows]

        rounds = [(await _timed(ours), await _timed(grouped)) for _ in range(ROUNDS)]
    await database.close()
    return _median([one for one, _ in rounds]), _median([one for _, one in rounds])


async def _timed(act: Callable[[], Awaitable[list[int]]]) -> Measured:
    began, worked = time.perf_counter(), time.process_time()
    stories = await act()
    return Measured(stories, 1000 * (time.perf_counter() - began), 1000 * (time.process_time() - worked))


def _median(rounds: list[Measured]) -> Measured:
    clock_ms, processor_ms = median(one.clock_ms for one in rounds), median(one.processor_ms for one in rounds)
    return Measured(rounds[0].stories, clock_ms, processor_ms)


if __name__ == "__main__":
    main()
