"""What is told to everybody: who hears it, once, and how it is taken back."""

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import bans, broadcasts, chats, outbox
from storage.broadcasts import Audience, Broadcast, Progress, State
from storage.chats import TERMINAL
from storage.database import Database
from storage.models import Part
from storage.schema import broadcasts as broadcast_table
from storage.schema import chats as chat_table
from storage.schema import outbox as outbox_table
from tests.storage.builders import DAY, NOW, chat


async def begun(database: Database, *, only_private: bool = False) -> Broadcast:
    async with database.write() as conn:
        made = await broadcasts.draft(conn, "<b>News</b>", by=1, now=NOW - DAY)
        assert await begin(conn, made.id, only_private=only_private)
    return made


async def begin(conn: AsyncConnection, broadcast_id: int, *, only_private: bool = False) -> bool:
    return await broadcasts.begin(conn, broadcast_id, message_id=5, only_private=only_private, total=9, now=NOW)


async def put(database: Database, one: Broadcast, *, limit: int = 100) -> None:
    while not (await known(database, one)).complete:
        async with database.write() as conn:
            await broadcasts.put(conn, one.id, limit=limit, now=NOW)


async def known(database: Database, one: Broadcast) -> Broadcast:
    async with database.read() as conn:
        found = await broadcasts.find(conn, one.id)
    assert found
    return found


async def again(database: Database, one: Broadcast) -> None:
    """From the first chat on, as if nobody knew how far it was."""
    async with database.write() as conn:
        await conn.execute(broadcast_table.update().values(after_chat=0, complete=False))


async def told(database: Database) -> list[tuple[int, int]]:
    joined = outbox_table.join(chat_table, chat_table.c.id == outbox_table.c.chat_id)
    rows = select(chat_table.c.telegram_id, chat_table.c.thread_id).select_from(joined).order_by(outbox_table.c.id)
    async with database.read() as conn:
        return [tuple(row) for row in await conn.execute(rows)]


async def everybody(database: Database) -> None:
    """A person, a group of an older version, a channel, a forum; and those who are to be left alone."""
    await chat(database, 1)
    await chat(database, -2)
    await chat(database, -3, kind="channel")
    async with database.write() as conn:
        for thread_id in (0, 7, 8):
            made = await chats.ensure(conn, -4, thread_id=thread_id, now=NOW)
            await chats.change(conn, made.id, kind="supergroup", asleep=thread_id == 0)
    await chat(database, 5, asleep=True)
    await chat(database, 6, paused_until=NOW + DAY)
    await chat(database, 7)
    async with database.write() as conn:
        await bans.add(conn, 7, by=1, now=NOW)
    await chat(database, TERMINAL + 1)
    await chat(database, 8, paused_until=NOW)


@pytest.mark.parametrize("limit", [1, 3, 100])
async def test_everybody_awake_is_told_once_in_steps_of_any_size(database: Database, limit: int) -> None:
    await everybody(database)
    one = await begun(database)
    await put(database, one, limit=limit)
    await again(database, one)
    await put(database, one, limit=limit)
    assert await told(database) == [(1, 0), (-2, 0), (-3, 0), (-4, 7), (8, 0)]
    async with database.read() as conn:
        assert await broadcasts.audience(conn, only_private=False, now=NOW) == Audience(2, 2, 1)
        assert await broadcasts.audience(conn, only_private=True, now=NOW) == Audience(2, 0, 0)
        assert await broadcasts.under_way(conn, one.id, now=NOW) == 5
        assert await broadcasts.progress(conn, one.id) == Progress(0, 0, 5)


async def test_private_chats_alone_can_be_told(database: Database) -> None:
    await everybody(database)
    await put(database, await begun(database, only_private=True))
    assert await told(database) == [(1, 0), (8, 0)]


async def test_a_forum_whose_first_topic_falls_asleep_is_not_told_again(database: Database) -> None:
    await everybody(database)
    one = await begun(database)
    await put(database, one)
    async with database.write() as conn:
        await chats.fall_asleep(conn, -4, thread_id=7, why="closed", now=NOW)
    await again(database, one)
    await put(database, one)
    assert [place for place in await told(database) if place[0] == -4] == [(-4, 7)]


async def test_whoever_comes_after_it_has_begun_is_not_told(database: Database) -> None:
    await chat(database, 1)
    one = await begun(database)
    async with database.write() as conn:
        await chats.ensure(conn, 2, now=NOW + DAY)
    await put(database, one)
    assert await told(database) == [(1, 0)]


async def test_a_draft_is_sent_once_or_thrown_away(database: Database) -> None:
    one = await begun(database)
    async with database.write() as conn:
        assert not await begin(conn, one.id)
        assert not await broadcasts.discard(conn, one.id)
        other = await broadcasts.draft(conn, "?", by=1, now=NOW)
        assert await broadcasts.discard(conn, other.id)
        assert not await begin(conn, other.id)
        assert [found.id for found in await broadcasts.sending(conn)] == [one.id]


async def test_what_is_stopped_is_put_no_further(database: Database) -> None:
    await chat(database, 1)
    await chat(database, 2)
    one = await begun(database)
    async with database.write() as conn:
        await broadcasts.put(conn, one.id, limit=1, now=NOW)
        await broadcasts.end(conn, one.id)
        await broadcasts.put(conn, one.id, limit=1, now=NOW)
        draft = await broadcasts.draft(conn, "?", by=1, now=NOW)
        await broadcasts.put(conn, draft.id, limit=1, now=NOW)
    assert await told(database) == [(1, 0)]


async def test_how_far_it_is_stands_in_the_store(database: Database) -> None:
    await chat(database, 1)
    await chat(database, 2)
    one = await begun(database, only_private=True)
    async with database.write() as conn:
        await broadcasts.put(conn, one.id, limit=1, now=NOW)
    found = await known(database, one)
    assert (found.begun_at, found.only_private, found.message_id, found.total) == (NOW, True, 5, 9)
    assert (found.after_chat, found.complete) == (1, False)


async def test_what_waits_for_a_chat_that_sleeps_is_not_under_way(database: Database) -> None:
    for telegram_id in (1, 2):
        await chat(database, telegram_id)
    one = await begun(database)
    await put(database, one)
    async with database.write() as conn:
        await chats.fall_asleep(conn, 2, why="blocked", now=NOW)
        assert await broadcasts.under_way(conn, one.id, now=NOW) == 1
        assert await broadcasts.progress(conn, one.id) == Progress(0, 0, 2)


async def test_what_waits_is_taken_back_and_what_is_on_its_way_is_not(database: Database) -> None:
    await chat(database, 1)
    await chat(database, 2)
    one = await begun(database)
    await put(database, one)
    async with database.write() as conn:
        await outbox.take_turn(conn, [1], now=NOW)
        await broadcasts.stop(conn, one.id)
        assert await broadcasts.progress(conn, one.id) == Progress(0, 0, 1)
        found = await broadcasts.find(conn, one.id)
        assert found
        assert found.state is State.STOPPED


async def test_what_is_over_goes_when_nothing_of_it_is_left(database: Database) -> None:
    await chat(database, 1)
    one = await begun(database)
    await put(database, one)
    async with database.write() as conn:
        assert await broadcasts.drop_old(conn, before=NOW + DAY) == 0
        await broadcasts.end(conn, one.id)
        assert await broadcasts.drop_old(conn, before=NOW + DAY) == 0
        await conn.execute(outbox_table.delete())
        assert await broadcasts.drop_old(conn, before=one.created_at) == 0
        assert await broadcasts.drop_old(conn, before=NOW) == 1


async def test_a_broadcast_can_wait_unless_something_waits_behind_it(database: Database) -> None:
    first, second = await chat(database, 1), await chat(database, 2)
    await put(database, await begun(database))
    async with database.write() as conn:
        await outbox.enqueue(conn, second.id, [Part("a digest")], now=NOW)
        page = await outbox.ready(conn, now=NOW, limit=10)
        assert [(head.telegram_id, head.can_wait) for head in page.heads] == [(1, True), (2, False)]
        claimed = (await outbox.take_turn(conn, [1, 2], now=NOW)).claimed
    assert [(message.chat_id, message.is_broadcast, message.is_last) for message in claimed] == [
        (first.id, True, True),
        (second.id, True, False),
    ]
