"""What is remembered of a conversation between two updates; a restart forgets it, and nobody is the worse for it."""

from asyncio import Lock
from collections import defaultdict
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from weakref import WeakValueDictionary

from aiogram.fsm.storage.base import BaseEventIsolation, StateType, StorageKey
from aiogram.fsm.storage.memory import MemoryStorage, MemoryStorageRecord


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
    """Updates of one person in one chat are handled one after another; a lock lives as long as somebody holds it."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[StorageKey, Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def lock(self, key: StorageKey) -> AsyncGenerator[None, None]:
        lock = self._locks.setdefault(key, Lock())
        async with lock:
            yield

    async def close(self) -> None:
        self._locks.clear()
