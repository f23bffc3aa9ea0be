"""Alembic migrations, append-only; run at every start, under the lock that writers hold.

SQLite's rules: foreign keys are off while tables are rebuilt (or children would be deleted with their parent), the
whole upgrade is one transaction, and the keys are checked before it is committed.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy.exc import DBAPIError

from storage.errors import BusyError, DatabaseError, NewerDatabaseError

# The newest revision, named here so that a start that has nothing to do need not import Alembic; a test compares.
HEAD = "0005"

_HERE = Path(__file__).parent


def upgrade(path: Path, lock: FileLock) -> None:
    """Brings the store at `path` to HEAD; a copy is kept beside it where there was something to change."""
    try:
        if current(path) == HEAD:
            return
        with lock:
            revision = current(path)
            if revision == HEAD:
                return
            if revision is not None:
                _check_known(path, revision)
                _copy(path, path.with_name(f"{path.name}.before-{HEAD}"))
            _upgrade(path)
    except Timeout as error:
        raise BusyError(f"another process has been writing to {path} for too long") from error
    except DBAPIError as error:
        raise DatabaseError(f"cannot migrate the database {path}: {error.orig}") from error
    except (sqlite3.Error, OSError) as error:
        raise DatabaseError(f"cannot open the database {path}: {error}") from error


def current(path: Path) -> str | None:
    """The revision of the store at `path`, None where there is none yet."""
    if not path.exists():
        return None
    with closing(sqlite3.connect(path, timeout=10)) as connection:
        table = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if table else None
    return str(row[0]) if row else None


def _check_known(path: Path, revision: str) -> None:
    from alembic.script import ScriptDirectory  # costs 0.3 s that most starts can save
    from alembic.util import CommandError

    try:
        ScriptDirectory(str(_HERE)).get_revision(revision)
    except CommandError as error:
        raise NewerDatabaseError(f"{path} was made by a newer version of newsbot") from error


def _copy(path: Path, target: Path) -> None:
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)


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
    engine.dispose()
