"""The words in which people say when: text → tokens, which `timetable.parse` puts together.

Russian and English side by side, whatever the chat's language. Case, ё/е and kinds of dashes make no difference.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from typing import Literal

Kind = Literal["days", "times", "quiet", "off", "instant"]
ErrorCode = Literal[
    "empty",  # nothing said
    "unknown",  # a word or sign that means nothing here
    "bad_time",  # no time of a clock: 25:00
    "range",  # from one time to another, which only quiet hours have
    "no_time",  # days, and no time for them
    "conflict",  # off together with times, or quiet hours twice
    "too_many",  # more set times than a chat may have
    "quiet_incomplete",  # quiet hours without their two ends
    "quiet_equal",  # quiet hours that end where they begin
]

EVERY_DAY = frozenset(range(7))
WEEKDAYS = frozenset(range(5))
WEEKEND = EVERY_DAY - WEEKDAYS
HOURS = tuple(time(hour) for hour in range(24))


class ScheduleError(ValueError):
    """Words that are no schedule: what is wrong (`code`), where (`at`, characters from 0), and the `fragment` there."""

    def __init__(self, code: ErrorCode, at: int, fragment: str) -> None:
        super().__init__(f"{code} at {at}: {fragment!r}")
        self.code = code
        self.at = at
        self.fragment = fragment


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One statement: days of the week (0 = Monday), set times, or quiet hours by their two ends (none: no quiet)."""

    kind: Kind
    at: int
    text: str
    days: frozenset[int] = frozenset()
    times: tuple[time, ...] = ()


def tokens(text: str) -> list[Token]:
    """What is said, in order, without the words and signs that only join; raises ScheduleError."""
    same = text.translate(_SAME)
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


def _unknown(match: re.Match[str]) -> _Meaning:
    raise _Wrong("unknown", *match.span())


def _range(match: re.Match[str]) -> _Meaning:
    raise _Wrong("range", *match.span())


def _quiet(match: re.Match[str]) -> _Meaning:
    if match["off"]:
        return _NOTHING
    if not match["start"]:
        raise _Wrong("quiet_incomplete", *match.span())
    # Midnight may be written 24:00 here, where it belongs to no day.
    ends = [time() if match[name] in {"24", "24:00", "24.00"} else _clock(match, name) for name in ("start", "end")]
    if ends[0] == ends[1]:
        raise _Wrong("quiet_equal", match.start("start"), match.end())
    return frozenset(), tuple(ends)


def _hours(match: re.Match[str]) -> _Meaning:
    step = int(match["step"] or 1)
    if not 0 < step < 24:
        raise _Wrong("bad_time", *match.span("step"))
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
    return next(day for day, names in enumerate(_DAY_NAMES) if re.fullmatch(names, name, re.IGNORECASE))


def _clock(match: re.Match[str], group: str | int) -> time:
    parts = _CLOCK_PARTS.match(match[group])
    hour = _hour(int(parts["hour"]), (parts["half"] or "").replace(".", "").lower()) if parts else None
    minute = int(parts["minute"] or 0) if parts else 60
    if hour is None or hour > 23 or minute > 59:
        raise _Wrong("bad_time", *match.span(group))
    return time(hour, minute)


def _hour(hour: int, half: str) -> int | None:
    """The hour of 24; None where the two don't go together: 13 am."""
    if not half:
        return hour
    if half in {"pm", "дня", "вечера"} or (half == "ночи" and hour % 12 >= 9):
        return hour + 12 if 0 < hour < 12 else hour or None
    return hour % 12 if hour <= 12 else None


_SAME = str.maketrans({"ё": "е", "Ё": "Е"} | dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"))

_END = r"(?!\w)"
_CLOCK = (
    rf"\d+(?:[:.]\d+)*(?:\s*(?:ч(?:ас(?:а|ов)?)?|o['’]clock){_END})?"
    rf"(?:\s*(?:[ap]\.?m\.?|утра|дня|вечера|ночи){_END})?(?!\w|[:.]\d)"
)
_CLOCK_PARTS = re.compile(
    r"(?P<hour>\d\d?)(?:[:.-](?P<minute>\d\d))?(?![:.]?\d)(?:.*?(?P<half>[ap]\.?m|утра|дня|вечера|ночи))?",
    re.IGNORECASE | re.DOTALL,
)
_DAY_NAMES = (
    r"пн|понедельник\w*|mon|mondays?",
    r"вт|вторник\w*|tue|tues|tuesdays?",
    r"ср|сред(?:а|у|ы|е|ой|ам)|wed|weds|wednesdays?",
    r"чт|четверг\w*|thu|thur|thurs|thursdays?",
    r"пт|пятниц\w*|fri|fridays?",
    r"сб|суббот\w*|sat|saturdays?",
    r"вс|воскресень\w*|sun|sundays?",
)
_DAY = rf"(?:{'|'.join(_DAY_NAMES)}){_END}"
_DAYTIME = r"(?:\s+д(?:ень|ни|ням))?"
_OFF = r"off|never|none|никогда|нет|выкл\w*|отключ\w*"
_TO = r"-|(?:до|по|to|till|until|through)\s"

# The first that matches is meant: a longer phrase stands before the words it begins with.
_PATTERNS: tuple[tuple[str, Kind | None, _Read], ...] = (
    (
        rf"(?:quiet(?:\s+hours)?|тих(?:о|ие\s+часы)|тишина|не\s+беспокоить){_END}(?:[\s:,]+(?:с|from){_END})?"
        rf"(?:[\s:,]*(?:(?P<off>(?:{_OFF}){_END})|(?P<start>{_CLOCK})\s*(?:{_TO})?\s*(?P<end>{_CLOCK})))?",
        "quiet",
        _quiet,
    ),
    (rf"(?:every|each|кажды[ей])\s+(?:(?P<step>\d{{1,9}})\s*)?(?:ч|час|часа|часов|hours?){_END}", "times", _hours),
    (rf"(?P<step>)(?:hourly|ежечасно|once\s+an\s+hour|раз\s+в\s+час){_END}", "times", _hours),
    # «в 9-00», where the second number is no hour that a range could end at.
    (rf"\d\d?-(?:00|2[4-9]|[3-5]\d){_END}", "times", _time),
    (rf"(?:(?:с|from)\s+)?{_CLOCK}\s*(?:{_TO})\s*{_CLOCK}", None, _range),
    (_CLOCK, "times", _time),
    (rf"(?:noon|полдень){_END}", "times", _means(times=(time(12),))),
    (rf"(?:midnight|полночь){_END}", "times", _means(times=(time(),))),
    # Not «по понедельникам по средам», which are two days.
    (rf"(?:(?:с|со|from)\s+)?(?P<first>{_DAY})\s*(?:{_TO})\s*(?!\w+[ая]м{_END})(?P<last>{_DAY})", "days", _day_span),
    (_DAY, "days", _day),
    (rf"(?:(?:будн|рабоч)\w+{_DAYTIME}|(?:weekday|workday|working\s+day)s?){_END}", "days", _means(days=WEEKDAYS)),
    (rf"(?:выходн\w+{_DAYTIME}|weekends?){_END}", "days", _means(days=WEEKEND)),
    (rf"(?:daily|(?:every|each)\s*day|ежедневно|каждый\s+день){_END}", "days", _means(days=EVERY_DAY)),
    (rf"(?:{_OFF}){_END}", "off", _means()),
    (rf"(?:instant(?:ly)?|immediately|at\s+once|now|сразу|мгновенно|немедленно){_END}", "instant", _means()),
    # «каждые 2 дня» must not pass for two in the afternoon.
    (rf"(?:в|во|по|на|и|at|on|and|(?:every|each|кажд\w+)(?!\s*\d)){_END}", None, _means()),
    (r"[\s,;:.&+/-]+", None, _means()),
    (r"\w+(?:[:.]\w+)*|.", None, _unknown),
)
_RULES = tuple((re.compile(pattern, re.IGNORECASE | re.DOTALL), kind, read) for pattern, kind, read in _PATTERNS)
