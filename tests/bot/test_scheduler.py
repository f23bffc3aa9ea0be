"""The ticks: each at its interval, never beside itself, and an orderly end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import count

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


async def test_a_tick_that_fails_at_each_turn_is_logged_in_full_once(monkeypatch: pytest.MonkeyPatch) -> None:
    noted: list[str] = []
    turns = Work()

    async def fail() -> None:
        turns.turns.put_nowait(1)
        raise LookupError

    scheduler = Scheduler({"work": (SOON, fail)}, failed=lambda where, error: noted.append(f"{where} {error!r}"))
    with capture_logs() as logs:
        scheduler.start()
        await until(4, turns)
        monkeypatch.setattr("bot.scheduler.AGAIN_S", 0.0)
        await until(2, turns)
        await scheduler.stop(patience=SOON)
    events = [line["event"] for line in logs]
    assert events.count("tick failed") == 1
    assert 1 <= events.count("tick fails still") <= 3
    assert set(noted) == {"tick work LookupError()"}
    assert len(noted) >= 6


@pytest.mark.parametrize(("patience_s", "in_full"), [(600.0, 1), (0.0, 3)], ids=["at once", "long after"])
async def test_a_tick_that_recovers_and_fails_again_is_news_only_long_after(
    monkeypatch: pytest.MonkeyPatch, patience_s: float, in_full: int
) -> None:
    monkeypatch.setattr("bot.scheduler.AGAIN_S", patience_s)
    turns, number = Work(), count(1)

    async def fail_at_every_other_turn() -> None:
        turns.turns.put_nowait(1)
        if next(number) % 2:
            raise LookupError

    with capture_logs() as logs:
        async with running(work=fail_at_every_other_turn):
            await until(6, turns)
    assert [line["event"] for line in logs].count("tick failed") in (in_full, in_full + (patience_s == 0.0))
