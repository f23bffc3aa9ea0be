"""/healthz: 200 while the database answers, 503 with what is wrong, whatever Telegram does."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from typing import Any

import aiohttp
import pytest

from bot.web.health import Health
from bot.web.serving import listening, pages
from tests.bot.newsroom import Newsroom
from tests.bot.web.hooked import free_port
from tests.process import busy


class Probe:
    def __init__(self, port: int) -> None:
        self.port = port
        self.is_failing = False

    async def __call__(self, path: str = "/healthz", method: str = "GET") -> tuple[int, Any]:
        url = f"http://127.0.0.1:{self.port}{path}"
        async with aiohttp.ClientSession() as http, http.request(method, url) as answer:
            return answer.status, await answer.json() if answer.content_type == "application/json" else None


@pytest.fixture
async def probe(room: Newsroom) -> AsyncIterator[Probe]:
    made = Probe(free_port())
    health = Health(room.db, is_failing=lambda: made.is_failing)
    async with listening(pages({"/healthz": health.handle}), port=made.port):
        yield made


async def test_all_is_well_while_the_database_answers_be_it_busy(probe: Probe, room: Newsroom) -> None:
    async with busy(room.db.path):
        assert await probe() == (200, {"status": "ok"})


async def test_a_database_that_takes_nothing_is_named(probe: Probe) -> None:
    probe.is_failing = True
    assert await probe() == (503, {"status": "failing", "wrong": {"database": "cannot be written"}})


async def test_a_database_that_cannot_be_read_is_named(probe: Probe, room: Newsroom) -> None:
    with closing(sqlite3.connect(room.db.path)) as store:
        store.execute("ALTER TABLE chats RENAME TO elsewhere")
        store.commit()
    status, said = await probe()
    assert status == 503
    assert said["wrong"]["database"] == "cannot be read: no such table: chats"


async def test_nothing_else_is_served(probe: Probe) -> None:
    assert (await probe("/"))[0] == 404
    assert (await probe(method="POST"))[0] == 405
