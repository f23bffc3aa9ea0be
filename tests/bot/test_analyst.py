"""A process that analyses for an import: it says what the import itself would, and nothing depends on it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot import analyst as analysts
from bot.analyst import Analyst
from storage import articles
from storage.models import Draft
from tests.bot.command_line import CommandLine
from tests.bot.operations.articles import ENERGY, FOOTBALL, SUMMIT, counts, lines

DRAFTS = [
    Draft(
        title="Казахстан открыл коридор", text="Поезда пошли через Каспий. Министр назвал сроки.", url="https://a.az/1"
    ),
    Draft(title="Prezident İlham Əliyev Bakıda", text="Görüş keçirilib.", language="az"),
    Draft(title="", text="\ud800 😀 \u202eабв <b", guid="1"),
]


@pytest.fixture
def analyst(monkeypatch: pytest.MonkeyPatch) -> Iterator[Analyst]:
    monkeypatch.setattr(analysts, "processors", lambda: 2)
    with Analyst() as made:
        yield made


def pid_of(analyst: Analyst) -> int:
    assert analyst._pool
    return int(analyst._pool.schedule(os.getpid).result())


def test_what_it_says_is_what_the_import_itself_would(analyst: Analyst) -> None:
    assert list(analyst.analyse(DRAFTS)) == articles.analyse(DRAFTS)
    assert pid_of(analyst) != os.getpid()


def test_killed_it_leaves_the_import_to_itself(analyst: Analyst) -> None:
    analyst.analyse(DRAFTS)
    os.kill(pid_of(analyst), signal.SIGKILL)
    assert list(analyst.analyse(DRAFTS)) == articles.analyse(DRAFTS)
    assert list(analyst.analyse(DRAFTS[:1])) == articles.analyse(DRAFTS[:1])


def test_on_one_processor_there_is_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analysts, "processors", lambda: 1)
    with Analyst() as alone:
        assert list(alone.analyse(DRAFTS)) == articles.analyse(DRAFTS)
        assert alone._pool is None


def test_what_comes_after_the_first_thousand_is_analysed_there(
    newsbot: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analysts, "processors", lambda: 2)
    monkeypatch.setattr("bot.operations.FIRST", 2)
    monkeypatch.setattr("bot.operations.TAKEN", 2)
    own, analyse = [], articles.analyse

    def watch(drafts: object) -> object:
        own.extend(found := analyse(drafts))  # type: ignore[arg-type]
        return found

    monkeypatch.setattr(articles, "analyse", watch)
    outcome = newsbot("import", "-", typed=lines(SUMMIT, FOOTBALL, ENERGY))
    assert counts(outcome) == "imported 3, already known 0, refused 0"
    assert [one.draft.title for one in own] == [SUMMIT["title"], FOOTBALL["title"]]
    assert [row["title"] for row in newsbot("search", "--json", ENERGY["title"].split()[0]).rows] == [ENERGY["title"]]


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_it_ends_with_the_import(tmp_path: Path, end: signal.Signals) -> None:
    log, script = tmp_path / "log", tmp_path / "program.py"
    script.write_text(
        f"""
import os, time
from pathlib import Path
from bot import analyst
from storage.models import Draft

if __name__ == "__main__":
    analyst.processors = lambda: 2
    with analyst.Analyst() as made:
        made.analyse([Draft(title="Саммит")])
        Path({str(log)!r}).write_text(str(made._pool.schedule(os.getpid).result()))
        time.sleep(60)
"""
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen([sys.executable, str(script)], env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            _wait(lambda: log.exists() and bool(log.read_text()))
            process.send_signal(end)
            process.wait(30)
        finally:
            process.kill()
    pid = int(log.read_text())
    _wait(lambda: not Path(f"/proc/{pid}").exists() if Path("/proc").is_dir() else True)


def _wait(reached: Callable[[], bool], *, patience_s: float = 60) -> None:
    end = time.monotonic() + patience_s
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.02)
