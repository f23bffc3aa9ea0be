"""How often something may happen, for each of many keys. Pure: seconds of the caller's clock come as arguments.

    take ──▶ one token less          free_at ──▶ when the next token is there

A bucket is one number, the time at which it will be full again (the generic cell rate algorithm, ITU-T I.371): in any
window of t seconds at most t / interval + burst are taken. A key whose bucket is full again is forgotten.
"""

from math import inf


class Buckets:
    """A token bucket for each key: `burst` tokens (at least one) at most, a new one every `interval_s`."""

    def __init__(self, interval_s: float, *, burst: float) -> None:
        self._interval_s = interval_s
        self._slack_s = (burst - 1) * interval_s
        # In the order of the last takes, which is nearly that in which they are full.
        self._full_at: dict[int, float] = {}

    def __len__(self) -> int:
        """Keys that are not full, and a few that were not at the last take."""
        return len(self._full_at)

    def free_at(self, key: int) -> float:
        """When a token is there: in the past where one is there now."""
        return self._full_at.get(key, -inf) - self._slack_s

    def take(self, key: int, *, now: float, weight: float = 1) -> None:
        """Where none is there it is owed; with a weight of two, say, it takes two intervals to come back."""
        full_at = max(self._full_at.pop(key, now), now) + weight * self._interval_s
        self._full_at[key] = full_at
        self._forget(now)

    def _forget(self, now: float) -> None:
        while self._full_at and self._full_at[first := next(iter(self._full_at))] <= now:
            del self._full_at[first]
