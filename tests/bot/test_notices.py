"""What became of sources is told to the admins, once."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.enums import ParseMode
from aiogram.utils.i18n import I18n
from structlog.testing import capture_logs

from bot.keyboards import ReviveSource
from bot.notices import SHOWN, Notices
from bot.sources.trouble import Trouble
from storage import chats, feeds, notices
from storage.database import Database
from storage.models import Feed, NoticeKind
from tests.bot.conversation.sources import HOSTILE
from tests.bot.conversation.talk import NOON, Defaults
from tests.telegram import TelegramServer
from tests.telegram_client import client
from tests.telegram_world import SentMessage

ADMIN, OTHER = 1001, 1002


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'news.db'}")
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
def telling(bot: Bot, db: Database, i18n: I18n) -> Notices:
    return Notices(bot, db, Defaults(admin_ids=(ADMIN, OTHER)), i18n)


async def became(db: Database, kind: NoticeKind, title: str = "Report", *, now: datetime = NOON, **said: Any) -> Feed:
    """A source of this name, and what became of it."""
    async with db.write() as conn:
        url = f"https://{len(await feeds.everything(conn))}.az/rss"
        feed, _ = await feeds.add(conn, url=url, title=title, now=now)
        await notices.add(conn, kind, feed, now=now, **said)
    return feed


async def waiting(db: Database) -> int:
    async with db.read() as conn:
        return len(await notices.waiting(conn, limit=100_000))


def told(telegram: TelegramServer, admin: int = ADMIN) -> list[str]:
    return [message.text for message in telegram.messages_to(admin)]


def only(telegram: TelegramServer, admin: int = ADMIN) -> SentMessage:
    [message] = telegram.messages_to(admin)
    return message


async def test_source_that_died_is_told_once_to_every_admin_with_a_way_back(
    telling: Notices, telegram: TelegramServer, db: Database
) -> None:
    feed = await became(db, NoticeKind.DIED, "Report <az>", trouble=Trouble.STATUS.value, detail="503")
    await telling.tell()
    await telling.tell()
    message = only(telegram)
    assert message.text == (
        "⚠ 1 источник не отвечает уже несколько дней. Теперь проверяю его раз в сутки:\n"
        "• Report <az>: сервер отвечает ошибкой 503\n\n"
        "Состояние всех источников: /sourcehealth"
    )
    [revive] = message.buttons
    assert revive.text == "Проверить снова: Report <az>"
    assert revive.callback_data == ReviveSource(id=feed.id, in_place=False).pack()
    assert told(telegram, OTHER) == [message.text]
    assert await waiting(db) == 0


async def test_everything_that_waits_is_one_message_by_kind(
    telling: Notices, telegram: TelegramServer, db: Database
) -> None:
    await became(db, NoticeKind.REVIVED, "Azertac")
    await became(db, NoticeKind.MOVED, "Day.az", detail="https://new.day.az/rss")
    await became(db, NoticeKind.GONE, "Kapital")
    await became(db, NoticeKind.DIED, "Report", trouble=Trouble.DNS.value)
    await became(db, NoticeKind.DIED, "Trend", trouble="something newer")
    await telling.tell()
    message = only(telegram)
    assert message.text.split("\n\n") == [
        "⚠ 2 источника не отвечают уже несколько дней. Теперь проверяю их раз в сутки:\n"
        "• Report: такого сайта нет\n• Trend: его не получается прочитать",
        "⛔ 1 источник закрыт навсегда — так ответил сервер. Больше я его не проверяю:\n• Kapital",
        "➡ 1 источник переехал. Читаю его по новому адресу:\n• Day.az: https://new.day.az/rss",
        "✅ 1 источник снова отвечает:\n• Azertac",
        "Состояние всех источников: /sourcehealth",
    ]
    assert [button.text.removeprefix("Проверить снова: ") for button in message.buttons] == [
        "Kapital",
        "Report",
        "Trend",
    ]


async def test_an_outage_of_everything_is_one_message(telling: Notices, telegram: TelegramServer, db: Database) -> None:
    async with db.write() as conn:
        for number in range(700):
            url = f"https://{number}.az/rss"
            feed, _ = await feeds.add(conn, url=url, title=f"Лента {number}", now=NOON)
            await notices.add(conn, NoticeKind.DIED, feed, now=NOON, trouble=Trouble.CONNECT.value)
    await telling.tell()
    lines = only(telegram).text.splitlines()
    assert lines[0].startswith("⚠ 700 источников не отвечают")
    assert len([line for line in lines if line.startswith("• ")]) == SHOWN
    assert f"и ещё {700 - SHOWN}" in lines
    assert await waiting(db) == 0


async def test_admin_is_told_in_the_language_of_their_chat(
    telling: Notices, telegram: TelegramServer, db: Database
) -> None:
    async with db.write() as conn:
        chat = await chats.ensure(conn, OTHER, telegram_language="ru", now=NOON)
        await chats.change(conn, chat.id, language="en")
    await became(db, NoticeKind.REVIVED)
    await telling.tell()
    assert told(telegram, ADMIN)[0].startswith("✅ 1 источник снова отвечает:")
    assert told(telegram, OTHER)[0].startswith("✅ 1 source answers again:")


@pytest.mark.parametrize("refused", ["blocked", "unknown"])
async def test_admin_who_takes_no_messages_keeps_no_other_from_being_told(
    telling: Notices, telegram: TelegramServer, db: Database, refused: str
) -> None:
    if refused == "blocked":
        telegram.blocked.add(ADMIN)
    else:
        telegram.fail_next("sendMessage", chat_id=ADMIN, status=400, description="Bad Request: chat not found")
    await became(db, NoticeKind.REVIVED)
    with capture_logs() as logs:
        await telling.tell()
    assert [(line["event"], line["admin"]) for line in logs] == [("admin takes no messages", ADMIN)]
    assert told(telegram, ADMIN) == []
    assert len(told(telegram, OTHER)) == 1
    assert await waiting(db) == 0


async def test_where_every_admin_takes_no_messages_the_log_is_told(
    telling: Notices, telegram: TelegramServer, db: Database
) -> None:
    telegram.blocked |= {ADMIN, OTHER}
    await became(db, NoticeKind.DIED, trouble=Trouble.DNS.value)
    with capture_logs() as logs:
        await telling.tell()
    assert [line["became"] for line in logs if "became" in line] == ["died"]
    assert await waiting(db) == 0


@pytest.mark.parametrize(
    "failure", [{"drop": "before"}, {"status": 502, "body": "<html>"}, {"status": 429}], ids=["drop", "502", "429"]
)
async def test_network_failure_leaves_the_news_for_the_next_turn_and_tells_nobody_twice(
    telling: Notices, telegram: TelegramServer, db: Database, failure: dict[str, Any]
) -> None:
    telegram.fail_next("sendMessage", chat_id=OTHER, times=2, **failure)
    await became(db, NoticeKind.REVIVED, "Azertac")
    await telling.tell()
    assert await waiting(db) == 1
    await became(db, NoticeKind.REVIVED, "Report")
    await telling.tell()
    assert (len(told(telegram, ADMIN)), len(told(telegram, OTHER))) == (2, 0)
    await telling.tell()
    assert "Azertac" in told(telegram, ADMIN)[0]
    assert "Azertac" not in told(telegram, ADMIN)[1]
    [late] = told(telegram, OTHER)
    assert late.startswith("✅ 2 источника снова отвечают:\n• Azertac\n• Report")
    assert await waiting(db) == 0


async def test_without_admins_the_log_is_told(bot: Bot, telegram: TelegramServer, db: Database, i18n: I18n) -> None:
    await became(db, NoticeKind.DIED, trouble=Trouble.STATUS.value, detail="503")
    with capture_logs() as logs:
        await Notices(bot, db, Defaults(), i18n).tell()
    [line] = logs
    assert (line["log_level"], line["became"], line["source"]) == ("warning", "died", "Report")
    assert (line["url"], line["trouble"]) == ("https://0.az/rss", "status")
    assert telegram.sent == []
    assert await waiting(db) == 0


async def test_nothing_waiting_costs_no_write(
    telling: Notices, telegram: TelegramServer, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write() -> None:
        raise AssertionError("there is nothing to tell")

    monkeypatch.setattr(db, "write", write)
    await telling.tell()
    assert telegram.calls == []


@pytest.mark.parametrize("title", HOSTILE)
async def test_strange_names_break_no_message(
    telling: Notices, telegram: TelegramServer, db: Database, title: str
) -> None:
    title = title.encode(errors="replace").decode()
    for number in range(10 * len(NoticeKind)):
        kind = list(NoticeKind)[number % len(NoticeKind)]
        detail = f"https://a.az/{'ы' * 3000}" if kind is NoticeKind.MOVED else title
        await became(db, kind, title, trouble=Trouble.STATUS.value, detail=detail)
    await telling.tell()
    message = only(telegram)
    assert len(message.buttons) == 8
    assert await waiting(db) == 0
