"""What is remembered of a conversation between two updates; a restart forgets it, and nobody is the worse for it."""

from asyncio import Lock
from collections import Counter, defaultdict
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final
from weakref import WeakValueDictionary

import structlog
from aiogram.fsm.storage.base import BaseEventIsolation, StateType, StorageKey
from aiogram.fsm.storage.memory import MemoryStorage, MemoryStorageRecord

# Of one person, in whichever chats: all those under way share a hundred places, and others want some too.
MOST_UPDATES: Final = 20

log = structlog.get_logger(__name__)


class Crowded(Exception):
    """More updates of one person wait than one may have; this one is not handled."""


class _Records(defaultdict[StorageKey, MemoryStorageRecord]):
    """Looking somebody up leaves no trace of them."""

    def __missing__(self, key: StorageKey) -> MemoryStorageRecord:
        return MemoryStorageRecord()


class Memory(MemoryStorage):
    """aiogram's, but holding only whom there is something to remember of: a bot meets more people than it questions."""

    def __init__(self) -> None:
        super().__init__()
        self.storage = _Records()

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        self.storage.setdefault(key, MemoryStorageRecord())
        await super().set_state(key, state)
        self._tidy(key)

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        self.storage.setdefault(key, MemoryStorageRecord())
        await super().set_data(key, data)
        self._tidy(key)

    def _tidy(self, key: StorageKey) -> None:
        if self.storage[key] == MemoryStorageRecord():
            del self.storage[key]


class InOrder(BaseEventIsolation):
    """Updates of one person in one chat are handled one after another; a lock lives as long as somebody holds it.

    Beyond `MOST_UPDATES` of a person they are refused, until the others are handled: Crowded.
    """

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[StorageKey, Lock] = WeakValueDictionary()
        self._updates: Counter[int] = Counter()
        self._refused: set[int] = set()
        self._aside: set[int] = set()

    @asynccontextmanager
    async def lock(self, key: StorageKey) -> AsyncGenerator[None, None]:
        if self._updates[key.user_id] >= MOST_UPDATES:
            self._refuse(key.user_id)
        self._updates[key.user_id] += 1
        try:
            lock = self._locks.setdefault(key, Lock())
            async with lock:
                yield
        finally:
            self._updates[key.user_id] -= 1
            if not self._updates[key.user_id]:
                del self._updates[key.user_id]
                self._refused.discard(key.user_id)

    @asynccontextmanager
    async def aside(self, key: StorageKey) -> AsyncGenerator[None, None]:
        """Within a lock, for what takes long: the person's other updates need not wait for it."""
        lock = self._locks[key]
        self._aside.add(key.user_id)
        lock.release()
        try:
            yield
        finally:
            self._aside.discard(key.user_id)
            await lock.acquire()

    def has_aside(self, key: StorageKey) -> bool:
        """Whether something of this person's takes long, in whichever chat."""
        return key.user_id in self._aside

    def _refuse(self, user: int) -> None:
        if user not in self._refused:
            self._refused.add(user)
            log.warning("updates refused: too many of one person wait", user=user, waiting=self._updates[user])
        raise Crowded

    async def close(self) -> None:
        self._locks.clear()
