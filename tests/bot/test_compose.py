"""Who gets a digest, when, and what is in it: nothing missed, nothing twice, at the times that were chosen."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiogram.utils.i18n import I18n
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from structlog.testing import capture_logs

from bot import items
from bot.compose import FIRST_STORIES, Composer
from bot.digest import Topic
from bot.ingest import ingest
from bot.items import Items
from bot.preferences import preferences
from storage import chats, digests, retention, subscriptions
from storage.chats import TERMINAL
from storage.digests import Outcome
from storage.models import Chat
from storage.schema import outbox
from storage.schema import subscriptions as subscription_table
from storage.shown import Shown, shown
from tests.bot.newsroom import DAY, HOUR, NINE, NOON, Defaults, Newsroom, draft, newsroom

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
# Long enough to tell a story by itself.
LONG = "Президенты двух стран договорились развивать перевозки через Каспийское море. " * 4


@pytest.fixture
async def room(tmp_path: Path, i18n: I18n) -> AsyncIterator[Newsroom]:
    async with newsroom(tmp_path, i18n) as opened:
        yield opened


async def restarted(room: Newsroom, i18n: I18n) -> None:
    room.composer = Composer(room.db, Defaults(), i18n)


async def count(room: Newsroom, chat: Chat, title: str) -> int:
    """How often the chat was told a story by this headline."""
    return sum(line == title for text in await room.texts(chat) for line in text.splitlines())


# When


async def test_a_digest_is_composed_when_it_is_due_and_not_before(room: Newsroom) -> None:
    chat = await room.reader("казахстан")
    await room.publish("Казахстан")
    await room.compose(at=NINE - SECOND)
    assert await room.texts(chat) == []
    await room.compose(at=NINE)
    assert len(await room.texts(chat)) == 1
    assert await room.slots(chat) == [("scheduled", "2025-12-07 09:00")]
    assert (await room.known(chat)).next_due_at == NINE + DAY


async def test_a_set_time_is_answered_once_whatever_happens_in_between(room: Newsroom, i18n: I18n) -> None:
    chat = await room.reader("казахстан")
    await room.publish("Казахстан")
    await room.compose(at=NINE)
    await room.publish("Казахстан, подробности")
    await restarted(room, i18n)
    await room.compose(at=NINE + SECOND)
    await room.change_chat(chat, next_due_at=NINE)
    await room.compose(at=NINE + 2 * SECOND)
    assert len(await room.texts(chat)) == 1
    await room.compose(at=NINE + DAY)
    assert await count(room, chat, "Казахстан, подробности") == 1


async def test_after_days_of_silence_one_digest_catches_up(room: Newsroom) -> None:
    chat = await room.reader("казахстан", schedule="09:00 18:00")
    await room.publish("Казахстан первый", "Казахстан второй")
    await room.compose(at=NINE + 3 * DAY + HOUR)
    await room.compose(at=room.now + 3 * SECOND)
    [text] = await room.texts(chat)
    assert ("Казахстан первый" in text, "Казахстан второй" in text) == (True, True)
    assert await room.slots(chat) == [("scheduled", "2025-12-06 18:00")]
    assert (await room.known(chat)).next_due_at == NINE + 3 * DAY + 9 * HOUR


async def test_nothing_new_is_not_sent_and_the_next_time_is_set(room: Newsroom) -> None:
    chat = await room.reader("казахстан")
    await room.publish("Погода в Баку")
    await room.compose(at=NINE)
    assert await room.texts(chat) == []
    assert (await room.known(chat)).next_due_at == NINE + DAY


async def test_a_time_that_has_left_the_schedule_still_brings_its_digest(room: Newsroom) -> None:
    """It was due when the schedule was changed: see `bot.conversation.schedule`."""
    chat = await room.reader("казахстан")
    await room.publish("Казахстан")
    await room.change_chat(chat, schedule="18:00", next_due_at=NINE)
    await room.compose(at=NINE)
    assert await room.slots(chat) == [("scheduled", None)]
    assert (await room.known(chat)).next_due_at == NINE + 9 * HOUR


async def test_a_schedule_that_changes_while_a_digest_is_composed_holds(room: Newsroom) -> None:
    chat = await room.reader("казахстан")
    await room.publish("Казахстан")
    async with room.db.write() as conn:
        tick = asyncio.create_task(room.compose(at=NINE))
        await asyncio.sleep(0.2)
        await chats.change(conn, chat.id, schedule="18:00", next_due_at=NINE)
    await tick
    assert (await room.known(chat)).next_due_at == NINE + 9 * HOUR


async def test_a_schedule_that_is_switched_off_sets_no_next_time(room: Newsroom) -> None:
    chat = await room.reader("казахстан")
    await room.change_chat(chat, schedule="off")
    await room.compose(at=NINE)
    assert (await room.known(chat)).next_due_at is None


async def test_every_chat_that_is_due_is_served_in_one_turn(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.compose.DUE", 3)
    readers = [await room.reader("казахстан", telegram_id=number) for number in range(1, 9)]
    await room.publish("Казахстан")
    await room.compose(at=NINE)
    assert len(await room.texts()) == len(readers)


async def test_a_chat_that_cannot_be_composed_for_keeps_nobody_waiting(room: Newsroom) -> None:
    broken = await room.reader("казахстан", telegram_id=1, next_due_at=NINE - HOUR)
    alerted = await room.reader(telegram_id=2)
    await room.follow(alerted, "казахстан", instant=True)
    chat = await room.reader("казахстан")
    await room.publish("Казахстан")
    await room.change_chat(broken, schedule="whenever")
    with capture_logs() as logs:
        await room.compose(at=NINE)
        await room.compose(at=NINE + 3 * SECOND)
    assert [len(await room.texts(one)) for one in (broken, alerted, chat)] == [0, 1, 1]
    assert [(line["event"], line["chat"]) for line in logs if line["log_level"] == "error"] == [
        ("digest not composed", broken.id)
    ]
    await room.change_chat(broken, schedule=None)
    await room.compose(at=NINE + HOUR)
    assert len(await room.texts(broken)) == 1


async def told_next(room: Newsroom, chat: Chat) -> datetime | None:
    """When the next digest is by the chat's choices, which is then when it is composed."""
    at = preferences(await room.known(chat), Defaults()).next_digest(after=room.now)
    await room.change_chat(chat, next_due_at=at)
    return at


async def test_a_zone_farther_west_brings_the_next_digest_of_a_set_time_tomorrow(room: Newsroom) -> None:
    chat = await room.reader("казахстан")
    await room.publish("Казахстан")
    await room.compose(at=NINE)
    await room.change_chat(chat, timezone="Europe/Moscow")
    room.now = NINE + 5 * MINUTE
    await room.publish("Казахстан и Москва")
    in_moscow = NINE + 2 * HOUR + DAY
    assert await told_next(room, chat) == in_moscow
    await room.compose(at=in_moscow - SECOND)
    assert len(await room.texts(chat)) == 1
    await room.compose(at=in_moscow)
    assert await count(room, chat, "Казахстан и Москва") == 1
    assert (await room.known(chat)).next_due_at == in_moscow + DAY


async def test_quiet_hours_that_begin_after_the_digest_do_not_bring_it_again(room: Newsroom) -> None:
    chat = await room.reader("казахстан", schedule="09:00")
    await room.compose(at=NINE)
    await room.change_chat(chat, schedule="09:00, quiet 08:00-12:00")
    assert await told_next(room, chat) == NINE + DAY + 3 * HOUR


async def test_the_next_time_is_set_past_one_that_was_answered_by_another_clock(room: Newsroom) -> None:
    chat = await room.reader("казахстан", schedule="09:00 10:00")
    await room.compose(at=NINE)
    await room.change_chat(chat, timezone="Europe/Moscow", next_due_at=NINE + MINUTE)
    await room.compose(at=NINE + MINUTE)
    assert (await room.known(chat)).next_due_at == NINE + 3 * HOUR


async def test_a_digest_and_the_next_time_are_written_together_or_not_at_all(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = await room.reader("казахстан")
    await room.publish("Казахстан")
    set_due, is_full = chats.set_due, True

    async def fail(conn: AsyncConnection, due_at: Mapping[int, datetime | None]) -> None:
        if is_full and NINE + DAY in due_at.values():
            raise OSError("disk full")
        await set_due(conn, due_at)

    monkeypatch.setattr(chats, "set_due", fail)
    await room.compose(at=NINE)
    assert (await room.texts(chat), await room.slots(chat)) == ([], [])
    is_full = False
    await room.compose(at=NINE + HOUR)
    assert await count(room, chat, "Казахстан") == 1


# What is new


async def test_what_was_stored_before_the_subscription_is_not_pushed(room: Newsroom) -> None:
    await room.publish("Казахстан вчера")
    chat = await room.reader("казахстан")
    await room.publish("Казахстан сегодня")
    await room.compose(at=NINE)
    assert await count(room, chat, "Казахстан вчера") == 0
    assert await count(room, chat, "Казахстан сегодня") == 1


async def test_what_was_stored_before_is_not_pushed_though_it_is_matched_later(room: Newsroom) -> None:
    await ingest(room.db, [draft("Казахстан вчера")], now=room.now)
    chat = await room.reader("казахстан")
    await room.publish("Казахстан сегодня")
    await room.compose(at=NINE)
    assert await count(room, chat, "Казахстан вчера") == 0
    assert await count(room, chat, "Казахстан сегодня") == 1


async def test_an_old_date_is_new_when_it_is_stored_after_the_subscription(room: Newsroom) -> None:
    chat = await room.reader("казахстан")
    await room.publish(draft("Казахстан", published_at=datetime(2019, 1, 1, tzinfo=UTC)))
    await room.compose(at=NINE)
    assert await count(room, chat, "Казахстан") == 1


async def test_an_article_that_changes_until_it_matches_is_told(room: Newsroom) -> None:
    chat = await room.reader("казахстан")
    await room.publish(draft("Погода", url="https://report.az/1"))
    await room.compose(at=NINE)
    await room.publish(draft("Погода в Казахстане", url="https://report.az/1"))
    await room.compose(at=NINE + DAY)
    assert await count(room, chat, "Погода в Казахстане") == 1


async def test_an_article_that_changes_after_it_was_told_is_not_told_again(room: Newsroom) -> None:
    chat = await room.reader("казахстан")
    await room.publish(draft("Казахстан", url="https://report.az/1"))
    await room.compose(at=NINE)
    await room.publish(draft("Казахстан, дополнено", url="https://report.az/1"))
    await room.compose(at=NINE + DAY)
    assert len(await room.texts(chat)) == 1


# Nothing twice


async def test_a_story_comes_once_through_alerts_digests_and_questions(room: Newsroom) -> None:
    chat = await room.reader("казахстан")
    await room.follow(chat, "астана", instant=True)
    await room.publish("Астана и Казахстан")
    await room.compose()
    assert await room.slots(chat) == [("instant", None)]
    assert not await room.ask(chat)
    await room.publish("Казахстан")
    assert await room.ask(chat)
    await room.publish("Казахстан и погода")
    await room.compose(at=NINE)
    assert not await room.ask(chat)
    titles = ("Астана и Казахстан", "Казахстан", "Казахстан и погода")
    assert [await count(room, chat, title) for title in titles] == [1, 1, 1]


async def test_the_same_text_at_another_address_does_not_come_again(room: Newsroom) -> None:
    chat = await room.reader("каспийское")
    await room.publish(draft("Перевозки растут", LONG, url="https://report.az/1"))
    await room.compose(at=NINE)
    await room.publish(draft("Рост перевозок", LONG, url="https://trend.az/1", source="trend.az"))
    await room.compose(at=NINE + DAY)
    assert not await room.ask(chat)
    assert len(await room.texts(chat)) == 1


async def test_a_story_told_by_two_sources_is_one_item_that_names_both(room: Newsroom) -> None:
    chat = await room.reader("каспийское")
    await room.publish(
        draft("Перевозки растут", LONG, url="https://report.az/1"),
        draft("Перевозки растут", LONG, url="https://trend.az/1", source="trend.az"),
    )
    await room.compose(at=NINE)
    [text] = await room.texts(chat)
    assert text.count("Перевозки растут") == 1
    assert ("report.az" in text, "trend.az" in text) == (True, True)


async def test_a_story_that_two_subscriptions_catch_stands_under_the_first(room: Newsroom) -> None:
    chat = await room.reader("казахстан", "коридор")
    await room.publish("Коридор через Казахстан", "Коридор")
    await room.compose(at=NINE)
    [text] = await room.texts(chat)
    lines = [line for line in text.splitlines() if line.startswith(("📌", "Коридор"))]
    assert lines == ["📌 казахстан", "Коридор через Казахстан", "📌 коридор", "Коридор"]


async def test_chats_have_memories_of_their_own(room: Newsroom) -> None:
    first = await room.reader("казахстан", telegram_id=1)
    second = await room.reader("казахстан", telegram_id=2, schedule="18:00")
    await room.publish("Казахстан")
    await room.compose(at=NINE - 12 * HOUR)
    assert [await count(room, chat, "Казахстан") for chat in (first, second)] == [0, 1]
    await room.ask(first)
    assert [await count(room, chat, "Казахстан") for chat in (first, second)] == [1, 1]


async def test_a_question_during_the_tick_tells_no_story_twice(room: Newsroom) -> None:
    chat = await room.reader("казахстан")
    await room.publish("Казахстан")
    room.now = NINE
    await asyncio.gather(room.compose(), room.ask(chat), room.ask(chat), room.compose())
    assert await count(room, chat, "Казахстан") == 1


# Asked for


async def test_a_first_digest_that_is_asked_for_begins_with_the_newest_stories_already_there(room: Newsroom) -> None:
    dates = [NOON - HOUR * hours for hours in range(1, FIRST_STORIES + 3)]
    await room.publish(*(draft(f"Казахстан {at:%H:%M}", published_at=at) for at in dates))
    chat = await room.reader("казахстан")
    assert await room.ask(chat)
    [text] = await room.texts(chat)
    told = [line for line in text.splitlines() if line.startswith("Казахстан ")]
    assert told == [f"Казахстан {at:%H:%M}" for at in dates[:FIRST_STORIES]]
    assert not await room.ask(chat)
    await room.compose(at=NINE)
    assert len(await room.texts(chat)) == 1


async def test_a_subscription_that_has_been_in_a_digest_begins_no_more(room: Newsroom) -> None:
    await room.publish("Казахстан вчера")
    chat = await room.reader("казахстан")
    await room.publish("Казахстан сегодня")
    await room.compose(at=NINE)
    assert not await room.ask(chat)


async def test_the_first_question_tells_what_is_new_besides(room: Newsroom) -> None:
    await room.publish(*(f"Казахстан {number}" for number in range(7)))
    chat = await room.reader("казахстан")
    await room.publish("Казахстан сегодня")
    assert await room.ask(chat)
    [text] = await room.texts(chat)
    assert "Казахстан сегодня" in text
    assert sum(line.startswith("Казахстан ") for line in text.splitlines()) <= FIRST_STORIES + 1


async def test_two_first_questions_at_once_are_answered_once(room: Newsroom) -> None:
    await room.publish("Казахстан вчера")
    chat = await room.reader("казахстан")
    assert sorted(await asyncio.gather(room.ask(chat), room.ask(chat))) == [False, True]


# Held back


async def test_a_paused_subscription_is_left_out_and_nothing_of_it_is_lost(room: Newsroom) -> None:
    chat = await room.reader("баку")
    paused = await room.follow(chat, "казахстан", paused=True)
    await room.publish("Казахстан", "Баку")
    await room.compose(at=NINE)
    await room.ask(chat)
    assert [await count(room, chat, title) for title in ("Казахстан", "Баку")] == [0, 1]
    await room.change(paused, paused=False)
    await room.compose(at=NINE + DAY)
    assert [await count(room, chat, title) for title in ("Казахстан", "Баку")] == [1, 1]


async def test_a_deletion_that_is_undone_loses_and_repeats_nothing(room: Newsroom) -> None:
    chat = await room.reader("казахстан")
    await room.publish("Казахстан первый")
    await room.ask(chat)
    async with room.db.write() as conn:
        [followed] = await subscriptions.of_chat(conn, chat.id)
        dropped = await subscriptions.drop(conn, chat.id, [followed.id], now=room.now)
    await room.publish("Казахстан второй")
    await room.compose(at=NINE)
    assert await count(room, chat, "Казахстан второй") == 0
    async with room.db.write() as conn:
        await subscriptions.restore(conn, chat.id, dropped.deletion)
    await room.ask(chat)
    await room.compose(at=NINE + DAY)
    assert [await count(room, chat, f"Казахстан {name}") for name in ("первый", "второй")] == [1, 1]


async def test_a_subscription_that_resumes_while_others_are_served_loses_nothing(room: Newsroom) -> None:
    await room.reader("баку", telegram_id=1)
    chat = await room.reader("баку", telegram_id=2)
    paused = await room.follow(chat, "казахстан", paused=True)
    await room.publish("Казахстан")
    await room.compose(at=NINE)
    await room.publish("Баку")
    async with room.db.write() as conn:
        tick = asyncio.create_task(room.compose(at=NINE + DAY))
        await asyncio.sleep(0.2)
        await subscriptions.change(conn, paused.id, chat_id=chat.id, paused=False)
    await tick
    await room.compose(at=NINE + 2 * DAY)
    assert [await count(room, chat, title) for title in ("Казахстан", "Баку")] == [1, 1]


async def test_a_sleeping_chat_gets_one_digest_when_it_wakes(room: Newsroom) -> None:
    chat = await room.reader("казахстан")
    await room.change_chat(chat, asleep=True)
    for day in range(3):
        await room.publish(f"Казахстан {day}")
        await room.compose(at=NINE + day * DAY)
    assert await room.texts(chat) == []
    await room.change_chat(chat, asleep=False)
    await room.compose()
    [text] = await room.texts(chat)
    assert [f"Казахстан {day}" in text for day in range(3)] == [True] * 3


async def test_a_chat_that_nothing_is_pushed_to_can_ask(room: Newsroom) -> None:
    chat = await room.reader("казахстан", schedule="off")
    await room.publish("Казахстан")
    await room.compose(at=NINE + DAY)
    assert await room.texts(chat) == []
    assert await room.ask(chat)


# At once


@pytest.mark.parametrize("whole_chat", [True, False], ids=["the chat's schedule", "the subscription"])
async def test_an_alert_is_composed_at_once_and_one_time(room: Newsroom, whole_chat: bool) -> None:
    chat = await room.reader(schedule="instant", instant=True) if whole_chat else await room.reader()
    await room.follow(chat, "казахстан", instant=not whole_chat)
    await room.publish("Казахстан", "Казахстан и мир")
    for _ in range(3):
        await room.compose()
    [text] = await room.texts(chat)
    assert text.startswith("📌 казахстан")
    assert [await count(room, chat, title) for title in ("Казахстан", "Казахстан и мир")] == [1, 1]


async def test_an_alert_leaves_what_waits_for_the_digest(room: Newsroom) -> None:
    chat = await room.reader("казахстан")
    await room.follow(chat, "баку", instant=True)
    await room.publish("Казахстан", "Баку")
    await room.compose()
    assert [await count(room, chat, title) for title in ("Казахстан", "Баку")] == [0, 1]
    await room.compose(at=NINE)
    assert [await count(room, chat, title) for title in ("Казахстан", "Баку")] == [1, 1]


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
    assert await count(room, chat, "Казахстан") == 1


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


# While a batch is made


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], Awaitable[object]]]:
    """What happens, one after another, each time that what is told has been read and is not committed yet."""
    happening: list[Callable[[], Awaitable[object]]] = []
    read = Items.read

    async def interrupted(*arguments: Any, **options: Any) -> Items:
        items = await read(*arguments, **options)
        if happening:
            await happening.pop(0)()
        return items

    monkeypatch.setattr(Items, "read", interrupted)
    return happening


async def test_what_is_paused_meanwhile_is_not_told(
    room: Newsroom, meanwhile: list[Callable[[], Awaitable[object]]]
) -> None:
    chat, other = await room.reader(telegram_id=1), await room.reader("казахстан", telegram_id=2)
    followed = await room.follow(chat, "казахстан")
    await room.publish("Казахстан")
    meanwhile.append(lambda: room.change(followed, paused=True))
    await room.compose(at=NINE)
    assert [len(await room.texts(one)) for one in (chat, other)] == [0, 1]
    await room.change(followed, paused=False)
    await room.compose(at=NINE + 3 * SECOND)
    assert [len(await room.texts(one)) for one in (chat, other)] == [1, 1]
    assert await room.slots(chat) == [("scheduled", "2025-12-07 09:00")]


async def test_a_chat_that_changes_its_language_meanwhile_reads_in_the_new_one(
    room: Newsroom, meanwhile: list[Callable[[], Awaitable[object]]]
) -> None:
    chat = await room.reader("казахстан")
    await room.publish("Казахстан")
    meanwhile.append(lambda: room.change_chat(chat, language="en"))
    await room.compose(at=NINE)
    assert await room.texts(chat) == []
    await room.compose(at=NINE + 3 * SECOND)
    [text] = await room.texts(chat)
    assert text.startswith("Digest")


async def test_a_chat_that_falls_asleep_or_changes_its_schedule_meanwhile_is_not_told(
    room: Newsroom, meanwhile: list[Callable[[], Awaitable[object]]]
) -> None:
    asleep, later = await room.reader("казахстан", telegram_id=1), await room.reader("казахстан", telegram_id=2)
    await room.publish("Казахстан")

    async def change() -> None:
        await room.change_chat(asleep, asleep=True)
        await room.change_chat(later, schedule="18:00", next_due_at=NINE + 9 * HOUR)

    meanwhile.append(change)
    await room.compose(at=NINE)
    assert await room.texts() == []
    assert (await room.known(later)).next_due_at == NINE + 9 * HOUR


async def test_a_question_is_answered_in_the_middle_of_a_long_turn(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.compose.BATCH", 1)
    has_begun, commit = asyncio.Event(), digests.commit

    async def begin(*arguments: Any, **options: Any) -> Outcome:
        has_begun.set()
        return await commit(*arguments, **options)

    monkeypatch.setattr(digests, "commit", begin)
    readers = [await room.reader("казахстан", telegram_id=number) for number in range(1, 21)]
    await room.publish("Казахстан")
    room.now = NINE
    turn = asyncio.create_task(room.compose())
    await has_begun.wait()
    assert await room.ask(readers[-1])
    served = len(await room.texts())
    await turn
    assert served < len(readers)
    assert [await count(room, reader, "Казахстан") for reader in readers] == [1] * len(readers)


async def test_one_chat_that_fails_harms_no_other_of_its_batch(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    readers = [await room.reader("казахстан", telegram_id=number) for number in range(1, 8)]
    await room.publish("Казахстан")
    render, broken = Composer._render, readers[3].id

    def fail(self: Composer, topics: Sequence[Topic], *rest: Any) -> list[str]:
        if topics[0].subscription.chat_id == broken:
            raise ValueError("cannot be told")
        return render(self, topics, *rest)

    monkeypatch.setattr(Composer, "_render", fail)
    with capture_logs() as logs:
        await room.compose(at=NINE)
    assert [len(await room.texts(reader)) for reader in readers] == [1, 1, 1, 0, 1, 1, 1]
    assert [line["chat"] for line in logs if line["log_level"] == "error"] == [broken]
    monkeypatch.undo()
    await room.compose(at=NINE + 10 * MINUTE)
    assert [len(await room.texts(reader)) for reader in readers] == [1] * 7


async def test_texts_are_held_page_by_page_and_each_is_read_once_for_all(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = []
    read = shown

    async def listening(conn: AsyncConnection, article_ids: Sequence[int]) -> list[Shown]:
        pages.append(list(article_ids))
        return await read(conn, article_ids)

    monkeypatch.setattr(items, "shown", listening)
    monkeypatch.setattr(items, "PAGE", 3)
    readers = [await room.reader("казахстан", telegram_id=number) for number in range(1, 4)]
    await room.publish(*(f"Казахстан {number}" for number in range(8)))
    await room.compose(at=NINE)
    assert pages == [[1, 2, 3], [4, 5, 6], [7, 8]]
    assert [await count(room, reader, "Казахстан 7") for reader in readers] == [1, 1, 1]


# For whom


async def test_terminals_and_telegram_are_composed_for_apart(room: Newsroom, i18n: I18n) -> None:
    telegram = await room.reader("казахстан")
    terminal = await room.reader("казахстан", telegram_id=TERMINAL + 1)
    other = await room.reader("казахстан", telegram_id=TERMINAL + 2)
    for chat in (telegram, terminal, other):
        await room.follow(chat, "баку", instant=True)
    await room.publish("Казахстан", "Баку")
    await room.compose(at=NINE)
    assert [len(await room.texts(chat)) for chat in (telegram, terminal, other)] == [1, 0, 0]
    console = Newsroom(room.db, i18n, only=TERMINAL + 1)
    await console.compose(at=NINE)
    assert [len(await room.texts(chat)) for chat in (telegram, terminal, other)] == [1, 1, 0]


async def test_a_chat_reads_in_its_own_language_and_by_its_own_clock(room: Newsroom) -> None:
    chat = await room.reader("казахстан", language="en", timezone="Europe/London", schedule="18:00")
    await room.publish("Казахстан")
    await room.compose(at=datetime(2025, 12, 6, 18, tzinfo=UTC))
    [text] = await room.texts(chat)
    assert text.startswith("Digest · December 6, 18:00 · 1 new story")


async def test_a_digest_too_long_for_a_message_is_told_in_parts(room: Newsroom) -> None:
    chat = await room.reader("казахстан")
    await room.publish(*(draft(f"Казахстан {number}", f"{number} {LONG}") for number in range(40)))
    await room.compose(at=NINE)
    texts = await room.texts(chat)
    assert len(texts) > 1
    assert "\n".join(texts).count("Казахстан ") == 40
    async with room.db.read() as conn:
        parts = (await conn.execute(select(outbox.c.part).order_by(outbox.c.id))).scalars()
        assert list(parts) == list(range(1, len(texts) + 1))


async def test_what_is_removed_while_a_digest_is_composed_is_left_out(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = await room.reader("казахстан")
    await room.publish("Казахстан вчера", "Казахстан сегодня")
    read = Items.read

    async def removed_meanwhile(*given: Any, **more: Any) -> Items:
        found = await read(*given, **more)
        async with room.db.write() as conn:
            await retention.drop_articles(conn, [1])
        return found

    monkeypatch.setattr(Items, "read", removed_meanwhile)
    assert await room.ask(chat)
    [text] = await room.texts(chat)
    assert "Казахстан сегодня" in text
    assert "Казахстан вчера" not in text


PIECES = ("казахстан", "Казахстана", "<b>", "</a>", "&amp;", "&", "\u202e", "🙂" * 20, '"', "\x00", "\u2028")
CHARACTERS = st.characters(exclude_categories=["Cs"])
HOSTILE = st.lists(st.sampled_from(PIECES) | st.text(CHARACTERS, max_size=30), max_size=30).map(" ".join)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(HOSTILE, min_size=1, max_size=6), address=st.text(CHARACTERS))
async def test_whatever_articles_hold_every_story_is_told_in_messages_that_telegram_takes(
    room: Newsroom, texts: list[str], address: str
) -> None:
    first = int(room.now.timestamp())  # another day and another reader for every example
    chat = await room.reader("казахстан | баку", "каз*", telegram_id=first)
    titles = {f"Казахстан {number}": text for number, text in enumerate(texts, first)}
    await room.publish(
        *(
            draft(f"{title} {text}", f"{text} {title}", url=f"https://a.az/{title}{address}", source=text[:50])
            for title, text in titles.items()
        )
    )
    await room.compose(at=room.now + DAY)
    told = "\n".join(await room.texts(chat))
    assert [title for title in titles if title not in told] == []
