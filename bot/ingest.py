"""Drafts → the store: what is new is analysed off the event loop, each batch is written in one transaction."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from storage import articles
from storage.articles import Stored
from storage.database import Database
from storage.models import Draft

# A batch is analysed in about half a second and written in a tenth of one: nobody waits longer for the writer.
BATCH = 200


async def ingest(db: Database, drafts: Sequence[Draft], *, now: datetime) -> Stored:
    """Stores what is new or changed among these drafts."""
    imported = 0
    for start in range(0, len(drafts), BATCH):
        batch = drafts[start : start + BATCH]
        async with db.read() as conn:
            fresh = await articles.unknown(conn, batch)
        if not fresh:
            continue
        analysed = await asyncio.to_thread(articles.analyse, fresh)
        async with db.write() as conn:
            imported += (await articles.store(conn, analysed, now=now)).imported
    return Stored(imported, len(drafts) - imported)
