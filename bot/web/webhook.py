"""The webhook: Telegram sends each update to us, and repeats it until we answer 200.

request ──▶ path, method ──▶ secret ──▶ body: size, JSON ──▶ intake ──▶ written ──▶ 200
              404, 405        401        413, 408, 400                   503: again later

The secret is all that is trusted: addresses are those of a proxy.
"""

import asyncio
import hmac
from typing import Final, NoReturn
from urllib.parse import urlsplit

import structlog
from aiogram import Bot
from aiogram.types import WebhookInfo
from aiohttp import web

from bot.intake import IN_FLIGHT, Intake, has_number
from bot.journal import Journal
from bot.long_polling import RETRY_S, pause_s
from bot.unreachable import UNREACHABLE
from bot.well_formed import well_formed

SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
# An update is a few kilobytes; the longest message with the most entities stays far below this.
LARGEST_BODY: Final = 1024 * 1024
BODY_S: Final = 10.0
# How often Telegram is asked whether the webhook is still ours.
WATCH_S: Final = 600.0
# Refused calls are told of so often at the most.
TELL_S: Final = 60.0

log = structlog.get_logger()


class Webhook:
    """`handle` serves it, `keep_up` sets it and watches it until it is cancelled; from then on all get 503."""

    def __init__(self, bot: Bot, intake: Intake, journal: Journal, *, url: str, secret: str) -> None:
        self._bot = bot
        self._intake = intake
        self._journal = journal
        self._url = url
        self._path = urlsplit(url).path.rstrip("/")
        self._secret = secret
        self._stopping = False
        self._refusals = _Refusals()
        self._told_error: object = None

    async def handle(self, request: web.Request) -> web.Response:
        # Whether a proxy in front keeps the last slash is a matter of its settings.
        if request.rel_url.raw_path.rstrip("/") != self._path:
            return web.Response(status=404)
        if request.method != "POST":
            return web.Response(status=405, headers={"Allow": "POST"})
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(errors="surrogateescape"), self._secret.encode()):
            self._refusals.note("wrong secret" if given else "no secret")
            return web.Response(status=401)
        if self._stopping:
            return web.Response(status=503)
        return await self._receive(request)

    async def _receive(self, request: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(BODY_S):
                update = well_formed((await request.read()).decode())
        except web.HTTPRequestEntityTooLarge:
            self._refusals.note("body too large")
            return web.Response(status=413)
        except TimeoutError:
            return web.Response(status=408)
        except (ValueError, RecursionError):
            update = None
        if not has_number(update):
            self._refusals.note("not an update")
            return web.Response(status=400)
        ids = await self._intake.take([update])
        # Unwritten, it is sent again, and known then.
        return web.Response(status=200 if await self._journal.written(ids) else 503)

    async def keep_up(self) -> NoReturn:
        """Sets the webhook, and sets it again where somebody else has changed it."""
        try:
            failures, is_set = 0, False
            while True:
                try:
                    await (self._watch() if is_set else self._set())
                except UNREACHABLE as error:
                    wait_s = pause_s(error, failures, pauses=RETRY_S)
                    failures += 1
                    log.warning("cannot set the webhook", error=f"{type(error).__name__}: {error}", retry_in_s=wait_s)
                    await asyncio.sleep(wait_s)
                else:
                    failures, is_set = 0, True
                    await asyncio.sleep(WATCH_S)
        finally:
            self._stopping = True

    async def _set(self) -> None:
        await self._bot.set_webhook(
            self._url,
            secret_token=self._secret,
            allowed_updates=self._intake.kinds,
            max_connections=IN_FLIGHT,
            drop_pending_updates=False,
        )
        log.info("webhook set", url=self._url)

    async def _watch(self) -> None:
        info = await self._bot.get_webhook_info()
        self._tell(info)
        same_kinds = set(info.allowed_updates or ()) == set(self._intake.kinds)
        if info.url != self._url or not same_kinds or info.max_connections not in (None, IN_FLIGHT):
            log.warning("somebody else changed the webhook, it is set again", url=info.url)
            await self._set()

    def _tell(self, info: WebhookInfo) -> None:
        """What Telegram says of its last failure, once."""
        if info.last_error_date and info.last_error_date != self._told_error:
            self._told_error = info.last_error_date
            waiting = info.pending_update_count
            log.warning("telegram could not deliver", error=info.last_error_message, waiting=waiting)


class _Refusals:
    """Tells of refused calls now and then: whoever makes many fills no log."""

    def __init__(self) -> None:
        self._since_told = 0
        self._told_at: float | None = None

    def note(self, reason: str) -> None:
        self._since_told += 1
        now = asyncio.get_running_loop().time()
        if self._told_at is None or now - self._told_at >= TELL_S:
            log.warning("webhook call refused", reason=reason, calls=self._since_told)
            self._told_at, self._since_told = now, 0
