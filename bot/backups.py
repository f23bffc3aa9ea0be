"""The backup tick: a copy of the store into a folder, as often as is asked for; the last seven are kept.

A copy is whole, or it does not bear such a name (`storage.backup`). One that fails is told to the admins once, and
tried again.
"""

import asyncio
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog
from aiogram.utils.i18n import gettext as _

from bot import backup_files
from bot.admins import Announcements
from bot.messages import escape
from storage import backup
from storage.errors import DatabaseError
from storage.turns import PATIENCE_S, WriteLock

KEPT: Final = 7
AGAIN: Final = timedelta(minutes=10)

log = structlog.get_logger()


class Backups:
    """Into `folder`, or not at all where that is None."""

    def __init__(self, store: Path, announcements: Announcements, *, folder: Path | None, every: timedelta) -> None:
        self._store = store
        self._announcements = announcements
        self._folder = folder
        self._every = every
        self._again: datetime | None = None
        self._is_told = False
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Breaks off what is under way."""
        self._stopping.set()

    async def back_up(self, *, now: datetime) -> None:
        """Does nothing until it is time; what was made before a restart counts."""
        if self._folder is None or self._stopping.is_set() or self._is_put_off(now):
            return
        try:
            made = await asyncio.to_thread(backup_files.found, self._folder)
            # A clock that was wrong once must not put the next one off for years.
            if any(now - self._every < backup_files.made_at(one) <= now for one in made):
                return
            saved = await asyncio.to_thread(self._make, self._folder, now)
        except (DatabaseError, OSError) as error:
            self._failed(error, now)
        else:
            log.info("backed up", file=str(saved.path), bytes=saved.size)
            self._again, self._is_told = None, False

    def _is_put_off(self, now: datetime) -> bool:
        """Not by a clock that was wrong either."""
        return self._again is not None and self._again - AGAIN <= now < self._again

    def _make(self, folder: Path, now: datetime) -> backup.Saved:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left in backup_files.unfinished(folder):
            left.unlink(missing_ok=True)
        target = folder / backup_files.name(now)
        lock = WriteLock(self._store, patience_s=PATIENCE_S)
        saved = backup.save(self._store, target, lock=lock, force=True, stop=self._stopping)
        # Those of a clock that was wrong go before any other: by their names none would be older than this one.
        made = sorted(backup_files.found(folder), key=lambda one: (backup_files.made_at(one) <= now, one.name))
        for old in made[:-KEPT]:
            old.unlink(missing_ok=True)
        return saved

    def _failed(self, error: Exception, now: datetime) -> None:
        if self._stopping.is_set():
            return
        log.error("backup failed", error=str(error), again_in_s=AGAIN.total_seconds())
        self._again = now + min(AGAIN, self._every)
        if not self._is_told:
            reason = escape(str(error))
            self._announcements.add(
                lambda: _("⚠ <b>No backup could be made.</b> I try again every few minutes. {reason}").format(
                    reason=reason
                )
            )
            self._is_told = True
