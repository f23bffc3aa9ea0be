"""Until when a chat wants to rest: «3 дня», `until monday`, «15 қаңтарға дейін», `həftə` → its end."""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import get_month_names

from bot.preferences import FOREVER
from bot.timetable_words import hour_word, weekday_of
from bot.timetable_words.vocabulary import fold
from bot.timezones import CITY_LANGUAGES

LONGEST: Final = timedelta(days=366)
_UNITS: Final = (
    (timedelta(hours=1), r"h|hrs?|hours?|ч|час\w*|сағат\w*|saat\w*"),
    (timedelta(days=1), r"d|days?|д|день|дн\w*|сутки|суток|күн\w*|gün\w*"),
    (timedelta(days=7), r"w|weeks?|нед\w*|апта\w*|həftə\w*"),
    (timedelta(days=30), r"months?|мес\w*|айға|ай|ay|aylıq"),
)
_FOREVER: Final = (
    r"пока\s+не\s+(?:скажу|верну\w*)|навсегда|бессрочно|until\s+i\s+(?:say|return|am\s+back)(?:\s+so)?|forever|"
    r"indefinitely|мен\s+айтқанша|айтқанша|мерзімсіз|mən\s+deyənə\s+(?:qədər|kimi)|müddətsiz"
)
_TOMORROW: Final = r"завтра|tomorrow|ертең\w*|sabah\w*"
# What only joins: words of all four languages.
_JOINS: Final = r"на|до|for|until|till|a|an|the|of|to|дейін|qədər|kimi|dək|г|года|го|бір\s+ай\s+бойы|ға|ге|günü|күні"
_DATE: Final = re.compile(r"(?:(\d{4})-(\d\d?)-(\d\d?)|(\d\d?)\.(\d\d?)(?:\.(\d{4}))?)")


def parse(text: str, zone: ZoneInfo, *, now: datetime) -> datetime | None:
    """When the pause ends, on a date at its midnight in `zone`; None for what names no time of the coming year."""
    said = fold(text.strip()).lower().rstrip(".! ")
    if _pattern(_FOREVER).fullmatch(said):
        return FOREVER
    words = [word for word in re.split(r"[\s,]+", said) if word and not _pattern(_JOINS).fullmatch(word)]
    length = _length(words)
    today = now.astimezone(zone).date()
    day = None if length else _day(words, today)
    until = now + length if length else datetime.combine(day, time(), zone).astimezone(UTC) if day else now
    return until if now < until <= now + LONGEST else None


def _length(words: list[str]) -> timedelta | None:
    """`3d`, «три дня», «неделю»."""
    joined = " ".join(words)
    for unit, names in _UNITS:
        if match := _pattern(rf"(?:(?P<count>\d{{1,4}})\s*|(?P<word>[^\W\d]+(?:\s[^\W\d]+)?)\s)?(?:{names})").fullmatch(
            joined
        ):
            number = int(match["count"] or 1) if not match["word"] else hour_word(match["word"])
            return number * unit if number else None
    return None


def _day(words: list[str], today: date) -> date | None:
    joined = " ".join(words)
    if _pattern(_TOMORROW).fullmatch(joined):
        return today + timedelta(days=1)
    weekday = weekday_of(joined)
    if weekday is not None:
        return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    if match := _DATE.fullmatch(joined):
        year, month, day = (match[1], match[2], match[3]) if match[1] else (match[6], match[5], match[4])
        return _date(int(year) if year else None, int(month), int(day), today)
    return _named_date(words, today)


def _named_date(words: list[str], today: date) -> date | None:
    """`15 января 2026`, `January 15`."""
    numbers = [int(found[1]) for word in words if (found := re.fullmatch(r"(\d{1,4})(?:-?[^\W\d]{1,3})?", word))]
    months = [month for word in words if (month := _month(word))]
    if len(months) != 1 or not 1 <= len(numbers) <= 2 or len(numbers) + 1 != len(words):
        return None
    return _date(numbers[1] if len(numbers) > 1 else None, months[0], numbers[0], today)


def _month(word: str) -> int | None:
    return next((month for name, month in _months().items() if len(word) >= 3 and word.startswith(name)), None)


@cache
def _months() -> dict[str, int]:
    """The first letters of the months in all languages, long enough to tell them apart."""
    return {
        fold(name.lower())[
            : 4 if fold(name.lower()).startswith(("мам", "мар", "мау", "iyu", "июн", "июл", "jun", "jul")) else 3
        ]: month
        for language in CITY_LANGUAGES
        for month, name in get_month_names("wide", locale=language).items()
    }


def _date(year: int | None, month: int, day: int, today: date) -> date | None:
    """The next such day, where no year is said."""
    try:
        named = date(year or today.year, month, day)
        return named if year or named > today else named.replace(year=today.year + 1)
    except ValueError:
        return None


@cache
def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(fold(source), re.IGNORECASE)
