"""A webhook over a dispatcher of the test's own, served on a port of this machine."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import aiohttp
from aiogram import Bot, Dispatcher
from aiogram.types import Message

from bot.intake import Intake
from bot.journal import Journal
from bot.web.serving import listening
from bot.web.webhook import LARGEST_BODY, SECRET_HEADER, Webhook
from tests.bot.newsroom import Newsroom
from tests.storage.builders import NOW
from tests.telegram import TelegramServer

URL = "https://news.example/hook/7"
SECRET = "a-secret_of-ours"
SOON = timedelta(seconds=5)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("", 0))
        return int(probe.getsockname()[1])


class Hooked:
    """What Telegram, or somebody else, sees of a bot that repeats what is said to it."""

    def __init__(self, webhook: Webhook, port: int) -> None:
        self.webhook = webhook
        self.port = port
        self.said: list[str] = []
        self.may_end = asyncio.Event()
        self.may_end.set()

    async def handle(self, message: Message) -> None:
        self.said.append(message.text or "")
        await self.may_end.wait()

    async def call(
        self, *, method: str = "POST", path: str = "/hook/7", secret: str | None = SECRET, **body: Any
    ) -> int:
        """The status that a request is answered with."""
        headers = {} if secret is None else {SECRET_HEADER: secret}
        url = f"http://127.0.0.1:{self.port}{path}"
        async with aiohttp.ClientSession() as http, http.request(method, url, headers=headers, **body) as answer:
            return answer.status


def says(update_id: int, text: str) -> dict[str, Any]:
    chat = {"id": 1, "type": "private", "first_name": "А"}
    return {"update_id": update_id, "message": {"message_id": update_id, "date": 0, "chat": chat, "text": text}}


@asynccontextmanager
async def hooked(bot: Bot, room: Newsroom, telegram: TelegramServer) -> AsyncIterator[Hooked]:
    """A webhook that Telegram has been told of."""
    dispatcher = Dispatcher()
    journal = Journal(room.db, bot.id, clock=lambda: NOW)
    intake = Intake(bot, dispatcher, journal)
    webhook = Webhook(bot, intake, journal, url=URL, secret=SECRET)
    made = Hooked(webhook, free_port())
    dispatcher.message.register(made.handle)
    telegram.webhook.port = made.port
    await intake.recover()
    async with listening(webhook.handle, port=made.port, largest_body=LARGEST_BODY):
        keeping = asyncio.create_task(webhook.keep_up())
        await telegram.world.until(lambda: telegram.webhook.url or None, timeout_s=5)
        try:
            yield made
        finally:
            keeping.cancel()
            made.may_end.set()
            await asyncio.wait([keeping])
            await intake.drain(patience=SOON)
    await journal.close(patience=SOON)
