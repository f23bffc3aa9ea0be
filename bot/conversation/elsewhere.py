"""Another chat than the one in which it is talked: a channel's settings as messages and buttons of a private chat.

While a handler works for it, all that it sends to the private chat names the other chat in its first line, and its
buttons say for whom they are: `@chat:` before what each carries otherwise (`bot.conversation.acting` reads it).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from aiogram.utils.i18n import gettext as _

from bot.messages import CAPTION_LIMIT, TEXT_LIMIT, bold, clip, inert, visible_length

NAME_LIMIT: Final = 60
# Telegram's ids have at most 52 bits; groups and channels are numbered below zero.
_MARKED: Final = re.compile(r"@([0-9a-z]{1,11}):(.+)", re.DOTALL)
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The chat `telegram_id`, called `name`, which is shown in the chat `here`."""

    telegram_id: int
    name: str
    here: int

    @property
    def title(self) -> str:
        return clip(inert(self.name), NAME_LIMIT)


_SHOWN: Final[ContextVar[Elsewhere | None]] = ContextVar("elsewhere", default=None)


def shown() -> Elsewhere | None:
    return _SHOWN.get()


@contextmanager
def showing(chat: Elsewhere) -> Iterator[None]:
    token = _SHOWN.set(chat)
    try:
        yield
    finally:
        _SHOWN.reset(token)


def here_only(text: str) -> str:
    """A hint at a command, which is for the chat in which it is typed; none where another chat is shown."""
    return "" if shown() else text


def mark(telegram_id: int, data: str) -> str:
    return f"@{_base36(-telegram_id)}:{data}"


def unmark(data: str) -> tuple[int, str] | None:
    """The other chat's id and what the button carries; None where it is about the chat in which it stands."""
    found = _MARKED.fullmatch(data)
    return (-int(found[1], 36), found[2]) if found else None


class NamesElsewhere(BaseRequestMiddleware):
    """Stands in the session, so that no handler has to know of it."""

    async def __call__(
        self, make_request: NextRequestMiddlewareType[TelegramType], bot: Bot, method: TelegramMethod[TelegramType]
    ) -> Response[TelegramType]:
        chat = shown()
        if chat and getattr(method, "chat_id", None) == chat.here:
            method = method.model_copy(update=_named(method, chat))
        return await make_request(bot, method)


def _named(method: TelegramMethod[Any], chat: Elsewhere) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    head = bold(_("For {chat}:").format(chat=chat.title))
    for field, limit in (("text", TEXT_LIMIT), ("caption", CAPTION_LIMIT)):
        text = getattr(method, field, None)
        if text and visible_length(text) + visible_length(head) < limit:
            changes[field] = f"{head}\n{text}"
    buttons = getattr(method, "reply_markup", None)
    if isinstance(buttons, InlineKeyboardMarkup):
        changes["reply_markup"] = marked_buttons(buttons, chat.telegram_id)
    return changes


def marked_buttons(buttons: InlineKeyboardMarkup, telegram_id: int) -> InlineKeyboardMarkup:
    def marked(button: InlineKeyboardButton) -> InlineKeyboardButton:
        data = button.callback_data
        return button.model_copy(update={"callback_data": mark(telegram_id, data)}) if data else button

    return InlineKeyboardMarkup(inline_keyboard=[[marked(button) for button in row] for row in buttons.inline_keyboard])


def unmarked_buttons(buttons: InlineKeyboardMarkup) -> InlineKeyboardMarkup:
    def unmarked(button: InlineKeyboardButton) -> InlineKeyboardButton:
        found = unmark(button.callback_data or "")
        return button.model_copy(update={"callback_data": found[1]}) if found else button

    rows = [[unmarked(button) for button in row] for row in buttons.inline_keyboard]
    return InlineKeyboardMarkup(inline_keyboard=rows)


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits
