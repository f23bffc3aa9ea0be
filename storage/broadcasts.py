"""What the operator tells everybody: written down as a draft, then put into the outbox step by step, no chat twice.

    draft ──begin──▶ sending ──put, a page of chats at a time──▶ outbox      sending ──stop──▶ stopped
                        └──────────────── all have been looked at, and nothing waits ──────────────▲

A forum is told once, in the first of its topics that is awake.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, case, exists, func, insert, literal, select
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.chats import TERMINAL
from storage.models import MessageState
from storage.schema import broadcasts, chats, outbox

STEP: Final = 200

_OPEN: Final = [MessageState.PENDING.value, MessageState.SENDING.value]


class State(StrEnum):
    """stopped: nothing is put into the outbox any more, be it that all of it is there."""

    DRAFT = "draft"
    SENDING = "sending"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """`message_id` shows how far it is, `total` is how many there were to tell as it began.

    `after_chat` is the last chat that was looked at; `complete`: there is none behind it.
    """

    id: int
    html: str
    state: State
    by: int
    created_at: datetime
    begun_at: datetime | None = None
    only_private: bool = False
    message_id: int | None = None
    total: int = 0
    after_chat: int = 0
    complete: bool = False


class Audience(NamedTuple):
    """How many there are to be told."""

    private: int
    groups: int
    channels: int

    @property
    def all(self) -> int:
        return sum(self)


class Progress(NamedTuple):
    """How many were told, how many could not be, and how many messages stand in the outbox."""

    sent: int
    failed: int
    waiting: int


async def draft(conn: AsyncConnection, html: str, *, by: int, now: datetime) -> Broadcast:
    values = {"html": html, "state": State.DRAFT.value, "by": by, "created_at": now}
    made = await conn.execute(broadcasts.insert().values(values).returning(broadcasts.c.id))
    return Broadcast(id=made.scalar_one(), html=html, state=State.DRAFT, by=by, created_at=now)


async def find(conn: AsyncConnection, broadcast_id: int) -> Broadcast | None:
    row = (await conn.execute(select(broadcasts).where(broadcasts.c.id == broadcast_id))).one_or_none()
    return _broadcast(row) if row else None


async def sending(conn: AsyncConnection) -> list[Broadcast]:
    rows = await conn.execute(select(broadcasts).where(broadcasts.c.state == State.SENDING.value))
    return [_broadcast(row) for row in rows]


async def begin(
    conn: AsyncConnection, broadcast_id: int, *, message_id: int, only_private: bool, total: int, now: datetime
) -> bool:
    """False where it is no draft any more: it is sent once, however often somebody presses."""
    own = (broadcasts.c.id == broadcast_id, broadcasts.c.state == State.DRAFT.value)
    choices = {"message_id": message_id, "only_private": only_private, "total": total}
    begun = broadcasts.update().where(*own).values(state=State.SENDING.value, begun_at=now, **choices)
    return (await conn.execute(begun)).rowcount > 0


async def discard(conn: AsyncConnection, broadcast_id: int) -> bool:
    own = (broadcasts.c.id == broadcast_id, broadcasts.c.state == State.DRAFT.value)
    return (await conn.execute(broadcasts.delete().where(*own))).rowcount > 0


async def stop(conn: AsyncConnection, broadcast_id: int) -> None:
    """What is on its way arrives; what waits is taken back."""
    await end(conn, broadcast_id)
    waits = (outbox.c.broadcast_id == broadcast_id, outbox.c.state == MessageState.PENDING.value)
    await conn.execute(outbox.delete().where(*waits))


async def end(conn: AsyncConnection, broadcast_id: int) -> None:
    """All of it is in the outbox."""
    own = broadcasts.update().where(broadcasts.c.id == broadcast_id)
    await conn.execute(own.values(state=State.STOPPED.value))


async def audience(conn: AsyncConnection, *, only_private: bool, now: datetime) -> Audience:
    """How many would be told: those awake, neither paused nor banned. Reads every chat."""
    is_channel = chats.c.kind == "channel"
    columns = (
        func.coalesce(func.sum(case((chats.c.telegram_id > 0, 1), else_=0)), 0),
        func.coalesce(func.sum(case((chats.c.telegram_id > 0, 0), (is_channel, 0), else_=1)), 0),
        func.coalesce(func.sum(case((chats.c.telegram_id > 0, 0), (is_channel, 1), else_=0)), 0),
    )
    rows = await conn.execute(select(*columns).where(*_listens(only_private=only_private, now=now)))
    return Audience(*rows.one())


async def put(conn: AsyncConnection, broadcast_id: int, *, limit: int, now: datetime) -> None:
    """Puts it into the outbox for those among the next `limit` chats who are to be told, if it is being sent still."""
    one = await find(conn, broadcast_id)
    if one is None or one.state is not State.SENDING:
        return
    page = select(chats.c.id).where(chats.c.id > one.after_chat).order_by(chats.c.id).limit(limit)
    ids = (await conn.execute(page)).scalars().all()
    if ids:
        await _put(conn, one, upto=ids[-1], now=now)
    reached = {"after_chat": ids[-1]} if ids else {"complete": True}
    await conn.execute(broadcasts.update().where(broadcasts.c.id == one.id).values(reached))


async def _put(conn: AsyncConnection, one: Broadcast, *, upto: int, now: datetime) -> None:
    place = (chats.c.id > one.after_chat, chats.c.id <= upto, chats.c.created_at <= one.begun_at)
    values = {
        outbox.c.part: 1,
        outbox.c.html: one.html,
        outbox.c.state: MessageState.PENDING.value,
        outbox.c.not_before: now,
        outbox.c.broadcast_id: one.id,
    }
    row = (chats.c.id, *(literal(value, column.type) for column, value in values.items()))
    told = select(*row).where(*place, *_listens(only_private=one.only_private, now=now), ~_has_it(one.id))
    await conn.execute(insert(outbox).from_select([outbox.c.chat_id, *values], told.order_by(chats.c.id)))


async def progress(conn: AsyncConnection, broadcast_id: int) -> Progress:
    own = select(outbox.c.state, func.count()).where(outbox.c.broadcast_id == broadcast_id).group_by(outbox.c.state)
    count = {MessageState(state): number for state, number in await conn.execute(own)}
    failed = count.get(MessageState.REFUSED, 0) + count.get(MessageState.UNKNOWN, 0)
    waiting = count.get(MessageState.PENDING, 0) + count.get(MessageState.SENDING, 0)
    return Progress(count.get(MessageState.SENT, 0), failed, waiting)


async def under_way(conn: AsyncConnection, broadcast_id: int, *, now: datetime) -> int:
    """How many of its messages may be sent now; those of chats that sleep or rest don't count."""
    joined = outbox.join(chats, chats.c.id == outbox.c.chat_id)
    may = (outbox.c.broadcast_id == broadcast_id, outbox.c.state.in_(_OPEN), outbox.c.not_before <= now)
    count = select(func.count()).select_from(joined).where(*may, ~chats.c.asleep)
    return (await conn.execute(count)).scalar_one()


async def drop_old(conn: AsyncConnection, *, before: datetime) -> int:
    """Removes drafts, and what is over, where nothing of it is in the outbox any more; 0 when nothing is left."""
    is_there = exists().where(outbox.c.broadcast_id == broadcasts.c.id)
    old = (broadcasts.c.state != State.SENDING.value, broadcasts.c.created_at < before, ~is_there)
    first = select(broadcasts.c.id).where(*old).limit(STEP)
    return (await conn.execute(broadcasts.delete().where(broadcasts.c.id.in_(first)))).rowcount


def _broadcast(row: Row[Any]) -> Broadcast:
    return Broadcast(**{**row._mapping, "state": State(row.state)})


def _listens(*, only_private: bool, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Whoever has asked for a pause has asked for quiet; a chat that sleeps, as banned ones do, is told nothing."""
    other = chats.alias()
    first = exists().where(
        other.c.telegram_id == chats.c.telegram_id, ~other.c.asleep, other.c.thread_id < chats.c.thread_id
    )
    return (
        chats.c.telegram_id > 0 if only_private else chats.c.telegram_id != 0,
        chats.c.telegram_id < TERMINAL,
        ~chats.c.asleep,
        chats.c.paused_until.is_(None) | (chats.c.paused_until <= now),
        ~first,
    )


def _has_it(broadcast_id: int) -> ColumnElement[bool]:
    """Whether one of the topics of the same chat has been told, or is to be."""
    same = chats.alias()
    topics = select(same.c.id).where(same.c.telegram_id == chats.c.telegram_id).correlate(chats)
    # By the index of digests' parts, whose first column is the chat; each other one would read all of this broadcast's
    # messages for each chat, and must not be taken.
    own = (outbox.c.chat_id.in_(topics), outbox.c.digest_id.is_(None), outbox.c.broadcast_id + 0 == broadcast_id)
    return exists().where(*own)
