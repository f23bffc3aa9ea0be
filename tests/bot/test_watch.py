"""A disk that is full: admins are told once, and once when it is over; nothing is lost, and searches go on."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.enums import ParseMode
from aiogram.utils.i18n import I18n
from sqlalchemy import text

from bot.admins import Announcements
from bot.watch import Watch
from storage.database import Database
from storage.errors import FullError
from tests.bot.conversation.talk import Defaults, Talk, draft
from tests.disk import Disk, small_disk
from tests.telegram import TelegramServer
from tests.telegram_client import client

ADMIN, OTHER = 1001, 1002


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path / "disk", megabytes=8) as disk:
        yield disk


@pytest.fixture
async def db(disk: Disk) -> AsyncIterator[Database]:
    database = await Database.open(f"sqlite+aiosqlite:///{disk.folder / 'news.db'}")
    yield database
    await database.close()


@pytest.fixture
async def bot(telegram: TelegramServer) -> AsyncIterator[Bot]:
    for admin in (ADMIN, OTHER):
        telegram.register(admin)
    async with client(telegram) as made:
        made.default = DefaultBotProperties(parse_mode=ParseMode.HTML, link_preview_is_disabled=True)
        yield made


@pytest.fixture
def watch(bot: Bot, db: Database, i18n: I18n) -> Watch:
    return Watch(db, Announcements(bot, db, Defaults(admin_ids=(ADMIN, OTHER)), i18n), room=1 << 20)


async def write(db: Database, size: int) -> None:
    async with db.write() as conn:
        await conn.execute(text("CREATE TABLE IF NOT EXISTS large (filler BLOB)"))
        await conn.execute(text("INSERT INTO large VALUES (zeroblob(:size))"), {"size": size})


def told(telegram: TelegramServer, admin: int = ADMIN) -> list[str]:
    return [message.text.partition(".")[0] for message in telegram.messages_to(admin)]


async def test_admins_are_told_once_and_once_when_it_is_over(
    watch: Watch, db: Database, disk: Disk, telegram: TelegramServer
) -> None:
    await watch.look()
    disk.fill()
    with pytest.raises(FullError, match=r"nothing can be written to .*news\.db: .*(full|I/O)"):
        await write(db, 1 << 20)
    for _turn in range(3):
        await watch.look()
    assert told(telegram) == told(telegram, OTHER) == ["⚠ На диск больше ничего не записать"]
    disk.clear()
    for _turn in range(3):
        await watch.look()
    assert told(telegram) == ["⚠ На диск больше ничего не записать", "✅ Запись на диск снова работает"]
    await write(db, 1 << 20)
    assert not list(disk.folder.glob("*.probe"))


async def test_it_is_not_over_where_a_small_write_succeeds(
    watch: Watch, db: Database, disk: Disk, telegram: TelegramServer
) -> None:
    disk.fill(but=64 << 10)
    with pytest.raises(FullError):
        await write(db, 1 << 20)
    for _turn in range(3):
        await watch.look()
    async with db.write() as conn:
        await conn.execute(text("UPDATE alembic_version SET version_num = version_num"))
    await watch.look()
    assert len(told(telegram)) == 1


async def test_who_could_not_be_reached_is_told_later_and_nobody_twice(
    watch: Watch, db: Database, disk: Disk, telegram: TelegramServer
) -> None:
    telegram.fail_next("sendMessage", status=502, body="<html>")
    disk.fill()
    with pytest.raises(FullError):
        await write(db, 1 << 20)
    for _turn in range(3):
        await watch.look()
    assert len(told(telegram)) == len(told(telegram, OTHER)) == 1


async def test_a_failed_write_leaves_what_was_there(db: Database, disk: Disk) -> None:
    await write(db, 1000)
    disk.fill()
    for _turn in range(3):
        with pytest.raises(FullError):
            await write(db, 2 << 20)
    async with db.read() as conn:
        assert (await conn.execute(text("SELECT count(*) FROM large"))).scalar_one() == 1
        assert (await conn.execute(text("PRAGMA integrity_check"))).scalar_one() == "ok"
    disk.clear()
    await write(db, 2 << 20)


async def test_searches_are_answered_and_changes_say_why_not(db: Database, disk: Disk, i18n: I18n) -> None:
    known, stranger = Talk(db, i18n), Talk(db, i18n)
    stranger.person.user_id = 8
    await known.publish([draft("Саммит в Баку")])
    await known.say("/start")
    await _fill_all(db, disk)
    for talk in (known, stranger):
        answer: Any = await talk.say("баку")
        assert "Саммит в Баку" in answer[0].text
        [refusal] = await talk.say("/subscribe баку")
        assert refusal.text.startswith("Сейчас я не могу ничего сохранить: на моём диске нет места.")
    disk.clear()
    assert (await stranger.say("/subscribe баку"))[0].text.startswith("Новая подписка")


async def _fill_all(db: Database, disk: Disk) -> None:
    """The log of writes too, in which there may be room."""
    await db.empty_log()
    disk.fill()
