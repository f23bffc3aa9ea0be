"""What is remembered between two updates, and in which order they are handled."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from aiogram.fsm.storage.base import StorageKey
from sqlalchemy import event, func, select

from bot.conversation.filters import Question
from bot.conversation.memory import KEPT_FOR, InOrder, Memory
from storage.database import Database
from storage.errors import FullError
from storage.schema import dialogues
from tests.bot.conversation.talk import Talk
from tests.bot.newsroom import NOON, SECOND

SOMEBODY = StorageKey(bot_id=1, chat_id=2, user_id=2)
OTHER = StorageKey(bot_id=1, chat_id=3, user_id=3)


@dataclass
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


async def rows(db: Database) -> int:
    async with db.read() as conn:
        return int((await conn.execute(select(func.count()).select_from(dialogues))).scalar_one())


def remembering(db: Database, clock: Callable[[], datetime] | None = None) -> Memory:
    return Memory(db, clock=clock or Clock())


async def test_whoever_was_asked_nothing_leaves_no_trace(db: Database) -> None:
    memory = remembering(db)
    assert await memory.get_state(SOMEBODY) is None
    assert await memory.get_data(SOMEBODY) == {}
    assert await memory.get_value(SOMEBODY, "album") is None
    await memory.set_state(SOMEBODY, Question.query)
    assert await memory.get_state(SOMEBODY) == Question.query.state
    await memory.set_data(SOMEBODY, {"album": "7"})
    await memory.set_state(SOMEBODY, None)
    assert await memory.get_value(SOMEBODY, "album") == "7"
    assert await rows(db) == 1
    await memory.set_data(SOMEBODY, {})
    assert await rows(db) == 0
    await memory.close()


async def test_a_question_is_open_after_a_restart(db: Database) -> None:
    await remembering(db).set_state(SOMEBODY, Question.query)
    await remembering(db).set_data(SOMEBODY, {"who": "Қазақстан"})
    again = remembering(db)
    assert await again.get_state(SOMEBODY) == Question.query.state
    assert await again.get_data(SOMEBODY) == {"who": "Қазақстан"}
    assert await again.get_state(OTHER) is None


async def test_a_question_that_nobody_answers_is_dropped_after_a_day(db: Database) -> None:
    clock = Clock()
    memory = remembering(db, clock)
    await memory.set_state(SOMEBODY, Question.query)
    clock.now += KEPT_FOR - SECOND
    assert await memory.get_state(SOMEBODY) == Question.query.state
    clock.now += SECOND
    assert await memory.get_state(SOMEBODY) is None
    assert await remembering(db, clock).get_state(SOMEBODY) is None
    await memory.set_state(SOMEBODY, None)
    assert await rows(db) == 0


async def test_questions_too_old_are_not_kept_in_mind(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.conversation.memory.MANY", 1)
    clock = Clock()
    memory = remembering(db, clock)
    await memory.set_state(SOMEBODY, Question.query)
    clock.now += KEPT_FOR
    await memory.set_state(OTHER, Question.query)
    assert [place.telegram_id for place in memory._known] == [OTHER.chat_id]


async def test_what_is_said_again_is_not_written_again(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = remembering(db)
    await memory.set_state(SOMEBODY, Question.query)
    monkeypatch.setattr(db, "write", None)
    await memory.set_state(SOMEBODY, Question.query)
    await memory.set_state(OTHER, None)
    await memory.set_data(OTHER, {})


async def test_while_the_disk_takes_nothing_questions_are_asked_and_written_later(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = remembering(db)

    def full() -> None:
        raise FullError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(db, "write", full)
        await memory.set_state(SOMEBODY, Question.query)
    assert (await memory.get_state(SOMEBODY), await rows(db)) == (Question.query.state, 0)
    await memory.set_state(OTHER, Question.trends)
    assert await rows(db) == 2
    memory.forget(SOMEBODY.chat_id)
    assert await memory.get_state(SOMEBODY) is None


async def test_a_search_without_an_open_question_asks_the_store_for_none(talk: Talk) -> None:
    await talk.say("первый")
    statements: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    for engine in (talk.db._readers, talk.db._writer):
        event.listen(engine.sync_engine, "before_cursor_execute", note)
    await talk.say("казахстан")
    assert statements
    assert not [one for one in statements if "dialogues" in one]


async def test_an_answer_is_understood_after_a_restart(talk: Talk) -> None:
    await talk.say("/subscribe")
    talk.restarted()
    answer = await talk.say("казахстан")
    assert "казахстан" in answer[0].text
    await talk.say("/subscriptions")
    assert "казахстан" in talk.eyes.seen[-1].text


@pytest.mark.parametrize("second", [SOMEBODY, StorageKey(bot_id=1, chat_id=2, user_id=9)], ids=["same", "other"])
async def test_updates_of_one_chat_wait_for_each_other_whoever_they_are_of(second: StorageKey) -> None:
    order, log = InOrder(), []

    async def handle(name: str, key: StorageKey) -> None:
        async with order.lock(key):
            log.append(f"{name} begins")
            await asyncio.sleep(0)
            log.append(f"{name} ends")

    await asyncio.gather(handle("first", SOMEBODY), handle("second", second))
    assert log == ["first begins", "first ends", "second begins", "second ends"]


async def test_chats_do_not_wait_for_each_other() -> None:
    order = InOrder()
    async with asyncio.timeout(5), order.lock(SOMEBODY), order.lock(OTHER):
        pass


async def test_lock_is_gone_when_nobody_holds_it() -> None:
    order = InOrder()
    async with order.lock(SOMEBODY):
        assert len(order._locks) == 1
    assert len(order._locks) == 0
    await order.close()


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
