"""What can go wrong between a feed and us: kinds that the store keeps, and a sentence for each, to be translated."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from bot.sources.drafts import SourceError
from bot.texts import N_


class Trouble(StrEnum):
    """Why a feed could not be read."""

    ADDRESS = "address"
    CREDENTIALS = "credentials"
    FORBIDDEN = "forbidden"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    BROKEN = "broken"
    TOO_LARGE = "too large"
    REDIRECTS = "redirects"
    STATUS = "status"
    GONE = "gone"
    LIMITED = "limited"
    NOT_A_FEED = "not a feed"
    NO_PREVIEW = "no preview"
    PARSER = "parser"
    NO_FEED_FOUND = "no feed found"


# `{detail}` is what the server or the parser said of it, never what a page holds.
SENTENCES: Final = {
    Trouble.ADDRESS: N_("this is not an address that news can be read from"),
    Trouble.CREDENTIALS: N_("the address carries a user name or a password"),
    Trouble.FORBIDDEN: N_("the address leads into a private network"),
    Trouble.DNS: N_("there is no such host"),
    Trouble.CONNECT: N_("the server cannot be reached"),
    Trouble.TLS: N_("the server's certificate is not valid"),
    Trouble.TIMEOUT: N_("the server takes too long to answer"),
    Trouble.BROKEN: N_("the answer broke off or cannot be decoded"),
    Trouble.TOO_LARGE: N_("the answer is too large"),
    Trouble.REDIRECTS: N_("the address redirects in a circle or too often"),
    Trouble.STATUS: N_("the server answers with the error {detail}"),
    Trouble.GONE: N_("the server says that it is gone for good"),
    Trouble.LIMITED: N_("the server asks us to wait"),
    Trouble.NOT_A_FEED: N_("this is no feed: {detail}"),
    Trouble.NO_PREVIEW: N_("this Telegram channel has no public page, or there is no such channel"),
    Trouble.PARSER: N_("the feed takes too long or too much memory to read"),
    Trouble.NO_FEED_FOUND: N_("no feed was found there"),
}


class FetchError(SourceError):
    """A feed could not be read; the text is one sentence in English.

    `retry_after` is how long the server asks us to stay away; `moved_to` where permanent redirects led before that.
    """

    def __init__(
        self,
        trouble: Trouble,
        detail: str = "",
        *,
        retry_after: timedelta | None = None,
        moved_to: str | None = None,
    ) -> None:
        super().__init__(said(trouble, detail))
        self.trouble = trouble
        self.detail = detail
        self.retry_after = retry_after
        self.moved_to = moved_to


def said(trouble: Trouble, detail: str = "") -> str:
    """In English."""
    return SENTENCES[trouble].format(detail=detail)
