"""The bot's texts, compiled from what the repository holds, and its command line over a store of the test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from aiogram.utils.i18n import I18n

from bot.languages import LOCALES, catalogues
from bot.locales.compile import compile_catalogues
from tests.bot.command_line import CommandLine, command_line


@pytest.fixture(scope="session")
def i18n() -> I18n:
    compile_catalogues(LOCALES)
    return catalogues("ru")


@pytest.fixture
def newsbot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[CommandLine]:
    with command_line(tmp_path, monkeypatch, capsys) as newsbot:
        yield newsbot
