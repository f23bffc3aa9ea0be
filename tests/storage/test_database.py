import asyncio
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import database as opening
from storage import turns
from storage.database import Database, locate
from storage.errors import BusyError, DatabaseError, DatabaseUrlError, StorageError
from storage.schema import sources
from tests.storage.builders import chat


def url(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


async def add(conn: AsyncConnection, name: str) -> None:
    await conn.execute(sources.insert().values(name=name, host=""))


async def names(conn: AsyncConnection) -> list[str]:
    return list((await conn.execute(select(sources.c.name).order_by(sources.c.id))).scalars())


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param("nonsense", id="no address at all"),
        pytest.param("", id="nothing"),
        pytest.param("sqlite:///news.db", id="another driver"),
        pytest.param("postgresql+asyncpg://user:secret@localhost/news", id="another database"),
        pytest.param("postgresql://user@localhost:port/news", id="a port that is no number"),
        pytest.param("sqlite+aiosqlite://", id="no file"),
        pytest.param("sqlite+aiosqlite:///:memory:", id="no file but memory"),
        pytest.param("sqlite+aiosqlite://data/news.db", id="a slash too few"),
        pytest.param("sqlite+aiosqlite:///news.db?uri=true", id="options"),
        pytest.param("sqlite+aiosqlite:////nowhere/at/all/news.db", id="no such folder"),
    ],
)
async def test_an_address_that_is_not_one_of_a_sqlite_file_is_refused(wrong: str) -> None:
    with pytest.raises(DatabaseUrlError) as caught:
        await Database.open(wrong)
    assert "secret" not in str(caught.value)


def test_a_relative_address_is_a_file_in_the_working_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert locate("sqlite+aiosqlite:///news.db")[1] == tmp_path / "news.db"


@pytest.mark.parametrize("name", ["новости мира.db", "a#b.db", "100%.db"])
async def test_any_file_name_is_an_address(tmp_path: Path, name: str) -> None:
    database = await Database.open(url(tmp_path / name))
    await database.close()
    assert (tmp_path / name).stat().st_size > 0


async def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    path.write_text("это не база данных, а текст\n" * 100)
    with pytest.raises(DatabaseError, match=r"news\.db"):
        await Database.open(url(path))
    assert path.read_text().startswith("это не база")


async def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match=tmp_path.name):
        await Database.open(url(tmp_path))


async def test_a_damaged_store_is_named(store_path: Path) -> None:
    _damage(store_path)
    with pytest.raises(StorageError, match=store_path.name):
        await Database.open(url(store_path))


def _damage(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * 4096 + whole[8192:16384])


async def test_what_is_written_stays(store_path: Path) -> None:
    for name in ("A", "B"):
        database = await Database.open(url(store_path))
        async with database.write() as conn:
            await add(conn, name)
        await database.close()
    database = await Database.open(url(store_path))
    async with database.read() as conn:
        assert await names(conn) == ["A", "B"]
    await database.close()


async def test_a_read_sees_one_state_whatever_is_written_meanwhile(database: Database) -> None:
    async with database.read() as reader:
        assert await names(reader) == []
        async with database.write() as conn:
            await add(conn, "A")
        assert await names(reader) == []
    async with database.read() as reader:
        assert await names(reader) == ["A"]


async def test_readers_do_not_wait_for_a_long_write(database: Database) -> None:
    async with database.write() as conn:
        await add(conn, "A")
        async with asyncio.timeout(2), database.read() as reader:
            assert await names(reader) == []


async def test_more_readers_than_connections_take_turns(database: Database) -> None:
    async def count() -> int:
        async with database.read() as conn:
            return (await conn.execute(select(func.count()).select_from(sources))).scalar_one()

    assert await asyncio.gather(*(count() for _ in range(3 * opening.READERS))) == [0] * 3 * opening.READERS


async def test_a_failed_write_leaves_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError, match="halfway"):
        await _fail_halfway(database)
    async with database.write() as conn:
        assert await names(conn) == []
        tables = await conn.execute(text("SELECT name FROM sqlite_master WHERE name = 'half'"))
        assert tables.all() == []


async def _fail_halfway(database: Database) -> None:
    async with database.write() as conn:
        await add(conn, "A")
        await conn.execute(text("CREATE TABLE half (id INTEGER)"))
        raise RuntimeError("halfway")


async def test_a_cancelled_write_leaves_nothing_and_frees_the_way(database: Database) -> None:
    begun = asyncio.Event()

    async def write() -> None:
        async with database.write() as conn:
            await add(conn, "A")
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with database.write() as conn:
        assert await names(conn) == []


async def test_a_write_keeps_out_every_other_writer_from_its_beginning(database: Database) -> None:
    with closing(sqlite3.connect(database.path, timeout=0)) as other:
        async with database.write():
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")


async def test_a_write_waits_for_a_program_that_knows_nothing_of_the_lock_file(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "BUSY_RETRY_S", 0.01)
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        async with database.write() as conn:
            await conn.execute(text("PRAGMA busy_timeout=0"))
        other.execute("BEGIN IMMEDIATE")
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(_write_one(database, "A"))
            await asyncio.sleep(0.1)
            assert not waiting.done()
            other.execute("COMMIT")
    async with database.read() as conn:
        assert await names(conn) == ["A"]


async def _write_one(database: Database, name: str) -> None:
    async with database.write() as conn:
        await add(conn, name)


async def test_a_program_that_holds_the_store_for_too_long_is_told(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "PATIENCE_S", 0.05)
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyError, match=r"news\.db for too long: database is locked"):
            await _write_one(database, "A")


async def test_writes_of_one_process_take_turns(database: Database) -> None:
    async def write() -> None:
        async with database.write() as conn:
            known = await names(conn)
            await asyncio.sleep(0)
            await add(conn, str(len(known)))

    await asyncio.gather(*(write() for _ in range(10)))
    async with database.read() as conn:
        assert await names(conn) == [str(n) for n in range(10)]


async def test_who_waits_for_another_process_is_next(store_path: Path) -> None:
    """However soon that one wants to write again."""
    one, other = await Database.open(url(store_path)), await Database.open(url(store_path))
    written: list[str] = []

    async def write_on(database: Database, name: str) -> None:
        for _ in range(5):
            async with database.write():
                written.append(name)
                await asyncio.sleep(3 * turns.RETRY_S)

    await asyncio.gather(write_on(one, "A"), write_on(other, "B"))
    assert "".join(written) == "AB" * 5
    await one.close()
    await other.close()


async def test_read_connections_refuse_to_write(database: Database) -> None:
    async with database.read() as conn:
        with pytest.raises(OperationalError, match="readonly"):
            await add(conn, "A")


async def test_references_are_kept(database: Database) -> None:
    async with database.write() as conn:
        with pytest.raises(IntegrityError, match="FOREIGN KEY"):
            await conn.execute(
                text(
                    "INSERT INTO subscriptions(chat_id, query_id, text, created_at, after_article, cursor)"
                    " VALUES (7, 7, 'a', 0, 0, 0)"
                )
            )


async def test_commits_survive_a_power_cut_and_what_is_deleted_is_overwritten(database: Database) -> None:
    async with database.write() as conn:
        pragmas = {name: (await conn.execute(text(f"PRAGMA {name}"))).scalar_one() for name in _DURABLE}
    assert pragmas == _DURABLE


_DURABLE: dict[str, Any] = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


async def test_another_process_that_writes_for_too_long_is_told(
    store_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "PATIENCE_S", 0.05)
    mine, other = await Database.open(url(store_path)), await Database.open(url(store_path))
    async with other.write():
        with pytest.raises(BusyError, match=store_path.name):
            async with mine.write():
                pass
    async with mine.write() as conn:
        await add(conn, "A")
    await mine.close()
    await other.close()


async def test_a_store_being_made_by_another_process_for_too_long_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "PATIENCE_S", 0.05)
    path = tmp_path / "news.db"
    with FileLock(turns.lock_path(path)), pytest.raises(BusyError, match="news"):
        await Database.open(url(path))


async def test_a_store_that_cannot_be_read_when_opened_is_told(
    store_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "_READER", ("PRAGMA no such pragma",))
    with pytest.raises(DatabaseError, match="cannot read"):
        await Database.open(url(store_path))


async def test_processes_that_open_a_new_store_at_once_all_succeed(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    assert await _run_at_once(["pass"] * 3, path) == [0, 0, 0]
    database = await Database.open(url(path))
    assert (await chat(database, 5)).telegram_id == 5
    await database.close()


async def test_processes_that_write_at_once_lose_nothing(store_path: Path) -> None:
    script = """
  for n in range(30):
   async with database.write() as conn:
    known = (await conn.execute(select(func.count()).select_from(sources))).scalar_one()
    await asyncio.sleep(0)
    await conn.execute(sources.insert().values(name=str(known), host=""))"""
    assert await _run_at_once([script.strip()] * 2, store_path) == [0, 0]
    database = await Database.open(url(store_path))
    async with database.read() as conn:
        assert await names(conn) == [str(n) for n in range(60)]
        assert (await conn.execute(text("PRAGMA integrity_check"))).scalar_one() == "ok"
    await database.close()


_PROCESS = """
import asyncio, sys
from sqlalchemy import func, select
from storage.database import Database
from storage.schema import sources
import alembic.migration, alembic.operations, alembic.script
async def main():
  print("ready", flush=True)
  sys.stdin.readline()
  database = await Database.open(sys.argv[1])
  {script}
  await database.close()
asyncio.run(main())
"""


async def _run_at_once(scripts: list[str], path: Path) -> list[int | None]:
    """Exit codes of processes that run these scripts over the open store; each begins when all are ready."""
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-W", "error", "-c", _PROCESS.format(script=script), url(path)),
            cwd=Path(__file__).parents[2],
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        for script in scripts
    ]
    for process in processes:
        assert process.stdout
        assert await process.stdout.readline() == b"ready\n"
    await asyncio.gather(*(process.communicate(b"\n") for process in processes))
    return [process.returncode for process in processes]


async def test_what_goes_straight_to_the_driver_goes_on_after_a_write_was_broken_off(tmp_path: Path) -> None:
    db = await Database.open(url(tmp_path / "news.db"))
    try:
        assert await db.transact(lambda driver: driver.execute("SELECT 1").fetchone()) == (1,)
        begun = asyncio.Event()

        async def write() -> None:
            endless = (
                "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 1000000) SELECT max(x) FROM n"
            )
            async with db.write() as conn:
                begun.set()
                await conn.execute(text(endless))

        writing = asyncio.create_task(write())
        await begun.wait()
        await asyncio.sleep(0)
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        assert await db.transact(lambda driver: driver.execute("SELECT 2").fetchone()) == (2,)
    finally:
        await db.close()
