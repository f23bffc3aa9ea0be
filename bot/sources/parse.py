"""A feed's bytes → drafts. Pure: no network, no clock; slow on a large feed, so keep it off the event loop.

    bytes ─┬─ {…} ── jsonfeed
           └─ decode ─ entities counted ─ feedparser ─ entries ──▶ Feed

feedparser's strict parser reads what is well formed; what is not goes through its loose one, so that a feed with a
stray ampersand or a control character still brings its news.
"""

import re
from calendar import timegm
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from bot.sources import clean, drafts, jsonfeed, rows
from bot.sources.drafts import DraftError, Feed, FeedError
from bot.sources.encoding import UNKNOWN, decode, decode_xml
from storage.models import Draft

# A declared entity longer than a character reference could blow a small document up.
_LONG_ENTITY = re.compile(r"<!ENTITY\s+[^\s>]+\s+(?:\"[^\">]{33}|'[^'>]{33})")


def feed(data: bytes, *, base: str | None = None) -> Feed:
    """The drafts of an RSS, RDF, Atom or JSON Feed document; FeedError for what is none or broken beyond use.

    Links are resolved against `base`, the address that the feed was fetched from. Titles and texts are clean text, the
    source is the one an item names or else the feed's title, dates before 1970 are taken for missing ones.
    """
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        return jsonfeed.read(_json(data), base=base)
    document = decode_xml(data).strip()
    if not document:
        raise FeedError("the document is empty")
    if _LONG_ENTITY.search(document):
        raise FeedError("the document declares entities that could blow it up")
    parsed = _parsed(document, base or "")
    own = base or _string(parsed.feed, "link")
    return drafts.collect(parsed.entries, lambda entry: _draft(entry, parsed, own))


def _json(data: bytes) -> object:
    document = decode(data)
    if document is None:
        raise FeedError(UNKNOWN)
    try:
        return rows.parse(document)
    except DraftError as error:
        raise FeedError(str(error)) from error


def _parsed(document: str, base: str) -> Any:
    # Half of what reading JSON Lines would otherwise take to start.
    import feedparser

    # A stream, since feedparser takes bare bytes for a file's name first; the headers settle charset and base.
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": base}
    try:
        parsed = feedparser.parse(
            BytesIO(document.encode()), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:
        # What its loose parser stumbles over in broken documents has no common type and no end.
        raise FeedError(f"the feed is broken beyond use ({type(error).__name__})") from error
    if not parsed.entries and not parsed.version:
        raise FeedError("this is neither RSS, RDF, Atom nor JSON Feed")
    if not parsed.entries and parsed.bozo:
        raise FeedError(f"the feed is broken and has no readable item: {_trouble(parsed.bozo_exception)}")
    return parsed


def _trouble(error: Exception) -> str:
    """A SAX error says what and where; the rest of its text is the parser's own affair."""
    line = getattr(error, "getLineNumber", lambda: None)()
    said = clean.line(getattr(error, "getMessage", lambda: str(error))())
    return f"{said} in line {line}" if line else said


def _draft(entry: Any, parsed: Any, base: str) -> Draft:
    is_atom = parsed.version.startswith("atom")
    text = next(filter(None, (_clean(detail, is_atom) for detail in _bodies(entry))), "")
    return drafts.make(
        title=clean.line(_clean(_detail(entry, "title"), is_atom)),
        text=text,
        url=clean.link(_string(entry, "link"), base=base),
        guid=clean.line(_string(entry, "id")) or None,
        source=_name(entry.get("source"), "title") or _name(parsed.feed, "title"),
        author=_author(entry),
        published_at=_published(entry),
        language=clean.language_code(_string(entry, "language") or _string(parsed.feed, "language")),
    )


def _bodies(entry: Any) -> Iterator[dict[str, Any]]:
    """Where an entry's text may stand, the fullest first."""
    contents = entry.get("content")
    yield from filter(_is_text, contents if isinstance(contents, list) else ())
    yield {"value": _string(entry, "yandex_full-text")}
    yield _detail(entry, "summary")


def _is_text(content: Any) -> bool:
    """Atom may carry a picture where an article's text belongs."""
    return _string(content, "type").startswith("text/") or _string(content, "type") == "application/xhtml+xml"


def _detail(entry: Any, field: str) -> dict[str, Any]:
    """A text with its type, as feedparser keeps it beside the text itself."""
    detail = entry.get(f"{field}_detail")
    return detail if isinstance(detail, dict) else {"value": _string(entry, field)}


def _clean(detail: dict[str, Any], is_atom: bool) -> str:
    """Atom says what is plain text; RSS says nothing and means markup."""
    value = _string(detail, "value")
    return clean.text(value) if is_atom and detail.get("type") == "text/plain" else clean.html(value)


def _name(of: Any, field: str) -> str:
    return clean.line(clean.html(_string(of, field)))


def _author(entry: Any) -> str:
    """The author's name; an address of a mailbox alone names nobody."""
    name = _name(entry.get("author_detail"), "name") or _name(entry, "author")
    return "" if "@" in name else name


def _published(entry: Any) -> datetime | None:
    # Looked up as in a plain dict: feedparser's own lookup warns where one date stands in for another.
    written = dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed")
    try:
        return drafts.dated(datetime.fromtimestamp(timegm(written), UTC)) if written else None
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _string(of: Any, field: str) -> str:
    """A field's text; feedparser keeps an element with unexpected attributes as a dict of these."""
    value = of.get(field) if isinstance(of, dict) else None
    return value if isinstance(value, str) else ""
