import asyncio
import os
from collections.abc import AsyncIterator

import pytest

from bot.sources import robots
from bot.sources.fetch import Fetcher
from bot.sources.reading import Reader
from bot.sources.robots import Robots
from bot.sources.worker import Parser
from tests.web import Reply, Web

DAY = 24 * 60 * 60


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    async with Web() as web:
        yield web


@pytest.fixture
async def rules(clock: Clock) -> AsyncIterator[Robots]:
    async with Fetcher(allow_private=True) as fetcher, Parser(workers=1) as parser:
        yield Robots(Reader(fetcher, parser), clock=clock)


def put(web: Web, rules: str) -> None:
    web.serve("/robots.txt", Reply(body=rules.encode(), headers={"Content-Type": "text/plain"}))


async def test_rules_for_everyone_hold_for_us(web: Web, rules: Robots) -> None:
    put(web, "\ufeffUser-agent: *\nDisallow: /closed\nAllow: /closed/open\nDisallow: /*.pdf$\n")
    assert await rules.allows(f"{web.url}/news/1")
    assert not await rules.allows(f"{web.url}/closed/1")
    assert await rules.allows(f"{web.url}/closed/open/1")
    assert not await rules.allows(f"{web.url}/a.pdf")


async def test_rules_for_us_stand_above_those_for_everyone(web: Web, rules: Robots) -> None:
    put(web, "User-agent: *\nDisallow: /\n\nUser-agent: NewsBot\nDisallow: /новости/\n")
    assert await rules.allows(f"{web.url}/a")
    assert not await rules.allows(f"{web.url}/новости/1")
    assert not await rules.allows(f"{web.url}/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/1")


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_site_without_rules_allows_everything(status: int, web: Web, rules: Robots) -> None:
    web.serve("/robots.txt", Reply(status=status, body=b"User-agent: *\nDisallow: /"))
    assert await rules.allows(f"{web.url}/a")
    assert await rules.allows(f"{web.url}/b")
    assert len(web.requests) == 1


async def test_empty_rules_and_redirects_in_a_circle_allow_everything(web: Web, rules: Robots, clock: Clock) -> None:
    put(web, " \n")
    assert await rules.allows(f"{web.url}/a")
    web.redirect("/robots.txt", to="/robots.txt", status=301)
    clock.now += DAY
    assert await rules.allows(f"{web.url}/a")


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_site_in_trouble_allows_nothing_for_an_hour(status: int, web: Web, rules: Robots, clock: Clock) -> None:
    web.serve("/robots.txt", Reply(status=status), Reply())
    assert not await rules.allows(f"{web.url}/a")
    clock.now += 60 * 60 - 1
    assert not await rules.allows(f"{web.url}/a")
    clock.now += 1
    assert await rules.allows(f"{web.url}/a")


async def test_site_out_of_reach_allows_nothing(web: Web, rules: Robots) -> None:
    async with Web() as gone:
        address = f"{gone.url}/a"
    assert not await rules.allows(address)


async def test_rules_are_kept_for_a_day(web: Web, rules: Robots, clock: Clock) -> None:
    put(web, "User-agent: *\nDisallow: /a")
    assert not await rules.allows(f"{web.url}/a")
    put(web, "User-agent: *\nDisallow: /b")
    clock.now += DAY - 1
    assert not await rules.allows(f"{web.url}/a")
    clock.now += 1
    assert await rules.allows(f"{web.url}/a")
    assert len(web.requests) == 2


async def test_rules_are_asked_for_once_however_many_wait_for_them(web: Web, rules: Robots) -> None:
    web.serve("/robots.txt", Reply(body=b"User-agent: *\nDisallow: /a", after_s=0.05))
    allowed = await asyncio.gather(*(rules.allows(f"{web.url}/{path}") for path in "abab"))
    assert allowed == [False, True, False, True]
    assert len(web.requests) == 1


async def test_rules_of_the_host_that_was_asked_longest_ago_are_forgotten(
    web: Web, rules: Robots, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(robots, "_HOSTS", 2)
    async with Web() as other, Web() as third:
        for host in (web, other, web, third, web, other):
            assert await rules.allows(f"{host.url}/a")
        assert (len(web.requests), len(other.requests)) == (1, 2)


async def test_too_long_rules_allow_nothing(web: Web, rules: Robots) -> None:
    put(web, "User-agent: *\nAllow: /\n" + "#" * robots.MOST_BYTES)
    assert not await rules.allows(f"{web.url}/a")


async def test_hostile_rules_cost_their_own_host_alone(web: Web, clock: Clock) -> None:
    # Each rule stands for each of the agents: 300 million of them.
    put(web, "".join(f"user-agent:{number}\n" for number in range(15_000)) + "allow:/\n" * 20_000)
    async with Fetcher(allow_private=True) as fetcher, Parser(workers=1, seconds=2) as parser, Web() as honest:
        rules = Robots(Reader(fetcher, parser), clock=clock)
        put(honest, "User-agent: *\nDisallow: /b")
        assert not await rules.allows(f"{web.url}/a")
        assert await rules.allows(f"{honest.url}/a")


async def test_rules_that_cannot_be_packed_are_forgotten_before_they_fill_the_memory(
    web: Web, rules: Robots, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(robots, "_KEPT_BYTES", 25_000)
    async with Web() as other, Web() as third:
        for host in (web, other, third):
            host.serve("/robots.txt", Reply(body=b"User-agent: *\n#" + os.urandom(10_000)))
        for host in (web, other, third, other, web):
            assert await rules.allows(f"{host.url}/a")
        assert [len(host.requests) for host in (web, other, third)] == [2, 1, 1]
        assert len(rules._hosts) == 2
