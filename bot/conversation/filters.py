"""Which update a handler takes, and what it may be an answer to."""

from aiogram import F
from aiogram.enums import ChatType
from aiogram.filters import Command
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import TelegramObject
from aiogram.utils.magic_filter import MagicFilter

from bot.commands import known_to
from bot.conversation.middlewares import Visit

IN_PRIVATE: MagicFilter = F.chat.type == ChatType.PRIVATE
PLAIN_TEXT: MagicFilter = IN_PRIVATE & F.text & ~F.text.startswith("/")


class Question(StatesGroup):
    """What the bot has asked and waits for: the next plain text is the answer."""

    query = State()
    search = State()
    rewording = State()
    schedule = State()
    timezone = State()
    # What buttons stand for, too.
    city = State()
    pause = State()
    unsubscribe = State()
    source = State()
    trends = State()
    broadcast = State()


def named(name: str) -> Command:
    """A command by each of its names, in any case, addressed to this bot or to nobody."""
    command = next(command for command in known_to(admin=True) if command.name == name)
    return Command(*command.names, ignore_case=True)


async def by_admin(_: TelegramObject, visit: Visit) -> bool:
    return visit.rights.is_admin
