"""The store's engine: many readers on snapshots, one writer at a time over all processes.

SQLite before 3.51.3 can damage a file when one connection writes while another restarts the write-ahead log, so writes,
checkpoints and the closing of connections happen under a lock file that every process of ours respects. Readers never
wait for it.
"""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

from filelock import FileLock, Timeout
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.errors import BusyError, DatabaseError, DatabaseUrlError
from storage.migrations import upgrade
from storage.stories import Stories

DRIVER = "sqlite+aiosqlite"
READERS = 4
# A batch of an import holds the lock for well under a second; this long, somebody is stuck.
LOCK_PATIENCE_S = 60.0
LOCK_RETRY_S = 0.005

_EVERY_CONNECTION = ("PRAGMA foreign_keys=ON", "PRAGMA busy_timeout=10000", "PRAGMA cache_size=-16384")
# FULL: what a commit promised to the outside is still there after a power cut.
_WRITER = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL")
_READER = ("PRAGMA query_only=ON", "PRAGMA wal_autocheckpoint=0")


class Database:
    """An open store. Use `read()` and `write()`; close it when done."""

    def __init__(self, url: URL, path: Path) -> None:
        self.path = path
        # By one process for all that it stores: to read the last days anew for each batch would take too long.
        self.remembered = Stories()
        self._writer = _engine(url, begin="BEGIN IMMEDIATE", pragmas=_WRITER, connections=1)
        self._readers = _engine(url, begin="BEGIN", pragmas=_READER, connections=READERS)
        self._writing = asyncio.Lock()
        self._lock = FileLock(lock_path(path), thread_local=False)

    @classmethod
    async def open(cls, url: str) -> Self:
        """Opens the store, makes it where it is missing and migrates it; raises DatabaseError."""
        parsed, path = locate(url)
        await asyncio.to_thread(upgrade, path, FileLock(lock_path(path), timeout=LOCK_PATIENCE_S))
        database = cls(parsed, path)
        try:
            async with database.read():
                pass
        except DBAPIError as error:
            await database.close()
            raise DatabaseError(f"cannot read the database {path}: {error.orig}") from error
        return database

    async def close(self) -> None:
        async with self._exclusive():
            await self._readers.dispose()
            await self._writer.dispose()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A snapshot: all reads within see the same state, whatever is written meanwhile."""
        async with self._readers.connect() as connection:
            # Closing ends it, in one hop to the driver's thread.
            await connection.begin()
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that is committed at the end, or rolled back by an exception."""
        async with self._exclusive(), self._writer.connect() as connection, connection.begin():
            yield connection

    @asynccontextmanager
    async def _exclusive(self) -> AsyncIterator[None]:
        async with self._writing:
            deadline = time.monotonic() + LOCK_PATIENCE_S
            while True:
                try:
                    self._lock.acquire(blocking=False)
                    break
                except Timeout as error:
                    if time.monotonic() > deadline:
                        raise BusyError(f"another process has been writing to {self.path} for too long") from error
                    await asyncio.sleep(LOCK_RETRY_S)
            try:
                yield
            finally:
                self._lock.release()


def locate(url: str) -> tuple[URL, Path]:
    """The address as SQLAlchemy takes it, and the file it names; raises DatabaseUrlError."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise DatabaseUrlError(f"not the address of a database: {url}") from error
    only_a_file = parsed == URL.create(DRIVER, database=parsed.database)
    if not only_a_file or not parsed.database or parsed.database == ":memory:":
        raise DatabaseUrlError(f"expected {DRIVER}:///FILE, not {parsed.render_as_string(hide_password=True)}")
    path = Path(parsed.database).absolute()
    if not path.parent.is_dir():
        raise DatabaseUrlError(f"there is no folder {path.parent} for the database")
    return parsed, path


def lock_path(path: Path) -> Path:
    """The file that writers of this store lock."""
    return path.with_name(path.name + ".lock")


def _engine(url: URL, *, begin: str, pragmas: tuple[str, ...], connections: int) -> AsyncEngine:
    # isolation_level=None keeps the driver from opening and closing transactions behind our back.
    engine = create_async_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        connect_args={"isolation_level": None, "timeout": 10},
        # What failed is logged; what people and sources wrote is not.
        hide_parameters=True,
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in (*_EVERY_CONNECTION, *pragmas):
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Connection) -> None:
        # In one hop to the driver's thread; as a statement of Core's it would take three.
        driver: Any = connection.connection.dbapi_connection
        try:
            driver.run_async(lambda raw: raw.execute_fetchall(begin))
        except sqlite3.Error as error:
            raise DBAPIError(begin, None, error) from error

    return engine
