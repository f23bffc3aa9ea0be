import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from shutil import which

import pytest

from bot.sources.fetch import Fetcher
from bot.sources.trouble import Trouble
from tests.bot.sources.asking import HASTY, SMALL, trouble_of
from tests.web import Names, Reply, Web, raw, saying, self_signed

_BODY = "<rss>Новости</rss>".encode()
_REFUSED = 5


@asynccontextmanager
async def _socks(asked: list[str], *, port: int, reply: int = 0) -> AsyncIterator[str]:
    """Address of a SOCKS proxy, 4a and 5, that leads every host to a port of ours, or refuses with `reply`."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if await reader.readexactly(1) == b"\x05":
            await reader.readexactly((await reader.readexactly(1))[0])
            writer.write(b"\x05\x00")
            head = await reader.readexactly(5)
            asked.append((await reader.readexactly(head[4])).decode())
            await reader.readexactly(2)
            writer.write(bytes((5, reply, 0, 1, 0, 0, 0, 0, 0, 0)))
        else:
            await reader.readexactly(7)
            await reader.readuntil(b"\0")
            asked.append((await reader.readuntil(b"\0"))[:-1].decode())
            writer.write(bytes((0, 91 if reply else 90, 0, 0, 0, 0, 0, 0)))
        await writer.drain()
        if not reply:
            there = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.gather(_pass_on(reader, there[1]), _pass_on(there[0], writer))
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.close()


async def test_http_proxy_is_asked_for_the_whole_address(web: Web) -> None:
    web.serve("/feed?a=1", Reply(body=_BODY))
    names = Names()
    async with Fetcher(proxy=f"http://user:secret@127.0.0.1:{web.port}", resolver=names, limits=SMALL) as fetcher:
        answer = await fetcher.get("http://news.example/feed?a=1")
    assert (answer.url, answer.body) == ("http://news.example/feed?a=1", _BODY)
    [asked] = web.requests
    assert asked.host == "news.example"
    assert asked.headers["Proxy-Authorization"] == f"Basic {b64encode(b'user:secret').decode()}"
    assert names.asked == []


@pytest.mark.parametrize("kind", ["socks5", "socks4"])
async def test_socks_proxy_resolves_the_name(web: Web, kind: str) -> None:
    web.serve("/feed", Reply(body=_BODY))
    asked: list[str] = []
    async with (
        _socks(asked, port=web.port) as proxy,
        Fetcher(proxy=f"{kind}://{proxy}", resolver=Names(), limits=SMALL) as fetcher,
    ):
        assert (await fetcher.get("http://news.example/feed")).body == _BODY
    assert asked == ["news.example"]


@pytest.mark.skipif(not which("openssl"), reason="openssl makes the certificate")
async def test_certificate_behind_a_proxy_is_looked_at(tmp_path: Path) -> None:
    async with (
        Web(tls=self_signed(tmp_path)) as server,
        _socks([], port=server.port) as proxy,
        Fetcher(proxy=f"socks5://{proxy}", limits=SMALL) as fetcher,
    ):
        assert await trouble_of(fetcher, "https://news.example/feed") == (Trouble.TLS, "")


@pytest.mark.parametrize("kind", ["socks5", "socks4"])
async def test_proxy_that_reaches_no_host(kind: str) -> None:
    async with (
        _socks([], port=0, reply=_REFUSED) as proxy,
        Fetcher(proxy=f"{kind}://{proxy}", limits=SMALL) as fetcher,
    ):
        assert await trouble_of(fetcher, "http://news.example/feed") == (Trouble.CONNECT, "")


async def test_http_proxy_that_opens_no_tunnel() -> None:
    refusal = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"
    async with raw(saying(refusal)) as url, Fetcher(proxy=url, limits=SMALL) as fetcher:
        assert await trouble_of(fetcher, "https://news.example/feed") == (Trouble.CONNECT, "")


@pytest.mark.parametrize("kind", ["http", "socks4", "socks5"])
async def test_proxy_that_is_not_there(kind: str) -> None:
    async with Web() as gone:
        port = gone.port
    async with Fetcher(proxy=f"{kind}://127.0.0.1:{port}", limits=SMALL) as fetcher:
        assert await trouble_of(fetcher, "http://news.example/feed") == (Trouble.CONNECT, "")


@pytest.mark.parametrize("kind", ["socks4", "socks5"])
async def test_proxy_that_hangs_up(kind: str) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"\x05")
        writer.close()

    async with (
        await asyncio.start_server(hang_up, "127.0.0.1", 0) as server,
        Fetcher(proxy=f"{kind}://127.0.0.1:{server.sockets[0].getsockname()[1]}", limits=SMALL) as fetcher,
    ):
        assert await trouble_of(fetcher, "http://news.example/feed") == (Trouble.CONNECT, "")


async def test_proxy_that_is_silent() -> None:
    async with (
        raw(saying(b"", b"", pause_s=5)) as url,
        Fetcher(proxy=url.replace("http:", "socks5:"), limits=HASTY) as fetcher,
    ):
        assert await trouble_of(fetcher, "http://news.example/feed") == (Trouble.TIMEOUT, "")


@pytest.mark.parametrize("kind", ["http", "socks4", "socks5"])
@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost", "0x7f.1", "10.0.0.1", "router", "nas.local"])
async def test_private_host_is_not_asked_of_the_proxy_either(web: Web, kind: str, host: str) -> None:
    async with Fetcher(proxy=f"{kind}://127.0.0.1:{web.port}", limits=SMALL) as fetcher:
        assert await trouble_of(fetcher, f"http://{host}:{web.port}/") == (Trouble.FORBIDDEN, "")
    assert web.requests == []


async def test_redirect_to_a_private_host_is_not_asked_of_the_proxy(web: Web) -> None:
    web.redirect("/feed", to=f"http://127.0.0.1:{web.port}/secret")
    async with Fetcher(proxy=web.url, limits=SMALL) as fetcher:
        assert await trouble_of(fetcher, "http://news.example/feed") == (Trouble.FORBIDDEN, "")
    assert [asked.path for asked in web.requests] == ["/feed"]
