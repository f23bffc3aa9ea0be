"""What is new to a chat, and the one transaction that turns it into a digest.

    matches since each subscription's cursor − stories told before ──fresh──▶ (compose) ──commit──▶ digest, outbox
    messages, stories marked as told, cursors moved, next due time

New to a chat is a story stored after the subscription began and never sent to that chat.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import chats as chat_rows
from storage import matches as match_rows
from storage import renewal
from storage.chats import TERMINAL
from storage.matches import Match
from storage.models import DigestKind, MessageState, Slot
from storage.schema import chats, digests, matches, outbox, subscriptions, told
from storage.subscriptions import LIVE

# Of so many local dates the answered set times are remembered: no change of zone or quiet hours reaches farther back.
REMEMBERED = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Fresh:
    """An article that is new to a chat, by the subscription that caught it."""

    subscription_id: int
    article_id: int
    story_id: int


@dataclass(frozen=True, slots=True)
class Recent:
    """Matches after `since` by the query that they met, read once for many chats; `newest` is the last of them all.

    `renewing` is the query that was to be renewed next when it was read: where another is, subscriptions have moved.
    """

    since: int
    newest: int
    renewing: int | None
    by_query: Mapping[int, Sequence[Match]]


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is new to one chat, in the order of matching; `cursor` is the last match that was looked at."""

    chat_id: int
    subscription_ids: tuple[int, ...]
    fresh: tuple[Fresh, ...]
    cursor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A digest ready to be committed: which set time it answers, what it tells, and the HTML of its messages."""

    kind: DigestKind
    slot: Slot | None
    story_ids: frozenset[int]
    subscription_ids: frozenset[int]
    messages: tuple[str, ...]


async def recent(conn: AsyncConnection, chat_ids: Sequence[int], *, instant: bool) -> Recent:
    """The matches that any of these chats has not seen; `instant` looks only at what is to be sent at once."""
    followed = await _followed(conn, chat_ids, instant=instant)
    newest = (await conn.execute(select(func.coalesce(func.max(matches.c.id), 0)))).scalar_one()
    since = min((row.cursor for row in followed), default=newest)
    by_query: dict[int, list[Match]] = {}
    for match in await match_rows.since(conn, since):
        for query_id in match.query_ids:
            by_query.setdefault(query_id, []).append(match)
    return Recent(since, newest, await renewal.next_query(conn), by_query)


async def gather(conn: AsyncConnection, chat_id: int, among: Recent, *, instant: bool) -> Gathered:
    """What is new to the chat among these matches, which may have been read a while ago."""
    if await renewal.next_query(conn) != among.renewing:
        among = await recent(conn, [chat_id], instant=instant)
    # A subscription that has been resumed or brought back meanwhile may have missed more: it waits for the next turn.
    own = [row for row in await _followed(conn, [chat_id], instant=instant) if row.cursor >= among.since]
    found = [fresh for row in own for fresh in _fresh(row, among.by_query.get(row.query_id, ()))]
    known = await stories_told(conn, chat_id, {fresh.story_id for fresh in found})
    kept = tuple(fresh for fresh in found if fresh.story_id not in known)
    return Gathered(chat_id, tuple(row.id for row in own), kept, among.newest)


async def stories_told(conn: AsyncConnection, chat_id: int, story_ids: Iterable[int]) -> set[int]:
    """Those of the stories that the chat has been sent."""
    rows = await conn.execute(
        select(told.c.story_id).where(told.c.chat_id == chat_id, told.c.story_id.in_(list(story_ids)))
    )
    return set(rows.scalars())


async def awaiting_alerts(conn: AsyncConnection, *, only: int | None = None) -> list[int]:
    """Ids of chats with something to be sent at once that have not seen the newest matches."""
    newest = select(func.coalesce(func.max(matches.c.id), 0)).scalar_subquery()
    whose = chats.c.telegram_id < TERMINAL if only is None else chats.c.telegram_id == only
    rows = await conn.execute(
        select(subscriptions.c.chat_id)
        .join(chats, chats.c.id == subscriptions.c.chat_id)
        .where(LIVE, _at_once(), ~subscriptions.c.paused, ~chats.c.asleep, whose, subscriptions.c.cursor < newest)
        .distinct()
        .order_by(subscriptions.c.chat_id)
    )
    return list(rows.scalars())


async def unbegun(conn: AsyncConnection, chat_id: int) -> set[int]:
    """Ids of the chat's subscriptions that have never been in a digest."""
    own = (subscriptions.c.chat_id == chat_id, LIVE, ~subscriptions.c.begun, ~subscriptions.c.paused)
    return set((await conn.execute(select(subscriptions.c.id).where(*own))).scalars())


async def commit(conn: AsyncConnection, gathered: Gathered, composed: Composed, *, now: datetime) -> bool:
    """Enqueues a digest and marks its stories as told; False, with nothing done, where its slot was answered before."""
    if composed.slot or composed.messages:
        digest_id = await _digest_id(conn, gathered.chat_id, composed, now)
        if digest_id is None:
            return False
        if composed.slot:
            await _answer(conn, gathered.chat_id, composed.slot)
        await _enqueue(conn, gathered.chat_id, digest_id, composed, now)
    await _advance(conn, gathered)
    return True


async def _answer(conn: AsyncConnection, chat_id: int, slot: Slot) -> None:
    """Remembers for the chat that the set time has had its digest."""
    if chat := await chat_rows.by_id(conn, chat_id):
        answered = chat.answered | {(slot.local_date, slot.name)}
        newest = max(day for day, _ in answered)
        lately = frozenset((day, name) for day, name in answered if day > newest - REMEMBERED)
        await chat_rows.change(conn, chat_id, answered=lately)


async def _enqueue(conn: AsyncConnection, chat_id: int, digest_id: int, composed: Composed, now: datetime) -> None:
    tellings = [{"chat_id": chat_id, "story_id": story, "digest_id": digest_id} for story in composed.story_ids]
    if tellings:
        await conn.execute(told.insert(), tellings)
    common = {"chat_id": chat_id, "digest_id": digest_id, "state": MessageState.PENDING.value, "not_before": now}
    rows = [{**common, "part": part, "html": html} for part, html in enumerate(composed.messages, 1)]
    if rows:
        await conn.execute(outbox.insert(), rows)
    begun = subscriptions.c.id.in_(composed.subscription_ids)
    await conn.execute(subscriptions.update().where(begun).values(begun=True))


async def _advance(conn: AsyncConnection, gathered: Gathered) -> None:
    """Moves the cursors of the subscriptions that were looked at."""
    looked_at = (subscriptions.c.id.in_(gathered.subscription_ids), subscriptions.c.cursor < gathered.cursor)
    await conn.execute(subscriptions.update().where(*looked_at).values(cursor=gathered.cursor))


async def _followed(conn: AsyncConnection, chat_ids: Sequence[int], *, instant: bool) -> list[Row[Any]]:
    live = (subscriptions.c.chat_id.in_(chat_ids), LIVE, ~subscriptions.c.paused)
    rows = await conn.execute(
        select(subscriptions)
        .join(chats, chats.c.id == subscriptions.c.chat_id)
        .where(*live, *([_at_once()] if instant else []))
        .order_by(subscriptions.c.id)
    )
    return list(rows)


def _at_once() -> Any:
    return or_(subscriptions.c.instant, chats.c.instant)


def _fresh(subscription: Row[Any], found: Iterable[Match]) -> Iterable[Fresh]:
    for match in found:
        if match.id > subscription.cursor and match.article_id > subscription.after_article:
            yield Fresh(subscription.id, match.article_id, match.story_id)


async def _digest_id(conn: AsyncConnection, chat_id: int, composed: Composed, now: datetime) -> int | None:
    new = {
        "chat_id": chat_id,
        "kind": composed.kind.value,
        "composed_at": now,
        "local_date": composed.slot.local_date if composed.slot else None,
        "slot": composed.slot.name if composed.slot else None,
    }
    added = insert(digests).values(**new).on_conflict_do_nothing().returning(digests.c.id)
    digest_id: int | None = (await conn.execute(added)).scalar_one_or_none()
    return digest_id
