"""What waits to be sent, as far as it is known: the next message of each chat, in their order.

looked up by the page ──add──▶ ready ──take──▶ claimed, sent, settled ──free──▶ the next of that chat
                                 │  ▲
                                 ▼  │ when its time has come
                               resting: Telegram wants a pause between the messages of a chat
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from heapq import heappop, heappush

from storage.outbox import Head


class Backlog:
    """`free_at` is when a chat may be sent its next message, by the clock. Two topics of a forum are one chat here."""

    def __init__(self, free_at: Callable[[int], float], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._free_at = free_at
        self._clock = clock
        self._known: set[int] = set()
        # Broadcasts come after all else.
        self._ready: list[tuple[bool, Head]] = []
        self._resting: list[tuple[float, Head]] = []
        self._busy: set[int] = set()
        self._behind: defaultdict[int, list[Head]] = defaultdict(list)

    def __len__(self) -> int:
        return len(self._known)

    @property
    def ready(self) -> int:
        """How many may be taken, unless their chats are busy."""
        self._wake()
        return len(self._ready)

    def add(self, heads: Iterable[Head]) -> None:
        for head in heads:
            if head.id not in self._known:
                self._known.add(head.id)
                self._put(head)

    def take(self, limit: int) -> list[Head]:
        """The first ones whose chats may be sent something now, at most one a chat; `free` gives each chat back."""
        now, taken = self._wake(), list[Head]()
        while self._ready and len(taken) < limit:
            _, head = heappop(self._ready)
            if head.telegram_id in self._busy:
                self._behind[head.telegram_id].append(head)
            elif (free_at := self._free_at(head.telegram_id)) > now:
                heappush(self._resting, (free_at, head))
            else:
                self._busy.add(head.telegram_id)
                self._known.remove(head.id)
                taken.append(head)
        return taken

    def free(self, telegram_id: int) -> None:
        """Nothing is on its way to this chat any more."""
        self._busy.discard(telegram_id)
        for head in self._behind.pop(telegram_id, ()):
            self._put(head)

    def next_at(self) -> float | None:
        """When the first of those that rest may go on, by the clock."""
        return self._resting[0][0] if self._resting else None

    def _wake(self) -> float:
        now = self._clock()
        while self._resting and self._resting[0][0] <= now:
            self._put(heappop(self._resting)[1])
        return now

    def _put(self, head: Head) -> None:
        heappush(self._ready, (head.can_wait, head))
