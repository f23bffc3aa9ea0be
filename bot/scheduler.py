"""The ticks: each asks the store what is to be done and does it; none calls another, the database is the hand-off.

    fetch ──articles──▶ match ──rows──▶ compose ──outbox──▶ deliver
    merge: new standing queries, for matching; tell: the operator, of sources; renew: what an older analyser made;
    spread: what is told to everybody; tidy: what is too old; watch: the disk; back_up: now and then

APScheduler is the ticker alone: a tick that is late runs once, and never beside itself. When a digest is due is a row
in the store (`bot.timetable`), not a job.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from storage.errors import BusyError, CorruptError, FullError

# A tick that is cancelled may have something to put right, such as a message that it was sending.
GRACE_S = 1.5

# A tick that fails at each turn, or at every other, is logged in full once, and then in a line so often; so long it has
# to do well for its next failure to be news.
AGAIN_S = 600.0

log = structlog.get_logger()

Failed = Callable[[str, Exception], None]
Tick = Callable[[], Awaitable[object]]


@dataclass(slots=True)
class _Failing:
    """With what a tick fails, how often, when that was logged and when it happened last, by the monotonic clock."""

    kind: str
    times: int
    logged: float
    last: float


class Scheduler:
    """Runs ticks by name, each at its interval, until it is stopped; `failed` is told of what nobody foresaw."""

    def __init__(self, ticks: Mapping[str, tuple[timedelta, Tick]], *, failed: Failed | None = None) -> None:
        self._failed = failed
        self._failing: dict[str, _Failing] = {}
        self._running: dict[asyncio.Task[Any], asyncio.Timeout] = {}
        self._deadline: float | None = None
        # When each tick last ended, in seconds since 1970; for the operator alone.
        self.ended: dict[str, float] = {}
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        )
        for name, (interval, tick) in ticks.items():
            self._scheduler.add_job(self._run, "interval", args=(name, tick), id=name, seconds=interval.total_seconds())

    def start(self) -> None:
        self._scheduler.start()

    async def stop(self, *, patience: timedelta) -> None:
        """Starts no tick any more, waits for those under way, which APScheduler would cancel, and then cancels too.

        One that does not end when it is cancelled is left behind: what it was about stands in the store.
        """
        self._scheduler.pause()
        self._deadline = asyncio.get_running_loop().time() + patience.total_seconds()
        for limit in self._running.values():
            limit.reschedule(self._deadline)
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self._deadline + GRACE_S):
                while self._running:
                    await asyncio.wait(self._running)
        if self._running:
            log.warning("ticks left behind", ticks=len(self._running))
        self._scheduler.shutdown(wait=False)

    async def _run(self, name: str, tick: Tick) -> None:
        task = asyncio.current_task()
        assert task is not None
        limit = self._running[task] = asyncio.timeout_at(self._deadline)
        try:
            async with limit:
                await tick()
            self._did_well(name)
        except KeyboardInterrupt as interrupt:
            # APScheduler would log it and go on.
            asyncio.get_running_loop().call_soon(_raise, interrupt)
        except (FullError, CorruptError) as error:
            # Told once by who watches the store, and not with every turn.
            log.debug("tick put off", tick=name, error=str(error))
        except BusyError as error:
            log.warning("tick put off", tick=name, error=str(error))
        except Exception as error:
            # What a tick could not do it finds again at the next turn, or after the next start.
            if isinstance(error, TimeoutError) and limit.expired():
                log.warning("tick broken off", tick=name)
            else:
                self._note(name, error)
        finally:
            self.ended[name] = time.time()
            del self._running[task]

    def _note(self, name: str, error: Exception) -> None:
        """To be called where the error is handled."""
        kind, now = type(error).__name__, time.monotonic()
        known = self._failing.get(name)
        if known is None or known.kind != kind:
            log.exception("tick failed", tick=name)
            self._failing[name] = _Failing(kind, times=1, logged=now, last=now)
        else:
            known.times, known.last = known.times + 1, now
            if now - known.logged >= AGAIN_S:
                log.error("tick fails still", tick=name, error=kind, times=known.times)
                known.logged = now
        if self._failed:
            self._failed(f"tick {name}", error)

    def _did_well(self, name: str) -> None:
        known = self._failing.get(name)
        if known and time.monotonic() - known.last >= AGAIN_S:
            del self._failing[name]


def _raise(error: BaseException) -> None:
    raise error
