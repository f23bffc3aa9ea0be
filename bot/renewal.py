"""The renew tick: after an update of the analyser, what the older one made is made anew, a batch a turn."""

import asyncio

import structlog

from storage import renewal
from storage.database import Database

# Analysed in about half a second and written in a tenth of one: nobody waits longer for the writer.
ARTICLES = 100
QUERIES = 500

log = structlog.get_logger()


class Renewal:
    """Looks until nothing is stale, and not again: whoever analyses now does it by today's rules."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._is_done = False

    async def renew(self) -> None:
        """One step, or none when all is done."""
        if self._is_done:
            return
        async with self._db.read() as conn:
            waiting = await renewal.waiting(conn)
            stale = await renewal.stale(conn, limit=ARTICLES)
        if not any(waiting):
            self._is_done = True
            return
        renewed = await asyncio.to_thread(renewal.analyse, stale)
        async with self._db.write() as conn:
            await renewal.renew(conn, renewed)
            await renewal.renew_queries(conn, limit=QUERIES)
        log.info("analysing anew", articles_left=waiting.articles - len(stale))
