"""The texts, compiled from what the repository holds; newsroom and command line over a store of the test's own."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiogram.utils.i18n import I18n

from bot.languages import LOCALES, catalogues
from bot.locales.compile import compile_catalogues
from tests.bot.command_line import CommandLine, command_line
from tests.bot.newsroom import Newsroom, newsroom


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


@pytest.fixture
async def room(tmp_path: Path, i18n: I18n) -> AsyncIterator[Newsroom]:
    async with newsroom(tmp_path, i18n) as opened:
        yield opened
