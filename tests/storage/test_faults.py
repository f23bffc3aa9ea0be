"""What an error means for the store is decided in one place."""

import errno
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from storage.errors import BusyError, CorruptError, FullError
from storage.faults import fault

PATH = Path("/data/news.db")


def sqlites(code: int) -> OperationalError:
    error = sqlite3.OperationalError("words of SQLite's")
    error.sqlite_errorcode = code
    return OperationalError(None, None, error)


@pytest.mark.parametrize(
    ("code", "meant"),
    [
        pytest.param(sqlite3.SQLITE_FULL, FullError, id="full"),
        pytest.param(sqlite3.SQLITE_IOERR_WRITE, FullError, id="input and output"),
        pytest.param(sqlite3.SQLITE_IOERR_SHMSIZE, FullError, id="no room for the index of the log"),
        pytest.param(sqlite3.SQLITE_READONLY_DIRECTORY, FullError, id="read only"),
        pytest.param(sqlite3.SQLITE_CORRUPT, CorruptError, id="damaged"),
        pytest.param(sqlite3.SQLITE_CORRUPT_VTAB, CorruptError, id="damaged index"),
        pytest.param(sqlite3.SQLITE_NOTADB, CorruptError, id="no database"),
        pytest.param(sqlite3.SQLITE_BUSY_SNAPSHOT, BusyError, id="busy"),
    ],
)
def test_errors_of_sqlite_say_what_ails_the_store(code: int, meant: type[Exception]) -> None:
    found = fault(sqlites(code), PATH)
    assert type(found) is meant
    assert "/data/news.db" in str(found)
    assert "words of SQLite's" in str(found)


@pytest.mark.parametrize("code", [sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY, sqlite3.SQLITE_MISUSE])
def test_mistakes_of_ours_say_nothing_of_the_store(code: int) -> None:
    assert fault(sqlites(code), PATH) is None


def test_a_disk_says_it_by_its_own_errors_too() -> None:
    assert type(fault(OSError(errno.ENOSPC, "No space left on device"), PATH)) is FullError
    assert type(fault(OSError(errno.EROFS, "Read-only file system"), PATH)) is FullError
    assert fault(ConnectionResetError(errno.ECONNRESET, "reset"), PATH) is None
    assert fault(RuntimeError("else"), PATH) is None
