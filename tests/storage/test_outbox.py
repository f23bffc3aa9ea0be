"""What waits to be sent: in order within a chat, claimed once, and recorded where it did not go as it should."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from storage import chats, digests, outbox
from storage.chats import TERMINAL
from storage.database import Database
from storage.digests import Composed
from storage.models import AttemptOutcome, Chat, DigestKind, Message, MessageState, Part
from storage.outbox import Head
from storage.planning import Gathered
from storage.schema import attempts as attempts_table
from storage.schema import outbox as outbox_table
from tests.storage import sending
from tests.storage.builders import DAY, HOUR, NOW, chat
from tests.storage.sending import ended

AGAIN = MessageState.PENDING


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
        return await sending.claim(conn, now=NOW + later, limit=limit, only=only)


async def texts(database: Database, **options: Any) -> list[str]:
    return [message.html for message in await claim(database, **options)]


async def settle(database: Database, message: Message, state: MessageState = MessageState.SENT, **fields: Any) -> None:
    async with database.write() as conn:
        await sending.settle(conn, [ended(message, state, **fields)], now=NOW + HOUR)


async def states(database: Database) -> list[tuple[str, int, str | None]]:
    """State, attempts and error of every message."""
    async with database.read() as conn:
        rows = await conn.execute(select(outbox_table).order_by(outbox_table.c.id))
        return [(row.state, row.attempts, row.error) for row in rows]


async def recorded(database: Database) -> list[tuple[int, int, str, str | None]]:
    """Message, number, outcome and error of every attempt that is recorded."""
    async with database.read() as conn:
        table = attempts_table
        rows = await conn.execute(select(table).order_by(table.c.message_id, table.c.number))
        return [(row.message_id, row.number, row.outcome, row.error) for row in rows]


async def test_a_claimed_message_knows_where_it_goes_and_how_old_it_is(database: Database) -> None:
    async with database.write() as conn:
        topic = await chats.ensure(conn, -100, thread_id=4, now=NOW)
    await enqueue(database, topic, "один")
    assert await claim(database) == [
        Message(
            id=1,
            chat_id=topic.id,
            telegram_id=-100,
            thread_id=4,
            part=1,
            html="один",
            attempts=1,
            tried_at=NOW + HOUR,
            composed_at=NOW,
        )
    ]


async def test_a_message_knows_whether_others_wait_behind_it(database: Database) -> None:
    reader = await chat(database)
    await enqueue(database, reader, "один", "два")
    [first] = await claim(database)
    await settle(database, first)
    [second] = await claim(database)
    assert (first.is_last, second.is_last) == (False, True)


async def test_a_chat_gets_one_message_at_a_time_in_order(database: Database) -> None:
    reader, other = await chat(database, 1), await chat(database, 2)
    await enqueue(database, reader, "а1", "а2")
    await enqueue(database, other, "б1")
    await enqueue(database, reader, "а3")
    first, second = await claim(database)
    assert (first.html, second.html) == ("а1", "б1")
    assert await texts(database) == []
    await settle(database, first)
    [third] = await claim(database)
    assert third.html == "а2"
    await settle(database, third, MessageState.REFUSED, outcome=AttemptOutcome.REFUSED, error="Bad Request")
    assert await texts(database) == ["а3"]
    assert await states(database) == [
        ("sent", 1, None),
        ("refused", 1, "Bad Request"),
        ("sending", 1, None),
        ("sending", 1, None),
    ]


async def test_settling_tells_what_comes_next_in_the_chats_settled(database: Database) -> None:
    reader, other = await chat(database, 7), await chat(database, 8)
    await enqueue(database, reader, "а1", "а2")
    await enqueue(database, other, "б1")
    first, last = await claim(database)
    async with database.write() as conn:
        turn = await outbox.take_turn(conn, now=NOW + HOUR, ended=[ended(first), ended(last)])
    assert turn.next == [Head(2, 7)]


async def test_only_the_first_open_message_of_a_chat_can_be_claimed(database: Database) -> None:
    await enqueue(database, await chat(database), "один", "два")
    async with database.write() as conn:
        for wanted, claimed in (([2], []), ([1, 2], [1]), ([1], []), ([99], [])):
            turn = await outbox.take_turn(conn, wanted, now=NOW + HOUR)
            assert [message.id for message in turn.claimed] == claimed


async def test_no_more_are_found_than_asked_for_and_the_next_page_begins_behind_them(database: Database) -> None:
    for number in range(1, 6):
        await enqueue(database, await chat(database, number), str(number), "mehr")
    async with database.read() as conn:
        first, _ = await outbox.ready(conn, now=NOW, limit=3)
        second, _ = await outbox.ready(conn, now=NOW, limit=3, after=first[-1].id)
    assert [[head.telegram_id for head in page] for page in (first, second)] == [[1, 2, 3], [4, 5]]


async def test_messages_are_found_in_their_order_whatever_the_order_of_the_chats(database: Database) -> None:
    made = [await chat(database, number) for number in range(1, 9)]
    for one in reversed(made):
        await enqueue(database, one, "один", "два")
    async with database.read() as conn:
        found, _ = await outbox.ready(conn, now=NOW, limit=5)
    assert [head.telegram_id for head in found] == [8, 7, 6, 5, 4]
    assert [head.id for head in found] == sorted(head.id for head in found)


async def test_a_postponed_message_holds_back_those_after_it_until_its_time(database: Database) -> None:
    await enqueue(database, await chat(database), "один", "два")
    [first] = await claim(database)
    await settle(database, first, AGAIN, not_before=NOW + DAY, error="Too Many Requests")
    assert await states(database) == [("pending", 1, "Too Many Requests"), ("pending", 0, None)]
    assert await texts(database) == []
    [again] = await claim(database, later=DAY)
    assert (again.html, again.attempts, again.tried_at, again.doubtful) == ("один", 2, NOW + HOUR, False)
    await settle(database, again)
    assert await states(database) == [("sent", 2, None), ("pending", 0, None)]
    assert await recorded(database) == [(1, 1, "not_sent", "Too Many Requests"), (1, 2, "sent", None)]


async def test_what_is_put_off_can_be_hastened(database: Database) -> None:
    await enqueue(database, await chat(database), "один")
    [first] = await claim(database)
    await settle(database, first, AGAIN, not_before=NOW + DAY)
    async with database.write() as conn:
        await outbox.hasten(conn, [1, 2], now=NOW + HOUR)
    assert await texts(database) == ["один"]


async def test_a_message_waits_the_whole_of_the_second_it_was_put_off_to(database: Database) -> None:
    await enqueue(database, await chat(database), "один")
    [first] = await claim(database)
    await settle(database, first, AGAIN, not_before=NOW + DAY + timedelta(microseconds=1))
    assert await claim(database, later=DAY) == []
    assert len(await claim(database, later=DAY + timedelta(seconds=1))) == 1


async def test_a_success_at_once_leaves_no_record_and_every_other_attempt_does(database: Database) -> None:
    await enqueue(database, await chat(database, 1), "один")
    await enqueue(database, await chat(database, 2), "два")
    plain, troubled = await claim(database)
    await settle(database, plain)
    await settle(database, troubled, AGAIN, outcome=AttemptOutcome.LOST, error="timeout")
    [again] = await claim(database)
    assert again.doubtful
    await settle(database, again, MessageState.UNKNOWN, outcome=AttemptOutcome.NOT_SENT, error="connection refused")
    assert await recorded(database) == [(2, 1, "lost", "timeout"), (2, 2, "not_sent", "connection refused")]
    assert [state for state, _, _ in await states(database)] == ["sent", "unknown"]


async def test_a_time_that_begins_anew_is_counted_from_the_next_attempt(database: Database) -> None:
    await enqueue(database, await chat(database), "один")
    [first] = await claim(database)
    await settle(database, first, AGAIN, anew=True)
    [again] = await claim(database, later=9 * DAY)
    assert again.tried_at == NOW + 9 * DAY


async def test_what_was_claimed_but_not_sent_counts_as_no_attempt(database: Database) -> None:
    await enqueue(database, await chat(database), "один")
    await claim(database)
    async with database.write() as conn:
        await outbox.give_back(conn, [1, 2])
        await outbox.give_back(conn, [1])
    assert await states(database) == [("pending", 0, None)]


async def test_what_is_settled_already_is_not_settled_again(database: Database) -> None:
    await enqueue(database, await chat(database), "один")
    [first] = await claim(database)
    await settle(database, first)
    await settle(database, first, MessageState.REFUSED, error="late")
    assert await states(database) == [("sent", 1, None)]


async def test_the_attempt_of_a_message_that_is_gone_is_forgotten(database: Database) -> None:
    reader = await chat(database)
    await enqueue(database, reader, "один")
    [first] = await claim(database)
    async with database.write() as conn:
        await conn.execute(outbox_table.delete())
    await settle(database, first, AGAIN, error="timeout")
    assert await recorded(database) == []


async def test_messages_wait_for_a_chat_that_sleeps(database: Database) -> None:
    await enqueue(database, await chat(database), "один")
    async with database.write() as conn:
        await chats.fall_asleep(conn, 1, why="blocked", now=NOW)
        assert (await outbox.take_turn(conn, [1], now=NOW + HOUR)).claimed == []
    assert await texts(database) == []
    async with database.write() as conn:
        await chats.ensure(conn, 1, now=NOW)
    assert await texts(database) == ["один"]


async def test_a_message_of_no_digest_is_sent_in_its_turn(database: Database) -> None:
    reader = await chat(database)
    await enqueue(database, reader, "один")
    async with database.write() as conn:
        await outbox.enqueue(conn, reader.id, [Part("два"), Part("три")], now=NOW)
        await outbox.enqueue(conn, reader.id, [], now=NOW)
        await outbox.enqueue(conn, reader.id, [Part("четыре")], now=NOW)
    sent = []
    while found := await claim(database):
        sent += found
        await settle(database, found[0])
    assert [(one.html, one.composed_at) for one in sent] == [
        ("один", NOW),
        ("два", None),
        ("три", None),
        ("четыре", None),
    ]


async def test_what_an_interrupted_run_was_sending_is_sent_again_and_recorded(database: Database) -> None:
    reader, other = await chat(database, 1), await chat(database, 2)
    await enqueue(database, reader, "один", "два")
    await enqueue(database, other, "три")
    _, third = await claim(database)
    await settle(database, third)
    async with database.write() as conn:
        assert await outbox.recover(conn, now=NOW) == 1
        assert await outbox.recover(conn, now=NOW) == 0
    assert await recorded(database) == [(1, 1, "interrupted", None)]
    [again] = await claim(database)
    assert (again.html, again.attempts, again.doubtful) == ("один", 2, True)


async def test_terminals_and_telegram_do_not_touch_each_other(database: Database) -> None:
    await enqueue(database, await chat(database, TERMINAL), "терминал")
    await enqueue(database, await chat(database, TERMINAL + 1), "другой")
    await enqueue(database, await chat(database, 1), "телеграм")
    assert await texts(database) == ["телеграм"]
    assert await texts(database, only=TERMINAL) == ["терминал"]
    async with database.write() as conn:
        assert await outbox.recover(conn, now=NOW) == 1
    assert [state for state, _, _ in await states(database)] == ["sending", "pending", "pending"]
    async with database.write() as conn:
        assert await outbox.recover(conn, now=NOW, only=TERMINAL) == 1
    assert await texts(database, only=TERMINAL + 1) == ["другой"]


async def test_waiting_counts_what_is_not_settled(database: Database) -> None:
    async def waiting() -> int:
        async with database.read() as conn:
            return await outbox.waiting(conn, reader.id)

    reader, other = await chat(database, 1), await chat(database, 2)
    await enqueue(database, other, "чужое")
    await enqueue(database, reader, "один", "два")
    assert await waiting() == 2
    _, own = await claim(database)
    assert await waiting() == 2
    await settle(database, own)
    assert await waiting() == 1
