"""A store of version 0002 with all that it may hold becomes one of 0003 that holds the same.

It is filled by statements of its own time, for the code of today writes what is there today.
"""

import sqlite3
import zlib
from array import array
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from filelock import FileLock

from storage import articles, migrations, renewal, saved, subscriptions
from storage.database import Database
from storage.language.analyser import VERSION
from storage.language.document import analyse
from storage.migrations import upgrade
from storage.proof import Counts, counts, prove
from storage.query import parse
from storage.schema import seconds
from storage.search import search
from storage.turns import lock_path
from tests.storage.builders import DAY, NOW

MOON_LANDING = datetime(1969, 7, 21, tzinfo=UTC)
DELETED = 1_764_590_400_000
# Beyond 16 bits, and beyond what a byte with a sign holds.
WIDE_ID = 70_200


class Row(NamedTuple):
    """An article as 0002 held it; `analyser` is of the version that made its terms."""

    id: int
    source_id: int
    language: str
    title: str
    text: str
    published_at: datetime = NOW
    analyser: int = VERSION
    matched: bool = True


# Between them articles were deleted; 4 was changed after it was stored.
ARTICLES = (
    Row(1, 1, "ru", "Саммит в Баку", "Президенты обсудили Средний коридор."),
    Row(3, 1, "ru", "Форум в Астане", "Министры говорили о C++ и о COVID-19.", NOW - DAY),
    Row(4, 2, "kk", "Қазақстан жеңді", "Қазақстан құрамасы жеңіске жетті.", NOW - 2 * DAY, 1),
    Row(7, 3, "en", "The moon", "A man has landed on it.", MOON_LANDING),
    Row(8, 3, "und", "Саммит", "", NOW, VERSION, False),
)
QUERIES = {1: "саммит", 2: "форум", 5: "lang:kk", 200: "порт", WIDE_ID: "коридор"}
MET = {1: (1, 200, WIDE_ID), 3: (2,), 4: (2, 5)}
TABLES = ("sources", "stories", "articles", "article_terms", "chats", "subscriptions", "digests", "told", "outbox")


def upgrade_to(path: Path, revision: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "HEAD", revision)
        upgrade(path, FileLock(lock_path(path), timeout=5))


def rows(path: Path, table: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()


@pytest.fixture
def old_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a store of version 0002, with something in every table."""
    path = tmp_path / "news.db"
    upgrade_to(path, "0002", monkeypatch)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA foreign_keys=ON")
        fill_articles(connection)
        fill_readers(connection)
    return path


@pytest.fixture
def new_store(old_store: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same after the migration."""
    upgrade_to(old_store, "0003", monkeypatch)
    return old_store


def fill_articles(connection: sqlite3.Connection) -> None:
    connection.executemany(
        "INSERT INTO sources VALUES (?, ?, ?)",
        [(1, "Report", "report.az"), (2, "Егемен", "egemen.kz"), (3, "", "a.az")],
    )
    connection.executemany("INSERT INTO stories VALUES (?, ?)", [(row.id, seconds(NOW)) for row in ARTICLES])
    for row in ARTICLES:
        title, body = analyse(row.title, row.language), analyse(row.text, row.language)
        docid = (seconds(row.published_at) << 20) + row.id
        connection.execute(
            "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, ?, ?, ?, ?, ?)",
            [
                *(row.id, docid, row.source_id, row.id, f"guid {row.id}", f"https://a.az/{row.id}"),
                *(row.title, row.text, row.language, seconds(row.published_at), seconds(NOW)),
                *(bytes([row.id]) * 8, bytes([row.id]) * 9, row.matched),
            ],
        )
        packed = zlib.compress(f"{title}\n{body}".encode(), 6)
        connection.execute("INSERT INTO article_terms VALUES (?, ?, ?)", [row.id, row.analyser, packed])
        # What stood in it matters no more: the terms do.
        connection.execute("INSERT INTO article_index(rowid, title_forms) VALUES (?, 'прежнее')", [docid])
    connection.executemany("INSERT INTO queries VALUES (?, ?, ?)", [(id_, text, 1) for id_, text in QUERIES.items()])
    connection.executemany(
        "INSERT INTO matches VALUES (?, ?, ?)",
        [(10 + article_id, article_id, array("q", met).tobytes()) for article_id, met in MET.items()],
    )


def fill_readers(connection: sqlite3.Connection) -> None:
    now = seconds(NOW)
    connection.executemany(
        "INSERT INTO chats VALUES (?, ?, ?, 'ru', ?, NULL, '09:00', 0, ?, '2025-12-01 09:00', ?, ?)",
        [(1, 1001, 0, "en", now, False, now), (2, -100, 7, None, None, True, now)],
    )
    connection.executemany(
        "INSERT INTO subscriptions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (1, 1, 1, "Саммит", now, False, False, True, 1, 11, None),
            (2, 1, 5, "lang:kk", now, True, False, False, 3, 11, None),
            (3, 1, 2, "форум", now, False, True, True, 0, 0, None),
            (4, 2, WIDE_ID, "коридор", now, False, False, True, 0, 13, None),
            (5, 2, 2, "Форум", now, True, False, True, 0, 13, DELETED),
        ],
    )
    connection.executemany(
        "INSERT INTO digests VALUES (?, ?, ?, ?, ?, ?)",
        [(1, 1, "scheduled", "2025-12-01", "09:00", now), (2, 2, "asked", None, None, now)],
    )
    connection.executemany("INSERT INTO told VALUES (?, ?, ?)", [(1, 1, 1), (2, 1, 2), (2, 3, 2)])
    connection.executemany(
        "INSERT INTO outbox VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(1, 1, 1, 0, "<b>было</b>", "sent", 1, now, None, now), (2, 2, 2, 0, "будет", "pending", 2, now, "429", None)],
    )


@pytest.fixture
async def database(new_store: Path) -> AsyncIterator[Database]:
    """The same, open."""
    opened = await Database.open(f"sqlite+aiosqlite:///{new_store}")
    yield opened
    await opened.close()


async def found(database: Database, query: str) -> set[int]:
    async with database.read() as conn:
        return {hit.article.id for hit in (await search(conn, parse(query), now=NOW, limit=10)).hits}


def test_all_rows_are_as_they_were(old_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {table: rows(old_store, table) for table in TABLES}
    assert all(before.values())
    upgrade_to(old_store, "0003", monkeypatch)
    assert {table: rows(old_store, table) for table in TABLES} == before
    assert rows(old_store, "saved") == []


def test_references_and_the_file_itself_are_whole(new_store: Path) -> None:
    with closing(sqlite3.connect(new_store)) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_the_store_as_it_was_lies_beside(new_store: Path) -> None:
    copy = new_store.with_name("news.db.before-0003")
    assert (migrations.current(copy), migrations.current(new_store)) == ("0002", "0003")
    assert {table: rows(copy, table) for table in TABLES} == {table: rows(new_store, table) for table in TABLES}
    assert rows(copy, "matches")[0] == (11, 1, array("q", MET[1]).tobytes())


async def test_index_and_store_agree(database: Database) -> None:
    found = prove(database.path)
    assert found.holds
    assert found.articles == len(ARTICLES)
    async with database.read() as conn:
        assert await counts(conn) == Counts(len(ARTICLES), len(ARTICLES), len(ARTICLES))


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("саммита", {1, 8}),
        ("прежнее", set()),
        ('"средний коридор"', {1}),
        ("title:форум", {3}),
        ("c++ covid-19", {3}),
        ("қазақстанда lang:kk", {4}),
        ("lang:en", {7}),
        ("source:report.az", {1, 3}),
        ("before:1970-01-01", {7}),
        ("саммит -source:report", {8}),
    ],
)
async def test_searches_find(database: Database, query: str, ids: set[int]) -> None:
    assert await found(database, query) == ids


def test_matches_are_those_of_before_at_their_places(new_store: Path) -> None:
    assert [(id_, article_id, list(array("I", ids))) for id_, article_id, ids in rows(new_store, "matches")] == [
        (10 + article_id, article_id, list(met)) for article_id, met in MET.items()
    ]


async def test_queries_keep_their_ids_and_wait_for_their_clauses(database: Database) -> None:
    assert rows(database.path, "queries") == [(id_, text, 0, None, id_) for id_, text in QUERIES.items()]
    async with database.write() as conn:
        assert await renewal.waiting(conn) == (1, len(QUERIES))
        await renewal.renew_queries(conn, limit=100)
        assert (await renewal.waiting(conn)).queries == 0
        assert await subscriptions.ensure_query(conn, "новое") > WIDE_ID
    assert [(id_, text) for id_, text, *_ in rows(database.path, "queries")][:-1] == list(QUERIES.items())


async def test_subscriptions_go_on_and_what_was_deleted_can_be_restored(database: Database) -> None:
    async with database.write() as conn:
        live = {chat_id: await subscriptions.of_chat(conn, chat_id) for chat_id in (1, 2)}
        restored = await subscriptions.restore(conn, 2, DELETED)
    assert [(one.text, one.canonical, one.instant, one.paused) for one in live[1]] == [
        ("Саммит", "саммит", False, False),
        ("lang:kk", "lang:kk", True, False),
        ("форум", "форум", False, True),
    ]
    assert [one.text for one in live[2]] == ["коридор"]
    assert [(one.text, one.query_id, one.instant) for one in restored] == [("Форум", 2, True)]


async def test_articles_can_be_changed_saved_and_deleted(database: Database) -> None:
    async with database.read() as conn:
        stale = await renewal.stale(conn, limit=10)
    assert [one.article_id for one in stale] == [4]
    async with database.write() as conn:
        await renewal.renew(conn, renewal.analyse(stale))
        assert await saved.save(conn, 1, 3, now=NOW)
        assert await articles.delete(conn, [1, 7]) == 2
        assert await saved.among(conn, 1, [1, 3]) == {3}
    assert prove(database.path).holds
    assert [row[:3] for row in rows(database.path, "told")] == [(2, 3, 2)]


def test_a_store_of_many_pages_is_migrated_whole(
    old_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "migrations"
    copy_with_small_pages(folder)
    monkeypatch.setattr(migrations, "_HERE", folder)
    upgrade_to(old_store, "0003", monkeypatch)
    assert prove(old_store).holds
    assert [len(ids) for _, _, ids in rows(old_store, "matches")] == [12, 4, 8]


def copy_with_small_pages(folder: Path) -> None:
    """The migrations, reading two rows at once."""
    versions = folder / "versions"
    versions.mkdir(parents=True)
    for path in (Path(migrations.__file__).parent / "versions").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        (versions / path.name).write_text(text.replace("PAGE = 2000", "PAGE = 2"), encoding="utf-8")
