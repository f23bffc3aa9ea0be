"""A copy of the store while it is written to, and a store put back from such a copy.

    store ──a snapshot, page by page──▶ FILE's folder, under another name ──whole?──▶ FILE
    FILE ──▶ beside the store, under another name ──whole, ours?──▶ the store; what was there stays under a third name

A snapshot holds up no writer; only the log of writes grows meanwhile. A name is given at the very end, so that what
bears it is whole. All of it takes long: keep it off the event loop.
"""

import os
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from filelock import Timeout

from storage.errors import BackupError, CorruptError
from storage.faults import fault

# Two megabytes: at each step it is told how far the copy is, and whether to stop.
PAGES: Final = 512
# Of SQLite's own instructions, between two looks at whether to stop.
INSTRUCTIONS: Final = 1_000_000

Advance = Callable[[int, int], None]
"""Is told how many pages have been copied, and how many there are."""


class Saved(NamedTuple):
    """A copy that was made, its size in bytes."""

    path: Path
    size: int


def save(
    store: Path,
    target: Path,
    *,
    lock: AbstractContextManager[object],
    force: bool = False,
    advance: Advance = lambda done, total: None,
    stop: threading.Event | None = None,
) -> Saved:
    """Copies the store to `target`, which is one whole file or is not there; raises BackupError or CorruptError.

    `lock` is that of the store's writers: to end reading may empty the log of writes.
    """
    if not store.is_file():
        raise BackupError(f"there is no database {store}")
    _check_target(store, target, force=force)
    with _under_another_name(target) as part:
        with _reading(store, lock) as source:
            _copy(source, part, store, advance, stop or threading.Event())
        check(part, stop=stop)
        _check_target(store, target, force=force)
        _name(part, target)
    return Saved(target, target.stat().st_size)


def check(file: Path, *, stop: threading.Event | None = None) -> None:
    """Reads a copy through; raises BackupError where it does not hold. Nothing is made beside it."""
    stopped = stop or threading.Event()
    try:
        with closing(_opened(file)) as connection:
            connection.set_progress_handler(lambda: stopped.is_set(), INSTRUCTIONS)
            [(said,)] = connection.execute("PRAGMA integrity_check(1)").fetchall()
            broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.Error as error:
        raise BackupError(f"{file} does not hold: {'it was broken off' if stopped.is_set() else error}") from error
    if said != "ok" or broken:
        raise BackupError(f"{file} does not hold: {said if said != 'ok' else 'a reference leads nowhere'}")


def first_fault(store: Path) -> str | None:
    """What is wrong with a store that may be in use, as SQLite says it: a look at every page, though not at whether
    indexes agree with their tables. None where it is sound.
    """
    try:
        with closing(sqlite3.connect(f"{store.as_uri()}?mode=ro", uri=True)) as connection:
            [(said,)] = connection.execute("PRAGMA quick_check(1)").fetchall()
    except sqlite3.Error as error:
        return str(error)
    return None if said == "ok" else str(said)


def revision(file: Path) -> str | None:
    """Of the version that made a copy; None for a database of something else."""
    with closing(_opened(file)) as connection:
        return revision_of(connection)


def revision_of(connection: sqlite3.Connection) -> str | None:
    table = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if table else None
    return str(row[0]) if row else None


@contextmanager
def taken_in(file: Path, store: Path, *, advance: Advance) -> Iterator[Path]:
    """A checked copy of `file` beside the store, ready to take its name; it is gone afterwards unless it has."""
    if not file.is_file():
        raise BackupError(f"there is no file {file}")
    if store.exists() and file.samefile(store):
        raise BackupError(f"{file} is the database itself")
    with _under_another_name(store) as part:
        try:
            with closing(_opened(file)) as source:
                _copy(source, part, file, advance, threading.Event())
            check(part)
        except (sqlite3.Error, CorruptError, BackupError) as error:
            raise BackupError(f"{file} cannot be restored: {error}") from error
        yield part


def replace(store: Path, part: Path, *, kept: Path) -> None:
    """Puts the copy into the store's place; what was there, with its log of writes, is `kept` from then on.

    Raises BackupError where somebody still has the store open. At each moment a whole store bears the name.
    """
    if store.exists():
        _put_aside(store, kept)
    _name(part, store)


def _check_target(store: Path, target: Path, *, force: bool) -> None:
    if target.is_dir():
        raise BackupError(f"{target} is a folder, expected a file")
    if not target.parent.is_dir():
        raise BackupError(f"there is no folder {target.parent}")
    if target.exists() and target.samefile(store):
        raise BackupError(f"{target} is the database itself")
    if target.exists() and not force:
        raise BackupError(f"{target} is there already; --force overwrites it")


@contextmanager
def _under_another_name(target: Path) -> Iterator[Path]:
    """An empty file in the same folder, for its owner alone; it goes unless it is renamed."""
    try:
        number, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
        os.close(number)
    except OSError as error:
        raise BackupError(f"cannot write to {target.parent}: {(error.strerror or str(error)).lower()}") from error
    part = Path(name)
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _reading(store: Path, lock: AbstractContextManager[object]) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(store, timeout=30, isolation_level=None)
    try:
        connection.execute("PRAGMA query_only=ON")
        connection.execute("PRAGMA wal_autocheckpoint=0")
        yield connection
    except sqlite3.Error as error:
        raise fault(error, store) or BackupError(f"cannot read the database {store}: {error}") from error
    finally:
        # Where a writer holds the lock for longer than anybody waits, somebody else closes it last.
        with suppress(Timeout), lock:
            connection.close()
        connection.close()


def _copy(source: sqlite3.Connection, part: Path, named: Path, advance: Advance, stop: threading.Event) -> None:
    def step(_status: int, left: int, total: int) -> None:
        if stop.is_set():
            raise BackupError(f"the copy of {named} was broken off")
        advance(total - left, total)

    # Without a transaction of its own it would begin anew with every write.
    source.execute("BEGIN")
    source.execute("SELECT 1 FROM sqlite_master").fetchone()
    try:
        with closing(sqlite3.connect(part, isolation_level=None)) as target:
            # Nobody reads it before it is written out.
            target.execute("PRAGMA journal_mode=OFF")
            target.execute("PRAGMA synchronous=OFF")
            source.backup(target, pages=PAGES, progress=step)
    except sqlite3.Error as error:
        meant = fault(error, named)
        if isinstance(meant, CorruptError):
            raise meant from error
        raise BackupError(f"cannot write a copy of {named}: {error}") from error


def _opened(file: Path) -> sqlite3.Connection:
    """For reading alone; as one file that nobody changes, unless it has a log of writes beside it."""
    log = file.with_name(f"{file.name}-wal")
    alone = "" if log.exists() and log.stat().st_size else "&immutable=1"
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro{alone}", uri=True, isolation_level=None)


def _put_aside(store: Path, kept: Path) -> None:
    """Gives the store a second name, `kept`; the first then goes over to another file in one step."""
    kept_log = kept.with_name(f"{kept.name}-wal")
    # SQLite takes the log of a store away whose file it cannot read.
    with suppress(OSError):
        kept_log.hardlink_to(store.with_name(f"{store.name}-wal"))
    try:
        with closing(sqlite3.connect(store, timeout=2, isolation_level=None)) as connection:
            # Takes the log into the file, and works only where nobody else has the store open.
            connection.execute("PRAGMA journal_mode=DELETE")
        kept_log.unlink(missing_ok=True)
    except sqlite3.Error as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            kept_log.unlink(missing_ok=True)
            raise BackupError(f"another program has {store} open: end it first") from error
        # Too damaged for that: none of what lies beside it may meet the new file.
        for ending in ("-wal", "-shm"):
            store.with_name(store.name + ending).unlink(missing_ok=True)
    try:
        kept.hardlink_to(store)
    except OSError:
        # Not every disk knows second names.
        store.rename(kept)


def _name(part: Path, target: Path) -> None:
    """The copy is on the disk before it bears the name, and the name too when this returns."""
    try:
        _write_out(part)
        part.replace(target)
        _write_out(target.parent)
    except OSError as error:
        raise BackupError(f"cannot write {target}: {(error.strerror or str(error)).lower()}") from error


def _write_out(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
