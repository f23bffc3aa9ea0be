"""A digest comes once for each set time that was chosen, whatever happens to schedule, zone and process in between."""

import asyncio
from collections.abc import Mapping
from datetime import datetime

import pytest
from aiogram.utils.i18n import I18n
from sqlalchemy.ext.asyncio import AsyncConnection
from structlog.testing import capture_logs

from bot.compose import Composer
from bot.preferences import preferences
from storage import chats, digests, outbox
from storage.errors import FullError
from storage.models import Chat, Part
from tests.bot.newsroom import DAY, HOUR, MINUTE, NINE, SECOND, Defaults, Newsroom


async def restarted(room: Newsroom, i18n: I18n) -> None:
    room.composer = Composer(room.db, Defaults(), i18n)


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
    assert await room.count(chat, "Казахстан, подробности") == 1


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


async def test_new_rules_of_a_zone_hold_from_the_next_start(room: Newsroom, i18n: I18n) -> None:
    """As if the zone had been an hour farther west when the time was computed."""
    chat = await room.reader("казахстан", next_due_at=NINE + HOUR)
    other = await room.reader("казахстан", telegram_id=2, schedule="18:00")
    await room.publish("Казахстан")
    await room.compose(at=NINE - SECOND)
    assert (await room.known(chat)).next_due_at == NINE
    assert (await room.known(other)).next_due_at == NINE - 15 * HOUR + DAY
    await room.compose(at=NINE)
    assert await room.slots(chat) == [("scheduled", "2025-12-07 09:00")]


async def test_no_message_waits_for_a_clock_that_was_a_year_ahead(room: Newsroom) -> None:
    chat = await room.reader()
    async with room.db.write() as conn:
        await outbox.enqueue(conn, chat.id, [Part("one")], now=NINE + 365 * DAY)
    await room.compose(at=NINE)
    async with room.db.read() as conn:
        assert len((await outbox.ready(conn, now=NINE, limit=1)).heads) == 1


async def test_no_chat_waits_for_a_clock_that_was_a_year_ahead(room: Newsroom) -> None:
    chat = await room.reader("казахстан")
    await room.compose(at=NINE + 365 * DAY)
    await room.publish("Казахстан")
    with capture_logs() as logs:
        await room.compose(at=NINE - HOUR)
    assert (await room.known(chat)).next_due_at == NINE
    assert [line for line in logs if line["event"] == "clock set back"] == [
        {"event": "clock set back", "log_level": "warning", "by_s": (365 * DAY + HOUR).total_seconds()}
    ]
    # The digest of the year ahead stood for all since, and so for this one; the next has what has come.
    await room.compose(at=NINE)
    assert await room.texts(chat) == []
    await room.compose(at=NINE + DAY)
    assert len(await room.texts(chat)) == 1


async def test_what_quiet_hours_hold_has_the_name_of_its_time_when_it_comes(room: Newsroom) -> None:
    chat = await room.reader("казахстан")
    await room.publish("Казахстан")
    await room.change_chat(chat, schedule="09:00, quiet 10:00-12:00")
    await room.compose(at=NINE + 2 * HOUR)
    assert await room.texts(chat) == []
    await room.compose(at=NINE + 3 * HOUR)
    assert await room.slots(chat) == [("scheduled", "2025-12-07 09:00")]


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
    assert await room.count(chat, "Казахстан и Москва") == 1
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
    assert await room.count(chat, "Казахстан") == 1


async def test_a_full_disk_puts_no_chat_off(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no fault of the chat's: its digest comes with the next turn, not later."""
    reader = await room.reader("казахстан")
    await room.publish("Казахстан")
    due = preferences(reader, Defaults()).next_digest(after=room.now - DAY)
    await room.change_chat(reader, next_due_at=due)

    async def full(*_: object, **__: object) -> None:
        raise FullError("full")

    with monkeypatch.context() as patch:
        patch.setattr(digests, "commit", full)
        with pytest.raises(FullError):
            await room.composer.compose_due(now=room.now)
    await room.composer.compose_due(now=room.now)
    assert len(await room.slots(reader)) == 1
