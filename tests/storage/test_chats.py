from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from storage import chats, outbox, schema, subscriptions
from storage.chats import TERMINAL
from storage.database import Database
from storage.models import Chat, Part
from tests.storage.builders import DAY, HOUR, NOW, chat, follow


async def due(database: Database, **options: int) -> list[int]:
    """Telegram ids of the chats whose digest is due."""
    async with database.read() as conn:
        found = await chats.due(conn, now=NOW, limit=options.pop("limit", 10), **options)
        known = await chats.by_ids(conn, found)
    return [known[one].telegram_id for one in found]


async def test_a_new_chat_has_said_nothing_yet(database: Database) -> None:
    async with database.write() as conn:
        made = await chats.ensure(conn, 7, thread_id=3, telegram_language="kk", now=NOW)
    assert made == Chat(
        id=1,
        telegram_id=7,
        thread_id=3,
        telegram_language="kk",
        language=None,
        timezone=None,
        schedule=None,
        instant=False,
        next_due_at=None,
        asleep=False,
    )


async def test_a_chat_is_made_once_and_keeps_what_it_said(database: Database) -> None:
    before = await chat(database, 7, language="en", timezone="Asia/Baku", schedule="09:00", next_due_at=NOW)
    async with database.write() as conn:
        again = await chats.ensure(conn, 7, now=NOW + DAY)
        assert again == before
        assert await chats.find(conn, 7) == await chats.by_id(conn, before.id) == before
        assert await chats.count(conn) == 1


async def test_a_chat_that_writes_wakes(database: Database) -> None:
    await chat(database, 7, asleep=True)
    async with database.write() as conn:
        assert not (await chats.ensure(conn, 7, now=NOW)).asleep


async def test_the_last_language_that_telegram_named_is_kept(database: Database) -> None:
    async with database.write() as conn:
        for named, kept in (("ru", "ru"), (None, "ru"), ("az", "az")):
            assert (await chats.ensure(conn, 7, telegram_language=named, now=NOW)).telegram_language == kept


async def test_topics_of_a_forum_are_chats_of_their_own(database: Database) -> None:
    async with database.write() as conn:
        made = [(await chats.ensure(conn, -100, thread_id=thread, now=NOW)).id for thread in (0, 1, 2)]
        assert len(set(made)) == 3
        found = await chats.find(conn, -100, thread_id=2)
        assert found is not None
        assert (found.id, found.thread_id) == (made[2], 2)


async def test_an_unknown_chat_is_none(database: Database) -> None:
    async with database.read() as conn:
        assert await chats.find(conn, 7) is None
        assert await chats.by_id(conn, 7) is None


async def test_the_longest_overdue_chat_comes_first(database: Database) -> None:
    await chat(database, 1, next_due_at=NOW - HOUR)
    await chat(database, 2, next_due_at=NOW - DAY)
    await chat(database, 3, next_due_at=NOW)
    await chat(database, 4, next_due_at=NOW + timedelta(seconds=1))
    await chat(database, 5)
    await chat(database, 6, next_due_at=NOW - DAY, asleep=True)
    assert await due(database) == [2, 1, 3]
    assert await due(database, limit=2) == [2, 1]


async def test_terminals_are_served_by_themselves_alone(database: Database) -> None:
    await chat(database, 1, next_due_at=NOW)
    await chat(database, TERMINAL, next_due_at=NOW)
    await chat(database, TERMINAL + 1, next_due_at=NOW)
    assert await due(database) == [1]
    assert await due(database, only=TERMINAL) == [TERMINAL]
    assert await due(database, only=1) == [1]


@pytest.mark.parametrize("telegram_id", [-1_002_147_483_648, -(1 << 52), 1, (1 << 52) - 1])
async def test_no_telegram_id_is_that_of_a_terminal(database: Database, telegram_id: int) -> None:
    await chat(database, telegram_id, next_due_at=NOW)
    assert await due(database) == [telegram_id]


async def test_a_group_that_became_a_supergroup_goes_on_under_its_new_id(database: Database) -> None:
    before = await chat(database, -5, schedule="09:00")
    async with database.write() as conn:
        await chats.move(conn, -5, to=-100, now=NOW)
        moved = await chats.find(conn, -100)
        assert await chats.find(conn, -5) is None
    assert moved is not None
    assert (moved.id, moved.schedule) == (before.id, "09:00")


async def test_a_supergroup_in_which_somebody_wrote_first_gives_way_to_the_group_that_follows(
    database: Database,
) -> None:
    before, _ = await chat(database, -5, schedule="09:00"), await chat(database, -100)
    async with database.write() as conn:
        await chats.move(conn, -5, to=-100, now=NOW)
        moved = await chats.find(conn, -100)
    assert moved is not None
    assert moved.id == before.id


async def test_a_chat_that_is_there_already_takes_over_what_the_old_one_followed_and_was_to_be_told(
    database: Database,
) -> None:
    old, new = await chat(database, -5, schedule="09:00"), await chat(database, -100, schedule="18:00")
    for one, queries in ((old, ("саммит", "матч")), (new, ("матч", "погода"))):
        for query in queries:
            await follow(database, one, query)
    async with database.write() as conn:
        for one in (new, old, new):
            await outbox.enqueue(conn, one.id, [Part(str(one.telegram_id))], now=NOW)
        await chats.change(conn, old.id, next_due_at=NOW)
        await chats.move(conn, -5, to=-100, now=NOW)
        left, heir = await chats.by_id(conn, old.id), await chats.by_id(conn, new.id)
        followed = [one.text for one in await subscriptions.of_chat(conn, new.id)]
        waiting = [await outbox.waiting(conn, one.id) for one in (old, new)]
        in_order = await conn.execute(select(schema.outbox.c.html).order_by(schema.outbox.c.id))
    assert heir == new
    assert left == replace(old, asleep=True)
    assert (sorted(followed), waiting) == (["матч", "погода", "саммит"], [0, 3])
    assert list(in_order.scalars()) == ["-100", "-5", "-100"]


async def test_a_supergroup_with_a_message_that_waits_does_not_give_way(database: Database) -> None:
    old, new = await chat(database, -5, schedule="09:00"), await chat(database, -100)
    async with database.write() as conn:
        await outbox.enqueue(conn, new.id, [Part("привет")], now=NOW)
        await chats.move(conn, -5, to=-100, now=NOW)
        assert await outbox.waiting(conn, new.id) == 1
        assert (await chats.by_id(conn, old.id)) == replace(old, asleep=True)


async def test_a_chat_tells_why_and_since_when_it_sleeps_until_it_wakes(database: Database) -> None:
    async def slumber() -> list[tuple[bool, str | None, datetime | None]]:
        columns = (schema.chats.c.asleep, schema.chats.c.asleep_why, schema.chats.c.asleep_since)
        async with database.read() as conn:
            return [(row[0], row[1], row[2]) for row in await conn.execute(select(*columns))]

    await chat(database, 7)
    async with database.write() as conn:
        assert await chats.fall_asleep(conn, 7, why="blocked", now=NOW)
        assert not await chats.fall_asleep(conn, 7, why="gone", now=NOW + DAY)
    assert await slumber() == [(True, "blocked", NOW)]
    async with database.write() as conn:
        await chats.ensure(conn, 7, now=NOW)
    assert await slumber() == [(False, None, None)]


async def test_all_topics_that_fell_asleep_together_wake_together(database: Database) -> None:
    async with database.write() as conn:
        for thread in (0, 4, 5, 6):
            await chats.ensure(conn, -100, thread_id=thread, now=NOW)
        assert await chats.fall_asleep(conn, -100, thread_id=6, why="TOPIC_CLOSED", now=NOW)
        assert await chats.fall_asleep(conn, -100, why="kicked", now=NOW + DAY)
        await chats.ensure(conn, -100, thread_id=4, now=NOW + DAY)
        found = [await chats.find(conn, -100, thread_id=thread) for thread in (0, 4, 5, 6)]
    assert [one.asleep for one in found if one] == [False, False, False, True]


async def test_chats_with_the_same_choices_and_the_same_due_time_are_looked_at_once(database: Database) -> None:
    for telegram_id in (1, 2):
        await chat(database, telegram_id, timezone="Asia/Baku", schedule="09:00", next_due_at=NOW)
    await chat(database, 3, timezone="Asia/Baku", schedule="09:00", next_due_at=NOW + HOUR)
    await chat(database, 4, next_due_at=NOW)
    await chat(database, 5)
    async with database.read() as conn:
        assert [one.telegram_id for one in await chats.timed(conn)] == [1, 3, 4]


async def test_chats_that_are_alike_are_given_their_new_due_time_together(database: Database) -> None:
    alike = [await chat(database, number, schedule="09:00", next_due_at=NOW) for number in (1, 2)]
    other = await chat(database, 3, schedule="09:00", timezone="Asia/Baku", next_due_at=NOW)
    async with database.write() as conn:
        assert await chats.retime(conn, [(alike[0], NOW + HOUR)]) == 2
        known = await chats.by_ids(conn, [1, 2, other.id])
    assert [one.next_due_at for one in known.values()] == [NOW + HOUR, NOW + HOUR, NOW]


async def test_a_chat_that_chose_anew_meanwhile_keeps_its_own_due_time(database: Database) -> None:
    before = await chat(database, 1, schedule="09:00", next_due_at=NOW)
    after = await chat(database, 1, schedule="18:00", next_due_at=NOW)
    async with database.write() as conn:
        assert await chats.retime(conn, [(before, NOW + HOUR)]) == 0
        assert await chats.by_id(conn, before.id) == after
