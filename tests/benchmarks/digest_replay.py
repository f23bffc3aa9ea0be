"""The bot's own parts over a store and a clock of the measurement's own: what readers are told of some articles.

hour by hour: drafts ──ingest──▶ store ──match──▶ matches ──compose──▶ outbox and what was told, read back
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select

from bot import timetable
from bot.compose import Composer
from bot.ingest import ingest
from bot.languages import LOCALES, catalogues
from bot.locales.compile import compile_catalogues
from bot.matcher import Matcher
from bot.preferences import preferences
from storage import chats, matches, schema, subscriptions
from storage.database import Database
from storage.models import Draft
from storage.query import parse
from tests.benchmarks.digest_readers import Profile
from tests.benchmarks.summaries import folded, is_whole
from tests.telegram_rules import Refused, read_text

HOUR = timedelta(hours=1)
# After the last article, so that the last digest of every reader comes too.
AFTER = timedelta(hours=25)

_ITEM = re.compile(r"\d+\. ")
_UPDATE = re.compile(r"(?:\d+\. )?(?:Обновление|Update): ")
_ALSO = ("также: ", "also: ")


@dataclass(frozen=True, slots=True)
class Defaults:
    """The operator's settings as far as digests know them."""

    default_language: str = "ru"
    default_timezone: str = "Europe/Moscow"
    default_digest_time: time = time(9)


class Sent(NamedTuple):
    """The messages that a reader was sent at once, as Telegram shows them."""

    at: datetime
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A story as a reader was told it; `is_update`: it had been told before, `is_marked`: and the message says so.

    `is_whole`: its sentences are sentences of the article; None where it has none.
    """

    story_id: int
    shown: bool
    is_update: bool
    is_marked: bool
    is_whole: bool | None


@dataclass(slots=True)
class Account:
    """What a reader was told; `articles` met the queries, of these `stories`; `faults`: what Telegram would refuse."""

    profile: Profile
    chat_id: int
    articles: int = 0
    stories: frozenset[int] = frozenset()
    sent: list[Sent] = field(default_factory=list)
    tellings: list[Told] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def take(self, at: datetime, htmls: Sequence[str], told: Sequence["Row"]) -> None:
        """What one hour brought: messages, and what was written down of them."""
        texts = tuple(self._seen(html, at) for html in htmls)
        self.sent.append(Sent(at, texts))
        known = {one.story_id for one in self.tellings}
        items = _items(texts)
        shown = [one for one in told if one.shown]
        if len(items) != len(shown):
            self.faults.append(f"{at:%Y-%m-%dT%H%M}: {len(shown)} stories told in {len(items)} items")
        for number, row in enumerate(told):
            item = items[number] if row.shown and number < len(items) else ()
            self.tellings.append(_told(row, item, is_update=row.story_id in known))

    def _seen(self, html: str, at: datetime) -> str:
        try:
            parsed = read_text({"text": html, "parse_mode": "HTML"})
        except Refused as refusal:
            self.faults.append(f"{at:%Y-%m-%dT%H%M}: {refusal}")
            return html
        self.faults += parsed.remarks
        return parsed.text


class Row(NamedTuple):
    """Of the table `told`, with the article by which the story was told."""

    chat_id: int
    story_id: int
    shown: bool
    text: str


async def replay(drafts: Sequence[Draft], profiles: Sequence[Profile], path: Path) -> list[Account]:
    """Tells drafts, which have dates and come by them, to readers who followed before the first."""
    compile_catalogues(LOCALES)
    db = await Database.open(f"sqlite+aiosqlite:///{path}")
    try:
        hours = list(_hours(drafts))
        begin = hours[0][0] - HOUR
        accounts = [await _join(db, number, one, now=begin) for number, one in enumerate(profiles, 1)]
        matcher, composer = Matcher(db), Composer(db, Defaults(), catalogues("ru"))
        for now, batch in hours:
            await ingest(db, batch, now=now)
            await matcher.match()
            await composer.compose_due(now=now)
            await composer.compose_alerts(now=now)
            await _read(db, accounts, now)
        for account in accounts:
            await _count(db, account)
        return accounts
    finally:
        await db.close()


def _hours(drafts: Sequence[Draft]) -> Iterator[tuple[datetime, list[Draft]]]:
    """The end of each hour and what was published in it, and the hours after the last that brought anything."""
    by_hour: dict[datetime, list[Draft]] = {}
    for draft in drafts:
        assert draft.published_at
        begin = draft.published_at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        by_hour.setdefault(begin + HOUR, []).append(draft)
    now, end = min(by_hour), max(by_hour) + AFTER
    while now <= end:
        yield now, by_hour.get(now, [])
        now += HOUR


async def _join(db: Database, number: int, profile: Profile, *, now: datetime) -> Account:
    async with db.write() as conn:
        chat = await chats.ensure(conn, number, telegram_language=profile.language, now=now)
        for query in profile.queries:
            await subscriptions.follow(conn, chat.id, parse(query), now=now)
        schedule = timetable.parse(profile.schedule)
        chosen = {
            "schedule": str(schedule),
            "instant": schedule.instant,
            "timezone": profile.zone,
            "topic_limit": profile.limit,
        }
        chat = await chats.change(conn, chat.id, **chosen)
        await chats.set_due(conn, {chat.id: preferences(chat, Defaults()).next_digest(after=now)})
    return Account(profile, chat.id)


async def _read(db: Database, accounts: Sequence[Account], now: datetime) -> None:
    outbox, digests, told, own = schema.outbox, schema.digests, schema.told, schema.articles
    sent = select(outbox.c.chat_id, outbox.c.html).join(digests, digests.c.id == outbox.c.digest_id)
    rows = select(told.c.chat_id, told.c.story_id, told.c.shown, own.c.text).join(own, own.c.id == told.c.article_id)
    async with db.read() as conn:
        messages = (await conn.execute(sent.where(digests.c.composed_at == now).order_by(outbox.c.id))).all()
        found = await conn.execute(rows.where(told.c.told_at == now).order_by(told.c.digest_id, told.c.place))
        tellings = [Row(*row) for row in found]
    for account in accounts:
        htmls = [html for chat_id, html in messages if chat_id == account.chat_id]
        if htmls:
            account.take(now, htmls, [one for one in tellings if one.chat_id == account.chat_id])


def _items(texts: Sequence[str]) -> list[tuple[str, ...]]:
    """The lines of each story; of an alert, which has no numbers, all but the first, which names the subscription."""
    blocks = [block for text in texts for block in text.split("\n\n")]
    numbered = [tuple(block.split("\n")) for block in blocks if _ITEM.match(block)]
    return numbered or [tuple(text.split("\n\n", 1)[-1].split("\n")) for text in texts]


def _told(row: Row, item: Sequence[str], *, is_update: bool) -> Told:
    sentences = next((one for one in item[2:] if not one.startswith(_ALSO)), "")
    told = _UPDATE.sub("", sentences, count=1)
    return Told(
        story_id=row.story_id,
        shown=row.shown,
        is_update=is_update,
        is_marked=any(map(_UPDATE.match, item)),
        is_whole=is_whole(told, folded(row.text)) if told else None,
    )


async def _count(db: Database, account: Account) -> None:
    """What met the reader's queries, by what the matcher wrote."""
    async with db.read() as conn:
        own = {one.query_id for one in await subscriptions.of_chat(conn, account.chat_id)}
        found = [one for one in await matches.since(conn, 0) if own & one.query_ids]
    account.articles, account.stories = len(found), frozenset(one.story_id for one in found)
