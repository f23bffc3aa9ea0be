"""`newsbot check` tells what is in order and what is not."""

import asyncio
import os
import re
import socket
import sqlite3
from contextlib import closing

import pytest

from bot.check import WAY_BACK
from storage.migrations import HEAD
from tests.bot.command_line import CommandLine, Outcome
from tests.bot.operations.articles import ENERGY, FOOTBALL, SUMMIT
from tests.telegram import TelegramServer


def execute(newsbot: CommandLine, statement: str) -> None:
    """Past everything that keeps index and store in step."""
    with closing(sqlite3.connect(newsbot.store)) as connection, connection:
        connection.execute(statement)


def test_check_tells_each_part_on_its_line(newsbot: CommandLine) -> None:
    newsbot.add(SUMMIT, FOOTBALL)
    outcome = newsbot("check")
    assert outcome == Outcome(
        0,
        "configuration: in order\n"
        f"database: in order, {newsbot.store}: 2 articles, 0 chats, 0 subscriptions\n"
        f"migrations: in order, at {HEAD}, the newest being {HEAD}\n"
        "sources: 0 live, 0 failing, 0 dead, 0 gone; articles came from 2\n"
        "index: in order by number, 2 entries\n"
        "analyser: nothing waits to be analysed anew\n"
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
        f"database: {newsbot.store} is damaged: file is not a database; "
        "the way back is a backup: newsbot restore FILE\n"
        "Telegram: left out, there is no BOT_TOKEN\n",
        "",
    )


def test_check_fails_where_a_table_is_missing(newsbot: CommandLine) -> None:
    newsbot.add(SUMMIT)
    execute(newsbot, "DROP TABLE subscriptions")
    outcome = newsbot("check")
    assert outcome.code == 1
    assert "database: no such table: subscriptions\n" in outcome.out


def test_check_counts_what_waits_to_be_analysed_anew(newsbot: CommandLine) -> None:
    newsbot.add(SUMMIT, FOOTBALL)
    execute(newsbot, "UPDATE article_terms SET analyser = 0")
    execute(newsbot, "INSERT INTO queries (canonical, analyser, changed) VALUES ('саммит', 0, 1)")
    outcome = newsbot("check")
    assert outcome.code == 0
    assert "analyser: 2 articles and 1 queries wait to be analysed anew\n" in outcome.out


def test_check_fails_where_the_index_has_another_number_of_entries(newsbot: CommandLine) -> None:
    newsbot.add(SUMMIT, FOOTBALL)
    execute(newsbot, "INSERT INTO article_index(rowid, text_forms) VALUES (5, 'баку')")
    outcome = newsbot("check")
    assert outcome.code == 1
    assert "index: 3 entries and 2 stored terms for 2 articles\n" in outcome.out


def test_check_proves_that_index_and_store_agree(newsbot: CommandLine) -> None:
    newsbot.add(SUMMIT, FOOTBALL)
    outcome = newsbot("check", "--index")
    assert (outcome.code, outcome.err) == (0, "")
    assert re.search(r"\nindex: compared, \d\d terms of 2 articles\nTelegram: ", outcome.out)


def test_check_names_what_differs_between_index_and_store_and_the_way_back(newsbot: CommandLine) -> None:
    newsbot.add(SUMMIT, FOOTBALL, *(ENERGY | {"url": f"https://day.example/{number}"} for number in range(3, 10)))
    execute(newsbot, "INSERT INTO article_index(rowid, text_forms) VALUES (5, 'баку')")
    execute(newsbot, "UPDATE articles SET docid = docid + 1 WHERE id = 1")
    execute(newsbot, "UPDATE article_terms SET terms = x'' WHERE article_id > 1")
    outcome = newsbot("check", "--index")
    assert (outcome.code, outcome.err) == (1, "")
    told = [line for line in outcome.out.splitlines() if line.startswith("index: ")][2:]
    assert told[0] == "index: 1 articles that are missing from it, ids 1"
    assert told[1].startswith("index: 2 entries that belong to no article, docids 5, ")
    assert told[2:] == [
        "index: 8 articles whose entry differs from their stored terms, ids 2, 3, 4, 5, 6, …",
        f"index: {WAY_BACK}",
    ]


def test_check_tells_where_the_index_cannot_be_read(newsbot: CommandLine) -> None:
    newsbot.add(SUMMIT)
    execute(newsbot, "DELETE FROM article_index_data WHERE id = 10")
    outcome = newsbot("check", "--index")
    assert outcome.code == 1
    assert "\ndatabase: cannot read the index of " in outcome.out


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
        "configuration: KEEP_DAYS: got 'x', expected a whole number of days, 0 to 36500",
        "configuration: LOG_LEVEL: got 'loud', expected debug, info, warning or error",
    ]
