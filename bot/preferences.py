"""What holds for a chat: its own choices, and the operator's defaults where it has made none."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.languages import spoken
from bot.render import Reader
from bot.timetable import EVERY_DAY, Due, Schedule, Slot, parse, upcoming
from storage.models import Chat


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

    @property
    def reader(self) -> Reader:
        return Reader(language=self.language, zone=self.zone)

    def next_digest(self, *, after: datetime) -> datetime | None:
        """When the next set time is; None where no times are set."""
        return next((due.at for due in self.next_dues(after=after, count=1)), None)

    def next_dues(self, *, after: datetime, count: int) -> tuple[Due, ...]:
        """The next set times that will have a digest.

        A set time that has had its own may come up again by another clock or other quiet hours: it is passed over.
        """
        dues = upcoming(self.schedule, self.zone, after=after, count=count + len(self.answered))
        return tuple(due for due in dues if (due.local_date, due.slot) not in self.answered)[:count]


def preferences(chat: Chat, defaults: Defaults) -> Preferences:
    daily = Schedule((Slot(EVERY_DAY, defaults.default_digest_time),))
    return Preferences(
        language=spoken(chat.language, chat.telegram_language, defaults.default_language),
        zone=_zone(chat.timezone, default=defaults.default_timezone),
        schedule=daily if chat.schedule is None else parse(chat.schedule),
        answered=chat.answered,
    )


def _zone(name: str | None, *, default: str) -> ZoneInfo:
    """The default also where a name has left the time zone database since it was chosen."""
    try:
        return ZoneInfo(name or default)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(default)
