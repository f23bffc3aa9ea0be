"""What a store of version 0007 kept among the dialogues moves into columns of its own."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from storage import broadcasts, setups
from storage.broadcasts import Broadcast, State
from storage.database import Database
from storage.schema import seconds
from tests.storage.builders import NOW
from tests.storage.test_migration_0003 import upgrade_to

ADMIN, OTHER = 11, 12
AT = seconds(NOW)


def insert(connection: sqlite3.Connection, table: str, **row: Any) -> None:
    names, places = ", ".join(row), ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", list(row.values()))


def dialogue(connection: sqlite3.Connection, telegram_id: int, user_id: int, data: dict[str, Any], **more: Any) -> None:
    row = {"telegram_id": telegram_id, "thread_id": 0, "user_id": user_id, "data": json.dumps(data), **more}
    insert(connection, "dialogues", **{"changed_at": AT, **row})


def fill(path: Path) -> None:
    """A draft, one that is sent, one of which nobody knows how far it is, one that is over; and three chats set up."""
    campaign = {"message_id": 77, "only_private": True, "total": 5, "after": 3, "is_put": False}
    with closing(sqlite3.connect(path)) as connection, connection:
        for number, state in enumerate(("draft", "sending", "sending", "stopped"), 1):
            insert(connection, "broadcasts", id=number, html=f"<b>{number}</b>", state=state, by=ADMIN, created_at=AT)
        for number, place in enumerate(((-1, 0), (-2, 0), (-3, 0), (-3, 7)), 1):
            insert(connection, "chats", id=number, telegram_id=place[0], thread_id=place[1], created_at=AT)
        dialogue(connection, ADMIN, -2, campaign)
        dialogue(connection, ADMIN, 0, {"channels": [-3, -1, -404]}, changed_at=AT + 60)
        dialogue(connection, OTHER, 0, {"channels": [-2]})
        # Questions that are open: a person's, and a channel's, whose id is below zero as well.
        dialogue(connection, ADMIN, ADMIN, {"about": -1}, state="Question:query")
        dialogue(connection, -2, -2, {"about": -1})


@pytest.fixture
async def migrated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    path = tmp_path / "news.db"
    upgrade_to(path, "0007", monkeypatch)
    fill(path)
    opened = await Database.open(f"sqlite+aiosqlite:///{path}")
    yield opened
    await opened.close()


async def test_a_broadcast_goes_on_where_it_was(migrated: Database) -> None:
    async with migrated.read() as conn:
        found = [await broadcasts.find(conn, number) for number in (1, 2, 3, 4)]
    states = (State.DRAFT, State.SENDING, State.STOPPED, State.STOPPED)
    whole = [
        Broadcast(id=number, html=f"<b>{number}</b>", state=state, by=ADMIN, created_at=NOW)
        for number, state in enumerate(states, 1)
    ]
    whole[1] = replace(whole[1], begun_at=NOW, only_private=True, message_id=77, total=5, after_chat=3)
    assert found == whole


async def test_what_was_set_up_is_offered_in_the_same_order(migrated: Database) -> None:
    async with migrated.write() as conn:
        assert await setups.of_user(conn, ADMIN, limit=8) == [-3, -1]
        assert await setups.of_user(conn, OTHER, limit=8) == [-2]
        await setups.record(conn, ADMIN, 2, now=NOW + timedelta(minutes=1))
        assert (await setups.of_user(conn, ADMIN, limit=8))[-1] == -1


async def test_open_questions_stay_and_nothing_else_does(migrated: Database, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "news.db")) as connection:
        left = connection.execute("SELECT telegram_id, user_id FROM dialogues ORDER BY 1").fetchall()
    assert left == [(-2, -2), (ADMIN, ADMIN)]
