"""A copy of the store while it is written to, and a store put back from it."""

import asyncio
import shutil
import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest
from filelock import FileLock

from storage import backup
from storage.backup import Saved
from storage.database import Database
from storage.errors import BackupError, CorruptError
from storage.turns import WriteLock, lock_path
from tests.storage.builders import draft, everything, put


def save(store: Path, target: Path, **options: object) -> Saved:
    return backup.save(store, target, lock=WriteLock(store, patience_s=5), **options)  # type: ignore[arg-type]


def restore(store: Path, file: Path) -> Path:
    """Where what was there is kept."""
    kept = store.with_name("kept.db")
    with backup.taken_in(file, store, advance=lambda done, total: None) as part:
        backup.replace(store, part, kept=kept)
    return kept


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def put_in_place(file: Path, content: bytes) -> None:
    file.write_bytes(content)


def titles(file: Path) -> list[str]:
    with closing(sqlite3.connect(f"{file.as_uri()}?immutable=1", uri=True)) as connection:
        return [title for (title,) in connection.execute("SELECT title FROM articles ORDER BY id")]


async def opened_titles(store: Path) -> list[str]:
    database = await Database.open(f"sqlite+aiosqlite:///{store}")
    try:
        return [article.title for article in await everything(database)]
    finally:
        await database.close()


async def test_a_copy_is_one_file_with_all_that_was_committed(database: Database, tmp_path: Path) -> None:
    await put(database, draft("Саммит"))
    assert (tmp_path / "news.db-wal").stat().st_size, "what was committed stands in the log alone"
    folder = tmp_path / "backups"
    folder.mkdir()
    saved = await asyncio.to_thread(save, database.path, folder / "copy.db")
    assert saved == Saved(folder / "copy.db", (folder / "copy.db").stat().st_size)
    assert names(folder) == {"copy.db"}
    assert titles(folder / "copy.db") == ["Саммит"]
    assert stat.S_IMODE(saved.path.stat().st_mode) == 0o600


async def test_a_copy_is_of_one_moment_and_holds_up_no_writer(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "PAGES", 10)
    await put(database, draft("Саммит"))
    loop, steps = asyncio.get_running_loop(), 0

    def write_meanwhile(done: int, total: int) -> None:
        nonlocal steps
        steps += 1
        if steps < 5:
            asyncio.run_coroutine_threadsafe(put(database, draft(f"Новость {steps}")), loop).result(10)

    await asyncio.to_thread(save, database.path, tmp_path / "copy.db", advance=write_meanwhile)
    assert steps > 5
    assert titles(tmp_path / "copy.db") == ["Саммит"]
    assert len(await everything(database)) == 5


async def test_a_copy_of_a_store_that_nobody_has_open_leaves_nothing_beside_it(store_path: Path) -> None:
    save(store_path, store_path.with_name("copy.db"))
    assert names(store_path.parent) == {"news.db", "news.db.lock", "news.db.next", "copy.db"}


def test_what_is_there_is_overwritten_by_force_alone(store_path: Path) -> None:
    target = store_path.with_name("copy.db")
    target.write_text("precious")
    with pytest.raises(BackupError, match=r"copy\.db is there already; --force overwrites it"):
        save(store_path, target)
    assert target.read_text() == "precious"
    save(store_path, target, force=True)
    assert titles(target) == []


@pytest.mark.parametrize(
    ("target", "error"),
    [
        pytest.param("news.db", "is the database itself", id="the store"),
        pytest.param(".", "is a folder", id="a folder"),
        pytest.param("nowhere/copy.db", "there is no folder", id="no folder"),
    ],
)
def test_where_no_copy_can_be_it_is_refused(store_path: Path, target: str, error: str) -> None:
    before = store_path.read_bytes()
    with pytest.raises(BackupError, match=error):
        save(store_path, store_path.parent / target, force=True)
    assert store_path.read_bytes() == before


def test_a_store_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="there is no database"):
        save(tmp_path / "news.db", tmp_path / "copy.db")
    assert names(tmp_path) == set()


def test_a_copy_that_is_broken_off_leaves_nothing(store_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "PAGES", 10)
    stop = threading.Event()
    with pytest.raises(BackupError, match="broken off"):
        save(store_path, store_path.with_name("copy.db"), advance=lambda done, total: stop.set(), stop=stop)
    assert names(store_path.parent) == {"news.db", "news.db.lock", "news.db.next"}


def test_a_copy_that_does_not_hold_gets_no_name(store_path: Path) -> None:
    with closing(sqlite3.connect(store_path)) as connection, connection:
        connection.execute("INSERT INTO saved (chat_id, story_id, saved_at) VALUES (1, 1, 1)")
    with pytest.raises(BackupError, match="does not hold: a reference leads nowhere"):
        save(store_path, store_path.with_name("copy.db"))
    assert names(store_path.parent) == {"news.db", "news.db.lock", "news.db.next"}


def test_a_damaged_page_is_found_though_nothing_reads_it(store_path: Path) -> None:
    assert backup.first_fault(store_path) is None
    whole = store_path.read_bytes()
    store_path.write_bytes(whole[:40960] + b"\xff" * 4096 + whole[45056:])
    assert backup.first_fault(store_path)
    with pytest.raises((BackupError, CorruptError)):
        save(store_path, store_path.with_name("copy.db"))
    assert names(store_path.parent) == {"news.db", "news.db.lock", "news.db.next"}


async def test_a_store_is_put_back_and_what_was_there_is_kept(store_path: Path) -> None:
    database = await Database.open(f"sqlite+aiosqlite:///{store_path}")
    await put(database, draft("Саммит"))
    save(store_path, store_path.with_name("copy.db"))
    await put(database, draft("Позже"))
    await database.close()
    kept = restore(store_path, store_path.with_name("copy.db"))
    assert await opened_titles(store_path) == ["Саммит"]
    assert restore(kept, store_path.with_name("copy.db")).exists()


async def test_a_restore_can_be_undone(store_path: Path, empty_store: Path) -> None:
    database = await Database.open(f"sqlite+aiosqlite:///{store_path}")
    await put(database, draft("Саммит"))
    await database.close()
    kept = restore(store_path, empty_store)
    assert await opened_titles(store_path) == []
    undo = store_path.with_name("undo.db")
    kept.rename(undo)
    restore(store_path, undo)
    assert await opened_titles(store_path) == ["Саммит"]


async def test_a_log_of_writes_that_was_left_behind_meets_no_other_store(store_path: Path, empty_store: Path) -> None:
    """As after a crash: the old log must not be played into the new file, and what it holds is kept."""
    database = await Database.open(f"sqlite+aiosqlite:///{store_path}")
    await put(database, draft("Саммит"))
    log = store_path.with_name("news.db-wal")
    left = log.read_bytes()
    await database.close()
    shutil.copyfile(empty_store, store_path)
    put_in_place(log, left)
    kept = restore(store_path, empty_store)
    assert not log.exists()
    assert titles(kept) == ["Саммит"]
    assert await opened_titles(store_path) == []


async def test_a_damaged_store_is_replaced_with_its_log_and_kept_as_it_is(store_path: Path, empty_store: Path) -> None:
    put_in_place(store_path, b"garbage" * 1000)
    put_in_place(store_path.with_name("news.db-wal"), b"log")
    kept = restore(store_path, empty_store)
    assert kept.read_bytes() == b"garbage" * 1000
    assert kept.with_name("kept.db-wal").read_bytes() == b"log"
    assert await opened_titles(store_path) == []


async def test_a_store_that_somebody_has_open_is_not_replaced(database: Database, empty_store: Path) -> None:
    await put(database, draft("Саммит"))
    with pytest.raises(BackupError, match=r"another program has .* open"):
        await asyncio.to_thread(restore, database.path, empty_store)
    assert [article.title for article in await everything(database)] == ["Саммит"]
    assert not list(database.path.parent.glob("*.part"))


def test_a_store_comes_back_where_there_is_none(tmp_path: Path, empty_store: Path) -> None:
    restore(tmp_path / "news.db", empty_store)
    assert names(tmp_path) == {"news.db"}
    assert titles(tmp_path / "news.db") == []


@pytest.mark.parametrize(
    "content",
    [pytest.param(b"", id="nothing"), pytest.param(b"text " * 999, id="text"), pytest.param(None, id="half a store")],
)
def test_what_is_no_whole_database_is_not_restored(store_path: Path, empty_store: Path, content: bytes | None) -> None:
    file, before = store_path.with_name("copy.db"), store_path.read_bytes()
    whole = empty_store.read_bytes()
    file.write_bytes(whole[: len(whole) // 2] if content is None else content)
    if content == b"":
        assert backup.revision(file) is None
        return
    with pytest.raises(BackupError, match=r"copy\.db cannot be restored"):
        restore(store_path, file)
    assert store_path.read_bytes() == before
    assert names(store_path.parent) == {"news.db", "copy.db"}


def test_the_database_itself_is_no_backup_of_it(store_path: Path) -> None:
    with pytest.raises(BackupError, match="is the database itself"):
        restore(store_path, store_path)


def test_reading_ends_under_the_lock_of_the_writers(store_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last to close empties the log of writes, which nobody may do while somebody writes."""
    lock, held = FileLock(lock_path(store_path), timeout=5), []

    class Watched(sqlite3.Connection):
        def close(self) -> None:
            held.append(lock.is_locked)
            super().close()

    connect = sqlite3.connect
    monkeypatch.setattr(
        sqlite3,
        "connect",
        lambda path, **options: connect(path, factory=Watched if path == store_path else sqlite3.Connection, **options),
    )
    backup.save(store_path, store_path.with_name("copy.db"), lock=lock)
    assert held[0]
