"""The words in which people say when: text → tokens, which `timetable.parse` puts together.

Russian, English, Kazakh and Azerbaijani side by side, whatever the chat's language: each brings a table of its words
(`vocabulary.Words`), the grammar is one. A part of the day without a clock time has a time of its own.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from typing import Final, Literal

from bot.timetable_words.az import AZERBAIJANI
from bot.timetable_words.en import ENGLISH
from bot.timetable_words.kk import KAZAKH
from bot.timetable_words.ru import RUSSIAN
from bot.timetable_words.vocabulary import Words, fold

Kind = Literal["days", "times", "usual", "quiet", "off", "instant"]
ErrorCode = Literal[
    "empty",  # nothing said
    "unknown",  # a word or sign that means nothing here
    "bad_time",  # no time of a clock: 25:00
    "range",  # from one time to another, which only quiet hours have
    "no_time",  # days, and no time for them
    "no_day",  # once a week, and no day of it
    "interval",  # a rhythm that no week has: every other day, every 15 minutes
    "conflict",  # off together with times, or quiet hours twice
    "too_many",  # more set times than a chat may have
    "quiet_incomplete",  # quiet hours without their two ends
    "quiet_equal",  # quiet hours that end where they begin
]

EVERY_DAY = frozenset(range(7))
WEEKDAYS = frozenset(range(5))
WEEKEND = EVERY_DAY - WEEKDAYS
HOURS = tuple(time(hour) for hour in range(24))
MORNING: Final = time(8)
AFTERNOON: Final = time(13)
EVENING: Final = time(19)


class ScheduleError(ValueError):
    """Words that are no schedule: what is wrong (`code`), where (`at`, characters from 0), and the `fragment` there."""

    def __init__(self, code: ErrorCode, at: int, fragment: str) -> None:
        super().__init__(f"{code} at {at}: {fragment!r}")
        self.code = code
        self.at = at
        self.fragment = fragment


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One statement: days of the week (0 = Monday), set times, or quiet hours by their two ends (none: no quiet).

    `usual` says how often: at `times`, or else the chat's usual time, where no clock time is said; without `days` on
    those beside it.
    """

    kind: Kind
    at: int
    text: str
    days: frozenset[int] = frozenset()
    times: tuple[time, ...] = ()


def tokens(text: str) -> list[Token]:
    """What is said, in order, without the words and signs that only join; raises ScheduleError."""
    same = fold(text)
    found: list[Token] = []
    at = 0
    while at < len(text):
        match, kind, read = _first_rule(same, at)
        end = match.end()
        try:
            days, times = read(match)
        except _Wrong as wrong:
            raise ScheduleError(wrong.code, wrong.start, text[wrong.start : wrong.end]) from None
        if kind:
            found.append(Token(kind=kind, at=at, text=text[at:end], days=days, times=times))
        at = end
    return found


_Meaning = tuple[frozenset[int], tuple[time, ...]]
_Read = Callable[[re.Match[str]], _Meaning]
_NOTHING: _Meaning = (frozenset(), ())


class _Wrong(Exception):
    """What a rule refuses, by its place in the text."""

    def __init__(self, code: ErrorCode, start: int, end: int) -> None:
        self.code, self.start, self.end = code, start, end


def _first_rule(text: str, at: int) -> tuple[re.Match[str], Kind | None, _Read]:
    # The last rule matches anything.
    return next((match, kind, read) for rule, kind, read in _RULES if (match := rule.match(text, at)))


def _means(*, days: frozenset[int] = frozenset(), times: tuple[time, ...] = ()) -> _Read:
    return lambda _: (days, times)


def _refused(code: ErrorCode) -> _Read:
    def refuse(match: re.Match[str]) -> _Meaning:
        raise _Wrong(code, *match.span())

    return refuse


def _quiet(match: re.Match[str]) -> _Meaning:
    if match.groupdict().get("off"):
        return _NOTHING
    if match.groupdict().get("alone"):
        # Where that is no time at all, this is what is wrong.
        _clock(match, "alone")
    if not match["start"]:
        raise _Wrong("quiet_incomplete", *match.span())
    # Midnight may be written 24:00 here, where it belongs to no day.
    ends = [time() if match[name] in {"24", "24:00", "24.00"} else _clock(match, name) for name in ("start", "end")]
    if ends[0] == ends[1]:
        raise _Wrong("quiet_equal", match.start("start"), match.end())
    return frozenset(), tuple(ends)


def _hours(match: re.Match[str]) -> _Meaning:
    said = next(group for group, text in match.groupdict().items() if text)
    step = _number(match[said])
    if not 0 < step < 24:
        raise _Wrong("bad_time", *match.span(said))
    return frozenset(), HOURS[::step]


def _time(match: re.Match[str]) -> _Meaning:
    return frozenset(), (_clock(match, 0),)


def _day_span(match: re.Match[str]) -> _Meaning:
    """Over the weekend where the last day is the earlier: `пт-пн`."""
    first, last = _weekday(match["first"]), _weekday(match["last"])
    return frozenset((first + step) % 7 for step in range((last - first) % 7 + 1)), ()


def _day(match: re.Match[str]) -> _Meaning:
    return frozenset({_weekday(match[0])}), ()


def _weekday(name: str) -> int:
    return next(day for day, names in enumerate(_DAY_NAMES) if names.fullmatch(name))


def _misspelt_day(match: re.Match[str]) -> _Meaning:
    """A day's name with one letter wrong, too many, missing or in the other's place, if it can be no other day's."""
    word = match[0].lower()
    days = {day for name, day in _FULL_NAMES.items() if _is_one_off(word, name)}
    if len(days) != 1:
        raise _Wrong("unknown", *match.span())
    return frozenset(days), ()


def _is_one_off(word: str, name: str) -> bool:
    start = next((at for at, (one, other) in enumerate(zip(word, name, strict=False)) if one != other), None)
    if start is None:
        return abs(len(word) - len(name)) == 1
    left, right = word[start:], name[start:]
    return left[1:] in (right, right[1:]) or left == right[1:] or (left[:2] == right[1::-1] and left[2:] == right[2:])


def _clock(match: re.Match[str], group: str | int) -> time:
    read = _CLOCK_PARTS.match(match[group])
    moment = _moment(read) if read else None
    if moment is None:
        raise _Wrong("bad_time", *match.span(group))
    return moment


def _moment(read: re.Match[str]) -> time | None:
    hour, minute = _hour_and_minute(read)
    if read["half_to"] or read["half_to_behind"] or read["quarter_past_of"]:
        hour, minute = (hour - 1 if hour > 1 else hour + 11), 30 - 15 * bool(read["quarter_past_of"])
    elif read["quarter_to"]:
        hour, minute = (hour - 1 if hour > 1 else hour + 11), 45
    elif read["half_past"] or read["half_past_behind"]:
        minute = 30
    elif read["quarter_past"]:
        minute = 15
    in_24 = _hour(hour, read)
    return time(in_24, minute) if in_24 is not None and in_24 <= 23 and minute <= 59 else None


def _hour_and_minute(read: re.Match[str]) -> tuple[int, int]:
    """99 where there is no such hour."""
    if not read["digits"]:
        minute = next((minute for minute, name in _MINUTES.items() if name.fullmatch(read["minutes"] or "")), 0)
        return _number(read["word"]), minute
    parts = re.split("[:.-]", read["digits"])
    is_clock = len(parts) <= 2 and len(parts[0]) <= 2 and all(len(part) == 2 for part in parts[1:])
    return (int(parts[0]), int(parts[1]) if len(parts) > 1 else 0) if is_clock else (99, 0)


def _number(text: str) -> int:
    """As digits or in words; words are one to twelve."""
    return int(text) if text.isdecimal() else next(hour for hour, name in _HOURS.items() if name.fullmatch(text))


def _hour(hour: int, read: re.Match[str]) -> int | None:
    """The hour of 24; None where hour and part of the day don't go together: 13 am."""
    is_night = read["night_before"] or read["night_after"]
    if read["pm_before"] or read["pm_after"] or (is_night and hour % 12 >= 9):
        return hour + 12 if 0 < hour < 12 else hour or None
    if is_night or read["am_before"] or read["am_after"]:
        return hour % 12 if hour <= 12 else None
    return hour


LANGUAGES: Final = (RUSSIAN, ENGLISH, KAZAKH, AZERBAIJANI)
_END = r"(?!\w)"


def _any(pick: Callable[[Words], str]) -> str:
    """What any of the languages says; longer phrases stand before the words that they begin with."""
    return "|".join(f"(?:{fold(pick(words))})" for words in LANGUAGES if pick(words)) or r"(?!)"


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


_DAY_SOURCES = [_any(lambda words, day=day: words.day_names[day]) for day in range(7)]  # type: ignore[misc]
_DAY_NAMES = [_compiled(source) for source in _DAY_SOURCES]
# The two-word days of Azerbaijani before the one-word days that they begin with.
_DAY = rf"(?:{'|'.join(_DAY_SOURCES[day] for day in (0, 1, 3, 2, 4, 5, 6))}){_END}"
_HOUR_SOURCES = {hour: _any(lambda words, hour=hour: words.hours[hour - 1]) for hour in range(1, 13)}  # type: ignore[misc]
_HOURS = {hour: _compiled(source) for hour, source in _HOUR_SOURCES.items()}
_MINUTE_SOURCES = {
    minute: _any(lambda words, minute=minute: words.minutes.get(minute, ""))  # type: ignore[misc]
    for minute in (0, 10, 15, 20, 30, 40, 45, 50)
}
_MINUTES = {minute: _compiled(source) for minute, source in _MINUTE_SOURCES.items()}
# «час» is one o'clock only by day or by night.
_HOUR_WORD = rf"(?!час(?!\s+(?:дня|ночи)))(?:{'|'.join(_HOUR_SOURCES[hour] for hour in (11, 12, *range(1, 11)))}){_END}"
_MINUTE_WORD = rf"(?:{'|'.join(_MINUTE_SOURCES[minute] for minute in (15, 45, 0, 10, 20, 30, 40, 50))}){_END}(?!-)"
_PARTS = (
    rf"(?:(?:(?P<am_before>{_any(lambda words: words.am_before)})|(?P<pm_before>{_any(lambda words: words.pm_before)})"
    rf"|(?P<night_before>{_any(lambda words: words.night_before)})){_END}\s*(?:(?:в|at|saat|сагат){_END}\s*)*)?"
    rf"(?:(?:(?P<half_past>{_any(lambda words: words.half_past)})|(?P<half_to>{_any(lambda words: words.half_to)})"
    rf"|(?P<quarter_to>{_any(lambda words: words.quarter_to)})|(?P<quarter_past_of>{fold(RUSSIAN.quarter_past)})"
    rf"|(?P<quarter_past>{fold(ENGLISH.quarter_past)}))\s*)?"
    rf"(?:(?P<digits>\d+(?:[:.]\d+)*)|(?P<word>{_HOUR_WORD})(?:[\s-]+(?P<minutes>{_MINUTE_WORD}))?)"
    rf"(?:(?:{_any(lambda words: words.hour_signs)}){_END})?"
    rf"(?:(?P<half_past_behind>{_any(lambda words: words.half_past_behind)})"
    rf"|(?P<half_to_behind>{_any(lambda words: words.half_to_behind)}))?"
    rf"(?:\s*(?:(?P<am_after>{_any(lambda words: words.am_after)})|(?P<pm_after>{_any(lambda words: words.pm_after)})"
    rf"|(?P<night_after>{_any(lambda words: words.night_after)})){_END})?(?!\w|[:.]\d)"
)
_CLOCK = f"(?:{re.sub(r'[(][?]P<[a-z_]+>', '(?:', _PARTS)})"
# «9-00», which a clock by itself is not.
_CLOCK_PARTS = _compiled(_PARTS.replace(r"[:.]\d+)*", r"[:.-]\d+)*"))
_FULL_NAMES = {
    name: day
    for names in (
        "понедельник вторник среда четверг пятница суббота воскресенье",
        "понедельникам вторникам средам четвергам пятницам субботам воскресеньям",
        "monday tuesday wednesday thursday friday saturday sunday",
        "дуйсенби сейсенби сарсенби бейсенби жума сенби жексенби",
    )
    for day, name in enumerate(names.split())
} | {"пятницу": 4, "субботу": 5, "cersenbe": 2, "senbe": 5}
_OFF = _any(lambda words: words.off)
_FROM = _any(lambda words: words.from_)
_SPAN = r"-|(?:до|по|to|till|until|through)\s"
_TO = rf"-|(?:{_any(lambda words: words.to)})\s"
_UP_TO = rf"(?:\s*-?(?:{_any(lambda words: words.up_to_behind)}){_END})"
_QUIET = rf"(?:{_any(lambda words: words.quiet)}){_END}"
_STEP = rf"\d{{1,9}}|{_HOUR_WORD}"
_BEFORE_HOURS = rf"(?:[\s:,]+(?:{_FROM}){_END})*[\s:,]*"
_NUMBERED = tuple(enumerate(LANGUAGES))


def _steps() -> str:
    """Every so many hours; a group may stand once in a pattern, so each language has its own."""
    shapes = [fold(words.every_hours).replace("{step}", f"(?P<step{place}>{_STEP})") for place, words in _NUMBERED]
    return rf"(?:{'|'.join(shapes)})"


def _said(pick: Callable[[Words], str]) -> str:
    return rf"(?:{_any(pick)}){_END}"


# The first that matches is meant: a longer phrase stands before the words it begins with.
_PATTERNS: tuple[tuple[str, Kind | None, _Read], ...] = (
    (
        rf"{_QUIET}(?:[\s:,]+(?:{_FROM}){_END})*"
        rf"(?:[\s:,]*(?:(?P<off>(?:{_OFF}){_END})|(?P<start>{_CLOCK})\s*(?:{_TO})?\s*(?P<end>{_CLOCK}){_UP_TO}?"
        rf"|(?P<alone>{_CLOCK})))?",
        "quiet",
        _quiet,
    ),
    (
        rf"(?:(?:{_FROM})\s+)?(?P<start>{_CLOCK})\s*(?:{_TO})?\s*(?P<end>{_CLOCK}){_UP_TO}?\s+{_QUIET}"
        # What follows would be the quiet hours themselves: `9:00 18:00 quiet 23-7`.
        rf"(?!{_BEFORE_HOURS}(?:{_CLOCK}|(?:{_OFF}){_END}))",
        "quiet",
        _quiet,
    ),
    (_said(lambda words: words.every_hour), "times", _means(times=HOURS)),
    (rf"{_steps()}{_END}", "times", _hours),
    (_said(lambda words: words.twice_a_day), "usual", _means(days=EVERY_DAY, times=(MORNING, EVENING))),
    (_said(lambda words: words.thrice_a_day), "usual", _means(days=EVERY_DAY, times=(MORNING, AFTERNOON, EVENING))),
    (_said(lambda words: words.once_a_day), "usual", _means(days=EVERY_DAY)),
    (_said(lambda words: words.interval), None, _refused("interval")),
    (_said(lambda words: words.weekly), "usual", _means()),
    # «в 9-00», where the second number is no hour that a range could end at.
    (rf"\d\d?-(?:00|2[4-9]|[3-5]\d){_END}", "times", _time),
    (rf"(?:(?:с|from)\s+)?{_CLOCK}\s*(?:{_SPAN})\s*{_CLOCK}", None, _refused("range")),
    (rf"{_CLOCK}\s+{_CLOCK}{_UP_TO}", None, _refused("range")),
    (_said(lambda words: words.midnight), "times", _means(times=(time(),))),
    # Not «по понедельникам по средам», which are two days.
    (
        rf"(?:(?:с|со|from)\s+)?(?P<first>{_DAY})\s*(?:{_SPAN})\s*(?!\w+[ая]м{_END})(?P<last>{_DAY}){_UP_TO}?",
        "days",
        _day_span,
    ),
    (rf"(?P<first>{_DAY})\s+(?P<last>{_DAY}){_UP_TO}", "days", _day_span),
    (_DAY, "days", _day),
    (_said(lambda words: words.weekdays), "days", _means(days=WEEKDAYS)),
    (_said(lambda words: words.weekend), "days", _means(days=WEEKEND)),
    (_said(lambda words: words.every_day), "days", _means(days=EVERY_DAY)),
    (_said(lambda words: words.instant), "instant", _means()),
    (_CLOCK, "times", _time),
    (_said(lambda words: words.afternoon), "times", _means(times=(AFTERNOON,))),
    (_said(lambda words: words.noon), "times", _means(times=(time(12),))),
    (_said(lambda words: words.morning), "times", _means(times=(MORNING,))),
    (_said(lambda words: words.evening), "times", _means(times=(EVENING,))),
    (rf"(?:{_OFF}){_END}", "off", _means()),
    (_said(lambda words: words.joins), None, _means()),
    (r"[\s,;:.&+/!-]+", None, _means()),
    (rf"[^\W\d_]{{4,}}{_END}", "days", _misspelt_day),
    (r"\w+(?:[:.]\w+)*|.", None, _refused("unknown")),
)
_RULES = tuple((_compiled(pattern), kind, read) for pattern, kind, read in _PATTERNS)


def hour_word(text: str) -> int | None:
    """One to twelve in words; None for any other word."""
    same = fold(text)
    return next((hour for hour, name in _HOURS.items() if name.fullmatch(same)), None)


def weekday_of(text: str) -> int | None:
    """The day of the week that the whole text names (0 = Monday), in any of its forms."""
    same = fold(text)
    return next((day for day, names in enumerate(_DAY_NAMES) if names.fullmatch(same)), None)
