"""Delivery while the network, the store or the bot itself fails: everything arrives, as seldom twice as can be."""

import asyncio
import signal
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from aiogram import Bot
from aiogram.utils.i18n import I18n
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from bot.breaker import LONGEST_WAIT_S, MESSAGES, Breaker
from bot.delivery import Delivery
from bot.draining import IN_FLIGHT
from bot.ledger import TRIES
from bot.outcomes import FIRST_WAIT, LONGEST_WAIT, TRIED_FOR
from storage.schema import outbox
from tests.bot.delivering import OTHER, arrived, deliver, enqueue, settle, states
from tests.bot.newsroom import READER, Newsroom
from tests.telegram import TelegramServer

FAULTS: Mapping[str, Mapping[str, Any]] = {
    "server error": {"status": 500},
    "gateway's page": {"status": 502, "body": "<html>Bad Gateway</html>"},
    "success that is no JSON": {"status": 200, "body": "<html>hello</html>"},
    "restart": {"status": 503, "description": "Service Unavailable"},
    "token refused": {"status": 401},
    "dropped before": {"drop": "before"},
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
async def test_a_fault_is_tried_again_until_the_message_arrives_once(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery, fault: Mapping[str, Any]
) -> None:
    await enqueue(room, READER, "one", "two")
    telegram.fail_next("sendMessage", times=3, **fault)
    for attempt in range(3):
        await settle(room, delivery, after=FIRST_WAIT * 2**attempt / 2)
        assert arrived(telegram) == []
    await settle(room, delivery, after=FIRST_WAIT * 4)
    assert arrived(telegram) == [(READER, "one"), (READER, "two")]


async def test_nothing_is_lost_while_telegram_is_out_of_reach(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery
) -> None:
    await enqueue(room, READER, "one")
    async with telegram.unreachable():
        await delivery.drain()
    assert await states(room) == ["pending"]
    await settle(room, delivery, after=FIRST_WAIT)
    assert arrived(telegram) == [(READER, "one")]


async def test_waits_double_up_to_the_longest(room: Newsroom, telegram: TelegramServer, delivery: Delivery) -> None:
    await enqueue(room, READER, "one")
    telegram.fail_next("sendMessage", times=30)
    waits = []
    for _ in range(12):
        await delivery.drain()
        async with room.db.read() as conn:
            until = (await conn.execute(select(outbox.c.not_before))).scalar_one()
        waits.append(until - room.now)
        room.now = until
    assert waits[:4] == [FIRST_WAIT * factor for factor in (1, 2, 4, 8)]
    assert waits[-2:] == [LONGEST_WAIT, LONGEST_WAIT]


async def test_a_send_whose_answer_was_lost_may_arrive_twice_but_no_other_part_does(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery
) -> None:
    await enqueue(room, READER, "one", "two", "three")
    telegram.fail_next("sendMessage", drop="after")
    await delivery.drain()
    await settle(room, delivery, after=FIRST_WAIT)
    assert [text for _, text in arrived(telegram)] == ["one", "one", "two", "three"]


async def test_part_two_failing_does_not_send_part_one_again(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery
) -> None:
    await enqueue(room, READER, "one", "two", "three")
    drain = asyncio.create_task(delivery.drain())
    await telegram.wait_for("one", since=0)
    telegram.fail_next("sendMessage")
    await drain
    assert await states(room) == ["sent", "pending", "pending"]
    await settle(room, delivery, after=FIRST_WAIT)
    assert [text for _, text in arrived(telegram)] == ["one", "two", "three"]


async def test_a_send_that_hangs_holds_up_its_own_chat_alone(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery
) -> None:
    await enqueue(room, READER, "one", "two")
    telegram.fail_next("sendMessage", chat_id=READER, drop="hang")
    drain = asyncio.create_task(delivery.drain())
    await telegram.wait_for("one", since=0)
    for number in range(2 * IN_FLIGHT):
        telegram.register(2000 + number)
        await enqueue(room, 2000 + number, "three")
    await telegram.wait_for(1 + 2 * IN_FLIGHT, since=0, timeout_s=4)
    assert not drain.done()
    drain.cancel()
    await asyncio.gather(drain, return_exceptions=True)
    assert [text for _, text in arrived(telegram)] == ["one", *["three"] * 2 * IN_FLIGHT]


async def test_a_send_that_was_broken_off_is_made_again(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery
) -> None:
    await enqueue(room, READER, "one", "two")
    telegram.fail_next("sendMessage", drop="hang")
    drain = asyncio.create_task(delivery.drain())
    await telegram.wait_for("one", since=0)
    drain.cancel()
    await asyncio.gather(drain, return_exceptions=True)
    await settle(room, delivery, after=timedelta(seconds=1))
    assert [text for _, text in arrived(telegram)] == ["one", "one", "two"]


async def test_an_outcome_that_could_not_be_written_down_is_not_forgotten(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    await enqueue(room, READER, "one", "two")

    def fail(_driver: object, ended: Sequence[object], _now: int) -> None:
        if ended:
            raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("storage.outbox._settle", fail)
        for _ in range(2):
            with pytest.raises(DBAPIError):
                await delivery.drain()
    assert len(telegram.sent) == 1
    await delivery.drain()
    assert [text for _, text in arrived(telegram)] == ["one", "two"]
    assert await states(room) == ["sent", "sent"]


async def test_an_outcome_that_cannot_be_settled_ends_as_unknown_and_holds_up_no_other(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    await enqueue(room, READER, "one", "two")
    telegram.fail_next("sendMessage", chat_id=READER, status=403, description="Forbidden: bot was blocked by the user")

    async def fail(*_: object, **__: object) -> None:
        raise LookupError("a mistake, with words of a message")

    monkeypatch.setattr("bot.ledger.chats.fall_asleep", fail)
    with pytest.raises(LookupError):
        await delivery.drain()
    await enqueue(room, OTHER, "three")
    with capture_logs() as logs:
        for _ in range(TRIES + 2):
            await delivery.drain()
    assert arrived(telegram)[0] == (OTHER, "three")
    assert [log["event"] for log in logs].count("outcome cannot be settled") == 1
    async with room.db.read() as conn:
        rows = (await conn.execute(select(outbox.c.state, outbox.c.error).order_by(outbox.c.id))).all()
    assert [tuple(row) for row in rows] == [
        ("unknown", "not settled: LookupError"),
        ("sent", None),
        ("sent", None),
    ]


async def test_a_store_that_fails_while_sends_are_under_way_leaves_the_bot_at_work(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    await enqueue(room, READER, "one", "two")
    await enqueue(room, OTHER, "three")
    telegram.fail_next("sendMessage", chat_id=OTHER, drop="hang")

    def fail(_driver: object, ended: Sequence[object], _now: int) -> None:
        if ended:
            raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr("storage.outbox._settle", fail)
    with stands_not_still(seconds=15):
        drain = asyncio.create_task(delivery.drain())
        await telegram.wait_for(2, since=0)
        for _ in range(20):
            await asyncio.sleep(0.01)
    drain.cancel()
    await asyncio.gather(drain, return_exceptions=True)
    assert sorted(arrived(telegram)) == [(READER, "one"), (OTHER, "three")]


@contextmanager
def stands_not_still(*, seconds: int) -> Iterator[None]:
    """Fails where the event loop is not given back, which no time limit of asyncio's would notice."""

    stood_still = False

    def fail(*_: object) -> None:
        nonlocal stood_still
        stood_still = True
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, fail)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    assert not stood_still


async def test_what_an_interrupted_run_had_claimed_is_sent_again(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery
) -> None:
    await enqueue(room, READER, "one", "two")
    async with room.db.write() as conn:
        await conn.execute(outbox.update().where(outbox.c.part == 1).values(state="sending"))
    assert await delivery.drain() == 0
    with capture_logs() as logs:
        await delivery.recover()
    assert [(line["event"], line["messages"]) for line in logs] == [("interrupted sends are tried again", 1)]
    await delivery.drain()
    assert [text for _, text in arrived(telegram)] == ["one", "two"]


async def test_what_cannot_be_sent_for_a_day_is_given_up_and_the_next_part_goes_on(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery
) -> None:
    await enqueue(room, READER, "one", "two")
    await enqueue(room, OTHER, "three", "four")
    telegram.fail_next("sendMessage", chat_id=READER)
    telegram.fail_next("sendMessage", chat_id=OTHER, drop="before")
    await delivery.drain()
    telegram.fail_next("sendMessage", chat_id=READER)
    telegram.fail_next("sendMessage", chat_id=OTHER)
    await settle(room, delivery, after=TRIED_FOR)
    assert await states(room) == ["refused", "sent", "unknown", "sent"]
    assert sorted(arrived(telegram)) == [(READER, "two"), (OTHER, "four")]


async def test_an_outage_costs_an_attempt_for_a_few_messages_and_all_go_on_at_once_after_it(
    room: Newsroom, telegram: TelegramServer, bot: Bot, i18n: I18n
) -> None:
    passed = 0.0
    delivery = deliver(bot, room, i18n, breaker=Breaker(clock=lambda: passed, chance=lambda: 1.0))
    for number in range(100):
        telegram.register(2000 + number)
        await enqueue(room, 2000 + number, "one")
    telegram.fail_next("sendMessage", times=1000)
    for _ in range(50):
        await settle(room, delivery, after=timedelta(seconds=1))
    assert len(telegram.refused) == MESSAGES
    for _ in range(3):
        passed += LONGEST_WAIT_S
        await settle(room, delivery)
    assert len(telegram.refused) == MESSAGES + 3
    telegram.forget_failures()
    passed += LONGEST_WAIT_S
    for _ in range(2):
        await settle(room, delivery)
    assert len(telegram.sent) == 100


async def test_a_drain_that_begins_while_another_claims_sends_nothing_twice(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery
) -> None:
    await enqueue(room, READER, "one")
    async with room.db.write():
        first = asyncio.create_task(delivery.drain())
        await asyncio.sleep(0.05)
        second = asyncio.create_task(delivery.drain())
        await asyncio.sleep(0.05)
    await asyncio.gather(first, second)
    assert arrived(telegram) == [(READER, "one")]
