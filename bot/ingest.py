"""Drafts → the store: what is new is analysed off the event loop, each batch is written in one transaction."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from storage import articles
from storage.articles import Stored
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
    for start in range(0, len(drafts), BATCH):
        batch = drafts[start : start + BATCH]
        async with db.read() as conn:
            fresh = await articles.unknown(conn, batch)
        if not fresh:
            continue
        analysed = await asyncio.to_thread(articles.analyse, patiently(fresh))
        async with db.write() as conn:
            imported += (await articles.store(conn, analysed, now=now, backlog=backlog)).imported
    return Stored(imported, len(drafts) - imported)
