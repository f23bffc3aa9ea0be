"""What is told at once, unless hours are quiet; and how little is done where there is nothing to tell."""

from typing import Any

import pytest
from aiogram.utils.i18n import I18n
from sqlalchemy import select

from bot.compose import Composer
from storage import digests
from storage.schema import subscriptions as subscription_table
from tests.bot.newsroom import HOUR, MINUTE, NINE, NOON, SECOND, Defaults, Newsroom


@pytest.mark.parametrize("whole_chat", [True, False], ids=["the chat's schedule", "the subscription"])
async def test_an_alert_is_composed_at_once_and_one_time(room: Newsroom, whole_chat: bool) -> None:
    chat = await room.reader(schedule="instant", instant=True) if whole_chat else await room.reader()
    await room.follow(chat, "казахстан", instant=not whole_chat)
    await room.publish("Казахстан", "Казахстан и мир")
    for _ in range(3):
        await room.compose()
    texts = await room.texts(chat)
    assert [text.startswith("📌 казахстан") for text in texts] == [True, True]
    assert [await room.count(chat, title) for title in ("Казахстан", "Казахстан и мир")] == [1, 1]


async def test_too_many_at_once_come_together_and_what_follows_waits_for_the_hour(room: Newsroom, i18n: I18n) -> None:
    chat = await room.reader()
    await room.follow(chat, "казахстан", instant=True)
    await room.publish(*(f"Казахстан {number}" for number in range(11)))
    await room.compose()
    [text] = await room.texts(chat)
    assert text.splitlines()[:2] == [
        "Дайджест · 6 декабря, 12:00 · 11 новостей",
        "Новостей было слишком много, чтобы слать их по одной, поэтому здесь они все вместе.",
    ]
    assert await room.slots(chat) == [("scheduled", None)]
    for minute in (10, 30, 50):
        room.now = NOON + minute * MINUTE
        await room.publish(f"Казахстан в {minute}", f"Казахстан после {minute}")
        await room.compose()
    assert len(await room.texts(chat)) == 1
    room.composer = Composer(room.db, Defaults(), i18n)
    await room.compose(at=NOON + HOUR)
    [_, text] = await room.texts(chat)
    assert text.startswith("Дайджест · 6 декабря, 13:00 · 6 новостей\nНовостей было слишком много")
    await room.compose(at=NOON + 2 * HOUR)
    assert len(await room.texts(chat)) == 2


async def test_the_tenth_alert_of_an_hour_comes_by_itself_and_the_eleventh_when_there_is_room(room: Newsroom) -> None:
    chat = await room.reader("казахстан", schedule="instant", instant=True)
    for number in range(11):
        room.now = NOON + number * MINUTE
        await room.publish(f"Казахстан {number}")
        await room.compose()
    assert len(await room.texts(chat)) == 10
    for second in range(-10, 10):
        await room.compose(at=NOON + HOUR + second * SECOND)
        assert len(await room.texts(chat)) == (10 if second < 0 else 11)
    assert await room.slots(chat) == [("instant", None)] * 11


async def test_a_full_hour_of_one_chat_holds_nobody_elses_alerts_and_no_digest(room: Newsroom) -> None:
    full = await room.reader("казахстан", telegram_id=1, schedule="instant", instant=True)
    await room.publish(*(f"Казахстан {number}" for number in range(10)))
    await room.compose()
    other = await room.reader("казахстан", telegram_id=2, schedule="instant", instant=True)
    await room.publish("Казахстан последний")
    await room.compose()
    assert [await room.count(chat, "Казахстан последний") for chat in (full, other)] == [0, 1]
    assert await room.ask(full)
    assert await room.count(full, "Казахстан последний") == 1


async def test_an_alert_leaves_what_waits_for_the_digest(room: Newsroom) -> None:
    chat = await room.reader("казахстан")
    await room.follow(chat, "баку", instant=True)
    await room.publish("Казахстан", "Баку")
    await room.compose()
    assert [await room.count(chat, title) for title in ("Казахстан", "Баку")] == [0, 1]
    await room.compose(at=NINE)
    assert [await room.count(chat, title) for title in ("Казахстан", "Баку")] == [1, 1]


async def test_quiet_hours_hold_alerts_and_bring_them_as_one(room: Newsroom) -> None:
    quiet = "instant, quiet 23:00-07:00"
    chat = await room.reader("казахстан", schedule=quiet, instant=True)
    night = NINE - 4 * HOUR
    for hour in range(3):
        await room.publish(f"Казахстан {hour}")
        await room.compose(at=night + hour * HOUR / 2)
    assert await room.texts(chat) == []
    await room.compose(at=NINE - 2 * HOUR)
    [text] = await room.texts(chat)
    assert [f"Казахстан {hour}" in text for hour in range(3)] == [True] * 3
    assert text.splitlines()[1] == "Это пришло за тихие часы."


async def test_what_fell_due_while_the_bot_was_down_waits_for_the_end_of_quiet_hours(room: Newsroom) -> None:
    chat = await room.reader("казахстан", schedule="18:00, quiet 23:00-07:00")
    await room.publish("Казахстан")
    await room.compose(at=NINE - 4 * HOUR)
    assert await room.texts(chat) == []
    await room.compose(at=NINE - 2 * HOUR)
    assert len(await room.texts(chat)) == 1
    assert (await room.known(chat)).next_due_at == NINE + 9 * HOUR


async def test_quiet_hours_do_not_silence_an_answer(room: Newsroom) -> None:
    chat = await room.reader("казахстан", schedule="09:00, quiet 23:00-07:00")
    await room.publish("Казахстан")
    room.now = NINE - 4 * HOUR
    assert await room.ask(chat)


async def test_without_new_matches_alerts_are_looked_for_once_a_minute(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = []
    awaiting = digests.awaiting_alerts

    async def looked(*arguments: Any, **options: Any) -> list[int]:
        looks.append(room.now)
        return await awaiting(*arguments, **options)

    monkeypatch.setattr(digests, "awaiting_alerts", looked)
    chat = await room.reader()
    await room.follow(chat, "казахстан", instant=True)
    for seconds in range(0, 120, 3):
        if seconds == 30:
            await room.publish("Казахстан")
        await room.compose(at=NOON + seconds * SECOND)
    assert [(at - NOON).seconds for at in looks] == [0, 30, 90]
    assert len(await room.texts(chat)) == 1


async def test_what_a_pause_held_back_is_alerted_within_a_minute_of_its_end(room: Newsroom) -> None:
    chat = await room.reader()
    paused = await room.follow(chat, "казахстан", instant=True, paused=True)
    await room.publish("Казахстан")
    await room.compose()
    await room.change(paused, paused=False)
    await room.compose(at=NOON + MINUTE)
    assert await room.count(chat, "Казахстан") == 1


async def test_chats_without_news_are_written_to_only_when_they_lag_behind(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.compose.LAG", 2)
    chat = await room.reader("баку")
    quiet = await room.follow(chat, "казахстан", instant=True)
    cursors = []
    for title in ("Баку первый", "Баку второй", "Баку третий"):
        await room.publish(title)
        await room.compose()
        async with room.db.read() as conn:
            own = select(subscription_table.c.cursor).where(subscription_table.c.id == quiet.id)
            cursors.append((await conn.execute(own)).scalar_one())
    assert cursors == [0, 2, 2]
