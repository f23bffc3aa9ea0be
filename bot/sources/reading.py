"""A feed's address → what it holds now: the request and the reading of what came back, in one step.

address ─▶ Fetcher ─▶ 304 or the bytes of last time ──▶ nothing new
                 └──▶ Parser, in a process of its own ──▶ Contents
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from bot.sources.drafts import Contents
from bot.sources.fetch import Answer, Fetcher
from bot.sources.worker import Parser

TELEGRAM: Final = "https://t.me"


@dataclass(frozen=True, slots=True)
class Reader:
    """`telegram_web` stands in for t.me, where Telegram's own address cannot be reached."""

    fetcher: Fetcher
    parser: Parser
    telegram_web: str | None = None

    async def read(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        checksum: bytes | None = None,
    ) -> tuple[Answer, Contents | None]:
        """The answer and what it holds; None where that is what it held at the time of these. Raises FetchError."""
        is_telegram = url.startswith(f"{TELEGRAM}/")
        answer = await self.fetcher.get(self.place(url), etag=etag, last_modified=last_modified)
        if answer.status == 304 or checksum_of(answer.body) == checksum:
            return answer, None
        base = url if is_telegram else answer.url
        return answer, await self.parser.feed(answer.body, base=base, content_type=answer.content_type)

    def place(self, url: str) -> str:
        """Where an address is really asked for."""
        if self.telegram_web and url.startswith(f"{TELEGRAM}/"):
            return self.telegram_web + url.removeprefix(TELEGRAM)
        return url


def checksum_of(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=16).digest()
