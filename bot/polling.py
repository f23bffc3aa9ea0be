"""When a feed is asked next, and what a poll makes of it. Pure.

    live ──fails for three days──▶ dead, asked once a day ──answers──▶ live
      └──────────410──────────▶ gone, asked no more

The next poll comes after the longest of what the feed's habits suggest, what the document (ttl) and what the server
(Cache-Control, Expires, Retry-After) ask for, within the operator's bounds, and a little later by chance, so that feeds
which were added together don't stay together.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.sources.trouble import FetchError, Trouble
from storage.models import Feed, FeedState, NoticeKind

DAY: Final = timedelta(days=1)
# Until its habits have been watched for so long, a feed is polled as often as may be.
HABITS_KNOWN: Final = DAY
# Habits are those of the last week or so: a weekend has its share in them.
HABITS_LAST: Final = timedelta(days=7)
# What a feed with an article a day waits between polls; one with n times as many waits √n times less. Of all ways to
# spend so many requests over feeds of different habits this tells the average article soonest: the sum of nᵢ·tᵢ is the
# least, for a given sum of 1/tᵢ, where tᵢ goes with 1/√nᵢ.
AN_ARTICLE_A_DAY: Final = timedelta(minutes=90)
# A feed that fails for so long, and so often, is dead: a server may be away for a weekend.
DEAD_AFTER, DEAD_FAILURES = 3 * DAY, 6
DEAD_EVERY: Final = DAY
# Whatever a server asks for.
LONGEST_RETRY: Final = DAY
# A permanent redirect is believed when it has been seen for so long.
MOVED_AFTER: Final = 3 * DAY
# By up to this share a poll comes later than it might.
JITTER: Final = 0.1


@dataclass(frozen=True, slots=True)
class Bounds:
    """The shortest and the longest time between two polls of one feed."""

    shortest: timedelta
    longest: timedelta

    def within(self, wanted: timedelta) -> timedelta:
        return max(self.shortest, min(wanted, self.longest))


@dataclass(frozen=True, slots=True, kw_only=True)
class Success:
    """What a poll brought: validators as the server said them, `new` articles, how long it asks to be left alone."""

    etag: str | None
    last_modified: str | None
    checksum: bytes | None
    items: bytes
    new: int = 0
    ttl: timedelta | None = None
    fresh_for: timedelta | None = None
    moved_to: str | None = None


def latest(now: datetime, bounds: Bounds) -> datetime:
    """No poll is put off further than to this moment."""
    return now + max(bounds.longest, DEAD_EVERY, LONGEST_RETRY) * (1 + JITTER)


def succeeded(feed: Feed, met: Success, *, now: datetime, bounds: Bounds, chance: float) -> Feed:
    """The feed after a poll that went well; `chance` is a random number from 0 to 1."""
    polled = replace(
        feed,
        state=FeedState.LIVE,
        begun=True,
        etag=met.etag,
        last_modified=met.last_modified,
        checksum=met.checksum,
        items=met.items,
        ttl_s=int(met.ttl.total_seconds()) if met.ttl else None,
        asked_at=now,
        succeeded_at=now,
        failures=0,
        failing_since=None,
        trouble=None,
        detail=None,
        per_day=_per_day(feed, met.new, now),
        # The clock may have run ahead.
        observed_since=min(feed.observed_since or now, now),
    )
    settled = _moved(polled, met.moved_to, now)
    asked = max(met.ttl or timedelta(), met.fresh_for or timedelta())
    wait = bounds.within(max(habitual(settled, now=now, bounds=bounds), asked))
    return replace(settled, next_at=now + _later(wait, chance))


def failed(feed: Feed, error: FetchError, *, now: datetime, bounds: Bounds, chance: float) -> Feed:
    """The feed after a poll that failed: waits double, up to the longest."""
    since, failures = min(feed.failing_since or now, now), feed.failures + 1
    told = replace(
        feed, asked_at=now, failures=failures, failing_since=since, trouble=error.trouble.value, detail=error.detail
    )
    if error.trouble is Trouble.GONE:
        return replace(told, state=FeedState.GONE, next_at=None)
    is_dead = feed.state is FeedState.DEAD or (now - since >= DEAD_AFTER and failures >= DEAD_FAILURES)
    doubled = bounds.within(bounds.shortest * 2 ** min(failures - 1, 20))
    wait = max(bounds.longest, DEAD_EVERY) if is_dead else doubled
    wait = max(wait, min(error.retry_after or timedelta(), LONGEST_RETRY))
    state = FeedState.DEAD if is_dead else FeedState.LIVE
    return replace(told, state=state, next_at=now + _later(wait, chance))


def knows_habits(feed: Feed, *, now: datetime) -> bool:
    """Whether it has been watched for so long that its articles a day mean something."""
    return feed.observed_since is not None and now - feed.observed_since >= HABITS_KNOWN


def habitual(feed: Feed, *, now: datetime, bounds: Bounds) -> timedelta:
    """How often a feed is worth asking by what it has published."""
    if not knows_habits(feed, now=now):
        return bounds.shortest
    # Compared first: what years of silence leave is too small to divide by.
    if feed.per_day <= (AN_ARTICLE_A_DAY / bounds.longest) ** 2:
        return bounds.longest
    return bounds.within(AN_ARTICLE_A_DAY / math.sqrt(feed.per_day))


def news(before: Feed, after: Feed) -> Iterator[tuple[NoticeKind, str | None]]:
    """What the operator is to be told of a poll, each with the detail of its notice."""
    if after.state is FeedState.DEAD and before.state is not FeedState.DEAD:
        yield NoticeKind.DIED, after.detail
    if after.state is FeedState.GONE and before.state is not FeedState.GONE:
        yield NoticeKind.GONE, after.detail
    if after.state is FeedState.LIVE and before.state is FeedState.DEAD:
        yield NoticeKind.REVIVED, None
    if after.url != before.url:
        yield NoticeKind.MOVED, after.url


def _per_day(feed: Feed, new: int, now: datetime) -> float:
    """New articles a day over the time observed, of which what lies further back than a week counts as one week."""
    if feed.observed_since is None or feed.succeeded_at is None:
        return 0.0
    counted = min(feed.succeeded_at - feed.observed_since, HABITS_LAST)
    span = counted + max(now - feed.succeeded_at, timedelta())
    return (feed.per_day * (counted / DAY) + new) / (span / DAY) if span else feed.per_day


def _moved(feed: Feed, target: str | None, now: datetime) -> Feed:
    """Permanent redirects are followed every time, and adopted when they have lasted."""
    if target is None or target == feed.url:
        return replace(feed, moved_to=None, moved_since=None)
    if target != feed.moved_to or feed.moved_since is None:
        return replace(feed, moved_to=target, moved_since=now)
    if now - feed.moved_since < MOVED_AFTER:
        return feed
    # What a server said at the old address may mean nothing at the new one.
    return replace(feed, url=target, moved_to=None, moved_since=None, etag=None, last_modified=None)


def _later(wait: timedelta, chance: float) -> timedelta:
    return wait * (1 + JITTER * chance)
