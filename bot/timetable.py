"""When a chat's next digest is due. Pure: no clock is read and no zone is guessed.

    words ── parse ──▶ Schedule ── next_due(zone, after) ──▶ Due(at, local_date, slot)
                       str(Schedule) is the stored form: parse reads it back to an equal value

A due time is a clock time on a local date, and each has one instant: a time that the clock skips moves forward by what
was skipped, a time that the clock shows twice is its first. A date that a zone left out (Apia, 2011-12-30) is a gap
of a whole day: its times move to the same clock time of the day after, where they meet that day's own. Times that meet
on one instant, by the clock or at the end of quiet hours, are one due, named by the earliest of them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count, dropwhile, groupby, islice
from zoneinfo import ZoneInfo

from bot.timetable_words import EVERY_DAY, HOURS, WEEKDAYS, WEEKEND, ErrorCode, Kind, ScheduleError, Token, tokens

__all__ = [
    "EVERY_DAY",
    "HOURS",
    "MAX_SLOTS",
    "WEEKDAYS",
    "WEEKEND",
    "Due",
    "ErrorCode",
    "Quiet",
    "Schedule",
    "ScheduleError",
    "Slot",
    "in_quiet",
    "instant",
    "meetings",
    "next_due",
    "parse",
    "quiet_ends",
    "upcoming",
]

MAX_SLOTS = 48  # every half hour; who wants more wants them at once
_SHORT_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# A skipped date moves a due time by a day, quiet hours by up to a day, and by another where a clock change makes two
# nights overlap: an instant's date is at most three days after the date that names it.
_FARTHEST = 3


@dataclass(frozen=True, slots=True)
class Slot:
    """A clock time, to the minute, on some days of the week (0 = Monday)."""

    weekdays: frozenset[int]
    at: time

    def __post_init__(self) -> None:
        if not self.weekdays or not self.weekdays <= EVERY_DAY or not _is_clock_time(self.at):
            raise ValueError(f"not a slot: {self.weekdays} {self.at!r}")


@dataclass(frozen=True, slots=True)
class Quiet:
    """From `start` up to `end` by the local clock, over midnight where `end` is the earlier."""

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.start == self.end or not _is_clock_time(self.start) or not _is_clock_time(self.end):
            raise ValueError(f"not quiet hours: {self.start!r}, {self.end!r}")


@dataclass(frozen=True, slots=True)
class Schedule:
    """Set times, in the order of the clock and one slot for each; and whether stories are told at once besides."""

    slots: tuple[Slot, ...] = ()
    instant: bool = False
    quiet: Quiet | None = None

    def __post_init__(self) -> None:
        days: dict[time, frozenset[int]] = {}
        for slot in self.slots:
            days[slot.at] = days.get(slot.at, frozenset()) | slot.weekdays
        if len(days) > MAX_SLOTS:
            raise ValueError(f"{len(days)} slots, at most {MAX_SLOTS}")
        object.__setattr__(self, "slots", tuple(Slot(days[at], at) for at in sorted(days)))

    @property
    def off(self) -> bool:
        return not self.slots and not self.instant

    def __str__(self) -> str:
        times: dict[frozenset[int], list[time]] = {}
        for slot in self.slots:
            times.setdefault(slot.weekdays, []).append(slot.at)
        parts = ["instant"] if self.instant else ["off"] if self.off else []
        # Every day's times come first: before them no day is named, after them none is taken for theirs.
        order = sorted(times, key=lambda days: (days != EVERY_DAY, sorted(days)))
        parts += [f"{_days_text(days)} {_times_text(times[days])}".strip() for days in order]
        if self.quiet:
            parts.append(f"quiet {self.quiet.start:%H:%M}-{self.quiet.end:%H:%M}")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Due:
    """An instant in UTC; the date and the set time ("HH:MM") that name it are unique among a schedule's dues."""

    at: datetime
    local_date: date
    slot: str

    @property
    def name(self) -> tuple[date, str]:
        return self.local_date, self.slot


def parse(text: str, *, keep: Schedule | None = None, usual: time = time(9)) -> Schedule:
    """What a person wrote, in any of the four languages; raises ScheduleError. `usual` is the time of "daily".

    Days stand before their times (`будни 8:30, сб 10`) or after them (`в 9 по будням`); times without days are every
    day's. Quiet hours said alone change nothing else of `keep`; whatever doesn't name them keeps those of `keep`.
    """
    said = tokens(text)
    if not said:
        raise ScheduleError("empty", 0, "")
    base = keep or Schedule()
    quiets, rest = _partition(said, "quiet")
    if len(quiets) > 1:
        raise _error("conflict", quiets[1])
    quiet = base.quiet
    if quiets:
        quiet = Quiet(*quiets[0].times) if quiets[0].times else None
    if not rest:
        return replace(base, quiet=quiet)
    offs, rest = _partition(rest, "off")
    if offs and rest:
        raise _error("conflict", max(offs[0], rest[0], key=lambda token: token.at))
    instants, rest = _partition(rest, "instant")
    rest = _with_usual(rest, usual)
    return Schedule(_slots(rest), instant=bool(instants), quiet=quiet)


def _partition(said: list[Token], kind: Kind) -> tuple[list[Token], list[Token]]:
    return [token for token in said if token.kind == kind], [token for token in said if token.kind != kind]


def _with_usual(said: list[Token], usual: time) -> list[Token]:
    """«раз в неделю в понедельник», «каждый день»: with the usual time where none is said."""
    usuals, rest = _partition(said, "usual")
    named = frozenset[int]().union(*(token.days for token in rest), *(token.days for token in usuals))
    if usuals and not named:
        raise _error("no_day", usuals[0])
    if any(token.kind == "times" for token in rest) or not (usuals or (rest and named == EVERY_DAY)):
        return rest
    last = (rest or usuals)[-1]
    times = tuple(at for token in usuals for at in token.times) or (usual,)
    return [*rest, Token(kind="times", at=last.at, text=last.text, times=times)]


def _slots(said: list[Token]) -> tuple[Slot, ...]:
    runs = [list(run) for _, run in groupby(said, key=lambda token: token.kind)]
    if runs and runs[0][0].kind == runs[-1][0].kind == "days":
        raise _error("no_time", runs[-1][0])
    if len(runs) % 2:  # times at both ends: the first are every day's
        runs.insert(0, [])
    days, times = runs[::2], runs[1::2]
    if days and days[0] and days[0][0].kind == "times":
        days, times = times, days
    slots: list[Slot] = []
    for some_days, some_times in zip(days, times, strict=True):
        weekdays = frozenset[int]().union(*(token.days for token in some_days)) or EVERY_DAY
        for token in some_times:
            slots += [Slot(weekdays, at) for at in token.times]
            if len({slot.at for slot in slots}) > MAX_SLOTS:
                raise _error("too_many", token)
    return tuple(slots)


def _error(code: ErrorCode, token: Token) -> ScheduleError:
    return ScheduleError(code, token.at, token.text)


def next_due(schedule: Schedule, zone: ZoneInfo | str, *, after: datetime) -> Due | None:
    """The first due strictly after; None where nothing is set. An unknown zone raises ZoneInfoNotFoundError."""
    return next(iter(upcoming(schedule, zone, after=after, count=1)), None)


def upcoming(schedule: Schedule, zone: ZoneInfo | str, *, after: datetime, count: int) -> tuple[Due, ...]:
    """The first `count` dues strictly after, in order; none where nothing is set."""
    return tuple(islice((met[0] for met in meetings(schedule, zone, after=after)), count))


def meetings(schedule: Schedule, zone: ZoneInfo | str, *, after: datetime) -> Iterator[tuple[Due, ...]]:
    """All that is due strictly after, without end: what meets on an instant together, the earliest name first."""
    if not schedule.slots:
        return iter(())
    zone = _zone(zone)
    since = after.astimezone(zone).date() - timedelta(days=_FARTHEST)
    return dropwhile(lambda met: met[0].at <= after, _meetings(schedule, zone, since))


def instant(schedule: Schedule, zone: ZoneInfo | str, day: date, name: str) -> datetime | None:
    """When the set time of this name is due; None where it is not one of the schedule."""
    zone = _zone(zone)
    slot = next(
        (slot for slot in schedule.slots if f"{slot.at:%H:%M}" == name and day.weekday() in slot.weekdays), None
    )
    return _put_off(_instant(day, slot.at, zone), _nights(schedule.quiet, zone, day)) if slot else None


def in_quiet(schedule: Schedule, zone: ZoneInfo | str, now: datetime) -> bool:
    return quiet_ends(schedule, zone, now) is not None


def quiet_ends(schedule: Schedule, zone: ZoneInfo | str, now: datetime) -> datetime | None:
    """When the quiet hours that hold now are over, in UTC; None outside of them."""
    if not schedule.quiet:
        return None
    zone = _zone(zone)
    end = _put_off(now, _nights(schedule.quiet, zone, now.astimezone(zone).date()))
    return end if end > now else None


def _meetings(schedule: Schedule, zone: ZoneInfo, since: date) -> Iterator[tuple[Due, ...]]:
    """Every due whose name is of `since` or later, without end, in the order of instants."""
    pending: dict[datetime, list[Due]] = {}
    for days in count():
        today = since + timedelta(days=days)
        nights = _nights(schedule.quiet, zone, today)
        for slot in schedule.slots:
            if today.weekday() in slot.weekdays:
                at = _put_off(_instant(today, slot.at, zone), nights)
                pending.setdefault(at, []).append(Due(at, today, f"{slot.at:%H:%M}"))
        # No zone skips more than a day, so no later date's time falls before this date's midnight.
        settled = _instant(today, time.min, zone)
        yield from (tuple(pending.pop(at)) for at in sorted(pending) if at < settled)


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    # fold=0 is both rules at once: the first of two, and the offset before a gap, which moves a skipped time forward.
    first = datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == datetime.combine(day, at):
        return first
    # Where a zone's rules change and its clock does not (Nuuk, 2023-10-28 23:30), zoneinfo takes the hour for repeated.
    second = datetime.combine(day, at.replace(fold=1), tzinfo=zone).astimezone(UTC)
    return second if second.astimezone(zone).replace(tzinfo=None) == datetime.combine(day, at) else first


def _nights(quiet: Quiet | None, zone: ZoneInfo, around: date) -> tuple[tuple[datetime, datetime], ...]:
    """The quiet hours, as instants, that can hold or follow a moment of the date."""
    if quiet is None:
        return ()
    overnight = timedelta(days=quiet.end < quiet.start)
    dates = [around + timedelta(days=days) for days in range(-2, 3)]
    return tuple((_instant(day, quiet.start, zone), _instant(day + overnight, quiet.end, zone)) for day in dates)


def _put_off(moment: datetime, nights: Iterable[tuple[datetime, datetime]]) -> datetime:
    for start, end in nights:
        if start <= moment < end:
            moment = end
    return moment


def _zone(zone: ZoneInfo | str) -> ZoneInfo:
    return ZoneInfo(zone) if isinstance(zone, str) else zone


def _is_clock_time(at: time) -> bool:
    return at.tzinfo is None and not (at.second or at.microsecond or at.fold)


def _days_text(days: frozenset[int]) -> str:
    """`mon-wed,fri`; nothing where it is every day."""
    if days == EVERY_DAY:
        return ""
    runs = [[day for _, day in run] for _, run in groupby(enumerate(sorted(days)), key=lambda pair: pair[1] - pair[0])]
    names = [[_SHORT_NAMES[day] for day in run] for run in runs]
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else ",".join(run) for run in names)


def _times_text(times: list[time]) -> str:
    hourly = set(times) >= set(HOURS)
    single = [f"{at:%H:%M}" for at in times if not hourly or at.minute]
    return " ".join(["hourly", *single] if hourly else single)
