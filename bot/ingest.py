"""Drafts → the store: what is new is analysed off the event loop, each batch is written in one transaction.

batch 1 ─ analyse ─ store
batch 2             analyse ─ store
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from storage import articles
from storage.articles import Analysed, Stored
from storage.database import Database
from storage.models import Draft

# A batch is analysed in about a tenth of a second and written in half of that: nobody waits longer for the writer.
BATCH = 100


async def ingest(
    db: Database,
    drafts: Sequence[Draft],
    *,
    now: datetime,
    backlog: bool = False,
    patiently: Callable[[Iterable[Draft]], Iterable[Draft]] = iter,
) -> Stored:
    """Stores what is new or changed among these drafts; what is new of a `backlog` is found and never pushed.

    Beside a bot, `bot.courtesy` says when to go on.
    """
    imported = 0
    storing: asyncio.Task[Stored] | None = None
    ahead: Sequence[Draft] = ()
    try:
        for start in range(0, len(drafts), BATCH):
            async with db.read() as conn:
                fresh = await articles.unknown(conn, drafts[start : start + BATCH], ahead=ahead)
            if not fresh:
                continue
            analysed = await asyncio.to_thread(articles.analyse, patiently(fresh))
            if storing:
                imported += (await storing).imported
            storing, ahead = asyncio.create_task(_store(db, analysed, now=now, backlog=backlog)), fresh
        if storing:
            imported += (await storing).imported
    finally:
        if storing and not storing.done():
            storing.cancel()
            await asyncio.wait([storing])
    return Stored(imported, len(drafts) - imported)


async def _store(db: Database, analysed: Sequence[Analysed], *, now: datetime, backlog: bool) -> Stored:
    async with db.write() as conn:
        return await articles.store(conn, analysed, now=now, backlog=backlog)
