"""An outbox over HTTP, for tests of delivery: who is written to, what is put in, and what has become of it."""

from datetime import timedelta
from typing import Any

from aiogram import Bot
from aiogram.utils.i18n import I18n
from sqlalchemy import select

from bot.closed_topics import ClosedTopics
from bot.delivery import Delivery
from bot.pace import Pace
from storage.models import Chat, Part
from storage.schema import outbox
from tests.bot.newsroom import Defaults, Newsroom, put_into_outbox
from tests.telegram import TelegramServer

OTHER = 1002
GROUP = -4001


def deliver(bot: Bot, room: Newsroom, i18n: I18n, *, pace: Pace | None = None, **options: Any) -> Delivery:
    topics, pace = ClosedTopics(Defaults(), i18n), pace or Pace(0)
    return Delivery(bot, room.db, pace=pace, topics=topics, clock=lambda: room.now, chance=lambda: 1.0, **options)


async def enqueue(room: Newsroom, telegram_id: int, *messages: str | Part, thread_id: int = 0) -> Chat:
    return await put_into_outbox(room.db, telegram_id, *messages, thread_id=thread_id, now=room.now)


async def states(room: Newsroom) -> list[str]:
    async with room.db.read() as conn:
        return list((await conn.execute(select(outbox.c.state).order_by(outbox.c.id))).scalars())


def arrived(telegram: TelegramServer) -> list[tuple[int, str]]:
    return [(message.chat_id, message.text) for message in telegram.sent]


async def settle(room: Newsroom, delivery: Delivery, *, after: timedelta = timedelta()) -> None:
    """Lets time pass, and drains the outbox."""
    room.now += after
    await delivery.drain()
