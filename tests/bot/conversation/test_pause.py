"""/pause and /resume."""

from datetime import timedelta

import pytest

from bot.preferences import FOREVER
from tests.bot.conversation.talk import NOON, Talk


async def test_pause_in_words_is_told_with_its_end_and_a_way_out(talk: Talk) -> None:
    await talk.say("/subscribe саммит")
    [answer] = await talk.say("/pause 3 дня")
    assert answer.text.startswith("Пауза до: вторник, 9 декабря, 12:00.")
    assert answer.buttons == ("Возобновить",)
    chat = await talk.chat()
    assert (chat.paused_until, chat.next_due_at) == (NOON + timedelta(days=3), NOON + timedelta(days=3, hours=21))


async def test_resumed_chat_has_its_next_set_time_again(talk: Talk) -> None:
    await talk.say("/subscribe саммит")
    await talk.say("/pause неделю")
    [answer] = await talk.press("Возобновить")
    assert answer.text == "Пауза закончена.\nБлижайший дайджест — завтра в 09:00."
    chat = await talk.chat()
    assert (chat.paused_until, chat.next_due_at) == (NOON, NOON + timedelta(hours=21))
    assert (await talk.say("/resume"))[0].text == "Паузы нет."


async def test_pause_is_offered_by_buttons(talk: Talk) -> None:
    [offer] = await talk.say("/pause")
    assert offer.buttons == ("1 день", "3 дня", "Неделя", "Пока не скажу")
    [answer] = await talk.press("Пока не скажу")
    assert answer.text.startswith("Пауза, пока вы не нажмёте кнопку")
    chat = await talk.chat()
    assert (chat.paused_until, chat.next_due_at) == (FOREVER, None)


async def test_schedule_and_zone_changed_during_a_pause_hold_after_it(talk: Talk) -> None:
    await talk.say("/subscribe саммит")
    await talk.say("/pause 3 дня")
    await talk.say("/schedule 13:00")
    assert (await talk.chat()).next_due_at == NOON + timedelta(days=3, hours=1)
    await talk.say("/timezone Москва")
    assert (await talk.chat()).next_due_at == NOON + timedelta(days=3, hours=3)


async def test_settings_and_subscriptions_show_the_pause(talk: Talk) -> None:
    await talk.say("/subscribe саммит")
    await talk.say("/pause неделю")
    for command in ("/settings", "/subscriptions"):
        assert "Пауза до: суббота, 13 декабря, 12:00." in (await talk.say(command))[0].text


async def test_words_that_are_no_pause_are_explained(talk: Talk) -> None:
    [answer] = await talk.say("/pause когда-нибудь")
    assert answer.text.startswith("Не понимаю, до какого времени: когда-нибудь.")
    assert (await talk.chat()).paused_until is None


@pytest.mark.parametrize("schedule", ["09:00", "instant", "off"])
@pytest.mark.parametrize(("words", "told"), [("3d", "Пауза до: вторник"), ("", "Пауза. Закончить: /resume")])
async def test_what_is_followed_during_a_pause_is_told_of_it(talk: Talk, schedule: str, words: str, told: str) -> None:
    await talk.say(f"/schedule {schedule}")
    if words:
        await talk.say(f"/pause {words}")
    else:
        await talk.say("/pause")
        await talk.press("Пока не скажу")
    [followed] = await talk.say("/subscribe казахстан")
    [home] = await talk.say("/start")
    for shown in (followed, home):
        assert told in shown.text
        assert "айджест" not in shown.text
        assert "Напишу" not in shown.text


@pytest.mark.parametrize("words", ["3 дня", "пока не скажу"])
async def test_pause_that_was_ended_goes_on_after_a_press(talk: Talk, words: str) -> None:
    await talk.say("/subscribe саммит")
    await talk.say(f"/pause {words}")
    before = await talk.chat()
    [answer] = await talk.say("/resume")
    assert answer.buttons == ("Вернуть",)
    [paused] = await talk.press("Вернуть")
    assert paused.text.startswith("Пауза")
    assert await talk.chat() == before


async def test_pause_in_place_of_another_can_be_undone(talk: Talk) -> None:
    await talk.say("/subscribe саммит")
    await talk.say("/pause 3 дня")
    before = await talk.chat()
    [answer] = await talk.say("/pause неделю")
    assert answer.buttons == ("Возобновить", "Вернуть")
    await talk.press("Вернуть")
    assert await talk.chat() == before


async def test_pause_that_is_over_by_now_does_not_come_back(talk: Talk) -> None:
    await talk.say("/pause 3 дня")
    await talk.say("/resume")
    talk.now += timedelta(days=4)
    [answer] = await talk.press("Вернуть")
    assert answer.text == "Паузы нет."
    assert (await talk.chat()).paused_until == NOON


async def test_words_sent_after_the_choice_say_how_long(talk: Talk) -> None:
    await talk.say("/pause")
    assert (await talk.say("неделю"))[0].text.startswith("Пауза до")
    assert (await talk.say("неделю"))[0].text.startswith("По запросу неделю")


async def test_other_words_sent_after_the_choice_are_a_search(talk: Talk) -> None:
    await talk.say("/pause")
    assert (await talk.say("саммит"))[0].text.startswith("По запросу саммит")
    assert (await talk.say("неделю"))[0].text.startswith("По запросу неделю")
