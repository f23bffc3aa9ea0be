"""`newsbot outbox` tells what waits and what was given up, and gives it another try."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from storage import chats
from storage.database import Database
from storage.models import AttemptOutcome, MessageState
from tests.bot.command_line import CommandLine
from tests.bot.newsroom import put_into_outbox
from tests.storage.sending import claim, ended, settle

NOW = datetime(2025, 12, 6, 7, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LOST = {"outcome": AttemptOutcome.LOST, "error": "TimeoutError: no answer"}
REFUSED = {"outcome": AttemptOutcome.REFUSED, "error": "Bad Request: message is too long"}


async def _fill(newsbot: CommandLine) -> None:
    db = await Database.open(f"sqlite+aiosqlite:///{newsbot.store}")
    try:
        for chat, texts in ((1, ["a", "b"]), (2, ["c"]), (3, ["d", "e"])):
            await put_into_outbox(db, chat, *texts, now=NOW)
        async with db.write() as conn:
            first, second, third = await claim(conn, now=NOW)
            ends = [ended(first, MessageState.REFUSED, **REFUSED), ended(second, MessageState.PENDING, **LOST)]
            await settle(conn, ends, now=NOW)
            await settle(conn, [ended(third, MessageState.PENDING, error="blocked")], now=NOW)
            [again] = await claim(conn, now=NOW, limit=1, only=2)
            await settle(conn, [ended(again, MessageState.UNKNOWN, **LOST)], now=NOW + HOUR)
            await chats.fall_asleep(conn, 3, why="Forbidden: bot was blocked by the user", now=NOW)
    finally:
        await db.close()


@pytest.fixture
def filled(newsbot: CommandLine) -> CommandLine:
    """Of the messages 1 to 5, 1 and 3 were given up, 4 and 5 are for a chat that sleeps."""
    asyncio.run(_fill(newsbot))
    return newsbot


def test_an_empty_outbox_says_so(newsbot: CommandLine) -> None:
    assert newsbot("outbox").out == "waiting: nothing\ngiven up: nothing\n"


def test_it_tells_what_waits_who_sleeps_and_what_was_given_up_and_why(filled: CommandLine) -> None:
    assert filled("outbox").out.splitlines() == [
        "waiting: 3, 2 of them for chats that sleep, the oldest since 2025-12-06 07:00",
        "   2: pending, chat 1, from 2025-12-06 07:00",
        "   4: pending, chat 3, from 2025-12-06 07:00",
        "   5: pending, chat 3, from 2025-12-06 07:00",
        "asleep: 1",
        "   1 (3), 2 waiting: Forbidden: bot was blocked by the user",
        "given up: 2",
        "   3: unknown, chat 2, 2 attempts since 2025-12-06 07:00: TimeoutError: no answer",
        "   1: refused, chat 1, 1 attempt since 2025-12-06 07:00: Bad Request: message is too long",
    ]
    assert filled("outbox", "--limit", "1").out.splitlines()[-1] == "   … and 1 older ones; --limit shows more"


def test_as_json_it_tells_every_attempt(filled: CommandLine) -> None:
    waiting, *first, asleep, unknown, refused = filled("outbox", "--json").rows
    assert (waiting["kind"], waiting["messages"], waiting["held_back"], waiting["given_up"]) == ("waiting", 3, 2, 2)
    assert [(one["kind"], one["id"]) for one in first] == [("open", 2), ("open", 4), ("open", 5)]
    assert (asleep["telegram_id"], asleep["since"]) == (3, "2025-12-06T07:00:00Z")
    assert [(one["number"], one["outcome"], one["at"]) for one in unknown["tried"]] == [
        (1, "lost", "2025-12-06T07:00:00Z"),
        (2, "lost", "2025-12-06T08:00:00Z"),
    ]
    assert (refused["id"], refused["state"], len(refused["tried"])) == (1, "refused", 1)


def test_what_was_given_up_is_put_back(filled: CommandLine) -> None:
    assert filled("outbox", "retry", "3").out.startswith("put back 1;")
    assert [row["id"] for row in filled("outbox", "--json").rows if row["kind"] == "given_up"] == [1]
    assert filled("outbox", "retry", "--all").out.startswith("put back 1;")
    assert filled("outbox", "--json").rows[0]["messages"] == 5


def test_a_message_that_is_put_back_has_a_whole_day_again_and_counts_its_attempts_on(filled: CommandLine) -> None:
    filled("outbox", "retry", "3")

    async def claimed() -> list[tuple[int, datetime, bool]]:
        db = await Database.open(f"sqlite+aiosqlite:///{filled.store}")
        try:
            async with db.write() as conn:
                found = await claim(conn, now=datetime.now(UTC), only=2)
            return [(one.attempts, one.tried_at, one.doubtful) for one in found]
        finally:
            await db.close()

    [(attempts, tried_at, doubtful)] = asyncio.run(claimed())
    assert (attempts, doubtful) == (3, True)
    assert datetime.now(UTC) - tried_at < HOUR


def test_what_was_given_up_is_dropped_and_what_waits_only_by_its_number(filled: CommandLine) -> None:
    assert filled("outbox", "drop", "--all").out == "dropped 2\n"
    assert filled("outbox", "--json").rows[0]["messages"] == 3
    assert filled("outbox", "drop", "4", "5").out == "dropped 2\n"
    assert filled("outbox", "--json").rows[0]["messages"] == 1


def test_numbers_that_mean_nothing_are_told(filled: CommandLine) -> None:
    outcome = filled("outbox", "retry", "1", "2", "99")
    assert (outcome.code, outcome.out.split(";")[0]) == (1, "put back 1")
    assert outcome.err.splitlines() == [
        "newsbot: message 2 was not given up",
        "newsbot: message 99 was not given up",
    ]
    assert filled("outbox", "drop", "99").err == "newsbot: message 99 neither waits nor was given up\n"


@pytest.mark.parametrize("arguments", [["retry"], ["drop"], ["retry", "1", "--all"], ["retry", "eins"], ["drop", "0"]])
def test_a_mistake_is_told_in_one_line(newsbot: CommandLine, arguments: list[str]) -> None:
    outcome = newsbot("outbox", *arguments)
    assert outcome.code
    assert outcome.mistake
