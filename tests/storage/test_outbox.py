from datetime import timedelta
from typing import Any

from sqlalchemy import select

from storage import chats, digests, outbox
from storage.chats import TERMINAL
from storage.database import Database
from storage.digests import Composed
from storage.models import Chat, DigestKind, Message, Part
from storage.planning import Gathered
from storage.schema import outbox as outbox_table
from tests.storage.builders import DAY, HOUR, NOW, chat


async def enqueue(database: Database, chat: Chat, *messages: str | Part) -> None:
    composed = Composed(
        kind=DigestKind.ASKED,
        slot=None,
        tellings=(),
        subscription_ids=frozenset(),
        messages=tuple(one if isinstance(one, Part) else Part(one) for one in messages),
    )
    async with database.write() as conn:
        await digests.commit(conn, {chat.id: (Gathered(chat.id, (), (), 0), composed)}, now=NOW)


async def claim(
    database: Database, *, limit: int = 10, only: int | None = None, later: timedelta = HOUR
) -> list[Message]:
    async with database.write() as conn:
        now = NOW + later
        pending = await outbox.has_pending(conn, now=now, only=only)
        claimed = await outbox.claim(conn, now=now, limit=limit, only=only)
        assert pending == bool(claimed)
        return claimed


async def texts(database: Database, **options: Any) -> list[str]:
    return [message.html for message in await claim(database, **options)]


async def states(database: Database) -> list[tuple[str, int, str | None]]:
    """State, attempts and error of every message."""
    async with database.read() as conn:
        rows = await conn.execute(select(outbox_table).order_by(outbox_table.c.id))
        return [(row.state, row.attempts, row.error) for row in rows]


async def test_a_claimed_message_knows_where_it_goes(database: Database) -> None:
    async with database.write() as conn:
        topic = await chats.ensure(conn, -100, thread_id=4, now=NOW)
    await enqueue(database, topic, "один")
    assert await claim(database) == [
        Message(id=1, chat_id=topic.id, telegram_id=-100, thread_id=4, part=1, html="один", attempts=1)
    ]


async def test_a_chat_gets_one_message_at_a_time_in_order(database: Database) -> None:
    reader, other = await chat(database, 1), await chat(database, 2)
    await enqueue(database, reader, "а1", "а2")
    await enqueue(database, other, "б1")
    await enqueue(database, reader, "а3")
    assert await texts(database) == ["а1", "б1"]
    assert await texts(database) == []
    async with database.write() as conn:
        await outbox.sent(conn, 1, now=NOW)
    assert await texts(database) == ["а2"]
    async with database.write() as conn:
        await outbox.refused(conn, 2, error="Bad Request", now=NOW)
    assert await texts(database) == ["а3"]
    assert await states(database) == [
        ("sent", 1, None),
        ("refused", 1, "Bad Request"),
        ("sending", 1, None),
        ("sending", 1, None),
    ]


async def test_no_more_are_claimed_than_asked_for(database: Database) -> None:
    for number in range(1, 4):
        await enqueue(database, await chat(database, number), str(number))
    assert [await texts(database, limit=2) for _ in range(2)] == [["1", "2"], ["3"]]


async def test_a_postponed_message_holds_back_those_after_it_until_its_time(database: Database) -> None:
    reader = await chat(database)
    await enqueue(database, reader, "один", "два")
    await claim(database)
    async with database.write() as conn:
        await outbox.postpone(conn, 1, until=NOW + DAY, error="Too Many Requests")
    assert await states(database) == [("pending", 1, "Too Many Requests"), ("pending", 0, None)]
    assert await texts(database) == []
    [again] = await claim(database, later=DAY)
    assert (again.html, again.attempts) == ("один", 2)
    async with database.write() as conn:
        await outbox.sent(conn, 1, now=NOW)
    assert await states(database) == [("sent", 2, None), ("pending", 0, None)]


async def test_a_message_waits_the_whole_of_the_second_it_was_put_off_to(database: Database) -> None:
    await enqueue(database, await chat(database), "один")
    await claim(database)
    async with database.write() as conn:
        await outbox.postpone(conn, 1, until=NOW + DAY + timedelta(microseconds=1), error="")
    assert await claim(database, later=DAY) == []
    assert len(await claim(database, later=DAY + timedelta(seconds=1))) == 1


async def test_messages_wait_for_a_chat_that_sleeps(database: Database) -> None:
    reader = await chat(database)
    await enqueue(database, reader, "один")
    async with database.write() as conn:
        await chats.change(conn, reader.id, asleep=True)
    assert await texts(database) == []
    async with database.write() as conn:
        await chats.ensure(conn, 1, now=NOW)
    assert await texts(database) == ["один"]


async def test_what_an_interrupted_run_was_sending_is_sent_again(database: Database) -> None:
    reader, other = await chat(database, 1), await chat(database, 2)
    await enqueue(database, reader, "один", "два")
    await enqueue(database, other, "три")
    await claim(database)
    async with database.write() as conn:
        await outbox.sent(conn, 3, now=NOW)
        assert await outbox.recover(conn) == 1
        assert await outbox.recover(conn) == 0
    [again] = await claim(database)
    assert (again.html, again.attempts) == ("один", 2)


async def test_terminals_and_telegram_do_not_touch_each_other(database: Database) -> None:
    await enqueue(database, await chat(database, TERMINAL), "терминал")
    await enqueue(database, await chat(database, TERMINAL + 1), "другой")
    await enqueue(database, await chat(database, 1), "телеграм")
    assert await texts(database) == ["телеграм"]
    assert await texts(database, only=TERMINAL) == ["терминал"]
    async with database.write() as conn:
        assert await outbox.recover(conn) == 1
    assert await states(database) == [("sending", 1, None), ("pending", 0, None), ("pending", 1, None)]
    async with database.write() as conn:
        assert await outbox.recover(conn, only=TERMINAL) == 1
    assert await texts(database, only=TERMINAL + 1) == ["другой"]


async def test_waiting_counts_what_is_not_settled(database: Database) -> None:
    async def waiting() -> int:
        async with database.read() as conn:
            return await outbox.waiting(conn, reader.id)

    reader, other = await chat(database, 1), await chat(database, 2)
    await enqueue(database, other, "чужое")
    await enqueue(database, reader, "один", "два")
    assert await waiting() == 2
    await claim(database)
    assert await waiting() == 2
    async with database.write() as conn:
        await outbox.sent(conn, 2, now=NOW)
    assert await waiting() == 1
