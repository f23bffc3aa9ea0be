"""What the sender asks of the outbox, for tests of the store."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from storage import outbox
from storage.models import Attempt, AttemptOutcome, Message, MessageState


async def claim(conn: AsyncConnection, *, now: datetime, limit: int = 10, only: int | None = None) -> list[Message]:
    """The next messages of all chats that may be sent now."""
    heads, _ = await outbox.ready(conn, now=now, limit=limit, only=only)
    return (await outbox.take_turn(conn, [head.id for head in heads], now=now, only=only)).claimed


def ended(message: Message, state: MessageState = MessageState.SENT, **fields: Any) -> Attempt:
    """As it ends where everything is as it should be, unless something else is said."""
    outcome = fields.pop("outcome", AttemptOutcome(state) if state is MessageState.SENT else AttemptOutcome.NOT_SENT)
    identity = {"message_id": message.id, "chat_id": message.chat_id, "number": message.attempts}
    return Attempt(**{**identity, "state": state, "outcome": outcome, **fields})


async def settle(conn: AsyncConnection, attempts: Sequence[Attempt], *, now: datetime) -> None:
    await outbox.take_turn(conn, now=now, ended=attempts)
