"""Alembic migrations, append-only; run at every start, under the lock that writers hold.

SQLite's rules: foreign keys are off while tables are rebuilt (or children would be deleted with their parent), the
whole upgrade is one transaction, and the keys are checked before it is committed.
"""

import sqlite3
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import NamedTuple

from filelock import Timeout
from sqlalchemy.exc import DBAPIError

from storage import backup, private
from storage.errors import BusyError, CorruptError, DatabaseError, NewerDatabaseError
from storage.faults import fault

# The newest revision, named here so that a start that has nothing to do need not import Alembic; a test compares.
HEAD = "0009"

_HERE = Path(__file__).parent


class _Found(NamedTuple):
    """A store as its first look shows it."""

    revision: str | None
    has_log: bool

    @property
    def is_ready(self) -> bool:
        return self.revision == HEAD and self.has_log


def upgrade(path: Path, lock: AbstractContextManager[object]) -> None:
    """Brings the store at `path` to HEAD; a copy is kept beside it where there was something to change."""
    try:
        if _look(path).is_ready:
            return
        with lock:
            found = _look(path)
            if found.is_ready:
                return
            if found.revision is None:
                private.make(path)
            elif found.revision != HEAD:
                check_known(path, found.revision)
                backup.save(path, path.with_name(f"{path.name}.before-{HEAD}"), lock=lock, force=True)
            _upgrade(path)
    except Timeout as error:
        raise BusyError(f"another process has been writing to {path} for too long") from error
    except DBAPIError as error:
        raise fault(error, path) or DatabaseError(f"cannot migrate the database {path}: {error.orig}") from error
    except (sqlite3.Error, OSError) as error:
        raise _opening(error, path) from error


def current(path: Path) -> str | None:
    """The revision of the store at `path`, None where there is none yet."""
    return _look(path).revision


def _look(path: Path) -> _Found:
    """Raises CorruptError for a file that is shorter than it says itself."""
    if not path.exists():
        return _Found(None, has_log=False)
    with closing(sqlite3.connect(path, timeout=10)) as connection:
        revision = backup.revision_of(connection)
        [mode], [pages], [size] = (
            connection.execute(f"PRAGMA {name}").fetchone() for name in ("journal_mode", "page_count", "page_size")
        )
        log = path.with_name(f"{path.name}-wal")
        # What is still in the log of writes may be missing from the file.
        if path.stat().st_size < pages * size and not (log.exists() and log.stat().st_size):
            raise CorruptError(f"{path} is damaged: its end is missing")
    return _Found(revision, has_log=mode == "wal")


def _opening(error: Exception, path: Path) -> DatabaseError:
    """What kept the store from being opened: a folder or a missing right is no fault of the disk's."""
    meant = fault(error, path)
    cannot = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_CANTOPEN
    return DatabaseError(f"cannot open the database {path}: {error}") if cannot or not meant else meant


def check_known(path: Path, revision: str) -> None:
    """Raises NewerDatabaseError."""
    from alembic.script import ScriptDirectory  # costs 0.3 s that most starts can save
    from alembic.util import CommandError

    try:
        ScriptDirectory(str(_HERE)).get_revision(revision)
    except CommandError as error:
        raise NewerDatabaseError(f"{path} was made by a newer version of newsbot") from error


def _upgrade(path: Path) -> None:
    from alembic.migration import MigrationContext  # costs 0.3 s that most starts can save
    from alembic.operations import Operations
    from alembic.script import ScriptDirectory
    from sqlalchemy import URL, create_engine, event
    from sqlalchemy.pool import NullPool

    scripts = ScriptDirectory(str(_HERE))
    url = URL.create("sqlite", database=str(path))
    engine = create_engine(url, poolclass=NullPool, connect_args={"isolation_level": None})
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    with engine.connect() as connection:
        driver = connection.connection.cursor()
        driver.execute("PRAGMA journal_mode=WAL")
        driver.execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            context = MigrationContext.configure(
                connection, opts={"fn": lambda revision, _: scripts._upgrade_revs(HEAD, revision)}
            )
            with Operations.context(context):
                context.run_migrations()
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise DatabaseError(f"upgrading {path} would break {len(broken)} references; nothing was changed")
            # What was rebuilt has left traces: see `storage.traces`.
            connection.exec_driver_sql("PRAGMA user_version=0")
    engine.dispose()
