"""What a server's headers say of when to come back. Pure: times are told by the server's own clock, the `Date` header.

Headers are named in small letters, and those that came more than once are joined by commas. Nonsense says nothing, and
nothing asks for more than `LONGEST`.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.request import parse_http_list

LONGEST: Final = timedelta(days=7)
_SECONDS: Final = re.compile(r"\s*([0-9]+)\s*")
# Enough for any number of seconds below `LONGEST`, and few enough for any timedelta.
_DIGITS: Final = 9


def fresh_for(headers: Mapping[str, str]) -> timedelta | None:
    """How long the answer stays as it is, None where nothing is said or it may have changed already (RFC 9111, 4.2)."""
    directives = _directives(headers.get("cache-control", ""))
    # `no-cache="Set-Cookie"` means that header alone.
    if "no-store" in directives or directives.get("no-cache") == "":
        return None
    lifetime = _seconds(directives.get("max-age", ""))
    if lifetime is None:
        lifetime = _between(headers.get("date"), headers.get("expires"))
    age = _seconds(headers.get("age", "")) or timedelta()
    return _bounded(lifetime - age) if lifetime else None


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """How long a server asks to be left alone, in seconds or up to a date (RFC 9110, 10.2.3)."""
    said = headers.get("retry-after", "")
    return _bounded(_seconds(said) or _between(headers.get("date"), said))


def _bounded(span: timedelta | None) -> timedelta | None:
    return min(span, LONGEST) if span and span > timedelta() else None


def _directives(header: str) -> dict[str, str]:
    """Names in small letters and what they are set to; the first of several counts."""
    found: dict[str, str] = {}
    for directive in parse_http_list(header):
        name, _, setting = directive.partition("=")
        found.setdefault(name.strip().lower(), setting.strip(' "'))
    return found


def _seconds(text: str) -> timedelta | None:
    match = _SECONDS.fullmatch(text)
    if match is None:
        return None
    digits = match[1].lstrip("0") or "0"
    return timedelta(seconds=int(digits)) if len(digits) <= _DIGITS else timedelta(seconds=10**_DIGITS)


def _between(begin: str | None, end: str | None) -> timedelta | None:
    from_, to = _date(begin), _date(end)
    return to - from_ if from_ and to else None


def _date(text: str | None) -> datetime | None:
    try:
        date = parsedate_to_datetime(text or "")
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None
