"""An address → what its server answers, or why not, in one word. Polite to servers and safe against hostile ones.

get ─▶ each hop: address checked ─ its host's turn ─ a free slot ─ guarded connection ─▶ answer
          ▲                                                                        │
          └────────────────────── redirect, five at most ◀─────────────────────────┤
                                                   Answer | FetchError ◀───────────┘
"""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType
from typing import Final, Self
from urllib.parse import urljoin
from weakref import WeakValueDictionary

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp_socks import ProxyConnector
from yarl import URL

from bot.sources import caching, guard, inflate
from bot.sources.faults import ERRORS, meaning
from bot.sources.resolver import Resolver
from bot.sources.trouble import FetchError, Trouble

FEEDS: Final = (
    "application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, text/html;q=0.7, */*;q=0.5"
)
_PERMANENT: Final = (301, 308)
_REDIRECTS: Final = (*_PERMANENT, 302, 303, 307)
# Long enough for the next feed of the same host; a thousand hosts in a row must not use up the open files.
_IDLE_S: Final = 2
# How aiohttp hands over what is no UTF-8.
_STRAY_BYTE: Final = re.compile("[\udc80-\udcff]")
# Security policies and lists of links in headers grow far beyond aiohttp's 8 KB.
_HEADER_BYTES: Final = 32_768
# A validator is handed back verbatim for as long as the feed lives; real ones have a few dozen characters.
_VALIDATOR_CHARACTERS: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one answer may take, and how many are fetched at once; waiting for one's turn is not counted."""

    total: timedelta = timedelta(seconds=30)
    connect: timedelta = timedelta(seconds=10)
    most_bytes: int = 15_000_000
    redirects: int = 5
    at_once: int = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server said: 200 with a body, or 304 where the validators still hold.

    `url` is where all redirects led, `moved_to` where permanent ones alone did. Validators are verbatim, None where the
    answer brought none. `fresh_for` is how long the server asks to wait.
    """

    status: int
    url: str
    moved_to: str | None = None
    body: bytes = field(default=b"", repr=False)
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    fresh_for: timedelta | None = None


@dataclass(frozen=True, slots=True)
class _Redirect:
    to: URL
    is_permanent: bool


class Fetcher:
    """`async with Fetcher() as fetcher:` owns the connections; one request a host at a time, `at_once` over all.

    Only public addresses are connected to, unless `allow_private`. A `proxy` (http, socks4 or socks5) resolves the
    names itself, and may stand anywhere.
    """

    def __init__(
        self,
        *,
        allow_private: bool = False,
        proxy: str | None = None,
        limits: Limits = Limits(),
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._allow_private = allow_private
        self._proxy = URL(proxy) if proxy else None
        self._limits = limits
        self._resolver = resolver or Resolver(at_once=limits.at_once)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._slots = asyncio.Semaphore(limits.at_once)

    async def __aenter__(self) -> Self:
        connect = self._limits.connect.total_seconds()
        self._session = aiohttp.ClientSession(
            connector=self._connector(),
            proxy=self._http_proxy,
            headers={"User-Agent": _user_agent(), "Accept-Encoding": inflate.ACCEPTED},
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=None, connect=connect, sock_connect=connect),
            max_field_size=_HEADER_BYTES,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()
        await self._resolver.close()

    async def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        accept: str = FEEDS,
        most_bytes: int | None = None,
    ) -> Answer:
        """What stands at `url`, wherever that has moved to; FetchError for everything else."""
        asked = {"Accept": accept, "If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in asked.items() if value}
        budget = _Budget(self._limits.total)
        visited = [self._checked(url)]
        moved_to, is_permanent = None, True
        while True:
            try:
                step = await self._hop(visited[-1], headers, budget, most_bytes or self._limits.most_bytes)
            except FetchError as error:
                error.moved_to = moved_to
                raise
            if isinstance(step, Answer):
                return replace(step, moved_to=moved_to)
            if step.to in visited or len(visited) > self._limits.redirects:
                raise FetchError(Trouble.REDIRECTS)
            visited.append(step.to)
            is_permanent = is_permanent and step.is_permanent
            moved_to = str(step.to) if is_permanent else moved_to

    async def _hop(
        self, url: URL, headers: Mapping[str, str], budget: "_Budget", most_bytes: int
    ) -> Answer | _Redirect:
        # The host's turn comes first: who waits for a slow host takes no slot from the others.
        async with self._turn(url), self._slots:
            try:
                async with budget.spent(), self._session.get(url, headers=headers, allow_redirects=False) as response:
                    if response.status in _REDIRECTS and "Location" in response.headers:
                        return self._redirect(response)
                    return await _answer(response, headers, most_bytes)
            except ERRORS as error:
                raise meaning(error) from error

    def _redirect(self, response: aiohttp.ClientResponse) -> _Redirect:
        try:
            to = urljoin(str(response.url), _STRAY_BYTE.sub(_escaped, response.headers["Location"]))
        except ValueError:
            raise FetchError(Trouble.ADDRESS) from None
        return _Redirect(self._checked(to), response.status in _PERMANENT)

    def _checked(self, url: str) -> URL:
        return guard.checked(url, allow_private=self._allow_private)

    def _turn(self, url: URL) -> asyncio.Lock:
        """The lock of a host, which is gone when nobody waits for it."""
        return self._turns.setdefault(url.raw_host or "", asyncio.Lock())

    @property
    def _http_proxy(self) -> URL | None:
        """aiohttp speaks to these itself, and as they expect: not every one lets plain HTTP through a tunnel."""
        return self._proxy if self._proxy and self._proxy.scheme == "http" else None

    def _connector(self) -> aiohttp.TCPConnector:
        if self._proxy and not self._http_proxy:
            # rdns: without it, SOCKS 4 would have us resolve the names.
            return ProxyConnector.from_url(str(self._proxy), rdns=True, limit=0, keepalive_timeout=_IDLE_S)
        is_guarded = not (self._proxy or self._allow_private)
        return aiohttp.TCPConnector(
            limit=0,
            keepalive_timeout=_IDLE_S,
            resolver=self._resolver,
            socket_factory=guard.public_socket if is_guarded else None,
        )


class _Budget:
    """What is left of the time for one address; only what is spent counts, not waiting between."""

    def __init__(self, total: timedelta) -> None:
        self._left_s = total.total_seconds()

    @asynccontextmanager
    async def spent(self) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(self._left_s):
                yield
        finally:
            self._left_s -= loop.time() - began


async def _answer(response: aiohttp.ClientResponse, asked: Mapping[str, str], most_bytes: int) -> Answer:
    headers = {name.lower(): ", ".join(response.headers.getall(name)) for name in response.headers}
    is_conditional = "If-None-Match" in asked or "If-Modified-Since" in asked
    if response.status != 200 and not (response.status == 304 and is_conditional):
        raise _refused(response.status, headers)
    return Answer(
        status=response.status,
        url=str(response.url),
        body=await _body(response, most_bytes) if response.status == 200 else b"",
        content_type=headers.get("content-type", ""),
        etag=_validator(headers.get("etag")),
        last_modified=_validator(headers.get("last-modified")),
        fresh_for=caching.fresh_for(headers),
    )


def _refused(status: int, headers: Mapping[str, str]) -> FetchError:
    wait = caching.retry_after(headers)
    if status == 429 or (status == 503 and wait):
        return FetchError(Trouble.LIMITED, retry_after=wait)
    if status == 410:
        return FetchError(Trouble.GONE)
    return FetchError(Trouble.STATUS, str(status))


async def _body(response: aiohttp.ClientResponse, most_bytes: int) -> bytes:
    """All of it, decoded; what goes beyond the limit is neither read nor kept."""
    if (response.content_length or 0) > most_bytes:
        raise FetchError(Trouble.TOO_LARGE)
    decoder = inflate.decoder(response.headers.get("Content-Encoding", ""))
    body = bytearray()
    async for chunk in response.content.iter_any():
        # A compressed body may go on for ever behind its end.
        if response.content.total_bytes > most_bytes:
            raise FetchError(Trouble.TOO_LARGE)
        for piece in decoder.pieces(chunk):
            body += piece
            if len(body) > most_bytes:
                raise FetchError(Trouble.TOO_LARGE)
            # A small chunk may be many pieces, and the others want their turn.
            await asyncio.sleep(0)
    decoder.finish()
    return bytes(body)


def _escaped(stray: re.Match[str]) -> str:
    return f"%{ord(stray[0]) - 0xDC00:02X}"


def _validator(header: str | None) -> str | None:
    """As it stands, unless it can be neither stored nor sent back."""
    is_sound = header and len(header) <= _VALIDATOR_CHARACTERS and header.isprintable()
    return header if is_sound else None


def _user_agent() -> str:
    try:
        return f"newsbot/{version('newsbot')}"
    except PackageNotFoundError:
        # Run from a checkout.
        return "newsbot"
