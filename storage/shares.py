"""Links to queries that are too long for a link: it carries a token, under which the query stands here."""

import secrets
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import shares

# 96 bits: nobody guesses what others share.
TOKEN_BYTES: Final = 12


async def token_for(conn: AsyncConnection, chat_id: int, text: str, *, now: datetime) -> str:
    """The chat's token for the query, one for each that it shares."""
    new = {"token": secrets.token_urlsafe(TOKEN_BYTES), "chat_id": chat_id, "text": text, "created_at": now}
    await conn.execute(insert(shares).values(new).on_conflict_do_nothing(index_elements=["chat_id", "text"]))
    known = select(shares.c.token).where(shares.c.chat_id == chat_id, shares.c.text == text)
    token: str = (await conn.execute(known)).scalar_one()
    return token


async def text_of(conn: AsyncConnection, token: str) -> str | None:
    """The query as it was typed; None where nothing was shared under this token, or whoever did is forgotten."""
    return (await conn.execute(select(shares.c.text).where(shares.c.token == token))).scalar_one_or_none()
