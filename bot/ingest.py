"""Drafts → the store: what is new is analysed off the event loop, each batch is written in one transaction.

batch 1 ─ analyse ─ store
batch 2             analyse ─ store
"""

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from storage import articles
from storage.articles import Analysed, Stored
from storage.database import Database
from storage.models import Draft

# A batch is analysed in about a tenth of a second and written in half of that: nobody waits longer for the writer.
BATCH = 100
# Of titles and texts, which a hundred articles seldom reach: long ones make smaller batches.
CHARACTERS = 300_000


async def ingest(
    db: Database,
    drafts: Sequence[Draft],
    *,
    now: datetime,
    backlog: bool = False,
    patiently: Callable[[Iterable[Draft]], Iterable[Draft]] = iter,
    analyse: Callable[[Iterable[Draft]], Sequence[Analysed]] | None = None,
) -> Stored:
    """Stores what is new or changed among these drafts; what is new of a `backlog` is found and never pushed.

    Beside a bot, `bot.courtesy` says when to go on, and an import may have a `bot.analyst` who analyses. Cancelled, it
    ends within an article.
    """
    imported = 0
    storing: asyncio.Task[Stored] | None = None
    ahead: Sequence[Analysed] = ()
    stopped = threading.Event()
    try:
        for batch in _batches(drafts):
            async with db.read() as conn:
                fresh = await articles.unknown(conn, batch, ahead=ahead)
            if not fresh:
                continue
            analysed = await asyncio.to_thread(analyse or articles.analyse, _unless(stopped, patiently(fresh)))
            if storing:
                imported += (await storing).imported
            storing, ahead = asyncio.create_task(_store(db, analysed, now=now, backlog=backlog)), analysed
        if storing:
            imported += (await storing).imported
    finally:
        # A thread cannot be cancelled, and the process waits for it to end.
        stopped.set()
        if storing and not storing.done():
            storing.cancel()
            await asyncio.wait([storing])
    return Stored(imported, len(drafts) - imported)


def _batches(drafts: Iterable[Draft]) -> Iterator[list[Draft]]:
    """In order; of at most `BATCH` articles, and of `CHARACTERS` unless one alone has more."""
    batch: list[Draft] = []
    length = 0
    for draft in drafts:
        own = len(draft.title) + len(draft.text)
        if batch and (len(batch) >= BATCH or length + own > CHARACTERS):
            yield batch
            batch, length = [], 0
        batch.append(draft)
        length += own
    if batch:
        yield batch


def _unless(stopped: threading.Event, drafts: Iterable[Draft]) -> Iterator[Draft]:
    for draft in drafts:
        if stopped.is_set():
            return
        yield draft


async def _store(db: Database, analysed: Sequence[Analysed], *, now: datetime, backlog: bool) -> Stored:
    async with db.write() as conn:
        return await articles.store(conn, analysed, now=now, backlog=backlog, remembered=db.remembered)
