"""What an error of SQLite's or of the disk means for the store: the one place that decides it.

locked → BusyError; no room, or a disk that fails → FullError; damaged → CorruptError; all else is a mistake of ours.
"""

import errno
import sqlite3
from pathlib import Path
from typing import Final

from sqlalchemy.exc import DBAPIError

from storage.errors import BusyError, CorruptError, DatabaseError, FullError

# Extended codes carry the kind in their last byte: https://sqlite.org/rescode.html
_KIND: Final = 0xFF
_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
# A disk that has failed is often mounted anew to be read only, and a full one lets no log be made beside the store.
_FULL: Final = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN})
_CORRUPT: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_DISK: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS})


def fault(error: BaseException, path: Path) -> DatabaseError | None:
    """What it says of the store at `path`; None where it says nothing."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, OSError) and cause.errno in _DISK:
        return FullError(f"nothing can be written to {path}: {(cause.strerror or 'it fails').lower()}")
    kind = _kind(cause)
    if kind in _BUSY:
        return BusyError(f"another process has been holding {path} for too long: {cause}")
    if kind in _FULL:
        return FullError(f"nothing can be written to {path}: {cause}")
    if kind in _CORRUPT:
        return CorruptError(f"{path} is damaged: {cause}")
    return None


def is_busy(error: BaseException | None) -> bool:
    """Whether SQLite says that somebody else holds the store."""
    return _kind(error) in _BUSY


def _kind(error: BaseException | None) -> int:
    return int(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK)) & _KIND
