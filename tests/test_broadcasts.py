"""/broadcast as an admin meets it, over HTTP: shown, confirmed, on its way, stopped; and killed in the midst of it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.languages import LOCALES
from bot.locales.compile import compile_catalogues
from storage import chats
from storage.database import Database
from storage.schema import chats as chat_table
from storage.schema import outbox
from tests.process import TOKEN, running, until
from tests.telegram import TelegramServer
from tests.telegram_methods import Request
from tests.telegram_world import SentMessage

pytestmark = pytest.mark.slow

ADMIN, READERS = 7, range(1001, 1601)
HANGING = 1033
NEWS = "Завтра обновление"
# Slow enough to be met under way.
SLOW = "40"
# Long enough for the ticks that spread and deliver to have had their turn.
TURN_S = 2.0


class Telegram(TelegramServer):
    """Tells the test of a send before the bot is told that it succeeded."""

    def __init__(self) -> None:
        super().__init__(TOKEN)
        self.has_accepted: Callable[[], object] = lambda: None

    async def _carry_out(self, request: Request) -> object:
        result = await super()._carry_out(request)
        if request.method == "sendMessage":
            self.has_accepted()
        return result

    def told(self) -> Counter[int]:
        """How often each reader has the message."""
        return Counter(message.chat_id for message in self.sent if message.text == NEWS and message.chat_id != ADMIN)


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    async with Telegram() as server:
        for reader in (ADMIN, *READERS):
            server.register(reader)
        yield server
    assert server.violations == []


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    compile_catalogues(LOCALES)
    opened = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'news.db'}")
    async with opened.write() as conn:
        for reader in READERS:
            await chats.ensure(conn, reader, kind="private", now=datetime.now(UTC) - timedelta(days=1))
    yield opened
    await opened.close()


async def states(db: Database) -> dict[str, set[int]]:
    """State of the message → readers whose message is in it."""
    found: dict[str, set[int]] = {}
    joined = outbox.join(chat_table, chat_table.c.id == outbox.c.chat_id)
    async with db.read() as conn:
        rows = select(outbox.c.state, chat_table.c.telegram_id).select_from(joined)
        for state, reader in await conn.execute(rows.where(chat_table.c.telegram_id != ADMIN)):
            found.setdefault(state, set()).add(reader)
    return found


async def question(telegram: Telegram) -> SentMessage:
    """The draft as it is shown, and the question below it."""
    since = len(telegram.activity)
    telegram.say(f"/broadcast {NEWS}", user=ADMIN)
    asked = await telegram.wait_for("Без звука", chat=ADMIN, since=since)
    assert [message.text for message in telegram.sent if message.chat_id == ADMIN][-2] == NEWS
    return asked


async def press(telegram: Telegram, shown: SentMessage, button: str) -> None:
    await telegram.answered(telegram.press(shown, button))


async def shows(telegram: Telegram, shown: SentMessage, words: str) -> None:
    await telegram.world.until(lambda: words in shown.text or None, timeout_s=60)


async def killed(telegram: Telegram, db: Database, *, at: int, begins: bool) -> set[int]:
    """Runs the bot, and kills it when so many have the message; those to whom it was just being sent."""
    enough = asyncio.Event()
    telegram.has_accepted = lambda: enough.set() if telegram.told().total() >= at else None
    async with running(telegram, db.path, ADMIN_IDS=str(ADMIN), SEND_RATE=SLOW) as bot:
        if begins:
            await press(telegram, await question(telegram), "Отправить")
        async with asyncio.timeout(60):
            await enough.wait()
        await bot.kill()
    return (await states(db)).get("sending", set())


async def test_a_bot_that_is_killed_in_the_midst_of_it_tells_each_chat_once(telegram: Telegram, db: Database) -> None:
    telegram.fail_next("sendMessage", chat_id=HANGING, drop="hang")
    doubtful = await killed(telegram, db, at=100, begins=True)
    assert HANGING in doubtful
    doubtful |= await killed(telegram, db, at=250, begins=False)
    assert len(telegram.told()) < len(READERS)
    telegram.has_accepted = lambda: None

    async def all_have_it() -> bool:
        found = await states(db)
        return found.keys() == {"sent"} and len(found["sent"]) == len(READERS)

    async with running(telegram, db.path, ADMIN_IDS=str(ADMIN), SEND_RATE="0") as bot:
        await until(all_have_it)
        [progress] = [one for one in telegram.sent if one.chat_id == ADMIN and one.text != NEWS]
        await shows(telegram, progress, "разослано: его получили 601 из 601")
        assert (await bot.stop()).code == 0
    told = telegram.told()
    assert told.keys() == set(READERS)
    assert {reader for reader, times in told.items() if times > 1} <= doubtful
    assert max(told.values()) <= 3


async def test_it_is_seen_on_its_way_and_stopped(telegram: Telegram, db: Database) -> None:
    async with running(telegram, db.path, ADMIN_IDS=str(ADMIN), SEND_RATE=SLOW) as bot:
        asked = await question(telegram)
        assert "601 чат" in asked.text
        await press(telegram, asked, "Только личные")
        await press(telegram, asked, "Отправить")
        await shows(telegram, asked, "Рассылаю: получили 0 из 601")
        await telegram.world.until(lambda: telegram.told().total() > 20 or None, timeout_s=60)
        await telegram.world.until(lambda: "получили 0 из" not in asked.text or None, timeout_s=60)
        await press(telegram, asked, "Остановить")
        await shows(telegram, asked, "Остановлено")
        assert asked.buttons == ()
        assert "pending" not in await states(db)

        async def has_arrived() -> bool:
            return (await states(db)).keys() == {"sent"}

        await until(has_arrived)
        told = telegram.told()
        # What was on its way has arrived, and was counted.
        assert asked.text.startswith("Остановлено: ")
        assert f" {len(told)} чат" in asked.text
        await asyncio.sleep(TURN_S)
        assert telegram.told() == told
        assert 20 < told.total() == len(told) < len(READERS)
        assert (await bot.stop()).code == 0
