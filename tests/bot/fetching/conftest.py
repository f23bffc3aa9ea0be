"""One worker process for the tests of a module: it takes a while to start."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from bot.fetching import Fetching
from bot.sources.fetch import Fetcher
from bot.sources.reading import Reader
from bot.sources.worker import Parser
from storage.database import Database
from tests.bot.fetching.desk import NOW, Desk, Rules
from tests.web import Names, Web


@pytest_asyncio.fixture(loop_scope="module")
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'news.db'}")
    yield database
    await database.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def parser() -> AsyncIterator[Parser]:
    async with Parser(workers=1) as parser:
        yield parser


@pytest_asyncio.fixture(loop_scope="module")
async def desk(db: Database, parser: Parser) -> AsyncIterator[Desk]:
    names = Names(a_example="127.0.0.1", b_example="127.0.0.1")
    async with Web() as web, Fetcher(allow_private=True, resolver=names) as fetcher:
        reader = Reader(fetcher, parser, telegram_web=web.url)
        desk: Desk | None = None
        fetching = Fetching(db, reader, Rules(), clock=lambda: desk.now if desk else NOW, chance=lambda: 0.0)
        desk = Desk(db, web, fetching)
        yield desk
        await fetching.stop()
