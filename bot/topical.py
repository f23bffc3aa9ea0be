"""Topics of today as they are offered to newcomers: found in the store, and remembered for some minutes."""

from asyncio import Lock
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from storage.database import Database
from storage.models import Chat
from storage.topics import topics

OFFERED: Final = 3
# A crowd of newcomers asks once.
REMEMBERED: Final = timedelta(minutes=10)


class _Known(NamedTuple):
    at: datetime
    topics: Sequence[str]


class Topical:
    """What is talked about today, by the languages that somebody reads."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lock = Lock()
        self._known: dict[tuple[str, ...], _Known] = {}

    async def offered(self, chat: Chat, language: str, *, now: datetime) -> Sequence[str]:
        """In the language of the reader where there is enough of it, else in any that the chat reads."""
        languages = _read(chat, language)
        async with self._lock:
            known = self._known.get(languages)
            # A store that has nothing yet is looked into again.
            if known and known.topics and timedelta(0) <= now - known.at < REMEMBERED:
                return known.topics
            async with self._db.read() as conn:
                found = await topics(conn, languages=languages, now=now, limit=OFFERED)
            self._known[languages] = _Known(now, found)
        return found


def _read(chat: Chat, language: str) -> tuple[str, ...]:
    """Languages of articles, the reader's own first; the empty one stands for all."""
    if not chat.languages:
        return language, ""
    return tuple(sorted(chat.languages, key=lambda one: (one != language, one)))
