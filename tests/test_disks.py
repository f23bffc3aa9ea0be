"""The bot as a process on a disk that fills up, over a store that is damaged under it, and beside its own backups."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from filelock import FileLock

from storage.turns import lock_path
from tests.disk import Disk, small_disk
from tests.process import TOKEN, newsbot, running, until
from tests.telegram import TelegramServer

pytestmark = pytest.mark.slow

ADMIN = 1001


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramServer]:
    async with TelegramServer(TOKEN) as server:
        server.register(ADMIN)
        yield server
    assert server.violations == []


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path / "disk", megabytes=32) as disk:
        yield disk


def told(telegram: TelegramServer, words: str, chat: int = ADMIN) -> int:
    return sum(words in message.text for message in telegram.messages_to(chat))


async def hears(telegram: TelegramServer, words: str, chat: int = ADMIN, *, times: int = 1) -> None:
    async def has_heard() -> bool:
        return told(telegram, words, chat) >= times

    await until(has_heard)


async def test_a_bot_on_a_full_disk_answers_tells_its_admins_and_goes_on_when_there_is_room(
    telegram: TelegramServer, disk: Disk
) -> None:
    store = disk.folder / "news.db"
    async with running(telegram, store, ADMIN_IDS=str(ADMIN), SEND_RATE="0") as bot:
        telegram.say("/subscribe мелюзга")
        await telegram.wait_for("Новая подписка")
        disk.fill()
        telegram.say("/settings")
        telegram.say("/schedule 9:00")
        await hears(telegram, "На диск больше ничего не записать")
        telegram.say("мелюзга")
        await telegram.wait_for("ничего")
        disk.clear()
        await hears(telegram, "Запись на диск снова работает")
        telegram.say("/schedule 10:00")
        await telegram.wait_for("10:00")
        assert (await bot.stop()).code == 0
    assert told(telegram, "На диск больше ничего не записать") == 1
    assert told(telegram, "Запись на диск снова работает") == 1
    assert '"exception"' not in bot.log


async def test_a_bot_whose_store_is_damaged_stops_and_names_the_way_back(
    telegram: TelegramServer, tmp_path: Path
) -> None:
    store, folder = tmp_path / "news.db", tmp_path / "backups"
    async with running(telegram, store, BACKUP_DIR=str(folder), BACKUP_EVERY="1h") as bot:

        async def is_backed_up() -> bool:
            return bool(list(folder.glob("newsbot-*.db")))

        await until(is_backed_up)
        with FileLock(lock_path(store)), store.open("r+b") as file:
            file.seek(4096)
            file.write(b"\xff" * (store.stat().st_size - 4096))
            file.flush()
            with store.with_name("news.db-wal").open("r+b") as log:
                log.truncate(0)
        telegram.say("/latest")
        finished = await bot.end()
    [backup] = folder.glob("newsbot-*.db")
    assert finished.code == 1
    line = finished.err.splitlines()[-1]
    assert line.startswith(f"newsbot: {store} is damaged: ")
    assert line.endswith(f"newsbot restore {backup}")
    assert (await newsbot("restore", str(backup), database=store)).code == 0
    assert (await newsbot("check", database=store)).code == 0


async def test_a_restore_beside_a_running_bot_is_refused_and_a_backup_is_not(
    telegram: TelegramServer, tmp_path: Path
) -> None:
    store = tmp_path / "news.db"
    async with running(telegram, store) as bot:
        made = await newsbot("backup", "copy.db", database=store)
        refused = await newsbot("restore", "copy.db", database=store)
        assert (await bot.stop()).code == 0
    assert (made.code, refused.code) == (0, 1)
    assert refused.err == f"newsbot: process {bot.pid} already serves {store}; stop it first\n"


async def test_a_bot_waits_for_a_program_that_holds_its_store(telegram: TelegramServer, tmp_path: Path) -> None:
    store = tmp_path / "news.db"
    async with running(telegram, store) as bot:
        telegram.say("/start")
        await telegram.wait_for()
        with closing(sqlite3.connect(store, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            telegram.say("/subscribe мелюзга")
            await asyncio.sleep(11)
            assert not told(telegram, "Новая подписка", chat=telegram.sent[0].chat_id)
            other.execute("COMMIT")
        await telegram.wait_for("Новая подписка")
        assert (await bot.stop()).code == 0
    assert '"level": "error"' not in bot.log
