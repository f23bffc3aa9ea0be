"""/timezone: by city or name, with the time there as a check."""

from datetime import timedelta

import pytest
from aiogram.methods import SendMessage
from aiogram.types import Location, ReplyKeyboardMarkup, ReplyKeyboardRemove
from structlog.testing import capture_logs

from storage import chats
from tests.bot.conversation.talk import NOON, Talk

BAKU = Location(latitude=40.4, longitude=49.9)


@pytest.mark.parametrize(
    ("words", "key", "told"),
    [
        ("Гянджа", "Asia/Baku", "Баку, UTC+4. Сейчас там 11:00."),
        ("asia/baku", "Asia/Baku", "Баку, UTC+4. Сейчас там 11:00."),
        ("UTC+3", "Etc/GMT-3", "UTC+3. Сейчас там 10:00."),
        ("калькутта", "Asia/Kolkata", "Калькутта, UTC+5:30. Сейчас там 12:30."),
    ],
)
async def test_zone_is_set_by_what_is_typed(talk: Talk, words: str, key: str, told: str) -> None:
    [answer] = await talk.say(f"/timezone {words}")
    assert answer.text.splitlines()[0] == f"Часовой пояс: {told}"
    assert (await talk.chat()).timezone == key


async def test_set_times_move_with_the_clock(talk: Talk) -> None:
    await talk.say("/subscribe саммит")
    assert (await talk.chat()).next_due_at == NOON + timedelta(hours=21)
    [answer] = await talk.say("/timezone Москва")
    assert (await talk.chat()).next_due_at == NOON + timedelta(hours=23)
    assert answer.text.endswith("Ближайший дайджест — завтра в 09:00.")


async def test_digest_of_a_set_time_that_was_answered_is_not_announced_again(talk: Talk) -> None:
    await talk.say("/schedule 11:00")
    today = talk.now.date()
    async with talk.db.write() as conn:
        await chats.change(conn, (await talk.chat()).id, answered=frozenset({(today, "11:00")}))
    [answer] = await talk.say("/timezone Москва")
    assert answer.text.endswith("Ближайший дайджест — завтра в 11:00.")
    assert (await talk.chat()).next_due_at == NOON + timedelta(hours=25)
    [schedule] = await talk.say("/schedule")
    assert "Ближайшие:\n• завтра в 11:00\n• понедельник, 8 декабря, 11:00\n" in schedule.text


async def test_zone_is_chosen_by_a_press_in_place(talk: Talk) -> None:
    [view] = await talk.say("/timezone")
    assert view.text.startswith("Часовой пояс: Алматы, UTC+5. Сейчас там 12:00.")
    assert view.buttons[:3] == ("✓ Алматы", "Баку", "Москва")
    changed, note = await talk.press("Баку")
    assert changed.buttons[:3] == ("Алматы", "✓ Баку", "Москва")
    assert note.text == "Готово"


async def test_city_is_asked_for(talk: Talk) -> None:
    await talk.say("/timezone")
    [question] = await talk.press("Другой город…")
    assert question.text.startswith("По времени какого города вы живёте?")
    [unknown] = await talk.say("Урюпинск-на-Марсе")
    assert unknown.text.startswith("Не знаю такого места: Урюпинск-на-Марсе.")
    assert unknown.text.endswith("/cancel.")
    assert (await talk.say("Тараз"))[0].text.startswith("Часовой пояс: Алматы")
    assert (await talk.say("Тараз"))[0].text.startswith("По запросу Тараз")


async def test_own_city_is_brought_back_however_many_usual_ones_were_tried(talk: Talk) -> None:
    await talk.say("/timezone Лондон")
    await talk.say("/timezone")
    await talk.press("Баку")
    view, _ = await talk.press("Москва")
    assert "Вернуть: Лондон" in view.buttons
    view, _ = await talk.press("Вернуть: Лондон")
    assert not [label for label in view.buttons if label.startswith("Вернуть")]
    assert (await talk.chat()).timezone == "Europe/London"


async def test_city_sent_after_the_choice_is_taken(talk: Talk) -> None:
    await talk.say("/timezone")
    assert (await talk.say("Ташкент"))[0].text.startswith("Часовой пояс: Ташкент")
    assert (await talk.say("Баку"))[0].text.startswith("По запросу Баку")


async def test_other_words_sent_after_the_choice_are_a_search(talk: Talk) -> None:
    await talk.say("/timezone")
    assert (await talk.say("саммит"))[0].text.startswith("По запросу саммит")
    assert (await talk.say("Баку"))[0].text.startswith("По запросу Баку")


async def test_misspelt_city_is_offered_as_a_button(talk: Talk) -> None:
    [answer] = await talk.say("/timezone Ташкентт")
    assert answer.buttons == ("Ташкент",)
    assert "/cancel" not in answer.text
    await talk.press("Ташкент")
    assert (await talk.chat()).timezone == "Asia/Tashkent"


async def test_button_of_a_zone_that_is_no_more_says_so(talk: Talk) -> None:
    await talk.say("/timezone")
    [note] = await talk.press_data("z|Mars/Olympus")
    assert note.is_note
    assert "больше нет" in note.text


async def test_shared_location_sets_the_zone_and_is_not_logged(talk: Talk) -> None:
    with capture_logs() as logs:
        thanks, answer = await talk.feed_message(location=BAKU)
    assert thanks.text == "Спасибо, сейчас посмотрю."
    assert answer.text.splitlines()[0] == "Часовой пояс: Баку, UTC+4. Сейчас там 11:00."
    assert (await talk.chat()).timezone == "Asia/Baku"
    assert "40.4" not in str(logs)


async def test_zone_that_was_set_by_mistake_is_brought_back_by_a_press(talk: Talk) -> None:
    [_, answer] = await talk.feed_message(location=BAKU)
    assert answer.buttons == ("Вернуть: Алматы", "Другой город…")
    await talk.press("Вернуть: Алматы")
    assert (await talk.chat()).timezone == "Asia/Almaty"


async def test_zone_that_was_set_before_has_nothing_to_bring_back(talk: Talk) -> None:
    [answer] = await talk.say("/timezone Астана")
    assert answer.buttons == ("Другой город…",)


async def test_location_that_nobody_lives_by_is_asked_for_again(talk: Talk) -> None:
    before = (await talk.say("/timezone"))[0].text
    [_, answer] = await talk.feed_message(location=Location(latitude=100, longitude=200))
    assert answer.text == "Не знаю, который там час. Напишите лучше ближайший крупный город: /timezone"
    assert (await talk.say("/timezone"))[0].text == before


async def test_question_for_the_city_offers_to_share_where_one_is(talk: Talk) -> None:
    await talk.say("/timezone")
    sent = talk.session.calls_of(SendMessage)
    await talk.press("Другой город…")
    offered = sent[0].reply_markup
    assert isinstance(offered, ReplyKeyboardMarkup)
    assert [button.request_location for row in offered.keyboard for button in row] == [True]
    await talk.feed_message(location=BAKU)
    assert isinstance(sent[1].reply_markup, ReplyKeyboardRemove)
    assert (await talk.say("форум"))[0].text.startswith("По запросу форум")
