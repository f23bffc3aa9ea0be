"""The transaction that turns what is new to some chats into their digests.

    Gathered (`storage.planning`) ──compose──▶ Composed ──commit──▶ digest, outbox messages, stories marked as told,
                                                                    cursors moved

New to a chat is a story stored after the subscription began and never sent to that chat.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import bindparam, func, select, union
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.chats import TERMINAL, is_paused
from storage.models import DigestKind, MessageState, Part, Slot, Telling
from storage.planning import Gathered, parts
from storage.schema import chats, digests, matches, outbox, stories, subscriptions, told
from storage.subscriptions import LIVE

# What is told again is known as it was told last.
_NEW: Final = insert(told)
_TELL: Final = _NEW.on_conflict_do_update(
    ["chat_id", "story_id"],
    set_={column.name: _NEW.excluded[column.name] for column in told.c if not column.primary_key},
)
# Of so many local dates the answered set times are remembered: no change of zone or quiet hours reaches farther back.
REMEMBERED = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A digest ready to be committed: which set time it answers, what it tells, each story once, and its messages."""

    kind: DigestKind
    slot: Slot | None
    tellings: tuple[Telling, ...]
    subscription_ids: frozenset[int]
    messages: tuple[Part, ...]
    # All set times that have their digest in this one.
    answers: frozenset[tuple[date, str]] = frozenset()

    @property
    def story_ids(self) -> frozenset[int]:
        return frozenset(telling.story_id for telling in self.tellings)


class Outcome(NamedTuple):
    """Ids of the chats whose digests were committed, and of those that could not: they must be planned for anew."""

    committed: frozenset[int]
    changed: frozenset[int]


async def stories_told(conn: AsyncConnection, chat_id: int, story_ids: Iterable[int]) -> set[int]:
    """Those of the stories that the chat has been sent."""
    rows = await conn.execute(
        select(told.c.story_id).where(told.c.chat_id == chat_id, told.c.story_id.in_(list(story_ids)))
    )
    return set(rows.scalars())


async def awaiting_alerts(conn: AsyncConnection, *, now: datetime, only: int | None = None) -> list[int]:
    """Ids of chats with something to be sent at once that have not seen the newest matches."""
    newest = select(func.coalesce(func.max(matches.c.id), 0)).scalar_subquery()
    whose = chats.c.telegram_id < TERMINAL if only is None else chats.c.telegram_id == only
    waiting = (
        select(subscriptions.c.chat_id)
        .join(chats, chats.c.id == subscriptions.c.chat_id)
        .where(LIVE, ~subscriptions.c.paused, subscriptions.c.cursor < newest, ~chats.c.asleep, ~is_paused(now), whose)
    )
    # Not by "either": there is an index of the subscriptions that are told at once, and one of such chats.
    both = union(waiting.where(subscriptions.c.instant), waiting.where(chats.c.instant))
    return list((await conn.execute(both.order_by("chat_id"))).scalars())


async def alerted(conn: AsyncConnection, chat_id: int, *, limit: int) -> list[datetime]:
    """When the chat was told its last stories that it had not asked for and no set time brought, the newest first."""
    unbidden = (digests.c.local_date.is_(None), digests.c.slot.is_(None), digests.c.kind != DigestKind.ASKED.value)
    own = select(digests.c.composed_at).join(told, told.c.digest_id == digests.c.id)
    newest = own.where(digests.c.chat_id == chat_id, *unbidden).order_by(digests.c.id.desc()).limit(limit)
    return list((await conn.execute(newest)).scalars())


async def unbegun(conn: AsyncConnection, chat_id: int) -> set[int]:
    """Ids of the chat's subscriptions that have never been in a digest."""
    own = (subscriptions.c.chat_id == chat_id, LIVE, ~subscriptions.c.begun, ~subscriptions.c.paused)
    return set((await conn.execute(select(subscriptions.c.id).where(*own))).scalars())


async def commit(conn: AsyncConnection, batch: Mapping[int, tuple[Gathered, Composed]], *, now: datetime) -> Outcome:
    """Enqueues the digests of these chats and marks their stories as told, with nothing done where it cannot be.

    Not committed is a digest whose slot was answered before, or whose subscriptions have changed since they were
    looked at: told by another digest, paused, dropped, moved to another query; or one of a story that is gone.
    """
    changed = await _changed(conn, [gathered for gathered, _ in batch.values()])
    gone = await _gone(conn, {story for _, composed in batch.values() for story in composed.story_ids})
    changed |= {chat_id for chat_id, (_, composed) in batch.items() if composed.story_ids & gone}
    same = {chat_id: pair for chat_id, pair in batch.items() if chat_id not in changed}
    digest_ids = await _digest_ids(conn, {chat_id: composed for chat_id, (_, composed) in same.items()}, now)
    kept = {
        chat_id: (gathered, composed)
        for chat_id, (gathered, composed) in same.items()
        if chat_id in digest_ids or not _makes_digest(composed)
    }
    await _answer(conn, {chat_id: _names(composed) for chat_id, (_, composed) in kept.items()})
    await _enqueue(conn, {chat_id: kept[chat_id][1] for chat_id in digest_ids}, digest_ids, now)
    await _advance(conn, [gathered for gathered, _ in kept.values()])
    return Outcome(frozenset(kept), changed)


async def _changed(conn: AsyncConnection, batch: Sequence[Gathered]) -> frozenset[int]:
    """Chats of which a subscription is not any more what it was when it was looked at."""
    row = subscriptions.c
    ids = [looked.id for gathered in batch for looked in gathered.looked_at]
    live = select(row.id, row.query_id, row.cursor).where(LIVE, ~row.paused)
    now = {tuple(one) for part in parts(ids) for one in await conn.execute(live.where(row.id.in_(part)))}
    return frozenset(gathered.chat_id for gathered in batch if not now.issuperset(gathered.looked_at))


async def _gone(conn: AsyncConnection, story_ids: set[int]) -> set[int]:
    """Those of the stories that are not in the store any more."""
    known = [select(stories.c.id).where(stories.c.id.in_(some)) for some in parts(sorted(story_ids))]
    return story_ids - {story_id for one in known for story_id in (await conn.execute(one)).scalars()}


async def _digest_ids(conn: AsyncConnection, batch: Mapping[int, Composed], now: datetime) -> dict[int, int]:
    """Chat → its new digest, where there is to be one and its slot has none."""
    new = [
        {
            "chat_id": chat_id,
            "kind": composed.kind.value,
            "composed_at": now,
            "local_date": composed.slot.local_date if composed.slot else None,
            "slot": composed.slot.name if composed.slot else None,
        }
        for chat_id, composed in batch.items()
        if _makes_digest(composed)
    ]
    if not new:
        return {}
    added = insert(digests).on_conflict_do_nothing().returning(digests.c.chat_id, digests.c.id)
    return {row.chat_id: row.id for row in await conn.execute(added, new)}


def _makes_digest(composed: Composed) -> bool:
    return composed.slot is not None or bool(composed.messages)


async def _answer(conn: AsyncConnection, named: Mapping[int, frozenset[tuple[date, str]]]) -> None:
    """Remembers for the chats that their set times have had their digest."""
    new = {chat_id: names for chat_id, names in named.items() if names}
    if not new:
        return
    rows = await conn.execute(select(chats.c.id, chats.c.answered).where(chats.c.id.in_(new)))
    answered = [{"chat": row.id, "all": _lately(row.answered, new[row.id])} for row in rows]
    await conn.execute(
        chats.update().where(chats.c.id == bindparam("chat")).values(answered=bindparam("all")), answered
    )


def _names(composed: Composed) -> frozenset[tuple[date, str]]:
    own = {(composed.slot.local_date, composed.slot.name)} if composed.slot else frozenset[tuple[date, str]]()
    return composed.answers | own


def _lately(answered: frozenset[tuple[date, str]], new: frozenset[tuple[date, str]]) -> frozenset[tuple[date, str]]:
    """Those of dates about as late as the newest of `new`: after a clock that was wrong, later ones may stand there."""
    newest = max(day for day, _ in new)
    return frozenset((day, name) for day, name in answered | new if abs(day - newest) < REMEMBERED)


async def _enqueue(
    conn: AsyncConnection, batch: Mapping[int, Composed], digest_ids: Mapping[int, int], now: datetime
) -> None:
    tellings = [
        {"chat_id": chat_id, "digest_id": digest_ids[chat_id], "told_at": now, **telling._asdict()}
        for chat_id, composed in batch.items()
        for telling in composed.tellings
    ]
    messages = [
        {"chat_id": chat_id, "digest_id": digest_ids[chat_id], "part": number, **part._asdict()}
        for chat_id, composed in batch.items()
        for number, part in enumerate(composed.messages, 1)
    ]
    begun = [{"one": one} for composed in batch.values() for one in sorted(composed.subscription_ids)]
    pending = outbox.insert().values(state=MessageState.PENDING.value, not_before=now)
    begin = subscriptions.update().where(subscriptions.c.id == bindparam("one")).values(begun=True)
    for statement, rows in ((_TELL, tellings), (pending, messages), (begin, begun)):
        if rows:
            await conn.execute(statement, rows)


async def _advance(conn: AsyncConnection, batch: Sequence[Gathered]) -> None:
    """Moves the cursors of the subscriptions that were looked at."""
    moved = [
        {"one": looked.id, "to": gathered.cursor}
        for gathered in batch
        for looked in gathered.looked_at
        if looked.cursor < gathered.cursor
    ]
    if moved:
        own = subscriptions.c.id == bindparam("one")
        await conn.execute(subscriptions.update().where(own).values(cursor=bindparam("to")), moved)
