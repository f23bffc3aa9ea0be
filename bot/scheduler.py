"""The ticks: each asks the store what is to be done and does it; none calls another, the database is the hand-off.

    fetch ──articles──▶ match ──rows──▶ compose ──outbox──▶ deliver
    merge: new standing queries, for matching; tell: the operator, of sources; renew: what an older analyser made;
    tidy: what is too old

APScheduler is the ticker alone: a tick that is late runs once, and never beside itself. When a digest is due is a row
in the store (`bot.timetable`), not a job.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, timedelta
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = structlog.get_logger()

Tick = Callable[[], Awaitable[object]]


class Scheduler:
    """Runs ticks by name, each at its interval, until it is stopped."""

    def __init__(self, ticks: Mapping[str, tuple[timedelta, Tick]]) -> None:
        self._running: dict[asyncio.Task[Any], asyncio.Timeout] = {}
        self._deadline: float | None = None
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        )
        for name, (interval, tick) in ticks.items():
            self._scheduler.add_job(self._run, "interval", args=(name, tick), id=name, seconds=interval.total_seconds())

    def start(self) -> None:
        self._scheduler.start()

    async def stop(self, *, patience: timedelta) -> None:
        """Starts no tick any more, waits for those under way, which APScheduler would cancel, and then cancels too."""
        self._scheduler.pause()
        self._deadline = asyncio.get_running_loop().time() + patience.total_seconds()
        for limit in self._running.values():
            limit.reschedule(self._deadline)
        while self._running:
            await asyncio.wait(self._running)
        self._scheduler.shutdown(wait=False)

    async def _run(self, name: str, tick: Tick) -> None:
        task = asyncio.current_task()
        assert task is not None
        limit = self._running[task] = asyncio.timeout_at(self._deadline)
        try:
            async with limit:
                await tick()
        except KeyboardInterrupt as interrupt:
            # APScheduler would log it and go on.
            asyncio.get_running_loop().call_soon(_raise, interrupt)
        except Exception as error:
            # What a tick could not do it finds again at the next turn, or after the next start.
            if isinstance(error, TimeoutError) and limit.expired():
                log.warning("tick broken off", tick=name)
            else:
                log.exception("tick failed", tick=name)
        finally:
            del self._running[task]


def _raise(error: BaseException) -> None:
    raise error
