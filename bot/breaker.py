"""A circuit breaker: while nobody reaches Telegram, one message finds out for all.

closed ──failures in a row──▶ open: one attempt at a time, each after a longer wait ──an answer──▶ closed
"""

import random
import time
from collections.abc import Callable
from typing import Final

# As many as are in flight when the connection breaks.
MESSAGES: Final = 8
FIRST_WAIT_S: Final = 2.0
# So late, at most, is it seen that Telegram is there again.
LONGEST_WAIT_S: Final = 30.0


class Breaker:
    """Counts messages that fail, one after the other, for reasons that concern all alike.

    One message that fails again and again is no sign of that.
    """

    def __init__(
        self, *, clock: Callable[[], float] = time.monotonic, chance: Callable[[], float] = random.random
    ) -> None:
        self._clock = clock
        self._chance = chance
        self._failed: set[int] = set()
        # How often it failed since it is open; 0 while it is closed.
        self._failures = 0
        self._next_at = 0.0

    @property
    def is_open(self) -> bool:
        return self._failures > 0

    def allows(self, sends: int, *, in_flight: int) -> int:
        """How many of these may begin."""
        if not self.is_open:
            return sends
        return min(sends, 1) if not in_flight and self._clock() >= self._next_at else 0

    def failed(self, message_id: int) -> bool:
        """Telegram was out of reach; True where that was one message too many."""
        was_open = self.is_open
        if not was_open:
            self._failed.add(message_id)
        if len(self._failed) >= MESSAGES:
            longest = min(FIRST_WAIT_S * 2 ** min(self._failures, 16), LONGEST_WAIT_S)
            self._failures += 1
            self._next_at = self._clock() + longest * (0.5 + self._chance() / 2)
        return self.is_open and not was_open

    def answered(self) -> bool:
        """Telegram said something, whatever it was; True where it had been out of reach."""
        was_open = self.is_open
        self._failures = 0
        self._failed.clear()
        return was_open
