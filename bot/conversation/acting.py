"""Who talks in private about a channel or a group that they administer: looked into before every step.

press `@chat:…`, or an answer to what was asked so ──▶ are they an admin there, may the bot write there?
                                                            └──yes──▶ the usual handlers, with that chat's visit
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any

import structlog
from aiogram import BaseMiddleware, Bot
from aiogram.enums import ChatType
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramMigrateToChat
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, ChatFullInfo, Message, TelegramObject
from aiogram.utils.i18n import gettext as _

from bot.conversation.elsewhere import Elsewhere, showing, unmark, unmarked_buttons
from bot.conversation.gate import untold
from bot.conversation.members import ADMINS, PATIENCE_S, Members, may_write
from bot.conversation.middlewares import Handler, Visit
from bot.conversation.questions import ABOUT, forget_question
from bot.preferences import preferences
from bot.unreachable import UNREACHABLE
from storage import chats
from storage.database import Database
from storage.models import Chat

log = structlog.get_logger(__name__)


class WhyNot(Enum):
    """Why somebody can't act for a chat."""

    UNKNOWN = auto()
    BOT_IS_MUTE = auto()
    NO_ADMIN = auto()


@dataclass(frozen=True, slots=True)
class Admitted:
    """The other chat, and the visit with which handlers work for it."""

    elsewhere: Elsewhere
    visit: Visit


class Acting(BaseMiddleware):
    """Gives handlers the other chat's visit, where a press or an answer is for another chat."""

    def __init__(self, members: Members, db: Database) -> None:
        self._members = members
        self._db = db

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        assert isinstance(event, Message | CallbackQuery)
        about = _pressed(event) if isinstance(event, CallbackQuery) else await _asked(event, data)
        if about is None:
            return await handler(event, data)
        try:
            admitted = await self._readmit(event, about, data)
        except UNREACHABLE as error:
            log.warning("telegram does not say who is an admin", error=type(error).__name__, chat=about)
            return await _refuse(event, untold())
        if admitted is None:
            await _leave_question(data)
            return await _refuse(event, _("From here you can't change this chat any more."))
        async with _answering(data):
            with showing(admitted.elsewhere):
                return await handler(_unmarked(event), data | {"visit": admitted.visit})

    async def admit(self, bot: Bot, found: ChatFullInfo, visit: Visit) -> Admitted | WhyNot:
        """Whether whoever asks may act for this chat, and the bot write there; makes it known where it is new."""
        chat_id, user = found.id, visit.rights.user
        if found.type == ChatType.PRIVATE or user is None:
            return WhyNot.UNKNOWN
        own = await self._members.find(bot, chat_id, bot.id, now=visit.now)
        if own is None or not may_write(own, kind=found.type):
            return WhyNot.BOT_IS_MUTE
        person = await self._members.find(bot, chat_id, user, now=visit.now)
        if person is None or person.status not in ADMINS:
            return WhyNot.NO_ADMIN
        elsewhere = Elsewhere(chat_id, found.title or "", here=visit.chat.telegram_id)
        return Admitted(elsewhere, _visit_of(await self._met(found, visit), visit))

    async def _readmit(self, event: Message | CallbackQuery, chat_id: int, data: dict[str, Any]) -> Admitted | None:
        message = event if isinstance(event, Message) else event.message
        if message is None or message.chat.type != ChatType.PRIVATE:
            return None
        async with self._db.read() as conn:
            if await chats.find(conn, chat_id) is None:
                # Nobody has set it up with us: Telegram need not be asked what somebody has made up.
                return None
        found = await look_up(data["bot"], chat_id)
        admitted = await self.admit(data["bot"], found, data["visit"]) if found else None
        return admitted if isinstance(admitted, Admitted) else None

    async def _met(self, found: ChatFullInfo, visit: Visit) -> Chat:
        """In its own language, or in that of whoever sets it up."""
        async with self._db.read() as conn:
            known = await chats.find(conn, found.id)
        if known and not known.asleep and known.kind == found.type:
            return known
        language = None if known else visit.reader.language
        async with self._db.write() as conn:
            return await chats.ensure(conn, found.id, telegram_language=language, kind=found.type, now=visit.now)


async def look_up(bot: Bot, chat: int | str) -> ChatFullInfo | None:
    """By id or `@name`; None where Telegram knows no such chat, or the bot may know nothing of it."""
    try:
        return await bot.get_chat(chat, request_timeout=PATIENCE_S)
    except TelegramMigrateToChat as error:
        return await look_up(bot, error.migrate_to_chat_id)
    except (TelegramBadRequest, TelegramForbiddenError):
        return None


def _visit_of(chat: Chat, visit: Visit) -> Visit:
    """It is spoken in the language of whoever reads it; sources are nobody's there."""
    chosen = replace(preferences(chat, visit.defaults), language=visit.reader.language)
    return replace(visit, chat=chat, preferences=chosen, rights=replace(visit.rights, may_add=visit.rights.is_admin))


def _pressed(press: CallbackQuery) -> int | None:
    found = unmark(press.data or "")
    return found[0] if found else None


async def _asked(message: Message, data: dict[str, Any]) -> int | None:
    """A command leaves the question that was open, and is for the chat in which it is typed."""
    if not data.get("raw_state") or (message.text or "").startswith("/"):
        return None
    state: FSMContext = data["state"]
    return await state.get_value(ABOUT)


@asynccontextmanager
async def _answering(data: dict[str, Any]) -> AsyncIterator[None]:
    """Once a question has been answered, what is asked next is about this chat again."""
    state: FSMContext = data["state"]
    try:
        yield
    finally:
        if await state.get_state() is None:
            await forget_question(state)


async def _leave_question(data: dict[str, Any]) -> None:
    """Nobody can answer it any more: their next words are a search."""
    state: FSMContext = data["state"]
    if await state.get_value(ABOUT):
        await state.set_state(None)
        await forget_question(state)


def _unmarked(event: Message | CallbackQuery) -> Message | CallbackQuery:
    """As if the button stood in the other chat."""
    if isinstance(event, Message):
        return event
    found, message = unmark(event.data or ""), event.message
    if isinstance(message, Message) and message.reply_markup:
        message = message.model_copy(update={"reply_markup": unmarked_buttons(message.reply_markup)})
    return event.model_copy(update={"data": found and found[1], "message": message})


async def _refuse(event: Message | CallbackQuery, why: str) -> None:
    if isinstance(event, Message) or event.message is not None:
        await event.answer(why)
