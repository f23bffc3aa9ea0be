"""`newsbot run` inside the test's process: as it is set up, begun, and ended by what an operator would send."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.config import Settings, load
from bot.serve import serve
from tests.process import NOWHERE
from tests.telegram import TelegramServer


def configured(telegram: TelegramServer, path: Path, **settings: Any) -> Settings:
    url = f"sqlite+aiosqlite:///{path}"
    known = {"bot_token": telegram.token, "telegram_api_url": telegram.url, "database_url": url}
    # The starter list is taken, and asked for nowhere.
    return load(**known | {"source_proxy": NOWHERE} | settings)


@asynccontextmanager
async def serving(settings: Settings, telegram: TelegramServer) -> AsyncIterator[asyncio.Task[None]]:
    """A bot that polls, or has set its webhook; it is stopped at the end."""
    asks = "setWebhook" if settings.webhook_url else "getUpdates"
    before = sum(call.method == asks for call in telegram.calls)
    bot = asyncio.create_task(serve(settings))
    await called(telegram, asks, times=before + 1)
    try:
        yield bot
    finally:
        if not bot.done():
            stop()
        await bot


async def called(telegram: TelegramServer, method: str, times: int = 1) -> None:
    def has_come() -> bool | None:
        return sum(call.method == method for call in telegram.calls) >= times or None

    await telegram.world.until(has_come, timeout_s=10)


def stop() -> None:
    # Without a handler the signal would end the tests.
    assert callable(signal.getsignal(signal.SIGTERM))
    os.kill(os.getpid(), signal.SIGTERM)
