"""The fetch tick: what is due is asked, read and stored; how it went is written down with the feed.

    due, by hosts ──▶ a task for each host, its feeds one after the other
                        Reader ──▶ Contents ──new or changed──▶ full text ──▶ ingest ──▶ polling ──▶ settle, notices

The tick starts what is due and returns: a slow host delays its own feeds alone. What a feed holds when it is read for
the first time is backlog: found, and never pushed.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot import adding, polling
from bot.adding import Several
from bot.full_text import FullText
from bot.ingest import ingest
from bot.polling import Bounds, Success
from bot.sources import clean, items, opml
from bot.sources.drafts import Contents
from bot.sources.fetch import Answer, Fetcher
from bot.sources.opml import Outline
from bot.sources.reading import Reader, checksum_of
from bot.sources.robots import Robots
from bot.sources.trouble import FetchError, Trouble
from bot.sources.worker import Parser
from storage import feeds, notices
from storage.database import Database
from storage.errors import StorageError
from storage.feeds import Due
from storage.models import Draft, Feed, FeedState, NoticeKind

# Looked for at once; what is due beyond that waits for the next tick.
DUE = 1000
# At work at once: so many answers at most wait for a worker that reads them.
AT_ONCE = 64
# News of so many feeds is stored at once: others want to write too.
STORED_AT_ONCE = 4
# A host whose news could not be stored is left alone for so long.
HELD = timedelta(minutes=1)
# A channel's page holds about twenty posts: so many pages back is what a busy one writes in hours.
OLDER_PAGES = 5
# Polls that fail because of those pages before what is on the first is taken alone.
PATIENT = 3

log = structlog.get_logger()

Patiently = Callable[[Iterable[Draft]], Iterable[Draft]]


class Rules(Protocol):
    """The operator's settings, as far as polling knows them."""

    @property
    def fetch_interval(self) -> timedelta: ...
    @property
    def fetch_max_interval(self) -> timedelta: ...
    @property
    def keep_days(self) -> int: ...
    @property
    def allow_private_hosts(self) -> bool: ...
    @property
    def source_proxy(self) -> str | None: ...
    @property
    def telegram_web_url(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Added:
    """A feed that is polled from now on, or was already; what it holds, and how many of these were new to the store."""

    feed: Feed
    is_new: bool
    drafts: tuple[Draft, ...] = ()
    stored: int = 0


@dataclass(frozen=True, slots=True)
class Polled:
    """How a poll went: the feed as it is now, and how many articles came with it."""

    feed: Feed
    new: int = 0
    error: FetchError | None = None
    unchanged: bool = False


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
        self._full_text = FullText(reader, Robots(reader))
        self._bounds = Bounds(rules.fetch_interval, rules.fetch_max_interval)
        self._keep = timedelta(days=rules.keep_days) or None
        self._clock = clock
        self._patiently = patiently
        self._chance = chance
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._storing = asyncio.Semaphore(STORED_AT_ONCE)
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
                next_at=now + self._bounds.shortest,
            )
        if not is_new:
            return Added(feed, is_new=False, drafts=_believed(found.contents.drafts, now))
        polled = await self._take(feed, found.answer, found.contents)
        return Added(polled.feed, is_new=True, drafts=_believed(found.contents.drafts, now), stored=polled.new)

    async def outlines(self, data: bytes) -> tuple[Outline, ...]:
        """What an OPML file lists; FetchError. Read in a worker process: anybody may have written it."""
        found: tuple[Outline, ...] = await self._reader.parser.run(opml.read, data)
        return found

    async def begin(self, *, now: datetime) -> None:
        """To be called before the first tick: what a clock that ran ahead has put off is due now."""
        async with self._db.write() as conn:
            hurried = await feeds.hurry(conn, now=now, latest=polling.latest(now, self._bounds))
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
                    polled = await self._poll(feed)
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
                    polled = await self._poll(feed)
                    if _asks_to_wait(polled):
                        self._held[host] = polled.feed.next_at or self._clock()
                        break
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

    async def _poll(self, feed: Feed) -> Polled:
        try:
            async with self._slots:
                answer, contents = await self._reader.read(
                    feed.url, etag=feed.etag, last_modified=feed.last_modified, checksum=feed.checksum
                )
                return await self._take(feed, answer, contents)
        except FetchError as error:
            trouble = error
            log.info("feed failed", feed=feed.id, host=feed.host, trouble=error.trouble.value, detail=error.detail)
        except (SQLAlchemyError, StorageError):
            raise
        except Exception as error:
            # It would be asked again at once, and for ever.
            trouble = FetchError(Trouble.PARSER, type(error).__name__)
            log.exception("feed failed", feed=feed.id, host=feed.host)
        after = polling.failed(feed, trouble, now=self._clock(), bounds=self._bounds, chance=self._chance())
        return Polled(await self._settle(feed, after), error=trouble)

    async def _take(self, feed: Feed, answer: Answer, contents: Contents | None) -> Polled:
        """Stores what is new of a feed's contents; None of them where it holds what it held."""
        now = self._clock()
        if contents and contents.title and feed.title == feed.host:
            # Nobody named it: it keeps the name that it gives itself first, and so do its articles.
            feed = replace(feed, title=contents.title)
        told = await self._with_older(feed, contents) if contents else []
        named = [_named(draft, feed, contents) for draft in told if contents]
        kept_since = now - self._keep if self._keep else None
        fresh = items.fresh(feed.items, named, kept_since=kept_since) if feed.begun else named
        if feed.full_text:
            fresh, unread = await self._full_text.of(fresh)
            # A correction whose page cannot be read now would put a line in place of the text that was read before.
            later = set(unread).difference(items.unseen(feed.items, unread))
            fresh = [draft for draft in fresh if draft not in later]
            named = [draft for draft in named if draft not in later]
        # In the order in which they came to be; feeds list the newest first.
        fresh = list(reversed(fresh))
        fresh.sort(key=lambda draft: draft.published_at or now)
        imported = 0
        if fresh:
            async with self._storing:
                stored = await ingest(self._db, fresh, now=now, backlog=not feed.begun, patiently=self._patiently)
            imported = stored.imported
        met = Success(
            # A 304 need not repeat what it was asked by.
            etag=answer.etag or (feed.etag if answer.status == 304 else None),
            last_modified=answer.last_modified or (feed.last_modified if answer.status == 304 else None),
            checksum=feed.checksum if contents is None else checksum_of(answer.body),
            items=items.remember(feed.items, named),
            new=len(items.unseen(feed.items, named)),
            ttl=contents.ttl if contents else timedelta(seconds=feed.ttl_s or 0),
            fresh_for=answer.fresh_for,
            moved_to=_canonical(answer.moved_to) if self._reader.place(feed.url) == feed.url else None,
        )
        after = polling.succeeded(feed, met, now=now, bounds=self._bounds, chance=self._chance())
        return Polled(await self._settle(feed, after), new=imported, unchanged=contents is None)

    async def _with_older(self, feed: Feed, contents: Contents) -> list[Draft]:
        """All there is; of a channel that wrote more than a page since, the pages before too."""
        told, page = list(contents.drafts), contents
        for _ in range(OLDER_PAGES if feed.begun else 0):
            if not page.older or len(items.unseen(feed.items, page.drafts)) < len(page.drafts):
                break
            try:
                _, older = await self._reader.read(page.older)
            except FetchError as error:
                if feed.failures < PATIENT:
                    raise  # what is between would be known, and never read
                log.info("older posts cannot be read", feed=feed.id, trouble=error.trouble.value)
                break
            assert older
            told += older.drafts
            page = older
        return told

    async def _settle(self, before: Feed, after: Feed) -> Feed:
        """Writes how a poll went, and what the operator is to be told; the feed as it stands then."""
        async with self._db.write() as conn:
            target = await feeds.by_url(conn, after.url) if after.url != before.url else None
            if target and target.state is not FeedState.REMOVED:
                # It is polled there already.
                merged = await feeds.remove(conn, before.id) or after
                if target.state is not FeedState.LIVE:
                    # It has just answered there.
                    await feeds.revive(conn, target.id, now=self._clock())
                await notices.add(conn, NoticeKind.MOVED, before, now=self._clock(), detail=target.url)
                return merged
            if target:
                await feeds.drop(conn, [target.id])
            if await feeds.settle(conn, after):
                for kind, detail in polling.news(before, after):
                    await notices.add(conn, kind, before, now=self._clock(), trouble=after.trouble, detail=detail)
        return after


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


def _canonical(url: str | None) -> str | None:
    return (clean.canonical_url(url) or url) if url else None


def _believed(drafts: Sequence[Draft], now: datetime) -> tuple[Draft, ...]:
    """With the dates that the store will believe: none lies in the future."""
    return tuple(
        replace(draft, published_at=min(draft.published_at, now)) if draft.published_at else draft for draft in drafts
    )


def _asks_to_wait(polled: Polled) -> bool:
    return polled.error is not None and polled.error.trouble is Trouble.LIMITED


def _named(draft: Draft, feed: Feed, contents: Contents | None) -> Draft:
    """A draft as this feed's: what it calls itself may change, the source of its articles stays the one that it was
    added by. The address of the site itself names no article.
    """
    own, site = (contents.title, contents.site) if contents else ("", None)
    return replace(
        draft,
        source=feed.title if draft.source in (None, own) else draft.source,
        url=None if draft.guid and draft.url and _is_site(draft.url, site) else draft.url,
        feed_id=feed.id,
    )


def _is_site(url: str, site: str | None) -> bool:
    parts = urlsplit(url)
    return url == site or (parts.path == "/" and not parts.query)
