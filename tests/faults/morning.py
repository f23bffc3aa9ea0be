"""A morning: readers whose digests are due, and an account of what has reached them.

Stories are told apart by headlines of words that nobody else uses, so that none is taken for another and each can be
counted in every message; the count knows nothing of the bot's own books.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiogram.utils.i18n import I18n
from sqlalchemy import Select, func, select

from bot.languages import LOCALES, catalogues
from bot.locales.compile import compile_catalogues
from bot.preferences import preferences
from storage.database import Database
from storage.schema import attempts, chats, outbox
from tests.bot.newsroom import DAY, Defaults, draft, newsroom
from tests.telegram import TelegramServer

# More stories than a message holds: digests come in three parts.
STORIES = 30
_LETTERS = "абвгдежзиклмнопрстуфхцчш"


@dataclass(frozen=True, slots=True)
class Morning:
    """The store at `path`, the chats whose digests are due, and the headlines that each of them is to be told."""

    path: Path
    chats: tuple[int, ...]
    headlines: tuple[str, ...]

    @property
    def url(self) -> str:
        return f"sqlite+aiosqlite:///{self.path}"


@dataclass(frozen=True, slots=True)
class Account:
    """What became of a morning: stories of chats that were to be told, and of these the lost ones; messages that came
    again, and those of them of which the store knows that it did not know; messages given up, and in which states.
    """

    expected: int
    lost: int
    repeated: int
    unrecorded: int
    given_up: int

    @property
    def holds(self) -> bool:
        """Nothing is lost or given up, and of all that came again the store knows why."""
        return not (self.lost or self.unrecorded or self.given_up)


async def morning(
    folder: Path, *, readers: Sequence[int], stories: int = STORIES, due: datetime | None = None
) -> Morning:
    """Everybody follows one topic, and slept through the set time of the last day; or is due at this moment."""
    titles = tuple(_headline(number) for number in range(stories))
    async with newsroom(folder, _texts()) as room:
        room.now = datetime.now(UTC).replace(microsecond=0)
        known = [await room.reader("казахстан", telegram_id=reader) for reader in readers]
        await room.publish(*(draft(title, _text(number)) for number, title in enumerate(titles)))
        missed = due or preferences(known[0], Defaults()).next_digest(after=room.now - DAY)
        async with room.db.write() as conn:
            await conn.execute(chats.update().values(next_due_at=missed))
        return Morning(room.db.path, tuple(readers), titles)


async def is_over(told: Morning, *, asleep: int = 0) -> bool:
    """Whether every chat but so many sleepers has its digest, and nothing waits."""
    waiting = select(func.count()).select_from(outbox.join(chats, chats.c.id == outbox.c.chat_id))
    waiting = waiting.where(outbox.c.state.in_(["pending", "sending"]), ~chats.c.asleep)
    made = select(func.count(func.distinct(outbox.c.chat_id)))
    # In this order: what is composed between the two questions waits at the second.
    return await _number(told, made) >= len(told.chats) - asleep and await _number(told, waiting) == 0


async def account(told: Morning, telegram: TelegramServer, *, without: Sequence[int] = ()) -> Account:
    """Of all its chats, but those `without`."""
    counted = [chat for chat in told.chats if chat not in without]
    given = Counter((message.chat_id, message.text) for message in telegram.sent if message.chat_id in told.chats)
    heard = {(chat, title) for chat, text in given for title in told.headlines if title in text}
    expected = {(chat, title) for chat in counted for title in told.headlines}
    again = [chat for (chat, _), times in given.items() for _ in range(times - 1)]
    known = await _in_doubt(told)
    recorded = sum(min(times, known[chat]) for chat, times in Counter(again).items())
    return Account(
        expected=len(expected),
        lost=len(expected - heard),
        repeated=len(again),
        unrecorded=len(again) - recorded,
        given_up=await _number(told, select(func.count()).where(outbox.c.state.in_(["refused", "unknown"]))),
    )


async def rows(told: Morning, question: Select[Any]) -> list[Any]:
    """What the store says, read beside the program."""
    db = await Database.open(told.url)
    try:
        async with db.read() as conn:
            return list(await conn.execute(question))
    finally:
        await db.close()


async def _in_doubt(told: Morning) -> Counter[int]:
    """Telegram's chat → attempts of which nobody could tell whether they had arrived."""
    joined = attempts.join(outbox, outbox.c.id == attempts.c.message_id).join(chats, chats.c.id == outbox.c.chat_id)
    doubts = attempts.c.outcome.in_(["lost", "interrupted"])
    found = await rows(told, select(chats.c.telegram_id).select_from(joined).where(doubts))
    return Counter(row.telegram_id for row in found)


async def _number(told: Morning, question: Select[Any]) -> int:
    return int((await rows(told, question))[0][0])


def _texts() -> I18n:
    compile_catalogues(LOCALES)
    return catalogues("ru")


def _headline(number: int) -> str:
    return f"Казахстан {_words(number, 4)}"


def _text(number: int) -> str:
    """Two sentences, as long as they are in real news."""
    return f"{_words(1000 + number, 14).capitalize()}. {_words(2000 + number, 14).capitalize()}."


def _words(seed: int, count: int) -> str:
    chosen = random.Random(seed)
    return " ".join("".join(chosen.choices(_LETTERS, k=chosen.randint(5, 9))) for _ in range(count))
