"""Due times, and those of messages that wait, put right at a start, and after the clock was set back.

chats, one of all that are alike ──retimed, off the loop──▶ new due times ──▶ all that are still alike
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

import structlog

from bot.dues import retimed
from bot.preferences import Defaults, preferences
from bot.timetable import ScheduleError
from storage import chats, outbox
from storage.database import Database
from storage.models import Chat

log = structlog.get_logger()


async def retime(db: Database, defaults: Defaults, *, now: datetime, only: int | None = None) -> None:
    """What was computed by another time zone database, by other defaults of the operator or by a wrong clock."""
    async with db.read() as conn:
        kept = await chats.timed(conn, only=only)
        ahead = await outbox.ahead(conn, now=now)
    if ahead:
        async with db.write() as conn:
            await outbox.hasten(conn, ahead, now=now)
        log.info("messages of a wrong clock are sent now", messages=len(ahead))
    moved = await asyncio.to_thread(_moved, kept, defaults, now)
    if not moved:
        return
    async with db.write() as conn:
        count = await chats.retime(conn, moved)
    log.info("digests moved to other times", chats=count)


def _moved(kept: Sequence[Chat], defaults: Defaults, now: datetime) -> list[tuple[Chat, datetime | None]]:
    moved = []
    for chat in kept:
        assert chat.next_due_at is not None
        # What can't be read any more is found, and told, when it is due.
        with suppress(ScheduleError):
            at = retimed(preferences(chat, defaults), chat.next_due_at, now=now)
            moved += [(chat, at)] if at != chat.next_due_at else []
    return moved
