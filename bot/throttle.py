"""How much is read of one person, and of one group. Pure: seconds of the caller's clock come as arguments.

    enter ──▶ its turn ──▶ handled ──▶ leave     too much under way, or too much in a minute ──▶ shut for a while,
                                                 and what waits for its turn is dropped
Whoever waits for each answer is hardly ever stopped: what counts most is what waits to be handled.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from bot.buckets import Buckets

# All updates under way share a hundred places, and others want some too.
MOST_UNDER_WAY: Final = 20
# Of updates that are handled as fast as they come: so many at once, then so many a second.
MOST_AT_ONCE, A_SECOND = 200, 5
SHUT_S: Final = 10.0

# Who pays for an update, a person's id or a group's (below zero), and how much.
Costs: TypeAlias = Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Shut:
    """Not read: `key` gave too much. `is_new` the first time, which is when it is told."""

    key: int
    is_new: bool


class Throttle:
    """Everybody who has something under way, or gave much of late; the others are not remembered."""

    def __init__(self) -> None:
        self._under_way: Counter[int] = Counter()
        self._given = Buckets(1 / A_SECOND, burst=MOST_AT_ONCE)
        # In the order in which they are opened again.
        self._shut: dict[int, float] = {}

    def __len__(self) -> int:
        return len(self._under_way) + len(self._given) + len(self._shut)

    def enter(self, costs: Costs, *, now: float) -> Shut | None:
        """None where it is to be handled, and then to be left with the same costs."""
        self._open(now)
        for key, cost in costs.items():
            if key in self._shut:
                return Shut(key, is_new=False)
            if self._under_way[key] + cost > MOST_UNDER_WAY or self._given.free_at(key) > now:
                self._shut[key] = now + SHUT_S
                return Shut(key, is_new=True)
        for key, cost in costs.items():
            self._under_way[key] += cost
            self._given.take(key, now=now, weight=cost)
        return None

    def is_shut(self, costs: Costs, *, now: float) -> bool:
        """Whether somebody who pays has given too much meanwhile: what waits for its turn is not read either."""
        self._open(now)
        return any(key in self._shut for key in costs)

    def leave(self, costs: Costs) -> None:
        self._under_way.subtract(costs)
        for key in costs:
            if not self._under_way[key]:
                del self._under_way[key]

    def _open(self, now: float) -> None:
        while self._shut and self._shut[first := next(iter(self._shut))] <= now:
            del self._shut[first]
