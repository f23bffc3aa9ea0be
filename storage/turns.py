"""The lock of a store's writers over all processes, which they hold in turns.

A file lock goes to whoever asks first once it is free. A process that wants it again at once, as an import does between
two batches, would keep everybody else out for as long as it writes, since they only look every few milliseconds. So
who waits holds a second lock, and the first is taken by way of the second alone.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from filelock import FileLock, Timeout

from storage import private

# A batch of an import holds the lock for well under a second; this long, somebody is stuck.
PATIENCE_S: Final = 60.0
RETRY_S: Final = 0.005


class WriteLock:
    """Where a thread may wait, a context manager that may be entered again within itself; raises filelock's Timeout."""

    def __init__(self, path: Path, *, patience_s: float = -1) -> None:
        self._held, self._next = (
            FileLock(file, timeout=patience_s, mode=private.MODE, thread_local=False, poll_interval=RETRY_S)
            for file in (lock_path(path), path.with_name(path.name + ".next"))
        )

    def __enter__(self) -> Self:
        if self._held.is_locked:
            self._held.acquire()
        else:
            with self._next:
                self._held.acquire()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._held.release()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """The lock, waited for on the event loop; raises Timeout."""
        deadline = time.monotonic() + PATIENCE_S
        await _acquire(self._next, deadline)
        try:
            await _acquire(self._held, deadline)
        finally:
            self._next.release()
        try:
            yield
        finally:
            self._held.release()


def lock_path(path: Path) -> Path:
    """The file that writers of this store lock."""
    return path.with_name(path.name + ".lock")


async def _acquire(lock: FileLock, deadline: float) -> None:
    while True:
        try:
            lock.acquire(blocking=False)
            return
        except Timeout:
            if time.monotonic() > deadline:
                raise
        await asyncio.sleep(RETRY_S)
