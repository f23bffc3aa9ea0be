"""Chats: who talks to the bot, in which language and zone, and when the next digest is due."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import Chat
from storage.schema import chats, saved, subscriptions

# Telegram's ids have at most 52 bits; ids from here on are chats of the terminal, which no Telegram chat can meet.
TERMINAL = 1 << 53


async def ensure(
    conn: AsyncConnection, telegram_id: int, *, thread_id: int = 0, telegram_language: str | None = None, now: datetime
) -> Chat:
    """The chat, made where it is new; it wakes, and what Telegram last said of its language is kept."""
    said = {"asleep": False} | ({"telegram_language": telegram_language} if telegram_language else {})
    new = {"telegram_id": telegram_id, "thread_id": thread_id, "created_at": now, **said}
    upsert = insert(chats).values(**new).on_conflict_do_update(["telegram_id", "thread_id"], set_=said)
    return _chat((await conn.execute(upsert.returning(*chats.c))).one())


async def find(conn: AsyncConnection, telegram_id: int, *, thread_id: int = 0) -> Chat | None:
    place = (chats.c.telegram_id == telegram_id) & (chats.c.thread_id == thread_id)
    row = (await conn.execute(select(chats).where(place))).one_or_none()
    return _chat(row) if row else None


async def by_id(conn: AsyncConnection, chat_id: int) -> Chat | None:
    row = (await conn.execute(select(chats).where(chats.c.id == chat_id))).one_or_none()
    return _chat(row) if row else None


async def by_ids(conn: AsyncConnection, chat_ids: Sequence[int]) -> dict[int, Chat]:
    rows = await conn.execute(select(chats).where(chats.c.id.in_(chat_ids)))
    return {row.id: _chat(row) for row in rows}


async def change(conn: AsyncConnection, chat_id: int, **columns: Any) -> Chat:
    """Sets columns of the chat: language, timezone, schedule, instant, next_due_at, asleep, answered, images,
    topic_limit.
    """
    changed = chats.update().where(chats.c.id == chat_id).values(**columns).returning(*chats.c)
    return _chat((await conn.execute(changed)).one())


async def move(conn: AsyncConnection, telegram_id: int, *, to: int) -> None:
    """A group became a supergroup: its chats go on under the new id, unless that id has chats with a life of their own.

    One that only came to be because somebody wrote there first gives way.
    """
    follows = exists().where(subscriptions.c.chat_id == chats.c.id)
    keeps = exists().where(saved.c.chat_id == chats.c.id)
    bare = (chats.c.telegram_id == to, chats.c.schedule.is_(None), ~follows, ~keeps)
    await conn.execute(chats.delete().where(*bare))
    taken = select(chats.c.thread_id).where(chats.c.telegram_id == to)
    moved = (chats.c.telegram_id == telegram_id, chats.c.thread_id.not_in(taken))
    await conn.execute(chats.update().where(*moved).values(telegram_id=to))


async def due(conn: AsyncConnection, *, now: datetime, limit: int, only: int | None = None) -> list[int]:
    """Ids of chats whose digest is due, the longest overdue first; `only` is one Telegram id, or all but terminals."""
    whose = chats.c.telegram_id < TERMINAL if only is None else chats.c.telegram_id == only
    ready = (chats.c.next_due_at <= now, ~chats.c.asleep, whose)
    rows = await conn.execute(select(chats.c.id).where(*ready).order_by(chats.c.next_due_at, chats.c.id).limit(limit))
    return list(rows.scalars())


async def set_due(conn: AsyncConnection, due_at: Mapping[int, datetime | None]) -> None:
    """When the next digests of these chats are due."""
    if due_at:
        own = chats.update().where(chats.c.id == bindparam("chat")).values(next_due_at=bindparam("at"))
        await conn.execute(own, [{"chat": chat_id, "at": at} for chat_id, at in due_at.items()])


async def count(conn: AsyncConnection) -> int:
    return (await conn.execute(select(func.count()).select_from(chats))).scalar_one()


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
    )
