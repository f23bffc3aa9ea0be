"""An empty store, migrated once and copied for each test that writes."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from filelock import FileLock

from storage.database import Database
from storage.migrations import upgrade
from storage.turns import lock_path
from tests.storage.builders import put
from tests.storage.news import NEWS


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a migrated store without a row; to be copied, never opened."""
    path = tmp_path_factory.mktemp("store") / "empty.db"
    upgrade(path, FileLock(lock_path(path)))
    return path


@pytest.fixture
def store_path(empty_store: Path, tmp_path: Path) -> Path:
    """The file of a store of the test's own."""
    return shutil.copyfile(empty_store, tmp_path / "news.db")


@pytest.fixture
async def database(store_path: Path) -> AsyncIterator[Database]:
    """A store of the test's own, open."""
    opened = await Database.open(f"sqlite+aiosqlite:///{store_path}")
    yield opened
    await opened.close()


@pytest.fixture
async def news(database: Database) -> Database:
    """A store of a few articles in four languages."""
    await put(database, *NEWS)
    return database
