"""Messages to be sent: rows written by the transaction that decided them, claimed before they are sent, settled after.

pending → sending → sent | refused; a row found `sending` when the program starts was interrupted and is sent again, for
nobody can tell whether it arrived. A chat's messages keep their order: one waits until the one before it is settled.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.chats import TERMINAL
from storage.models import Message, MessageState
from storage.schema import chats, outbox

# Written out rather than bound, or SQLite could not tell that ix_outbox_open answers it.
_OPEN_STATES = [MessageState.PENDING.value, MessageState.SENDING.value]
_OPEN = outbox.c.state.in_(bindparam("open", _OPEN_STATES, expanding=True, literal_execute=True))


async def claim(conn: AsyncConnection, *, now: datetime, limit: int, only: int | None = None) -> list[Message]:
    """Takes the next message of each chat that may be sent now; `only` names one Telegram id, or all but terminals."""
    rows = await conn.execute(_ready(now, only).order_by(outbox.c.id).limit(limit))
    claimed = [_message(row) for row in rows]
    taken = outbox.c.id.in_([message.id for message in claimed])
    await conn.execute(outbox.update().where(taken).values(state="sending", attempts=outbox.c.attempts + 1))
    return claimed


async def has_pending(conn: AsyncConnection, *, now: datetime, only: int | None = None) -> bool:
    """Whether `claim` would take anything: a look that needs no write."""
    return (await conn.execute(_ready(now, only).limit(1))).first() is not None


async def sent(conn: AsyncConnection, message_id: int, *, now: datetime) -> None:
    await _settle(conn, message_id, state="sent", settled_at=now, error=None)


async def refused(conn: AsyncConnection, message_id: int, *, error: str, now: datetime) -> None:
    """It will never be sent."""
    await _settle(conn, message_id, state="refused", settled_at=now, error=error)


async def postpone(conn: AsyncConnection, message_id: int, *, until: datetime, error: str) -> None:
    """It was not sent, or nobody can tell: it is tried again, when the chat is awake."""
    # The store keeps whole seconds: rounded up, or Telegram would be asked before the time it named.
    whole = until + timedelta(microseconds=-until.microsecond % 1_000_000)
    await _settle(conn, message_id, state="pending", not_before=whole, error=error)


async def recover(conn: AsyncConnection, *, only: int | None = None) -> int:
    """Frees what an interrupted run had claimed; returns how many."""
    whose = chats.c.telegram_id < TERMINAL if only is None else chats.c.telegram_id == only
    mine = outbox.c.chat_id.in_(select(chats.c.id).where(whose))
    freed = outbox.update().where(outbox.c.state == "sending", mine).values(state="pending")
    return (await conn.execute(freed)).rowcount


async def waiting(conn: AsyncConnection, chat_id: int) -> int:
    """How many messages of the chat are not settled."""
    own = select(func.count()).select_from(outbox).where(_OPEN, outbox.c.chat_id == chat_id)
    return (await conn.execute(own)).scalar_one()


def _ready(now: datetime, only: int | None) -> Select[Any]:
    whose = chats.c.telegram_id < TERMINAL if only is None else chats.c.telegram_id == only
    first = select(func.min(outbox.c.id)).where(_OPEN).group_by(outbox.c.chat_id)
    return (
        select(outbox, chats.c.telegram_id, chats.c.thread_id)
        .join(chats, chats.c.id == outbox.c.chat_id)
        .where(outbox.c.id.in_(first), outbox.c.state == "pending", outbox.c.not_before <= now, whose, ~chats.c.asleep)
    )


async def _settle(conn: AsyncConnection, message_id: int, **columns: Any) -> None:
    await conn.execute(outbox.update().where(outbox.c.id == message_id).values(**columns))


def _message(row: Row[Any]) -> Message:
    return Message(
        id=row.id,
        chat_id=row.chat_id,
        telegram_id=row.telegram_id,
        thread_id=row.thread_id,
        part=row.part,
        html=row.html,
        attempts=row.attempts + 1,
        buttons=row.buttons,
        preview=row.preview,
    )
