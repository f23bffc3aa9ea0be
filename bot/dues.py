"""What becomes of a chat's next digest when its choices, the clock or a zone's rules change. Pure.

    chats.next_due_at: up to now ─▶ owed: composed at the next turn, in the name of every set time that has passed
                       later     ─▶ the first set time to come that has had no digest

`/schedule` and `/timezone` ──rechosen──▶ next, answered; a start, or a clock set back ──retimed──▶ next;
a digest that is composed ──answers──▶ the set times that it stands for
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Final, NamedTuple, TypeAlias

from bot.preferences import Preferences
from bot.timetable import Due, instant, meetings

Name: TypeAlias = tuple[date, str]

# No change of zone or quiet hours moves a set time farther.
LOOK_BACK: Final = timedelta(days=3)
# By so much do governments move the clock of a zone; what a new time zone database moves farther is not recognised as
# the same set time.
RULE_CHANGE: Final = timedelta(hours=3)
_SECOND: Final = timedelta(seconds=1)


class Next(NamedTuple):
    """When a chat's next digest is due, and which set times have had theirs or have it in this one."""

    at: datetime | None
    answered: frozenset[Name]


def at_instant(chosen: Preferences, at: datetime) -> tuple[Due, ...]:
    """The set times that are due then and at no other moment."""
    met = next(meetings(chosen.schedule, chosen.zone, after=at - _SECOND), ())
    return met if met and met[0].at == at else ()


def answers(chosen: Preferences, due: datetime, *, now: datetime) -> frozenset[Name]:
    """The set times that a digest composed now answers, of the last days: all that have passed since it was due."""
    passed = _passed(chosen, after=max(due, now - LOOK_BACK) - _SECOND, until=now)
    return frozenset(one.name for met in passed for one in met)


def rechosen(old: Preferences, new: Preferences, due: datetime | None, *, now: datetime) -> Next:
    """Where a chat has chosen a zone or a schedule.

    A digest that is owed comes all the same, for what it was owed. A set time of both that was still to come by the old
    choice and has passed by the new one is owed by that: a zone farther east, quiet hours that are no more. A time that
    was not set when it passed begins the next day. Where nothing is set any more nothing comes, neither what is owed.
    """
    at = new.next_digest(after=now)
    if due is None or new.is_paused(now):
        return Next(at, old.answered)
    jumped = tuple(_jumped(old, new, now=now))
    if due <= now:
        owed = answers(old, due, now=now) | {one.name for one in jumped}
        return Next(at and due, old.answered | owed)
    return Next(min((one.at for one in jumped), default=at), old.answered)


def retimed(chosen: Preferences, due: datetime, *, now: datetime) -> datetime | None:
    """The time of a digest that was due at `due` by a clock or by rules that may hold no more."""
    at = chosen.next_digest(after=now)
    if at is None or at == due or (chosen.is_paused(now) and due > now):
        return at
    if due > now:
        late = _passed(chosen, after=due - RULE_CHANGE - _SECOND, until=now)
        return next((one[0].at for met in late if (one := chosen.unanswered(met))), at)
    is_moved_on = at - due <= RULE_CHANGE and not any(_passed(chosen, after=due - _SECOND, until=now))
    return at if is_moved_on else due


def _jumped(old: Preferences, new: Preferences, *, now: datetime) -> Iterator[Due]:
    """The set times of both choices that were to come by the old one and have passed by the new one."""
    for met in _passed(new, after=now - LOOK_BACK, until=now):
        for one in new.unanswered(met):
            before = instant(old.schedule, old.zone, *one.name)
            if before and before > now:
                yield one


def _passed(chosen: Preferences, *, after: datetime, until: datetime) -> Iterator[tuple[Due, ...]]:
    return takewhile(lambda met: met[0].at <= until, meetings(chosen.schedule, chosen.zone, after=after))
