"""The watch tick: a disk that takes nothing more is told to the admins once, and once that it takes things again.

    a write fails ──▶ the store remembers it ──▶ told ──▶ a probe each turn ──▶ told that it is over

Meanwhile searches are answered from what there is, and whatever could not be written is tried again by its own tick.
"""

import asyncio
import os
from pathlib import Path
from typing import Final

import structlog
from aiogram.utils.i18n import gettext as _
from sqlalchemy import text

from bot.admins import Announcements
from storage import private
from storage.database import Database
from storage.errors import DatabaseError

# As much as a batch of articles takes, with its log: the next one must not fail again.
ROOM: Final = 8 << 20
_CHUNK: Final = 1 << 20

log = structlog.get_logger()


class Watch:
    def __init__(self, db: Database, announcements: Announcements, *, room: int = ROOM) -> None:
        self._db = db
        self._announcements = announcements
        self._room = room
        self._is_told = False

    async def look(self) -> None:
        if self._db.refused and not self._is_told:
            log.error("the disk takes nothing more", error=str(self._db.refused))
            self._announcements.add(_full)
            self._is_told = True
        elif self._is_told and await self._takes_things():
            log.info("the disk takes things again")
            self._announcements.add(_over)
            self._db.refused, self._is_told = None, False
        await self._announcements.tell()

    async def _takes_things(self) -> bool:
        """Whether there is room to speak of beside the store, and the store itself can be written to."""
        try:
            await asyncio.to_thread(_fill, self._db.path.with_name(f"{self._db.path.name}.probe"), self._room)
            async with self._db.write() as conn:
                await conn.execute(text("UPDATE alembic_version SET version_num = version_num"))
        except (OSError, DatabaseError):
            return False
        return True


def _fill(probe: Path, size: int) -> None:
    """Writes so much and takes it away; raises OSError."""
    try:
        private.make(probe)
        with probe.open("wb") as file:
            for _turn in range(size // _CHUNK):
                file.write(bytes(_CHUNK))
            file.flush()
            os.fsync(file.fileno())
    finally:
        probe.unlink(missing_ok=True)


def _full() -> str:
    return _(
        "⚠ <b>The disk takes nothing more.</b> I still answer searches, but nothing new is stored, and digests wait. "
        "As soon as there is room I go on by myself; nothing that was stored is lost."
    )


def _over() -> str:
    return _("✅ <b>The disk takes things again.</b> What waited is on its way.")
