"""Polling: what is written is confirmed, what is not is asked for again, and trouble makes pauses."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from aiogram import Bot, Dispatcher
from aiogram.types import Message
from structlog.testing import capture_logs

from bot import long_polling
from bot.intake import Intake
from bot.journal import Journal
from bot.long_polling import InUse, LongPolling
from tests.bot.newsroom import Newsroom
from tests.process import busy
from tests.storage.builders import NOW
from tests.telegram import TelegramServer
from tests.telegram_client import client


@pytest.fixture
async def bot(telegram: TelegramServer) -> AsyncIterator[Bot]:
    async with client(telegram) as bot:
        yield bot


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_polling, "PEEK_S", 0.05)
    monkeypatch.setattr(long_polling, "RETRY_S", (0.01,))


def echo() -> Dispatcher:
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def answer(message: Message) -> None:
        await message.answer(message.text or "")

    return dispatcher


@asynccontextmanager
async def polling(bot: Bot, room: Newsroom) -> AsyncIterator[asyncio.Task[Any]]:
    journal = Journal(room.db, bot.id, clock=lambda: NOW)
    intake = Intake(bot, echo(), journal)
    await intake.recover()
    task = asyncio.create_task(LongPolling(bot, intake, journal).run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])
        await intake.drain(patience=timedelta(seconds=5))
        await journal.close(patience=timedelta(seconds=5))


async def test_what_is_answered_is_confirmed_and_only_what_is_used_asked_for(
    telegram: TelegramServer, bot: Bot, room: Newsroom
) -> None:
    async with polling(bot, room):
        telegram.say("раз")
        await telegram.wait_for("раз")
        telegram.say("два")
        await telegram.wait_for("два")
        await telegram.confirmed()
    assert telegram.updates.allowed == {"message"}
    assert [message.text for message in telegram.sent] == ["раз", "два"]


async def test_while_the_store_is_busy_answers_come_and_nothing_is_confirmed(
    telegram: TelegramServer, bot: Bot, room: Newsroom
) -> None:
    async with polling(bot, room):
        async with busy(room.db.path):
            for text in ("раз", "два", "три"):
                telegram.say(text)
                await telegram.wait_for(text, timeout_s=2)
            assert len(telegram.updates.pending) == 3
        await telegram.confirmed()
    assert [message.text for message in telegram.sent] == ["раз", "два", "три"]


async def test_one_update_that_cannot_be_read_hinders_no_other(
    telegram: TelegramServer, bot: Bot, room: Newsroom
) -> None:
    async with polling(bot, room):
        telegram.push("message", {"message_id": "none"})
        telegram.say("раз")
        await telegram.wait_for("раз")
        await telegram.confirmed()


async def test_trouble_is_logged_and_passes(telegram: TelegramServer, bot: Bot, room: Newsroom) -> None:
    telegram.fail_next("getUpdates", status=502, body="<html>Bad Gateway</html>")
    telegram.fail_next("getUpdates", status=429, parameters={"retry_after": 0})
    telegram.fail_next("getUpdates", drop="after")
    telegram.fail_next("getUpdates", body="[]", status=200)
    with capture_logs() as logs:
        async with polling(bot, room):
            telegram.say("раз")
            await telegram.wait_for("раз")
    assert [line["event"] for line in logs] == ["cannot fetch updates"] * 4 + ["telegram answers again"]


async def test_conflicts_in_a_row_end_it(telegram: TelegramServer, bot: Bot, room: Newsroom) -> None:
    telegram.fail_next("getUpdates", status=409, times=2)
    async with polling(bot, room) as task:
        telegram.say("раз")
        await telegram.wait_for("раз")
        await telegram.confirmed()
        telegram.fail_next("getUpdates", status=409, times=3)
        telegram.say("два")
        with pytest.raises(InUse):
            await asyncio.wait_for(task, timeout=10)
