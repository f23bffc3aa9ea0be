"""Work that keeps a processor busy stands aside while somebody waits for an answer.

update ──Courtesy──▶ handler, answer          threads: for one in courtesy.patiently(many) ──▶ each waits its turn

A thread that computes gives the interpreter up only now and then, and an answer needs it dozens of times.
"""

import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from aiogram import BaseMiddleware
from aiogram.types import TelegramObject

# Where answers never end, work goes on at this pace.
PATIENCE_S = 0.05

Some = TypeVar("Some")


class Courtesy(BaseMiddleware):
    """Knows how many updates are being answered."""

    def __init__(self) -> None:
        self._answering = 0
        self._nobody_waits = threading.Event()
        self._nobody_waits.set()

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        self._count(1)
        try:
            return await handler(event, data)
        finally:
            self._count(-1)

    @contextmanager
    def waived(self) -> Iterator[None]:
        """For an answer that waits for such work itself."""
        self._count(-1)
        try:
            yield
        finally:
            self._count(1)

    def patiently(self, many: Iterable[Some]) -> Iterator[Some]:
        """The same, for a thread: the next one comes when nobody waits, or has waited for a while."""
        for one in many:
            self._nobody_waits.wait(PATIENCE_S)
            yield one

    def _count(self, more: int) -> None:
        self._answering += more
        if self._answering > 0:
            self._nobody_waits.clear()
        else:
            self._nobody_waits.set()
