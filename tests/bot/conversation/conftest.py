"""The bot's texts, compiled from what the repository holds, and a person who talks to it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiogram.utils.i18n import I18n

from bot.languages import LOCALES, catalogues
from bot.locales.compile import compile_catalogues
from storage.database import Database
from tests.bot.conversation.talk import Talk


@pytest.fixture(scope="session")
def i18n() -> I18n:
    compile_catalogues(LOCALES)
    return catalogues("ru")


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'news.db'}")
    yield database
    await database.close()


@pytest.fixture
async def talk(db: Database, i18n: I18n) -> Talk:
    return Talk(db, i18n)
