"""How a chat gets what it is to be told at once: each story by itself, all of them together, or later. Pure.

stories that wait, alerts of late ──manner──▶ Singly | Together | Later
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

# More than one in six minutes is no alert any more: nobody reads the eleventh.
ALERTS_AN_HOUR: Final = 10
AN_HOUR: Final = timedelta(hours=1)


class Reason(Enum):
    """Why stories that were to come one by one come together."""

    MANY = auto()
    QUIET = auto()
    PAUSED = auto()


@dataclass(frozen=True, slots=True)
class Singly:
    """Each in a message of its own."""


@dataclass(frozen=True, slots=True)
class Together:
    """As one digest."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Later:
    """The hour is full; at `until` it has room again."""

    until: datetime


def manner(
    stored: Sequence[datetime],
    told: Sequence[datetime],
    *,
    was_quiet: Callable[[datetime], bool],
    resumed: datetime | None = None,
    now: datetime,
) -> Singly | Together | Later:
    """`stored`: when each of the stories that wait came; `told`: when the chat was told the last ones, newest first.

    `resumed`: when its last pause was over. What was held back, by that, quiet hours or a full hour, is known by when
    it came, so that no restart forgets it.
    """
    of_late = [at for at in told if at > now - AN_HOUR]
    if len(of_late) >= ALERTS_AN_HOUR:
        return Later(of_late[ALERTS_AN_HOUR - 1] + AN_HOUR)
    if len(stored) > 1 and resumed and any(at < resumed for at in stored):
        return Together(Reason.PAUSED)
    if len(stored) > 1 and any(was_quiet(at) for at in stored):
        return Together(Reason.QUIET)
    if len(of_late) + len(stored) > ALERTS_AN_HOUR or (len(stored) > 1 and any(_was_full(told, at) for at in stored)):
        return Together(Reason.MANY)
    return Singly()


def _was_full(told: Sequence[datetime], at: datetime) -> bool:
    return sum(at - AN_HOUR < one <= at for one in told) >= ALERTS_AN_HOUR
