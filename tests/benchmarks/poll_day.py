"""A day of polling: a thousand sources on a loopback server, their habits known, the clock set by hand.

    python -m tests.benchmarks.poll_day [SOURCES]

    ours        as `newsbot run` polls: the fetch tick, real requests, parsing in worker processes, a real store
    evenly      as many requests, every source at the same interval, computed from the same publications
    each 10m    every source at the shortest interval, computed too
    ideal       a request for each publication, at its moment

A source publishes by chance, more by day than by night; a few do so hundreds of times a day, most a few times. Some
answer conditional requests, some don't, some ask to be left alone for an hour or two. Delay is from the moment of
publication to that at which the article is stored; what a server asks for is part of it.
"""

import asyncio
import math
import resource
import sys
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path
from random import Random
from statistics import mean, median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from sqlalchemy import func, select

from bot import polling
from bot.config import load
from bot.fetching import Fetching
from bot.polling import Bounds, Success
from bot.sources.fetch import Fetcher
from bot.sources.reading import Reader
from bot.sources.worker import Parser
from storage import feeds, schema
from storage.database import Database
from storage.models import Feed
from tests.benchmarks.report import line, table

SOURCES = 1000
SEED = 1
BEGIN = datetime(2025, 12, 1, tzinfo=UTC)
# So many days of habits before the day that is measured.
WATCHED_DAYS = 3
DAY = timedelta(days=1)
# The tick's interval, coarser than in life.
STEP = timedelta(seconds=10)
# Items that a feed lists.
LISTED = 15
# Articles a day by rank: the first publishes 240, the hundredth 9, the last 2.
BUSIEST, LEAST = 240.0, 1.5
# Of all sources: those that don't know conditional requests, and those whose document or server asks to wait.
UNCONDITIONAL, WITH_TTL = 0.2, 0.15


@dataclass(slots=True)
class Site:
    """A source, when it publishes (seconds since the beginning), and what was asked of it."""

    number: int
    published: list[float]
    conditional: bool
    ttl_minutes: int | None
    asked: list[int] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"site{self.number}.example"

    def listed(self, now: float) -> range:
        """The numbers of what is listed now."""
        last = bisect_right(self.published, now)
        return range(max(0, last - LISTED), last)


def sites(count: int) -> list[Site]:
    chance = Random(SEED)
    days = WATCHED_DAYS + 1
    found = []
    for number in range(count):
        a_day = LEAST + BUSIEST / (1 + number * 0.25)
        ttl = chance.choice((60, 120)) if chance.random() < WITH_TTL else None
        published = sorted(_moments(chance, a_day * days, days * 86400.0))
        found.append(Site(number, published, chance.random() >= UNCONDITIONAL, ttl))
    return found


def _moments(chance: Random, expected: float, seconds: float) -> Iterator[float]:
    """By a Poisson process that is three times as busy at noon as at midnight."""
    at = 0.0
    while (at := at + chance.expovariate(1.5 * expected / seconds)) < seconds:
        if chance.random() < (2 - math.cos(2 * math.pi * at / 86400)) / 3:
            yield at


class Internet:
    """All sites on one port; `now` is in seconds since the beginning."""

    def __init__(self, every: Sequence[Site]) -> None:
        self._sites = {site.host: site for site in every}
        self.now = 0.0
        self.statuses: Counter[int] = Counter()

    async def answer(self, request: web.Request) -> web.Response:
        site = self._sites[request.host.partition(":")[0]]
        body = rss(site, self.now)
        tag = f'"{sha256(body).hexdigest()[:16]}"'
        headers = {"Content-Type": "application/rss+xml"} | ({"ETag": tag} if site.conditional else {})
        status = 304 if site.conditional and request.headers.get("If-None-Match") == tag else 200
        self.statuses[status] += 1
        return web.Response(status=status, body=body if status == 200 else None, headers=headers)


def rss(site: Site, now: float) -> bytes:
    ttl = f"<ttl>{site.ttl_minutes}</ttl>" if site.ttl_minutes else ""
    items = "".join(
        f"<item><title>Новость {number} сайта {site.number}</title>"
        f"<guid isPermaLink='false'>{site.number}-{number}</guid>"
        f"<link>http://{site.host}/{number}</link><description>Подробности новости {number}.</description>"
        f"<pubDate>{format_datetime(BEGIN + timedelta(seconds=site.published[number]))}</pubDate></item>"
        for number in reversed(site.listed(now))
    )
    document = f"<rss version='2.0'><channel><title>Сайт {site.number}</title>{ttl}{items}</channel></rss>"
    return document.encode()


class Loopback(AbstractResolver):
    """Every name is this machine."""

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> list[ResolveResult]:
        return [ResolveResult(hostname=host, host="127.0.0.1", port=port, family=family, proto=0, flags=0)]

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one day: requests, articles that were published and stored, their delays in minutes, seconds it took."""

    statuses: Counter[int]
    published: int
    delays: list[float]
    wall_s: float
    processor_s: float


def watched(feed: Feed, site: Site, bounds: Bounds, chance: Random) -> Feed:
    """The feed as polling leaves it after days of asking, which are computed rather than lived through."""
    end, known = BEGIN + WATCHED_DAYS * DAY, 0
    now = BEGIN + timedelta(seconds=chance.uniform(0, 600))
    ttl = timedelta(minutes=site.ttl_minutes) if site.ttl_minutes else None
    while now < end:
        seen = bisect_right(site.published, (now - BEGIN).total_seconds())
        met = Success(etag=None, last_modified=None, checksum=None, items=b"", new=seen - known, ttl=ttl)
        feed = polling.succeeded(feed, met, now=now, bounds=bounds, chance=chance.random())
        known = seen
        assert feed.next_at
        now = feed.next_at
    return feed


async def measure(count: int, folder: Path) -> tuple[list[Site], Outcome]:
    every = sites(count)
    internet = Internet(every)
    async with served(internet) as port:
        db = await Database.open(f"sqlite+aiosqlite:///{folder / 'news.db'}")
        settings = load(database_url=f"sqlite+aiosqlite:///{folder / 'news.db'}", allow_private_hosts=True)
        try:
            async with Fetcher(allow_private=True, resolver=Loopback()) as fetcher, Parser() as parser:
                clock = _Clock(BEGIN + WATCHED_DAYS * DAY)
                fetching = Fetching(db, Reader(fetcher, parser), settings, clock=clock, chance=Random(SEED).random)
                await _add(db, every, port, Bounds(settings.fetch_interval, settings.fetch_max_interval))
                return every, await _day(db, fetching, internet, every, clock)
        finally:
            await db.close()


async def _add(db: Database, every: Sequence[Site], port: int, bounds: Bounds) -> None:
    chance = Random(SEED)
    async with db.write() as conn:
        for site in every:
            feed, _ = await feeds.add(conn, url=f"http://{site.host}:{port}/rss", title=site.host, now=BEGIN)
            await feeds.settle(conn, watched(feed, site, bounds, chance))


async def _day(db: Database, fetching: Fetching, internet: Internet, every: Sequence[Site], clock: "_Clock") -> Outcome:
    wall, processor = time.perf_counter(), time.process_time()
    end = clock.now + DAY
    while clock.now < end:
        internet.now = (clock.now - BEGIN).total_seconds()
        await fetching.fetch_due(now=clock.now)
        await fetching.idle()
        clock.now = await _next_turn(db, clock.now)
    begin = (end - DAY - BEGIN).total_seconds()
    published = {
        f"{site.number}-{number}": at
        for site in every
        for number, at in enumerate(site.published)
        if begin <= at < begin + 86400
    }
    async with db.read() as conn:
        rows = (await conn.execute(select(schema.articles.c.guid, schema.articles.c.stored_at))).all()
    stored = {guid: (at - BEGIN).total_seconds() for guid, at in rows}
    delays = [(stored[guid] - at) / 60 for guid, at in published.items() if guid in stored]
    return Outcome(
        internet.statuses,
        len(published),
        delays,
        time.perf_counter() - wall,
        time.process_time() - processor,
    )


async def _next_turn(db: Database, now: datetime) -> datetime:
    """The first turn of the tick at which something is due."""
    async with db.read() as conn:
        first: datetime = (await conn.execute(select(func.min(schema.feeds.c.next_at)))).scalar_one()
    return now + STEP * max(1, math.ceil((first - now) / STEP))


@dataclass(slots=True)
class _Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now


@asynccontextmanager
async def served(internet: Internet) -> Any:
    app = web.Application()
    app.router.add_get("/{path:.*}", internet.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def show(every: Sequence[Site], ours: Outcome) -> None:
    requests = ours.statuses.total()
    begin = WATCHED_DAYS * 86400.0
    moments = [at for site in every for at in site.published if begin <= at < begin + 86400]
    even_s = 86400 * len(every) / requests
    line(f"{len(every):,} sources, a day: {ours.published:,} articles published")
    table(
        ("", "requests", "× ideal", "304", "articles", "delay: median, min", "mean", "p95"),
        ("ours", f"{requests:,}", requests / ours.published, _share(ours.statuses[304], requests), *_told(ours.delays)),
        ("evenly", f"{requests:,}", requests / ours.published, "", *_told(_delays(moments, even_s))),
        ("each 10m", f"{len(every) * 144:,}", len(every) * 144 / ours.published, "", *_told(_delays(moments, 600))),
        ("ideal", f"{ours.published:,}", 1.0, "", *_told([0.0] * ours.published)),
    )
    # By now the worker processes have ended, and are counted.
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    line(
        f"wall {ours.wall_s:.0f} s; processor {ours.processor_s:.0f} s, the loopback server's included "
        f"({ours.processor_s / requests * 1000:.1f} ms a request), "
        f"and {children.ru_utime + children.ru_stime:.0f} s of the worker processes"
    )


def _told(delays: Sequence[float]) -> tuple[object, ...]:
    return f"{len(delays):,}", median(delays), mean(delays), quantiles(delays, n=20)[-1]


def _delays(moments: Sequence[float], interval_s: float) -> list[float]:
    """In minutes, where every source is asked at this interval."""
    return [(math.ceil(at / interval_s) * interval_s - at) / 60 for at in moments]


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}"


if __name__ == "__main__":
    with TemporaryDirectory() as temporary:
        show(*asyncio.run(measure(int(sys.argv[1]) if sys.argv[1:] else SOURCES, Path(temporary))))
