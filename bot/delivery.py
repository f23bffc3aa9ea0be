"""The deliver tick: drains the outbox at Telegram's pace.

    claim (a write) ──▶ send, no transaction open ──▶ outcome ──▶ settle (a write)
                          ▲    │
                          └────┘ without what Telegram refuses: its HTML, its buttons, its picture

A send whose answer was lost is tried again: composed once, delivered at least once.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    AiogramError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramRetryAfter,
)
from aiogram.types import InlineKeyboardMarkup, LinkPreviewOptions
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import TEXT_LIMIT, clip, plain
from storage import chats, outbox
from storage.database import Database
from storage.errors import DatabaseError
from storage.models import Message

# In flight at once: what a crash leaves in doubt.
IN_FLIGHT = 8
# While sends are under way, the outbox is looked into as often as by the tick.
LOOK_AGAIN_S = 1.0
# Doubles with every attempt, up to the longest.
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=10)
# What Telegram says of a place where nothing may be written now, though the message is well formed.
CLOSED = (
    "chat not found",
    "not enough rights",
    "have no rights",
    "need administrator rights",
    "CHAT_WRITE_FORBIDDEN",
    "TOPIC_CLOSED",
    "TOPIC_DELETED",
    "message thread not found",
)

# What it says of HTML, of buttons and of pictures that it does not take.
BAD_HTML = ("can't parse entities",)
BAD_BUTTONS = ("BUTTON_", "keyboard", "reply markup", "REPLY_MARKUP")
BAD_PREVIEW = ("WEBPAGE", "WEB_PAGE", "link preview", "LINK_PREVIEW")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Form:
    """How a message is sent."""

    html: bool
    buttons: str | None
    preview: str | None

    def simpler(self, refusal: str) -> "Form | None":
        """Without what Telegram refused; None where that is something else."""
        if self.html and any(words in refusal for words in BAD_HTML):
            return replace(self, html=False)
        if self.buttons and any(words in refusal for words in BAD_BUTTONS):
            return replace(self, buttons=None)
        if self.preview and any(words in refusal for words in BAD_PREVIEW):
            return replace(self, preview=None)
        return None


@dataclass(frozen=True, slots=True)
class Sent:
    """Telegram has it."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Telegram will never take this message."""

    error: str


@dataclass(frozen=True, slots=True)
class Asleep:
    """Telegram takes nothing for this chat until it writes again; then the message is sent."""

    error: str


@dataclass(frozen=True, slots=True)
class Later:
    """Not sent, or nobody can tell; `moved_to` is the group's new id where it has one."""

    error: str
    wait: timedelta
    moved_to: int | None = None


Outcome = Sent | Refused | Asleep | Later


class Delivery:
    """Sends what the outbox holds; `rate` is messages a second over all chats, 0 for no limit."""

    def __init__(
        self, bot: Bot, db: Database, *, rate: float, clock: Callable[[], datetime], only: int | None = None
    ) -> None:
        self._bot = bot
        self._db = db
        self._clock = clock
        self._only = only
        self._pace = _Pace(rate)
        self._stopped = False
        self._unsettled: list[tuple[Message, Outcome]] = []

    def stop(self) -> None:
        """Claims nothing more; what has been claimed is sent."""
        self._stopped = True

    async def recover(self) -> None:
        """Frees what an interrupted run had claimed; to be called once, before the first drain."""
        async with self._db.write() as conn:
            freed = await outbox.recover(conn, only=self._only)
        if freed:
            log.warning("interrupted sends are tried again", messages=freed)

    async def drain(self, *, only: int | None = None) -> int:
        """Sends all that may be sent now, to one Telegram chat or to all; returns the number of attempts.

        A send that takes long holds up its own chat alone: what comes meanwhile is claimed in the places left.
        """
        await self._settle_again()
        attempts, under_way = 0, set[asyncio.Task[None]]()
        async with asyncio.TaskGroup() as group:
            while True:
                claimed = await self._claim(self._only if only is None else only, limit=IN_FLIGHT - len(under_way))
                attempts += len(claimed)
                under_way |= {group.create_task(self._deliver(message)) for message in claimed}
                if not under_way:
                    return attempts
                _, under_way = await asyncio.wait(under_way, timeout=LOOK_AGAIN_S, return_when=asyncio.FIRST_COMPLETED)

    async def _claim(self, only: int | None, *, limit: int) -> list[Message]:
        if self._stopped or not limit:
            return []
        async with self._db.read() as conn:
            if not await outbox.has_pending(conn, now=self._clock(), only=only):
                return []
        async with self._db.write() as conn:
            return await outbox.claim(conn, now=self._clock(), limit=limit, only=only)

    async def _deliver(self, message: Message) -> None:
        outcome: Outcome = Later("interrupted", timedelta(0))
        try:
            await self._pace.wait()
            outcome = await self._send(message)
            async with self._db.write() as conn:
                await self._settle(conn, message, outcome)
        except BaseException:
            # Its row says that it is being sent: unless that is set right, its chat would wait for the next start.
            self._unsettled.append((message, outcome))
            raise
        if not isinstance(outcome, Sent):
            log.warning("message not sent", message=message.id, chat=message.chat_id, error=outcome.error)

    async def _settle_again(self) -> None:
        """Records what could not be recorded: the disk was full, or another process held the store for too long."""
        while self._unsettled:
            message, outcome = self._unsettled.pop()
            try:
                async with self._db.write() as conn:
                    await self._settle(conn, message, outcome)
            except (DatabaseError, DBAPIError):
                self._unsettled.append((message, outcome))
                raise

    async def _send(self, message: Message) -> Outcome:
        form = Form(html=True, buttons=message.buttons, preview=message.preview)
        while True:
            try:
                await self._call(message, form)
            except TelegramBadRequest as error:
                if not (simpler := form.simpler(error.message)):
                    return _outcome(error, message.attempts)
                log.error("telegram refused a part of a message", message=message.id, error=error.message)
                form = simpler
            except (AiogramError, OSError, ValueError, TimeoutError) as error:
                return _outcome(error, message.attempts)
            else:
                return Sent()

    async def _call(self, message: Message, form: Form) -> None:
        await self._bot.send_message(
            message.telegram_id,
            message.html if form.html else clip(plain(message.html, urls=True), TEXT_LIMIT),
            message_thread_id=message.thread_id or None,
            parse_mode="HTML" if form.html else None,
            reply_markup=InlineKeyboardMarkup.model_validate_json(form.buttons) if form.buttons else None,
            link_preview_options=_preview(form.preview),
        )

    async def _settle(self, conn: AsyncConnection, message: Message, outcome: Outcome) -> None:
        now = self._clock()
        match outcome:
            case Sent():
                await outbox.sent(conn, message.id, now=now)
            case Refused(error):
                await outbox.refused(conn, message.id, error=error, now=now)
            case Asleep(error):
                await outbox.postpone(conn, message.id, until=now, error=error)
                await chats.change(conn, message.chat_id, asleep=True)
            case Later(error, wait, moved_to):
                await outbox.postpone(conn, message.id, until=now + wait, error=error)
                if moved_to:
                    await chats.move(conn, message.telegram_id, to=moved_to)


def _preview(image: str | None) -> LinkPreviewOptions:
    """A picture above the text, or none of what is linked in it."""
    if not image:
        return LinkPreviewOptions(is_disabled=True)
    return LinkPreviewOptions(url=image, prefer_large_media=True, show_above_text=True)


def _outcome(error: Exception, attempts: int) -> Outcome:
    """What an error of a send means; all that is not a plain refusal is tried again."""
    reason = f"{type(error).__name__}: {error}"
    wait = min(FIRST_WAIT * 2 ** min(attempts - 1, 16), LONGEST_WAIT)
    match error:
        case TelegramRetryAfter():
            return Later(reason, timedelta(seconds=error.retry_after))
        case TelegramMigrateToChat():
            # Told so again, the new id has a chat of its own, and there is no hurry.
            return Later(reason, wait if attempts > 1 else timedelta(0), moved_to=error.migrate_to_chat_id)
        case TelegramForbiddenError():
            return Asleep(reason)
        case TelegramBadRequest():
            closed = any(words in error.message for words in CLOSED)
            return Asleep(reason) if closed else Refused(reason)
    return Later(reason, wait)


class _Pace:
    """Lets one pass every 1/rate seconds."""

    def __init__(self, rate: float) -> None:
        self._interval_s = 1 / rate if rate else 0.0
        self._free_at = 0.0

    async def wait(self) -> None:
        now = time.monotonic()
        turn = max(now, self._free_at)
        self._free_at = turn + self._interval_s
        await asyncio.sleep(turn - now)
