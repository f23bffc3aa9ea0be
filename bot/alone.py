"""One bot a store: a lock that dies with its process, and a note of which process that is."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from storage import private
from storage.errors import BusyError


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Holds the store for this process as a bot does; raises BusyError where a bot runs."""
    lock, note = FileLock(f"{path}.run.lock", mode=private.MODE), Path(f"{path}.run")
    try:
        lock.acquire(blocking=False)
    except Timeout as error:
        raise BusyError(f"{_holder(note)} already serves {path}") from error
    try:
        private.make(note)
        note.write_text(json.dumps({"pid": os.getpid()}))
        yield
    finally:
        note.unlink(missing_ok=True)
        lock.release()


def _holder(note: Path) -> str:
    """Who holds the lock; the note of a bot that was killed may still be there when the next has only just begun."""
    try:
        pid = int(json.loads(note.read_text())["pid"])
        os.kill(pid, 0)
    except PermissionError:
        return f"process {pid}"
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return "another process"
    return f"process {pid}"
