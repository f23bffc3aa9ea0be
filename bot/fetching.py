"""The fetch tick, and the commands beside it: which feeds are polled, and when a host is left alone.

    due, by hosts ──▶ a task for each host, its feeds one after the other ──▶ Poller

The tick starts what is due and returns: a slow host delays its own feeds alone.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot import adding, polling
from bot.adding import Several
from bot.poller import Patiently, Polled, Poller, Rules
from bot.sources import opml, query_lists
from bot.sources.fetch import Fetcher
from bot.sources.opml import Outline
from bot.sources.query_lists import Listed
from bot.sources.reading import Reader
from bot.sources.trouble import Trouble
from bot.sources.worker import Parser
from storage import feeds
from storage.database import Database
from storage.errors import DatabaseError
from storage.feeds import Due
from storage.models import Draft, Feed

# Looked for at once; what is due beyond that waits for the next tick.
DUE = 1000
# A host whose news could not be stored is left alone for so long.
HELD = timedelta(minutes=1)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Added:
    """A feed that is polled from now on, or was already; what it holds, and how many of these were new to the store."""

    feed: Feed
    is_new: bool
    drafts: tuple[Draft, ...] = ()
    stored: int = 0


class Fetching:
    """Polls feeds; `chance` gives random numbers from 0 to 1."""

    def __init__(
        self,
        db: Database,
        reader: Reader,
        rules: Rules,
        *,
        clock: Callable[[], datetime],
        patiently: Patiently = iter,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._db = db
        self._reader = reader
        self._poller = Poller(db, reader, rules, clock=clock, patiently=patiently, chance=chance)
        self._clock = clock
        self._asking: dict[str, asyncio.Task[None]] = {}
        # Hosts that are left alone, and until when.
        self._held: dict[str, datetime] = {}

    async def add(
        self,
        typed: str,
        *,
        now: datetime,
        by: int | None = None,
        full_text: bool = False,
        topic: str | None = None,
    ) -> Added | Several:
        """Reads what is at an address and polls it from now on; several feeds, where a page names them. FetchError."""
        found = await adding.find(typed, reader=self._reader)
        if isinstance(found, Several):
            return found
        title = found.contents.title or feeds.host(found.url)
        async with self._db.write() as conn:
            feed, is_new = await feeds.add(
                conn,
                url=found.url,
                title=title,
                topic=topic,
                full_text=full_text,
                added_by=by,
                now=now,
                # What it holds has just been read: no tick need read it again while it is being stored.
                next_at=now + self._poller.bounds.shortest,
            )
        if not is_new:
            return Added(feed, is_new=False, drafts=_believed(found.contents.drafts, now))
        polled = await self._poller.take(feed, found.answer, found.contents)
        return Added(polled.feed, is_new=True, drafts=_believed(found.contents.drafts, now), stored=polled.new)

    async def outlines(self, data: bytes) -> tuple[Outline, ...]:
        """What an OPML file lists; FetchError. Read in a worker process: anybody may have written it."""
        found: tuple[Outline, ...] = await self._reader.parser.run(opml.read, data)
        return found

    async def listed(self, data: bytes, *, is_markup: bool) -> Listed:
        """The subscriptions that a file lists; FetchError. Read in a worker process, too."""
        found: Listed = await self._reader.parser.run(partial(query_lists.read, is_markup=is_markup), data)
        return found

    async def begin(self, *, now: datetime) -> None:
        """To be called before the first tick: what a clock that ran ahead has put off is due now."""
        async with self._db.write() as conn:
            hurried = await feeds.hurry(conn, now=now, latest=polling.latest(now, self._poller.bounds))
        if hurried:
            log.info("polls were put off too far", feeds=hurried)

    async def fetch_due(self, *, now: datetime) -> None:
        """Starts what is due, but for hosts that are being asked still, or are left alone."""
        self._held = {host: until for host, until in self._held.items() if until > now}
        async with self._db.read() as conn:
            due = await feeds.due(conn, now=now, limit=DUE, without={*self._asking, *self._held})
        for host, ids in by_host(due).items():
            self._asking[host] = asyncio.create_task(self._ask_all(host, ids), name=f"fetch {host}")

    async def pull(self, *, now: datetime, every: bool = False, told: Callable[[Polled], None]) -> None:
        """Polls what is due, or every feed, and tells of each when it is done."""
        await self.begin(now=now)
        async with self._db.read() as conn:
            due = await feeds.due(conn, now=now, every=every)

        async def ask(ids: Sequence[int]) -> None:
            for feed_id in ids:
                if feed := await self._still(feed_id):
                    polled = await self._poller.poll(feed)
                    told(polled)
                    if _asks_to_wait(polled):
                        break

        async with asyncio.TaskGroup() as group:
            for ids in by_host(due).values():
                group.create_task(ask(ids))

    async def stop(self) -> None:
        """Breaks off what is being asked: it is due still."""
        asking = list(self._asking.values())
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)

    async def idle(self) -> None:
        """Returns when nothing is being asked."""
        while self._asking:
            await asyncio.wait(self._asking.values())

    async def _ask_all(self, host: str, ids: Sequence[int]) -> None:
        """The feeds of a host, until it asks to wait; one that a command has asked meanwhile is due no more."""
        try:
            for feed_id in ids:
                feed = await self._still(feed_id)
                if feed and feed.next_at and feed.next_at <= self._clock():
                    polled = await self._poller.poll(feed)
                    if _asks_to_wait(polled):
                        self._held[host] = polled.feed.next_at or self._clock()
                        break
        except DatabaseError as error:
            # No fault of the host's: who watches the store tells of it.
            self._held[host] = self._clock() + HELD
            log.info("fetch put off", host=host, error=str(error))
        except Exception:
            # At the next tick it would be asked for the same again.
            self._held[host] = self._clock() + HELD
            log.exception("fetch failed", host=host)
        finally:
            del self._asking[host]

    async def _still(self, feed_id: int) -> Feed | None:
        """The feed as it is now; None where it was removed."""
        async with self._db.read() as conn:
            feed = await feeds.by_id(conn, feed_id)
        return feed if feed and feed.next_at else None


def by_host(due: Sequence[Due]) -> Mapping[str, list[int]]:
    """The ids of the feeds of each host, the longest due first."""
    found: dict[str, list[int]] = {}
    for one in due:
        found.setdefault(one.host, []).append(one.id)
    return found


@asynccontextmanager
async def opened(
    db: Database, rules: Rules, *, clock: Callable[[], datetime], patiently: Patiently = iter
) -> AsyncIterator[Fetching]:
    """Fetching over a session and worker processes of its own, which end with it."""
    async with (
        Fetcher(allow_private=rules.allow_private_hosts, proxy=rules.source_proxy) as fetcher,
        Parser() as parser,
    ):
        fetching = Fetching(
            db, Reader(fetcher, parser, rules.telegram_web_url), rules, clock=clock, patiently=patiently
        )
        try:
            yield fetching
        finally:
            await fetching.stop()


def _believed(drafts: Sequence[Draft], now: datetime) -> tuple[Draft, ...]:
    """With the dates that the store will believe: none lies in the future."""
    return tuple(
        replace(draft, published_at=min(draft.published_at, now)) if draft.published_at else draft for draft in drafts
    )


def _asks_to_wait(polled: Polled) -> bool:
    return polled.error is not None and polled.error.trouble is Trouble.LIMITED
