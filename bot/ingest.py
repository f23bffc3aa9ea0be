"""Drafts → the store: what is new is analysed off the event loop, each batch is written in one transaction.

batch 1 ─ look up ─ analyse ─ store
batch 2   look up ───────────── analyse ─ store
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain

from storage import articles
from storage.articles import Analysed, Stored
from storage.database import Database
from storage.identity import Hashed, hashed
from storage.models import Draft

# A batch is written in about a fifth of a second, and nobody waits longer for the writer.
BATCH = 200
# Of titles and texts, which two hundred articles seldom reach: long ones make smaller batches.
CHARACTERS = 600_000


async def ingest(
    db: Database,
    drafts: Sequence[Draft],
    *,
    now: datetime,
    backlog: bool = False,
    patiently: Callable[[Iterable[Draft]], Iterable[Draft]] = iter,
    analyse: Callable[[Iterable[Draft]], Sequence[Analysed]] | None = None,
    advance: Callable[[int], None] = lambda _: None,
) -> Stored:
    """Stores what is new or changed among these drafts; what is new of a `backlog` is found and never pushed.

    Beside a bot, `bot.courtesy` says when to go on, and an import may have a `bot.analyst` who analyses. `advance` is
    told how many drafts more were looked up. Cancelled, it ends within an article.
    """
    imported = 0
    storing: asyncio.Task[Stored] | None = None
    # Batches that are being analysed, with what they are recognised by; the one that is being stored came before them.
    analysing: deque[tuple[Sequence[Hashed], asyncio.Task[Sequence[Analysed]]]] = deque()
    analysed: Sequence[Analysed] = ()
    # Another process has the next batch at hand when it is done with one; threads of this one would be in their way.
    places, stopped = asyncio.Semaphore(2 if analyse else 1), threading.Event()
    try:
        # At the end what is analysed by then is to be stored.
        for batch in (*_batches(drafts), []):
            fresh = await _unknown(db, batch, chain(analysed, *(ahead for ahead, _ in analysing))) if batch else []
            advance(len(batch))
            if fresh:
                given = _unless(stopped, patiently(fresh))
                asked = asyncio.create_task(_analyse(analyse or articles.analyse, given, places))
                analysing.append((list(map(hashed, fresh)), asked))
            if not analysing or (batch and len(analysing) == 1):
                continue
            analysed = await analysing[0][1]
            analysing.popleft()
            if storing:
                imported += (await storing).imported
            storing = asyncio.create_task(_store(db, analysed, now=now, backlog=backlog))
        if storing:
            imported += (await storing).imported
    finally:
        # A thread cannot be cancelled, and the process waits for it to end.
        stopped.set()
        begun = [*([storing] if storing else []), *(asked for _, asked in analysing)]
        for task in begun:
            task.cancel()
        await asyncio.gather(*begun, return_exceptions=True)
    return Stored(imported, len(drafts) - imported)


async def _analyse(
    analyse: Callable[[Iterable[Draft]], Sequence[Analysed]], drafts: Iterable[Draft], places: asyncio.Semaphore
) -> Sequence[Analysed]:
    async with places:
        return await asyncio.to_thread(analyse, drafts)


async def _unknown(db: Database, batch: Sequence[Draft], ahead: Iterable[Hashed]) -> list[Draft]:
    async with db.read() as conn:
        return await articles.unknown(conn, batch, ahead=list(ahead))


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
