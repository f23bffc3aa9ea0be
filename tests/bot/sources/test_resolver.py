import asyncio
import socket
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.sources.resolver import Resolver


@pytest.fixture
async def resolver() -> AsyncIterator[Resolver]:
    resolver = Resolver(at_once=20)
    yield resolver
    await resolver.close()


async def test_name_is_resolved_to_all_its_addresses(resolver: Resolver) -> None:
    found = await resolver.resolve("localhost", 80, socket.AF_UNSPEC)
    assert {answer["host"] for answer in found} <= {"127.0.0.1", "::1"}
    assert {(answer["hostname"], answer["port"]) for answer in found} == {("localhost", 80)}


async def test_name_that_does_not_exist_is_an_error(resolver: Resolver) -> None:
    with pytest.raises(socket.gaierror):
        await resolver.resolve("nothing.invalid")


async def test_name_server_that_hangs_holds_nobody_else_up(resolver: Resolver, monkeypatch: pytest.MonkeyPatch) -> None:
    hang = threading.Event()

    def getaddrinfo(host: str, port: int, *_: object, **__: object) -> list[Any]:
        if host == "slow.example":
            hang.wait(10)
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("203.0.113.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    waiting = [asyncio.create_task(resolver.resolve("slow.example")) for _ in range(15)]
    await asyncio.sleep(0)
    try:
        assert (await resolver.resolve("quick.example"))[0]["host"] == "203.0.113.1"
        assert await asyncio.to_thread(int, "1") == 1
        assert not any(task.done() for task in waiting)
    finally:
        hang.set()
        await asyncio.gather(*waiting)
