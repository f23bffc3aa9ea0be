"""`newsbot check` tells what is in order and what is not."""

import asyncio
import os
import socket
import sqlite3

import pytest

from tests.bot.command_line import CommandLine, Outcome
from tests.bot.operations.articles import FOOTBALL, SUMMIT
from tests.telegram import TelegramServer


def test_check_tells_each_part_on_its_line(newsbot: CommandLine) -> None:
    newsbot.add(SUMMIT, FOOTBALL)
    outcome = newsbot("check")
    assert outcome == Outcome(
        0,
        "configuration: in order\n"
        f"database: in order, {newsbot.store}: 2 articles, 0 chats, 0 subscriptions\n"
        "migrations: in order, at 0002, the newest being 0002\n"
        "sources: 2 that articles came from\n"
        "Telegram: left out, there is no BOT_TOKEN\n",
        "",
    )


def test_check_fails_where_telegram_is_out_of_reach(newsbot: CommandLine) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        newsbot.set(BOT_TOKEN="123456:loopback", TELEGRAM_API_URL=f"http://127.0.0.1:{closed.getsockname()[1]}")
        outcome = newsbot("check")
    assert (outcome.code, outcome.err) == (1, "")
    assert outcome.out.splitlines()[-1] == "Telegram: out of reach (TelegramNetworkError)"
    assert "database: in order" in outcome.out


@pytest.mark.slow
async def test_check_names_the_bot_that_telegram_knows(newsbot: CommandLine, telegram: TelegramServer) -> None:
    newsbot.set(BOT_TOKEN=telegram.token, TELEGRAM_API_URL=telegram.url)
    outcome = await asyncio.to_thread(newsbot.process, "check")
    assert outcome.code == 0
    assert outcome.out.splitlines()[-1].startswith("Telegram: in order, this is @")


@pytest.mark.slow
async def test_check_fails_where_telegram_does_not_know_the_token(newsbot: CommandLine) -> None:
    async with TelegramServer() as telegram:
        newsbot.set(BOT_TOKEN="123456:unknown", TELEGRAM_API_URL=telegram.url)
        outcome = await asyncio.to_thread(newsbot.process, "check")
        assert outcome.code == 1
    assert outcome.out.splitlines()[-1] == "Telegram: BOT_TOKEN: Telegram does not know this token"
    assert "unknown" not in outcome.out + outcome.err


def test_check_fails_where_the_token_is_none(newsbot: CommandLine) -> None:
    newsbot.set(BOT_TOKEN="secret")
    outcome = newsbot("check")
    assert outcome.code == 1
    assert "Telegram: BOT_TOKEN: not a token" in outcome.out
    assert "secret" not in outcome.out


def test_check_goes_on_where_the_database_is_broken(newsbot: CommandLine) -> None:
    newsbot.store.write_text("no database " * 100)
    outcome = newsbot("check")
    assert outcome == Outcome(
        1,
        "configuration: in order\n"
        f"database: cannot open the database {newsbot.store}: file is not a database\n"
        "Telegram: left out, there is no BOT_TOKEN\n",
        "",
    )


def test_check_fails_where_a_table_is_missing(newsbot: CommandLine) -> None:
    newsbot.add(SUMMIT)
    with sqlite3.connect(newsbot.store) as connection:
        connection.execute("DROP TABLE subscriptions")
    connection.close()
    outcome = newsbot("check")
    assert outcome.code == 1
    assert "database: no such table: subscriptions\n" in outcome.out


def test_check_fails_where_the_database_cannot_be_written_to(
    newsbot: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsbot.add(SUMMIT)
    monkeypatch.setattr(os, "access", lambda path, mode: not (path == newsbot.store and mode == os.W_OK))
    outcome = newsbot("check")
    assert outcome.code == 1
    assert f"database: {newsbot.store} can be read, but not be written to\n" in outcome.out


def test_check_tells_every_wrong_setting(newsbot: CommandLine) -> None:
    newsbot.set(LOG_LEVEL="loud", KEEP_DAYS="x")
    outcome = newsbot("check")
    assert (outcome.code, outcome.err) == (1, "")
    assert sorted(outcome.out.splitlines()) == [
        "configuration: KEEP_DAYS: got 'x', expected a whole number of days, 1 or more",
        "configuration: LOG_LEVEL: got 'loud', expected debug, info, warning or error",
    ]
