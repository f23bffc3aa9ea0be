"""A store with readers, and the bot's own matcher and composer over it; the clock is set by hand.

publish ─▶ match ─▶ compose ─▶ outbox, read back as the messages that a reader is to be sent
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from aiogram.utils.i18n import I18n
from sqlalchemy import select

from bot.compose import Composer
from bot.ingest import ingest
from bot.matcher import Matcher
from bot.preferences import preferences
from storage import chats, digests, schema, subscriptions
from storage.database import Database
from storage.digests import Composed
from storage.models import Chat, DigestKind, Draft, Part, Subscription, Telling
from storage.planning import Gathered
from storage.query import parse
from tests.telegram_rules import read_text

NOON = datetime(2025, 12, 6, 7, 0, tzinfo=UTC)  # a Saturday, 12:00 in Almaty
NINE = NOON + timedelta(hours=21)  # the next 09:00 in Almaty
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
READER = 1001
_NUMBER = re.compile(r"^\d+\. ")
# Long enough to tell a story by itself.
LONG = "Президенты двух стран договорились развивать перевозки через Каспийское море. " * 4


@dataclass(frozen=True, slots=True)
class Defaults:
    """The operator's settings as far as digests know them."""

    default_language: str = "ru"
    default_timezone: str = "Asia/Almaty"
    default_digest_time: time = time(9)


class Newsroom:
    """`only` is the one Telegram chat that is composed for, as in the terminal."""

    def __init__(self, db: Database, i18n: I18n, *, only: int | None = None) -> None:
        self.db = db
        self.now = NOON
        self.matcher = Matcher(db)
        self.composer = Composer(db, Defaults(), i18n, only=only)

    async def reader(self, *queries: str, telegram_id: int = READER, **columns: Any) -> Chat:
        """A chat that follows these queries from now on, and whose next digest is that of its schedule."""
        async with self.db.write() as conn:
            chat = await chats.ensure(conn, telegram_id, telegram_language="ru", now=self.now)
            for query in queries:
                await subscriptions.follow(conn, chat.id, parse(query), now=self.now)
            if columns:
                chat = await chats.change(conn, chat.id, **columns)
            due = preferences(chat, Defaults()).next_digest(after=self.now)
            return await chats.change(conn, chat.id, **{"next_due_at": due} | columns)

    async def follow(self, chat: Chat, query: str, **flags: bool) -> Subscription:
        async with self.db.write() as conn:
            made = (await subscriptions.follow(conn, chat.id, parse(query), now=self.now)).subscription
            changed = await subscriptions.change(conn, made.id, chat_id=chat.id, **flags) if flags else made
        assert changed
        return changed

    async def change(self, subscription: Subscription, **flags: bool) -> None:
        async with self.db.write() as conn:
            await subscriptions.change(conn, subscription.id, chat_id=subscription.chat_id, **flags)

    async def change_chat(self, chat: Chat, **columns: Any) -> Chat:
        async with self.db.write() as conn:
            return await chats.change(conn, chat.id, **columns)

    async def known(self, chat: Chat) -> Chat:
        """The chat as it stands now."""
        async with self.db.read() as conn:
            found = await chats.by_id(conn, chat.id)
        assert found
        return found

    async def publish(self, *titles: str | Draft) -> None:
        """Stores articles, and lets them meet the queries that are followed."""
        await ingest(self.db, [title if isinstance(title, Draft) else draft(title) for title in titles], now=self.now)
        await self.matcher.match()

    async def develop(self, article_id: int, sentence: str) -> None:
        """Lets a stored article say something new of its story."""
        own = {"development": sentence}
        async with self.db.write() as conn:
            await conn.execute(schema.articles.update().where(schema.articles.c.id == article_id).values(own))
            met = schema.matches.c.article_id == article_id
            await conn.execute(schema.matches.update().where(met).values(development=True))

    async def compose(self, *, at: datetime | None = None) -> None:
        """One turn of the compose tick."""
        self.now = at or self.now
        await self.composer.compose_due(now=self.now)
        await self.composer.compose_alerts(now=self.now)

    async def ask(self, chat: Chat) -> bool:
        return await self.composer.ask(await self.known(chat), now=self.now)

    async def htmls(self, chat: Chat | None = None) -> list[str]:
        """The messages composed so far, to one chat or to all, in order."""
        outbox = schema.outbox
        rows = select(outbox.c.html).order_by(outbox.c.id)
        async with self.db.read() as conn:
            return list((await conn.execute(rows.where(outbox.c.chat_id == chat.id) if chat else rows)).scalars())

    async def texts(self, chat: Chat | None = None) -> list[str]:
        """The same as a reader sees them, if Telegram takes every one of them."""
        return [seen(html) for html in await self.htmls(chat)]

    async def told(self, chat: Chat) -> list[Telling]:
        """What the chat was told last, by digest and place."""
        told = schema.told
        rows = select(told).where(told.c.chat_id == chat.id).order_by(told.c.digest_id, told.c.place)
        async with self.db.read() as conn:
            found = await conn.execute(rows)
            return [Telling(row.story_id, row.article_id, row.subscription_id, row.place, row.shown) for row in found]

    async def count(self, chat: Chat, title: str) -> int:
        """How often the chat was told a story by this headline."""
        return sum(line == title for text in await self.texts(chat) for line in lines(text))

    async def slots(self, chat: Chat) -> list[tuple[str, str | None]]:
        """Kind and set time of each digest of the chat."""
        made = schema.digests
        rows = select(made.c.kind, made.c.local_date, made.c.slot).where(made.c.chat_id == chat.id)
        async with self.db.read() as conn:
            found = await conn.execute(rows.order_by(made.c.id))
            return [(row.kind, f"{row.local_date} {row.slot}" if row.slot else None) for row in found]


@asynccontextmanager
async def newsroom(folder: Path, i18n: I18n) -> AsyncIterator[Newsroom]:
    db = await Database.open(f"sqlite+aiosqlite:///{folder / 'news.db'}")
    try:
        yield Newsroom(db, i18n)
    finally:
        await db.close()


async def put_into_outbox(
    db: Database, telegram_id: int, *messages: str | Part, thread_id: int = 0, now: datetime = NOON
) -> Chat:
    """A digest of these messages, about no story."""
    parts = tuple(one if isinstance(one, Part) else Part(one) for one in messages)
    nobody: frozenset[int] = frozenset()
    composed = Composed(kind=DigestKind.ASKED, slot=None, tellings=(), subscription_ids=nobody, messages=parts)
    async with db.write() as conn:
        chat = await chats.ensure(conn, telegram_id, thread_id=thread_id, now=now)
        await digests.commit(conn, {chat.id: (Gathered(chat.id, (), (), 0), composed)}, now=now)
    return chat


def draft(title: str, text: str = "", *, source: str = "report.az", **fields: Any) -> Draft:
    return Draft(title=title, text=text, source=source, **fields)


def lines(text: str) -> list[str]:
    """A message's lines, headlines without their numbers."""
    return [_NUMBER.sub("", line) for line in text.splitlines()]


def seen(html: str) -> str:
    """A message's text as Telegram shows it; raises where Telegram would refuse, drop or shorten anything."""
    parsed = read_text({"text": html, "parse_mode": "HTML"})
    assert not parsed.remarks
    return parsed.text
