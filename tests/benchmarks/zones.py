"""Every zone of tzdata for ten years: is there one due for each local date and set time, at the right moment?

    python -m tests.benchmarks.zones [ZONE…]

What the moment is, is found out apart from the timetable: minute by minute through UTC where a zone's clock changes, by
the one offset elsewhere.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from itertools import pairwise
from zoneinfo import ZoneInfo

from bot.timetable import Due, Schedule, meetings, parse
from tests.benchmarks.report import line, table

FIRST, LAST = date(2016, 1, 1), date(2026, 1, 1)
# Where clocks change: at midnight, shortly behind it, at two and at three.
SCHEDULE = parse("00:00 00:30 02:30 03:00 23:45")
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def names() -> list[str]:
    """All that the package brings, however old the system's zones are."""
    return resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()


def load(name: str) -> ZoneInfo:
    with resources.files("tzdata.zoneinfo").joinpath(*name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def changes(zone: ZoneInfo, first: date, last: date) -> list[date]:
    """The UTC dates within which the zone's offset changes."""
    days = [first + days * DAY for days in range((last - first).days + 1)]
    return [day for day, following in pairwise(days) if _offset(zone, day) != _offset(zone, following)]


def faults(zone: ZoneInfo, schedule: Schedule, first: date, last: date) -> Iterator[str]:
    """What is wrong with the dues of these local dates, `last` left out."""
    due: dict[tuple[date, str], Due] = {}
    before: datetime | None = None
    for met in meetings(schedule, zone, after=_midnight(first) - 3 * DAY):
        if met[0].at > _midnight(last) + 3 * DAY:
            break
        if before and met[0].at <= before:
            yield f"{zone.key}: {met[0]} is not after {before}"
        before = met[0].at
        for one in met:
            if one.name in due:
                yield f"{zone.key}: {one} is due twice"
            due[one.name] = one
    changing = {day + days * DAY for day in changes(zone, first - 3 * DAY, last + 3 * DAY) for days in range(-2, 4)}
    for days in range((last - first).days):
        day = first + days * DAY
        for slot in schedule.slots:
            named = datetime.combine(day, slot.at)
            expected = _by_minutes(zone, named) if day in changing else _by_offset(zone, named)
            found = due.get((day, f"{slot.at:%H:%M}"))
            if found is None or found.at != expected:
                yield f"{zone.key}: {named} is due at {found}, not at {expected}"


def _by_offset(zone: ZoneInfo, named: datetime) -> datetime:
    offset = named.replace(tzinfo=UTC).astimezone(zone).utcoffset()
    assert offset is not None
    return named.replace(tzinfo=UTC) - offset


def _by_minutes(zone: ZoneInfo, named: datetime) -> datetime:
    """The first minute at which the clock shows it; where it never does, moved forward by what was left out."""
    moment = named.replace(tzinfo=UTC) - timedelta(hours=27)
    shown = _wall(zone, moment)
    for _ in range(54 * 60):
        if shown == named:
            return moment
        following = _wall(zone, moment + MINUTE)
        if shown < named < following:
            return moment + (named - shown)
        moment, shown = moment + MINUTE, following
    raise AssertionError(f"{zone.key} never comes to {named}")


def _wall(zone: ZoneInfo, moment: datetime) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def _offset(zone: ZoneInfo, day: date) -> timedelta | None:
    return _midnight(day).astimezone(zone).utcoffset()


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def main(chosen: Sequence[str]) -> int:
    begun, wrong, days, leaps = time.process_time(), 0, 0, 0
    zones = list(chosen) or names()
    for name in zones:
        zone = load(name)
        days += (LAST - FIRST).days
        leaps += len(changes(zone, FIRST, LAST))
        for fault in faults(zone, SCHEDULE, FIRST, LAST):
            wrong += 1
            line(fault)
    row = {
        "zones": len(zones),
        "zone-days": days,
        "clock changes": leaps,
        "set times": days * len(SCHEDULE.slots),
        "wrong": wrong,
        "seconds": round(time.process_time() - begun),
    }
    table([*row], [f"{number:,}" for number in row.values()])
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
