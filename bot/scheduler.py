"""The ticks: each asks the store what is to be done and does it; none calls another, the database is the hand-off.

    match ──rows──▶ compose ──outbox──▶ deliver

APScheduler is the ticker alone: a tick that is late runs once, and never beside itself. When a digest is due is a row
in the store (`bot.timetable`), not a job.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = structlog.get_logger()

Tick = Callable[[], Awaitable[object]]


class Scheduler:
    """Runs ticks by name, each at its interval, until it is stopped."""

    def __init__(self, ticks: Mapping[str, tuple[timedelta, Tick]]) -> None:
        self._running: set[asyncio.Task[None]] = set()
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        )
        for name, (interval, tick) in ticks.items():
            self._scheduler.add_job(self._run, "interval", args=(name, tick), id=name, seconds=interval.total_seconds())

    def start(self) -> None:
        self._scheduler.start()

    async def stop(self) -> None:
        """Starts no tick any more and waits for those under way; APScheduler itself would cancel them."""
        self._scheduler.pause()
        if self._running:
            await asyncio.wait(self._running)
        self._scheduler.shutdown(wait=False)

    async def _run(self, name: str, tick: Tick) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            await tick()
        except Exception:
            # What a tick could not do it finds again at the next turn.
            log.exception("tick failed", tick=name)
        finally:
            self._running.discard(task)
