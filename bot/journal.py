"""What was received and what has been handled, written down beside the answers and never before them.

    note ──┐                    ┌──▶ written(): it may be confirmed to Telegram
           ├──▶ one write for all that came meanwhile, then the next
    handled┘                    └──▶ payloads are emptied

What cannot be written is remembered: answers go on, and after a while Telegram is told all the same that it came.
"""

import asyncio
import itertools
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from storage import updates
from storage.database import Database
from storage.errors import DatabaseError
from storage.updates import Received

# How many ids are known without a look into the store: more than Telegram may hold back for one that is slow.
REMEMBERED: Final = 10_000
# A write that waits for its turn is waited for so long, one that fails for a few tries: Telegram sends nothing more
# where too much is unconfirmed, and repeats itself after a minute.
PATIENCE_S: Final = 30.0
FAILING_S: Final = 3.0
RETRY_S: Final = 1.0
# Handlers write too, and go first: most have ended by then, and what they handled is written once, without a payload.
HEAD_START_S: Final = 0.025

log = structlog.get_logger()


class Journal:
    """Of one bot's updates. `begin` starts the writing, `close` ends it with what is left."""

    def __init__(self, db: Database, bot_id: int, *, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._bot_id = bot_id
        self._clock = clock
        self._seen: dict[int, None] = {}
        # Ids up to this one may stand in the store; those above it that have not been seen are new.
        self._floor = -1
        self._unwritten: dict[int, str | None] = {}
        self._handled: set[int] = set()
        self._work = asyncio.Event()
        self._turn = asyncio.Event()
        self._failing_since: float | None = None
        self._closing = False
        self._writing: asyncio.Task[None] | None = None

    @property
    def is_failing(self) -> bool:
        """Whether the store took nothing when it was last tried."""
        return self._failing_since is not None

    async def begin(self) -> tuple[Received, ...]:
        """What an earlier run left unhandled, oldest first; to be called once, before anything is noted."""
        async with self._db.write() as conn:
            begun = await updates.begin_again(conn, self._bot_id)
            self._floor = await updates.newest(conn, self._bot_id)
        for update_id in begun.let_go:
            log.error("update let go: the bot ended each time that it was begun", update=update_id)
        self._seen |= dict.fromkeys(one.update_id for one in begun.again)
        self._writing = asyncio.create_task(self._run())
        return begun.again

    async def note(self, received: Iterable[Received]) -> set[int]:
        """Takes them down to be written; returns the ids of those that are new."""
        fresh = {one.update_id: one.payload for one in received if one.update_id not in self._seen}
        if not fresh:
            return set()
        self._seen |= dict.fromkeys(fresh)
        self._unwritten |= fresh
        self._forget()
        self._work.set()
        return fresh.keys() - await self._stored([update_id for update_id in fresh if update_id <= self._floor])

    def handled(self, update_id: int) -> None:
        """It is never begun again; what was written of it is emptied."""
        if update_id in self._unwritten:
            self._unwritten[update_id] = None
        self._handled.add(update_id)
        self._work.set()

    async def written(self, update_ids: Collection[int], *, patience_s: float = PATIENCE_S) -> bool:
        """Waits until they stand in the store, or it is clear that they won't soon; False where patience ended."""
        try:
            async with asyncio.timeout(patience_s):
                while not self._unwritten.keys().isdisjoint(update_ids) and not self._is_hopeless():
                    await self._turn.wait()
        except TimeoutError:
            return False
        return True

    async def close(self, *, patience: timedelta) -> None:
        """Writes what is left, if that can be done in time; what cannot is met again after the next start."""
        self._closing = True
        self._work.set()
        if self._writing:
            await asyncio.wait([self._writing], timeout=patience.total_seconds())
            self._writing.cancel()
        if self._unwritten or self._handled:
            log.warning("updates not written at the end", updates=len(self._unwritten), handled=len(self._handled))

    async def _run(self) -> None:
        while not self._closing or self._work.is_set():
            await self._work.wait()
            await self._let_handlers_go_first()
            if not await self._write():
                if self._closing:
                    return
                await asyncio.sleep(RETRY_S)

    async def _let_handlers_go_first(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(HEAD_START_S):
                while not self._closing and any(payload is not None for payload in self._unwritten.values()):
                    self._work.clear()
                    await self._work.wait()

    async def _write(self) -> bool:
        """One transaction for all there is; False where the store did not take it."""
        try:
            async with self._db.write() as conn:
                # All that has come while the write waited for its turn.
                self._work.clear()
                written, emptied = dict(self._unwritten), set(self._handled)
                received = (Received(update_id, payload) for update_id, payload in written.items())
                await updates.receive(conn, self._bot_id, received, now=self._clock())
                await updates.handled(conn, self._bot_id, emptied)
        except Exception as error:
            # Whatever it is, answers go on.
            self._fail(error)
            return False
        if self.is_failing:
            self._failing_since = None
            log.info("updates are stored again", updates=len(written))
        for update_id in written:
            # Memory may have come to its end meanwhile.
            self._unwritten.pop(update_id, None)
        self._handled -= emptied
        self._ring()
        return True

    def _fail(self, error: Exception) -> None:
        if not self.is_failing:
            self._failing_since = asyncio.get_running_loop().time()
            log.error("updates cannot be stored, they are remembered alone", error=type(error).__name__)
        self._work.set()
        self._ring()

    def _is_hopeless(self) -> bool:
        now = asyncio.get_running_loop().time()
        return self._failing_since is not None and now - self._failing_since >= FAILING_S

    async def _stored(self, update_ids: list[int]) -> set[int]:
        if not update_ids:
            return set()
        try:
            async with self._db.read() as conn:
                return await updates.known(conn, self._bot_id, update_ids)
        except (DatabaseError, SQLAlchemyError) as error:
            # Rather twice than never.
            log.error("cannot look up updates", error=type(error).__name__)
            return set()

    def _forget(self) -> None:
        too_many = list(itertools.islice(self._seen, max(len(self._seen) - REMEMBERED, 0)))
        for update_id in too_many:
            del self._seen[update_id]
            # Where the store takes nothing, memory has an end too.
            if self._unwritten.get(update_id, "") is None:
                del self._unwritten[update_id]
                self._handled.discard(update_id)
            self._floor = max(self._floor, update_id)

    def _ring(self) -> None:
        self._turn.set()
        self._turn = asyncio.Event()
