"""/start, /help, /privacy, and that every command of the menu is answered."""

from datetime import timedelta

import pytest

from bot.commands import COMMANDS
from tests.bot.conversation.sources import as_admin
from tests.bot.conversation.talk import NOON, Talk, draft

# Of one week, but too far apart to tell of one event.
NEWS = [
    draft(f"Встреча {number} в Баку", "Делегации прибыли в Баку из Казахстана.", at=NOON - number * timedelta(hours=49))
    for number in range(4)
]


async def test_help_names_every_command(talk: Talk) -> None:
    as_admin(talk)
    [answer] = await talk.say("/help")
    assert [name for name in (f"/{command.name} — " for command in COMMANDS) if name not in answer.text] == []


@pytest.mark.parametrize("allowed", [True, False])
async def test_help_names_addsource_to_those_who_may_add(talk: Talk, *, allowed: bool) -> None:
    talk.configured(allow_user_sources=allowed)
    [answer] = await talk.say("/help")
    assert ("/addsource — " in answer.text) is allowed
    assert "/sources — " in answer.text


async def test_privacy_says_what_is_kept_and_how_to_see_and_delete_it(talk: Talk) -> None:
    [answer] = await talk.say("/privacy")
    assert "подписки" in answer.text
    assert "/export" in answer.text
    assert "/forget" in answer.text


@pytest.mark.parametrize("name", [name for command in COMMANDS for name in command.names])
async def test_every_command_is_known_by_each_of_its_names(talk: Talk, name: str) -> None:
    await talk.publish(NEWS)
    await talk.say("/subscribe баку")
    answers = await talk.say(f"/{name}")
    assert "Такой команды нет" not in "".join(answer.text for answer in answers)
    assert answers or talk.digests.delivered


@pytest.mark.parametrize(
    ("telegram", "greeting"),
    [
        ("ru", "Здравствуйте"),
        ("en", "Hello"),
        ("en-GB", "Hello"),
        ("de", "Здравствуйте"),
        ("kk", "Сәлеметсіз бе"),
        ("az", "Salam"),
    ],
)
async def test_first_language_is_telegrams_or_the_operators(talk: Talk, telegram: str, greeting: str) -> None:
    talk.person.language = telegram
    assert (await talk.say("/start"))[0].text.startswith(greeting)
