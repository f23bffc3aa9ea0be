"""What holds for a chat: its own choices, and the operator's defaults where it has made none."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Final, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.languages import spoken
from bot.render import Reader
from bot.timetable import EVERY_DAY, Due, Schedule, Slot, meetings, parse
from storage.models import Chat

# A pause without an end.
FOREVER: Final = datetime(9999, 1, 1, tzinfo=UTC)


class Defaults(Protocol):
    """The part of the settings that speaks for a chat that has not said."""

    @property
    def default_language(self) -> str: ...
    @property
    def default_timezone(self) -> str: ...
    @property
    def default_digest_time(self) -> time: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """The language, the time zone and the schedule of a chat, whoever chose them; `answered` is the chat's own."""

    language: str
    zone: ZoneInfo
    schedule: Schedule
    answered: frozenset[tuple[date, str]] = frozenset()
    # Nothing comes of its own accord before; `FOREVER` until it is resumed by hand.
    paused_until: datetime | None = None

    def is_paused(self, now: datetime) -> bool:
        return self.paused_until is not None and self.paused_until > now

    @property
    def reader(self) -> Reader:
        return Reader(language=self.language, zone=self.zone)

    def next_digest(self, *, after: datetime) -> datetime | None:
        """When the next set time is; None where no times are set."""
        return next((due.at for due in self.next_dues(after=after, count=1)), None)

    def next_dues(self, *, after: datetime, count: int) -> tuple[Due, ...]:
        """The next set times that will have a digest: after a pause those from its end on.

        A set time that has had its own may come up again by another clock or other quiet hours: it is passed over.
        """
        if self.paused_until == FOREVER:
            return ()
        if self.paused_until:
            after = max(after, self.paused_until - timedelta(seconds=1))
        # So many hold enough of them: no more than are answered can be passed over.
        met = islice(meetings(self.schedule, self.zone, after=after), count + len(self.answered))
        return tuple(islice((due[0] for one in met if (due := self.unanswered(one))), count))

    def unanswered(self, met: Iterable[Due]) -> tuple[Due, ...]:
        """Those of the set times that have had no digest yet."""
        return tuple(due for due in met if due.name not in self.answered)


def preferences(chat: Chat, defaults: Defaults) -> Preferences:
    daily = Schedule((Slot(EVERY_DAY, defaults.default_digest_time),))
    return Preferences(
        language=spoken(chat.language, chat.telegram_language, defaults.default_language),
        zone=_zone(chat.timezone, default=defaults.default_timezone),
        schedule=daily if chat.schedule is None else parse(chat.schedule),
        answered=chat.answered,
        paused_until=chat.paused_until,
    )


def _zone(name: str | None, *, default: str) -> ZoneInfo:
    """The default also where a name has left the time zone database since it was chosen."""
    try:
        return ZoneInfo(name or default)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(default)
