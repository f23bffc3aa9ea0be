import socket
from collections.abc import AsyncIterator

import pytest

from bot.sources import guard
from bot.sources.fetch import Fetcher
from bot.sources.trouble import Trouble
from tests.bot.sources.asking import SMALL, trouble_of
from tests.web import Names, Reply, Web

_BODY = "<rss>Новости</rss>".encode()


@pytest.fixture
async def guarded() -> AsyncIterator[Fetcher]:
    async with Fetcher(limits=SMALL) as fetcher:
        yield fetcher


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "0.0.0.0", "2130706433", "0x7f000001", "0177.0.0.1", "127.1"),
        *("[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]"),
    ],
)
async def test_loopback_is_never_connected_to(web: Web, guarded: Fetcher, host: str) -> None:
    assert await trouble_of(guarded, f"http://{host}:{web.port}/") == (Trouble.FORBIDDEN, "")
    assert web.requests == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "::1",
        "::ffff:127.0.0.1",
        ("127.0.0.1", "::1", "10.0.0.1"),
        "0.0.0.0",
        "169.254.169.254",
        "100.64.0.1",
        "fe80::1%lo",
    ],
)
async def test_name_that_leads_to_a_private_address_is_refused(web: Web, address: str | tuple[str, ...]) -> None:
    names = Names(news_example=address)
    async with Fetcher(resolver=names, limits=SMALL) as fetcher:
        assert await trouble_of(fetcher, f"http://news.example:{web.port}/") == (Trouble.FORBIDDEN, "")
    assert names.asked == ["news.example"]
    assert web.requests == []


async def test_name_that_changes_its_address_is_refused_when_it_is_connected_to(web: Web) -> None:
    names = Names(news_example=["203.0.114.1", "127.0.0.1"])
    async with Fetcher(resolver=names, limits=SMALL) as fetcher:
        assert (await names.resolve("news.example"))[0]["host"] == "203.0.114.1"
        assert await trouble_of(fetcher, f"http://news.example:{web.port}/") == (Trouble.FORBIDDEN, "")
    assert web.requests == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "private.example"])
async def test_redirect_to_a_private_address_is_refused(web: Web, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    asked = []

    def first_is_public(target: guard.Target) -> socket.socket:
        asked.append(target)
        return public_socket(target) if len(asked) > 1 else socket.socket(*target[:3])

    public_socket = guard.public_socket
    monkeypatch.setattr(guard, "public_socket", first_is_public)
    web.redirect("/feed", to=f"http://{host}:{web.port}/secret", status=301)
    names = Names(public_example="127.0.0.1", private_example="127.0.0.1")
    async with Fetcher(resolver=names, limits=SMALL) as fetcher:
        assert await trouble_of(fetcher, f"http://public.example:{web.port}/feed") == (Trouble.FORBIDDEN, "")
    assert [asked.path for asked in web.requests] == ["/feed"]


async def test_private_hosts_may_be_allowed(web: Web, fetcher: Fetcher) -> None:
    assert (await fetcher.get(web.serve("/", Reply(body=_BODY)))).body == _BODY
