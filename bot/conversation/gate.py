"""In groups and channels only their admins change anything; in private everybody does what they like.

In a channel nobody else presses anything either: what a press shows stands there for all its readers.

handler's effect ──▶ reads: on ──▶ changes: who asks? ──anonymous admin, the channel itself──▶ on
                                        └──a person──Telegram, or what it said a moment ago──▶ on, or a short sentence
"""

from collections.abc import Mapping
from typing import Any

import structlog
from aiogram import BaseMiddleware
from aiogram.dispatcher.flags import get_flag
from aiogram.enums import ChatType
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message, TelegramObject
from aiogram.utils.i18n import gettext as _

from bot.conversation.members import Members
from bot.conversation.middlewares import Handler, Visit
from bot.conversation.rights import Effect
from bot.unreachable import UNREACHABLE
from storage import chats
from storage.database import Database

log = structlog.get_logger(__name__)


class Gate(BaseMiddleware):
    """Lets nobody but admins through to a handler that changes something; one that does not say is taken for such."""

    def __init__(self, members: Members) -> None:
        self._members = members

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        assert isinstance(event, Message | CallbackQuery)
        why_not = await self._why_not(event, data) if _changes(event, data) else None
        if why_not is None:
            return await handler(event, data)
        if isinstance(event, CallbackQuery):
            data["toast"].text = why_not
        else:
            await event.answer(why_not)
        return None

    async def _why_not(self, event: Message | CallbackQuery, data: Mapping[str, Any]) -> str | None:
        message: Message = event if isinstance(event, Message) else data["message"]
        if message.chat.type == ChatType.PRIVATE:
            return None
        try:
            is_admin = await self._is_admin(event, message.chat.id, data)
        except UNREACHABLE as error:
            log.warning("telegram does not say who is an admin", error=type(error).__name__, chat=message.chat.id)
            return untold()
        if is_admin:
            return None
        if message.chat.type == ChatType.CHANNEL:
            return _("Only admins of this channel can do that.")
        return _("Only admins of this group can do that.")

    async def _is_admin(self, event: Message | CallbackQuery, chat_id: int, data: Mapping[str, Any]) -> bool:
        if isinstance(event, Message) and event.chat.type == ChatType.CHANNEL:
            # Nobody else can post there, in whoever's name.
            return True
        if isinstance(event, Message) and event.sender_chat:
            # Anonymous admins write as the group; other chats speak here as members.
            return event.sender_chat.id == chat_id
        if event.from_user is None:
            return False
        visit: Visit = data["visit"]
        is_admin = await self._members.is_admin(data["bot"], chat_id, event.from_user.id, now=visit.now)
        if is_admin and event.from_user.language_code:
            await _learn_language(data["db"], visit, event.from_user.language_code)
        return is_admin


def untold() -> str:
    return _("Telegram does not tell me just now whether you are an admin here. Please try again.")


async def _learn_language(db: Database, visit: Visit, language: str) -> None:
    """The first admin who changes something says by it in which language the bot is to speak here."""
    if not (visit.chat.telegram_language or visit.chat.language):
        async with db.write() as conn:
            await chats.ensure(
                conn,
                visit.chat.telegram_id,
                thread_id=visit.chat.thread_id,
                telegram_language=language,
                now=visit.now,
            )


def _changes(event: TelegramObject, data: dict[str, Any]) -> bool:
    if isinstance(event, CallbackQuery) and data["message"].chat.type == ChatType.CHANNEL:
        return True
    effect = get_flag(data, "effect", default=Effect.CHANGES)
    if effect is Effect.CHANGES_BY_WORDS:
        command: CommandObject = data["command"]
        return bool(command.args)
    return effect is Effect.CHANGES
