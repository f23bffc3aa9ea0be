"""Who has set up which channels and groups: they are offered to them again."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import chats, setups


async def record(conn: AsyncConnection, user_id: int, chat_id: int, *, now: datetime) -> None:
    """By the person's Telegram id and the chat's number of our own."""
    new = insert(setups).values(user_id=user_id, chat_id=chat_id, at=now)
    await conn.execute(new.on_conflict_do_update(index_elements=["user_id", "chat_id"], set_={"at": now}))


async def of_user(conn: AsyncConnection, user_id: int, *, limit: int) -> list[int]:
    """Telegram's ids of the chats, the last one first; a forum once."""
    last = func.max(setups.c.at)
    own = select(chats.c.telegram_id).join(setups, setups.c.chat_id == chats.c.id).where(setups.c.user_id == user_id)
    order = (last.desc(), func.max(chats.c.id).desc())
    return list((await conn.execute(own.group_by(chats.c.telegram_id).order_by(*order).limit(limit))).scalars())
