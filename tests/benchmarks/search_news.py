"""Queries of every kind over a day's 4,608 real articles: how long each takes inside the process.

    ours    storage.search, parsed, ranked, one hit a story, with headline and snippet marked
    FTS5    the same words as typed in a full-text table of the raw texts: unicode61, bm25 (ORDER BY rank), snippet()
    LIKE    each word as a part of headline or text, newest first

The goal is an answer in under 20 ms. Ours finds inflected forms, which the two others don't; where they have no way to
ask the same, they are left out.
"""

import asyncio
import gc
import sqlite3
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from bot.ingest import ingest
from storage.database import Database
from storage.models import Draft
from storage.query import parse
from storage.search import search
from tests.benchmarks.news import import_drafts
from tests.benchmarks.report import line, table

ROUNDS = 30
NOW = datetime(2020, 5, 4, tzinfo=UTC)
FTS = "SELECT rowid, title, snippet(news, 1, '[', ']', '…', 32) FROM news WHERE news MATCH ? ORDER BY rank LIMIT 10"
HOLDS = "(title LIKE ? OR text LIKE ?)"
LIKE = "SELECT rowid, title, text FROM news WHERE {} ORDER BY rowid DESC LIMIT 10"


@dataclass(frozen=True, slots=True)
class Asked:
    """A query, and where they can ask the same, what the peers are asked."""

    kind: str
    query: str
    fts: str = ""
    like: tuple[str, ...] = ()


QUERIES = (
    Asked("a rare word", "верблюд", "верблюд", ("верблюд",)),
    Asked("a common word", "коронавирус", "коронавирус", ("коронавирус",)),
    Asked("the commonest word", '"в"', '"в"', ("в",)),
    Asked("nothing found", "абракадабра", "абракадабра", ("абракадабра",)),
    Asked("two words", "цена нефть", "цена нефть", ("цена", "нефть")),
    Asked("five words", "россия коронавирус число случай сутки", "россия коронавирус число случай сутки"),
    Asked("a phrase", '"президент россии"', '"президент россии"', ("президент россии",)),
    Asked("a common phrase", '"в россии"', '"в россии"', ("в россии",)),
    Asked("a phrase of function words", '"и не в"', '"и не в"', ("и не в",)),
    Asked("an inflected phrase", '"новым случаем"', '"новым случаем"', ("новым случаем",)),
    Asked("either", "путин OR трамп", "путин OR трамп"),
    Asked(
        "one of ten", " OR ".join(("нефть", "газ", "рубль", "доллар", "банк", "суд", "врач", "школа", "футбол", "кино"))
    ),
    Asked("without a word", "россия -коронавирус", "россия NOT коронавирус"),
    Asked("brackets", "(нефть OR газ) цена -рубль", "(нефть OR газ) AND цена NOT рубль"),
    Asked("a beginning", "коронав*", "коронав*"),
    Asked("a short beginning", "пр*", "пр*"),
    Asked("an exact form", "=москве", "москве"),
    Asked("in the headline", "title:москва", "title : москва"),
    Asked("a hyphenated word", "санкт-петербург", '"санкт-петербург"', ("санкт-петербург",)),
    Asked("from a source", "source:lenta.ru"),
    Asked("from a source, a word", "source:lenta.ru россия"),
    Asked("in a language", "lang:ru"),
    Asked("published after", "after:2020-05-03 россия"),
    Asked("of the last day", "last:1d россия"),
)


def main(rounds: int = ROUNDS) -> None:
    drafts = import_drafts()
    with TemporaryDirectory() as folder:
        asyncio.run(measure(drafts, Path(folder), rounds))


async def measure(drafts: Sequence[Draft], folder: Path, rounds: int) -> None:
    database = await Database.open(f"sqlite+aiosqlite:///{folder / 'news.db'}")
    try:
        await ingest(database, drafts, now=NOW)
        gc.freeze()  # as `newsbot` does
        with closing(peers(drafts, folder / "peers.db")) as plain:
            rows = [await compare(asked, database, plain, rounds) for asked in QUERIES]
    finally:
        await database.close()
    line(f"{len(drafts):,} articles; milliseconds, medians and 95th percentiles of {rounds} rounds")
    table(("", "query", "stories", "ours", "p95", "FTS5", "p95", "LIKE", "p95"), *rows)


def peers(drafts: Sequence[Draft], path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.execute("CREATE VIRTUAL TABLE news USING fts5(title, text, tokenize = 'unicode61')")
    with connection:
        connection.executemany("INSERT INTO news VALUES (?, ?)", [(draft.title, draft.text) for draft in drafts])
    return connection


async def compare(asked: Asked, database: Database, plain: sqlite3.Connection, rounds: int) -> tuple[object, ...]:
    """The peers take turns, so that what disturbs one disturbs all."""
    ours: list[float] = []
    fts: list[float] = []
    like: list[float] = []
    found = 0
    for _ in range(rounds):
        began = time.perf_counter()
        found = await ask(database, asked.query)
        ours.append(time.perf_counter() - began)
        if asked.fts:
            fts.append(timed(plain, FTS, asked.fts))
        if asked.like:
            values = [f"%{word}%" for word in asked.like for _ in range(2)]
            like.append(timed(plain, LIKE.format(" AND ".join([HOLDS] * len(asked.like))), *values))
    return (
        asked.kind,
        asked.query if len(asked.query) < 40 else "…",
        found,
        *spread(ours),
        *spread(fts),
        *spread(like),
    )


async def ask(database: Database, query: str) -> int:
    async with database.read() as conn:
        return (await search(conn, parse(query), now=NOW)).total


def timed(connection: sqlite3.Connection, statement: str, *values: str) -> float:
    began = time.perf_counter()
    connection.execute(statement, values).fetchall()
    return time.perf_counter() - began


def spread(seconds: Sequence[float]) -> tuple[object, object]:
    """Median and 95th percentile in milliseconds; blank where nothing was measured."""
    if not seconds:
        return "", ""
    return median(seconds) * 1000, quantiles(seconds, n=20)[-1] * 1000


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
