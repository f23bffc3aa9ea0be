"""What people write for a schedule, and what is stored of it."""

from datetime import UTC, time

import pytest
from babel.dates import get_day_names
from hypothesis import given
from hypothesis import strategies as st

from bot.timetable import (
    EVERY_DAY,
    HOURS,
    MAX_SLOTS,
    WEEKDAYS,
    WEEKEND,
    Quiet,
    Schedule,
    ScheduleError,
    Slot,
    parse,
)
from tests.bot.timetables import NIGHT, at, daily, on, schedules

VOCABULARY = (
    *("9:00", "9-30", "25", "2", "99999", "am", "вечера", "час", "часов", "пн", "ср-пт", "fri–mon", "будни", "каждый"),
    *("каждые", "every", "с", "по", "до", "to", "and", "-", "—", ",", "тихо", "quiet", "off", "сразу", "завтра", "Ё"),
)


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

    @pytest.mark.parametrize("language", ["ru", "en", "kk", "az"])
    def test_days_are_understood_as_the_bot_writes_them(self, language: str) -> None:
        names = get_day_names("abbreviated", locale=language)
        assert [parse(f"{names[day]} 10:00") for day in range(7)] == [on({day}, "10:00") for day in range(7)]

    @pytest.mark.parametrize(
        ("text", "days"),
        [
            ("be 10:00", {0}),
            ("b.e. 10:00", {0}),
            ("B. ertəsi 10:00", {0}),
            ("ÇA 10:00", {1}),
            ("ç.axşamı 10:00", {1}),
            ("ca 10:00", {3}),
            ("C. axşamı 10:00", {3}),
            ("B.E., C.A. 10:00", {0, 3}),
            ("b.e.-c. 10:00", {0, 1, 2, 3, 4}),
            ("cüm 10:00", {4}),
            ("дүй жек 10:00", {0, 6}),
            ("mo-fr 10:00", {0, 1, 2, 3, 4}),
            ("чет и суб в 10", {3, 5}),
        ],
    )
    def test_days_may_be_named_by_few_letters(self, text: str, days: set[int]) -> None:
        assert parse(text) == on(days, "10:00")

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
            ("каждые 2 дня", "interval", 0, "каждые 2 дня"),
            ("9:00–18:00", "range", 0, "9:00–18:00"),
            ("с 9 до 18", "range", 0, "с 9 до 18"),
            ("off 9:00", "conflict", 4, "9:00"),
            ("9:00 off", "conflict", 5, "off"),
            ("quiet 1-2 quiet off", "conflict", 10, "quiet off"),
            ("тихо", "quiet_incomplete", 0, "тихо"),
            ("quiet 23:00", "quiet_incomplete", 0, "quiet 23:00"),
            ("quiet 25", "bad_time", 6, "25"),
            ("тихо с 25", "bad_time", 7, "25"),
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
