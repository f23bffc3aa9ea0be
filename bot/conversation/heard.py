"""What of all that is said concerns the bot; of the rest it keeps no trace."""

from typing import Final

from aiogram import Bot
from aiogram.enums import ChatType
from aiogram.types import Message, Update

from bot.commands import known_to

_NAMES: Final = {name for command in known_to(admin=True) for name in command.names}


async def concerns_us(update: Update, bot: Bot) -> bool:
    """In groups only commands, presses and answers to the bot: what else is said there is none of its business."""
    message = update.message or update.edited_message or update.channel_post
    if message is None:
        return update.my_chat_member is None
    if message.chat.type == ChatType.PRIVATE:
        return True
    # What a channel posts comes again in the group that discusses it, in the channel's name.
    if update.edited_message or message.is_automatic_forward or not (message.text or message.location):
        return False
    if message.text and message.text.startswith("/"):
        return await _is_ours(message, bot)
    replied = message.reply_to_message
    return bool(replied and replied.from_user and replied.from_user.id == bot.id)


def tells_of_place(update: Update) -> bool:
    """Whether it says that the bot was let in, turned away or blocked, or that a group has a new id."""
    message = update.message
    has_moved = message and (message.migrate_to_chat_id or message.migrate_from_chat_id)
    return update.my_chat_member is not None or bool(has_moved)


def is_addressed(text: str) -> bool:
    """Whether a command names its bot, as `/help@newsbot` does."""
    return "@" in text.split(maxsplit=1)[0]


async def _is_ours(message: Message, bot: Bot) -> bool:
    """A command that names no bot is ours where we know it; a channel may pass on what others have posted."""
    name, at, mentioned = (message.text or "").split(maxsplit=1)[0][1:].partition("@")
    if message.chat.type == ChatType.CHANNEL and message.forward_origin:
        return False
    return mentioned.lower() == ((await bot.me()).username or "").lower() if at else name.lower() in _NAMES
