"""Who is who in a group or a channel: Telegram is asked, and what it said holds for some seconds."""

from datetime import datetime, timedelta
from typing import Final, Protocol

from aiogram import Bot
from aiogram.enums import ChatMemberStatus, ChatType
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.types import (
    ChatMemberAdministrator,
    ChatMemberBanned,
    ChatMemberLeft,
    ChatMemberRestricted,
)

ADMINS: Final = {ChatMemberStatus.CREATOR, ChatMemberStatus.ADMINISTRATOR}
# Whoever turns the pages of a list and deletes there asks Telegram once; who is no admin any more is one for so long.
REMEMBERED: Final = timedelta(seconds=5)
PATIENCE_S: Final = 5


class Member(Protocol):
    """What all kinds of members have; the others' rights are asked for by their kind."""

    @property
    def status(self) -> str: ...


class Members:
    """Raises what Telegram's being out of reach raises."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], tuple[datetime, Member | None]] = {}

    async def find(self, bot: Bot, chat_id: int, user_id: int, *, now: datetime) -> Member | None:
        """None for who is no member, or where a chat hides its members even from us."""
        self._known = {one: known for one, known in self._known.items() if abs(now - known[0]) < REMEMBERED}
        if known := self._known.get((chat_id, user_id)):
            return known[1]
        try:
            member: Member | None = await bot.get_chat_member(chat_id, user_id, request_timeout=PATIENCE_S)
        except (TelegramBadRequest, TelegramForbiddenError):
            member = None
        self._known[chat_id, user_id] = (now, member)
        return member

    async def is_admin(self, bot: Bot, chat_id: int, user_id: int, *, now: datetime) -> bool:
        member = await self.find(bot, chat_id, user_id, now=now)
        return member is not None and member.status in ADMINS


def is_present(member: Member) -> bool:
    if isinstance(member, ChatMemberRestricted):
        return member.is_member
    return not isinstance(member, ChatMemberLeft | ChatMemberBanned)


def may_write(member: Member, *, kind: str) -> bool:
    """Whether it may send messages, as far as its own rights say; a group may forbid them to all its members."""
    if not is_present(member):
        return False
    if kind == ChatType.CHANNEL:
        return isinstance(member, ChatMemberAdministrator) and bool(member.can_post_messages)
    return not isinstance(member, ChatMemberRestricted) or member.can_send_messages
