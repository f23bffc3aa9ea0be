"""`newsbot` as an operator calls it: in this process, which is fast, or in one of its own.

Its working directory is a folder of the test's own, its store `news.db` there, and its environment holds no setting of
the machine that runs the tests.
"""

import gc
import json
import logging
import subprocess
import sys
import zoneinfo
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot.cli import main
from bot.config import SQLITE, Settings

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command left behind: its exit code and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Its output as JSON Lines."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def mistake(self) -> str:
        """The one line on stderr that a mistake is told in, without the command's name."""
        [line] = self.err.splitlines()
        assert line.startswith("newsbot: ")
        assert self.out == ""
        assert not any(word in line for word in ("Usage", "Traceback", "unexpected error"))
        return line.removeprefix("newsbot: ")


class CommandLine:
    """Calls `newsbot` in `folder`; `typed` is what stands on its standard input."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.store = folder / "news.db"
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *arguments: str, typed: str | bytes = "") -> Outcome:
        self._monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(_bytes(typed))))
        code = main(list(arguments))
        captured = self._capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    def set(self, **settings: str) -> None:
        """Settings of the environment."""
        for name, value in settings.items():
            self._monkeypatch.setenv(name, value)

    def write(self, name: str, *articles: dict[str, Any]) -> str:
        """A file of JSON Lines; returns its path."""
        path = self.folder / name
        path.write_text("".join(json.dumps(article) + "\n" for article in articles), encoding="utf-8")
        return str(path)

    def add(self, *articles: dict[str, Any]) -> None:
        """Imports articles of the import form."""
        outcome = self("import", self.write("added.jsonl", *articles))
        assert outcome.code == 0, outcome.err

    def process(self, *arguments: str, typed: str | bytes = "", through: Sequence[str] = ()) -> Outcome:
        """The same in a process of its own, started by the command `through` if one is given."""
        done = subprocess.run(
            [*through, *command(*arguments)], input=_bytes(typed), capture_output=True, timeout=60, check=False
        )
        return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """A process whose input stays open."""
        pipe = subprocess.PIPE
        return subprocess.Popen(command(*arguments), stdin=pipe, stdout=pipe, stderr=pipe)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "bot", *arguments]


@contextmanager
def command_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[CommandLine]:
    """Puts back afterwards what a command sets for its whole process: the log, time zones, what is garbage."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("DATABASE_URL", f"{SQLITE}{folder / 'news.db'}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.chdir(folder)
    root, configured = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    try:
        yield CommandLine(folder, monkeypatch, capsys)
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.configure(**configured)
        zoneinfo.reset_tzpath()
        gc.unfreeze()


def _bytes(typed: str | bytes) -> bytes:
    return typed.encode() if isinstance(typed, str) else typed
