"""One due for each local date and set time where clocks change, in zones of every kind.

All zones on all days: `python -m tests.benchmarks.zones`.
"""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.timetable import meetings
from tests.benchmarks.zones import FIRST, LAST, SCHEDULE, changes, faults, load, names
from tests.bot.timetables import ZONE_NAMES

# Every twentieth of the list, and those that are known to be special.
SAMPLE = sorted({*names()[::20], *ZONE_NAMES})


@pytest.mark.parametrize("name", SAMPLE)
def test_each_set_time_is_due_once_and_in_order_around_every_change_of_the_clock(name: str) -> None:
    zone = load(name)
    for day in changes(zone, FIRST, LAST)[-6:]:
        assert list(faults(zone, SCHEDULE, day - timedelta(days=2), day + timedelta(days=3))) == []


def test_a_date_that_is_left_out_is_due_on_the_day_after() -> None:
    assert list(faults(load("Pacific/Apia"), SCHEDULE, date(2011, 12, 28), date(2012, 1, 2))) == []


def test_a_change_of_rules_that_moves_no_clock_moves_no_set_time() -> None:
    assert list(faults(load("America/Nuuk"), SCHEDULE, date(2023, 10, 27), date(2023, 10, 31))) == []


def test_a_timetable_by_another_zones_clock_would_be_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    shifted: ZoneInfo = load("Europe/Moscow")
    monkeypatch.setattr(
        "tests.benchmarks.zones.meetings",
        lambda schedule, _zone, *, after: meetings(schedule, shifted, after=after),
    )
    assert len(list(faults(load("Asia/Almaty"), SCHEDULE, date(2025, 1, 1), date(2025, 1, 3)))) == 10
