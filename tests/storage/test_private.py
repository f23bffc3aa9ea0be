"""The store's files are for their owner alone."""

import os
import stat
from pathlib import Path

import pytest

from storage import private
from storage.database import Database
from tests.storage.builders import draft, put


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


@pytest.fixture(autouse=True)
def _open_handed() -> object:
    """The process lets others read what it makes, as most do."""
    before = os.umask(0o022)
    yield
    os.umask(before)


async def test_a_new_store_is_for_its_owner_alone(tmp_path: Path) -> None:
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'news.db'}")
    await put(database, draft("Саммит"))
    made = modes(tmp_path)
    await database.close()
    assert made == dict.fromkeys(("news.db", "news.db-wal", "news.db-shm", "news.db.lock", "news.db.next"), 0o600)


async def test_a_store_of_before_is_tightened_when_it_is_opened(store_path: Path) -> None:
    lock = store_path.with_name("news.db.lock")
    lock.touch()
    for file, mode in ((store_path, 0o664), (lock, 0o644)):
        file.chmod(mode)
    database = await Database.open(f"sqlite+aiosqlite:///{store_path}")
    await put(database, draft("Саммит"))
    made = modes(store_path.parent)
    await database.close()
    assert set(made.values()) == {0o600}


def test_what_belongs_to_others_is_let_alone(store_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store_path.chmod(0o644)
    monkeypatch.setattr(os, "geteuid", lambda: store_path.stat().st_uid + 1)
    private.tighten(store_path)
    assert modes(store_path.parent) == {"news.db": 0o644}
