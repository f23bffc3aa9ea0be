"""The files of scheduled backups: by their names alone it is known what is ours, and when it was made."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

NAMED: Final = re.compile(r"newsbot-(\d{8}T\d{6}Z)\.db")
UNFINISHED: Final = re.compile(r"\.newsbot-\d{8}T\d{6}Z\.db\.\w+\.part")
STAMP: Final = "%Y%m%dT%H%M%SZ"


def name(now: datetime) -> str:
    return f"newsbot-{stamp(now)}.db"


def stamp(now: datetime) -> str:
    """A moment as part of a file's name: whole seconds in UTC."""
    return now.astimezone(UTC).strftime(STAMP)


def found(folder: Path) -> Sequence[Path]:
    """The backups in the folder, the oldest first; raises OSError."""
    return sorted(path for path in folder.iterdir() if NAMED.fullmatch(path.name)) if folder.is_dir() else []


def unfinished(folder: Path) -> Sequence[Path]:
    """What was left behind where a backup was broken off by the end of the process."""
    return [path for path in folder.iterdir() if UNFINISHED.fullmatch(path.name)]


def made_at(path: Path) -> datetime:
    match = NAMED.fullmatch(path.name)
    assert match
    return datetime.strptime(match[1], STAMP).replace(tzinfo=UTC)


def newest(folder: Path | None) -> Path | None:
    """None where there is none, or the folder cannot be read."""
    try:
        return next(reversed(found(folder)), None) if folder else None
    except OSError:
        return None
