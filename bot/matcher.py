"""The match tick: every article stored since the last turn, whoever stored it, meets all standing queries.

unmatched articles and live queries, in one snapshot ──▶ percolator, off the loop ──▶ one row for each article
"""

import asyncio
from collections.abc import Sequence

import structlog

from storage import matches, renewal, subscriptions
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
        # Id → canonical text of what the percolator holds: the renewal may write another one under the same id.
        self._canonicals: dict[int, str] = {}
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
                if not waiting:
                    return total
                live = await subscriptions.live_queries(conn)
                renewing = await renewal.next_query(conn)
            self._follow(live)
            found = await asyncio.to_thread(self._percolate, waiting)
            async with self._db.write() as conn:
                if await renewal.next_query(conn) != renewing:
                    continue  # some may follow other queries by now, which these articles have not met
                await matches.record(conn, found)
            total += len(waiting)

    def _follow(self, live: dict[int, str]) -> None:
        for query_id, _ in self._canonicals.items() - live.items():
            self._percolator.remove(query_id)
            del self._canonicals[query_id]
        for query_id, canonical in live.items() - self._canonicals.items():
            try:
                self._percolator.add(query_id, parse_canonical(canonical))
            except QueryError:
                log.exception("query cannot be read any more", query=query_id)
            else:
                self._canonicals[query_id] = canonical

    def _percolate(self, waiting: Sequence[Unmatched]) -> list[tuple[Unmatched, list[int]]]:
        return [(one, self._percolator.match(one.document, now=one.article.stored_at)) for one in waiting]
