"""Schedules and moments to come, told in the chat's language."""

from collections.abc import Iterable
from datetime import datetime, time

from aiogram.utils.i18n import gettext as _
from babel.dates import get_day_names

from bot import render
from bot.render import Reader
from bot.timetable import EVERY_DAY, HOURS, WEEKDAYS, WEEKEND, Schedule


def in_words(schedule: Schedule, *, language: str) -> str:
    """«каждый день в 09:00 и 18:00; тихие часы 23:00–07:00»: in small letters, as the end of a sentence."""
    parts = [_("as soon as something new comes")] if schedule.instant else []
    parts += [_slots(days, times, language=language) for days, times in _by_days(schedule)]
    if schedule.off:
        parts.append(_("switched off"))
    if quiet := schedule.quiet:
        hours = f"{quiet.start:%H:%M}–{quiet.end:%H:%M}"
        parts.append(_("quiet hours {hours}").format(hours=hours))
    return "; ".join(parts)


def next_digest(at: datetime, *, reader: Reader, now: datetime) -> str:
    return _("The next digest: {when}.").format(when=when(at, reader=reader, now=now))


def when(at: datetime, *, reader: Reader, now: datetime) -> str:
    """«завтра в 09:00», «суббота, 6 декабря, 09:00»: a moment to come."""
    days = (at.astimezone(reader.zone).date() - now.astimezone(reader.zone).date()).days
    if days > 1:
        return render.occasion(at, reader=reader, now=now)
    text = _("tomorrow at {time}") if days else _("today at {time}")
    return text.format(time=f"{at.astimezone(reader.zone):%H:%M}")


def _by_days(schedule: Schedule) -> list[tuple[frozenset[int], list[time]]]:
    """The times of each set of days, every day's first."""
    times: dict[frozenset[int], list[time]] = {}
    for slot in schedule.slots:
        times.setdefault(slot.weekdays, []).append(slot.at)
    return sorted(times.items(), key=lambda pair: (pair[0] != EVERY_DAY, sorted(pair[0])))


def _slots(days: frozenset[int], times: list[time], *, language: str) -> str:
    if set(times) == set(HOURS):
        hourly = _("every hour")
        return hourly if days == EVERY_DAY else f"{hourly} ({_day_names(days, language=language)})"
    clock = _joined(f"{at:%H:%M}" for at in times)
    if days == EVERY_DAY:
        return _("every day at {times}").format(times=clock)
    if days == WEEKDAYS:
        return _("on weekdays at {times}").format(times=clock)
    if days == WEEKEND:
        return _("at weekends at {times}").format(times=clock)
    return _("{days} at {times}").format(days=_day_names(days, language=language), times=clock)


def _day_names(days: frozenset[int], *, language: str) -> str:
    names = get_day_names("abbreviated", locale=language)
    return ", ".join(names[day] for day in sorted(days))


def _joined(words: Iterable[str]) -> str:
    *first, last = words
    return _("{first} and {last}").format(first=", ".join(first), last=last) if first else last
