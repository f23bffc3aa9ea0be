"""The store's files are for their owner alone: they hold what people follow.

New ones are made so, also where the process lets others read what it makes, and those of before are made so when the
store is opened, if they are our own.
"""

import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

MODE: Final = stat.S_IRUSR | stat.S_IWUSR
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
# Behind the store's name: SQLite's, ours, and what says which bot runs.
BESIDE: Final = ("", "-wal", "-shm", "-journal", ".lock", ".next", ".run", ".run.lock")


def make(path: Path) -> None:
    """An empty file, where there is none."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, MODE))


def tighten(path: Path) -> None:
    """Takes the rights of others from the store at `path` and what lies beside it, as far as it is ours to do so."""
    for file in _files(path):
        # What another process takes away meanwhile, and disks that know no rights.
        with suppress(OSError):
            now = file.stat()
            if now.st_uid == os.geteuid() and now.st_mode & _OTHERS:
                file.chmod(stat.S_IMODE(now.st_mode) & ~_OTHERS)


def _files(path: Path) -> Iterable[Path]:
    return (path.with_name(path.name + ending) for ending in BESIDE)
