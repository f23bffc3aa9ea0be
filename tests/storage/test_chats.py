from datetime import timedelta

import pytest

from storage import chats
from storage.chats import TERMINAL
from storage.database import Database
from storage.models import Chat
from tests.storage.builders import DAY, HOUR, NOW, chat


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
        await chats.move(conn, -5, to=-100)
        moved = await chats.find(conn, -100)
        assert await chats.find(conn, -5) is None
    assert moved is not None
    assert (moved.id, moved.schedule) == (before.id, "09:00")


async def test_a_supergroup_in_which_somebody_wrote_first_gives_way_to_the_group_that_follows(
    database: Database,
) -> None:
    before, _ = await chat(database, -5, schedule="09:00"), await chat(database, -100)
    async with database.write() as conn:
        await chats.move(conn, -5, to=-100)
        moved = await chats.find(conn, -100)
    assert moved is not None
    assert moved.id == before.id


async def test_a_move_leaves_a_chat_that_is_there_already_alone(database: Database) -> None:
    old, new = await chat(database, -5, schedule="09:00"), await chat(database, -100, schedule="18:00")
    async with database.write() as conn:
        await chats.move(conn, -5, to=-100)
        assert (await chats.by_id(conn, old.id), await chats.by_id(conn, new.id)) == (old, new)
