"""The texts, compiled from what the repository holds; newsroom and command line over a store of the test's own."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiogram import Bot
from aiogram.utils.i18n import I18n

from bot.delivery import Delivery
from bot.languages import LOCALES, catalogues
from bot.locales.compile import compile_catalogues
from tests.bot.command_line import CommandLine, command_line
from tests.bot.delivering import GROUP, OTHER, deliver
from tests.bot.newsroom import READER, Newsroom, newsroom
from tests.telegram import TelegramServer
from tests.telegram_client import client


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


@pytest.fixture
async def bot(telegram: TelegramServer) -> AsyncIterator[Bot]:
    """Of a Telegram that knows two readers and a group."""
    for chat in (READER, OTHER):
        telegram.register(chat)
    telegram.register(GROUP, type="group")
    async with client(telegram) as made:
        yield made


@pytest.fixture
def delivery(bot: Bot, room: Newsroom, i18n: I18n) -> Delivery:
    return deliver(bot, room, i18n)
