"""An article against 10,000, 100,000 and a million distinct standing queries, ordinary and hostile ones.

    python -m tests.benchmarks.percolate [QUERIES …]

Each engine (`tests.benchmarks.percolate_engines`) has a process of its own with the same queries and the same articles,
which it meets in turns with the others; what it finds is compared article by article. The loops get fewer articles and
queries, and no hostile ones. Times are of the processor: what else runs on the machine shall not count.

The goals at a million: at least 15 times as fast as mokaccino with at most a twentieth of its memory, the 99th
percentile at most twice the median, and hostile queries (two or three of the 600 commonest words) at most half as slow
again as ordinary ones.
"""

import ctypes
import gc
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.report import ROOT, line, table
from tests.benchmarks.rows import Row, keep

if TYPE_CHECKING:
    from tests.benchmarks.percolate_engines import Met

SIZES = (10_000, 100_000)
ARTICLES, ROUNDS = 300, 5
# Engine → the greatest number of queries, and of articles, that it is given.
LIMITS = {
    "newsbot": (1 << 30, ARTICLES),
    "mokaccino": (1 << 30, ARTICLES),
    "naive loop": (100_000, 20),
    "FTS5 loop": (10_000, 5),
}
LOOPS = ("naive loop", "FTS5 loop")
WARMING = 5


@dataclass(frozen=True, slots=True)
class Taken:
    """What an engine took: to be built; milliseconds for each article; how much it found there, and a sum of that."""

    engine: str
    queries: int
    hot: bool
    build_s: float
    memory_mb: float
    article_ms: Sequence[float]
    found: Sequence[int]
    sums: Sequence[int]

    @property
    def median_ms(self) -> float:
        return median(self.article_ms)

    @property
    def p99_ms(self) -> float:
        return float(np.quantile(self.article_ms, 0.99))


def main(sizes: Sequence[int] = SIZES) -> None:
    for size in sizes or SIZES:
        taken = compare(size)
        ordinary, hostile = ([one for one in taken if one.hot == hot] for hot in (False, True))
        _show(size, "", ordinary)
        _show(size, "hostile ", hostile)
        _judge(ordinary, hostile)
        keep(row for one in ordinary for row in _rows(one))


def compare(size: int) -> list[Taken]:
    """Every engine that can bear so many queries, ours first."""
    engines = [engine for engine, (most, _) in LIMITS.items() if size <= most]
    with ExitStack() as running:
        processes = [
            _Process(running, engine, size, hot=hot)
            for engine in engines
            for hot in ((False,) if engine in LOOPS else (False, True))
        ]
        # Turn by turn, so that what disturbs one disturbs all.
        for _ in range(ROUNDS):
            for process in processes:
                process.turn()
        return [process.taken() for process in processes]


def _show(size: int, kind: str, taken: Sequence[Taken]) -> None:
    """Ours is the first."""
    line(f"\n{size:,} distinct {kind}queries; milliseconds for an article, memory in MB")
    table(
        ("", "articles", "build s", "MB", "median", "p99", "p99/median", "found", "the same"),
        *(_row(one, taken[0]) for one in taken),
    )


def _rows(one: Taken) -> list[Row]:
    return [
        Row("percolation", one.engine, "ms", one.queries, one.median_ms),
        Row("percolation", one.engine, "MB", one.queries, one.memory_mb),
    ]


def _row(one: Taken, ours: Taken) -> tuple[object, ...]:
    differ = sum(a != b for a, b in zip(one.sums, ours.sums, strict=False))
    return (
        one.engine,
        len(one.sums),
        one.build_s,
        round(one.memory_mb),
        f"{one.median_ms:,.3f}",
        f"{one.p99_ms:,.3f}",
        one.p99_ms / one.median_ms,
        f"{mean(one.found):,.0f}",
        f"no: {differ}" if differ else "yes",
    )


def _judge(ordinary: Sequence[Taken], hostile: Sequence[Taken]) -> None:
    ours = ordinary[0]
    for peer in ordinary[1:]:
        line(
            f"newsbot is {peer.median_ms / ours.median_ms:,.1f} times as fast as {peer.engine}, "
            f"which takes {peer.memory_mb / ours.memory_mb:,.1f} times its memory"
        )
    line(f"Hostile queries take {hostile[0].median_ms / ours.median_ms:.2f} times as long as ordinary ones")


class _Process:
    """An engine in a process that does nothing else, and nothing but when it is its turn."""

    def __init__(self, running: ExitStack, engine: str, size: int, *, hot: bool) -> None:
        command = [sys.executable, "-m", "tests.benchmarks.percolate", engine, str(size), *["hot"] * hot]
        pipe = subprocess.PIPE
        self._process = running.enter_context(subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True))
        self._engine, self._size, self._hot = engine, size, hot
        self._build_s, self._memory_mb = self._read()
        self._turns: list[tuple[list[float], list[int], list[int]]] = []

    def turn(self) -> None:
        assert self._process.stdin
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        self._turns.append(self._read())

    def taken(self) -> Taken:
        times, found, sums = zip(*self._turns, strict=True)
        return Taken(
            self._engine,
            self._size,
            self._hot,
            self._build_s,
            self._memory_mb,
            [median(turns) for turns in zip(*times, strict=True)],
            found[-1],
            sums[-1],
        )

    def _read(self) -> Any:
        assert self._process.stdout
        return json.loads(self._process.stdout.readline())


def serve(engine: str, size: int, *, hot: bool) -> None:
    """What `_Process` runs: tells seconds and memory of building, then for each line that it reads those of a turn."""
    # What the engines import is not to weigh on the process that starts them.
    from tests.benchmarks.percolate_engines import ENGINES
    from tests.benchmarks.synthetic import Corpus

    corpus = Corpus()
    made = ENGINES[engine](corpus, corpus.queries(size, hot=hot))
    before, began = _resident_mb(), time.process_time()
    made.build()
    line(json.dumps((time.process_time() - began, _resident_mb() - before)))
    gc.freeze()  # as `newsbot` does
    for _ in sys.stdin:
        for met in made.articles(WARMING):
            met()
        line(json.dumps(_turn(made.articles(LIMITS[engine][1]))))


def _turn(articles: "Iterable[Met]") -> tuple[list[float], list[int], list[int]]:
    """Milliseconds for each article, how much was found there, and its sum."""
    times: list[float] = []
    found: list[NDArray[np.uint32]] = []
    for met in articles:
        began = time.process_time()
        ids = met()
        times.append((time.process_time() - began) * 1000)
        found.append(np.sort(np.asarray(ids, np.uint32)))
    return times, [len(ids) for ids in found], [crc32(ids.tobytes()) for ids in found]


def _resident_mb() -> float:
    """What is in use: freed memory, which another allocation would take, is given back before."""
    gc.collect()
    with suppress(OSError, AttributeError):  # glibc alone has it
        ctypes.CDLL(None).malloc_trim(0)
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in LIMITS:
        serve(sys.argv[1], int(sys.argv[2]), hot=sys.argv[3:] == ["hot"])
    else:
        main([int(argument) for argument in sys.argv[1:]])
