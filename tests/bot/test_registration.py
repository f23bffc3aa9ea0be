"""What Telegram is told of the bot at its start: in every language, and only what it does not know yet."""

from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.utils.i18n import I18n

from bot.commands import ADMIN_COMMANDS, COMMANDS
from bot.languages import LANGUAGES
from bot.registration import register
from tests.telegram import TelegramServer
from tests.telegram_client import client

DEFAULT = '{"type": "default"}'


@pytest.fixture
async def bot(telegram: TelegramServer) -> AsyncIterator[Bot]:
    for admin in (7, 8):
        telegram.register(admin)
    async with client(telegram) as made:
        yield made


def told(telegram: TelegramServer) -> list[str]:
    return [call.method for call in telegram.calls if call.method.startswith("set")]


async def test_menus_and_descriptions_are_told_in_every_language_and_for_everybody_else(
    telegram: TelegramServer, bot: Bot, i18n: I18n
) -> None:
    await register(bot, i18n, admins={})
    menus = {language: telegram.world.commands[DEFAULT, language] for language in ("", *LANGUAGES)}
    assert {language: menu[0]["description"] for language, menu in menus.items()} == {
        "": "начать и выбрать темы",
        "ru": "начать и выбрать темы",
        "en": "begin, and pick topics",
        "kk": "бастау және тақырып таңдау",
        "az": "başlamaq və mövzu seçmək",
    }
    for field in ("description", "short_description"):
        texts = {language: telegram.world.profile[field, language] for language in ("", *LANGUAGES)}
        assert texts[""] == texts["ru"]
        assert len(set(texts.values())) == len(LANGUAGES)


async def test_a_second_start_only_asks(telegram: TelegramServer, bot: Bot, i18n: I18n) -> None:
    await register(bot, i18n, admins={7: "en"})
    first = told(telegram)
    await register(bot, i18n, admins={7: "en"})
    assert told(telegram) == first


async def test_only_what_has_changed_is_told_anew(telegram: TelegramServer, bot: Bot, i18n: I18n) -> None:
    await register(bot, i18n, admins={})
    first = told(telegram)
    telegram.world.profile["description", "kk"] = "Бұрынғы мәтін"
    telegram.world.commands[DEFAULT, "az"] = [{"command": "start", "description": "başla"}]
    await register(bot, i18n, admins={})
    assert sorted(told(telegram)[len(first) :]) == ["setMyCommands", "setMyDescription"]


async def test_admins_have_a_menu_of_their_own_in_their_language(
    telegram: TelegramServer, bot: Bot, i18n: I18n
) -> None:
    await register(bot, i18n, admins={7: "en", 8: "kk"})
    menus = {
        user: {command["command"]: command["description"] for command in menu}
        for (scope, _), menu in telegram.world.commands.items()
        for user in (7, 8)
        if f": {user}," in scope
    }
    assert menus[7].keys() == menus[8].keys() == {command.name for command in (*COMMANDS, *ADMIN_COMMANDS)}
    assert (menus[7]["sourcehealth"], menus[8]["sourcehealth"]) == ("how the sources are", "дереккөздердің жай-күйі")


@pytest.mark.parametrize("description", ["Bad Request: chat not found", "Forbidden: bot was blocked by the user"])
async def test_admin_whom_the_bot_cannot_meet_is_passed_over(
    telegram: TelegramServer, bot: Bot, i18n: I18n, description: str
) -> None:
    await register(bot, i18n, admins={999: "ru", 8: "ru"})
    assert any(": 8," in scope for scope, _ in telegram.world.commands)


@pytest.mark.parametrize("method", ["getMyCommands", "getMyDescription", "getMyShortDescription", "setMyDescription"])
async def test_a_server_that_lacks_a_method_is_told_all_the_same(
    telegram: TelegramServer, bot: Bot, i18n: I18n, method: str
) -> None:
    telegram.fail_next(method, status=404, description="Not Found: method not found")
    await register(bot, i18n, admins={})
    assert {language for _, language in telegram.world.commands} == {"", *LANGUAGES}
