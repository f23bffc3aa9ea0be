"""The store's engine: many readers on snapshots, one writer at a time over all processes.

SQLite before 3.51.3 can damage a file when one connection writes while another restarts the write-ahead log, so writes,
checkpoints and the closing of connections happen under a lock file that every process of ours respects. Readers never
wait for it.
"""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Self, TypeVar

import aiosqlite
from filelock import Timeout
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage import private
from storage.driver import on_driver, run
from storage.errors import BusyError, CorruptError, DatabaseError, DatabaseUrlError, FullError
from storage.faults import fault, is_busy
from storage.migrations import upgrade
from storage.stories import Stories
from storage.turns import PATIENCE_S, WriteLock

Result = TypeVar("Result")

DRIVER = "sqlite+aiosqlite"
READERS = 4
# A program of somebody else's, which knows nothing of the lock file, may hold the store itself.
BUSY_RETRY_S = 0.1

_EVERY_CONNECTION = ("PRAGMA foreign_keys=ON", "PRAGMA busy_timeout=30000", "PRAGMA cache_size=-16384")
# FULL: what a commit promised to the outside is still there after a power cut. What is deleted is overwritten. It waits
# in short turns (`_begin`), so that it can be told to stop.
_WRITER = (
    *("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA secure_delete=ON"),
    "PRAGMA busy_timeout=500",
)
_READER = ("PRAGMA query_only=ON", "PRAGMA wal_autocheckpoint=0")


class Database:
    """An open store. Use `read()` and `write()`; close it when done."""

    def __init__(self, url: URL, path: Path) -> None:
        self.path = path
        # By one process for all that it stores: to read the last days anew for each batch would take too long.
        self.remembered = Stories()
        self._writer = _engine(url, begin="BEGIN IMMEDIATE", pragmas=_WRITER, connections=1)
        self._readers = _engine(url, begin="BEGIN", pragmas=_READER, connections=READERS)
        # The writer's only connection, for what goes straight to the driver.
        self._driver: Any = None
        self._writing = asyncio.Lock()
        self._lock = WriteLock(path)
        # What the disk refused last, until somebody finds that it takes things again; and that the file is damaged.
        self.refused: FullError | None = None
        # Whether the log of writes may hold what was to be forgotten.
        self.log_has_traces = False
        self.damaged: asyncio.Future[CorruptError] = asyncio.get_running_loop().create_future()

    @classmethod
    async def open(cls, url: str) -> Self:
        """Opens the store, makes it where it is missing and migrates it; raises DatabaseError."""
        parsed, path = locate(url)
        await asyncio.to_thread(upgrade, path, WriteLock(path, patience_s=PATIENCE_S))
        await asyncio.to_thread(private.tighten, path)
        database = cls(parsed, path)
        try:
            async with database.read():
                pass
        except DBAPIError as error:
            await database.close()
            raise DatabaseError(f"cannot read the database {path}: {error.orig}") from error
        except DatabaseError:
            await database.close()
            raise
        return database

    async def close(self) -> None:
        with self._explained():
            async with self._exclusive():
                await self._readers.dispose()
                await self._writer.dispose()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A snapshot: all reads within see the same state, whatever is written meanwhile."""
        with self._explained():
            async with self._readers.connect() as connection:
                # Closing ends it, in one hop to the driver's thread.
                await connection.begin()
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that is committed at the end, or rolled back by an exception."""
        with self._explained():
            async with self._exclusive(), self._writer.connect() as connection, connection.begin():
                yield connection

    async def maintain(self, act: Callable[[sqlite3.Connection], Result]) -> Result:
        """Runs this on the writer's connection, outside of any transaction, while nobody else writes."""
        with self._explained():
            async with self._exclusive(), self._writer.connect() as connection:
                return await on_driver(connection, act)

    async def empty_log(self) -> bool:
        """Takes the log of writes into the file and cuts it off; False where a reader still needs it."""
        return await self.maintain(_empty_log)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """What went wrong is raised as what it means for the store."""
        try:
            yield
        except (DBAPIError, OSError) as error:
            meant = fault(error, self.path)
            if isinstance(meant, FullError):
                self.refused = meant
            if isinstance(meant, CorruptError) and not self.damaged.done():
                self.damaged.set_result(meant)
            if meant:
                raise meant from error
            raise

    async def transact(self, act: Callable[[sqlite3.Connection], Result]) -> Result:
        """What the act returns, run as one transaction in one hop to the driver's thread; raises DBAPIError.

        For whoever writes many times a second: Core's connection alone costs more than such a transaction.
        """
        with self._explained():
            async with self._exclusive():
                if self._driver is None:
                    async with self._writer.connect() as connection:
                        self._driver = (await connection.get_raw_connection()).driver_connection
                return await self._at_once(act)

    async def _at_once(self, act: Callable[[sqlite3.Connection], Result]) -> Result:
        """Waits as `_begin` does; the lock is held until the driver's thread is done, whoever breaks off."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            work = asyncio.ensure_future(run(self._driver, lambda driver: _transaction(driver, act)))
            try:
                return await asyncio.shield(work)
            except asyncio.CancelledError:
                await asyncio.wait([work])
                raise
            except DBAPIError as error:
                if not is_busy(error.orig) or time.monotonic() > deadline:
                    raise
            await asyncio.sleep(BUSY_RETRY_S)

    @asynccontextmanager
    async def _exclusive(self) -> AsyncIterator[None]:
        async with self._writing, AsyncExitStack() as stack:
            try:
                await stack.enter_async_context(self._lock.turn())
            except Timeout as error:
                raise BusyError(f"another process has been writing to {self.path} for too long") from error
            try:
                yield
            except BaseException:
                # What is broken off may cost the writer its connection: the next one is asked for anew.
                self._driver = None
                raise


def _transaction(driver: sqlite3.Connection, act: Callable[[sqlite3.Connection], Result]) -> Result:
    driver.execute("BEGIN IMMEDIATE")
    try:
        result = act(driver)
        driver.execute("COMMIT")
    except BaseException:
        if driver.in_transaction:
            driver.execute("ROLLBACK")
        raise
    return result


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
            driver.run_async(lambda raw: _begin(raw, begin))
        except sqlite3.Error as error:
            raise DBAPIError(begin, None, error) from error

    return engine


def _empty_log(writer: sqlite3.Connection) -> bool:
    is_busy: int = writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    return not is_busy


async def _begin(raw: aiosqlite.Connection, statement: str) -> None:
    """Waits for as long as for the lock file where a program that does not know it holds the store."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            await raw.execute_fetchall(statement)
            return
        except sqlite3.Error as error:
            if not is_busy(error) or time.monotonic() > deadline:
                raise
        await asyncio.sleep(BUSY_RETRY_S)
