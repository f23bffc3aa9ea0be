"""The program, to be hurt: `python -m tests.faults.victim [--speed N] [--kill STEP:COUNT] run`.

It is the program itself, started after its clock was made to run faster, or one of its steps was made deadly: the
process ends by SIGKILL, as by a power cut, when that step is reached for the COUNTth time.
"""

import argparse
import functools
import importlib
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

# Step → a function that is called there, and whether the process ends before or after it has done its work.
STEPS: Final = {
    "before claim": ("storage.outbox", "turn", "before"),
    "after claim": ("aiogram.Bot", "send_message", "before"),
    "after send": ("aiogram.Bot", "send_message", "after"),
    "before settle": ("storage.outbox", "_settle", "after"),
    "before composing": ("storage.digests", "commit", "before"),
    "while composing": ("storage.digests", "commit", "after"),
    "while migrating": ("alembic.operations.Operations", "execute", "before"),
}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--speed", type=float, default=1)
    parser.add_argument("--kill", default="")
    chosen, command = parser.parse_known_args()
    _hasten(chosen.speed)
    if chosen.kill:
        step, _, count = chosen.kill.partition(":")
        _make_deadly(step, int(count))
    from bot.cli import main as program

    return program(command)


def _hasten(speed: float) -> None:
    """By the program's own clock, from now on; of what it waits for by seconds of the event loop, refusals alone."""
    from bot import clock, pace

    begun = datetime.now(UTC)
    clock.utc_now = lambda: begun + (datetime.now(UTC) - begun) * speed
    refused = pace.Pace.refused

    def sooner(self: pace.Pace, telegram_id: int, retry_after_s: float) -> None:
        refused(self, telegram_id, retry_after_s / speed)

    pace.Pace.refused = sooner  # type: ignore[method-assign]


def _make_deadly(step: str, count: int) -> None:
    place, name, when = STEPS[step]
    holder = _found(place)
    left = iter(range(count - 1, -1, -1))

    def strike() -> None:
        if next(left, None) == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    setattr(holder, name, _striking(getattr(holder, name), strike, before=when == "before"))


def _found(place: str) -> Any:
    """A module, or a class of one."""
    try:
        return importlib.import_module(place)
    except ModuleNotFoundError:
        module, _, owner = place.rpartition(".")
        return getattr(importlib.import_module(module), owner)


def _striking(step: Callable[..., Any], strike: Callable[[], None], *, before: bool) -> Callable[..., Any]:
    """The step, asynchronous or not, that strikes."""

    @functools.wraps(step)
    async def awaited(*given: Any, **named: Any) -> Any:
        if before:
            strike()
        result = await step(*given, **named)
        if not before:
            strike()
        return result

    @functools.wraps(step)
    def called(*given: Any, **named: Any) -> Any:
        if before:
            strike()
        result = step(*given, **named)
        if not before:
            strike()
        return result

    return awaited if step.__code__.co_flags & 0x80 else called


if __name__ == "__main__":
    sys.exit(main())
