"""/schedule: words, buttons, and when the next digest is due."""

from datetime import time, timedelta

import pytest

from storage import chats
from tests.bot.conversation.talk import NOON, Talk


async def test_present_schedule_is_told_with_the_next_three_times(talk: Talk) -> None:
    [answer] = await talk.say("/schedule")
    assert answer.text == (
        "Дайджест: каждый день в 09:00.\n\n"
        "Ближайшие:\n• завтра в 09:00\n• понедельник, 8 декабря, 09:00\n• вторник, 9 декабря, 09:00\n\n"
        "Выберите другое время или напишите своё: /schedule 9:00 18:30"
    )
    assert answer.buttons[:6] == ("08:00", "✓ 09:00", "9:00 + 18:00", "Каждый час", "Сразу", "Выключить")


@pytest.mark.parametrize(
    ("words", "stored", "told"),
    [
        ("9:00 18:30", "09:00 18:30", "каждый день в 09:00 и 18:30"),
        ("будни 8:30", "mon-fri 08:30", "по будням в 08:30"),
        ("пн 10:00", "mon 10:00", "пн в 10:00"),
        ("выходные 10 12 14", "sat,sun 10:00 12:00 14:00", "по выходным в 10:00, 12:00 и 14:00"),
        ("каждый час", "hourly", "каждый час"),
        ("будни каждый час", "mon-fri hourly", "каждый час (пн, вт, ср, чт, пт)"),
        ("сразу", "instant", "сразу, как только выйдет новость"),
        ("off", "off", "выключен"),
        ("тихо 23:00-07:00", "09:00, quiet 23:00-07:00", "каждый день в 09:00; тихие часы 23:00–07:00"),
    ],
)
async def test_schedule_is_set_in_words(talk: Talk, words: str, stored: str, told: str) -> None:
    [answer] = await talk.say(f"/schedule {words}")
    assert answer.text.splitlines()[0] == f"Дайджест: {told}."
    chat = await talk.chat()
    assert (chat.schedule, chat.instant) == (stored, words == "сразу")


async def test_quiet_hours_are_kept_when_the_times_change(talk: Talk) -> None:
    await talk.say("/schedule тихо 23:00-07:00")
    await talk.say("/schedule 8:00")
    assert (await talk.chat()).schedule == "08:00, quiet 23:00-07:00"


@pytest.mark.parametrize(("words", "hours"), [("12:30", 0.5), ("12:00", 24), ("11:00", 23)])
async def test_time_that_has_passed_begins_tomorrow(talk: Talk, words: str, hours: float) -> None:
    await talk.say(f"/schedule {words}")
    assert (await talk.chat()).next_due_at == NOON + timedelta(hours=hours)


async def test_switched_off_schedule_has_no_next_digest(talk: Talk) -> None:
    await talk.say("/subscribe саммит")
    await talk.say("/schedule off")
    assert (await talk.chat()).next_due_at is None


async def test_digest_that_is_due_this_moment_is_not_put_off(talk: Talk) -> None:
    await talk.say("/subscribe саммит")
    due = NOON - timedelta(seconds=2)
    async with talk.db.write() as conn:
        await chats.change(conn, (await talk.chat()).id, next_due_at=due)
    await talk.say("/schedule 18:00")
    assert (await talk.chat()).next_due_at == due


async def test_usual_times_are_set_by_a_press_in_place(talk: Talk) -> None:
    await talk.say("/schedule")
    view, note = await talk.press("9:00 + 18:00")
    assert view.text.startswith("Дайджест: каждый день в 09:00 и 18:00.")
    assert "✓ 9:00 + 18:00" in view.buttons
    assert note.text == "Готово"
    assert (await talk.chat()).schedule == "09:00 18:00"


async def test_pressing_the_present_schedule_changes_nothing(talk: Talk) -> None:
    await talk.say("/schedule")
    assert [shown.text for shown in await talk.press("✓ 09:00")] == ["Готово"]


@pytest.mark.parametrize("before", ["mon 10:00", "09:30, quiet 23:00-07:00"])
async def test_own_times_are_brought_back_however_many_usual_ones_were_tried(talk: Talk, before: str) -> None:
    await talk.say(f"/schedule {before}")
    [view] = await talk.say("/schedule")
    assert "Вернуть" not in view.buttons
    await talk.press("Выключить")
    view, _ = await talk.press("08:00")
    assert "Вернуть" in view.buttons
    view, _ = await talk.press("Вернуть")
    assert "Вернуть" not in view.buttons
    assert (await talk.chat()).schedule == before


async def test_usual_times_need_no_undoing_where_all_stand_side_by_side(talk: Talk) -> None:
    await talk.say("/schedule 8:00, тихо 23-7")
    await talk.say("/schedule")
    view, _ = await talk.press("Выключить")
    assert "Вернуть" not in view.buttons


@pytest.mark.parametrize("before", ["будни 8:30", "12:00, quiet 23:00-07:00", "off", "сразу"])
async def test_undo_brings_the_earlier_schedule_back(talk: Talk, before: str) -> None:
    await talk.say(f"/schedule {before}")
    old = await talk.chat()
    [answer] = await talk.say("/schedule каждое утро, тихо 1-2")
    assert answer.text.startswith(
        "Дайджест: каждый день в 08:00; тихие часы 01:00–02:00.\n\nБлижайшие:\n• завтра в 08:00\n"
    )
    assert answer.buttons == ("Вернуть",)
    await talk.press("Вернуть")
    new = await talk.chat()
    assert (new.schedule, new.instant, new.next_due_at) == (old.schedule, old.instant, old.next_due_at)


async def test_every_day_is_at_the_operators_time(talk: Talk) -> None:
    talk.configured(default_digest_time=time(7, 45))
    await talk.say("/schedule ежедневно")
    assert (await talk.chat()).schedule == "07:45"


async def test_own_times_are_asked_for(talk: Talk) -> None:
    await talk.say("/schedule")
    [question] = await talk.press("Своё время…")
    assert question.text.startswith("Когда присылать дайджест?")
    [mistake] = await talk.say("в среду")
    assert mistake.text.splitlines()[0] == "Дни указаны, но нет времени:"
    assert mistake.text.endswith("/cancel.")
    [answer] = await talk.say("ср 10:00")
    assert answer.text == (
        "Дайджест: ср в 10:00.\n\n"
        "Ближайшие:\n• среда, 10 декабря, 10:00\n• среда, 17 декабря, 10:00\n• среда, 24 декабря, 10:00"
    )
    assert (await talk.say("среда"))[0].text.startswith("По запросу среда")


async def test_looking_at_the_schedule_asks_nothing(talk: Talk) -> None:
    await talk.say("/schedule")
    assert (await talk.say("саммит"))[0].text.startswith("По запросу саммит")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("25:00", "Такого времени не бывает:\n25:00"),
        ("через день", "Могу по дням недели, по времени"),
        ("раз в неделю", "В какой день недели?"),
        ("иногда", "Не понимаю эту часть расписания:\nиногда"),
        ("9:00-10:00", "Для дайджеста нужно точное время,"),
        ("off 9:00", "Это противоречит тому, что написано раньше:\n9:00"),
        ("тихо", "У тихих часов должны быть начало и конец,"),
        ("тихо 7:00-7:00", "Эти тихие часы заканчиваются тогда же, когда начинаются:"),
    ],
)
async def test_words_that_are_no_schedule_are_explained(talk: Talk, words: str, sentence: str) -> None:
    [answer] = await talk.say(f"/schedule {words}")
    assert answer.text.startswith(sentence)
    assert (await talk.chat()).schedule is None
