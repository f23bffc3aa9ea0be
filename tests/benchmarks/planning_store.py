"""Many chats on the morning after a day of news, written in bulk: what `tests.benchmarks.planning` plans for.

Three subscriptions a chat, 30 % of them distinct and the rest by a power law, in no order of chats; a query meets an
article with a chance between one in three million and one in thirty, popular ones rather often. A tenth of the chats
is due at the same second, and was told ten stories the day before.
"""

import random
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bot.ingest import ingest
from storage.database import Database
from storage.language.analyser import VERSION
from storage.models import Draft
from storage.schema import seconds

Ids: TypeAlias = NDArray[np.int64]

NINE = datetime(2025, 12, 7, 4, tzinfo=UTC)
DAY = timedelta(days=1)
# Of the day before, from which the store has nothing but what was told of it; then the day's own.
BEFORE, ARTICLES = 1000, 2000
FOLLOWED, DISTINCT, TOLD = 3, 0.3, 10
WORDS = [
    "нефть",
    "цена",
    "баку",
    "саммит",
    "поезд",
    "порт",
    "завод",
    "договор",
    "рынок",
    "газета",
    "школа",
    "врач",
    "театр",
    "музей",
    "матч",
    "победа",
    "погода",
    "дождь",
    "река",
    "мост",
    "дорога",
    "самолёт",
    "банк",
    "кредит",
    "налог",
    "закон",
    "суд",
    "выборы",
    "президент",
    "министр",
    "посол",
    "граница",
    "таможня",
    "хлеб",
    "зерно",
    "урожай",
]


def build(path: Path, chats: int) -> None:
    """Writes the store; a million chats take some minutes."""
    rng = np.random.default_rng(3)
    followers, queries, probability = _followed(rng, chats)
    with closing(sqlite3.connect(path, isolation_level=None)) as store:
        store.executescript("PRAGMA foreign_keys=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-400000; BEGIN")
        _write_queries(store, len(probability))
        _write_chats(store, chats)
        _write_subscriptions(store, followers, queries)
        _write_matches(store, rng, probability)
        _write_told(store, rng)
        store.execute("COMMIT")
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")


async def publish(database: Database) -> None:
    """The articles of both days, each a story of its own."""
    chance = random.Random(3)
    for hour in range(0, BEFORE + ARTICLES, 100):
        at = NINE - 2 * DAY + hour * 2 * DAY / (BEFORE + ARTICLES)
        drafts = [_draft(chance, number, at) for number in range(hour, hour + 100)]
        await ingest(database, drafts, now=at)


def _draft(chance: random.Random, number: int, at: datetime) -> Draft:
    title, text = (" ".join(chance.choices(WORDS, k=length)) for length in (8, 160))
    return Draft(title=title.capitalize(), text=f"{text} {number}.", url=f"https://a.az/{number}", published_at=at)


def _followed(rng: np.random.Generator, chats: int) -> tuple[Ids, Ids, NDArray[np.float64]]:
    """Chat and query of each subscription, both from 1 on, in no order; the chance of each query to meet an article."""
    number = FOLLOWED * chats
    distinct = int(DISTINCT * number)
    popular = np.minimum(distinct * rng.random(number - distinct) ** 3, distinct - 1).astype(np.int64)
    queries = np.concatenate([np.arange(distinct), popular])
    rng.shuffle(queries)
    pairs = np.unique((np.arange(number) // FOLLOWED + 1) << 32 | (queries + 1))
    rng.shuffle(pairs)
    chance = np.sort(10 ** rng.uniform(-6.5, -1.5, distinct))[::-1]
    return pairs >> 32, pairs & 0xFFFFFFFF, np.where(rng.random(distinct) < 0.5, chance, rng.permutation(chance))


def _write_queries(store: sqlite3.Connection, number: int) -> None:
    rows = ((one, f"{one} {WORDS[one % len(WORDS)]}", VERSION, one) for one in range(1, number + 1))
    store.executemany("INSERT INTO queries (id, canonical, analyser, changed) VALUES (?, ?, ?, ?)", rows)


def _write_chats(store: sqlite3.Connection, number: int) -> None:
    due = set(random.Random(3).sample(range(1, number + 1), number // 10))
    nine, made = seconds(NINE), seconds(NINE - 30 * DAY)
    rows = ((one, one, nine if one in due else nine + 3600 * (1 + one % 23), made) for one in range(1, number + 1))
    store.executemany("INSERT INTO chats (id, telegram_id, next_due_at, created_at) VALUES (?, ?, ?, ?)", rows)


def _write_subscriptions(store: sqlite3.Connection, followers: Ids, queries: Ids) -> None:
    made = seconds(NINE - 30 * DAY)
    rows = ((chat, query, WORDS[query % len(WORDS)], made) for chat, query in _rows(followers, queries))
    store.executemany(
        "INSERT INTO subscriptions (chat_id, query_id, text, created_at, after_article, cursor, begun)"
        " VALUES (?, ?, ?, ?, 0, 0, 1)",
        rows,
    )


def _write_matches(store: sqlite3.Connection, rng: np.random.Generator, probability: NDArray[np.float64]) -> None:
    """A row for each article of the day, and for the peer one for each article and query."""
    met = np.repeat(np.arange(1, len(probability) + 1), rng.binomial(ARTICLES, probability))
    pairs = np.unique((rng.integers(BEFORE + 1, BEFORE + ARTICLES + 1, len(met))) << 32 | met)
    articles, queries = pairs >> 32, pairs & 0xFFFFFFFF
    starts = np.searchsorted(articles, np.arange(BEFORE + 1, BEFORE + ARTICLES + 2))
    by_article = (
        (BEFORE + 1 + at, queries[first:last].astype("<u4").tobytes())
        for at, (first, last) in enumerate(pairwise(starts))
    )
    store.executemany("INSERT INTO matches (article_id, query_ids) VALUES (?, ?)", by_article)
    store.execute(
        "CREATE TABLE met (query_id INTEGER, article_id INTEGER, PRIMARY KEY (query_id, article_id)) WITHOUT ROWID"
    )
    order = np.lexsort((articles, queries))
    store.executemany("INSERT INTO met VALUES (?, ?)", _rows(queries[order], articles[order]))


def _write_told(store: sqlite3.Connection, rng: np.random.Generator) -> None:
    """What the chats that are due were told the day before."""
    due = [row[0] for row in store.execute("SELECT id FROM chats WHERE next_due_at <= ? ORDER BY id", (seconds(NINE),))]
    at = seconds(NINE - DAY)
    store.executemany(
        "INSERT INTO digests (id, chat_id, kind, composed_at) VALUES (?, ?, 'scheduled', ?)",
        ((number, chat, at) for number, chat in enumerate(due, 1)),
    )
    stories = np.sort(rng.integers(0, BEFORE // TOLD, (len(due), TOLD)) + np.arange(TOLD) * (BEFORE // TOLD) + 1)
    store.executemany(
        "INSERT INTO told (chat_id, story_id, digest_id) VALUES (?, ?, ?)",
        (
            (chat, story, number)
            for number, (chat, own) in enumerate(zip(due, stories.tolist(), strict=True), 1)
            for story in own
        ),
    )


def _rows(*columns: Ids) -> Iterator[tuple[Any, ...]]:
    """Rows of Python's own numbers, a part at a time."""
    size = 100_000
    parts: Iterable[int] = range(0, len(columns[0]), size)
    return (row for at in parts for row in zip(*(column[at : at + size].tolist() for column in columns), strict=True))
