"""What becomes of a digest's time where its chat chooses anew, and where clock or rules are others than they were."""

import io
import struct
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dues import Name, Next, answers, at_instant, rechosen, retimed
from bot.preferences import Preferences
from bot.timetable import parse, upcoming

TODAY = date(2025, 12, 6)  # a Saturday
YESTERDAY = TODAY - timedelta(days=1)
ALMATY, MOSCOW, TOKYO = "Asia/Almaty", "Europe/Moscow", "Asia/Tokyo"
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def chosen(words: str, zone: ZoneInfo | str = ALMATY, *answered: Name) -> Preferences:
    local = ZoneInfo(zone) if isinstance(zone, str) else zone
    return Preferences(language="ru", zone=local, schedule=parse(words), answered=frozenset(answered))


def almaty(text: str, day: date = TODAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(text), tzinfo=ZoneInfo(ALMATY)).astimezone(UTC)


def tomorrow(text: str) -> datetime:
    return almaty(text, TODAY + timedelta(days=1))


class TestRechosen:
    def test_a_zone_farther_east_that_leaps_over_a_set_time_owes_its_digest(self) -> None:
        now = almaty("07:00")
        assert rechosen(chosen("09:00"), chosen("09:00", TOKYO), almaty("09:00"), now=now).at == almaty("05:00")

    def test_a_set_time_that_was_answered_is_not_owed_by_a_leap(self) -> None:
        had = (TODAY, "09:00")
        old, new = chosen("09:00", MOSCOW, had), chosen("09:00", ALMATY, had)
        assert rechosen(old, new, almaty("11:00", date(2025, 12, 7)), now=almaty("10:00")).at == tomorrow("09:00")

    def test_a_zone_farther_west_does_not_bring_a_digest_that_is_owed_twice(self) -> None:
        old, new = chosen("09:00"), chosen("09:00", MOSCOW)
        then = rechosen(old, new, almaty("09:00"), now=almaty("09:00") + SECOND)
        assert then == Next(almaty("09:00"), frozenset({(TODAY, "09:00")}))

    def test_quiet_hours_that_are_no_more_owe_what_they_put_off(self) -> None:
        old, new = chosen("23:30, quiet 23:00-07:00"), chosen("23:30")
        assert rechosen(old, new, almaty("07:00"), now=almaty("03:00")).at == almaty("23:30", YESTERDAY)

    def test_a_time_that_was_not_set_when_it_passed_begins_tomorrow(self) -> None:
        assert rechosen(chosen("18:00"), chosen("09:00"), almaty("18:00"), now=almaty("10:00")).at == tomorrow("09:00")

    def test_what_is_owed_does_not_come_where_digests_are_switched_off(self) -> None:
        then = rechosen(chosen("09:00"), chosen("off"), almaty("09:00"), now=almaty("09:00"))
        assert then == Next(None, frozenset({(TODAY, "09:00")}))

    def test_a_chat_that_had_no_digests_owes_none(self) -> None:
        assert rechosen(chosen("09:00"), chosen("09:00", TOKYO), None, now=almaty("08:00")).at == almaty("05:00") + (
            timedelta(days=1)
        )


class TestAnswers:
    def test_a_digest_stands_for_every_set_time_that_has_passed_since_it_was_due(self) -> None:
        stands = answers(chosen("09:00 18:00"), almaty("18:00", YESTERDAY), now=almaty("10:00"))
        assert stands == {(YESTERDAY, "18:00"), (TODAY, "09:00")}

    def test_set_times_that_meet_are_answered_together(self) -> None:
        stands = answers(chosen("23:30 03:00, quiet 23:00-07:00"), almaty("07:00"), now=almaty("07:00"))
        assert stands == {(YESTERDAY, "23:30"), (TODAY, "03:00")}

    def test_after_months_of_silence_the_last_days_are_enough(self) -> None:
        stands = answers(chosen("hourly"), almaty("09:00") - timedelta(days=100), now=almaty("09:00"))
        assert len(stands) == 73

    def test_a_moment_that_is_no_set_time_has_none(self) -> None:
        assert at_instant(chosen("09:00"), almaty("09:00") - SECOND) == ()
        assert [due.name for due in at_instant(chosen("09:00"), almaty("09:00"))] == [(TODAY, "09:00")]


class TestRetimed:
    @pytest.mark.parametrize("now", ["09:00", "12:00"])
    def test_what_is_owed_stays(self, now: str) -> None:
        assert retimed(chosen("09:00"), almaty("09:00"), now=almaty(now)) == almaty("09:00")

    def test_what_is_owed_stays_though_it_is_not_set_any_more(self) -> None:
        assert retimed(chosen("18:00"), almaty("09:00"), now=almaty("09:00")) == almaty("09:00")

    def test_a_clock_that_was_a_year_ahead_keeps_no_chat_waiting(self) -> None:
        ahead = almaty("09:00") + timedelta(days=365)
        assert retimed(chosen("09:00", ALMATY, (date(2026, 12, 5), "09:00")), ahead, now=almaty("10:00")) == (
            tomorrow("09:00")
        )

    @pytest.mark.parametrize("step", [HOUR, timedelta(days=1)])
    def test_a_clock_that_is_set_back_brings_no_set_time_again(self, step: timedelta) -> None:
        has_had = chosen("09:00", ALMATY, (YESTERDAY, "09:00"), (TODAY, "09:00"))
        assert retimed(has_had, tomorrow("09:00"), now=almaty("09:30") - step) == tomorrow("09:00")

    def test_a_digest_that_is_switched_off_is_not_due(self) -> None:
        assert retimed(chosen("off"), tomorrow("09:00"), now=almaty("09:00")) is None


def fixed(hours: float) -> ZoneInfo:
    """A zone of one offset, as new rules may give another to the same name (RFC 9636: no transitions, one type)."""
    seconds = round(hours * 3600)
    header = struct.pack(">4s1s15x6l", b"TZif", b"\0", 0, 0, 0, 0, 1, 4)
    return ZoneInfo.from_file(io.BytesIO(header + struct.pack(">lbb", seconds, 0, 0) + b"ABC\0"), key="Test/Zone")


# Set times that are farther apart than rules move the clock.
schedules = st.sampled_from(["09:00", "09:00 18:00", "00:00 12:00", "23:30", "mon,wed 08:30", "02:00, sun 12:00"])
offsets = st.sampled_from([-3.5, -1.0, 0.0, 4.0, 5.0, 5.5, 6.0, 13.0])
changes = st.sampled_from([-3.0, -2.0, -1.0, -0.5, 0.5, 1.0, 2.0, 3.0])


@settings(deadline=None)
@given(schedules, offsets, changes, st.integers(0, 7 * 24 * 12))
def test_new_rules_of_a_zone_neither_skip_nor_double(words: str, offset: float, change: float, later: int) -> None:
    """The bot runs by the old rules, stands still for a moment, and runs on by the new ones."""
    start = datetime(2025, 12, 6, tzinfo=UTC)
    old, new = fixed(offset), fixed(offset + change)
    told: list[Name] = []
    changed = start + timedelta(minutes=5 * later)
    due = upcoming(parse(words), old, after=start, count=1)[0].at
    for zone, until in ((old, changed), (new, start + timedelta(days=30))):
        by_rules = chosen(words, zone, *told)
        moment = changed if zone is new else due
        due = (retimed(by_rules, due, now=changed) or due) if zone is new else due
        while (moment := max(due, moment)) <= until:
            stands = answers(by_rules, due, now=moment)
            assert stands
            assert not stands & set(told)
            told += sorted(stands)
            by_rules = chosen(words, zone, *told)
            following = by_rules.next_digest(after=moment)
            assert following
            due = following
    every = upcoming(parse(words), new, after=start + timedelta(days=2), count=60)
    named = [one.name for one in every if one.at < start + timedelta(days=29)]
    assert Counter(told).most_common(1)[0][1] == 1
    assert all(earlier < later for earlier, later in pairwise(told))
    assert [name for name in told if named[0] <= name <= named[-1]] == named
