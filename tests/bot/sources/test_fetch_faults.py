import asyncio
import errno
import gzip
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from shutil import which

import pytest

from bot.sources import guard
from bot.sources.fetch import Fetcher, Limits
from bot.sources.trouble import Trouble
from tests.bot.sources.asking import HASTY, SMALL, trouble_of
from tests.web import Names, Reply, Talk, Web, deaf, raw, saying, self_signed

_BODY = "<rss>Новости</rss>".encode()
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"


@pytest.fixture
async def hasty() -> AsyncIterator[Fetcher]:
    async with Fetcher(allow_private=True, limits=HASTY) as fetcher:
        yield fetcher


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"no HTTP at all\r\n\r\n", id="no HTTP"),
        pytest.param(_HEAD, id="half a head"),
        pytest.param(_HEAD + b"Content-Length: 100\r\n\r\n" + _BODY, id="less than announced"),
        pytest.param(_HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n", id="without the last chunk"),
        pytest.param(_HEAD + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n<rss>\r\n", id="bad chunk"),
        pytest.param(_HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(_BODY)[:-4], id="half a gzip"),
        pytest.param(_HEAD + b"X: " + b"a" * 40_000 + b"\r\n\r\n", id="too long a header"),
        pytest.param(_HEAD + b"X: a\r\n" * 200 + b"\r\n", id="too many headers"),
        pytest.param(b"HTTP/1.1 200 " + b"a" * 40_000 + b"\r\n\r\n", id="too long a status"),
    ],
)
async def test_answer_that_breaks_off_or_is_none_is_broken(fetcher: Fetcher, said: bytes) -> None:
    async with raw(saying(said)) as url:
        assert await trouble_of(fetcher, url) == (Trouble.BROKEN, "")


async def test_long_headers_are_read(fetcher: Fetcher) -> None:
    policy = b"Content-Security-Policy: " + b"a" * 20_000 + b"\r\n"
    async with raw(saying(_HEAD + policy + b"Content-Length: 5\r\n\r\n<rss>")) as url:
        assert (await fetcher.get(url)).body == b"<rss>"


async def test_connection_that_is_reset_is_broken(fetcher: Fetcher) -> None:
    async def reset(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(_HEAD + b"Content-Length: 100\r\n\r\n" + _BODY)
        await writer.drain()
        writer.transport.abort()

    async with raw(reset) as url:
        assert await trouble_of(fetcher, url) == (Trouble.BROKEN, "")


async def test_server_that_is_silent_takes_too_long(hasty: Fetcher) -> None:
    async with raw(saying(b"", b"", pause_s=5)) as url:
        assert await trouble_of(hasty, url) == (Trouble.TIMEOUT, "")


@pytest.mark.parametrize(
    "talk",
    [
        pytest.param(saying(_HEAD + b"X: ", *[b"a"] * 1000, pause_s=0.02), id="head"),
        pytest.param(saying(_HEAD + b"Content-Length: 1000\r\n\r\n", *[b"a"] * 1000, pause_s=0.02), id="body"),
    ],
)
async def test_server_that_drips_takes_too_long(hasty: Fetcher, talk: Talk) -> None:
    async with raw(talk) as url:
        assert await trouble_of(hasty, url) == (Trouble.TIMEOUT, "")


async def test_time_is_one_for_all_redirects(web: Web, hasty: Fetcher) -> None:
    for number in range(3):
        web.serve(f"/{number}", Reply(status=302, headers={"Location": f"/{number + 1}"}, after_s=0.2))
    web.serve("/3", Reply(body=_BODY))
    assert await trouble_of(hasty, f"{web.url}/0") == (Trouble.TIMEOUT, "")


async def test_server_that_takes_no_connection_takes_too_long() -> None:
    limits = Limits(connect=timedelta(seconds=0.2))
    with deaf() as url:
        async with Fetcher(allow_private=True, limits=limits) as fetcher, asyncio.timeout(10):
            assert await trouble_of(fetcher, url) == (Trouble.TIMEOUT, "")


async def test_system_that_gives_up_before_us(monkeypatch: pytest.MonkeyPatch) -> None:
    def give_up(_: guard.Target) -> socket.socket:
        raise TimeoutError(errno.ETIMEDOUT, "timed out")

    monkeypatch.setattr(guard, "public_socket", give_up)
    async with Fetcher(resolver=Names(news_example="127.0.0.1")) as fetcher:
        assert await trouble_of(fetcher, "http://news.example/") == (Trouble.TIMEOUT, "")


async def test_port_where_nobody_listens(fetcher: Fetcher) -> None:
    async with Web() as gone:
        url = gone.url
    assert await trouble_of(fetcher, url) == (Trouble.CONNECT, "")


@pytest.mark.skipif(not which("openssl"), reason="openssl makes the certificate")
async def test_certificate_that_nobody_vouches_for(fetcher: Fetcher, tmp_path: Path) -> None:
    async with Web(tls=self_signed(tmp_path)) as server:
        assert await trouble_of(fetcher, server.serve("/feed", Reply(body=_BODY))) == (Trouble.TLS, "")
        assert server.requests == []


async def test_server_that_speaks_no_tls(web: Web, fetcher: Fetcher) -> None:
    assert await trouble_of(fetcher, web.url.replace("http:", "https:")) == (Trouble.TLS, "")


async def test_host_that_does_not_exist() -> None:
    async with Fetcher(resolver=Names(), limits=SMALL) as fetcher:
        assert await trouble_of(fetcher, "https://news.example/feed") == (Trouble.DNS, "")


@pytest.mark.parametrize("host", ["news..example", f"{'a' * 64}.example"])
async def test_name_that_no_host_can_have(fetcher: Fetcher, host: str) -> None:
    assert (await trouble_of(fetcher, f"https://{host}/"))[0] in (Trouble.ADDRESS, Trouble.DNS)


async def test_host_is_looked_up(web: Web, fetcher: Fetcher) -> None:
    web.serve("/feed", Reply(body=_BODY))
    assert (await fetcher.get(f"http://localhost:{web.port}/feed")).body == _BODY
