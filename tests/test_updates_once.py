"""A bot that is killed or stopped over its updates, by polling and by webhook: each is handled once."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiogram.utils.i18n import I18n

from bot.languages import LOCALES, catalogues
from bot.locales.compile import compile_catalogues
from storage import chats, subscriptions
from tests.bot.newsroom import Newsroom, newsroom
from tests.bot.web.hooked import free_port
from tests.process import TOKEN, busy, running, until
from tests.telegram import TelegramServer

pytestmark = pytest.mark.slow

SECRET = "a-secret_of-ours"


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramServer]:
    async with TelegramServer(TOKEN) as server:
        yield server
    assert server.violations == []


@pytest.fixture(scope="module")
def i18n() -> I18n:
    compile_catalogues(LOCALES)
    return catalogues("ru")


@pytest.fixture
async def room(tmp_path: Path, i18n: I18n) -> AsyncIterator[Newsroom]:
    async with newsroom(tmp_path, i18n) as opened:
        yield opened


@pytest.fixture
def webhook(telegram: TelegramServer) -> dict[str, str]:
    """Settings of a bot with a webhook."""
    telegram.webhook.port = free_port()
    url = "https://news.example/hook"
    return {"WEBHOOK_URL": url, "WEBHOOK_SECRET": SECRET, "WEBHOOK_PORT": str(telegram.webhook.port)}


async def handled(room: Newsroom, count: int) -> None:
    """Waits until so many updates stand in the store as handled and none as unhandled."""

    async def has_been() -> bool:
        return await stored(room, "IS NULL") == count and await stored(room, "IS NOT NULL") == 0

    await until(has_been, patience_s=10)


async def stored(room: Newsroom, payload: str) -> int:
    async with room.db.read() as conn:
        rows = await conn.exec_driver_sql(f"SELECT count(*) FROM updates WHERE payload {payload}")
        return int(rows.scalar_one())


async def hangs(telegram: TelegramServer, text: str, *, user: int) -> None:
    """Says something whose answer Telegram takes and never confirms: its handler is under way."""
    telegram.register(user)
    telegram.fail_next("sendMessage", chat_id=user, drop="hang")
    telegram.say(text, user=user)
    await telegram.wait_for(chat=user)


async def test_a_question_is_answered_after_a_kill(telegram: TelegramServer, room: Newsroom) -> None:
    async with running(telegram, room.db.path) as bot:
        telegram.say("/subscribe", user=1)
        await telegram.wait_for(chat=1)
        await bot.kill()
    async with running(telegram, room.db.path) as bot:
        telegram.say("казахстан", user=1)
        await telegram.wait_for(chat=1)

        async def is_followed() -> bool:
            async with room.db.read() as conn:
                chat = await chats.find(conn, 1)
                return bool(chat and [one.text for one in await subscriptions.of_chat(conn, chat.id)] == ["казахстан"])

        await until(is_followed, patience_s=10)
        await bot.stop()


@pytest.mark.parametrize("way", ["polling", "webhook"])
async def test_what_a_killed_bot_was_handling_is_handled_after_the_start_and_nothing_else(
    telegram: TelegramServer, room: Newsroom, webhook: dict[str, str], way: str
) -> None:
    settings = webhook if way == "webhook" else {}
    async with running(telegram, room.db.path, **settings) as bot:
        telegram.say("/help", user=1)
        await telegram.wait_for(chat=1)
        await handled(room, 1)
        await hangs(telegram, "/help", user=2)

        async def is_stored() -> bool:
            return await stored(room, "IS NOT NULL") == 1

        await until(is_stored, patience_s=10)
        await bot.kill()
    async with running(telegram, room.db.path, **settings) as bot:
        telegram.say("/help", user=3)
        await telegram.wait_for(chat=3)
        await handled(room, 3)
        ended = await bot.stop()
    assert ended.code == 0
    assert Counter(message.chat_id for message in telegram.sent) == {1: 1, 2: 2, 3: 1}


async def test_a_bot_that_is_killed_before_it_confirms_handles_nothing_twice(
    telegram: TelegramServer, room: Newsroom
) -> None:
    for user in range(1, 6):
        telegram.say("/help", user=user)
    kept = list(telegram.updates.pending)
    async with running(telegram, room.db.path) as bot:
        await telegram.wait_for(5, since=0)
        await handled(room, 5)
        await bot.kill()
    telegram.updates.pending.extendleft(reversed(kept))
    async with running(telegram, room.db.path) as bot:
        telegram.say("/help", user=6)
        await telegram.wait_for(chat=6)
        assert (await bot.stop()).code == 0
    assert Counter(message.chat_id for message in telegram.sent) == dict.fromkeys(range(1, 7), 1)


async def test_a_stop_while_handlers_run_is_clean_and_what_was_broken_off_comes_after_it(
    telegram: TelegramServer, room: Newsroom, webhook: dict[str, str]
) -> None:
    async with running(telegram, room.db.path, **webhook) as bot:
        await hangs(telegram, "/help", user=1)
        begun = time.monotonic()
        bot.process.terminate()
        await bot.says("stopping")
        # What comes now is for the next start.
        telegram.say("/help", user=2)

        async def is_put_off() -> bool:
            return telegram.webhook.answers[503] > 0

        await until(is_put_off, patience_s=5)
        ended = await bot.end()
        assert ended.code == 0
        assert time.monotonic() - begun < 10
    async with running(telegram, room.db.path, **webhook) as bot:
        await telegram.wait_for(2, since=1)
        await handled(room, 2)
        assert (await bot.stop()).code == 0
    assert Counter(message.chat_id for message in telegram.sent) == {1: 2, 2: 1}


async def test_a_stop_is_in_time_though_another_process_holds_the_store(
    telegram: TelegramServer, room: Newsroom
) -> None:
    async with running(telegram, room.db.path) as bot:
        telegram.say("/help")
        await telegram.wait_for()
        async with busy(room.db.path):
            telegram.say("/subscribe казахстан")
            await asyncio.sleep(0.5)
            ended = await bot.stop()
    assert ended.code == 0
    async with running(telegram, room.db.path):
        await telegram.wait_for("казахстан", since=0)
