"""When digests are due: one for each local date and slot, in every zone; quiet hours."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.timetable import (
    Due,
    Quiet,
    Schedule,
    in_quiet,
    next_due,
    parse,
    quiet_ends,
    upcoming,
)
from tests.bot.timetables import (
    NIGHT,
    ZONE_NAMES,
    ZONES,
    daily,
    moments,
    on,
    quiets,
    schedules,
    utc,
    zones,
)


class TestDue:
    def test_due_is_the_set_time_of_the_zone(self) -> None:
        due = next_due(daily("09:00"), "Asia/Baku", after=utc("2025-06-01T00:00"))
        assert due == Due(utc("2025-06-01T05:00"), date(2025, 6, 1), "09:00")

    def test_due_is_strictly_after(self) -> None:
        due = next_due(daily("09:00"), "UTC", after=utc("2025-06-01T09:00"))
        assert due == Due(utc("2025-06-02T09:00"), date(2025, 6, 2), "09:00")

    def test_weekday_is_the_local_one(self) -> None:
        # Sunday evening in UTC is Monday morning in Baku.
        due = next_due(on({0}, "01:00"), ZONES["Asia/Baku"], after=utc("2025-06-01T12:00"))
        assert due == Due(utc("2025-06-01T21:00"), date(2025, 6, 2), "01:00")

    @pytest.mark.parametrize("schedule", [Schedule(), Schedule(instant=True, quiet=NIGHT)])
    def test_nothing_is_due_where_nothing_is_set(self, schedule: Schedule) -> None:
        assert next_due(schedule, "UTC", after=utc("2025-06-01T09:00")) is None
        assert upcoming(schedule, "UTC", after=utc("2025-06-01T09:00"), count=3) == ()

    @pytest.mark.parametrize(
        ("name", "after", "slot", "expected"),
        [
            ("Europe/Berlin", "2025-03-30T00:00", "02:30", "2025-03-30T01:30"),  # 02:30 is skipped: 03:30 summer time
            ("Europe/Berlin", "2025-10-25T12:00", "02:30", "2025-10-26T00:30"),  # the first 02:30, still summer time
            ("Africa/Cairo", "2025-04-24T12:00", "00:30", "2025-04-24T22:30"),  # midnight is skipped: 01:30
            ("America/Santiago", "2024-09-07T12:00", "00:00", "2024-09-08T04:00"),
            ("Australia/Lord_Howe", "2024-10-05T00:00", "02:15", "2024-10-05T15:45"),  # half an hour: 02:45
            ("Asia/Almaty", "2024-02-29T12:00", "23:00", "2024-02-29T17:00"),  # the first 23:00, at +06:00
        ],
    )
    def test_clock_changes_neither_skip_nor_double(self, name: str, after: str, slot: str, expected: str) -> None:
        due, following = upcoming(daily(slot), ZONES[name], after=utc(after), count=2)
        assert due.at == utc(expected)
        assert following.local_date - due.local_date == timedelta(days=1)

    def test_times_moved_to_one_instant_are_one_due_named_by_the_earliest(self) -> None:
        dues = upcoming(
            daily("02:00", "02:30", "03:00"), ZONES["Europe/Berlin"], after=utc("2025-03-30T00:00"), count=2
        )
        assert [(due.at, due.slot) for due in dues] == [
            (utc("2025-03-30T01:00"), "02:00"),
            (utc("2025-03-30T01:30"), "02:30"),
        ]

    def test_times_of_a_left_out_date_meet_those_of_the_next(self) -> None:
        dues = upcoming(daily("09:00"), ZONES["Pacific/Apia"], after=utc("2011-12-29T00:00"), count=3)
        assert dues == (
            Due(utc("2011-12-29T19:00"), date(2011, 12, 29), "09:00"),
            Due(utc("2011-12-30T19:00"), date(2011, 12, 30), "09:00"),  # which is 09:00 of the 31st
            Due(utc("2011-12-31T19:00"), date(2012, 1, 1), "09:00"),
        )

    def test_a_weekday_of_a_left_out_date_is_told_the_day_after(self) -> None:
        due = next_due(on({4}, "09:00"), ZONES["Pacific/Apia"], after=utc("2011-12-24T00:00"))
        assert due == Due(utc("2011-12-30T19:00"), date(2011, 12, 30), "09:00")

    @pytest.mark.parametrize("name", ZONE_NAMES)
    @pytest.mark.parametrize("year", [2011, 2024, 2025])
    @pytest.mark.parametrize("text", ["hourly", "00:00 00:30 02:15 23:45", "mon-fri 02:30, sun 01:00"])
    def test_a_year_fires_once_for_each_date_and_slot(self, name: str, year: int, text: str) -> None:
        schedule, local = parse(text), ZONES[name]
        first, last = date(year, 1, 1), date(year, 12, 31)
        named = [
            (datetime.combine(day, slot.at), slot.at)
            for day in (first + timedelta(days=days) for days in range((last - first).days + 1))
            for slot in schedule.slots
            if day.weekday() in slot.weekdays
        ]
        dues = upcoming(schedule, local, after=utc(f"{year - 1}-12-30T00:00"), count=len(named) + 96)
        fired = Counter((due.local_date, due.slot) for due in dues)
        walls = {due.at.astimezone(local).replace(tzinfo=None) for due in dues}

        assert max(fired.values()) == 1
        assert all(earlier.at < later.at for earlier, later in pairwise(dues))
        for wall, slot in named:
            if (wall.date(), f"{slot:%H:%M}") not in fired:
                # It met an earlier time, which the clock change moved here.
                assert wall in walls
                assert wall - timedelta(days=1) <= last_skipped(wall, local) < wall
        for due in dues:
            assert_moved_only_where_skipped(due, local)

    @given(
        schedules.filter(lambda schedule: schedule.slots),
        zones,
        moments,
        st.timedeltas(timedelta(0), timedelta(days=9)),
    )
    def test_what_is_due_does_not_depend_on_where_one_starts(
        self, schedule: Schedule, local: ZoneInfo, start: datetime, ahead: timedelta
    ) -> None:
        later = start + ahead
        count = 10 * len(schedule.slots) + 3
        expected = next(due for due in upcoming(schedule, local, after=start, count=2 * count) if due.at > later)
        assert next_due(schedule, local, after=later) == expected

    @given(schedules.filter(lambda schedule: schedule.slots), zones, moments)
    def test_dues_follow_strictly_after_in_order_and_within_eleven_days(
        self, schedule: Schedule, local: ZoneInfo, start: datetime
    ) -> None:
        dues = upcoming(schedule, local, after=start, count=5)
        assert start < dues[0].at < start + timedelta(days=11)
        assert all(earlier.at < later.at for earlier, later in pairwise(dues))
        assert not any(in_quiet(schedule, local, due.at) for due in dues)


def last_skipped(wall: datetime, local: ZoneInfo) -> datetime:
    """The last clock time before, to the minute, that the zone never showed."""
    return next(
        wall - timedelta(minutes=back)
        for back in range(1, 1441 * 2)
        if not is_shown(wall - timedelta(minutes=back), local)
    )


def is_shown(wall: datetime, local: ZoneInfo) -> bool:
    return wall.replace(tzinfo=local).astimezone(UTC).astimezone(local).replace(tzinfo=None) == wall


def assert_moved_only_where_skipped(due: Due, local: ZoneInfo) -> None:
    set_for = datetime.combine(due.local_date, time.fromisoformat(due.slot))
    shown = due.at.astimezone(local)
    if is_shown(set_for, local):
        assert shown.replace(tzinfo=None) == set_for
        assert shown.fold == 0
    else:
        assert timedelta(0) < shown.replace(tzinfo=None) - set_for <= timedelta(days=1)


class TestQuiet:
    @pytest.mark.parametrize(
        ("now", "ends"),
        [
            ("2025-06-01T22:59", None),
            ("2025-06-01T23:00", "2025-06-02T07:00"),
            ("2025-06-02T00:00", "2025-06-02T07:00"),
            ("2025-06-02T06:59", "2025-06-02T07:00"),
            ("2025-06-02T07:00", None),
            ("2025-06-02T12:00", None),
        ],
    )
    def test_a_night_begins_at_its_start_and_is_over_at_its_end(self, now: str, ends: str | None) -> None:
        schedule = Schedule(instant=True, quiet=NIGHT)
        assert quiet_ends(schedule, "UTC", utc(now)) == (utc(ends) if ends else None)
        assert in_quiet(schedule, "UTC", utc(now)) is (ends is not None)

    def test_there_are_no_quiet_hours_where_none_are_set(self) -> None:
        assert quiet_ends(daily("09:00"), "UTC", utc("2025-06-01T03:00")) is None

    def test_quiet_hours_may_lie_within_a_day(self) -> None:
        siesta = Schedule(quiet=Quiet(time(13), time(15)))
        assert quiet_ends(siesta, ZONES["Europe/Berlin"], utc("2025-06-01T12:00")) == utc("2025-06-01T13:00")
        assert not in_quiet(siesta, ZONES["Europe/Berlin"], utc("2025-06-01T13:00"))

    def test_what_falls_due_in_them_comes_at_their_end_as_one(self) -> None:
        schedule = daily("22:00", "23:30", "03:00", "07:00", "08:00", quiet=NIGHT)
        dues = upcoming(schedule, "UTC", after=utc("2025-06-01T21:00"), count=4)
        assert dues == (
            Due(utc("2025-06-01T22:00"), date(2025, 6, 1), "22:00"),
            Due(utc("2025-06-02T07:00"), date(2025, 6, 1), "23:30"),
            Due(utc("2025-06-02T08:00"), date(2025, 6, 2), "08:00"),
            Due(utc("2025-06-02T22:00"), date(2025, 6, 2), "22:00"),
        )

    def test_what_was_put_off_is_still_ahead_during_the_quiet_hours(self) -> None:
        due = next_due(daily("23:30", quiet=NIGHT), "UTC", after=utc("2025-06-02T03:00"))
        assert due == Due(utc("2025-06-02T07:00"), date(2025, 6, 1), "23:30")

    def test_an_end_that_is_skipped_moves_forward(self) -> None:
        schedule = daily("01:00", quiet=Quiet(time(0), time(2, 30)))
        due = next_due(schedule, ZONES["Europe/Berlin"], after=utc("2025-03-29T12:00"))
        assert due == Due(utc("2025-03-30T01:30"), date(2025, 3, 30), "01:00")

    def test_an_end_that_is_shown_twice_is_the_first(self) -> None:
        schedule = Schedule(instant=True, quiet=Quiet(time(23), time(2, 30)))
        berlin = ZONES["Europe/Berlin"]
        assert quiet_ends(schedule, berlin, utc("2025-10-26T00:15")) == utc("2025-10-26T00:30")
        assert not in_quiet(schedule, berlin, utc("2025-10-26T01:15"))  # 02:15 for the second time

    @given(quiets, zones, moments)
    def test_quiet_hours_end_within_a_day_and_do_not_begin_again_at_once(
        self, quiet: Quiet, local: ZoneInfo, now: datetime
    ) -> None:
        schedule = Schedule(instant=True, quiet=quiet)
        ends = quiet_ends(schedule, local, now)
        if ends is not None:
            assert now < ends < now + timedelta(days=2)
            assert not in_quiet(schedule, local, ends)
