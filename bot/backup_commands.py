"""`newsbot backup` and `newsbot restore`."""

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from typer import echo

from bot import backup_files
from bot.alone import alone
from bot.clock import utc_now
from bot.config import Settings
from storage import backup, migrations
from storage.backup import Advance
from storage.database import locate
from storage.errors import BackupError, BusyError
from storage.turns import PATIENCE_S, WriteLock

UNITS = ("bytes", "KB", "MB", "GB", "TB")


def back_up(settings: Settings, file: Path, *, force: bool) -> None:
    _, store = locate(settings.database_url)
    begun = time.monotonic()
    with _progress("copying") as advance:
        lock = WriteLock(store, patience_s=PATIENCE_S)
        saved = backup.save(store, file, lock=lock, force=force, advance=advance)
    echo(f"backed up to {saved.path}: {size(saved.size)} in {time.monotonic() - begun:.1f} s")


def restore(settings: Settings, file: Path) -> None:
    """Only where no bot runs, and nobody else has the store open."""
    _, store = locate(settings.database_url)
    kept = store.with_name(f"{store.name}.replaced-{backup_files.stamp(utc_now())}")
    with _stopped(store), _progress("copying") as advance, backup.taken_in(file, store, advance=advance) as part:
        revision = _revision(part, file)
        with WriteLock(store, patience_s=PATIENCE_S):
            was_there = store.exists()
            backup.replace(store, part, kept=kept)
    echo(f"restored {store} from {file}")
    if revision != migrations.HEAD:
        echo(f"it is of an older version ({revision}); the next start brings it to {migrations.HEAD}")
    if was_there:
        echo(f"what was there is kept as {kept}; newsbot restore {kept} undoes this")


def size(count: float) -> str:
    """In the unit that leaves it below a thousand."""
    unit = 0
    while count >= 1000 and unit < len(UNITS) - 1:
        count, unit = count / 1000, unit + 1
    return f"{count:.0f} {UNITS[unit]}" if unit == 0 or count >= 100 else f"{count:.1f} {UNITS[unit]}"


def _revision(part: Path, file: Path) -> str:
    """Of the version that made it; raises BackupError or NewerDatabaseError."""
    revision = backup.revision(part)
    if revision is None:
        raise BackupError(f"{file} is no database of newsbot")
    migrations.check_known(file, revision)
    return revision


@contextmanager
def _stopped(store: Path) -> Iterator[None]:
    """Holds the store as a bot does; raises BusyError that says what to do where one runs."""
    with ExitStack() as stack:
        try:
            stack.enter_context(alone(store))
        except BusyError as error:
            raise BusyError(f"{error}; stop it first") from error
        yield


@contextmanager
def _progress(what: str) -> Iterator[Advance]:
    """A bar on a terminal, nothing elsewhere; at its end the copy is read through."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)

        def advance(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, description=what if done < total else "checking")

        yield advance
