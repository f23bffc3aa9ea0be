"""Clients of the test server inside the test process: aiogram's, as the bot uses it, and a bare one."""

from collections.abc import Awaitable
from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramAPIError

from bot.telegram_session import JsonSession
from tests.telegram import TelegramServer


class PlainSession(JsonSession):
    """The bot's session without the quarter of a second it gives TLS connections to close."""

    async def close(self) -> None:
        if self._session:
            await self._session.close()


def client(telegram: TelegramServer, token: str | None = None) -> Bot:
    """A bot of the test server, with its token unless another is given; use it as a context manager."""
    session = PlainSession(api=TelegramAPIServer.from_base(telegram.url), timeout=5)
    return Bot(token or telegram.token, session=session)


async def refusal(call: Awaitable[Any]) -> str:
    """The description with which Telegram refuses what `call` asks."""
    with pytest.raises(TelegramAPIError) as refused:
        await call
    return refused.value.message


async def post(telegram: TelegramServer, method: str, **params: Any) -> tuple[int, Any]:
    """Status and JSON of a request whose parameters aiogram would not let through."""
    url = f"{telegram.url}/bot{telegram.token}/{method}"
    async with aiohttp.ClientSession() as http, http.post(url, json=params) as answer:
        return answer.status, await answer.json()
