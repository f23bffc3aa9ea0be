"""Who is not answered: a person or a chat. A chat that is banned sleeps, so that nothing is composed or sent for it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.chats import BANNED, fall_asleep
from storage.schema import bans, chats


async def load(conn: AsyncConnection) -> list[int]:
    """Telegram's ids, the newest ban first."""
    rows = await conn.execute(select(bans.c.telegram_id).order_by(bans.c.at.desc(), bans.c.telegram_id))
    return list(rows.scalars())


async def add(conn: AsyncConnection, telegram_id: int, *, by: int, now: datetime) -> bool:
    """False where it was banned already."""
    new = insert(bans).values(telegram_id=telegram_id, by=by, at=now).on_conflict_do_nothing()
    is_new = (await conn.execute(new)).rowcount > 0
    await fall_asleep(conn, telegram_id, why=BANNED, now=now)
    return is_new


async def move(conn: AsyncConnection, telegram_id: int, *, to: int, now: datetime) -> bool:
    """A group became a supergroup: a ban of the old id is one of the new id too. False where there was none."""
    by = await conn.execute(select(bans.c.by).where(bans.c.telegram_id == telegram_id))
    admin = by.scalar_one_or_none()
    if admin is not None:
        await add(conn, to, by=admin, now=now)
    return admin is not None


async def drop(conn: AsyncConnection, telegram_id: int) -> bool:
    """It wakes, unless it slept already; False where it was not banned."""
    was_banned = (await conn.execute(bans.delete().where(bans.c.telegram_id == telegram_id))).rowcount > 0
    asleep = (chats.c.telegram_id == telegram_id, chats.c.asleep_why == BANNED)
    awake = {"asleep": False, "asleep_why": None, "asleep_since": None}
    await conn.execute(chats.update().where(*asleep).values(**awake))
    return was_banned
