"""Import and matching from end to end beside more and more standing queries, a process for each number of them.

drafts ──bot.ingest──▶ analysed, stored, indexed ──match tick──▶ percolated, rows of matches

Cold are a process's first articles, with everything that has to be loaded; warm are those after thousands, when most
words have been met. The steps are timed one after the other in one process; in use an import is a process beside the
bot, which matches what is stored meanwhile.
"""

import asyncio
import gc
import json
import resource
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from bot.analyst import Analyst
from bot.ingest import ingest
from bot.matcher import Matcher
from storage import articles
from storage.database import Database
from storage.language.analyser import VERSION
from storage.models import Draft
from tests.benchmarks.report import ROOT, line, table
from tests.benchmarks.rows import Row, keep
from tests.benchmarks.stores import Content, made
from tests.benchmarks.synthetic import Corpus

SIZES = (10_000, 100_000, 1_000_000)
# The first articles; then so many until it is warm, then the last ones; a turn of matching comes after each part.
COLD, WARMING, WARM, PART = 1_000, 12_000, 8_000, 1_000
# Beside a bot: so many, and the median rate of as many at a time, for machines have their moments.
BESIDE, STRETCH = 16_000, 2_000
TURN_S = 0.02
# After all of them are published.
NOW = datetime(2026, 1, 1, tzinfo=UTC)
STEPS = ("analysis", "store and index", "matching", "match rows")
PROCESSOR = "of the processor"
# Of the tables and indexes, these are told one by one.
TABLES = ("articles", "article_terms", "article_index_data", "matches", "queries")

# Of an index, the table that it is of.
_SIZES = (
    "SELECT coalesce(tbl_name, dbstat.name), sum(pgsize) FROM dbstat"
    " LEFT JOIN sqlite_master ON sqlite_master.name = dbstat.name GROUP BY 1"
)
_QUERY = "INSERT INTO queries (id, canonical, analyser, clauses, changed) VALUES (?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Result:
    """Milliseconds an article by step, cold and warm; articles a second by two processes side by side; megabytes."""

    queries: int
    load_s: float
    cold: dict[str, float]
    warm: dict[str, float]
    beside_per_s: float
    memory_mb: float
    queries_mb: float
    disk_mb: dict[str, float]


class Clock:
    """Adds up the time that steps take; what is measured within another step is taken off that one."""

    def __init__(self) -> None:
        self.spent: defaultdict[str, float] = defaultdict(float)
        self._outer: list[str] = []

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        begun = time.perf_counter()
        self._outer.append(name)
        try:
            yield
        finally:
            took = time.perf_counter() - begun
            self._outer.pop()
            self.spent[name] += took
            if self._outer:
                self.spent[self._outer[-1]] -= took


def main(*sizes: int) -> None:
    results = [_apart(size) for size in sizes or SIZES]
    for heading, name in (("warm", "warm"), ("cold", "cold")):
        line(f"\n{heading}: milliseconds an article")
        table(
            ("standing queries", *STEPS, "all", PROCESSOR, "articles/s"),
            *(_row_of(one, getattr(one, name)) for one in results),
        )
    line("\nwarm, an import beside the bot: from the first that is stored to the last that is matched")
    table(("standing queries", "articles/s"), *((f"{one.queries:,}", round(one.beside_per_s)) for one in results))
    line("\nmegabytes")
    table(
        (
            "standing queries",
            "memory",
            "of it queries",
            "loaded in s",
            *(f"disk: {name}" for name in results[0].disk_mb),
        ),
        *((f"{one.queries:,}", one.memory_mb, one.queries_mb, one.load_s, *one.disk_mb.values()) for one in results),
    )
    keep(rows(results))


def rows(results: Sequence[Result]) -> list[Row]:
    """What curves are drawn of."""
    return [
        Row("ingest", series, "articles/s", one.queries, rate)
        for one in results
        for series, rate in (
            ("newsbot", one.beside_per_s),
            ("newsbot, one process", 1000 / _total(one.warm)),
            ("newsbot, one process, cold", 1000 / _total(one.cold)),
        )
    ]


def _row_of(one: Result, steps: dict[str, float]) -> tuple[object, ...]:
    total = _total(steps)
    parts = (steps[name] for name in STEPS)
    return f"{one.queries:,}", *parts, total, steps[PROCESSOR], round(1000 / total)


def _total(steps: dict[str, float]) -> float:
    return sum(steps[name] for name in STEPS)


def _apart(size: int) -> Result:
    command = (sys.executable, "-m", "tests.benchmarks.ingest_growth", "measure", str(size))
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True)
    return Result(**json.loads(done.stdout))


async def measure(size: int, folder: Path) -> Result:
    path, corpus = folder / "news.db", Corpus()
    gc.freeze()
    database = await Database.open(f"sqlite+aiosqlite:///{path}")
    try:
        write_queries(path, corpus, size)
        clock = Clock()
        before, begun = _resident_mb(), time.perf_counter()
        matcher = _Timed(database, clock)
        await matcher.match()
        queries_mb, load_s = _resident_mb() - before, time.perf_counter() - begun
        drafts = iter(_drafts(corpus, COLD + WARMING + WARM, start=0))
        cold = await _run(database, matcher, clock, drafts, COLD)
        await _run(database, matcher, clock, drafts, WARMING)
        warm = await _run(database, matcher, clock, drafts, WARM)
        beside_per_s = await _beside(matcher, path)
    finally:
        await database.close()
    return Result(size, load_s, cold, warm, beside_per_s, _peak_mb(), queries_mb, _disk_mb(path))


class _Timed(Matcher):
    def __init__(self, db: Database, clock: Clock) -> None:
        super().__init__(db)
        self._clock = clock

    def _percolate(self, waiting: Any) -> Any:
        with self._clock.step("matching"):
            return super()._percolate(waiting)


async def _run(
    database: Database, matcher: Matcher, clock: Clock, drafts: Iterator[Draft], count: int
) -> dict[str, float]:
    """Milliseconds an article by step, for so many of the drafts."""
    clock.spent.clear()
    processor, analyse = time.process_time(), articles.analyse

    def timed(found: Any) -> Any:
        with clock.step("analysis"):
            return analyse(found)

    articles.analyse = timed  # type: ignore[assignment]
    try:
        for _ in range(count // PART):
            part = list(islice(drafts, PART))
            with clock.step("store and index"):
                await ingest(database, part, now=NOW)
            with clock.step("match rows"):
                await matcher.match()
    finally:
        articles.analyse = analyse
    clock.spent[PROCESSOR] = time.process_time() - processor
    return {name: clock.spent[name] / count * 1000 for name in (*STEPS, PROCESSOR)}


async def _beside(matcher: Matcher, path: Path) -> float:
    """Articles a second that a warm process stores and the bot matches, from the first to the last: the median."""
    command = (sys.executable, "-m", "tests.benchmarks.ingest_growth", "import", str(path))
    pipe = asyncio.subprocess.PIPE
    importing = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=pipe, stdout=pipe)
    assert importing.stdin
    assert importing.stdout
    # Warm when it says so, and when all that it stored until then is matched.
    await _match_until(matcher, asyncio.ensure_future(importing.stdout.readline()))
    begun = time.perf_counter()
    importing.stdin.write(b"\n")
    turns = await _match_until(matcher, ended := asyncio.ensure_future(importing.wait()))
    if ended.result():
        sys.exit("import failed")
    return median(_rates(begun, turns))


async def _match_until(matcher: Matcher, done: "asyncio.Future[Any]") -> list[tuple[float, int]]:
    """Turns of matching, the last one when it is done; the time after each of them, and how many articles it had."""
    turns = []
    is_last = False
    while not is_last:
        is_last = done.done()
        matched = await matcher.match()
        turns.append((time.perf_counter(), matched))
        await asyncio.sleep(0 if is_last else TURN_S)
    return turns


def _rates(begun: float, turns: Sequence[tuple[float, int]]) -> Iterator[float]:
    """Articles a second of each stretch, the last one with the end of the process."""
    matched = 0
    for number, (at, count) in enumerate(turns, 1):
        matched += count
        if matched >= STRETCH or number == len(turns):
            yield matched / (at - begun)
            begun, matched = at, 0


async def _import(path: Path) -> None:
    """Says so when it is warm, and stores the last articles when it is told to."""
    drafts = _drafts(Corpus(), WARMING + BESIDE, start=COLD + WARMING + WARM)
    gc.freeze()  # as `newsbot` does
    database = await Database.open(f"sqlite+aiosqlite:///{path}")
    try:
        with Analyst() as analyst:
            await ingest(database, drafts[:WARMING], now=NOW, analyse=analyst.analyse)
            line("warm")
            await asyncio.to_thread(sys.stdin.readline)
            await ingest(database, drafts[WARMING:], now=NOW, analyse=analyst.analyse)
    finally:
        await database.close()


def _drafts(corpus: Corpus, count: int, *, start: int) -> list[Draft]:
    found = made(Content(text, ("", "")) for text in corpus.texts(count, start))
    return [replace(one.draft, url=f"https://news.example/{number}") for number, one in enumerate(found, start)]


def write_queries(path: Path, corpus: Corpus, size: int) -> None:
    """So many distinct standing queries, which nobody has to follow in order to be met."""
    rows = ((number, one.text, VERSION, one.clauses, number) for number, one in enumerate(corpus.queries(size), 1))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(_QUERY, rows)


def _resident_mb() -> float:
    """Of this process, now; 0 where the system doesn't tell."""
    told = Path("/proc/self/statm")
    return int(told.read_text().split()[1]) * resource.getpagesize() / 1e6 if told.exists() else 0.0


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def _disk_mb(path: Path) -> dict[str, float]:
    """By table, its indexes included; all in one where SQLite was built without dbstat."""
    with closing(sqlite3.connect(path)) as connection:
        try:
            sizes = dict(connection.execute(_SIZES).fetchall())
        except sqlite3.OperationalError:
            return {"all": path.stat().st_size / 1e6}
    told = {name: sum(size for table, size in sizes.items() if table.startswith(name)) / 1e6 for name in TABLES}
    return told | {"all": sum(sizes.values()) / 1e6}


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        with TemporaryDirectory() as temporary:
            found = asyncio.run(measure(int(sys.argv[2]), Path(temporary)))
        sys.stdout.write(json.dumps(asdict(found)))
    elif sys.argv[1:2] == ["import"]:
        asyncio.run(_import(Path(sys.argv[2])))
    else:
        main(*map(int, sys.argv[1:]))
