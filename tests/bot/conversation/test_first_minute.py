"""The first minute: topics of today, a time, a preview; and where one is who comes back."""

from datetime import timedelta

import pytest
from aiogram.types import InlineKeyboardButton

from bot.keyboards import FollowTopic
from storage import chats
from tests.bot.conversation.talk import NOON, Talk, draft

# Of one week, but too far apart to tell of one event.
NEWS = [
    draft(f"Встреча {number}: {city}", f"Делегации прибыли в {city}.", at=NOON - number * timedelta(hours=49))
    for number, city in enumerate(("Баку", "Баку", "Баку", "Казахстан", "Казахстан"))
]
TIMES = ("08:00", "✓ 09:00", "20:00", "9:00 + 18:00", "Сразу")


@pytest.fixture
async def offered(talk: Talk) -> Talk:
    await talk.publish(NEWS)
    await talk.say("/start")
    return talk


async def test_start_offers_topics_of_the_day_and_nothing_else(talk: Talk) -> None:
    await talk.publish(NEWS)
    [hello] = await talk.say("/start")
    assert hello.text.startswith("Здравствуйте!")
    assert hello.buttons == ("Баку", "Казахстан")


async def test_a_topic_is_followed_by_a_press_marked_and_then_a_time_is_asked_for_in_place(offered: Talk) -> None:
    greeting = offered.buttoned()
    offered.restarted()
    [asked] = await offered.press("Баку")
    assert asked.buttons == ("✓ Баку", "Казахстан", *TIMES)
    assert asked.text.startswith("Ваши темы: Баку.\n\nКогда присылать дайджест?")
    assert offered.buttoned().message_id == greeting.message_id


async def test_several_topics_can_be_followed(offered: Talk) -> None:
    await offered.press("Баку")
    [asked] = await offered.press("Казахстан")
    assert asked.buttons == ("✓ Баку", "✓ Казахстан", *TIMES)
    assert asked.text.startswith("Ваши темы: Баку, Казахстан.")
    assert (await offered.say("/subs"))[0].text.endswith("\n\n1. Баку\n2. Казахстан")


async def test_a_topic_that_is_followed_already_says_so(offered: Talk) -> None:
    await offered.press("Баку")
    [again] = await offered.press("Баку")
    assert (again.text, again.is_note) == ("Вы уже подписаны.", True)


async def test_a_marked_topic_can_be_followed_again(offered: Talk) -> None:
    await offered.press("Баку")
    greeting = offered.buttoned()
    await offered.say("/unsubscribe 1")
    await offered.press_on(greeting, "✓ Баку")
    assert (await offered.say("/subs"))[0].text.endswith("\n\n1. Баку")


async def test_a_time_ends_it_and_a_preview_follows_that_is_not_sent(offered: Talk) -> None:
    await offered.press("Баку")
    done, preview = await offered.press("08:00")
    assert done.text == (
        "Готово! Дайджест: каждый день в 08:00.\nБлижайший дайджест — завтра в 08:00.\n\nВаши темы: Баку."
    )
    assert done.buttons == ("Мои темы", "Настройки")
    assert preview.text == "Preview"
    assert (await offered.chat()).schedule == "08:00"
    assert offered.digests.previewed
    assert not offered.digests.asked
    assert not offered.digests.delivered


async def test_where_nothing_can_be_previewed_it_says_when_news_comes(offered: Talk) -> None:
    offered.digests.has_news = False
    await offered.press("Баку")
    _, nothing = await offered.press("20:00")
    assert nothing.text.startswith("По этим темам новостей пока нет.")


async def test_start_over_an_empty_store_says_how_to_follow_and_asks_for_the_time(talk: Talk) -> None:
    [hello] = await talk.say("/start")
    assert "Статей здесь пока нет" in hello.text
    assert hello.buttons == TIMES
    [done] = await talk.press("20:00")
    assert "Подписок пока нет" in done.text


async def test_start_again_says_what_is_followed_and_when_the_digest_comes(offered: Talk) -> None:
    await offered.press("Баку")
    await offered.press("08:00")
    [home] = await offered.say("/start")
    assert home.text.startswith("Вы следите за 1 темой: Баку.\n\nБлижайший дайджест — завтра в 08:00.")
    assert home.buttons == ("Что нового", "Мои темы", "Настройки")
    await offered.press("Что нового")
    assert offered.digests.delivered


async def test_at_home_a_schedule_that_is_off_is_named(talk: Talk) -> None:
    for topic in "абвгдеж":
        await talk.say(f"/subscribe {topic * 4}")
    await talk.say("/schedule off")
    [home] = await talk.say("/start")
    assert home.text.startswith("Вы следите за 7 темами: вввв, гггг, дддд, ееее, жжжж +2.\n\nДайджест: выключен")


async def test_a_topic_button_without_its_label_says_so(offered: Talk) -> None:
    shorn = offered.buttoned().model_copy(update={"reply_markup": None})
    button = InlineKeyboardButton(text="Баку", callback_data=FollowTopic(place=0).pack())
    [note] = await offered.feed(offered.person.presses(button, on=shorn))
    assert note.is_note
    assert "/start" in note.text


async def test_start_with_a_payload_greets(talk: Talk) -> None:
    assert (await talk.say("/start hello"))[0].text.startswith("Здравствуйте!")


async def test_topics_are_remembered_for_minutes_but_not_that_there_are_none(talk: Talk) -> None:
    assert "Баку" not in (await talk.say("/start"))[0].buttons
    await talk.publish(NEWS)
    assert "Баку" in (await talk.say("/start"))[0].buttons
    await talk.publish([draft(f"Саммит {n} в Токио", f"О Токио {n}", at=NOON) for n in "12345"])
    assert "Токио" not in (await talk.say("/start"))[0].buttons
    talk.now += timedelta(minutes=11)
    assert "Токио" in (await talk.say("/start"))[0].buttons


async def test_topics_are_of_the_languages_that_the_chat_reads(talk: Talk) -> None:
    await talk.publish(NEWS)
    await talk.say("/cancel")
    async with talk.db.write() as conn:
        await chats.change(conn, (await talk.chat()).id, languages="en")
    assert "Статей здесь пока нет" in (await talk.say("/start"))[0].text


@pytest.mark.parametrize("words", ["отмена", "Отмена!", "cancel", "бас тарту"])
@pytest.mark.parametrize("command", ["/subscribe", "/schedule", "/trends"])
async def test_cancel_in_words_leaves_an_open_question(talk: Talk, words: str, command: str) -> None:
    await talk.say(command)
    if command == "/schedule":
        await talk.press("Своё время…")
    [answer] = await talk.say(words)
    assert answer.text == "Хорошо, забудем."
    assert (await talk.say("/subs"))[0].text.startswith("Подписок пока нет")


@pytest.mark.parametrize("words", ["отмена", "Cancel", "бас тарту", "ləğv et"])
async def test_cancel_in_words_is_answered_as_the_command_where_nothing_was_asked(talk: Talk, words: str) -> None:
    assert await talk.say(words) == await talk.say("/cancel")
    assert "ничего не нашлось" in (await talk.say(f"/search {words}"))[0].text
