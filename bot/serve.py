"""`newsbot run`: serves Telegram until it is told to stop.

one process a store (a lock) ──▶ Telegram knows us ──▶ ticks and long polling ──▶ SIGTERM: handlers and ticks end
"""

import asyncio
import json
import os
import signal
from collections.abc import Awaitable, Callable, Iterator, Set
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    AiogramError,
    TelegramConflictError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import GetUpdates, Response, TelegramMethod
from aiogram.methods.base import TelegramType
from filelock import FileLock, Timeout

from bot import admins, commands
from bot.app import App, build
from bot.clock import utc_now
from bot.config import Settings, ignored, require_token
from bot.scheduler import Scheduler
from bot.starter import take_starter_sources
from storage.database import locate

TICKS = {
    "fetch": timedelta(seconds=2),
    "match": timedelta(seconds=3),
    "merge": timedelta(minutes=1),
    "compose": timedelta(seconds=3),
    "deliver": timedelta(seconds=1),
    "tell": timedelta(seconds=5),
    "renew": timedelta(seconds=3),
    # Once a day does something; asked so often, it begins soon after the start.
    "tidy": timedelta(seconds=10),
}
# What is under way when a stop is asked for may take so long to end: a stop has ten seconds in all.
PATIENCE = timedelta(seconds=4)
# The poll of a bot that was killed is ended by ours with one conflict; a second bot makes them come again and again.
CONFLICTS = 3
CHECK_PATIENCE_S = 10
RETRY_S = (1, 2, 5, 10, 30)
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)

log = structlog.get_logger()


class ServeError(Exception):
    """The bot cannot serve; the text says why in one line."""


async def serve(settings: Settings) -> None:
    """Returns when it was told to stop; raises ServeError or ConfigError where it cannot go on."""
    token = require_token(settings)
    for name in ignored(settings):
        log.warning("setting has no effect in this version", setting=name)
    _, path = locate(settings.database_url)
    with _only_one(path):
        session = _session(settings)
        watch = _Watch()
        session.middleware(watch)
        async with build(settings, token=token, session=session) as app:
            watch.stop = app.dispatcher.stop_polling
            if await _unless_stopped(_prepare(app)):
                await _work(app)
    if watch.conflicts >= CONFLICTS:
        raise ServeError("the token is in use elsewhere: another bot asks Telegram for the same updates")


async def whoami(settings: Settings) -> str:
    """The bot's name, as Telegram knows it; raises ServeError or ConfigError."""
    async with _session(settings) as session:
        bot = Bot(require_token(settings), session=session)
        try:
            return (await bot.get_me(request_timeout=CHECK_PATIENCE_S)).username or ""
        except (TelegramUnauthorizedError, TelegramNotFound) as error:
            raise ServeError("BOT_TOKEN: Telegram does not know this token") from error
        except (AiogramError, OSError, ValueError, TimeoutError) as error:
            raise ServeError(f"out of reach ({type(error).__name__})") from error


async def _unless_stopped(work: Awaitable[None]) -> bool:
    """Does the work; False where it was broken off by SIGTERM or SIGINT, which aiogram takes over once it polls."""
    loop = asyncio.get_running_loop()
    limit = asyncio.timeout(None)
    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, lambda: limit.reschedule(loop.time()))
    try:
        async with limit:
            await work
    except TimeoutError:
        if not limit.expired():
            raise
    finally:
        for number in STOP_SIGNALS:
            loop.remove_signal_handler(number)
    return not limit.expired()


async def _prepare(app: App) -> None:
    await _introduce(app)
    await app.fetching.begin(now=utc_now())
    if taken := await take_starter_sources(app.db, now=utc_now()):
        log.info("starter list taken, since there were no sources", sources=taken)


async def _introduce(app: App) -> None:
    """Waits until Telegram answers, and tells it our menu."""
    for attempt in range(1_000_000):
        try:
            me = await app.bot.me()
            await app.bot.delete_webhook()
            await commands.register(app.bot, app.i18n, admins=await admins.languages(app.db, app.settings))
        except (TelegramUnauthorizedError, TelegramNotFound) as error:
            raise ServeError("BOT_TOKEN: Telegram does not know this token") from error
        except (AiogramError, OSError, ValueError, TimeoutError) as error:
            wait_s = _wait_s(error, attempt)
            log.warning("telegram does not answer", error=f"{type(error).__name__}: {error}", retry_in_s=wait_s)
            await asyncio.sleep(wait_s)
        else:
            log.info("serving", bot=me.username, database=str(app.db.path))
            return


async def _work(app: App) -> None:
    ticks = (app.fetch, app.match, app.merge, app.compose, app.deliver, app.tell, app.renew, app.tidy)
    scheduler = Scheduler({tick.__name__: (TICKS[tick.__name__], tick) for tick in ticks})
    scheduler.start()
    try:
        await app.dispatcher.start_polling(app.bot, close_bot_session=False, tasks_concurrency_limit=100)
    finally:
        log.info("stopping")
        app.delivery.stop()
        app.housekeeping.stop()
        # aiogram knows the updates it hands out, but does not wait for them; no middleware sees them that early.
        await asyncio.gather(_finish(app.dispatcher._handle_update_tasks), scheduler.stop(patience=PATIENCE))


async def _finish(updates: Set[asyncio.Task[Any]]) -> None:
    """Waits for what is being handled, and breaks off what takes too long."""
    if not updates:
        return
    _, late = await asyncio.wait(updates, timeout=PATIENCE.total_seconds())
    for task in late:
        task.cancel()
    if late:
        log.warning("updates broken off", updates=len(late))
        await asyncio.wait(late)


def _wait_s(error: Exception, attempt: int) -> float:
    if isinstance(error, TelegramRetryAfter):
        return error.retry_after
    return RETRY_S[min(attempt, len(RETRY_S) - 1)]


def _session(settings: Settings) -> AiohttpSession:
    proxy = settings.telegram_proxy
    session = AiohttpSession(proxy=str(proxy)) if proxy else AiohttpSession()
    if settings.telegram_api_url:
        session.api = TelegramAPIServer.from_base(str(settings.telegram_api_url))
    return session


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """Holds the store for this bot alone; raises ServeError where another one runs."""
    lock, note = FileLock(f"{path}.run.lock"), Path(f"{path}.run")
    try:
        lock.acquire(blocking=False)
    except Timeout as error:
        raise ServeError(f"{_holder(note)} already serves {path}") from error
    try:
        note.write_text(json.dumps({"pid": os.getpid()}))
        yield
    finally:
        note.unlink(missing_ok=True)
        lock.release()


def _holder(note: Path) -> str:
    try:
        return f"process {json.loads(note.read_text())['pid']}"
    except (OSError, ValueError, KeyError):
        return "another process"


class _Watch(BaseRequestMiddleware):
    """Counts conflicts in a row and stops the polling when they don't end."""

    def __init__(self) -> None:
        self.conflicts = 0
        self.stop: Callable[[], Awaitable[None]] | None = None

    async def __call__(
        self, make_request: NextRequestMiddlewareType[TelegramType], bot: Bot, method: TelegramMethod[TelegramType]
    ) -> Response[TelegramType]:
        try:
            response = await make_request(bot, method)
        except TelegramConflictError:
            self.conflicts += 1
            if self.conflicts == CONFLICTS and self.stop:
                asyncio.get_running_loop().call_soon(self._stop_soon)
            raise
        if isinstance(method, GetUpdates):
            self.conflicts = 0
        return response

    def _stop_soon(self) -> None:
        assert self.stop is not None
        self._stopping = asyncio.ensure_future(self.stop())
