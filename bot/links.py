"""What a link into the bot carries: a query, or the token of one that is too long for a link. Pure.

    query ──payload──▶ s_… ──Telegram: /start s_…──▶ query_of ──▶ the query, or a token

Telegram takes 64 of `A-Za-z0-9_-`: https://core.telegram.org/bots/features#deep-linking
"""

import base64
import binascii
import re
from typing import Final

LONGEST: Final = 64
PREFIX: Final = "s_"
# No text begins so: in UTF-8 no first byte has six bits set.
TOKEN_PREFIX: Final = "s__"

_PAYLOAD: Final = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


def payload(query: str) -> str | None:
    """The query itself as a link carries it; None where it is too long for that."""
    written = base64.urlsafe_b64encode(query.encode(errors="replace")).decode().rstrip("=")
    carried = PREFIX + written
    return carried if len(carried) <= LONGEST else None


def of_token(token: str) -> str:
    return TOKEN_PREFIX + token


def token_of(carried: str) -> str | None:
    """The token that a link carries in place of a query."""
    is_ours = carried.startswith(TOKEN_PREFIX) and _PAYLOAD.fullmatch(carried)
    return carried.removeprefix(TOKEN_PREFIX) or None if is_ours else None


def query_of(carried: str) -> str | None:
    """The query that a link carries; None for what no link of ours does."""
    if not carried.startswith(PREFIX) or not _PAYLOAD.fullmatch(carried):
        return None
    written = carried.removeprefix(PREFIX)
    try:
        query = base64.b64decode(written + "=" * (-len(written) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    return query if query.strip() and query.isprintable() and payload(query) == carried else None
