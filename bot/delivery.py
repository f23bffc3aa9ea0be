"""The deliver tick: drains the outbox at Telegram's pace.

    look: the next message of each chat ──▶ backlog ──turn: one write──▶ claimed ──▶ send, no transaction open ─┐
                                               ▲       which settles what has ended                             │
                                               └──── the next one of that chat ◀──────────────── its outcome ◀──┘

A message is claimed before it is sent and settled after, at most eight at a time over all drains. A send whose answer
was lost is made again: composed once, delivered at least once. While Telegram is out of reach, one message at a time
finds out when it is back (`bot.breaker`).
"""

import random
from collections.abc import Callable
from datetime import datetime

import structlog
from aiogram import Bot

from bot.breaker import Breaker
from bot.closed_topics import ClosedTopics
from bot.draining import Drain, Shared
from bot.ledger import Ledger
from bot.pace import Pace
from storage.database import Database

log = structlog.get_logger()


class Delivery:
    """Sends what the outbox holds; `only` is the one Telegram chat it serves, or all but terminals.

    `chance` gives numbers from 0 to 1, for waits that are not to end all at once.
    """

    def __init__(
        self,
        bot: Bot,
        db: Database,
        *,
        pace: Pace,
        topics: ClosedTopics,
        clock: Callable[[], datetime],
        only: int | None = None,
        chance: Callable[[], float] = random.random,
        breaker: Breaker | None = None,
    ) -> None:
        self._only = only
        self._ledger = Ledger(db, topics, clock=clock, chance=chance)
        breaker = breaker or Breaker(chance=chance)
        self._shared = Shared(bot=bot, db=db, pace=pace, clock=clock, ledger=self._ledger, breaker=breaker)

    def stop(self) -> None:
        """Claims nothing more; what has been claimed is sent."""
        self._shared.is_stopped = True

    async def recover(self) -> None:
        """Frees what an interrupted run had claimed; to be called once, before the first drain."""
        if freed := await self._ledger.recover(only=self._only):
            log.warning("interrupted sends are tried again", messages=freed)

    async def drain(self, *, only: int | None = None) -> int:
        """Sends all that may be sent now, to one Telegram chat or to all; returns the number of attempts.

        A send that takes long holds up its own chat alone: what comes meanwhile is claimed in the places left.
        """
        await self._ledger.settle_again()
        return await Drain(self._shared, only=self._only if only is None else only).run()
