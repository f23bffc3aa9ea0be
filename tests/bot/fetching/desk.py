"""A bot's fetching over a web on loopback and a store of its own, with the clock set by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.fetching import Added, Fetching
from bot.poller import Polled
from storage import articles, feeds, matches, notices
from storage.database import Database
from storage.models import Feed, NoticeKind
from tests.web import Reply, Web

NOW = datetime(2025, 12, 6, 7, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
XML = {"Content-Type": "application/rss+xml"}
PAGE = {"Content-Type": "text/html; charset=utf-8"}


@dataclass(slots=True)
class Rules:
    fetch_interval: timedelta = timedelta(minutes=10)
    fetch_max_interval: timedelta = timedelta(hours=6)
    keep_days: int = 90
    allow_private_hosts: bool = True
    source_proxy: str | None = None
    telegram_web_url: str | None = None


@dataclass(slots=True)
class Desk:
    """A bot's fetching with a web to read from, and a clock set by hand."""

    db: Database
    web: Web
    fetching: Fetching
    now: datetime = NOW
    told: list[Polled] = field(default_factory=list)

    async def add(self, path: str, *items: str, **given: Any) -> Feed:
        """A source with these items, read once."""
        url = self.web.serve(path, rss(*items))
        added = await self.fetching.add(url, now=self.now, **given)
        assert isinstance(added, Added)
        return added.feed

    async def pull(self, *, after: timedelta = HOUR) -> Polled:
        """The only feed that is due then."""
        self.now += after
        self.told.clear()
        await self.fetching.pull(now=self.now, told=self.told.append)
        [polled] = self.told
        return polled

    async def known(self, feed: Feed) -> Feed:
        async with self.db.read() as conn:
            found = await feeds.by_id(conn, feed.id)
        assert found
        return found

    async def titles(self) -> list[str]:
        async with self.db.read() as conn:
            return [one.title for one in await articles.export(conn, after=0, limit=1000)]

    async def texts(self) -> list[str]:
        async with self.db.read() as conn:
            return [one.text for one in await articles.export(conn, after=0, limit=1000)]

    async def to_be_pushed(self) -> list[str]:
        """What is met with standing queries at the next turn."""
        async with self.db.read() as conn:
            ids = [one.id for one in await matches.unmatched(conn, limit=1000)]
            return [article.title for article in (await articles.by_ids(conn, ids)).values()]

    async def notices(self) -> list[tuple[NoticeKind, str, str | None]]:
        async with self.db.read() as conn:
            return [(one.kind, one.url, one.detail) for one in await notices.waiting(conn, limit=100)]


def rss(*titles: str, link: str = "", text: str = "", **headers: str) -> Reply:
    """A feed whose items are known by their titles."""
    items = "".join(
        f"<item><title>{title}</title><guid isPermaLink='false'>{title.split(':')[0]}</guid>"
        f"<description>{text}</description>"
        f"{f'<link>{link}/{number}</link>' if link else ''}</item>"
        for number, title in enumerate(titles)
    )
    body = f"<rss version='2.0'><channel><title>Новости</title>{items}</channel></rss>"
    return Reply(body=body.encode(), headers=XML | {name.replace("_", "-"): value for name, value in headers.items()})


LONG = "Президенты двух стран договорились развивать перевозки через Каспийское море и подписали соглашение. " * 6
ARTICLE = f"<html><body><nav>Меню</nav><article><h1>Саммит</h1><p>{LONG}</p><p>{LONG}</p></article></body></html>"


def post(number: int) -> str:
    written = NOW + timedelta(minutes=number)
    return (
        f'<div class="tgme_widget_message_wrap"><div class="tgme_widget_message" data-post="kanal/{number}">'
        f'<div class="tgme_widget_message_text js-message_text">Новость {number} канала</div>'
        f'<a class="tgme_widget_message_date"><span class="tgme_widget_message_meta">'
        f'<time datetime="{written.isoformat()}">07:00</time></span></a></div></div>'
    )


def channel(numbers: Sequence[int]) -> Reply:
    before = f'<link rel="prev" href="/s/kanal?before={numbers[0]}">' if numbers[0] > 1 else ""
    title = '<meta property="og:title" content="Канал">'
    posts = f"<main class='tgme_channel_history'>{''.join(map(post, numbers))}</main>"
    body = f"<html><head>{title}{before}</head><body>{posts}</body></html>"
    return Reply(body=body.encode(), headers=PAGE)
