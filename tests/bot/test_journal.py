"""What is noted is written beside the answers, in groups, and remembered where the store takes nothing."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from bot import journal as journals
from bot.journal import Journal
from storage import updates
from storage.database import Database
from storage.errors import BusyError
from storage.schema import updates as update_table
from storage.updates import TRIES, Received
from tests.bot.newsroom import Newsroom
from tests.process import busy, until
from tests.storage.builders import NOW

BOT = 42
SOON = timedelta(seconds=5)


@pytest.fixture
def db(room: Newsroom) -> Database:
    return room.db


@asynccontextmanager
async def kept(db: Database) -> AsyncIterator[Journal]:
    journal = Journal(db, BOT, clock=lambda: NOW)
    await journal.begin()
    try:
        yield journal
    finally:
        await journal.close(patience=SOON)


async def rows(db: Database) -> dict[int, str | None]:
    async with db.read() as conn:
        found = await conn.execute(select(update_table.c.update_id, update_table.c.payload))
        return {row.update_id: row.payload for row in found}


async def test_what_is_new_is_written_and_emptied_when_it_is_handled(db: Database) -> None:
    async with kept(db) as journal:
        assert await journal.note([Received(7, "a"), Received(8, "b")]) == {7, 8}
        assert await journal.written([7, 8])
        assert await rows(db) == {7: "a", 8: "b"}
        journal.handled(7)
    assert await rows(db) == {7: None, 8: "b"}


async def test_what_is_handled_soon_is_written_once_without_its_payload(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journals, "HEAD_START_S", 5.0)
    async with kept(db) as journal:
        await journal.note([Received(7, "secret")])
        assert not await journal.written([7], patience_s=0.05)
        journal.handled(7)
        assert await journal.written([7], patience_s=2)
        assert await rows(db) == {7: None}


async def test_what_is_known_is_not_new(db: Database) -> None:
    async with kept(db) as journal:
        await journal.note([Received(7, "a")])
        assert await journal.note([Received(7, "a"), Received(8, "b")]) == {8}
    # Over a restart too, whatever the order of the numbers.
    async with kept(db) as journal:
        assert await journal.note([Received(8, "b"), Received(5, "c"), Received(9, "d")]) == {5, 9}


async def test_memory_has_an_end_and_the_store_goes_on_from_there(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journals, "REMEMBERED", 3)
    async with kept(db) as journal:
        for number in range(10):
            await journal.note([Received(number, "a")])
        assert len(journal._seen) == 3
        assert await journal.written(range(10))
        assert await journal.note([Received(number, "a") for number in range(10)]) == set()


async def test_a_busy_store_delays_the_confirmation_alone(db: Database) -> None:
    async with kept(db) as journal:
        async with busy(db.path):
            assert await asyncio.wait_for(journal.note([Received(7, "secret")]), timeout=0.5) == {7}
            assert not await journal.written([7], patience_s=0.1)
            # Handled before it is written, it never reaches the disk.
            journal.handled(7)
        assert await journal.written([7])
        assert await rows(db) == {7: None}


async def test_a_store_that_takes_nothing_is_told_of_once_and_written_to_when_it_can_be(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journals, "RETRY_S", 0.01)
    monkeypatch.setattr(journals, "FAILING_S", 0.05)
    is_full = True
    receive = updates.receive

    async def refuse(*arguments: Any, **options: Any) -> None:
        if is_full:
            raise BusyError("no room")
        await receive(*arguments, **options)

    monkeypatch.setattr(updates, "receive", refuse)
    with capture_logs() as logs:
        async with kept(db) as journal:
            await journal.note([Received(7, "secret")])
            assert await journal.written([7], patience_s=5)
            assert journal.is_failing
            assert await journal.note([Received(7, "secret")]) == set()
            is_full = False

            async def is_well() -> bool:
                return not journal.is_failing

            await until(is_well)
    assert await rows(db) == {7: "secret"}
    assert [line["log_level"] for line in logs] == ["error", "info"]
    assert "secret" not in str(logs)


async def test_what_was_begun_too_often_is_let_go(db: Database) -> None:
    async with kept(db) as journal:
        await journal.note([Received(7, "secret")])
    begun = []
    with capture_logs() as logs:
        for _ in range(TRIES):
            journal = Journal(db, BOT, clock=lambda: NOW)
            begun.append(await journal.begin())
            await journal.close(patience=SOON)
    assert begun == [(Received(7, "secret"),)] * (TRIES - 1) + [()]
    assert [line["update"] for line in logs] == [7]
    assert await rows(db) == {7: None}


async def test_updates_are_taken_for_new_where_the_store_cannot_be_read(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with kept(db) as journal:
        await journal.note([Received(7, "a")])
        assert await journal.written([7])

    async def fail(*_: object) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR
        raise DBAPIError(None, None, error)

    monkeypatch.setattr(updates, "known", fail)
    async with kept(db) as restarted:
        assert await restarted.note([Received(5, "b")]) == {5}
