"""Scheduled backups: when, which are kept, and what becomes of one that fails."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import backup_files
from bot.backups import AGAIN, KEPT, Backups
from storage.database import Database

NOW = datetime(2025, 12, 6, 7, 0, tzinfo=UTC)
DAY = timedelta(days=1)


class Told:
    """Instead of the admins."""

    def __init__(self) -> None:
        self.said: list[Callable[[], str]] = []

    def add(self, say: Callable[[], str]) -> None:
        self.said.append(say)


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'news.db'}")
    yield database
    await database.close()


@pytest.fixture
def told() -> Told:
    return Told()


class Folder:
    """Where backups go."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def holds(self, *files: str) -> None:
        self.path.mkdir()
        for name in files:
            (self.path / name).touch()

    def is_in_the_way(self) -> None:
        self.path.write_text("no folder")

    def is_not(self) -> None:
        self.path.unlink()

    @property
    def names(self) -> list[str]:
        return sorted(path.name for path in self.path.iterdir()) if self.path.exists() else []


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "backups")


@pytest.fixture
def backups(db: Database, told: Told, folder: Folder) -> Backups:
    return Backups(db.path, told, folder=folder.path, every=DAY)  # type: ignore[arg-type]


async def test_one_is_made_as_often_as_is_asked_for_over_restarts_too(
    backups: Backups, db: Database, told: Told, folder: Folder
) -> None:
    for hours in (0, 1, 23):
        await backups.back_up(now=NOW + timedelta(hours=hours))
    assert folder.names == ["newsbot-20251206T070000Z.db"]
    restarted = Backups(db.path, told, folder=folder.path, every=DAY)  # type: ignore[arg-type]
    await restarted.back_up(now=NOW + timedelta(hours=23))
    await restarted.back_up(now=NOW + DAY)
    assert folder.names == ["newsbot-20251206T070000Z.db", "newsbot-20251207T070000Z.db"]
    assert told.said == []


async def test_the_last_seven_are_kept_and_nothing_of_others_is_touched(backups: Backups, folder: Folder) -> None:
    others = ["newsbot.db", "newsbot-old.db", "newsbot-20200101T000000Z.db.gz", "my-newsbot-20200101T000000Z.db"]
    folder.holds(*others, ".newsbot-20200101T000000Z.db.abc_1.part")
    for day in range(10):
        await backups.back_up(now=NOW + day * DAY)
    made = [f"newsbot-202512{day:02}T070000Z.db" for day in range(9, 16)]
    assert len(made) == KEPT
    assert folder.names == sorted([*others, *made])


async def test_a_clock_that_was_wrong_once_puts_off_none(backups: Backups, folder: Folder) -> None:
    await backups.back_up(now=NOW + 3650 * DAY)
    await backups.back_up(now=NOW)
    await backups.back_up(now=NOW + timedelta(hours=1))
    assert folder.names == ["newsbot-20251206T070000Z.db", "newsbot-20351204T070000Z.db"]


async def test_a_failure_is_told_once_and_tried_again(backups: Backups, told: Told, folder: Folder) -> None:
    folder.is_in_the_way()
    for minutes in (0, 1, 9, 10, 20):
        await backups.back_up(now=NOW + timedelta(minutes=minutes))
    assert len(told.said) == 1
    folder.is_not()
    await backups.back_up(now=NOW + timedelta(minutes=29))
    assert folder.names == []
    await backups.back_up(now=NOW + timedelta(minutes=20) + AGAIN)
    assert len(folder.names) == 1


async def test_none_is_begun_when_the_bot_stops_or_wants_none(
    backups: Backups, db: Database, told: Told, folder: Folder
) -> None:
    await Backups(db.path, told, folder=None, every=DAY).back_up(now=NOW)  # type: ignore[arg-type]
    backups.stop()
    await backups.back_up(now=NOW)
    assert folder.names == []


async def test_the_newest_is_known_by_its_name(backups: Backups, folder: Folder) -> None:
    assert backup_files.newest(folder.path) is None
    await backups.back_up(now=NOW)
    await backups.back_up(now=NOW + DAY)
    assert backup_files.newest(folder.path) == folder.path / "newsbot-20251207T070000Z.db"
    assert backup_files.newest(None) is None


async def test_a_folder_that_cannot_be_read_is_told(
    backups: Backups, told: Told, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(backup_files, "found", refuse)
    for minutes in (0, 1):
        await backups.back_up(now=NOW + timedelta(minutes=minutes))
    assert len(told.said) == 1


async def test_backups_of_a_clock_that_was_wrong_go_first(backups: Backups, folder: Folder) -> None:
    for day in range(KEPT):
        await backups.back_up(now=NOW + (3650 + day) * DAY)
    for minutes in (0, 1):
        await backups.back_up(now=NOW + timedelta(minutes=minutes))
    assert folder.names[0] == "newsbot-20251206T070000Z.db"
    assert len(folder.names) == KEPT


async def test_a_clock_set_back_after_a_failure_puts_off_none(backups: Backups, folder: Folder) -> None:
    folder.is_in_the_way()
    await backups.back_up(now=NOW + 3650 * DAY)
    folder.is_not()
    await backups.back_up(now=NOW)
    assert len(folder.names) == 1
