"""Whether a site lets us read a page: robots.txt (RFC 9309), read by protego.

    allows(url) ─ the host's rules, kept ──▶ worker: protego ──▶ yes or no
                       └─ none or too old ─ fetch /robots.txt

The rules are kept as text, packed, and read in a worker process each time: a hostile file takes protego minutes.
"""

import asyncio
import time
import zlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

from bot.sources.trouble import FetchError, Trouble

if TYPE_CHECKING:
    from bot.sources.reading import Reader  # a worker, which runs `permits`, needs no HTTP

PRODUCT: Final = "newsbot"  # as the User-Agent header begins
TEXT: Final = "text/plain, */*;q=0.1"
MOST_BYTES: Final = 500 * 1024  # what RFC 9309 wants read at least

_HOSTS = 1000
# All rules together, packed: those of 1,000 hosts take a few, but a hostile file cannot be packed.
_KEPT_BYTES = 20_000_000
_KEPT = timedelta(days=1)
_KEPT_UNKNOWN = timedelta(hours=1)
# Beyond what RFC 9309 calls unavailable, the answers 4xx: a file that nothing leads to.
_NONE = frozenset({Trouble.GONE, Trouble.REDIRECTS})


@dataclass(slots=True)
class _Rules:
    """A host's rules; `packed` is None where nothing may be read for now. Its lock keeps two from asking at once."""

    packed: bytes | None = None
    until: float = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Robots:
    """The rules of the hosts asked last, a day long; `clock` counts seconds."""

    def __init__(self, reader: "Reader", *, clock: Callable[[], float] = time.monotonic) -> None:
        self._reader = reader
        self._clock = clock
        self._hosts: OrderedDict[str, _Rules] = OrderedDict()

    async def allows(self, url: str) -> bool:
        """A host that says nothing allows everything; one that cannot be asked allows nothing, for an hour."""
        rules = self._of(place(url))
        async with rules.lock:
            if rules.until <= self._clock():
                rules.packed, kept = await self._fetched(place(url))
                rules.until = self._clock() + kept.total_seconds()
                self._make_room()
        if not rules.packed:
            return rules.packed is not None
        try:
            return await self._reader.parser.run(permits, rules.packed, url)
        except FetchError:
            return False

    def _of(self, address: str) -> _Rules:
        rules = self._hosts.setdefault(address, _Rules())
        self._hosts.move_to_end(address)
        if len(self._hosts) > _HOSTS:
            self._hosts.popitem(last=False)
        return rules

    def _make_room(self) -> None:
        """Forgets the hosts that were asked longest ago."""
        kept = sum(len(rules.packed or b"") for rules in self._hosts.values())
        while kept > _KEPT_BYTES:
            _, oldest = self._hosts.popitem(last=False)
            kept -= len(oldest.packed or b"")

    async def _fetched(self, address: str) -> tuple[bytes | None, timedelta]:
        try:
            answer = await self._reader.fetcher.get(address, accept=TEXT, most_bytes=MOST_BYTES)
        except FetchError as error:
            is_none = error.trouble in _NONE or (error.trouble is Trouble.STATUS and error.detail.startswith("4"))
            return (b"", _KEPT) if is_none else (None, _KEPT_UNKNOWN)
        return zlib.compress(answer.body) if answer.body.strip() else b"", _KEPT


def place(url: str) -> str:
    """Where the rules for an address stand."""
    return urljoin(url, "/robots.txt")


def permits(packed: bytes, url: str) -> bool:
    """Runs in a worker."""
    from protego import Protego

    return Protego.parse(zlib.decompress(packed).decode("utf-8-sig", "replace")).can_fetch(url, PRODUCT)
