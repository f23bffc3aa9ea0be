"""The list of commands, as Telegram wants it."""

import re

import pytest
from aiogram.utils.i18n import I18n

from bot.commands import COMMANDS, known_to, menu
from bot.languages import LANGUAGES


def test_names_are_such_as_telegram_takes_and_stand_for_one_command_each() -> None:
    names = [name for command in known_to(admin=True) for name in command.names]
    assert all(re.fullmatch("[a-z0-9_]{1,32}", name) for name in names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("language", LANGUAGES)
def test_menu_is_in_the_language_of_the_user(i18n: I18n, language: str) -> None:
    listed = menu(i18n, language)
    assert [item.command for item in listed] == [command.name for command in COMMANDS]
    assert all(3 <= len(item.description) <= 256 for item in listed)
    assert len({item.description for one in LANGUAGES for item in menu(i18n, one)}) == len(listed) * len(LANGUAGES)
