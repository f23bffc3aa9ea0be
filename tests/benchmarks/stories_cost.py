"""What stories cost: a day's real articles, mixed by halves into as many as are asked for, over two days."""

import random
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from storage.database import Database
from storage.fingerprints import Fingerprint, fingerprint
from storage.placing import Newcomer
from storage.stories import DOCID_BITS, Stories
from tests.benchmarks.report import line, table
from tests.news_data import import_drafts

# Articles of the day that are read, and that are placed for each figure.
READ, PLACED = 1000, 500
RUNS: Final = 3
BEGIN: Final = int(datetime(2025, 12, 1, tzinfo=UTC).timestamp())
TWO_DAYS: Final = 2 * 24 * 3600


class Costs(NamedTuple):
    """In ms of the processor an article, but the first batch, in all, and the memory, in MB."""

    first: float
    batches: float
    tens: float
    ones: float
    memory: float


async def measure(sizes: Sequence[int]) -> None:
    drafts = import_drafts(limit=READ)
    prints, taken = [], []
    for draft in drafts:
        began = time.process_time()
        prints.append(fingerprint(draft.title, draft.text, "ru"))
        taken.append((time.process_time() - began) * 1e3)
    line(f"\nA fingerprint takes {sum(taken) / len(taken):.2f} ms of the processor, dictionaries warm or not")
    rows = []
    for size in sizes:
        found = await _cost(prints, size)
        rows.append((f"{size:,}", *found))
    line("\nPlacing an article among those of two days, in ms of the processor")
    table(("articles", "first batch, s", "in batches of 100", "of 10", "one by one", "window, MB"), *rows)


async def _cost(prints: Sequence[Fingerprint], size: int) -> Costs:
    rng = random.Random(1)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "news.db"
        database = await Database.open(f"sqlite+aiosqlite:///{path}")
        _fill(path, [_mixed(rng, prints) for _ in range(size)], rng)
        newcomers = [
            Newcomer(BEGIN + TWO_DAYS, 1, _mixed(rng, prints), number.to_bytes(8, "big")) for number in range(PLACED)
        ]
        firsts = [await _placed(database, Stories(), [newcomers]) * len(newcomers) / 1e3 for _ in range(RUNS)]
        remembered = Stories()
        await _placed(database, remembered, [newcomers[:1]])
        batches, tens, ones = [
            median([await _placed(database, remembered, _parted(newcomers, size)) for _ in range(RUNS)])
            for size in (100, 10, 1)
        ]
        await database.close()
    return Costs(median(firsts) - batches * PLACED / 1e3, batches, tens, ones, _megabytes(remembered))


def _parted(newcomers: Sequence[Newcomer], size: int) -> list[Sequence[Newcomer]]:
    return [newcomers[at : at + size] for at in range(0, len(newcomers), size)]


async def _placed(database: Database, remembered: Stories, batches: Sequence[Sequence[Newcomer]]) -> float:
    """In ms of the processor an article."""
    began = time.process_time()
    async with database.read() as conn:
        for batch in batches:
            await remembered.place(conn, batch)
    return (time.process_time() - began) * 1e3 / sum(map(len, batches))


def _mixed(rng: random.Random, prints: Sequence[Fingerprint]) -> Fingerprint:
    """Half of the features of one article, and half of those of another."""
    counts: dict[int, tuple[int, int]] = {}
    for one in rng.choices(prints, k=2):
        places = rng.sample(range(len(one.features)), len(one.features) // 2)
        counts |= {one.features[place]: (one.in_title[place], one.in_lead[place]) for place in places}
    features = sorted(counts)
    return Fingerprint(
        "ru",
        tuple(features),
        tuple(counts[feature][0] for feature in features),
        tuple(counts[feature][1] for feature in features),
    )


def _fill(path: Path, prints: Sequence[Fingerprint], rng: random.Random) -> None:
    """What placing reads; every third story has two articles."""
    seconds = sorted(BEGIN + rng.randrange(TWO_DAYS) for _ in prints)
    with closing(sqlite3.connect(path)) as store, store:
        store.execute("INSERT INTO sources (id, name, host) VALUES (1, 'One', '')")
        numbers = range(1, len(prints) + 1)
        store.executemany("INSERT INTO stories (id, created_at) VALUES (?, 0)", ((number,) for number in numbers))
        store.executemany(
            "INSERT INTO articles (id, docid, source_id, story_id, title, text, language, published_at, stored_at,"
            " content_hash, text_hash, matched, backlog) VALUES (?, ?, 1, ?, '', '', 'ru', ?, 0, ?, ?, 1, 1)",
            (
                (number, (second << DOCID_BITS) + number, number - (number % 3 == 0), second, f"{number}", f"{number}")
                for number, second in zip(numbers, seconds, strict=True)
            ),
        )
        store.executemany(
            "INSERT INTO fingerprints (article_id, packed) VALUES (?, ?)",
            ((number, one.packed) for number, one in zip(numbers, prints, strict=True)),
        )


def _megabytes(remembered: Stories) -> float:
    """Of the arrays, as good as all of it."""
    window = remembered._window
    assert window
    arrays = [
        array for one in window._segments for array in (*one.columns, *(getattr(one, name) for name in _ARRAYS))
    ] + window._lengths
    return float(sum(array.nbytes for array in arrays) / 1e6)


_ARRAYS: Final = ("starts", "features", "in_title", "in_lead", "distinct", "begins", "articles_of")
