"""What Telegram shows of the bot by itself: its menus and its descriptions, told in every language.

Telegram keeps them: they are sent only where what it keeps is not what is meant, so that most starts only ask.
"""

from collections.abc import Awaitable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Final, TypeVar

from aiogram import Bot
from aiogram.exceptions import ClientDecodeError, TelegramBadRequest, TelegramForbiddenError, TelegramNotFound
from aiogram.types import BotCommand, BotCommandScopeChat
from aiogram.utils.i18n import I18n

from bot.commands import menu
from bot.languages import LANGUAGES
from bot.texts import N_

# Shown where a chat is still empty, at most 512 characters; and on the bot's own page, at most 120.
DESCRIPTION: Final = N_(
    "I read the news and send you what you follow: when it suits you, and nothing twice.\n\n"
    "Send me words to search for, or /start to pick topics."
)
SHORT_DESCRIPTION: Final = N_("News on your topics: digests when you want them, search, nothing twice.")
# A Bot API server of one's own may be too old for a method, or answer it with something else.
_UNTOLD: Final = (TelegramBadRequest, TelegramNotFound, ClientDecodeError)

_Kept = TypeVar("_Kept")


async def register(bot: Bot, i18n: I18n, *, admins: Mapping[int, str]) -> None:
    """Gives Telegram all of it in every language, in the default one for everybody else, and each admin their own menu.

    `admins` are their ids, with the language that the bot speaks with them.
    """
    for code, language in {"": i18n.default_locale, **{language: language for language in LANGUAGES}}.items():
        await _set_menu(bot, menu(i18n, language), code=code or None)
        with suppress(*_UNTOLD):
            await _describe(bot, i18n, language, code)
    for admin, language in admins.items():
        # Whom the bot has never met Telegram does not let it set a menu for.
        with suppress(TelegramBadRequest, TelegramForbiddenError):
            await _set_menu(bot, menu(i18n, language, admin=True), scope=BotCommandScopeChat(chat_id=admin))


async def _set_menu(
    bot: Bot, meant: Sequence[BotCommand], *, scope: BotCommandScopeChat | None = None, code: str | None = None
) -> None:
    kept = await _kept(bot.get_my_commands(scope=scope, language_code=code))
    if kept is None or _read(kept) != _read(meant):
        await bot.set_my_commands(list(meant), scope=scope, language_code=code)


def _read(commands: Iterable[BotCommand]) -> list[tuple[str, str]]:
    return [(one.command, one.description) for one in commands]


async def _describe(bot: Bot, i18n: I18n, language: str, code: str) -> None:
    described = await _kept(bot.get_my_description(language_code=code))
    meant = i18n.gettext(DESCRIPTION, locale=language)
    if described is None or described.description != meant:
        await bot.set_my_description(meant, language_code=code)
    briefly = await _kept(bot.get_my_short_description(language_code=code))
    meant = i18n.gettext(SHORT_DESCRIPTION, locale=language)
    if briefly is None or briefly.short_description != meant:
        await bot.set_my_short_description(meant, language_code=code)


async def _kept(asked: Awaitable[_Kept]) -> _Kept | None:
    """What Telegram keeps; None where its server does not tell."""
    try:
        return await asked
    except _UNTOLD:
        return None
