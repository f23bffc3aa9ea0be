"""Until when a chat wants to rest, as people write it in four languages."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pauses import LONGEST, parse
from bot.preferences import FOREVER

NOW = datetime(2025, 12, 6, 7, 0, tzinfo=UTC)  # a Saturday, 12:00 in Almaty
ALMATY = ZoneInfo("Asia/Almaty")


@pytest.mark.parametrize(
    ("text", "days"),
    [
        *(("3d", 3), ("3 дня", 3), ("на три дня", 3), ("неделю", 7), ("на две недели", 14), ("день", 1), ("месяц", 30)),
        *(("3 days", 3), ("a week", 7), ("two weeks", 14), ("for 2w", 14), ("month", 30), ("one day", 1)),
        *(("3 күн", 3), ("үш күнге", 3), ("бір апта", 7), ("апта", 7), ("екі аптаға", 14)),
        *(("3 gün", 3), ("üç günlük", 3), ("bir həftə", 7), ("həftə", 7), ("iki həftə", 14)),
    ],
)
def test_length_is_counted_from_now(text: str, days: int) -> None:
    assert parse(text, ALMATY, now=NOW) == NOW + timedelta(days=days)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        *(("до понедельника", "12-08"), ("до субботы", "12-13"), ("до завтра", "12-07"), ("до 15 января", "01-15")),
        *(("until monday", "12-08"), ("till January 15", "01-15"), ("until 15th of january", "01-15")),
        *(("until tomorrow", "12-07"), ("15.01", "01-15"), ("15.01.2026", "01-15"), ("2026-01-15", "01-15")),
        *(("дүйсенбіге дейін", "12-08"), ("ертеңге дейін", "12-07"), ("15 қаңтарға дейін", "01-15")),
        *(("bazar ertəsinə qədər", "12-08"), ("sabaha kimi", "12-07"), ("15 yanvara qədər", "01-15")),
        *(
            ("cümə axşamına qədər", "12-11"),
            ("5 маусымға дейін", "06-05"),
            ("5 iyunadək", "06-05"),
            ("3 мамырға дейін", "05-03"),
        ),
    ],
)
def test_day_is_its_midnight(text: str, day: str) -> None:
    year = 2025 if day.startswith("12") else 2026
    at = datetime.fromisoformat(f"{year}-{day}").replace(tzinfo=ALMATY)
    assert parse(text, ALMATY, now=NOW) == at


@pytest.mark.parametrize("text", ["пока не скажу", "until I say", "мен айтқанша", "mən deyənə qədər"])
def test_a_pause_may_have_no_end(text: str) -> None:
    assert parse(text, ALMATY, now=NOW) == FOREVER


@pytest.mark.parametrize(
    "text", ["", "on", "мусор", "5000d", "0d", "31 февраля", "2025-12-01", "2030-01-01", "15 15 мая"]
)
def test_what_names_no_time_of_the_coming_year_is_not_understood(text: str) -> None:
    assert parse(text, ALMATY, now=NOW) is None


@given(st.text(max_size=30))
def test_whatever_is_typed_is_answered(text: str) -> None:
    until = parse(text, ALMATY, now=NOW)
    assert until is None or until == FOREVER or NOW < until <= NOW + LONGEST
