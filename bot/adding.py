"""What a person typed → a feed that can be polled, or the feeds of a page to choose from.

typed ─ understand ─ ask ─┬─ a feed ──────────────────────────────▶ Found
                          └─ a page ─ the feeds it names ─┬─ several ─▶ Several
                               ▲                          ├─ one ─ ask ─▶ Found
                               └── a list of feeds ◀──────┴─ none ─ usual paths, sitemaps of news, one by one
"""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.sources import addresses, clean, discover, robots
from bot.sources.discover import Candidate
from bot.sources.drafts import Contents
from bot.sources.fetch import Answer
from bot.sources.reading import Reader
from bot.sources.trouble import FetchError, Trouble

# What a site may be asked for where its page is no feed, and for how long a person would wait.
REQUESTS: Final = 8
PATIENCE: Final = timedelta(seconds=30)

# How a host looks that does not serve https.
_NO_HTTPS: Final = frozenset({Trouble.CONNECT, Trouble.TLS, Trouble.TIMEOUT, Trouble.BROKEN})


_PAGE: Final = re.compile(rb"<(?:!doctype\s+html|html|head|body|link|a)\b", re.IGNORECASE)
_BEGINNING: Final = 4096


@dataclass(frozen=True, slots=True)
class Found:
    """The address to poll, after permanent redirects, and what it holds now."""

    url: str
    contents: Contents
    answer: Answer


@dataclass(frozen=True, slots=True)
class Several:
    """A page with more than one feed: the user picks. What looks like the main one comes first."""

    candidates: tuple[Candidate, ...]


async def find(typed: str, *, reader: Reader) -> Found | Several:
    """The feed that was meant, or those of the page; FetchError says why there is none."""
    page = await _first(typed, reader)
    if isinstance(page, Found):
        return page
    if not _is_page(page):
        # Whoever names a document means that document.
        raise FetchError(Trouble.NOT_A_FEED, "it is neither a feed nor a web page")
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            found = await _Search(reader, {page.url}).around(page)
    except TimeoutError:
        found = None
    if found is None:
        raise FetchError(Trouble.NO_FEED_FOUND)
    return found


def _is_page(answer: Answer) -> bool:
    return "html" in answer.content_type.lower() or bool(_PAGE.search(answer.body[:_BEGINNING]))


async def _first(typed: str, reader: Reader) -> Found | Answer:
    """What the address itself leads to; without a scheme, over http where https does not answer."""
    try:
        return await _opened(addresses.understand(typed), reader)
    except FetchError as error:
        unencrypted = addresses.unencrypted(typed) if error.trouble in _NO_HTTPS else None
        if unencrypted is None:
            raise
        try:
            return await _opened(unencrypted, reader)
        except FetchError:
            raise error from None


async def _opened(url: str, reader: Reader) -> Found | Answer:
    """A feed with what it holds, or the page that is none."""
    if url.startswith(addresses.TELEGRAM):
        answer, contents = await reader.read(url)
        assert contents is not None  # asked without validators
        return Found(url, contents, answer)
    answer = await reader.fetcher.get(url)
    try:
        contents = await reader.parser.feed(answer.body, base=answer.url, content_type=answer.content_type)
    except FetchError as error:
        if error.trouble is Trouble.NOT_A_FEED:
            return answer
        raise
    return Found(clean.canonical_url(answer.moved_to or url) or url, contents, answer)


@dataclass(slots=True)
class _Search:
    """A search that began at one address: each other is asked once, `REQUESTS` in all."""

    reader: Reader
    asked: set[str]

    async def around(self, page: Answer) -> Found | Several | None:
        """What the page names, else what is where feeds usually are, else a sitemap of news."""
        return (
            await self._named(page)
            or await self._any(discover.usual(page.url))
            or await self._any(await self._sitemaps(page.url))
        )

    async def _named(self, page: Answer) -> Found | Several | None:
        named = await self.reader.parser.run(discover.links, page.body, base=page.url, content_type=page.content_type)
        return Several(named) if len(named) > 1 else await self._any(candidate.url for candidate in named)

    async def _any(self, urls: Iterable[str]) -> Found | Several | None:
        """The first feed among these, or the feeds that one of them names."""
        for url in urls:
            opened = await self._tried(url)
            if isinstance(opened, Found):
                return opened
            if opened and (found := await self._named(opened)):
                return found
        return None

    async def _tried(self, url: str) -> Found | Answer | None:
        if not self._may_ask(url):
            return None
        try:
            opened = await _opened(url, self.reader)
        except FetchError as error:
            if error.trouble is Trouble.LIMITED:
                raise  # whoever asks us to wait is not asked for more
            return None
        is_empty = isinstance(opened, Found) and opened.contents.kind == "sitemap" and not opened.contents.drafts
        return None if is_empty else opened

    async def _sitemaps(self, url: str) -> tuple[str, ...]:
        place = robots.place(url)
        if not self._may_ask(place):
            return ()
        try:
            answer = await self.reader.fetcher.get(place, accept=robots.TEXT, most_bytes=robots.MOST_BYTES)
        except FetchError:
            return discover.sitemaps(b"", url=url)
        return await self.reader.parser.run(discover.sitemaps, answer.body, url=url)

    def _may_ask(self, url: str) -> bool:
        if url in self.asked or len(self.asked) > REQUESTS:
            return False
        self.asked.add(url)
        return True
