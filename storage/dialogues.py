"""Questions that wait for somebody's answer: what is remembered of a conversation between two updates."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import dialogues

STEP: Final = 500

_PLACE: Final = (dialogues.c.telegram_id, dialogues.c.thread_id, dialogues.c.user_id)


class Place(NamedTuple):
    """Who was asked, and where, by Telegram's ids."""

    telegram_id: int
    thread_id: int
    user_id: int


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Which question is open, if any, and what else is to be known when it goes on; `data` is JSON's."""

    changed_at: datetime
    state: str | None = None
    data: dict[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.state or self.data)


async def load(conn: AsyncConnection, *, since: datetime) -> dict[Place, Dialogue]:
    """All that have changed from this moment on."""
    rows = await conn.execute(select(dialogues).where(dialogues.c.changed_at >= since))
    return {
        Place(row.telegram_id, row.thread_id, row.user_id): Dialogue(row.changed_at, row.state, json.loads(row.data))
        for row in rows
    }


async def save(conn: AsyncConnection, place: Place, one: Dialogue) -> None:
    """As it stands now: where there is nothing to remember, nothing is left."""
    if not one:
        await drop(conn, [place])
        return
    values = {"state": one.state, "data": json.dumps(one.data, ensure_ascii=False), "changed_at": one.changed_at}
    added = insert(dialogues).values(**place._asdict(), **values)
    await conn.execute(added.on_conflict_do_update(index_elements=_PLACE, set_=values))


async def drop(conn: AsyncConnection, places: Collection[Place]) -> None:
    await conn.execute(dialogues.delete().where(tuple_(*_PLACE).in_(places)))


async def drop_old(conn: AsyncConnection, *, before: datetime) -> int:
    """Removes what has not changed since this moment; 0 when nothing is left to remove."""
    rows = await conn.execute(select(*_PLACE).where(dialogues.c.changed_at < before).limit(STEP))
    old = [Place(*row) for row in rows]
    await drop(conn, old)
    return len(old)
