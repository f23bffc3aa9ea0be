"""What the modules of the command line share: options, settings with the log set up by them, and running a command."""

import asyncio
import gc
import signal
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, TypeVar

import typer

from bot.redaction import Redacted

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    from bot.config import Settings

Result = TypeVar("Result")

Database = Annotated[
    str | None,
    typer.Option("--database", metavar="URL", help="The store, such as sqlite+aiosqlite:///newsbot.db."),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


def path(typed: str) -> Path:
    """Path("") is the working directory: `import "$UNSET"` would take in all that is there."""
    if not typed:
        raise typer.BadParameter("a path is empty")
    return Path(typed)


def settings_for(database: str | None, *, quiet: bool = False) -> "Settings":
    """The settings, and the log set up by them; a quiet command logs nothing below errors."""
    from bot.config import load, secrets
    from bot.logs import configure

    settings = load(database_url=database or None)
    hidden = secrets(settings)
    if isinstance(sys.stderr, Redacted):
        sys.stderr.redactor.learn(hidden)
    configure(level="error" if quiet else settings.log_level, style=settings.log_format, secrets=hidden)
    return settings


def perform(command: Coroutine[Any, Any, Result]) -> Result:
    """Ctrl-C cancels the command: raised wherever the loop is just then, it could take a task's turn with it, and the
    end would wait for that task for ever."""
    # What is loaded by now stays to the end; to look it through for garbage would stop everything for a quarter second.
    gc.freeze()
    return asyncio.run(command)


def end(code: int) -> None:
    raise typer.Exit(code)


def standard_input() -> BufferedReader:
    """What is typed; Ctrl-C ends even a command that waits for it, where asyncio would wait for the line first."""
    return BufferedReader(_Input(sys.stdin.buffer))


class _Input(RawIOBase):
    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        # Not more than there is: a line is answered before the next one is typed.
        with _interruptible():
            return int(self._stream.readinto1(buffer))  # type: ignore[attr-defined]


@contextmanager
def _interruptible() -> Iterator[None]:
    """Raises an interrupt where it comes, and one that has come already."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:
        yield
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        task = asyncio.current_task()
        if task and task.cancelling():
            raise KeyboardInterrupt
        yield
    finally:
        signal.signal(signal.SIGINT, before)
