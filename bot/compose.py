"""The compose tick: who is due, what is new to them, and one short write that makes it a digest.

    due chats, chats with alerts ──gather──▶ articles by subscription ──arrange, render──▶ messages ──commit──▶ outbox

Nothing is marked as told before its message stands in the outbox: both are one transaction.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from aiogram.utils.i18n import I18n
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import digest
from bot.preferences import Defaults, Preferences, preferences
from bot.timetable import next_due, quiet_ends
from storage import chats, digests, subscriptions
from storage.database import Database
from storage.digests import Gathered, Recent
from storage.models import Chat, DigestKind, Hit, Slot, Subscription
from storage.query import parse_canonical
from storage.search import Sort, hits, search

# Chats are taken by so many: each turn of the tick reads what is due anew.
BATCH = 100
# What a subscription that has never been in a digest begins with when a digest is asked for.
FIRST_STORIES = 5
# A digest that could not be composed is tried again after so long.
TRY_AGAIN = timedelta(minutes=10)

log = structlog.get_logger()


class Composer:
    """Composes digests; `only` is the one Telegram chat it serves (the terminal's), or all but terminals."""

    def __init__(self, db: Database, defaults: Defaults, i18n: I18n, *, only: int | None = None) -> None:
        self._db = db
        self._defaults = defaults
        self._i18n = i18n
        self._only = only
        # A chat is composed for by one at a time, or two digests would tell the same story.
        self._composing = asyncio.Lock()
        # Chat id → when an alert that could not be composed is tried again.
        self._alerts_failed: dict[int, datetime] = {}

    async def compose_due(self, *, now: datetime) -> int:
        """One digest for each chat whose time has come, however many times it missed; returns the number of chats."""
        served = 0
        while True:
            async with self._db.read() as conn:
                due = await chats.due(conn, now=now, limit=BATCH, only=self._only)
                recent = await digests.recent(conn, [chat.id for chat in due], instant=False)
            for chat in due:
                await self._push(chat, DigestKind.SCHEDULED, recent, now=now)
            served += len(due)
            if len(due) < BATCH:
                return served

    async def compose_alerts(self, *, now: datetime) -> None:
        """What is to be told at once."""
        async with self._db.read() as conn:
            waiting = await digests.awaiting_alerts(conn, only=self._only)
            found = [await chats.by_id(conn, chat_id) for chat_id in waiting]
            recent = await digests.recent(conn, waiting, instant=True)
        for chat in found:
            if chat and self._alerts_failed.get(chat.id, now) <= now:
                await self._push(chat, DigestKind.INSTANT, recent, now=now)

    async def ask(self, chat: Chat, *, now: datetime) -> bool:
        """What is new since the last digest, into the outbox; False where nothing is."""
        async with self._db.read() as conn:
            recent = await digests.recent(conn, [chat.id], instant=False)
        return await self._compose(chat, DigestKind.ASKED, recent, now=now)

    async def _push(self, chat: Chat, kind: DigestKind, recent: Recent, *, now: datetime) -> None:
        """What nobody asked for: put off to the end of quiet hours, and where it fails, without harm to other chats."""
        try:
            chosen = preferences(chat, self._defaults)
            later = quiet_ends(chosen.schedule, chosen.zone, now)
            if later is None:
                await self._compose(chat, kind, recent, now=now)
                self._alerts_failed.pop(chat.id, None)
        except Exception:
            log.exception("digest not composed", chat=chat.id)
            later = self._alerts_failed[chat.id] = now + TRY_AGAIN
        if later and kind is DigestKind.SCHEDULED:
            async with self._db.write() as conn:
                await chats.change(conn, chat.id, next_due_at=later)

    async def _compose(self, chat: Chat, kind: DigestKind, recent: Recent, *, now: datetime) -> bool:
        async with self._composing:
            chosen = preferences(chat, self._defaults)
            async with self._db.read() as conn:
                gathered = await digests.gather(conn, chat.id, recent, instant=kind is DigestKind.INSTANT)
                followed = await subscriptions.of_chat(conn, chat.id)
                caught = await _hits(conn, followed, gathered)
                if kind is DigestKind.ASKED:
                    await _begin(conn, chat.id, followed, caught, now=now)
            topics = digest.arrange(followed, caught)
            composed = digests.Composed(
                kind=kind,
                slot=_slot(chat, chosen) if kind is DigestKind.SCHEDULED else None,
                story_ids=frozenset(hit.article.story_id for topic in topics for hit in topic.hits),
                subscription_ids=frozenset(topic.subscription.id for topic in topics),
                messages=tuple(await asyncio.to_thread(self._render, topics, chosen, kind, now=now)),
            )
            async with self._db.write() as conn:
                is_new = await digests.commit(conn, gathered, composed, now=now)
                if kind is DigestKind.SCHEDULED:
                    await self._set_next(conn, chat.id, now=now)
        if topics:
            log.info("digest composed", chat=chat.id, kind=kind.value, stories=len(composed.story_ids), new=is_new)
        return bool(topics) and is_new

    def _render(
        self, topics: Sequence[digest.Topic], chosen: Preferences, kind: DigestKind, *, now: datetime
    ) -> list[str]:
        """Off the event loop: a digest may have hundreds of messages."""
        if not topics:
            return []
        with self._i18n.context(), self._i18n.use_locale(chosen.language):
            return digest.messages(topics, instant=kind is DigestKind.INSTANT, reader=chosen.reader, now=now)

    async def _set_next(self, conn: AsyncConnection, chat_id: int, *, now: datetime) -> None:
        """By the schedule as it is by now: it may have changed while the digest was composed."""
        if chat := await chats.by_id(conn, chat_id):
            due = preferences(chat, self._defaults).next_digest(after=now)
            await chats.change(conn, chat_id, next_due_at=due)


async def _hits(conn: AsyncConnection, followed: Sequence[Subscription], gathered: Gathered) -> dict[int, list[Hit]]:
    """Subscription id → what it caught, with what shows why."""
    article_ids: dict[int, list[int]] = {}
    for fresh in gathered.fresh:
        article_ids.setdefault(fresh.subscription_id, []).append(fresh.article_id)
    return {
        one.id: list(await hits(conn, parse_canonical(one.canonical), dict.fromkeys(article_ids[one.id], 0.0)))
        for one in followed
        if one.id in article_ids
    }


async def _begin(
    conn: AsyncConnection,
    chat_id: int,
    followed: Sequence[Subscription],
    caught: dict[int, list[Hit]],
    *,
    now: datetime,
) -> None:
    """Gives the subscriptions that have never been in a digest their newest stories, unless they were told before."""
    unbegun = await digests.unbegun(conn, chat_id)
    for one in followed:
        if one.id in unbegun:
            query = parse_canonical(one.canonical)
            found = await search(conn, query, now=now, limit=FIRST_STORIES, sort=Sort.DATE, standing=True)
            told = await digests.stories_told(conn, chat_id, [hit.article.story_id for hit in found.hits])
            known = told | {hit.article.story_id for hit in caught.get(one.id, [])}
            first = [hit for hit in found.hits if hit.article.story_id not in known]
            caught[one.id] = [*caught.get(one.id, []), *first]


def _slot(chat: Chat, chosen: Preferences) -> Slot | None:
    """The set time that is due; None where the schedule has changed under it."""
    if chat.next_due_at is None:
        return None
    due = next_due(chosen.schedule, chosen.zone, after=chat.next_due_at - timedelta(seconds=1))
    return Slot(local_date=due.local_date, name=due.slot) if due and due.at == chat.next_due_at else None
