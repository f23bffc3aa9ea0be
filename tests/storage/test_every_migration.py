"""A store of each released version, with something in every table that it had, is brought to today's and loses nothing:
also where the process is killed, or the disk is full, in the midst of it.
"""

import asyncio
import sqlite3
import sys
import zlib
from array import array
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest
from filelock import FileLock

from storage import chats, migrations, outbox, proof, subscriptions
from storage.database import Database
from storage.errors import FullError
from storage.index import columns
from storage.language.analyser import VERSION
from storage.language.document import Line, analyse, dump
from storage.migrations import HEAD, upgrade
from storage.query import parse
from storage.schema import seconds
from storage.search import search
from storage.turns import lock_path
from tests.disk import Disk, small_disk
from tests.storage.builders import NOW
from tests.storage.test_migration_0003 import upgrade_to

RELEASED: Final = ("0001", "0002", "0003", "0004", "0005")
DOCID: Final = (seconds(NOW) << 20) + 1
AT: Final = seconds(NOW)


def lines() -> tuple[Line, Line]:
    return analyse("Саммит в Баку", "ru"), analyse("Президенты обсудили Средний коридор.", "ru")


def everything(*, is_wide: bool) -> Mapping[str, list[dict[str, Any]]]:
    """Rows of every table; a version stores of them what it has columns for. `is_wide`: as before 0003."""
    title, body = lines()
    article = {"id": 1, "docid": DOCID, "source_id": 1, "story_id": 1, "guid": "g", "url": "https://a.az/1"}
    hashes = {"content_hash": b"1" * 8, "text_hash": b"2" * 8}
    said = {"title": "Саммит в Баку", "text": "Президенты обсудили Средний коридор.", "language": "ru"}
    terms = zlib.compress(f"{title}\n{body}".encode(), 6) if is_wide else dump(title, body)
    chat = {"id": 1, "telegram_id": 1001, "created_at": AT, "schedule": "09:00", "timezone": "Asia/Baku"}
    message = {"chat_id": 1, "digest_id": 1, "html": "<b>будет</b>", "not_before": AT}
    feed = {"id": 1, "url": "https://a.az/rss", "host": "a.az", "title": "A", "added_at": AT, "state": "live"}
    return {
        "sources": [{"id": 1, "name": "Report", "host": "report.az"}],
        "stories": [{"id": 1, "created_at": AT, "face_id": 1}],
        "articles": [{**article, **said, **hashes, "published_at": AT, "stored_at": AT, "matched": 1}],
        "article_terms": [{"article_id": 1, "analyser": VERSION, "terms": terms}],
        "article_index": [{"rowid": DOCID, **columns(title, body, "ru", 1)}],
        "queries": [{"id": 1, "canonical": "саммит", "analyser": 1, "changed": 1}],
        "matches": [{"id": 1, "article_id": 1, "query_ids": array("q" if is_wide else "I", [1]).tobytes()}],
        "chats": [chat],
        "subscriptions": [
            {"id": 1, "chat_id": 1, "query_id": 1, "text": "Саммит", "created_at": AT, "after_article": 0, "cursor": 1}
        ],
        "digests": [{"id": 1, "chat_id": 1, "kind": "asked", "composed_at": AT}],
        "told": [{"chat_id": 1, "story_id": 1, "digest_id": 1, "told_at": AT, "article_id": 1}],
        "saved": [{"chat_id": 1, "story_id": 1, "saved_at": AT}],
        "feedback": [{"chat_id": 1, "story_id": 1, "kind": "less", "given_at": AT}],
        "outbox": [
            {**message, "id": 1, "part": 1, "state": "sent", "settled_at": AT},
            {**message, "id": 2, "part": 2, "state": "pending"},
        ],
        "feeds": [{**feed, "added_by": 1001}],
        "notices": [{"id": 1, "kind": "died", "feed_id": 1, "title": "A", "url": "https://a.az/rss", "created_at": AT}],
    }


def fill(path: Path, revision: str) -> set[str]:
    """Puts into each table what it can hold; the names of the tables that got something."""
    filled = set()
    with closing(sqlite3.connect(path)) as connection, connection:
        for table, stored in everything(is_wide=revision < "0003").items():
            there = {name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")}
            for row in stored if there else ():
                known = {name: value for name, value in row.items() if name in there or name == "rowid"}
                names, places = ", ".join(known), ", ".join("?" * len(known))
                connection.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", list(known.values()))
                filled.add(table)
        tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'article_index_%'"
        own = {name for (name,) in connection.execute(tables)} - {"alembic_version", "sqlite_sequence"}
    # Of the tables of fingerprints and of those that came later nothing is missing when they are empty.
    assert own - filled <= {"fingerprints"}
    return filled


def counted(path: Path, tables: set[str]) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as connection:
        return {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in sorted(tables - {"article_index"})
        }


@pytest.fixture(params=RELEASED)
def old(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, set[str]]:
    """The file of a store of this version, and its tables."""
    path = tmp_path / "news.db"
    upgrade_to(path, request.param, monkeypatch)
    return path, fill(path, request.param)


async def test_a_store_of_every_version_is_read_by_todays_code(old: tuple[Path, set[str]]) -> None:
    path, tables = old
    before = counted(path, tables)
    database = await Database.open(f"sqlite+aiosqlite:///{path}")
    assert counted(path, tables) == before
    assert counted(path.with_name(f"news.db.before-{HEAD}"), tables) == before
    assert proof.prove(path).holds
    async with database.read() as conn:
        [hit] = (await search(conn, parse("саммиты"), now=NOW, limit=10)).hits
        chat = await chats.find(conn, 1001)
        assert chat
        [followed] = await subscriptions.of_chat(conn, chat.id)
        waiting = await outbox.waiting(conn, chat.id)
    await database.close()
    assert (hit.article.title, hit.article.source.name) == ("Саммит в Баку", "Report")
    assert (chat.schedule, chat.timezone, followed.text, waiting) == ("09:00", "Asia/Baku", "Саммит", 1)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


_KILLED = """
import os, signal, sqlite3, sys
from pathlib import Path
from alembic import op
from filelock import FileLock
from storage import migrations
execute, left = op.execute, int(sys.argv[2])
def dying(*arguments, **options):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(*arguments, **options)
op.execute = dying
path = Path(sys.argv[1])
migrations.upgrade(path, FileLock(f"{path}.lock", timeout=5))
"""


@pytest.mark.parametrize("statement", [1, 4, 30])
async def test_a_migration_that_is_killed_is_done_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, statement: int
) -> None:
    path = tmp_path / "news.db"
    upgrade_to(path, "0001", monkeypatch)
    tables = fill(path, "0001")
    before = counted(path, tables)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _KILLED, str(path), str(statement), cwd=Path(__file__).parents[2]
    )
    assert await process.wait() == -9
    assert migrations.current(path) == "0001"
    assert counted(path, tables) == before
    database = await Database.open(f"sqlite+aiosqlite:///{path}")
    await database.close()
    assert (migrations.current(path), counted(path, tables)) == (HEAD, before)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path / "disk", megabytes=8) as disk:
        yield disk


# Room for nothing, for a part of the copy, and for the copy but not for the migration.
@pytest.mark.parametrize("copies", [0, 0.5, 1.1])
def test_a_disk_that_is_full_in_the_midst_of_a_migration_changes_nothing(
    disk: Disk, monkeypatch: pytest.MonkeyPatch, copies: float
) -> None:
    path = disk.folder / "news.db"
    upgrade_to(path, "0001", monkeypatch)
    tables = fill(path, "0001")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE articles SET author = ?", ["x" * 300_000])
    before = path.read_bytes()
    disk.fill(but=int(len(before) * copies))
    with pytest.raises(Exception, match=r"full|no space|disk I/O") as caught:
        upgrade(path, FileLock(lock_path(path), timeout=5))
    assert len(str(caught.value).splitlines()) == 1
    assert caught.type.__module__ == FullError.__module__
    disk.clear()
    assert (migrations.current(path), counted(path, tables)["articles"]) == ("0001", 1)
    upgrade(path, FileLock(lock_path(path), timeout=5))
    assert migrations.current(path) == HEAD
    assert not list(disk.folder.glob("*.part"))
