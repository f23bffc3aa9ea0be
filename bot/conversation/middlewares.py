"""What handlers are given with every update, and what is done around them.

update ──Introduction──▶ visit, the language ──▶ filters ──▶ Presses, Gate, drop_question ──▶ handler
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from aiogram import BaseMiddleware
from aiogram.dispatcher.middlewares.user_context import EVENT_CONTEXT_KEY, EventContext
from aiogram.enums import ChatType
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import CallbackQuery, Message, TelegramObject, Update, User
from aiogram.utils.i18n import I18n
from aiogram.utils.i18n import gettext as _

from bot.conversation.heard import concerns_us, tells_of_place
from bot.conversation.questions import forget_question
from bot.conversation.rights import Rights, Rules, rights
from bot.preferences import Defaults, Preferences, preferences
from bot.render import Reader
from storage import chats
from storage.database import Database
from storage.errors import FullError
from storage.models import Chat

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Who asks and what they may do, in which language and by which clock they read, and when."""

    chat: Chat
    preferences: Preferences
    # What holds where the chat has chosen nothing.
    defaults: Defaults
    rights: Rights
    now: datetime

    @property
    def reader(self) -> Reader:
        return self.preferences.reader

    @property
    def in_private(self) -> bool:
        """Whether it is the chat of one person: Telegram numbers all others below zero."""
        return self.chat.telegram_id > 0


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
        if not isinstance(event, Update):
            return None
        now = self._clock()
        if event.inline_query:
            chat = await self._recognise(event.inline_query.from_user)
        elif context.chat is None:
            return None
        elif tells_of_place(event):
            chat = await self._find(context) or _stranger(context)
        elif await concerns_us(event, data["bot"]):
            chat = await self._meet(context, now)
        else:
            return None
        visit = data["visit"] = Visit(
            chat=chat,
            preferences=preferences(_with_language(chat, context), self._settings),
            defaults=self._settings,
            rights=self._rights(context),
            now=now,
        )
        with self._i18n.context(), self._i18n.use_locale(visit.reader.language):
            return await handler(event, data)

    def _rights(self, context: EventContext) -> Rights:
        in_private = context.chat is not None and context.chat.type == ChatType.PRIVATE
        return rights(context.user.id if context.user else None, in_private=in_private, rules=self._settings)

    async def _find(self, context: EventContext) -> Chat | None:
        assert context.chat is not None
        async with self._db.read() as conn:
            return await chats.find(conn, context.chat.id, thread_id=context.thread_id or 0)

    async def _recognise(self, asker: User) -> Chat:
        """Whoever asks from another chat, by what is known of them; a stranger stays one."""
        async with self._db.read() as conn:
            known = await chats.find(conn, asker.id)
        return known or chats.stranger(asker.id, telegram_language=asker.language_code)

    async def _meet(self, context: EventContext, now: datetime) -> Chat:
        assert context.chat is not None
        known = await self._find(context)
        if known and not known.asleep and not _has_changed(known, context):
            return known
        telegram_id, thread_id = context.chat.id, context.thread_id or 0
        language, kind = _own_language(context), context.chat.type
        try:
            async with self._db.write() as conn:
                if thread_id and known is None:
                    # A new topic is spoken to as its group is.
                    general = await chats.find(conn, telegram_id)
                    language = (general.language or general.telegram_language) if general else None
                return await chats.ensure(
                    conn, telegram_id, thread_id=thread_id, telegram_language=language, kind=kind, now=now
                )
        except FullError:
            # Searches are answered all the same.
            return known or _stranger(context)


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
        await forget_question(data["state"])
    return await handler(event, data)


def _has_changed(known: Chat, context: EventContext) -> bool:
    language = _own_language(context)
    is_of_another_kind = context.chat is not None and context.chat.type != known.kind
    return is_of_another_kind or (language is not None and language != known.telegram_language)


def _own_language(context: EventContext) -> str | None:
    """What a person's Telegram speaks is their private chat's language; a group's is that of its admins: see `Gate`."""
    is_private = context.chat is not None and context.chat.type == ChatType.PRIVATE
    return context.user.language_code if is_private and context.user else None


def _with_language(chat: Chat, context: EventContext) -> Chat:
    """Until a group has a language, whoever asks is answered in their own."""
    if chat.language or chat.telegram_language or context.user is None:
        return chat
    return replace(chat, telegram_language=context.user.language_code)


def _stranger(context: EventContext) -> Chat:
    assert context.chat is not None
    return chats.stranger(
        context.chat.id,
        thread_id=context.thread_id or 0,
        telegram_language=_own_language(context),
        kind=context.chat.type,
    )
