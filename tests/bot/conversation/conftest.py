"""A person who talks to the bot over an empty store."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiogram.utils.i18n import I18n

from storage.database import Database
from tests.bot.conversation.talk import Talk


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'news.db'}")
    yield database
    await database.close()


@pytest.fixture
async def talk(db: Database, i18n: I18n) -> Talk:
    return Talk(db, i18n)
