"""The ticks: each at its interval, never beside itself, and an orderly end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.scheduler import Scheduler, Tick

SOON = timedelta(milliseconds=20)


class Work:
    """A tick that counts its turns and can be held up."""

    def __init__(self) -> None:
        self.begun = self.done = self.at_once = self.most_at_once = 0
        self.turns = asyncio.Queue[int]()
        self.may_end = asyncio.Event()

    async def __call__(self) -> None:
        self.begun += 1
        self.turns.put_nowait(self.begun)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.may_end.wait()
            self.done += 1
        finally:
            self.at_once -= 1


@asynccontextmanager
async def running(**ticks: Tick) -> AsyncIterator[Scheduler]:
    scheduler = Scheduler({name: (SOON, tick) for name, tick in ticks.items()})
    scheduler.start()
    try:
        yield scheduler
    finally:
        async with asyncio.timeout(5):
            await scheduler.stop(patience=SOON)


async def until(turn: int, work: Work) -> None:
    async with asyncio.timeout(5):
        for _ in range(turn):
            await work.turns.get()


async def test_ticks_turn_on_their_own_each() -> None:
    held, free = Work(), Work()
    free.may_end.set()
    async with running(held=held, free=free):
        await until(3, free)
        assert held.begun == 1


async def test_a_slow_tick_never_runs_beside_itself_and_does_not_catch_up() -> None:
    work = Work()
    async with running(work=work):
        await until(1, work)
        await asyncio.sleep(10 * SOON.total_seconds())
        assert work.begun == 1
        work.may_end.set()
        await asyncio.sleep(2.5 * SOON.total_seconds())
        assert work.begun <= 4
    assert work.most_at_once == 1


async def test_a_tick_that_fails_is_logged_and_comes_again() -> None:
    work = Work()

    async def fail() -> None:
        work.may_end.set()
        await work()
        raise OSError("disk full")

    with capture_logs() as logs:
        async with running(fail=fail):
            await until(2, work)
    assert {(line["event"], line["tick"], line["log_level"]) for line in logs} == {("tick failed", "fail", "error")}


async def test_stopping_waits_for_the_turn_under_way() -> None:
    work = Work()
    scheduler = Scheduler({"work": (SOON, work)})
    scheduler.start()
    await until(1, work)
    stop = asyncio.create_task(scheduler.stop(patience=timedelta(seconds=5)))
    await asyncio.sleep(3 * SOON.total_seconds())
    assert not stop.done()
    work.may_end.set()
    await stop
    await asyncio.sleep(3 * SOON.total_seconds())
    assert (work.begun, work.done) == (1, 1)


async def test_stopping_gives_up_on_a_turn_that_does_not_end() -> None:
    work = Work()
    scheduler = Scheduler({"work": (SOON, work)})
    scheduler.start()
    await until(1, work)
    async with asyncio.timeout(5):
        await scheduler.stop(patience=SOON)
    assert (work.begun, work.done, work.at_once) == (1, 0, 0)


@pytest.mark.parametrize("turns", [0, 2], ids=["at once", "later"])
async def test_stopping_leaves_nothing_running(turns: int) -> None:
    work = Work()
    work.may_end.set()
    before = asyncio.all_tasks()
    async with running(work=work):
        await until(turns, work)
    assert asyncio.all_tasks() == before


def test_an_interrupt_during_a_tick_ends_the_program() -> None:
    async def interrupted() -> None:
        raise KeyboardInterrupt

    async def serve() -> None:
        scheduler = Scheduler({"tick": (timedelta(milliseconds=10), interrupted)})
        scheduler.start()
        try:
            async with asyncio.timeout(5):
                await asyncio.Event().wait()
        finally:
            await scheduler.stop(patience=timedelta(seconds=1))

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(serve())
