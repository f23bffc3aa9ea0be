"""The housekeeping tick: once a day, what is too old or of no use leaves the store, in small steps.

old articles, and what hangs on them ─┐
matches that all have seen ───────────┼──a step──▶ pause ──▶ the next, until none is left or the bot stops
settled digests, unfollowed queries ──┤
questions that nobody has answered ───┤
segments of the index that can be one ┤
what deleted rows left behind ────────┘
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol, TypeVar

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversation.memory import KEPT_FOR
from storage import broadcasts, dialogues, index, retention, traces, updates
from storage.database import Database
from storage.retention import Page
from storage.traces import Left

EVERY = timedelta(days=1)
# Longer than a step takes: whoever else wants to write has its turn.
PAUSE_S = 0.1
# Pages of the index that a step merges: about a megabyte.
MERGED = 250
# A digest answers for its set time: younger ones stay, however few days articles are kept.
DIGESTS_AT_LEAST = timedelta(days=7)
# Telegram keeps an update for a day, and brings none back after that.
UPDATES_FOR = timedelta(days=2)

log = structlog.get_logger()

Result = TypeVar("Result")
Step = Callable[[AsyncConnection], Awaitable[Result]]


class Read(Protocol):
    """Reads what may go among the rows that follow."""

    def __call__(self, conn: AsyncConnection, *, after: int) -> Awaitable[Page]: ...


class Percolates(Protocol):
    """Who has to be told of queries that are gone."""

    async def forget(self, query_ids: Collection[int]) -> None: ...


class Housekeeping:
    """`keep` is how long articles are kept; None is for ever."""

    def __init__(self, db: Database, matcher: Percolates, *, keep: timedelta | None, pause_s: float = PAUSE_S) -> None:
        self._db = db
        self._matcher = matcher
        self._keep = keep
        self._pause_s = pause_s
        self._due: datetime | None = None
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """No step begins any more."""
        self._stopping.set()

    async def tidy(self, *, now: datetime) -> None:
        """Does nothing until a day has gone by since it did all there was to do."""
        if self._db.log_has_traces:
            self._db.log_has_traces = not await self._db.empty_log()
        if self._due and now < self._due:
            return
        async with self._db.read() as conn:
            passed = await retention.passed(conn)
        matches = await self._repeat(partial(retention.drop_matches, upto=passed))
        await self._repeat(partial(updates.drop_old, before=now - UPDATES_FOR))
        await self._repeat(partial(dialogues.drop_old, before=now - KEPT_FOR))
        await self._repeat(partial(broadcasts.drop_old, before=now - KEPT_FOR))
        articles = digests = 0
        if self._keep:
            articles = await self._articles(before=now - self._keep)
            digests = await self._digests(before=now - max(self._keep, DIGESTS_AT_LEAST))
        queries = await self._queries()
        await self._repeat(partial(index.merge, pages=MERGED))
        await self._overwrite()
        if not self._stopping.is_set():
            self._due = now + EVERY
        log.info("tidied up", articles=articles, matches=matches, digests=digests, queries=queries)

    async def _articles(self, *, before: datetime) -> int:
        removed = 0
        async for ids in self._pages(partial(retention.old_articles, before=before)):
            await self._repeat(partial(retention.drop_told, article_ids=ids))
            removed += await self._step(partial(retention.drop_articles, article_ids=ids)) or 0
        return removed

    async def _digests(self, *, before: datetime) -> int:
        removed = 0
        async for ids in self._pages(partial(retention.old_digests, before=before)):
            removed += await self._step(partial(retention.drop_digests, digest_ids=ids)) or 0
        await self._repeat(partial(retention.drop_loose_messages, before=before))
        return removed

    async def _queries(self) -> int:
        removed = 0
        async for ids in self._pages(retention.unfollowed_queries):
            gone = await self._step(partial(retention.drop_queries, query_ids=ids)) or []
            await self._matcher.forget(gone)
            removed += len(gone)
        return removed

    async def _overwrite(self) -> None:
        """What deleted rows left behind."""
        left = await self._db.maintain(traces.found)
        while left is Left.IN_FREE_PAGES and await self._maintain(traces.fill_free_pages):
            await self._pause()
        if left is Left.NOTHING or self._stopping.is_set():
            return
        await self._maintain(traces.begin)
        for table in traces.TABLES:
            if await self._maintain(partial(traces.rewrite, table=table)) is False:
                log.warning("table is too large to be written anew", table=table)
        await self._maintain(traces.end)
        self._db.log_has_traces = True

    async def _maintain(self, act: Callable[[sqlite3.Connection], Result]) -> Result | None:
        """One step outside of a transaction; None where the bot stops."""
        return None if self._stopping.is_set() else await self._db.maintain(act)

    async def _pages(self, read: Read) -> AsyncIterator[list[int]]:
        """What may go, page by page, each read when the one before is done with."""
        after: int | None = 0
        while after is not None and not self._stopping.is_set():
            async with self._db.read() as conn:
                page = await read(conn, after=after)
            if page.ids:
                yield page.ids
            after = page.last

    async def _repeat(self, act: Step[int]) -> int:
        """Until there is nothing left to do."""
        total = 0
        while done := await self._step(act):
            total += done
        return total

    async def _step(self, act: Step[Result]) -> Result | None:
        """One short transaction, and a pause if it did anything; None where the bot stops."""
        if self._stopping.is_set():
            return None
        async with self._db.write() as conn:
            result = await act(conn)
        if result:
            await self._pause()
        return result

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._pause_s):
                await self._stopping.wait()
