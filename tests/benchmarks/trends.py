"""What /trends costs: counting over the last days of a hundred thousand articles, drawing, and the memory of both.

python -m tests.benchmarks.trends [--folder FOLDER] [--size SIZE] [--pictures PICTURES]

counts    storage.trends beside reading the same articles' rows one by one
pictures  the first one, which imports matplotlib, those that follow, and what each leaves in memory
"""

import argparse
import asyncio
import gc
import sqlite3
import time
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from zoneinfo import ZoneInfo

from bot.chart import Chart, Line, draw
from storage.candidates import ask
from storage.database import Database
from storage.driver import on_driver
from storage.query import parse
from storage.syntax import Query
from storage.trends import DAYS, trends
from tests.benchmarks import stores
from tests.benchmarks.report import line, table
from tests.benchmarks.synthetic import FOLDER, Corpus

ROUNDS = 9
ZONE = ZoneInfo("Asia/Almaty")
# Where among the content words, by how common they are, those stand that are asked for.
COMMON, MIDDLE, RARE = (0, 1), (300, 301), (8000,)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--pictures", type=int, default=200)
    given = parser.parse_args()
    pictures(given.pictures)
    asyncio.run(counts(given.folder, given.size))


async def counts(folder: Path, size: int) -> None:
    corpus = Corpus(folder=folder)
    database = await Database.open(f"sqlite+aiosqlite:///{stores.existing(folder, corpus, size)}")
    gc.freeze()  # as `newsbot` does
    try:
        rows = [await _row(database, name, texts, size) for name, texts in asked(corpus).items()]
    finally:
        await database.close()
    line(f"\n{size:,} articles, the last {DAYS} days; milliseconds, medians and 95th percentiles of {ROUNDS} rounds")
    table(("", "articles", "days", "counts", "p95", "one by one"), *rows)


def asked(corpus: Corpus) -> dict[str, list[str]]:
    words = corpus.words
    content = [number for number, kind in enumerate(words.kinds) if kind and words.safe[number]]
    common, middle, rare = ([words.lemmas[content[at]] for at in places] for places in (COMMON, MIDDLE, RARE))
    return {
        "a rare word": rare,
        "a middling word": middle[:1],
        "a common word": common[:1],
        "a common word without another": [f"{common[0]} -{common[1]}"],
        "a phrase": [f'"{middle[0]} {middle[1]}"'],
        "a phrase of common words": [f'"{common[0]} {common[1]}"'],
        "a beginning of common words": ["пр*"],
        "all articles": ["last:30d"],
        "three common words": [*common, middle[0]],
    }


async def _row(database: Database, name: str, texts: list[str], size: int) -> tuple[object, ...]:
    queries = [parse(text) for text in texts]
    now = stores.BEGIN + size * stores.EVERY
    since = (now - timedelta(days=DAYS)).date()
    dated = [parse(f"{text} after:{since}") for text in texts]

    async def count() -> object:
        async with database.read() as conn:
            return await trends(conn, queries, now=now, zone=ZONE)

    async def read() -> object:
        async with database.read() as conn:
            return [await on_driver(conn, partial(_one_by_one, query=query, now=now)) for query in dated]

    async with database.read() as conn:
        found = await trends(conn, queries, now=now, zone=ZONE)
    taken = await _timed(count)
    slow = await _timed(read)
    articles = sum(map(sum, found.counts))
    return name, articles, len(found.days), median(taken) * 1000, quantiles(taken, n=20)[-1] * 1000, median(slow) * 1000


def _one_by_one(driver: sqlite3.Connection, query: Query, *, now: datetime) -> int:
    asked = ask(driver, query, now=now, whole=True)
    with asked.candidates() as rows:
        return sum(1 for _ in asked.matches(rows))


async def _timed(act: Callable[[], Awaitable[object]]) -> list[float]:
    """The first one warms what the others find warm."""
    taken: list[float] = []
    for _ in range(ROUNDS + 1):
        began = time.perf_counter()
        await act()
        taken.append(time.perf_counter() - began)
    return taken[1:]


def pictures(number: int) -> None:
    """Linux alone tells the memory that a process has at the moment."""
    rows: list[tuple[object, ...]] = []
    for lines in (1, 3):
        held = _memory_mb()
        first = _drawn(lines, 0)
        loaded = _memory_mb()
        times = [_drawn(lines, n) for n in range(1, number)]
        rows.append((f"lines: {lines}", first, loaded - held, median(times), _memory_mb() - loaded))
    line(f"{number} pictures each; milliseconds, MB")
    table(("", "the first", "MB", "the others", "MB"), *rows)


def _drawn(lines: int, seed: int) -> float:
    """Milliseconds; no two pictures are the same."""
    days = tuple(date(2025, 11, 1) + timedelta(days=n) for n in range(DAYS))
    curves = [tuple((n * n * (place + 3) + seed * 7) % 97 for n in range(DAYS)) for place in range(lines)]
    named = tuple(Line(f"средний коридор {seed}", curve) for curve in curves)
    began = time.perf_counter()
    draw(Chart(unit="Статей в день", days=days, lines=named, language="ru"))
    return (time.perf_counter() - began) * 1000


def _memory_mb() -> float:
    status = Path("/proc/self/status")
    found = (
        [text.split() for text in status.read_text().splitlines() if text.startswith("VmRSS")]
        if status.exists()
        else []
    )
    return int(found[0][1]) / 1000 if found else float("nan")


if __name__ == "__main__":
    main()
