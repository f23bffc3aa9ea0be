"""One poll of a feed: asked, read, stored, and written down how it went.

    Reader ──▶ Contents ──new or changed──▶ full text ──▶ ingest ──▶ polling ──▶ settle, notices

What a feed holds when it is read for the first time is backlog: found, and never pushed.
"""

import asyncio
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot import polling
from bot.full_text import FullText
from bot.ingest import ingest
from bot.polling import Bounds, Success
from bot.sources import clean, items
from bot.sources.drafts import Contents
from bot.sources.fetch import Answer
from bot.sources.reading import Reader, checksum_of
from bot.sources.robots import Robots
from bot.sources.trouble import FetchError, Trouble
from storage import feeds, notices
from storage.database import Database
from storage.errors import StorageError
from storage.models import Draft, Feed, FeedState, NoticeKind

# At work at once: so many answers at most wait for a worker that reads them.
AT_ONCE = 64
# News of so many feeds is stored at once: others want to write too.
STORED_AT_ONCE = 4
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
class Polled:
    """How a poll went: the feed as it is now, and how many articles came with it."""

    feed: Feed
    new: int = 0
    error: FetchError | None = None
    unchanged: bool = False


class Poller:
    """Polls one feed at a time for each who asks; `chance` gives random numbers from 0 to 1."""

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
        self.bounds = Bounds(rules.fetch_interval, rules.fetch_max_interval)
        self._db = db
        self._reader = reader
        self._full_text = FullText(reader, Robots(reader))
        self._keep = timedelta(days=rules.keep_days) or None
        self._clock = clock
        self._patiently = patiently
        self._chance = chance
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._storing = asyncio.Semaphore(STORED_AT_ONCE)

    async def poll(self, feed: Feed) -> Polled:
        try:
            async with self._slots:
                answer, contents = await self._reader.read(
                    feed.url, etag=feed.etag, last_modified=feed.last_modified, checksum=feed.checksum
                )
                return await self.take(feed, answer, contents)
        except FetchError as error:
            trouble = error
            log.info("feed failed", feed=feed.id, host=feed.host, trouble=error.trouble.value, detail=error.detail)
        except (SQLAlchemyError, StorageError):
            raise
        except Exception as error:
            # It would be asked again at once, and for ever.
            trouble = FetchError(Trouble.PARSER, type(error).__name__)
            log.exception("feed failed", feed=feed.id, host=feed.host)
        after = polling.failed(feed, trouble, now=self._clock(), bounds=self.bounds, chance=self._chance())
        return Polled(await self._settle(feed, after), error=trouble)

    async def take(self, feed: Feed, answer: Answer, contents: Contents | None) -> Polled:
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
        after = polling.succeeded(feed, met, now=now, bounds=self.bounds, chance=self._chance())
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


def _canonical(url: str | None) -> str | None:
    return (clean.canonical_url(url) or url) if url else None


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
