"""The queue behind getUpdates: sent again until confirmed, held for one poll at a time."""

import asyncio
import itertools
from collections import deque
from typing import Any

from tests.telegram_rules import Refused

UNLESS_ASKED_FOR = {"chat_member", "message_reaction", "message_reaction_count"}
PAGE = 100


class Updates:
    def __init__(self) -> None:
        self.pending: deque[dict[str, Any]] = deque()
        self.allowed: frozenset[str] = frozenset()
        self._ids = itertools.count(770_000_001)
        self._poll = object()
        self.bell = asyncio.Event()

    def put(self, kind: str, payload: dict[str, Any]) -> int:
        """Queues an update if its kind is among the allowed ones, as they stand now; its id either way."""
        update_id = next(self._ids)
        if kind in self.allowed or (not self.allowed and kind not in UNLESS_ASKED_FOR):
            self.pending.append({"update_id": update_id, kind: payload})
            self.ring()
        return update_id

    async def poll(
        self, offset: int = 0, limit: int = PAGE, *, timeout_s: float = 0, allowed: list[str] | None = None
    ) -> list[dict[str, Any]]:
        """Confirms what lies below `offset` and returns the rest, waiting for one; a newer poll ends it with 409."""
        mine = self._poll = object()
        if allowed is not None:
            self.allowed = frozenset(allowed)
        self._confirm(offset)
        self.ring()
        try:
            async with asyncio.timeout(timeout_s):
                while not self.pending:
                    await self.bell.wait()
                    if self._poll is not mine:
                        raise Refused(
                            "Conflict: terminated by other getUpdates request; "
                            "make sure that only one bot instance is running",
                            status=409,
                            violation=False,
                        )
        except TimeoutError:
            return []
        return list(itertools.islice(self.pending, max(1, min(limit, PAGE))))

    def release(self) -> None:
        """Ends the poll that waits, if one does."""
        self._poll = object()
        self.ring()

    def _confirm(self, offset: int) -> None:
        while self.pending and (self.pending[0]["update_id"] < offset or 0 < -offset < len(self.pending)):
            self.pending.popleft()

    def ring(self) -> None:
        """Wakes whoever waits for `bell`: something has come."""
        self.bell.set()
        self.bell = asyncio.Event()
