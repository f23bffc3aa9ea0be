"""What Telegram has brought, so that each update is handled once, over restarts too.

received ──▶ a row with its payload ──▶ handled: the payload is emptied ──▶ days later the row goes
                       │
                       └── found at the start: begun again, TRIES times in all

A bot's updates are numbered by themselves, hence `bot_id`.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import updates

# Begun so often, an update is what ends the process.
TRIES: Final = 3
# Rows that one step of the housekeeping removes; values that one statement holds.
STEP: Final = 500

_NEW: Final = insert(updates).on_conflict_do_nothing()


@dataclass(frozen=True, slots=True)
class Received:
    """An update as Telegram wrote it; without a payload it has been handled."""

    update_id: int
    payload: str | None


@dataclass(frozen=True, slots=True)
class Begun:
    """What a start finds unhandled: begun again, oldest first, and what was begun too often."""

    again: tuple[Received, ...]
    let_go: tuple[int, ...]


async def receive(conn: AsyncConnection, bot_id: int, received: Iterable[Received], *, now: datetime) -> None:
    """Stores those that are not known, as begun."""
    columns = {"bot_id": bot_id, "received_at": now, "tries": 1}
    if rows := [columns | {"update_id": one.update_id, "payload": one.payload} for one in received]:
        await conn.execute(_NEW, rows)


async def handled(conn: AsyncConnection, bot_id: int, update_ids: Collection[int]) -> None:
    """Empties their payloads: they hold what people wrote."""
    ids = list(update_ids)
    for begin in range(0, len(ids), STEP):
        these = updates.c.update_id.in_(ids[begin : begin + STEP])
        await conn.execute(updates.update().where(updates.c.bot_id == bot_id, these).values(payload=None))


async def known(conn: AsyncConnection, bot_id: int, update_ids: Collection[int]) -> set[int]:
    """Which of these stand here; a hundred are asked for at the most, as many as one poll brings."""
    asked = select(updates.c.update_id).where(updates.c.bot_id == bot_id, updates.c.update_id.in_(update_ids))
    return set((await conn.execute(asked)).scalars())


async def newest(conn: AsyncConnection, bot_id: int) -> int:
    """The greatest id there is; -1 where there is none."""
    found = (await conn.execute(select(func.max(updates.c.update_id)).where(updates.c.bot_id == bot_id))).scalar_one()
    return -1 if found is None else int(found)


async def begin_again(conn: AsyncConnection, bot_id: int) -> Begun:
    """Counts one more try for what is unhandled; what was begun too often counts as handled from here on."""
    # The sum keeps SQLite from reading through all that a bot has handled.
    unhandled = (updates.c.payload.is_not(None), updates.c.bot_id + 0 == bot_id)
    rows = (await conn.execute(select(updates).where(*unhandled).order_by(updates.c.update_id))).all()
    again = tuple(Received(row.update_id, row.payload) for row in rows if row.tries < TRIES)
    let_go = tuple(row.update_id for row in rows if row.tries >= TRIES)
    await handled(conn, bot_id, let_go)
    await conn.execute(updates.update().where(*unhandled).values(tries=updates.c.tries + 1))
    return Begun(again, let_go)


async def drop_old(conn: AsyncConnection, *, before: datetime) -> int:
    """Removes what was received before this moment; 0 when nothing is left to remove."""
    old = select(updates.c.bot_id, updates.c.update_id).where(updates.c.received_at < before).limit(STEP)
    rows = (await conn.execute(old)).all()
    for bot_id in {row.bot_id for row in rows}:
        ids = [row.update_id for row in rows if row.bot_id == bot_id]
        await conn.execute(updates.delete().where(updates.c.bot_id == bot_id, updates.c.update_id.in_(ids)))
    return len(rows)
