"""The list of commands, as Telegram wants it."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO, StringIO
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.methods import SetMyCommands
from aiogram.utils.i18n import I18n

from bot.commands import ADMIN_COMMANDS, COMMANDS, known_to, menu, register
from bot.console import ConsoleSession
from bot.languages import LANGUAGES
from bot.screens import Pipe


def test_names_are_such_as_telegram_takes_and_stand_for_one_command_each() -> None:
    names = [name for command in known_to(admin=True) for name in command.names]
    assert all(re.fullmatch("[a-z0-9_]{1,32}", name) for name in names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("language", LANGUAGES)
def test_menu_is_in_the_language_of_the_user(i18n: I18n, language: str) -> None:
    listed = menu(i18n, language)
    assert [item.command for item in listed] == [command.name for command in COMMANDS]
    assert all(3 <= len(item.description) <= 256 for item in listed)
    assert bool(re.search("[а-яё]", listed[0].description)) == (language == "ru")


async def registered(i18n: I18n, *, admins: Mapping[int, str], refused: Exception | None = None) -> dict[Any, Any]:
    """Whom each menu is for, and its commands with what they do."""
    session = ConsoleSession(Pipe(BytesIO(), StringIO()), clock=lambda: datetime.now(UTC))
    menus = {}

    @session.middleware
    async def hear(make_request: Any, bot: Bot, method: Any) -> Any:
        if refused and method.scope:
            raise refused
        audience = method.scope.chat_id if method.scope else method.language_code
        menus[audience] = {command.command: command.description for command in method.commands}
        return await make_request(bot, method)

    await register(Bot("1:test", session=session), i18n, admins=admins)
    return menus


async def test_menu_is_registered_for_each_language_and_for_everybody_else(i18n: I18n) -> None:
    menus = await registered(i18n, admins={})
    begins = {audience: menu["start"] for audience, menu in menus.items()}
    assert begins == {None: "начать и выбрать темы", "ru": "начать и выбрать темы", "en": "begin, and pick topics"}
    assert all(set(menu) == {command.name for command in COMMANDS} for menu in menus.values())


async def test_admins_have_a_menu_of_their_own_in_their_language(i18n: I18n) -> None:
    menus = await registered(i18n, admins={7: "en", 8: "ru"})
    assert menus[7].keys() == menus[8].keys() == {command.name for command in (*COMMANDS, *ADMIN_COMMANDS)}
    assert (menus[7]["sourcehealth"], menus[8]["sourcehealth"]) == ("how the sources are", "состояние источников")


@pytest.mark.parametrize("kind", [TelegramBadRequest, TelegramForbiddenError])
async def test_admin_whom_the_bot_has_not_met_is_passed_over(i18n: I18n, kind: Any) -> None:
    error = kind(method=SetMyCommands(commands=[]), message="Bad Request: chat not found")
    assert (await registered(i18n, admins={7: "ru"}, refused=error)).keys() == {None, *LANGUAGES}
