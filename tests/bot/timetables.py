"""Schedules, zones and moments for the tests of the timetable."""

from datetime import UTC, datetime, time
from importlib import resources
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from bot.timetable import (
    EVERY_DAY,
    HOURS,
    MAX_SLOTS,
    Quiet,
    Schedule,
    Slot,
)

ZONE_NAMES = (
    "Africa/Cairo",  # midnight itself is skipped
    "Africa/Casablanca",  # the clock goes back for Ramadan
    "America/New_York",
    "America/Santiago",  # midnight is skipped and, in autumn, shown twice
    "Antarctica/Troll",  # two hours at once
    "Asia/Almaty",  # one zone since 2024-03-01: 23:00 was shown twice
    "Asia/Baku",
    "Asia/Kathmandu",  # +05:45
    "Australia/Lord_Howe",  # half an hour
    "Europe/Berlin",
    "Europe/Kyiv",
    "Pacific/Apia",  # 2011-12-30 left out
    "UTC",
)
NIGHT = Quiet(time(23), time(7))


def zone(name: str) -> ZoneInfo:
    """From the tzdata package, however old the system's zones are."""
    with resources.files("tzdata.zoneinfo").joinpath(name).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


ZONES = {name: zone(name) for name in ZONE_NAMES}


def at(text: str, weekdays: frozenset[int] = EVERY_DAY) -> Slot:
    return Slot(weekdays, time.fromisoformat(text))


def on(days: set[int], *times: str) -> Schedule:
    return Schedule(tuple(at(text, frozenset(days)) for text in times))


def daily(*times: str, quiet: Quiet | None = None) -> Schedule:
    return Schedule(tuple(at(text) for text in times), quiet=quiet)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


clock_times = st.builds(time, st.integers(0, 23), st.integers(0, 59))
slots = st.builds(Slot, st.frozensets(st.integers(0, 6), min_size=1), clock_times)
quiets = st.tuples(clock_times, clock_times).filter(lambda ends: ends[0] != ends[1]).map(lambda ends: Quiet(*ends))
hourly_too = st.sampled_from([(), tuple(Slot(EVERY_DAY, hour) for hour in HOURS)])
schedules = st.builds(
    lambda some, hours, instant, quiet: Schedule((*some, *hours), instant=instant, quiet=quiet),
    st.lists(slots, max_size=MAX_SLOTS - 24),
    hourly_too,
    st.booleans(),
    st.none() | quiets,
)
zones = st.sampled_from(ZONE_NAMES).map(ZONES.__getitem__)
# Years with a left-out date, zones that changed their minds, and the years that users live in.
moments = st.datetimes(datetime(2011, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants them naive
