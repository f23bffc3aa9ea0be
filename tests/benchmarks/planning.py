"""A tenth of all chats is due at nine: how long it takes to plan their digests, and to compose them.

    ours        `storage.planning`: due chats in their order → for each what is new to it, arrays over a row an article
    SQL join    due chats, subscriptions and a table with a row for each article and query, plain `sqlite3`, warm

Both answer the same, which is compared. Then some of the most are composed, rendered and committed, while somebody
searches: in a copy, so that a tenth is due at the next run too.

    python -m tests.benchmarks.planning [--folder FOLDER] [CHATS ...]

Built stores are kept in the folder: a million chats take 600 MB, and some minutes to build.
"""

import argparse
import asyncio
import gc
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import time as clock
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np

from bot.compose import PLANNED, Composer
from bot.languages import catalogues
from storage import chats
from storage.database import Database
from storage.planning import Planner
from storage.query import parse
from storage.schema import seconds
from storage.search import search
from tests.benchmarks.planning_store import NINE, WORDS, Ids, build, publish
from tests.benchmarks.report import ROOT, line, table
from tests.benchmarks.rows import FOLDER, Row, keep

SIZES = (10_000, 100_000, 1_000_000)
ROUNDS, JOINED = 5, 3
COMPOSED = 1500
SEARCH_EVERY_S = 0.05

JOIN = """
SELECT DISTINCT s.chat_id, a.story_id
FROM (SELECT id FROM chats WHERE next_due_at <= ? AND asleep = 0 ORDER BY next_due_at, id) AS due
CROSS JOIN subscriptions AS s ON s.chat_id = due.id AND s.deletion IS NULL AND s.paused = 0
CROSS JOIN met AS m ON m.query_id = s.query_id AND m.article_id > s.after_article
CROSS JOIN articles AS a ON a.id = m.article_id
WHERE NOT EXISTS (SELECT 1 FROM told AS t WHERE t.chat_id = s.chat_id AND t.story_id = a.story_id)
"""


class Answer(NamedTuple):
    """How many chats were due, how many stories are new to them, and a sum that tells two answers apart."""

    chats: int
    stories: int
    sum: int


class Planned(NamedTuple):
    answer: Answer
    seconds: float
    processor_s: float


class Defaults:
    default_language = "ru"
    default_timezone = "Asia/Almaty"
    default_digest_time = clock(9)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    given = parser.parse_args()
    for size in given.sizes:
        keep(measure(existing(given.folder, size), size))
    with TemporaryDirectory() as folder:
        copy = shutil.copyfile(_store(given.folder, max(given.sizes)), Path(folder, "planning.db"))
        asyncio.run(compose(copy))


def existing(folder: Path, size: int) -> Path:
    """The store of so many chats in the folder, made where it is missing."""
    path = _store(folder, size)
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".part")
        draft.unlink(missing_ok=True)
        asyncio.run(_publish(draft))
        build(draft, size)
        draft.rename(path)
        for lock in folder.glob(f"{draft.name}.*"):
            lock.unlink()
    return path


async def _publish(path: Path) -> None:
    database = await Database.open(f"sqlite+aiosqlite:///{path}")
    try:
        await publish(database)
    finally:
        await database.close()


def _store(folder: Path, size: int) -> Path:
    return folder / f"planning-{size}.db"


def measure(path: Path, size: int) -> list[Row]:
    """Prints the figures, and returns those that are drawn."""
    ours, peak_mb = planned_apart(path)
    joined = [join(path) for _ in range(JOINED)]
    if {one.answer for one in (*ours, *joined)} != {ours[0].answer}:
        sys.exit(f"different answers: {ours[0].answer}, {joined[0].answer}")
    own_s, join_s = (median(one.seconds for one in runs) for runs in (ours, joined))
    own_processor_s, join_processor_s = (median(one.processor_s for one in runs) for runs in (ours, joined))
    answer = ours[0].answer
    line(f"\n{size:,} chats, {answer.chats:,} of them due, {answer.stories:,} new stories; medians")
    table(
        ("", "s", "processor s", "times ours", "MB at most"),
        ("planned", own_s, own_processor_s, 1.0, round(peak_mb)),
        ("SQL join", join_s, join_processor_s, join_s / own_s, ""),
    )
    return [
        Row("planning", "newsbot", "s", answer.chats, own_s),
        Row("planning", "SQL join", "s", answer.chats, join_s),
    ]


def planned_apart(path: Path) -> tuple[list[Planned], float]:
    """In a process of its own, for its memory: how much more it took than to be there at all."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.planning", "--plan", str(path)],
        capture_output=True,
        check=True,
        cwd=ROOT,
        text=True,
    )
    *rows, peak_mb = run.stdout.splitlines()
    columns = (row.split() for row in rows)
    return [Planned(Answer(*map(int, row[:3])), float(row[3]), float(row[4])) for row in columns], float(peak_mb)


async def plan_only(path: Path) -> None:
    """What `planned_apart` runs."""
    database = await Database.open(f"sqlite+aiosqlite:///{path}")
    gc.freeze()  # as `newsbot` does
    before = _peak_mb()
    try:
        for _ in range(ROUNDS):
            began, busy = time.perf_counter(), time.process_time()
            number, tellings = await plan(database)
            took = (time.perf_counter() - began, time.process_time() - busy)
            answer = _answer(number, tellings)
            line(" ".join(map(str, (*answer, *took))))
    finally:
        await database.close()
    line(str(_peak_mb() - before))


async def plan(database: Database) -> tuple[int, list[Ids]]:
    """As `bot.compose` does it, without composing: how many are due, and chat and story of all that is new to them."""
    planner, tellings = Planner(instant=False), []
    async with database.read() as conn:
        due = await chats.due(conn, now=NINE, limit=1 << 30)
    for at in range(0, len(due), PLANNED):
        async with database.read() as conn:
            found = await planner.plan(conn, due[at : at + PLANNED])
        tellings.append(found.followed.chat_ids[found.pairs.rows] << 32 | found.pairs.story_ids)
    return len(due), tellings


def _answer(due: int, tellings: Sequence[Ids]) -> Answer:
    """A story that several subscriptions of a chat caught counts once; nobody is in two parts."""
    found = [(len(told), _sum(told >> 32, told & 0xFFFFFFFF)) for told in map(np.unique, tellings)]
    stories, total = (sum(column) for column in zip(*found, strict=True))
    return Answer(due, stories, total)


def join(path: Path) -> Planned:
    with closing(sqlite3.connect(path)) as store:
        store.execute("PRAGMA cache_size=-262144")
        nine = seconds(NINE)
        number = store.execute("SELECT count(*) FROM chats WHERE next_due_at <= ? AND asleep = 0", (nine,)).fetchone()
        began, busy = time.perf_counter(), time.process_time()
        stories = total = 0
        cursor = store.execute(JOIN, (nine,))
        while rows := cursor.fetchmany(100_000):
            stories += len(rows)
            total += _sum(*np.array(rows, np.int64).T)
        answer = Answer(number[0], stories, total)
        return Planned(answer, time.perf_counter() - began, time.process_time() - busy)


def _sum(chat_ids: Ids, story_ids: Ids) -> int:
    return int(((chat_ids * 1_000_003 + story_ids) % 998_244_353).sum())


async def compose(path: Path) -> None:
    """The first of those that are due, with somebody who searches before and meanwhile."""
    _put_off(path, but=COMPOSED)
    before = _composed(path)
    database = await Database.open(f"sqlite+aiosqlite:///{path}")
    gc.freeze()
    try:
        composer = Composer(database, Defaults(), catalogues("ru"))
        at_rest = await searching(database, asyncio.create_task(asyncio.sleep(5)))
        began, busy = time.perf_counter(), time.process_time()
        composing = asyncio.create_task(composer.compose_due(now=NINE))
        meanwhile = await searching(database, composing)
        took, busy = time.perf_counter() - began, time.process_time() - busy
    finally:
        await database.close()
    messages, told = (after - known for after, known in zip(_composed(path), before, strict=True))
    served = composing.result()
    line(f"\n{served:,} digests composed, {told:,} stories in {messages:,} messages: {served / took:,.0f} digests/s,")
    line(f"{told / took:,.0f} stories/s; {served / busy:,.0f} and {told / busy:,.0f} a second of the processor.")
    line("Milliseconds of a search, and by how much the event loop was late:")
    table(
        ("", "median", "p95", "slowest", "late", "p95", "most"),
        ("at rest", *_spread(at_rest[0]), *_spread(at_rest[1])),
        ("composing", *_spread(meanwhile[0]), *_spread(meanwhile[1])),
    )


def _put_off(path: Path, *, but: int) -> None:
    """Moves all who are due, but the first."""
    with closing(sqlite3.connect(path, isolation_level=None)) as store:
        first = "SELECT id FROM chats WHERE next_due_at = :due ORDER BY id LIMIT :but"
        moved = f"UPDATE chats SET next_due_at = :due + 60 WHERE next_due_at = :due AND id NOT IN ({first})"
        store.execute(moved, {"due": seconds(NINE), "but": but})


def _composed(path: Path) -> tuple[int, int]:
    """Messages in the outbox, and stories told by the digests that they are of."""
    with closing(sqlite3.connect(path)) as store:
        messages, first = store.execute("SELECT count(*), min(digest_id) FROM outbox").fetchone()
        return messages, store.execute("SELECT count(*) FROM told WHERE digest_id >= ?", (first,)).fetchone()[0]


async def searching(database: Database, until: "asyncio.Task[object]") -> tuple[list[float], list[float]]:
    """Milliseconds that each search took, and that a sleep of a few took too long."""
    took: list[float] = []
    late: list[float] = []
    while not until.done():
        began = time.perf_counter()
        await asyncio.sleep(SEARCH_EVERY_S)
        late.append((time.perf_counter() - began - SEARCH_EVERY_S) * 1e3)
        began = time.perf_counter()
        async with database.read() as conn:
            await search(conn, parse(f"{WORDS[len(took) % len(WORDS)]} {WORDS[len(took) // 7 % len(WORDS)]}"), now=NINE)
        took.append((time.perf_counter() - began) * 1e3)
    return took, late


def _spread(times: Sequence[float]) -> tuple[float, float, float]:
    return median(times), quantiles(times, n=20)[-1], max(times)


def _peak_mb() -> float:
    """What this process had at most; Linux's ru_maxrss also knows of the one that started it."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)
    [peak] = (row.split()[1] for row in status.read_text().splitlines() if row.startswith("VmHWM"))
    return int(peak) / (1 << 10)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--plan"]:
        asyncio.run(plan_only(Path(sys.argv[2])))
    else:
        main()
