"""A bot that is killed outright at each step from what is due to what is sent: nothing is lost, little comes twice.

due ──compose──▶ outbox ──claim──▶ sending ──Telegram has it──▶ settle ──▶ sent
"""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiogram.utils.i18n import I18n
from filelock import FileLock
from sqlalchemy import Select, select

from bot.draining import IN_FLIGHT
from bot.languages import LOCALES, catalogues
from bot.locales.compile import compile_catalogues
from bot.preferences import preferences
from storage import proof, retention, saved
from storage.schema import articles, chats, digests, outbox, stories
from storage.turns import lock_path
from tests.bot.newsroom import DAY, Defaults, Newsroom, draft, newsroom
from tests.process import TOKEN, Bot, running, until
from tests.telegram import TelegramServer
from tests.telegram_methods import Request

pytestmark = pytest.mark.slow

# More than become one transaction, so that the bot can be killed between two.
READERS = range(1, 201)
HANGING = 20
# Long enough for the tick that delivers to have had its turn.
TURN_S = 2.0


def nothing() -> None:
    """What usually happens between a send and its answer."""


class Telegram(TelegramServer):
    """Tells the test of a send before the bot is told that it succeeded."""

    def __init__(self) -> None:
        super().__init__(TOKEN)
        self.has_accepted: Callable[[], object] = nothing

    async def _carry_out(self, request: Request) -> object:
        result = await super()._carry_out(request)
        if request.method == "sendMessage":
            self.has_accepted()
        return result

    def count(self, text: str) -> Counter[int]:
        """How often each chat has a message with this text."""
        return Counter(message.chat_id for message in self.sent if text in message.text)


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    async with Telegram() as server:
        for reader in READERS:
            server.register(reader)
        yield server
    assert server.violations == []


@pytest.fixture(scope="module")
def i18n() -> I18n:
    compile_catalogues(LOCALES)
    return catalogues("ru")


@pytest.fixture
async def room(tmp_path: Path, i18n: I18n) -> AsyncIterator[Newsroom]:
    async with newsroom(tmp_path, i18n) as opened:
        opened.now = datetime.now(UTC).replace(microsecond=0)
        yield opened


async def rows(room: Newsroom, question: Select[Any]) -> list[Any]:
    async with room.db.read() as conn:
        return list(await conn.execute(question))


async def in_flight(room: Newsroom) -> set[int]:
    """Readers to whom the bot that was killed was sending: nobody can tell whether it arrived."""
    joined = outbox.join(chats, chats.c.id == outbox.c.chat_id)
    sending = select(chats.c.telegram_id).select_from(joined).where(outbox.c.state == "sending")
    return {row.telegram_id for row in await rows(room, sending)}


async def composed(room: Newsroom) -> int:
    return len(await rows(room, select(digests.c.id)))


async def everything_is_sent(room: Newsroom) -> None:
    """Waits until every reader's digest is composed and every message settled."""

    async def is_settled() -> bool:
        states = {row.state for row in await rows(room, select(outbox.c.state))}
        return states == {"sent"} and await composed(room) == len(READERS)

    await until(is_settled)


async def killed_while_composing(room: Newsroom, telegram: Telegram) -> set[int]:
    async def has_begun() -> bool:
        return await composed(room) > 0

    async with running(telegram, room.db.path, SEND_RATE="0") as bot:
        await until(has_begun)
        await bot.kill()
    assert 0 < await composed(room) < len(READERS)
    return await in_flight(room)


async def killed_while_sending(room: Newsroom, telegram: Telegram) -> set[int]:
    """Some messages wait, one send hangs, others have arrived but are not settled, the first ones are."""
    lock = FileLock(lock_path(room.db.path))
    telegram.fail_next("sendMessage", chat_id=HANGING, drop="hang")

    def hold_the_store() -> None:
        if len(telegram.sent) >= len(READERS) // 2 and not lock.is_locked:
            lock.acquire(timeout=10)

    telegram.has_accepted = hold_the_store
    async with running(telegram, room.db.path, SEND_RATE="0") as bot:
        await telegram.world.until(lambda: lock.is_locked or None, timeout_s=30)
        await asyncio.sleep(0.5)
        await bot.kill()
    lock.release()
    telegram.has_accepted = nothing
    left = {row.state for row in await rows(room, select(outbox.c.state))}
    assert left == {"pending", "sending", "sent"}
    return await in_flight(room)


async def killed_before_claiming(room: Newsroom, telegram: Telegram, bot: Bot) -> None:
    """Each reader has another message in the outbox, and the bot gets no further than wanting it."""
    with FileLock(lock_path(room.db.path)), closing(sqlite3.connect(room.db.path)) as store:
        columns = "chat_id, digest_id, part, html, state, not_before"
        store.execute(f"INSERT INTO outbox ({columns}) SELECT chat_id, id, 99, 'LAST', 'pending', 0 FROM digests")
        store.commit()
        await asyncio.sleep(TURN_S)
        await bot.kill()
    assert not await in_flight(room)
    assert not telegram.count("LAST")


async def test_a_bot_that_is_killed_at_every_step_tells_everybody_everything(
    room: Newsroom, telegram: Telegram
) -> None:
    readers = [await room.reader("казахстан", telegram_id=reader) for reader in READERS]
    await room.publish("Казахстан")
    missed = preferences(readers[0], Defaults()).next_digest(after=room.now - DAY)
    for reader in readers:
        await room.change_chat(reader, next_due_at=missed)

    in_doubt = await killed_while_composing(room, telegram)
    in_doubt |= await killed_while_sending(room, telegram)
    assert HANGING in in_doubt
    assert len(in_doubt) <= 2 * IN_FLIGHT
    async with running(telegram, room.db.path, SEND_RATE="0") as bot:
        await everything_is_sent(room)
        await killed_before_claiming(room, telegram, bot)
    async with running(telegram, room.db.path, SEND_RATE="0") as bot:
        await everything_is_sent(room)
        assert (await bot.stop()).code == 0

    told = telegram.count("Казахстан")
    assert told.keys() == {*READERS}
    assert {reader for reader, times in told.items() if times > 1} <= in_doubt
    assert told[HANGING] == 2
    assert telegram.count("LAST") == dict.fromkeys(READERS, 1)
    for reader in readers:
        assert len(await room.slots(reader)) == 1
        due = (await room.known(reader)).next_due_at
        assert due
        assert due > room.now


async def test_a_bot_that_is_killed_while_it_tidies_up_leaves_the_store_whole(
    room: Newsroom, telegram: Telegram
) -> None:
    begun, pages = room.now, 8
    room.now = begun - 40 * DAY
    reader = await room.reader("саммит", telegram_id=1)
    await room.publish("Саммит", *(draft(f"Старая {number}") for number in range(pages * retention.ARTICLES)))
    room.now = begun
    await room.publish("Саммит сегодня")
    async with room.db.write() as conn:
        await saved.save(conn, reader.id, 1, now=begun)

    async def stored() -> int:
        return len(await rows(room, select(articles.c.id)))

    async def is_tidying() -> bool:
        return await stored() <= (pages - 2) * retention.ARTICLES

    async def is_tidy() -> bool:
        return await stored() == 2

    async with running(telegram, room.db.path, KEEP_DAYS="30") as bot:
        await until(is_tidying)
        await bot.kill()
    assert await stored() > 2
    assert proof.prove(room.db.path).holds
    async with running(telegram, room.db.path, KEEP_DAYS="30") as bot:
        await until(is_tidy)
        assert (await bot.stop()).code == 0
    assert proof.prove(room.db.path).holds
    assert [row.title for row in await rows(room, select(articles.c.title))] == ["Саммит", "Саммит сегодня"]
    assert len(await rows(room, select(stories.c.id))) == 2
