from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from importlib import resources
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.timetable import (
    EVERY_DAY,
    HOURS,
    MAX_SLOTS,
    WEEKDAYS,
    WEEKEND,
    Due,
    Quiet,
    Schedule,
    ScheduleError,
    Slot,
    in_quiet,
    next_due,
    parse,
    quiet_ends,
    upcoming,
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
VOCABULARY = (
    *("9:00", "9-30", "25", "2", "99999", "am", "вечера", "час", "часов", "пн", "ср-пт", "fri–mon", "будни", "каждый"),
    *("каждые", "every", "с", "по", "до", "to", "and", "-", "—", ",", "тихо", "quiet", "off", "сразу", "завтра", "Ё"),
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


class TestWords:
    @pytest.mark.parametrize(
        ("text", "meant"),
        [
            ("09:00", daily("09:00")),
            ("9:00 18:30", daily("09:00", "18:30")),
            ("18:30 9:00", daily("09:00", "18:30")),
            ("9:00, 18:30 и 21", daily("09:00", "18:30", "21:00")),
            ("9:00 9:00", daily("09:00")),
            ("9", daily("09:00")),
            ("в 9", daily("09:00")),
            ("at 9", daily("09:00")),
            ("9.30", daily("09:30")),
            ("в 9.", daily("09:00")),
            ("в 9-00", daily("09:00")),
            ("18-30", daily("18:30")),
            ("9 часов", daily("09:00")),
            ("9am", daily("09:00")),
            ("6:30 pm", daily("18:30")),
            ("6:30 P.M.", daily("18:30")),
            ("12 am, 12 pm", daily("00:00", "12:00")),
            ("8 утра и 6 вечера", daily("08:00", "18:00")),
            ("2 часа дня", daily("14:00")),
            ("2 ночи, 11 ночи, 12 ночи", daily("00:00", "02:00", "23:00")),
            ("18:30 вечера", daily("18:30")),
            ("полдень и полночь", daily("12:00", "00:00")),
            ("noon, midnight", daily("12:00", "00:00")),
            ("каждый день в 9", daily("09:00")),
            ("ежедневно 9:00", daily("09:00")),
            ("every day at 9:00", daily("09:00")),
            ("daily 9:00", daily("09:00")),
        ],
    )
    def test_times_without_days_are_every_days(self, text: str, meant: Schedule) -> None:
        assert parse(text) == meant

    @pytest.mark.parametrize(
        ("text", "meant"),
        [
            ("будни 8:30", on({0, 1, 2, 3, 4}, "08:30")),
            ("по будням в 8:30", on({0, 1, 2, 3, 4}, "08:30")),
            ("в будние дни в 9", on({0, 1, 2, 3, 4}, "09:00")),
            ("каждый рабочий день 9:00", on({0, 1, 2, 3, 4}, "09:00")),
            ("weekdays 8:30", on({0, 1, 2, 3, 4}, "08:30")),
            ("every weekday at 8:30", on({0, 1, 2, 3, 4}, "08:30")),
            ("weekends 10:00", on({5, 6}, "10:00")),
            ("выходные 10:00", on({5, 6}, "10:00")),
            ("по выходным дням в 10", on({5, 6}, "10:00")),
            ("пн 10:00", on({0}, "10:00")),
            ("понедельник 10:00", on({0}, "10:00")),
            ("по понедельникам в 10", on({0}, "10:00")),
            ("каждую среду в 10", on({2}, "10:00")),
            ("monday 10:00", on({0}, "10:00")),
            ("on Mondays at 10am", on({0}, "10:00")),
            ("MON 10:00", on({0}, "10:00")),
            ("вт чт 9:00", on({1, 3}, "09:00")),
            ("tue, thurs 9:00", on({1, 3}, "09:00")),
            ("пн ср пт 10:00", on({0, 2, 4}, "10:00")),
            ("по вторникам и субботам в 10", on({1, 5}, "10:00")),
            ("по понедельникам по средам в 10", on({0, 2}, "10:00")),
            ("пн-пт 9:00", on({0, 1, 2, 3, 4}, "09:00")),
            ("ПН—ПТ 9:00", on({0, 1, 2, 3, 4}, "09:00")),
            ("с понедельника по пятницу в 9", on({0, 1, 2, 3, 4}, "09:00")),
            ("from Monday to Friday at 9", on({0, 1, 2, 3, 4}, "09:00")),
            ("пт-пн 9:00", on({4, 5, 6, 0}, "09:00")),
            ("вс: 9:00 / 18:00", on({6}, "09:00", "18:00")),
            ("9:00 по будням", on({0, 1, 2, 3, 4}, "09:00")),
            ("в 9 и в 18 по пятницам", on({4}, "09:00", "18:00")),
            ("будни 8:30, сб 10", Schedule((at("08:30", WEEKDAYS), at("10:00", frozenset({5}))))),
            ("9:00, сб 10:00", Schedule((at("09:00"), at("10:00", frozenset({5}))))),
            ("9:00 mon 10:00 tue", Schedule((at("09:00", frozenset({0})), at("10:00", frozenset({1}))))),
            ("- пн — 10:00\n- ср — 12:00", Schedule((at("10:00", frozenset({0})), at("12:00", frozenset({2}))))),
            ("будни 9:00, выходные 9:00", daily("09:00")),
        ],
    )
    def test_times_belong_to_the_days_beside_them(self, text: str, meant: Schedule) -> None:
        assert parse(text) == meant

    @pytest.mark.parametrize("text", ["каждый час", "hourly", "every hour", "ежечасно", "раз в час", "Каждый  Час"])
    def test_every_hour_is_24_times(self, text: str) -> None:
        assert parse(text) == Schedule(tuple(Slot(EVERY_DAY, hour) for hour in HOURS))

    def test_every_few_hours_counts_from_midnight(self) -> None:
        assert parse("каждые 6 часов") == parse("every 6 hours") == daily("00:00", "06:00", "12:00", "18:00")

    def test_days_may_have_every_hour(self) -> None:
        assert parse("будни каждый час") == Schedule(tuple(Slot(WEEKDAYS, hour) for hour in HOURS))

    @pytest.mark.parametrize("text", ["сразу", "instant", "now", "Instantly"])
    def test_at_once_has_no_times(self, text: str) -> None:
        assert parse(text) == Schedule(instant=True)

    def test_at_once_goes_together_with_a_digest(self) -> None:
        assert parse("сразу, 9:00") == Schedule((at("09:00"),), instant=True)

    @pytest.mark.parametrize("text", ["off", "выкл", "Выключить", "никогда", "never"])
    def test_off_is_a_schedule_without_anything(self, text: str) -> None:
        assert parse(text) == Schedule()
        assert parse(text).off

    @pytest.mark.parametrize(
        ("text", "quiet"),
        [
            ("quiet 23:00-07:00", NIGHT),
            ("тихо 23:00–07:00", NIGHT),
            ("тихо с 23 до 7", NIGHT),
            ("Quiet hours from 11pm to 7am", NIGHT),
            ("тихие часы: 23 - 7", NIGHT),
            ("не беспокоить с 23:00 по 07:00", NIGHT),
            ("quiet 13-14:30", Quiet(time(13), time(14, 30))),
            ("quiet 22:00-24:00", Quiet(time(22), time(0))),
            ("quiet 22-00", Quiet(time(22), time(0))),
            ("quiet off", None),
            ("тихо выкл", None),
        ],
    )
    def test_quiet_hours_alone_change_nothing_else(self, text: str, quiet: Quiet | None) -> None:
        kept = Schedule((at("09:00"),), instant=True, quiet=Quiet(time(1), time(2)))
        assert parse(text, keep=kept) == Schedule(kept.slots, instant=True, quiet=quiet)

    @pytest.mark.parametrize("text", ["10:00", "сразу", "off"])
    def test_everything_else_keeps_the_quiet_hours(self, text: str) -> None:
        assert parse(text, keep=daily("09:00", quiet=NIGHT)) == Schedule(
            parse(text).slots, instant=parse(text).instant, quiet=NIGHT
        )

    def test_times_and_quiet_hours_can_be_said_together(self) -> None:
        assert parse("9:00, quiet 23-7", keep=daily("10:00")) == daily("09:00", quiet=NIGHT)

    @pytest.mark.parametrize(
        ("text", "code", "where", "fragment"),
        [
            ("", "empty", 0, ""),
            ("  ,", "empty", 0, ""),
            ("в", "empty", 0, ""),
            ("25:00", "bad_time", 0, "25:00"),
            ("9:00 9:60", "bad_time", 5, "9:60"),
            ("9:5", "bad_time", 0, "9:5"),
            ("9:00:00", "bad_time", 0, "9:00:00"),
            ("24:00", "bad_time", 0, "24:00"),
            ("в 123", "bad_time", 2, "123"),
            ("13 am", "bad_time", 0, "13 am"),
            ("0 pm", "bad_time", 0, "0 pm"),
            ("every 24 hours", "bad_time", 6, "24"),
            ("будни", "no_time", 0, "будни"),
            ("пн 9:00 вт", "no_time", 8, "вт"),
            ("пн сразу", "no_time", 0, "пн"),
            ("завтра в 9", "unknown", 0, "завтра"),
            ("9:00 Ещё", "unknown", 5, "Ещё"),
            ("9:00 😀", "unknown", 5, "😀"),
            ("9:00x", "unknown", 0, "9:00x"),
            ("каждые 2 дня", "unknown", 0, "каждые"),
            ("9:00–18:00", "range", 0, "9:00–18:00"),
            ("с 9 до 18", "range", 0, "с 9 до 18"),
            ("off 9:00", "conflict", 4, "9:00"),
            ("9:00 off", "conflict", 5, "off"),
            ("quiet 1-2 quiet off", "conflict", 10, "quiet off"),
            ("тихо", "quiet_incomplete", 0, "тихо"),
            ("quiet 23:00", "quiet_incomplete", 0, "quiet"),
            ("quiet 23-25", "bad_time", 9, "25"),
            ("quiet 7—7:00", "quiet_equal", 6, "7—7:00"),
        ],
    )
    def test_what_cannot_be_read_says_what_and_where(self, text: str, code: str, where: int, fragment: str) -> None:
        with pytest.raises(ScheduleError) as caught:
            parse(text)
        assert (caught.value.code, caught.value.at, caught.value.fragment) == (code, where, fragment)

    def test_more_times_than_every_half_hour_are_refused_where_they_begin(self) -> None:
        half_hours = " ".join(f"{hour}:{minute:02}" for hour in range(24) for minute in (0, 30))
        assert len(parse(half_hours).slots) == MAX_SLOTS
        with pytest.raises(ScheduleError) as caught:
            parse(f"{half_hours} 9:15 9:45")
        assert (caught.value.code, caught.value.at, caught.value.fragment) == ("too_many", len(half_hours) + 1, "9:15")

    @pytest.mark.parametrize(
        ("schedule", "text"),
        [
            (Schedule(), "off"),
            (Schedule(quiet=NIGHT), "off, quiet 23:00-07:00"),
            (Schedule(instant=True), "instant"),
            (daily("18:30", "09:00"), "09:00 18:30"),
            (on({0, 1, 2, 3, 4}, "08:30"), "mon-fri 08:30"),
            (on({0, 2, 3, 4, 6}, "08:30"), "mon,wed-fri,sun 08:30"),
            (Schedule((at("10:00", WEEKEND), at("12:00"))), "12:00, sat,sun 10:00"),
            (parse("каждый час, пн 9:30"), "hourly, mon 09:30"),
        ],
    )
    def test_stored_form_is_short(self, schedule: Schedule, text: str) -> None:
        assert str(schedule) == text

    @given(schedules)
    def test_stored_form_is_read_back(self, schedule: Schedule) -> None:
        assert parse(str(schedule)) == schedule

    @given(st.text() | st.lists(st.sampled_from(VOCABULARY)).map(" ".join))
    def test_no_text_does_worse_than_a_schedule_error(self, text: str) -> None:
        read = schedule_or_error(text)
        if isinstance(read, ScheduleError):
            assert text[read.at : read.at + len(read.fragment)] == read.fragment
        else:
            assert parse(str(read)) == read


def schedule_or_error(text: str) -> Schedule | ScheduleError:
    try:
        return parse(text)
    except ScheduleError as error:
        return error


class TestValues:
    def test_slots_of_one_time_are_one_slot_and_times_are_in_order(self) -> None:
        schedule = Schedule((at("10:00", WEEKEND), at("09:00"), at("10:00", WEEKDAYS)))
        assert schedule == daily("09:00", "10:00")
        assert [slot.at for slot in schedule.slots] == [time(9), time(10)]

    @pytest.mark.parametrize(
        ("weekdays", "when"),
        [
            (frozenset[int](), time(9)),
            (frozenset({7}), time(9)),
            (EVERY_DAY, time(9, 0, 1)),
            (EVERY_DAY, time(9, tzinfo=UTC)),
        ],
    )
    def test_a_slot_has_days_and_a_plain_clock_time(self, weekdays: frozenset[int], when: time) -> None:
        with pytest.raises(ValueError, match="not a slot"):
            Slot(weekdays, when)

    def test_quiet_hours_have_two_ends(self) -> None:
        with pytest.raises(ValueError, match="not quiet hours"):
            Quiet(time(7), time(7))

    def test_a_schedule_has_at_most_48_slots(self) -> None:
        with pytest.raises(ValueError, match="49 slots"):
            Schedule(tuple(Slot(EVERY_DAY, time(9, minute)) for minute in range(MAX_SLOTS + 1)))


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
