"""Asks Telegram for updates. A poll confirms what stands below its offset: only what has been written is below it.

poll ──▶ take: handlers begin ──▶ written? ──yes──▶ the next poll begins behind them
  ▲                                  │
  └── the same again, for what came ─┘ not yet: an answer need not wait for a store that is busy
"""

import asyncio
from typing import Any, Final, NoReturn

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramConflictError, TelegramRetryAfter
from aiogram.methods import TelegramMethod

from bot.intake import Intake
from bot.journal import Journal
from bot.unreachable import UNREACHABLE

# How long Telegram holds a poll open where there is nothing.
POLL_S: Final = 10
# How long a poll waits for the last one's updates to be written before it asks without confirming them.
PEEK_S: Final = 0.25
# The poll of a bot that was killed is ended by ours with one conflict; a second bot makes them come again and again.
CONFLICTS: Final = 3
RETRY_S: Final = (1, 2, 5)

log = structlog.get_logger()


class InUse(Exception):
    """Another bot asks for this token's updates."""


class RawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """getUpdates, as Telegram wrote them: one that cannot be read must not keep the others from being read."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    timeout: int = POLL_S
    allowed_updates: list[str] | None = None


class LongPolling:
    def __init__(self, bot: Bot, intake: Intake, journal: Journal) -> None:
        self._bot = bot
        self._intake = intake
        self._journal = journal
        self._offset: int | None = None
        self._failures = 0
        self._conflicts = 0

    async def run(self) -> NoReturn:
        """Until it is cancelled; raises InUse where conflicts don't end."""
        while True:
            updates = await self._ask()
            ids = await self._intake.take(updates)
            if ids and await self._journal.written(ids, patience_s=PEEK_S):
                self._offset = max(ids) + 1

    async def _ask(self) -> list[dict[str, Any]]:
        """What has come; nothing, after a pause, where Telegram could not be asked."""
        try:
            method = RawUpdates(offset=self._offset, allowed_updates=self._intake.kinds)
            updates = await self._bot(method, request_timeout=int(self._bot.session.timeout + POLL_S))
        except UNREACHABLE as error:
            await self._fail(error)
            return []
        if self._failures:
            log.info("telegram answers again", failures=self._failures)
        self._failures = self._conflicts = 0
        return updates

    async def _fail(self, error: Exception) -> None:
        self._conflicts = self._conflicts + 1 if isinstance(error, TelegramConflictError) else 0
        if self._conflicts >= CONFLICTS:
            raise InUse from error
        wait_s = pause_s(error, self._failures, pauses=RETRY_S)
        self._failures += 1
        # What cannot be decoded holds what people wrote.
        cause = error.message if isinstance(error, TelegramAPIError) else ""
        log.warning("cannot fetch updates", error=type(error).__name__, cause=cause, retry_in_s=wait_s)
        await asyncio.sleep(wait_s)


def pause_s(error: Exception, failures: int, *, pauses: tuple[float, ...]) -> float:
    """How long to wait after so many failures before this one."""
    if isinstance(error, TelegramRetryAfter):
        return error.retry_after
    return pauses[min(failures, len(pauses) - 1)]
