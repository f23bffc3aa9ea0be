"""The match tick: every article stored since the last turn, whoever stored it, meets all standing queries.

unmatched articles and live queries, in one snapshot ──▶ percolator, off the loop ──▶ one row for each article
"""

import asyncio
from collections.abc import Sequence

import structlog

from storage import matches, subscriptions
from storage.database import Database
from storage.errors import QueryError
from storage.matches import Unmatched
from storage.percolator import Percolator
from storage.query import parse_canonical

# Small enough that a turn ends soon and the writer is free again.
BATCH = 200

log = structlog.get_logger()


class Matcher:
    """Keeps the percolator in step with the subscriptions."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._percolator = Percolator()
        # A turn with an older view of who follows what would take new queries away from a newer one.
        self._matching = asyncio.Lock()

    async def match(self) -> int:
        """Matches what waits; returns the number of articles."""
        async with self._matching:
            return await self._match()

    async def _match(self) -> int:
        total = 0
        while True:
            # One snapshot: who subscribed before an article was stored is here when the article is.
            async with self._db.read() as conn:
                waiting = await matches.unmatched(conn, limit=BATCH)
                live = await subscriptions.live_queries(conn) if waiting else {}
            if not waiting:
                return total
            self._follow(live)
            found = await asyncio.to_thread(self._percolate, waiting)
            async with self._db.write() as conn:
                await matches.record(conn, found)
            total += len(waiting)

    def _follow(self, live: dict[int, str]) -> None:
        for query_id in self._percolator.query_ids - live.keys():
            self._percolator.remove(query_id)
        for query_id in live.keys() - self._percolator.query_ids:
            try:
                self._percolator.add(query_id, parse_canonical(live[query_id]))
            except QueryError:
                log.exception("query cannot be read any more", query=query_id)

    def _percolate(self, waiting: Sequence[Unmatched]) -> list[tuple[Unmatched, list[int]]]:
        return [(one, self._percolator.match(one.document, now=one.article.stored_at)) for one in waiting]
