"""What an operator asks of the outbox: what waits, for whom, what was given up and after which attempts; and again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, bindparam, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import MessageState
from storage.schema import attempts, chats, digests, outbox

# Written out rather than bound, or SQLite could not tell that its partial indexes answer them.
_OPEN: Final = [MessageState.PENDING.value, MessageState.SENDING.value]
_GIVEN_UP: Final = [MessageState.REFUSED.value, MessageState.UNKNOWN.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Messages that are not settled: all, those being sent, those of chats that sleep; `since` is of the oldest."""

    messages: int
    sending: int
    held_back: int
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sleeper:
    """A chat that takes nothing, in Telegram's words why, and how many messages wait for it to write again."""

    telegram_id: int
    thread_id: int
    why: str | None
    since: datetime | None
    messages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """An attempt that is recorded."""

    number: int
    at: datetime
    outcome: str
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """A message that is not tried any more."""

    id: int
    telegram_id: int
    thread_id: int
    digest_id: int | None
    part: int
    state: str
    reason: str | None
    attempts: int
    tried_at: datetime | None
    settled_at: datetime | None
    tried: tuple[Tried, ...] = ()


async def waiting(conn: AsyncConnection) -> Waiting:
    is_sending = outbox.c.state == MessageState.SENDING.value
    columns = (
        func.count(),
        func.coalesce(func.sum(case((is_sending, 1), else_=0)), 0),
        func.coalesce(func.sum(case((chats.c.asleep, 1), else_=0)), 0),
        func.min(outbox.c.id),
    )
    joined = outbox.join(chats, chats.c.id == outbox.c.chat_id)
    messages, sending, held_back, oldest = (
        await conn.execute(select(*columns).select_from(joined).where(_is(_OPEN)))
    ).one()
    made = select(func.coalesce(digests.c.composed_at, outbox.c.tried_at, outbox.c.not_before))
    since = made.select_from(outbox.outerjoin(digests)).where(outbox.c.id == oldest)
    found = (await conn.execute(since)).scalar_one_or_none() if oldest else None
    return Waiting(messages=messages, sending=sending, held_back=held_back, since=found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A message that waits; a broadcast's names it."""

    id: int
    telegram_id: int
    thread_id: int
    state: str
    broadcast_id: int | None
    not_before: datetime
    attempts: int


async def first_open(conn: AsyncConnection, *, limit: int) -> list[Open]:
    """The oldest first."""
    names = ("id", "state", "broadcast_id", "not_before", "attempts")
    columns = (*(outbox.c[name] for name in names), chats.c.telegram_id, chats.c.thread_id)
    rows = select(*columns).select_from(outbox.join(chats, chats.c.id == outbox.c.chat_id)).where(_is(_OPEN))
    return [Open(**row._mapping) for row in await conn.execute(rows.order_by(outbox.c.id).limit(limit))]


async def sleepers(conn: AsyncConnection) -> list[Sleeper]:
    """Those for whom most waits first."""
    count = func.count(outbox.c.id)
    joined = chats.outerjoin(outbox, (outbox.c.chat_id == chats.c.id) & _is(_OPEN))
    columns = (chats.c.telegram_id, chats.c.thread_id, chats.c.asleep_why, chats.c.asleep_since, count)
    rows = select(*columns).select_from(joined).where(chats.c.asleep).group_by(chats.c.id)
    found = await conn.execute(rows.order_by(count.desc(), chats.c.id))
    return [
        Sleeper(telegram_id=telegram_id, thread_id=thread_id, why=why, since=since, messages=messages)
        for telegram_id, thread_id, why, since, messages in found
    ]


async def count_open(conn: AsyncConnection) -> int:
    return (await conn.execute(select(func.count()).select_from(outbox).where(_is(_OPEN)))).scalar_one()


async def count_given_up(conn: AsyncConnection) -> int:
    return (await conn.execute(select(func.count()).select_from(outbox).where(_is(_GIVEN_UP)))).scalar_one()


async def given_up(conn: AsyncConnection, *, limit: int) -> list[GivenUp]:
    """The newest first, with their attempts."""
    columns = (outbox, chats.c.telegram_id, chats.c.thread_id)
    newest = select(*columns).join(chats).where(_is(_GIVEN_UP)).order_by(outbox.c.id.desc()).limit(limit)
    rows = (await conn.execute(newest)).all()
    tried = await _tried(conn, [row.id for row in rows])
    return [
        GivenUp(
            id=row.id,
            telegram_id=row.telegram_id,
            thread_id=row.thread_id,
            digest_id=row.digest_id,
            part=row.part,
            state=row.state,
            reason=row.error,
            attempts=row.attempts,
            tried_at=row.tried_at,
            settled_at=row.settled_at,
            tried=tuple(tried.get(row.id, ())),
        )
        for row in rows
    ]


async def retry(conn: AsyncConnection, message_ids: Collection[int] | None, *, now: datetime) -> list[int]:
    """Puts messages that were given up back, all of them for None; they have a whole day again. Ids of those put back.

    What may have arrived is still marked so.
    """
    pending = {"state": MessageState.PENDING.value, "not_before": now, "tried_at": None, "settled_at": None}
    again = outbox.update().where(_is(_GIVEN_UP), _one_of(message_ids)).values(**pending).returning(outbox.c.id)
    return sorted((await conn.execute(again)).scalars())


async def drop(conn: AsyncConnection, message_ids: Collection[int] | None) -> list[int]:
    """Removes what was given up, all of it for None, or these messages if they wait; the ids of those removed."""
    states = _GIVEN_UP if message_ids is None else [*_GIVEN_UP, MessageState.PENDING.value]
    gone = outbox.delete().where(_is(states), _one_of(message_ids)).returning(outbox.c.id)
    return sorted((await conn.execute(gone)).scalars())


async def _tried(conn: AsyncConnection, message_ids: Sequence[int]) -> dict[int, list[Tried]]:
    found: dict[int, list[Tried]] = {}
    own = select(attempts).where(attempts.c.message_id.in_(message_ids))
    for row in await conn.execute(own.order_by(attempts.c.message_id, attempts.c.number)):
        one = Tried(number=row.number, at=row.at, outcome=row.outcome, error=row.error)
        found.setdefault(row.message_id, []).append(one)
    return found


def _is(states: list[str]) -> ColumnElement[bool]:
    return outbox.c.state.in_(bindparam(None, states, expanding=True, literal_execute=True))


def _one_of(message_ids: Collection[int] | None) -> ColumnElement[bool]:
    return outbox.c.id > 0 if message_ids is None else outbox.c.id.in_(message_ids)
