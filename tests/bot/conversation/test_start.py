"""/start, /help, /privacy, and that every command of the menu is answered."""

from datetime import timedelta

import pytest
from aiogram.types import InlineKeyboardButton

from bot.commands import COMMANDS
from bot.keyboards import FollowTopic
from tests.bot.conversation.sources import as_admin
from tests.bot.conversation.talk import NOON, Talk, draft

# Of one week, but too far apart to tell of one event.
NEWS = [
    draft(f"Встреча {number} в Баку", "Делегации прибыли в Баку из Казахстана.", at=NOON - number * timedelta(hours=49))
    for number in range(4)
]


async def test_start_offers_topics_of_the_day_and_digest_times(talk: Talk) -> None:
    await talk.publish(NEWS)
    [hello] = await talk.say("/start")
    assert hello.text.startswith("Здравствуйте!")
    assert "Баку" in hello.buttons[:-3]
    assert hello.buttons[-3:] == ("08:00", "✓ 09:00", "09:00 и 18:00")


async def test_topic_is_followed_by_a_press_and_marked(talk: Talk) -> None:
    await talk.publish(NEWS)
    await talk.say("/start")
    talk.restarted()
    answer, buttons = await talk.press("Баку")
    assert answer.text.startswith("Новая подписка: Баку. За последние 7 дней нашлись 4 такие новости:")
    assert "✓ Баку" in buttons.buttons
    [again] = await talk.press("Баку")
    assert again.text == "Вы уже подписаны."


async def test_marked_topic_can_be_followed_again(talk: Talk) -> None:
    await talk.publish(NEWS)
    await talk.say("/start")
    await talk.press("Баку")
    greeting = talk.buttoned()
    await talk.say("/unsubscribe 1")
    await talk.press_on(greeting, "✓ Баку")
    assert (await talk.say("/subs"))[0].text.endswith("\n\n1. Баку")


async def test_digest_time_is_chosen_in_the_greeting(talk: Talk) -> None:
    await talk.say("/start")
    [answer] = await talk.press("08:00")
    assert answer.text == "Дайджест: каждый день в 08:00.\nБлижайший дайджест — завтра в 08:00."
    assert (await talk.chat()).schedule == "08:00"


async def test_start_over_an_empty_store_says_how_to_follow(talk: Talk) -> None:
    [hello] = await talk.say("/start")
    assert "статей пока нет" in hello.text
    assert hello.buttons == ("08:00", "✓ 09:00", "09:00 и 18:00")


async def test_start_with_a_payload_greets(talk: Talk) -> None:
    assert (await talk.say("/start s_1"))[0].text.startswith("Здравствуйте!")


async def test_topic_button_without_its_label_says_so(talk: Talk) -> None:
    await talk.publish(NEWS)
    await talk.say("/start")
    shorn = talk.buttoned().model_copy(update={"reply_markup": None})
    button = InlineKeyboardButton(text="Баку", callback_data=FollowTopic(place=0).pack())
    [note] = await talk.feed(talk.person.presses(button, on=shorn))
    assert note.is_note
    assert "/start" in note.text


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


async def test_privacy_names_nothing_that_is_not_there(talk: Talk) -> None:
    [answer] = await talk.say("/privacy")
    assert "подписки" in answer.text
    assert "/export" not in answer.text
    assert "/forget" not in answer.text


@pytest.mark.parametrize("name", [name for command in COMMANDS for name in command.names])
async def test_every_command_is_known_by_each_of_its_names(talk: Talk, name: str) -> None:
    await talk.publish(NEWS)
    await talk.say("/subscribe баку")
    answers = await talk.say(f"/{name}")
    assert "Такой команды нет" not in "".join(answer.text for answer in answers)
    assert answers or talk.digests.delivered


@pytest.mark.parametrize(
    ("telegram", "greeting"),
    [("ru", "Здравствуйте"), ("en", "Hello"), ("en-GB", "Hello"), ("de", "Здравствуйте"), ("kk", "Здравствуйте")],
)
async def test_first_language_is_telegrams_or_the_operators(talk: Talk, telegram: str, greeting: str) -> None:
    talk.person.language = telegram
    assert (await talk.say("/start"))[0].text.startswith(greeting)
