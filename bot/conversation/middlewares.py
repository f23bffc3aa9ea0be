"""What handlers are given with every update, and what is done around them.

update ──Introduction──▶ visit, the language ──▶ filters ──▶ Presses, drop_question ──▶ handler
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiogram import BaseMiddleware
from aiogram.dispatcher.middlewares.user_context import EVENT_CONTEXT_KEY, EventContext
from aiogram.enums import ChatType
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import CallbackQuery, Message, TelegramObject, Update
from aiogram.utils.i18n import I18n
from aiogram.utils.i18n import gettext as _

from bot.conversation.rights import Rights, Rules, rights
from bot.preferences import Preferences, preferences
from bot.render import Reader
from storage import chats
from storage.database import Database
from storage.models import Chat

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Who asks and what they may do, in which language and by which clock they read, and when."""

    chat: Chat
    preferences: Preferences
    rights: Rights
    now: datetime

    @property
    def reader(self) -> Reader:
        return self.preferences.reader


@dataclass(slots=True)
class Toast:
    """What the answer to a press says for a moment; nothing unless a handler sets it.

    A handler that takes its time answers the press itself, and says so by `is_sent`.
    """

    text: str | None = None
    is_sent: bool = False


class Introduction(BaseMiddleware):
    """Reads the clock, knows or meets the chat, and speaks its language from here on.

    It stands before every router, so that the error handler too is given what was found out.
    """

    def __init__(self, *, db: Database, settings: Rules, i18n: I18n, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._settings = settings
        self._i18n = i18n
        self._clock = clock

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        context: EventContext = data[EVENT_CONTEXT_KEY]
        if not isinstance(event, Update) or context.chat is None or not _concerns_us(event):
            return None
        now = self._clock()
        chat = await self._meet(context, now)
        visit = data["visit"] = Visit(
            chat=chat, preferences=preferences(chat, self._settings), rights=self._rights(context), now=now
        )
        with self._i18n.context(), self._i18n.use_locale(visit.reader.language):
            return await handler(event, data)

    def _rights(self, context: EventContext) -> Rights:
        assert context.chat is not None
        in_private = context.chat.type == ChatType.PRIVATE
        return rights(context.user.id if context.user else None, in_private=in_private, rules=self._settings)

    async def _meet(self, context: EventContext, now: datetime) -> Chat:
        assert context.chat is not None
        telegram_id, thread_id = context.chat.id, context.thread_id or 0
        language = context.user.language_code if context.user else None
        async with self._db.read() as conn:
            known = await chats.find(conn, telegram_id, thread_id=thread_id)
        if known and not known.asleep and not _has_changed(known, language, context):
            return known
        async with self._db.write() as conn:
            return await chats.ensure(conn, telegram_id, thread_id=thread_id, telegram_language=language, now=now)


class Presses(BaseMiddleware):
    """Answers every press, whatever became of it, and gives the handler the message on which the button stands."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        assert isinstance(event, CallbackQuery)
        toast = data["toast"] = Toast()
        try:
            if isinstance(event.message, Message):
                data["message"] = event.message
                return await handler(event, data)
            toast.text = _("This message is too old for its buttons. Please ask again.")
        finally:
            if not toast.is_sent:
                await answer_press(event, toast)


async def answer_press(press: CallbackQuery, toast: Toast) -> None:
    toast.is_sent = True
    # A press that has waited for too long can't be answered any more, and need not be.
    with suppress(TelegramBadRequest):
        await press.answer(toast.text)


async def drop_question(handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
    """Whoever sends a command or presses a button has left the question that was open."""
    is_command = isinstance(event, Message) and (event.text or "").startswith("/")
    if data.get("raw_state") and (is_command or isinstance(event, CallbackQuery)):
        await data["state"].set_state(None)
    return await handler(event, data)


def _concerns_us(update: Update) -> bool:
    """In groups only commands and presses: what else is said there is none of the bot's business."""
    message = update.message or update.edited_message
    if message is None or message.chat.type == ChatType.PRIVATE:
        return True
    return bool(update.message and (message.text or "").startswith("/"))


def _has_changed(known: Chat, language: str | None, context: EventContext) -> bool:
    """A group has no language of its own: it keeps that of whoever addressed the bot first."""
    is_private = context.chat is not None and context.chat.type == ChatType.PRIVATE
    return is_private and language is not None and language != known.telegram_language
