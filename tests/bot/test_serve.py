"""`newsbot run` inside the test's process: how it begins, what ends it, and what it leaves behind."""

import asyncio
import json
import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiogram.utils.i18n import I18n
from filelock import FileLock
from structlog.testing import capture_logs

from bot import long_polling
from bot import serve as served
from bot.clock import utc_now
from bot.commands import COMMANDS
from bot.config import ConfigError, Settings
from bot.languages import LANGUAGES
from bot.serve import ServeError, serve, whoami
from bot.starter import starter_sources
from storage import articles, feeds
from storage.database import Database
from storage.errors import BusyError
from tests.bot.newsroom import put_into_outbox
from tests.bot.serving import called, configured, serving, stop
from tests.process import busy, until
from tests.telegram import TelegramServer
from tests.telegram_readers import READER
from tests.web import Reply, Web

TOKEN = "4200000001:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, i18n: I18n, telegram: TelegramServer) -> Settings:
    monkeypatch.chdir(tmp_path)
    return configured(telegram, tmp_path / "news.db")


async def test_it_polls_and_tells_telegram_its_menu_in_every_language(
    settings: Settings, telegram: TelegramServer
) -> None:
    async with serving(settings, telegram):
        menus = {language: menu for (_, language), menu in telegram.world.commands.items()}
    assert menus.keys() == {"", *LANGUAGES}
    for menu in menus.values():
        assert [command["command"] for command in menu] == [command.name for command in COMMANDS]
    assert menus["ru"] == menus[""] != menus["en"]
    methods = [call.method for call in telegram.calls]
    assert methods.index("deleteWebhook") < methods.index("getUpdates")


async def test_a_token_that_telegram_does_not_know_is_said_in_one_line(
    telegram: TelegramServer, tmp_path: Path, i18n: I18n
) -> None:
    with pytest.raises(ServeError, match=r"\ABOT_TOKEN: Telegram does not know this token\Z"):
        await serve(configured(telegram, tmp_path / "news.db", bot_token=TOKEN))


async def test_a_missing_token_is_a_mistake_in_the_settings(telegram: TelegramServer, tmp_path: Path) -> None:
    settings = configured(telegram, tmp_path / "news.db").model_copy(update={"bot_token": None})
    with pytest.raises(ConfigError, match="BOT_TOKEN"):
        await serve(settings)
    assert not (tmp_path / "news.db").exists()


async def test_it_waits_for_telegram_and_then_serves(
    settings: Settings, telegram: TelegramServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served, "RETRY_S", (0.05,))
    telegram.fail_next("getMe", status=502, body="<html>Bad Gateway</html>")
    telegram.fail_next("setMyCommands", status=429, parameters={"retry_after": 0})
    with capture_logs() as logs:
        async with telegram.unreachable():
            bot = asyncio.create_task(serve(settings))

            async def has_failed_twice() -> bool:
                return len(logs) > 1

            await until(has_failed_twice)
        await called(telegram, "getUpdates")
        stop()
        await bot
    events = [line["event"] for line in logs]
    assert set(events[: events.index("serving")]) == {"telegram does not answer"}


async def test_a_stop_while_telegram_does_not_answer_is_a_clean_one(
    settings: Settings, telegram: TelegramServer, tmp_path: Path
) -> None:
    telegram.fail_next("getMe", drop="hang")
    bot = asyncio.create_task(serve(settings))
    await called(telegram, "getMe")
    stop()
    await asyncio.wait_for(bot, timeout=5)
    assert not (tmp_path / "news.db.run").exists()


async def test_a_second_bot_on_the_store_says_which_one_serves_it(settings: Settings, telegram: TelegramServer) -> None:
    async with serving(settings, telegram) as first:
        with pytest.raises(BusyError, match=rf"\Aprocess {os.getpid()} already serves .*news\.db\Z"):
            await serve(settings)
        assert not first.done()


async def test_a_holder_that_left_no_note_is_another_process(
    settings: Settings, telegram: TelegramServer, tmp_path: Path
) -> None:
    with FileLock(tmp_path / "news.db.run.lock"), pytest.raises(BusyError, match="another process already serves"):
        await serve(settings)


async def test_the_note_of_a_bot_that_was_killed_names_nobody(
    settings: Settings, telegram: TelegramServer, tmp_path: Path
) -> None:
    killed = await asyncio.create_subprocess_exec("true")
    await killed.wait()
    (tmp_path / "news.db.run").write_text(json.dumps({"pid": killed.pid}))
    with FileLock(tmp_path / "news.db.run.lock"), pytest.raises(BusyError, match="another process already serves"):
        await serve(settings)
    async with serving(settings, telegram):
        assert json.loads((tmp_path / "news.db.run").read_text()) == {"pid": os.getpid()}


async def test_the_store_is_free_again_after_a_stop(settings: Settings, telegram: TelegramServer) -> None:
    for turn in (1, 2):
        async with serving(settings, telegram):
            telegram.say("/start")
            await telegram.wait_for()
        assert len(telegram.sent) == turn


async def test_conflicts_that_do_not_end_stop_it(
    settings: Settings, telegram: TelegramServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_polling, "CONFLICTS", 2)
    telegram.fail_next("getUpdates", status=409, times=100)
    with pytest.raises(ServeError, match="token is in use elsewhere"):
        await serve(settings)
    assert sum(call.method == "getUpdates" for call in telegram.calls) == 2


async def test_conflicts_count_in_a_row_alone(
    settings: Settings, telegram: TelegramServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The poll of a bot that was killed is still open at Telegram for a while."""
    monkeypatch.setattr(long_polling, "CONFLICTS", 2)
    telegram.fail_next("getUpdates", status=409)
    async with serving(settings, telegram):
        await called(telegram, "getUpdates", 2)
        telegram.say("/start")
        await telegram.wait_for()
        telegram.fail_next("getUpdates", status=409)
        telegram.say("/help")
        await telegram.wait_for("/search")


async def test_an_answer_that_is_being_made_is_sent_before_the_end(
    settings: Settings, telegram: TelegramServer, tmp_path: Path
) -> None:
    async with serving(settings, telegram) as bot:
        telegram.say("/start")
        await telegram.wait_for()
        async with busy(tmp_path / "news.db"):
            telegram.say("/subscribe казахстан")
            await called(telegram, "getUpdates", 3)
            stop()
            await asyncio.sleep(0.3)
            assert not bot.done()
        await telegram.wait_for("казахстан", since=1)


async def test_what_hangs_is_given_up_in_time_and_sent_after_the_next_start(
    settings: Settings, telegram: TelegramServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served, "PATIENCE", timedelta(seconds=0.3))
    monkeypatch.setitem(served.TICKS, "deliver", timedelta(seconds=0.05))
    telegram.register(READER)
    telegram.fail_next("sendMessage", drop="hang", times=2)
    async with serving(settings, telegram):
        telegram.say("/start")
        await enqueue(settings, "one")
        await telegram.wait_for(2)
        begun = time.monotonic()
    assert time.monotonic() - begun < 3
    async with serving(settings, telegram):
        await telegram.wait_for("one", since=2)


async def enqueue(settings: Settings, html: str) -> None:
    """A message in the outbox, as if another turn had composed it."""
    db = await Database.open(settings.database_url)
    await put_into_outbox(db, READER, html)
    await db.close()


async def test_the_bot_s_name_is_what_telegram_says(settings: Settings) -> None:
    assert await whoami(settings) == "newsbot_under_test_bot"


ANSWERS: dict[str, tuple[dict[str, Any], str]] = {
    "unknown": ({"status": 401}, "BOT_TOKEN: Telegram does not know this token"),
    "malformed": ({"status": 404, "description": "Not Found"}, "BOT_TOKEN: Telegram does not know this token"),
    "broken": ({"status": 500}, r"out of reach \(TelegramServerError\)"),
    "no telegram at all": ({"status": 200, "body": "<html>"}, r"out of reach \(ClientDecodeError\)"),
    "cut": ({"drop": "before"}, r"out of reach \(TelegramNetworkError\)"),
}


@pytest.mark.parametrize(("failure", "said"), ANSWERS.values(), ids=ANSWERS.keys())
async def test_what_keeps_telegram_from_telling_is_one_line(
    settings: Settings, telegram: TelegramServer, failure: dict[str, Any], said: str
) -> None:
    telegram.fail_next("getMe", **failure)
    with pytest.raises(ServeError, match=rf"\A{said}\Z"):
        await whoami(settings)


async def test_with_no_source_yet_the_starter_list_is_taken_once_and_said(
    settings: Settings, telegram: TelegramServer
) -> None:
    said = []
    for _ in range(2):
        with capture_logs() as logs:
            async with serving(settings, telegram):
                pass
        said += [line["sources"] for line in logs if line["event"].startswith("starter list taken")]
        database = await Database.open(settings.database_url)
        async with database.write() as conn:
            known = await feeds.everything(conn)
            for feed in known:
                await feeds.remove(conn, feed.id)
        await database.close()
        assert len(known) in (len(starter_sources()), 0)
    assert said == [len(starter_sources())]


async def test_sources_are_read_while_it_serves(settings: Settings, telegram: TelegramServer) -> None:
    async with Web() as web:
        body = "<rss version='2.0'><channel><title>A</title><item><title>Саммит</title></item></channel></rss>"
        url = web.serve("/feed", Reply(body=body.encode()))
        database = await Database.open(settings.database_url)
        async with database.write() as conn:
            await feeds.add(conn, url=url, title="A", now=utc_now())
        open_to_all = settings.model_copy(update={"source_proxy": None, "allow_private_hosts": True})
        async with serving(open_to_all, telegram), asyncio.timeout(20):
            stored = 0
            while not stored:
                await asyncio.sleep(0.05)
                async with database.read() as conn:
                    stored = await articles.count(conn)
        await database.close()
    assert stored == 1
