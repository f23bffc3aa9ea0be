"""`newsbot run`: serves Telegram until it is told to stop.

one process a store (a lock) ──▶ Telegram knows us ──▶ ticks, and updates by polling or a webhook
                                                  SIGTERM ──▶ nothing new is taken, handlers and ticks end
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from datetime import timedelta
from typing import Any

import structlog
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramNotFound, TelegramUnauthorizedError

from bot import admins
from bot.alone import alone
from bot.app import App, build
from bot.clock import utc_now
from bot.config import Settings, require_token
from bot.long_polling import InUse, LongPolling, pause_s
from bot.registration import register
from bot.scheduler import Scheduler
from bot.starter import take_starter_sources
from bot.telegram_session import JsonSession
from bot.unreachable import UNREACHABLE
from bot.web.health import Health
from bot.web.metrics import Calls, Metrics
from bot.web.serving import PortError, listening, pages
from bot.web.webhook import LARGEST_BODY, Webhook
from bot.well_formed import well_formed
from storage.database import locate

TICKS = {
    "fetch": timedelta(seconds=2),
    "match": timedelta(seconds=3),
    "merge": timedelta(minutes=1),
    "compose": timedelta(seconds=3),
    "deliver": timedelta(seconds=1),
    "spread": timedelta(seconds=1),
    "tell": timedelta(seconds=5),
    "renew": timedelta(seconds=3),
    # Once a day does something; asked so often, it begins soon after the start.
    "tidy": timedelta(seconds=10),
    "look": timedelta(seconds=5),
    "back_up": timedelta(seconds=30),
}
# What is under way when a stop is asked for may take so long to end: a stop has ten seconds in all.
PATIENCE = timedelta(seconds=4)
LAST_WRITE = timedelta(seconds=1.5)
CHECK_PATIENCE_S = 10
RETRY_S = (1, 2, 5, 10, 30)
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)

log = structlog.get_logger()


class ServeError(Exception):
    """The bot cannot serve; the text says why in one line."""


async def serve(settings: Settings) -> None:
    """Returns when it was told to stop; raises ServeError, ConfigError or DatabaseError where it cannot go on."""
    token = require_token(settings)
    _, path = locate(settings.database_url)
    with alone(path):
        try:
            session, calls = _session(settings), Calls()
            session.middleware(calls)
            async with build(settings, token=token, session=session) as app:
                scheduler = _scheduler(app)
                async with _figures(app, calls, scheduler):
                    with _stop_signals() as stop:
                        app.db.damaged.add_done_callback(lambda _: stop.set())
                        await _until(stop, _prepare(app))
                        await _until(stop, _work(app, scheduler))
                if app.db.damaged.done():
                    raise app.db.damaged.result()
        except PortError as error:
            raise ServeError(str(error)) from error


async def whoami(settings: Settings) -> str:
    """The bot's name, as Telegram knows it; raises ServeError or ConfigError."""
    async with _session(settings) as session:
        bot = Bot(require_token(settings), session=session)
        try:
            return (await bot.get_me(request_timeout=CHECK_PATIENCE_S)).username or ""
        except (TelegramUnauthorizedError, TelegramNotFound) as error:
            raise ServeError("BOT_TOKEN: Telegram does not know this token") from error
        except UNREACHABLE as error:
            raise ServeError(f"out of reach ({type(error).__name__})") from error


@contextmanager
def _stop_signals() -> Iterator[asyncio.Event]:
    """Set by SIGTERM or SIGINT, however often they come."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in STOP_SIGNALS:
            loop.remove_signal_handler(number)


async def _until(stop: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
    """Does the work to its end, or breaks it off at a stop; not begun where that has come already."""
    if stop.is_set():
        work.close()
        return
    asked, working = asyncio.ensure_future(stop.wait()), asyncio.ensure_future(work)
    try:
        await asyncio.wait((asked, working), return_when=asyncio.FIRST_COMPLETED)
    finally:
        asked.cancel()
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working


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
            if not app.settings.webhook_url:
                await app.bot.delete_webhook()
            await register(app.bot, app.i18n, admins=await admins.languages(app.db, app.settings))
        except (TelegramUnauthorizedError, TelegramNotFound) as error:
            raise ServeError("BOT_TOKEN: Telegram does not know this token") from error
        except UNREACHABLE as error:
            wait_s = pause_s(error, attempt, pauses=RETRY_S)
            log.warning("telegram does not answer", error=f"{type(error).__name__}: {error}", retry_in_s=wait_s)
            await asyncio.sleep(wait_s)
        else:
            log.info("serving", bot=me.username, database=str(app.db.path))
            return


def _scheduler(app: App) -> Scheduler:
    ticks = (
        *(app.fetch, app.match, app.merge, app.compose, app.deliver),
        *(app.tell, app.renew, app.tidy, app.look, app.back_up, app.spread),
    )
    return Scheduler({tick.__name__: (TICKS[tick.__name__], tick) for tick in ticks}, failed=app.troubles.note)


async def _work(app: App, scheduler: Scheduler) -> None:
    scheduler.start()
    try:
        await app.intake.recover()
        async with _receiver(app) as receive:
            try:
                await receive()
            finally:
                log.info("stopping")
                app.delivery.stop()
                app.housekeeping.stop()
                app.backups.stop()
                await asyncio.gather(app.intake.drain(patience=PATIENCE), scheduler.stop(patience=PATIENCE))
    except InUse as error:
        raise ServeError("the token is in use elsewhere: another bot asks Telegram for the same updates") from error
    finally:
        await app.journal.close(patience=LAST_WRITE)


@asynccontextmanager
async def _receiver(app: App) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """What brings updates until it is cancelled: a webhook, which answers to the end of the block, or polling."""
    settings = app.settings
    if not settings.webhook_url or not settings.webhook_secret:
        yield LongPolling(app.bot, app.intake, app.journal).run
        return
    secret = settings.webhook_secret.get_secret_value()
    webhook = Webhook(app.bot, app.intake, app.journal, url=settings.webhook_url, secret=secret)
    async with listening(webhook.handle, port=settings.webhook_port, largest_body=LARGEST_BODY):
        yield webhook.keep_up


@asynccontextmanager
async def _figures(app: App, calls: Calls, scheduler: Scheduler) -> AsyncIterator[None]:
    """What the operator may ask, from before Telegram answers to the end."""
    port = app.settings.metrics_port
    health = Health(app.db, is_failing=lambda: app.journal.is_failing)
    metrics = Metrics(app.db, app.intake, calls, scheduler.ended)
    shown = pages({"/healthz": health.handle, "/metrics": metrics.handle})
    async with listening(shown, port=port) if port else nullcontext():
        yield


def _session(settings: Settings) -> AiohttpSession:
    proxy = settings.telegram_proxy
    session = JsonSession(proxy=str(proxy) if proxy else None, json_loads=well_formed)
    if settings.telegram_api_url:
        session.api = TelegramAPIServer.from_base(str(settings.telegram_api_url))
    return session
