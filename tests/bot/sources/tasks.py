"""What the tests of the worker processes run in them: functions that a fresh interpreter can import."""

import os
import sys
import time
from pathlib import Path

from bot.sources.drafts import DraftError


def hang(log: str | None = None) -> None:
    if log:
        note(log)
    time.sleep(3600)


def hang_in_c() -> None:
    """Where no handler of a signal in Python is reached."""
    sum(range(10**15))


def eat_memory() -> int:
    return len(bytearray(4 << 30))


def crash() -> None:
    os._exit(7)


def stumble() -> None:
    raise KeyError("a text that no log should show")


def refuse() -> None:
    raise DraftError("there is no text")


def raise_what_cannot_be_unpacked() -> None:
    class Local(Exception):
        pass

    raise Local


def answer_what_cannot_be_packed() -> object:
    return lambda: None


def note(log: str) -> int:
    """Writes down that it ran, and where."""
    with Path(log).open("a") as file:
        file.write(f"{os.getpid()}\n")
    return os.getpid()


def modules() -> set[str]:
    return set(sys.modules)


def echo(data: bytes) -> bytes:
    return data


def nap(seconds: float) -> None:
    time.sleep(seconds)
