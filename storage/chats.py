"""Chats: who talks to the bot, in which language and zone, and when the next digest is due."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Update, bindparam, exists, func, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import Chat
from storage.schema import bans, chats, digests, feedback, outbox, saved, setups, subscriptions, told

# Telegram's ids have at most 52 bits; ids from here on are chats of the terminal, which no Telegram chat can meet.
TERMINAL = 1 << 53
# No row has this id.
UNSTORED = 0
# What a due time is computed from.
_CHOICES: Final = (chats.c.timezone, chats.c.schedule, chats.c.answered, chats.c.paused_until)


# Why a chat sleeps that an admin has banned.
BANNED: Final = "banned by an admin"
_AWAKE: Final = {"asleep": False, "asleep_why": None, "asleep_since": None}
# A chat that has nothing to lose: no choices, nothing followed or kept, nothing told and nothing that waits to be sent.
_BARE: Final = (
    chats.c.schedule.is_(None),
    *(~exists().where(one.c.chat_id == chats.c.id) for one in (subscriptions, saved, digests, outbox)),
)


async def ensure(
    conn: AsyncConnection,
    telegram_id: int,
    *,
    thread_id: int = 0,
    telegram_language: str | None = None,
    kind: str | None = None,
    now: datetime,
) -> Chat:
    """The chat, made where it is new; it wakes, and what Telegram last said of its language and kind is kept.

    A banned one sleeps, whoever is heard there.

    With one topic of a forum those wake that fell asleep together with it: the bot is back in the group.
    """
    is_banned = (await conn.execute(select(_is_banned(telegram_id)))).scalar_one()
    if telegram_id < 0 and not is_banned:
        await conn.execute(_wake_with(telegram_id, thread_id))
    state = {"asleep": True, "asleep_why": BANNED, "asleep_since": now} if is_banned else _AWAKE
    told = {"telegram_language": telegram_language, "kind": kind}
    said = state | {column: value for column, value in told.items() if value}
    new = {"telegram_id": telegram_id, "thread_id": thread_id, "created_at": now, **said}
    upsert = insert(chats).values(**new).on_conflict_do_update(["telegram_id", "thread_id"], set_=said)
    return _chat((await conn.execute(upsert.returning(*chats.c))).one())


async def find(conn: AsyncConnection, telegram_id: int, *, thread_id: int = 0) -> Chat | None:
    place = (chats.c.telegram_id == telegram_id) & (chats.c.thread_id == thread_id)
    row = (await conn.execute(select(chats).where(place))).one_or_none()
    return _chat(row) if row else None


def stranger(
    telegram_id: int, *, thread_id: int = 0, telegram_language: str | None = None, kind: str | None = None
) -> Chat:
    """A chat that is not stored: it has not been met yet, or the disk takes nothing."""
    return Chat(
        id=UNSTORED,
        telegram_id=telegram_id,
        thread_id=thread_id,
        telegram_language=telegram_language,
        language=None,
        timezone=None,
        schedule=None,
        instant=False,
        next_due_at=None,
        asleep=False,
        kind=kind,
    )


async def by_id(conn: AsyncConnection, chat_id: int) -> Chat | None:
    row = (await conn.execute(select(chats).where(chats.c.id == chat_id))).one_or_none()
    return _chat(row) if row else None


async def by_ids(conn: AsyncConnection, chat_ids: Sequence[int]) -> dict[int, Chat]:
    rows = await conn.execute(select(chats).where(chats.c.id.in_(chat_ids)))
    return {row.id: _chat(row) for row in rows}


async def change(conn: AsyncConnection, chat_id: int, **columns: Any) -> Chat:
    """Sets columns of the chat: language, timezone, schedule, instant, next_due_at, asleep, answered, images,
    topic_limit, languages (with commas between them), paused_until.
    """
    changed = chats.update().where(chats.c.id == chat_id).values(**columns).returning(*chats.c)
    return _chat((await conn.execute(changed)).one())


async def fall_asleep(
    conn: AsyncConnection, telegram_id: int, *, why: str, now: datetime, thread_id: int | None = None
) -> bool:
    """Telegram takes nothing for it, or for one topic of it, until it writes again; False where it slept already."""
    awake = [chats.c.telegram_id == telegram_id, ~chats.c.asleep]
    if thread_id is not None:
        awake.append(chats.c.thread_id == thread_id)
    asleep = chats.update().where(*awake).values(asleep=True, asleep_why=why, asleep_since=now)
    return (await conn.execute(asleep)).rowcount > 0


async def wake(conn: AsyncConnection, telegram_id: int) -> None:
    """The bot is back: the chat wakes, and of its topics those that fell asleep last, together with it; where nobody
    has banned it.
    """
    last = select(func.max(chats.c.asleep_since)).where(chats.c.telegram_id == telegram_id).scalar_subquery()
    fell = (chats.c.asleep_since == last) | (chats.c.thread_id == 0)
    own = (chats.c.telegram_id == telegram_id, chats.c.asleep, fell, ~_is_banned(telegram_id))
    await conn.execute(chats.update().where(*own).values(**_AWAKE))


async def move(conn: AsyncConnection, telegram_id: int, *, to: int, now: datetime) -> None:
    """A group became a supergroup: its chats go on under the new id.

    Where that id has a chat already, one that only came to be because somebody wrote there first gives way. One with
    a life of its own takes over what the old one follows and keeps, and what waits to be sent; the old one sleeps.
    """
    await conn.execute(chats.delete().where(chats.c.telegram_id == to, *_BARE))
    taken = select(chats.c.thread_id).where(chats.c.telegram_id == to)
    moved = (chats.c.telegram_id == telegram_id, chats.c.thread_id.not_in(taken))
    await conn.execute(chats.update().where(*moved).values(telegram_id=to))
    old, new = chats.alias(), chats.alias()
    pairs = select(old.c.id, new.c.id).where(old.c.telegram_id == telegram_id, new.c.telegram_id == to)
    for left, heir in (await conn.execute(pairs.where(old.c.thread_id == new.c.thread_id))).all():
        await _hand_over(conn, left, heir)
        ended = {"asleep": True, "asleep_why": f"it is chat {to} now", "asleep_since": now, "next_due_at": None}
        await conn.execute(chats.update().where(chats.c.id == left).values(**ended))


async def _hand_over(conn: AsyncConnection, left: int, heir: int) -> None:
    """What both have stays as the heir has it."""
    is_open = outbox.c.state.in_(["pending", "sending"])
    await conn.execute(outbox.update().where(outbox.c.chat_id == left, is_open).values(chat_id=heir))
    for kept in (subscriptions, saved, feedback, told, setups):
        own = kept.update().prefix_with("OR IGNORE").where(kept.c.chat_id == left).values(chat_id=heir)
        await conn.execute(own)


async def due(conn: AsyncConnection, *, now: datetime, limit: int, only: int | None = None) -> list[int]:
    """Ids of chats whose digest is due, the longest overdue first; `only` is one Telegram id, or all but terminals."""
    ready = (chats.c.next_due_at <= now, ~chats.c.asleep, ~is_paused(now), _whose(only))
    found = select(chats.c.id).where(*ready).order_by(chats.c.next_due_at, chats.c.id).limit(limit).subquery()
    # One row, for half the time of as many as there may be at nine.
    ids: list[int] = json.loads((await conn.execute(select(func.json_group_array(found.c.id)))).scalar_one())
    return ids


def is_paused(now: datetime) -> ColumnElement[bool]:
    """Whether nothing is composed for the chat of its own accord."""
    return func.coalesce(chats.c.paused_until > now, False)


async def set_due(conn: AsyncConnection, due_at: Mapping[int, datetime | None]) -> None:
    """When the next digests of these chats are due."""
    if due_at:
        own = chats.update().where(chats.c.id == bindparam("chat")).values(next_due_at=bindparam("at"))
        await conn.execute(own, [{"chat": chat_id, "at": at} for chat_id, at in due_at.items()])


async def timed(conn: AsyncConnection, *, only: int | None = None) -> list[Chat]:
    """One chat of all that have the same choices, answered set times and next due time; `only` as above."""
    ready = (chats.c.next_due_at.is_not(None), _whose(only))
    first = select(func.min(chats.c.id)).where(*ready).group_by(*_CHOICES, chats.c.next_due_at)
    return [_chat(row) for row in await conn.execute(select(chats).where(chats.c.id.in_(first)))]


async def retime(conn: AsyncConnection, moved: Sequence[tuple[Chat, datetime | None]]) -> int:
    """New due times for these and all chats like them, as `timed` means it; returns how many chats there are."""
    count = 0
    for chat, at in moved:
        alike = [column.is_not_distinct_from(getattr(chat, column.name)) for column in _CHOICES]
        due = chats.c.next_due_at == chat.next_due_at
        count += (await conn.execute(chats.update().where(due, *alike).values(next_due_at=at))).rowcount
    return count


async def count(conn: AsyncConnection) -> int:
    return (await conn.execute(select(func.count()).select_from(chats))).scalar_one()


def _is_banned(telegram_id: int) -> ColumnElement[bool]:
    return exists().where(bans.c.telegram_id == telegram_id)


def _wake_with(telegram_id: int, thread_id: int) -> Update:
    together = chats.alias()
    same = exists().where(
        together.c.telegram_id == telegram_id,
        together.c.thread_id == thread_id,
        together.c.asleep,
        together.c.asleep_why == chats.c.asleep_why,
        together.c.asleep_since == chats.c.asleep_since,
    )
    others = (chats.c.telegram_id == telegram_id, chats.c.thread_id != thread_id, chats.c.asleep, same)
    return chats.update().where(*others).values(**_AWAKE)


def _whose(only: int | None) -> ColumnElement[bool]:
    return chats.c.telegram_id < TERMINAL if only is None else chats.c.telegram_id == only


def _chat(row: Row[Any]) -> Chat:
    return Chat(
        id=row.id,
        telegram_id=row.telegram_id,
        thread_id=row.thread_id,
        telegram_language=row.telegram_language,
        language=row.language,
        timezone=row.timezone,
        schedule=row.schedule,
        instant=row.instant,
        next_due_at=row.next_due_at,
        asleep=row.asleep,
        answered=row.answered,
        images=row.images,
        topic_limit=row.topic_limit,
        kind=row.kind,
        languages=frozenset(filter(None, (row.languages or "").split(","))),
        paused_until=row.paused_until,
    )
