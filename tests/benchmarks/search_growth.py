"""Search as the store grows: ours beside FTS5's `ORDER BY rank` and tantivy's BM25, over the same synthetic articles.

    python -m tests.benchmarks.search_growth [--folder FOLDER] [--without-words] [SIZE ...]

    engine     which stories make the page, and in which order: what the peers do, with the ten best of theirs
    answer     the same, reached from the event loop: a snapshot, a hop to the driver's thread, and back
    whole      from the typed text to a page of five with headlines and snippets, counted
    rank       ORDER BY rank over our own index, the same terms; and over one of the words as they stand (`words`)
    tantivy    the ten best and their ids, over our lemmas
    to_thread  tantivy, reached from the event loop through asyncio.to_thread

Engines are called in one thread, without an event loop, and told beside the engine; what is reached from the loop is
told beside the answer.

Built stores and indexes are kept in the folder: a million articles take 8 GB, and half an hour to build.
"""

import argparse
import asyncio
import gc
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path
from random import Random
from statistics import median, quantiles

from storage.candidates import ask
from storage.database import Database
from storage.driver import on_driver
from storage.query import parse
from storage.search import choose, search
from storage.syntax import Query
from tests.benchmarks import search_peers as peers
from tests.benchmarks import stores
from tests.benchmarks.report import line, table
from tests.benchmarks.rows import Row, keep
from tests.benchmarks.standing import Kind, StandingQuery
from tests.benchmarks.synthetic import FOLDER, Corpus

SIZES = (100_000, 1_000_000)
PAGE = 5
# So many queries of each sort, each asked so often; what is slow in the peers, they answer once.
SORT, ROUNDS, PATIENCE_S = 15, 5, 0.2
ASKED = 400
COMMON, LOG = "common words", "log"
TO_THREAD = "to_thread"
OURS = ("engine", "answer", "whole")
# As `storage.database` has it for readers.
_CACHE = "PRAGMA cache_size=-16384"
PARTS = {
    "articles": "name IN ('articles', 'sources', 'stories') OR name LIKE '%\\_articles\\_%' ESCAPE '\\'",
    "stored terms": "name LIKE '%article_terms%'",
    "full-text index": "name LIKE 'article\\_index%' ESCAPE '\\'",
}

_RANKED = f"SELECT rowid FROM article_index WHERE article_index MATCH ? ORDER BY rank LIMIT {peers.TOP}"


@dataclass(frozen=True, slots=True)
class Figure:
    """Median and 95th percentile of the queries of one sort, each at its own median, in milliseconds."""

    size: int
    sort: str
    series: str
    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class Peer:
    name: str
    ask: Callable[[StandingQuery], object]
    knows_phrases: bool = True


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--without-words", action="store_true")
    given = parser.parse_args()
    corpus = Corpus(folder=given.folder)
    for size in given.sizes:
        figures = measure(given.folder, corpus, size, with_words=not given.without_words)
        show(size, figures)
        kept = [*curves(figures), *disk(given.folder, corpus, size)]
        table(("on disk", "MB"), *((row.series, row.value) for row in kept if row.chart == "disk"))
        keep(kept)


def measure(folder: Path, corpus: Corpus, size: int, *, with_words: bool = True) -> list[Figure]:
    store = stores.existing(folder, corpus, size)
    with closing(sqlite3.connect(store)) as connection:
        found = [Peer("rank", lambda query: connection.execute(_RANKED, (peers.expression(query),)).fetchall(), False)]
        if with_words:
            found.append(Peer("rank, words", peers.words(folder, corpus, size)))
        if bm25 := peers.tantivy(folder, corpus, size):
            found.append(Peer("tantivy", bm25))
        else:
            line("tantivy is not installed: left out (the dependency group `bench` has it).")
        return asyncio.run(_measure(store, sorts(corpus), found, size))


def sorts(corpus: Corpus) -> dict[str, list[StandingQuery]]:
    """Queries by sort: words of these ranks among the content words, and others as a log of readers has them."""
    words, chance = corpus.words, Random(1)
    content = [number for number, kind in enumerate(words.kinds) if kind and words.safe[number]]

    def of(*ids: int) -> StandingQuery:
        return StandingQuery(Kind.ALL, ids, (), words.lemmas)

    log = list(corpus.queries(ASKED))
    return {
        COMMON: [of(one) for one in content[:SORT]],
        "mid words": [of(one) for one in chance.sample(content[300:1500], SORT)],
        "rare words": [of(one) for one in chance.sample(content[8000:], SORT)],
        "two common words": [of(*chance.sample(content[:60], 2)) for _ in range(SORT)],
        "two words": [of(chance.choice(content[:300]), chance.choice(content[300:3000])) for _ in range(SORT)],
        **{
            name: [query for query in log if query.kind is kind][:SORT]
            for name, kind in (("phrase", Kind.PHRASE), ("OR", Kind.ANY), ("NOT", Kind.WITHOUT))
        },
        LOG: log,
    }


async def _measure(
    store: Path, asked: dict[str, list[StandingQuery]], found: Sequence[Peer], size: int
) -> list[Figure]:
    """All answer a query before the next one is asked, so that what disturbs one disturbs all."""
    database, driver = await Database.open(f"sqlite+aiosqlite:///{store}"), sqlite3.connect(store)
    driver.execute(_CACHE)
    now = stores.BEGIN + size * stores.EVERY
    figures: list[Figure] = []
    gc.freeze()  # as `newsbot` does
    try:
        for sort, queries in asked.items():
            times: dict[str, list[float]] = {}
            for query in queries:
                meant = parse(query.text)
                taken = {
                    "engine": _timed(partial(_engine, driver, meant, now)),
                    "answer": await _timed_on_loop(partial(_answer, database, meant, now)),
                    "whole": await _timed_on_loop(partial(_whole, database, query, now)),
                }
                if sort != LOG:
                    able = [peer for peer in found if peer.knows_phrases or query.kind is not Kind.PHRASE]
                    taken |= {peer.name: _timed(partial(peer.ask, query)) for peer in able}
                    if bm25 := next((peer for peer in able if peer.name == "tantivy"), None):
                        taken[TO_THREAD] = await _timed_on_loop(partial(asyncio.to_thread, bm25.ask, query))
                for series, seconds in taken.items():
                    times.setdefault(series, []).append(seconds * 1000)
            figures += [
                Figure(size, sort, series, median(one), quantiles(one, n=20)[-1]) for series, one in times.items()
            ]
    finally:
        driver.close()
        await database.close()
    return figures


def _engine(driver: sqlite3.Connection, query: Query, now: datetime) -> object:
    return choose(ask(driver, query, now=now), enough=peers.TOP)


async def _answer(database: Database, query: Query, now: datetime) -> object:
    async with database.read() as conn:
        return await on_driver(conn, lambda driver: _engine(driver, query, now))


async def _whole(database: Database, query: StandingQuery, now: datetime) -> object:
    async with database.read() as conn:
        return await search(conn, parse(query.text), now=now, limit=PAGE)


def _timed(act: Callable[[], object]) -> float:
    """The median of some answers, or of fewer of a peer that is slow; the first warms what the others find warm."""
    taken: list[float] = []
    while len(taken) <= ROUNDS and sum(taken) < PATIENCE_S:
        began = time.perf_counter()
        act()
        taken.append(time.perf_counter() - began)
    return median(taken[1:] or taken)


async def _timed_on_loop(act: Callable[[], Awaitable[object]]) -> float:
    """The same of what is awaited."""
    taken: list[float] = []
    while len(taken) <= ROUNDS and sum(taken) < PATIENCE_S:
        began = time.perf_counter()
        await act()
        taken.append(time.perf_counter() - began)
    return median(taken[1:] or taken)


def show(size: int, figures: Sequence[Figure]) -> None:
    series = list(dict.fromkeys(one.series for one in figures))
    at = {(one.sort, one.series): one for one in figures}
    line(f"{size:,} articles; milliseconds, medians and 95th percentiles of the queries, each asked {ROUNDS} times")
    rows = []
    for sort in dict.fromkeys(one.sort for one in figures):
        row: list[object] = [sort]
        for name in series:
            one = at.get((sort, name))
            row += [one.p50, one.p95] if one else ["", ""]
            if name not in OURS:
                row.append(f"{one.p50 / at[sort, _beside(name)].p50:,.1f}×" if one else "")
        rows.append(row)
    heading = chain.from_iterable(
        (name, "p95") if name in OURS else (name, "p95", f"/ {_beside(name)}") for name in series
    )
    table(("", *heading), *rows)


def _beside(peer: str) -> str:
    return "answer" if peer == TO_THREAD else "engine"


def curves(figures: Iterable[Figure]) -> Iterator[Row]:
    names = {"engine": "newsbot", "tantivy": "tantivy", "rank": "ORDER BY rank"}
    for one in figures:
        if one.sort == COMMON and one.series in names:
            yield Row("search", names[one.series], "ms", one.size, one.p50)
        if one.sort == LOG and one.series == "whole":
            yield Row("search", "newsbot, p95 of the log", "ms", one.size, one.p95)


def disk(folder: Path, corpus: Corpus, size: int) -> Iterator[Row]:
    with closing(sqlite3.connect(stores.existing(folder, corpus, size))) as connection:
        for series, names in PARTS.items():
            [(taken,)] = connection.execute(f"SELECT sum(pgsize) FROM dbstat WHERE {names}")
            yield Row("disk", series, "MB", size, taken / 1e6)
    for path in (peers.words_path(folder, corpus, size), peers.tantivy_path(folder, corpus, size)):
        if path.exists():
            files = path.iterdir() if path.is_dir() else (path,)
            taken = sum(file.stat().st_size for file in files)
            yield Row("disk", "FTS5 of the words" if path.is_file() else "tantivy", "MB", size, taken / 1e6)


if __name__ == "__main__":
    main()
