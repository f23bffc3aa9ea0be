"""Where updates come in: each is handled once, in the order in which they came, and confirmed when that is certain.

    polling ─┐           ┌──▶ journal: a row each, beside the answers ──▶ may be confirmed
             ├──▶ take ──┤
    webhook ─┘           └──▶ a task each, IN_FLIGHT at once ──▶ dispatcher ──▶ journal: handled

A handler that is broken off leaves its row as it is: the next start begins it again.
"""

import asyncio
import json
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import structlog
from aiogram import Bot, Dispatcher
from aiogram.types import Update
from aiogram.types.update import UpdateTypeLookupError
from pydantic import ValidationError

from bot.journal import Journal
from storage.updates import Received

# Tasks at once: beyond them Telegram waits, which keeps what comes.
IN_FLIGHT: Final = 100
# What the store can number.
LARGEST_ID: Final = 2**63 - 1

log = structlog.get_logger()

Raw = Mapping[str, Any]


class Intake:
    """Hands updates to the dispatcher; they begin in the order in which they were taken."""

    def __init__(self, bot: Bot, dispatcher: Dispatcher, journal: Journal) -> None:
        self._bot = bot
        self._dispatcher = dispatcher
        self._journal = journal
        self._places = asyncio.Semaphore(IN_FLIGHT)
        self._tasks: set[asyncio.Task[None]] = set()
        self.taken = 0
        self.handled = 0

    @property
    def kinds(self) -> list[str]:
        """Which updates there are handlers for; Telegram need not send others."""
        return self._dispatcher.resolve_used_update_types()

    async def recover(self) -> None:
        """Begins what an earlier run left unhandled."""
        left = await self._journal.begin()
        if left:
            log.warning("updates of an earlier run are handled", updates=len(left))
        for one in left:
            await self._begin(one.update_id, json.loads(one.payload or "{}"))

    async def take(self, raw: Sequence[Raw]) -> Collection[int]:
        """Begins those that are new and returns all ids, as soon as the last one has found its place.

        Their confirmation is to wait for `Journal.written`.
        """
        numbered = {one["update_id"]: one for one in raw if has_number(one)}
        if len(numbered) < len(raw):
            log.warning("updates without a number passed over", updates=len(raw) - len(numbered))
        received = (Received(update_id, json.dumps(one)) for update_id, one in numbered.items())
        fresh = await self._journal.note(received)
        for update_id in (one for one in numbered if one in fresh):
            await self._begin(update_id, numbered[update_id])
        return numbered.keys()

    async def drain(self, *, patience: timedelta) -> None:
        """Waits for what is being handled, and breaks off what takes too long."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=patience.total_seconds())
        for task in late:
            task.cancel()
        if late:
            # Their rows stay as they are.
            log.warning("updates broken off", updates=len(late))
            await asyncio.wait(late, timeout=1)

    async def _begin(self, update_id: int, raw: Raw) -> None:
        await self._places.acquire()
        self.taken += 1
        task = asyncio.create_task(self._handle(update_id, raw))
        self._tasks.add(task)
        task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._places.release()

    async def _handle(self, update_id: int, raw: Raw) -> None:
        try:
            update = Update.model_validate(raw, context={"bot": self._bot})
            if update.event_type:
                await self._dispatcher.feed_update(self._bot, update)
        except (ValidationError, UpdateTypeLookupError) as error:
            # None that this version knows: it would come for ever.
            log.warning("update passed over, it cannot be read", update=update_id, error=type(error).__name__)
        except Exception as error:
            # What the conversation's own error handler could not take; its words may hold what was said.
            log.error("update failed", update=update_id, error=type(error).__name__)
        self._journal.handled(update_id)
        self.handled += 1


def has_number(raw: object) -> bool:
    """Whether it is an object with an id that an update can have."""
    number = raw.get("update_id") if isinstance(raw, Mapping) else None
    return type(number) is int and 0 <= number <= LARGEST_ID
