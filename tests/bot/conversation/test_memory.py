"""What is remembered between two updates, and in which order they are handled."""

import asyncio
from types import NoneType

import pytest
from aiogram.fsm.storage.base import StorageKey
from structlog.testing import capture_logs

from bot.conversation.filters import Question
from bot.conversation.memory import MOST_UPDATES, Crowded, InOrder, Memory

SOMEBODY = StorageKey(bot_id=1, chat_id=2, user_id=2)
SOMEBODY_ELSE = StorageKey(bot_id=1, chat_id=3, user_id=3)


async def test_whoever_was_asked_nothing_leaves_no_trace() -> None:
    memory = Memory()
    assert await memory.get_state(SOMEBODY) is None
    assert await memory.get_data(SOMEBODY) == {}
    assert await memory.get_value(SOMEBODY, "album") is None
    await memory.set_state(SOMEBODY, Question.query)
    assert await memory.get_state(SOMEBODY) == Question.query.state
    await memory.set_data(SOMEBODY, {"album": "7"})
    await memory.set_state(SOMEBODY, None)
    assert await memory.get_value(SOMEBODY, "album") == "7"
    await memory.set_data(SOMEBODY, {})
    assert memory.storage == {}


async def test_updates_of_one_person_wait_for_each_other() -> None:
    order, log = InOrder(), []

    async def handle(name: str) -> None:
        async with order.lock(SOMEBODY):
            log.append(f"{name} begins")
            await asyncio.sleep(0)
            log.append(f"{name} ends")

    await asyncio.gather(handle("first"), handle("second"))
    assert log == ["first begins", "first ends", "second begins", "second ends"]


async def test_lock_is_gone_when_nobody_holds_it() -> None:
    order = InOrder()
    async with order.lock(SOMEBODY):
        assert len(order._locks) == 1
    assert len(order._locks) == 0
    await order.close()


async def test_more_updates_of_one_person_than_may_wait_are_refused() -> None:
    order, go_on = InOrder(), asyncio.Event()
    handled = []

    async def handle(key: StorageKey) -> None:
        async with order.lock(key):
            await go_on.wait()
            handled.append(key.user_id)

    elsewhere = [StorageKey(bot_id=1, chat_id=-number, user_id=2) for number in range(5)]
    with capture_logs() as logs:
        flood = [asyncio.create_task(handle(key)) for key in [*elsewhere, *[SOMEBODY] * MOST_UPDATES]]
        other = asyncio.create_task(handle(SOMEBODY_ELSE))
        await asyncio.sleep(0)
        go_on.set()
        results = await asyncio.gather(*flood, other, return_exceptions=True)
    assert [type(result) for result in results] == [NoneType] * MOST_UPDATES + [Crowded] * 5 + [NoneType]
    assert (handled.count(2), handled.count(3)) == (MOST_UPDATES, 1)
    assert [log["user"] for log in logs] == [2]
    # When they are through, the next one is welcome again, and nothing is left.
    await handle(SOMEBODY)
    assert (order._updates, order._refused, len(order._locks)) == ({}, set(), 0)


async def test_what_takes_long_lets_the_others_go_on() -> None:
    order, log = InOrder(), []
    go_on = asyncio.Event()

    async def slow() -> None:
        async with order.lock(SOMEBODY):
            async with order.aside(SOMEBODY):
                log.append("slow begins")
                await go_on.wait()
            log.append("slow ends")

    async def quick() -> None:
        async with order.lock(SOMEBODY):
            log.append(f"quick beside slow: {order.has_aside(SOMEBODY)}")
            go_on.set()
            await asyncio.sleep(0.01)
            log.append("quick ends")

    await asyncio.gather(slow(), quick())
    assert log == ["slow begins", "quick beside slow: True", "quick ends", "slow ends"]
    assert not order.has_aside(SOMEBODY)


async def test_what_takes_long_can_be_broken_off() -> None:
    order = InOrder()

    async def slow() -> None:
        async with order.lock(SOMEBODY), order.aside(SOMEBODY):
            await asyncio.Event().wait()

    task = asyncio.create_task(slow())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not order.has_aside(SOMEBODY)
    assert len(order._locks) == 0
