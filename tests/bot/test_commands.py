"""The list of commands, as Telegram wants it."""

import re
from datetime import UTC, datetime
from io import BytesIO, StringIO
from typing import Any

import pytest
from aiogram import Bot
from aiogram.utils.i18n import I18n

from bot.commands import COMMANDS, menu, register
from bot.console import ConsoleSession
from bot.languages import LANGUAGES
from bot.screens import Pipe


def test_names_are_such_as_telegram_takes_and_stand_for_one_command_each() -> None:
    names = [name for command in COMMANDS for name in command.names]
    assert all(re.fullmatch("[a-z0-9_]{1,32}", name) for name in names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("language", LANGUAGES)
def test_menu_is_in_the_language_of_the_user(i18n: I18n, language: str) -> None:
    listed = menu(i18n, language)
    assert [item.command for item in listed] == [command.name for command in COMMANDS]
    assert all(3 <= len(item.description) <= 256 for item in listed)
    assert bool(re.search("[а-яё]", listed[0].description)) == (language == "ru")


async def test_menu_is_registered_for_each_language_and_for_everybody_else(i18n: I18n) -> None:
    session = ConsoleSession(Pipe(BytesIO(), StringIO()), clock=lambda: datetime.now(UTC))
    menus = {}

    @session.middleware
    async def hear(make_request: Any, bot: Bot, method: Any) -> Any:
        menus[method.language_code] = method.commands[0].description
        return await make_request(bot, method)

    await register(Bot("1:test", session=session), i18n)
    assert menus == {None: "начать и выбрать темы", "ru": "начать и выбрать темы", "en": "begin, and pick topics"}
