"""What is remembered between two updates, and in which order they are handled."""

import asyncio

from aiogram.fsm.storage.base import StorageKey

from bot.conversation.filters import Question
from bot.conversation.memory import InOrder, Memory

SOMEBODY = StorageKey(bot_id=1, chat_id=2, user_id=2)


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
