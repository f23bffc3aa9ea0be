"""Whom the operator has named, how to speak with them, and telling each of them something once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.utils.i18n import I18n

from bot.conversation.rights import Rules
from bot.conversation.views import View
from bot.languages import spoken
from bot.unreachable import UNREACHABLE
from storage import chats
from storage.database import Database
from storage.errors import DatabaseError

log = structlog.get_logger()


class Outcome(Enum):
    TOLD = auto()
    REFUSED = auto()
    LATER = auto()


async def languages(db: Database, rules: Rules) -> dict[int, str]:
    """The language of each admin: that of their private chat, or the default where the bot has not met them."""
    found = {}
    async with db.read() as conn:
        for admin in rules.admin_ids:
            chat = await chats.find(conn, admin)
            wishes = (chat.language, chat.telegram_language) if chat else ()
            found[admin] = spoken(*wishes, rules.default_language)
    return found


async def tell(bot: Bot, admin: int, view: View) -> Outcome:
    try:
        await bot.send_message(admin, view.text, reply_markup=view.buttons)
    except (TelegramBadRequest, TelegramForbiddenError) as error:
        # They have blocked the bot, or never spoken to it.
        log.warning("admin takes no messages", admin=admin, answer=error.message)
        return Outcome.REFUSED
    except UNREACHABLE as error:
        log.info("admin could not be told yet", admin=admin, error=type(error).__name__)
        return Outcome.LATER
    return Outcome.TOLD


@dataclass(slots=True)
class _Word:
    """What is to be said, in the language that is spoken just then, and who has heard it."""

    say: Callable[[], str]
    heard: set[int] = field(default_factory=set)


class Announcements:
    """What every admin is told once, past the store: it may be the store that ails. A restart forgets what waits."""

    def __init__(self, bot: Bot, db: Database, rules: Rules, i18n: I18n) -> None:
        self._bot = bot
        self._db = db
        self._rules = rules
        self._i18n = i18n
        self._waiting: list[_Word] = []

    def add(self, say: Callable[[], str]) -> None:
        self._waiting.append(_Word(say))

    async def tell(self) -> None:
        """In the order in which they were added; whoever Telegram does not reach now is told later."""
        if not self._waiting:
            return
        spoken = await self._languages()
        for word in self._waiting[:]:
            for admin, language in spoken.items():
                if admin not in word.heard and await self._say(word, admin, language) is not Outcome.LATER:
                    word.heard.add(admin)
            if word.heard.issuperset(spoken):
                self._waiting.remove(word)

    async def _say(self, word: _Word, admin: int, language: str) -> Outcome:
        with self._i18n.context(), self._i18n.use_locale(language):
            return await tell(self._bot, admin, View(word.say()))

    async def _languages(self) -> dict[int, str]:
        try:
            return await languages(self._db, self._rules)
        except DatabaseError:
            return dict.fromkeys(self._rules.admin_ids, self._rules.default_language)
