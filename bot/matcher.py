"""The match tick: every article stored since the last turn, whoever stored it, meets all standing queries.

unmatched articles and changed queries, in one snapshot ──▶ percolator, off the loop ──▶ one row for each article
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

import numpy as np
import structlog
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import matches, renewal, subscriptions
from storage.clauses import clauses
from storage.database import Database
from storage.errors import QueryError
from storage.matches import Unmatched
from storage.percolation.draft import Draft
from storage.percolator import Percolator
from storage.query import parse_canonical

# Small enough that a turn ends soon.
BATCH = 200
# Queries read at once: a tenth of a second's work, off the loop.
PAGE = 20_000
# Articles by which the percolator learns which words are rare.
SAMPLE = 1000

log = structlog.get_logger()

_Query = tuple[int, int, str | None, str | None]
"""Id, change, clauses, canonical text: see `storage.subscriptions.changed_queries`."""


class Matcher:
    """Keeps the percolator in step with the store."""

    def __init__(self, db: Database, *, patiently: Callable[[Iterable[Unmatched]], Iterable[Unmatched]] = iter) -> None:
        self._db = db
        # When to go on with the next article: see `bot.courtesy`.
        self._patiently = patiently
        self._percolator = Percolator()
        # The last change of a query that the percolator has taken in; 0 until it has read them all once.
        self._changed = 0
        self._is_loaded = False
        # A turn with an older view of the queries would take new ones away from a newer turn.
        self._matching = asyncio.Lock()

    async def match(self) -> int:
        """Matches what waits; returns the number of articles."""
        async with self._matching:
            return await self._match()

    async def merge(self) -> None:
        """Takes new queries into the large part of the percolator, while matching goes on."""
        if self._percolator.wants_merge:
            await asyncio.to_thread(self._percolator.merge)

    async def forget(self, query_ids: Collection[int]) -> None:
        """Leaves out queries that are no longer in the store."""
        async with self._matching:
            await asyncio.to_thread(self._percolator.remove, query_ids)

    async def _match(self) -> int:
        total = 0
        while True:
            # One snapshot: who subscribed before an article was stored is here when the article is.
            async with self._db.read() as conn:
                waiting = await matches.unmatched(conn, limit=BATCH)
                await (self._follow(conn) if self._is_loaded else self._load(conn))
                if not waiting:
                    return total
                renewing = await renewal.next_query(conn)
            found = await asyncio.to_thread(self._percolate, waiting)
            async with self._db.write() as conn:
                if await renewal.next_query(conn) != renewing:
                    continue  # some may follow other queries by now, which these articles have not met
                await matches.record(conn, found)
            total += len(waiting)

    async def _follow(self, conn: AsyncConnection) -> None:
        """Takes in the queries that changed."""
        while page := await self._page(conn):
            await asyncio.to_thread(lambda some: self._percolator.update(dict(_filed(some))), page)
            self._changed = page[-1][1]

    async def _load(self, conn: AsyncConnection) -> None:
        """Takes in all queries, from the beginning also where an earlier attempt was broken off."""
        self._changed, draft = 0, Draft()
        while page := await self._page(conn):
            await asyncio.to_thread(lambda some: draft.extend(_filed(some)), page)
            self._changed = page[-1][1]
        sample = await matches.stored_last(conn, limit=SAMPLE)
        observed = [(one.document, one.stored_at) for one in sample]
        await asyncio.to_thread(self._percolator.load, draft, observed)
        self._is_loaded = True

    async def _page(self, conn: AsyncConnection) -> Sequence[_Query]:
        return await subscriptions.changed_queries(conn, after=self._changed, limit=PAGE)

    def _percolate(self, waiting: Sequence[Unmatched]) -> list[tuple[Unmatched, NDArray[np.uint32]]]:
        articles = ((one.document, one.stored_at) for one in self._patiently(waiting))
        return list(zip(waiting, self._percolator.match_all(articles), strict=True))


def _filed(page: Sequence[_Query]) -> Iterator[tuple[int, str]]:
    """Ids and clauses of queries; of one without, they are made here."""
    for query_id, _, filed, canonical in page:
        if filed is not None:
            yield query_id, filed
            continue
        try:
            yield query_id, clauses(parse_canonical(canonical or ""))
        except QueryError:
            log.exception("query cannot be read any more", query=query_id)
