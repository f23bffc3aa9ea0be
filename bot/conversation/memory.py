"""What is remembered of a conversation between two updates, and in which order these are handled.

    a question is asked ──▶ known here, and a row ──restart──▶ known again ──▶ answered, or a day old: gone

All that is open is read once, so that whoever was asked nothing costs neither a read nor a write.
"""

from asyncio import Lock
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from weakref import WeakValueDictionary

import structlog
from aiogram import Bot
from aiogram.fsm.middleware import FSMContextMiddleware
from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseEventIsolation, BaseStorage, StateType, StorageKey

from storage import dialogues
from storage.database import Database
from storage.dialogues import Dialogue, Place
from storage.errors import FullError

# Whoever has not answered by then begins anew.
KEPT_FOR: Final = timedelta(days=1)
# Beyond so many, those too old are looked for at every new one.
MANY: Final = 10_000

log = structlog.get_logger(__name__)


class Memory(BaseStorage):
    """Holds only whom there is something to remember of: a bot meets more people than it questions.

    While the disk takes nothing it goes on, and what could not be written is written with the next change.
    """

    def __init__(self, db: Database, *, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._clock = clock
        self._known: dict[Place, Dialogue] = {}
        self._is_loaded = False
        self._loading = Lock()
        self._unwritten: set[Place] = set()

    async def get_state(self, key: StorageKey) -> str | None:
        return (await self._find(_place(key))).state

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        return dict((await self._find(_place(key))).data)

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        place, name = _place(key), state.state if isinstance(state, State) else state
        await self._change(place, replace(await self._find(place), state=name))

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        place = _place(key)
        await self._change(place, replace(await self._find(place), data=dict(data)))

    def forget(self, chat_id: int) -> None:
        """Nothing is left of what was said in the chat, by whomever; the rows go with the chat's others."""
        for place in [place for place in self._known if place.telegram_id == chat_id]:
            del self._known[place]
        self._unwritten = {place for place in self._unwritten if place.telegram_id != chat_id}

    async def close(self) -> None:
        """The store is closed by whoever has opened it."""

    async def _find(self, place: Place) -> Dialogue:
        if not self._is_loaded:
            await self.load()
        now, known = self._clock(), self._known.get(place)
        return known if known and _is_kept(known, now) else Dialogue(now)

    async def load(self) -> None:
        """To be called once before there is much to do; else whoever comes first waits for it."""
        async with self._loading:
            if not self._is_loaded:
                async with self._db.read() as conn:
                    self._known = await dialogues.load(conn, since=self._clock() - KEPT_FOR)
                self._is_loaded = True

    async def _change(self, place: Place, changed: Dialogue) -> None:
        known, now = self._known.get(place), self._clock()
        if known == changed or not (known or changed):
            return
        if changed:
            self._known[place] = replace(changed, changed_at=now)
            self._drop_old(now)
        else:
            self._known.pop(place, None)
        self._unwritten.add(place)
        await self._write(now)

    async def _write(self, now: datetime) -> None:
        places = list(self._unwritten)
        try:
            async with self._db.write() as conn:
                for place in places:
                    await dialogues.save(conn, place, self._known.get(place, Dialogue(now)))
        except FullError:
            log.debug("dialogue not written, the disk takes nothing", waiting=len(places))
        else:
            self._unwritten.difference_update(places)

    def _drop_old(self, now: datetime) -> None:
        """Those of the rows are the housekeeping's."""
        if len(self._known) > MANY:
            self._known = {place: one for place, one in self._known.items() if _is_kept(one, now)}


def _is_kept(one: Dialogue, now: datetime) -> bool:
    return now - one.changed_at < KEPT_FOR


def _place(key: StorageKey) -> Place:
    return Place(key.chat_id, key.thread_id or 0, key.user_id)


class Dialogues(FSMContextMiddleware):
    """aiogram's, but a channel, too, is somebody: who posts there has no name of their own."""

    def resolve_context(self, bot: Bot, chat_id: int | None, user_id: int | None, *args: Any, **kwargs: Any) -> Any:
        return super().resolve_context(bot, chat_id, chat_id if user_id is None else user_id, *args, **kwargs)


class InOrder(BaseEventIsolation):
    """Updates of one chat are handled one after another, whoever they are of; a lock lives as long as it is held."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[int, Lock] = WeakValueDictionary()
        self._aside: set[int] = set()

    @asynccontextmanager
    async def lock(self, key: StorageKey) -> AsyncGenerator[None, None]:
        lock = self._locks.setdefault(key.chat_id, Lock())
        async with lock:
            yield

    @asynccontextmanager
    async def aside(self, key: StorageKey) -> AsyncGenerator[None, None]:
        """Within a lock, for what takes long: the chat's other updates need not wait for it."""
        lock = self._locks[key.chat_id]
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

    async def close(self) -> None:
        self._locks.clear()
