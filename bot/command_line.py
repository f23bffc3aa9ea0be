"""What the modules of the command line share: options, settings with the log set up by them, and running a command."""

import asyncio
import gc
import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

if TYPE_CHECKING:
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
    from bot.config import load
    from bot.logs import configure

    settings = load(database_url=database or None)
    configure(level="error" if quiet else settings.log_level, style=settings.log_format)
    return settings


def perform(command: Coroutine[Any, Any, Result]) -> Result:
    # What is loaded by now stays to the end; to look it through for garbage would stop everything for a quarter second.
    gc.freeze()
    with _interruptible():
        return asyncio.run(command)


def end(code: int) -> None:
    raise typer.Exit(code)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl-C ends even a command that waits for a line of input; asyncio would wait with it."""
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, lambda *caught: signal.default_int_handler(*caught))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
