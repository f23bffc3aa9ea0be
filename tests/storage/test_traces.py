"""What deleted rows leave behind is overwritten: in free pages, and within pages that are still used."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from storage import traces
from storage.database import Database
from storage.schema import metadata
from storage.traces import Left
from tests.storage.builders import chat

SECRET = "SECRET"


@pytest.fixture
def writer(store_path: Path) -> Iterator[sqlite3.Connection]:
    """As the bot writes, but with nothing overwritten by SQLite itself."""
    with closing(sqlite3.connect(store_path, isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete=OFF")
        connection.execute("PRAGMA foreign_keys=ON")
        yield connection


def fill(writer: sqlite3.Connection, count: int) -> None:
    """Subscriptions of chats, in an order that makes pages be shared out."""
    numbers = list(range(1, count + 1))
    random.Random(1).shuffle(numbers)
    row = "INSERT INTO chats (id, telegram_id, created_at) VALUES (?, ?, 0)"
    writer.executemany(row, [(number, number + 5_000_000_000) for number in numbers])
    row = "INSERT INTO queries (id, canonical, analyser, changed) VALUES (?, ?, 1, ?)"
    writer.executemany(row, [(number, f"{hash(str(number)):x} {SECRET}", number) for number in numbers])
    columns = "chat_id, query_id, text, created_at, after_article, cursor"
    row = f"INSERT INTO subscriptions ({columns}) VALUES (?, ?, ?, 0, 0, 0)"
    writer.executemany(row, [(number, number, f"{SECRET} {number}") for number in numbers])


def traces_of(store: Path, writer: sqlite3.Connection) -> int:
    writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return store.read_bytes().count(SECRET.encode())


def tables(writer: sqlite3.Connection) -> dict[str, list[Any]]:
    return {table: writer.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in traces.TABLES}


def test_a_table_that_is_written_anew_holds_the_same_and_no_trace(writer: sqlite3.Connection, store_path: Path) -> None:
    fill(writer, 2000)
    writer.execute("DELETE FROM subscriptions WHERE chat_id % 2")
    writer.execute("DELETE FROM queries WHERE id % 2")
    before = tables(writer)
    writer.execute("PRAGMA secure_delete=ON")
    assert traces_of(store_path, writer) > 2 * 1000
    for table in traces.TABLES:
        assert traces.rewrite(writer, table)
    while traces.fill_free_pages(writer):
        pass
    assert tables(writer) == before
    assert writer.execute("PRAGMA foreign_keys").fetchone() == (1,)
    assert writer.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert writer.execute("PRAGMA foreign_key_check").fetchall() == []
    # Each stands in a row of its own, and that of a query in an index beside; where SQLite parted a page in writing one
    # more may stand in the middle of it.
    assert 0 <= traces_of(store_path, writer) - (1000 + 2 * 1000) <= 3


def test_ids_go_on_where_they_were(writer: sqlite3.Connection) -> None:
    fill(writer, 10)
    writer.execute("DELETE FROM subscriptions WHERE id > 5")
    traces.rewrite(writer, "subscriptions")
    added = writer.execute(
        "INSERT INTO subscriptions (chat_id, query_id, text, created_at, after_article, cursor)"
        " VALUES (1, 10, 'x', 0, 0, 0) RETURNING id"
    ).fetchone()
    assert added == (11,)


def test_a_large_table_is_left_as_it_is(writer: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(writer, 10)
    monkeypatch.setattr(traces, "MOST_ROWS", 9)
    assert not traces.rewrite(writer, "chats")
    monkeypatch.setattr(traces, "MOST_ROWS", 10)
    assert traces.rewrite(writer, "chats")


def test_free_pages_of_an_older_version_are_filled_once_in_small_steps(
    writer: sqlite3.Connection, store_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traces, "PAGES", 10)
    fill(writer, 2000)
    for table in ("subscriptions", "queries", "chats"):
        writer.execute(f"DELETE FROM {table}")
    size = store_path.stat().st_size
    assert traces_of(store_path, writer) > 1000
    writer.execute("PRAGMA secure_delete=ON")
    steps = 1
    while traces.fill_free_pages(writer):
        steps += 1
    assert steps > 20
    for table in traces.TABLES:
        traces.rewrite(writer, table)
    assert traces_of(store_path, writer) == 0
    assert store_path.stat().st_size <= size + 20 * 4096
    assert not writer.execute("SELECT 1 FROM sqlite_master WHERE name = 'wiping'").fetchone()


async def test_whoever_is_forgotten_meanwhile_counts_for_the_next_time(database: Database) -> None:
    await chat(database)
    assert await database.maintain(traces.found) is Left.IN_FREE_PAGES
    await database.maintain(traces.begin)
    await database.maintain(traces.end)
    assert await database.maintain(traces.found) is Left.NOTHING
    await database.maintain(traces.begin)
    async with database.write() as conn:
        await traces.left(conn)
    await database.maintain(traces.end)
    assert await database.maintain(traces.found) is Left.IN_PAGES


# What the sources tell, and what knows chats and people by a number of our own alone.
IMPERSONAL = {
    "sources",
    "stories",
    "articles",
    "article_terms",
    "fingerprints",
    "matches",
    "digests",
    "told",
    "saved",
    "feedback",
    "notices",
}


def test_every_table_is_written_anew_unless_it_says_nothing_of_anybody() -> None:
    """A table that comes later must not be overlooked."""
    assert set(metadata.tables) - IMPERSONAL == set(traces.TABLES)
    for table in IMPERSONAL:
        assert not {"telegram_id", "user_id", "by", "added_by"} & set(metadata.tables[table].columns.keys())
