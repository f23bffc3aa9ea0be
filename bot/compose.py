"""The compose tick: who is due, what is new to them, and one short write that makes digests of it.

    due chats, chats with alerts ──plan, by the thousand──▶ Gathered ──batches──▶ articles, each read once
                                                 ──items, arrange──▶ messages ──commit──▶ outbox, next due times

Nothing is marked as told before its message stands in the outbox: both are one transaction, which also sees whether
what was planned still holds. What has changed meanwhile is planned anew at the next turn.
"""

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeAlias

import structlog
from aiogram.enums import ChatType
from aiogram.utils.i18n import I18n
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import digest
from bot.alerts import Later, Singly, Together, manner
from bot.digest import Caught, Topic
from bot.dues import answers, at_instant
from bot.items import REST_S, Items, pages
from bot.narrowing import within
from bot.preferences import Defaults, preferences
from bot.render import Reader
from bot.retiming import retime
from bot.timetable import in_quiet
from bot.turns import Batch, Held, Turn, turns
from storage import chats, digests, subscriptions
from storage.database import Database
from storage.digests import Composed, Outcome
from storage.errors import DatabaseError
from storage.models import Chat, DigestKind, Part, Slot
from storage.planning import MANY, Gathered, Planner
from storage.query import parse_canonical
from storage.search import Sort, search
from storage.shown import shown

# So many ids of due chats are read at once, and so many chats are planned for.
DUE = 10_000
PLANNED = 5000
# What is told to some chats is made at once, of at most so many new articles: about 20 MB.
ARTICLES = 20_000
# So many chats become one transaction.
BATCH = 25
# What a subscription that has never been in a digest begins with when a digest is asked for.
FIRST_STORIES = 5
# A preview shows so many stories of a topic.
PREVIEWED = 3
# A digest that could not be composed is tried again after so long.
TRY_AGAIN = timedelta(minutes=10)
# Without new matches, alerts wait for nothing but what was resumed or woke up: so often is looked for that.
LOOK_AGAIN = timedelta(minutes=1)
# A chat that is told at once has its cursors moved when it has news, or when they lag behind by so many matches.
LAG = 500

# By less the clock is put right all the time.
SET_BACK = timedelta(minutes=1)

log = structlog.get_logger()
_Drafts: TypeAlias = dict[int, tuple[Gathered, Composed]]


class Composer:
    """Composes digests; `only` is the one Telegram chat it serves (the terminal's), or all but terminals."""

    def __init__(self, db: Database, defaults: Defaults, i18n: I18n, *, only: int | None = None) -> None:
        self._db = db
        self._defaults = defaults
        self._i18n = i18n
        self._only = only
        # One batch or question at a time, or two would be composed of which one is in vain.
        self._composing = asyncio.Lock()
        # Until when alerts are not looked for: hours are quiet or full, or one could not be composed.
        self._held: Held = {}
        # Until when a digest that is due is not looked for. Its time stays what it is: by that it has its name.
        self._late: Held = {}
        self._last_turn: datetime | None = None
        # The newest match that alerts were looked for in, and when they are looked for without a newer one.
        self._alerted = 0
        self._look_again: datetime | None = None

    async def compose_due(self, *, now: datetime) -> int:
        """One digest for each chat whose time has come, however many times it missed; returns the number of chats."""
        await self._look_at_the_clock(now)
        self._late = {chat_id: until for chat_id, until in self._late.items() if until > now}
        planner, served = Planner(instant=False), 0
        while True:
            async with self._db.read() as conn:
                due = await chats.due(conn, now=now, limit=DUE + len(self._late), only=self._only)
            ready = [chat_id for chat_id in due if chat_id not in self._late][:DUE]
            await self._serve(ready, DigestKind.SCHEDULED, planner, now=now)
            served += len(ready)
            if len(ready) < DUE:
                return served

    async def _look_at_the_clock(self, now: datetime) -> None:
        """At the first turn, and where the clock was set back: no chat waits for a time that is not its own any more.

        What moved by the rules of its zone, while the bot was down, moves here too.
        """
        last, self._last_turn = self._last_turn, now
        if last and now > last - SET_BACK:
            return
        if last:
            log.warning("clock set back", by_s=round((last - now).total_seconds()))
        self._held, self._late, self._look_again = {}, {}, None
        await retime(self._db, self._defaults, now=now, only=self._only)

    async def compose_alerts(self, *, now: datetime) -> None:
        """What is to be told at once."""
        async with self._db.read() as conn:
            newest = await subscriptions.newest_match(conn)
            if newest == self._alerted and self._look_again and now < self._look_again:
                return
            waiting = await digests.awaiting_alerts(conn, now=now, only=self._only)
        self._held = {chat_id: until for chat_id, until in self._held.items() if until > now}
        ready = [chat_id for chat_id in waiting if chat_id not in self._held]
        await self._serve(ready, DigestKind.INSTANT, Planner(instant=True), now=now)
        self._alerted, self._look_again = newest, min([now + LOOK_AGAIN, *self._held.values()])

    async def ask(self, chat: Chat, *, now: datetime) -> bool:
        """What is new since the last digest, into the outbox; False where nothing is."""
        async with self._composing:
            while True:
                async with self._db.read() as conn:
                    gathered = (await Planner(instant=False).plan(conn, [chat.id])).of(chat.id)
                items = await self._items([gathered], now=now)
                async with self._db.read() as conn:
                    await _begin(conn, gathered, items, now=now)
                drafts, outcome = await self._compose([gathered], DigestKind.ASKED, items, now=now)
                if not outcome.changed:
                    return any(composed.messages for _, composed in drafts.values())

    async def preview(self, chat: Chat, *, now: datetime) -> Sequence[Part]:
        """The same as it would be shown; nothing of it counts as told."""
        async with self._db.read() as conn:
            gathered = (await Planner(instant=False).plan(conn, [chat.id])).of(chat.id)
        items = await self._items([gathered], now=now)
        async with self._db.read() as conn:
            await _begin(conn, gathered, items, now=now)
            batch = await turns(conn, [gathered], DigestKind.ASKED, items, defaults=self._defaults, now=now)
        return [part for turn in batch.turns for part in await asyncio.to_thread(self._previewed, turn, items, now=now)]

    def _previewed(self, turn: Turn, items: Items, *, now: datetime) -> list[Part]:
        caught = items.caught(turn.chat.id)
        found = digest.arrange(items.followed(turn.chat.id), caught, leanings=turn.leanings, limit=PREVIEWED)
        topics = [replace(topic, left=()) for topic in found]
        if not topics:
            return []
        with self._i18n.context(), self._i18n.use_locale(turn.chosen.language):
            return digest.messages(topics, reader=turn.chosen.reader, now=now, is_preview=True)

    async def _serve(self, chat_ids: Sequence[int], kind: DigestKind, planner: Planner, *, now: datetime) -> None:
        """In their order, but those last that have not been looked at for long."""
        late: list[int] = []
        for group in pages(chat_ids, PLANNED):
            late += await self._serve_group(group, kind, planner, now=now)
        for group in pages(late, MANY - 1):
            await self._serve_group(group, kind, planner, now=now)

    async def _serve_group(
        self, chat_ids: Sequence[int], kind: DigestKind, planner: Planner, *, now: datetime
    ) -> tuple[int, ...]:
        """Returns those that are late."""
        async with self._db.read() as conn:
            plan = await planner.plan(conn, chat_ids)
        courses = plan.batches(articles=ARTICLES)
        while course := await asyncio.to_thread(next, courses, None):
            await self._push([one for one in course if _is_worth_it(one, kind)], kind, now=now)
        return plan.late

    async def _push(self, gathered: Sequence[Gathered], kind: DigestKind, *, now: datetime) -> None:
        """What nobody asked for: where it fails, without harm to other chats."""
        composed = 0
        try:
            items = await self._items(gathered, now=now)
            for batch in pages(gathered, BATCH):
                async with self._composing:
                    _, outcome = await self._compose(batch, kind, items, now=now)
                self._held |= dict.fromkeys(outcome.changed, now)
                composed += len(batch)
        except DatabaseError:
            # No fault of any chat's: the next turn finds them all again.
            raise
        except Exception:
            left = gathered[composed:]
            if len(left) == 1:
                self._put_off(left[0].chat_id, kind, now=now)
                return
            for half in pages(left, (len(left) + 1) // 2):
                await self._push(half, kind, now=now)

    def _put_off(self, chat_id: int, kind: DigestKind, *, now: datetime) -> None:
        log.exception("digest not composed", chat=chat_id)
        self._held[chat_id] = now + TRY_AGAIN
        if kind is DigestKind.SCHEDULED:
            self._late[chat_id] = now + TRY_AGAIN

    async def _items(self, gathered: Sequence[Gathered], *, now: datetime) -> Items:
        readers: dict[int, Reader] = {}
        languages: dict[int, frozenset[str]] = {}
        for page in pages([one.chat_id for one in gathered], BATCH):
            async with self._db.read() as conn:
                known = await chats.by_ids(conn, page)
            readers |= {chat_id: preferences(chat, self._defaults).reader for chat_id, chat in known.items()}
            languages |= {chat_id: chat.languages for chat_id, chat in known.items() if chat.languages}
        return await Items.read(self._db, gathered, readers, languages=languages, now=now)

    async def _compose(
        self, gathered: Sequence[Gathered], kind: DigestKind, items: Items, *, now: datetime
    ) -> tuple[_Drafts, Outcome]:
        async with self._db.read() as conn:
            batch = await turns(conn, gathered, kind, items, defaults=self._defaults, now=now)
        drafts, full = await asyncio.to_thread(self._drafts, batch, items)
        async with self._db.write() as conn:
            outcome = await digests.commit(conn, drafts, now=now)
            if kind is DigestKind.SCHEDULED:
                await self._set_next(conn, drafts.keys() - outcome.changed, now=now)
        waiting = {chat_id: min(until, now + TRY_AGAIN) for chat_id, until in (batch.held | full).items()}
        self._held |= waiting
        if kind is DigestKind.SCHEDULED:
            self._late |= waiting
        if stories := sum(len(drafts[chat_id][1].tellings) for chat_id in outcome.committed):
            log.info("digests composed", kind=kind.value, chats=len(outcome.committed), stories=stories)
        return drafts, outcome

    def _drafts(self, batch: Batch, items: Items) -> tuple[_Drafts, Held]:
        """Off the event loop: a digest may have hundreds of messages. And whose alerts wait, for the hour is full."""
        drafts: _Drafts = {}
        full: Held = {}
        for turn in batch.turns:
            time.sleep(REST_S)
            caught = items.caught(turn.chat.id)
            how = _manner(turn, caught, batch)
            if isinstance(how, Later):
                full[turn.chat.id] = how.until
                continue
            limit = None if isinstance(how, Singly) else turn.chat.topic_limit
            topics = digest.arrange(items.followed(turn.chat.id), caught, leanings=turn.leanings, limit=limit)
            drafts[turn.chat.id] = turn.gathered, self._draft(turn, topics, how, batch)
        return drafts, full

    def _draft(self, turn: Turn, topics: Sequence[Topic], how: Singly | Together | None, batch: Batch) -> Composed:
        # What comes together is a digest that answers no set time.
        kind = DigestKind.SCHEDULED if isinstance(how, Together) else batch.kind
        is_due = batch.kind is DigestKind.SCHEDULED and turn.chat.next_due_at
        return Composed(
            kind=kind,
            slot=_slot(turn) if is_due else None,
            answers=answers(turn.chosen, is_due, now=batch.now) if is_due else frozenset(),
            tellings=digest.tellings(topics),
            subscription_ids=frozenset(topic.subscription.id for topic in topics),
            messages=tuple(self._render(topics, turn, how, now=batch.now)),
        )

    def _render(
        self, topics: Sequence[Topic], turn: Turn, how: Singly | Together | None, *, now: datetime
    ) -> list[Part]:
        if not topics:
            return []
        images = turn.chat.images
        with self._i18n.context(), self._i18n.use_locale(turn.chosen.language):
            if isinstance(how, Singly):
                parts = digest.alerts(topics, images=images)
            else:
                reason = how.reason if how else None
                parts = digest.messages(topics, reader=turn.chosen.reader, now=now, images=images, reason=reason)
        # Nobody who reads a channel can press there.
        return [part._replace(buttons=None) for part in parts] if turn.chat.kind == ChatType.CHANNEL else parts

    async def _set_next(self, conn: AsyncConnection, chat_ids: Iterable[int], *, now: datetime) -> None:
        """By the schedules as they are by now: they may have changed while the digests were composed."""
        known = await chats.by_ids(conn, sorted(chat_ids))
        chosen = {chat_id: preferences(chat, self._defaults) for chat_id, chat in known.items()}
        # Most chats of a batch have chosen the same.
        due = {one: one.next_digest(after=now) for one in set(chosen.values())}
        await chats.set_due(conn, {chat_id: due[one] for chat_id, one in chosen.items()})


def _is_worth_it(gathered: Gathered, kind: DigestKind) -> bool:
    if kind is not DigestKind.INSTANT or gathered.fresh:
        return True
    return any(looked.cursor <= gathered.cursor - LAG for looked in gathered.looked_at)


def _manner(turn: Turn, caught: Mapping[int, Sequence[Caught]], batch: Batch) -> Singly | Together | Later | None:
    """How a chat is told at once; None for a digest that is due or asked for."""
    if batch.kind is not DigestKind.INSTANT:
        return None
    chosen = turn.chosen
    stored = {item.story_id: item.stored_at for several in caught.values() for item, _ in several}
    return manner(
        [*stored.values()],
        turn.alerted,
        was_quiet=lambda at: in_quiet(chosen.schedule, chosen.zone, at),
        resumed=chosen.paused_until,
        now=batch.now,
    )


async def _begin(conn: AsyncConnection, gathered: Gathered, items: Items, *, now: datetime) -> None:
    """Adds the newest stories of the subscriptions that have never been in a digest, unless they were told before."""
    unbegun = await digests.unbegun(conn, gathered.chat_id)
    for one in await subscriptions.of_chat(conn, gathered.chat_id):
        if one.id in unbegun:
            query = parse_canonical(one.canonical)
            wanted = within(query, items.languages.get(gathered.chat_id, frozenset()))
            found = await search(conn, wanted, now=now, limit=FIRST_STORIES, sort=Sort.DATE, standing=True)
            told = await digests.stories_told(conn, gathered.chat_id, [hit.article.story_id for hit in found.hits])
            new = await shown(conn, [hit.article.id for hit in found.hits if hit.article.story_id not in told])
            await asyncio.to_thread(items.add, one, query, new, now=now)


def _slot(turn: Turn) -> Slot | None:
    """The set time that is due; None where the schedule has changed under it."""
    at = turn.chat.next_due_at
    met = at and at_instant(turn.chosen, at)
    if not met:
        return None
    # One that was answered is refused by the store, unless what answered it is this digest itself (`bot.dues`).
    due = (turn.chosen.unanswered(met) or met)[0]
    return Slot(local_date=due.local_date, name=due.slot)
