"""Each update is handled once, in order, so many at once; what cannot be read is passed over."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from aiogram import Bot, Dispatcher
from aiogram.types import Message, Update
from structlog.testing import capture_logs

from bot import intake as intakes
from bot.intake import Intake
from bot.journal import Journal
from storage import updates
from storage.updates import Received
from tests.bot.newsroom import Newsroom
from tests.storage.builders import NOW

TOKEN = "42:loopback"
SOON = timedelta(seconds=5)
Handle = Callable[[Message], Awaitable[None]]


def says(update_id: int, text: str = "a") -> dict[str, Any]:
    chat = {"id": 1, "type": "private", "first_name": "А"}
    return {"update_id": update_id, "message": {"message_id": update_id, "date": 0, "chat": chat, "text": text}}


class Desk:
    """An intake over a dispatcher whose only handler is the test's."""

    def __init__(self, room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
        self.room = room
        self.monkeypatch = monkeypatch
        self.began: list[int] = []
        self.may_end = asyncio.Event()
        self.may_end.set()
        self.fails: Exception | None = None
        self.open()

    def open(self) -> None:
        dispatcher = Dispatcher()
        dispatcher.message.register(self._handle)
        self.journal = Journal(self.room.db, 42, clock=lambda: NOW)
        self.intake = Intake(Bot(TOKEN), dispatcher, self.journal)

    async def restart(self) -> None:
        await self.close()
        self.open()
        await self.intake.recover()

    async def close(self) -> None:
        await self.intake.drain(patience=timedelta(seconds=0.05))
        await self.journal.close(patience=SOON)

    async def _handle(self, message: Message, event_update: Update) -> None:
        self.began.append(event_update.update_id)
        await self.may_end.wait()
        if self.fails:
            raise self.fails


@pytest.fixture
async def desk(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    made = Desk(room, monkeypatch)
    await made.intake.recover()
    yield made
    await made.close()


async def test_updates_begin_in_the_order_of_a_batch_and_once(desk: Desk) -> None:
    batch = [says(number) for number in range(50)]
    assert list(await desk.intake.take(batch)) == list(range(50))
    assert list(await desk.intake.take(batch)) == list(range(50))
    await desk.intake.drain(patience=SOON)
    assert desk.began == list(range(50))
    assert desk.intake.handled == 50


async def test_so_many_are_under_way_at_once_and_the_next_waits(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.may_end.clear()
    taking = asyncio.create_task(desk.intake.take([says(number) for number in range(intakes.IN_FLIGHT + 1)]))
    await asyncio.sleep(0.1)
    assert not taking.done()
    assert len(desk.began) == intakes.IN_FLIGHT
    desk.may_end.set()
    await asyncio.wait_for(taking, timeout=5)
    await desk.intake.drain(patience=SOON)
    assert len(desk.began) == intakes.IN_FLIGHT + 1


async def test_what_was_broken_off_is_handled_after_the_next_start_and_nothing_else(desk: Desk) -> None:
    await desk.intake.take([says(1)])
    await desk.intake.drain(patience=SOON)
    desk.may_end.clear()
    await desk.intake.take([says(2), says(3)])
    await asyncio.sleep(0)
    with capture_logs() as logs:
        await desk.close()
    assert [line["updates"] for line in logs] == [2]
    desk.may_end.set()
    desk.began.clear()
    await desk.restart()
    await desk.intake.take([says(1), says(2), says(3), says(4)])
    await desk.intake.drain(patience=SOON)
    assert desk.began == [2, 3, 4]
    await desk.restart()
    assert desk.began == [2, 3, 4]


async def test_an_update_that_fails_is_handled_and_nothing_of_it_is_logged(desk: Desk) -> None:
    desk.fails = RuntimeError("secret")
    with capture_logs() as logs:
        await desk.intake.take([says(1, "secret")])
        await desk.intake.drain(patience=SOON)
    assert [(line["event"], line["update"], line["error"]) for line in logs] == [("update failed", 1, "RuntimeError")]
    assert "secret" not in str(logs)
    await desk.restart()
    assert desk.began == [1]


UNREADABLE: dict[str, dict[str, Any]] = {
    "of an unknown kind": {"update_id": 1, "telepathy": {"thought": "secret"}},
    "empty": {"update_id": 1},
    "of another shape": {"update_id": 1, "message": "secret"},
    "with an impossible date": says(1) | {"message": says(1)["message"] | {"date": 10**30}},
}


@pytest.mark.parametrize("raw", UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_what_cannot_be_read_is_passed_over_for_good(desk: Desk, raw: dict[str, Any]) -> None:
    with capture_logs() as logs:
        assert list(await desk.intake.take([raw, says(2)])) == [1, 2]
        await desk.intake.drain(patience=SOON)
    assert desk.began == [2]
    assert [line["update"] for line in logs] == [1]
    assert "secret" not in str(logs)
    await desk.restart()
    assert desk.began == [2]


@pytest.mark.parametrize("number", [None, "1", True, -1, 2**63, 1.5])
async def test_without_a_number_there_is_nothing_to_confirm(desk: Desk, number: object) -> None:
    assert list(await desk.intake.take([{"update_id": number}, says(2)])) == [2]


async def test_half_a_character_is_kept_as_it_came(desk: Desk) -> None:
    """Telegram's JSON may hold halves of pairs, which no text file can."""
    desk.may_end.clear()
    text = json.loads('"\\ud83d"')
    await desk.intake.take([says(1, text)])
    await asyncio.sleep(0)
    await desk.close()
    async with desk.room.db.write() as conn:
        [left] = (await updates.begin_again(conn, 42)).again
    assert isinstance(left, Received)
    assert json.loads(left.payload or "") == says(1, text)
