"""What nobody foresaw: each kind is told to the admins at most once an hour, with how often it has happened since.

    a handler, a tick ──note──▶ counted ──▶ announced (`bot.admins`), in a line without a word of anybody's

The log has the place where it happened.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from bot.admins import Announcements
from bot.messages import escape

QUIET: Final = timedelta(hours=1)
# Kinds are few: where and of which class. More would be somebody's doing.
MOST_KINDS: Final = 100


class Troubles:
    def __init__(self, announcements: Announcements, *, clock: Callable[[], datetime]) -> None:
        self._announcements = announcements
        self._clock = clock
        self._since: Counter[str] = Counter()
        self._told: dict[str, datetime] = {}

    def note(self, where: str, error: Exception) -> None:
        kind, now = f"{where}: {type(error).__name__}", self._clock()
        if kind not in self._told and len(self._told) >= MOST_KINDS:
            return
        self._since[kind] += 1
        told = self._told.get(kind)
        if told and now - told < QUIET:
            return
        self._told[kind] = now
        count = self._since.pop(kind)
        self._announcements.add(partial(_again, kind, count) if told else partial(_sentence, kind))


def _sentence(kind: str) -> str:
    return _("⚠ An error in the bot: {kind}. The log says more.").format(kind=_shown(kind))


def _again(kind: str, count: int) -> str:
    text = ngettext(
        "⚠ An error in the bot: {kind}, {count} time since I told you last. The log says more.",
        "⚠ An error in the bot: {kind}, {count} times since I told you last. The log says more.",
        count,
    )
    return text.format(kind=_shown(kind), count=count)


def _shown(kind: str) -> str:
    return f"<code>{escape(kind)}</code>"
