"""Buttons that only the operator's admins are shown, and what they carry."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from bot.keyboards import Id, Offset

# Telegram's ids have at most 52 bits; those of groups and channels are negative.
TelegramId = Annotated[int, Field(gt=-(1 << 53), lt=1 << 53)]


class Scope(CallbackData, prefix="bo"):
    """Chooses who is to be told."""

    broadcast: Id
    only_private: bool


class Launch(CallbackData, prefix="bl"):
    """Sends a draft."""

    broadcast: Id
    only_private: bool


class Discard(CallbackData, prefix="bd"):
    """Throws a draft away."""

    broadcast: Id


class Halt(CallbackData, prefix="bh"):
    """Takes back what is not sent yet."""

    broadcast: Id


class Ban(CallbackData, prefix="bb"):
    """Bans somebody again."""

    telegram_id: TelegramId


class Unban(CallbackData, prefix="bu"):
    """`in_list`: the list of all goes on standing there."""

    telegram_id: TelegramId
    in_list: bool = False


class BansPage(CallbackData, prefix="bp"):
    offset: Offset
