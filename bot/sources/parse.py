"""A feed's bytes → drafts. Pure: no network, no clock; slow on a large feed, so keep it off the event loop.

    bytes ─┬─ {…} ── jsonfeed ─────────────────────────────────────┐
           └─ decode ─ entities counted ─┬─ sitemap ───────────────┤
                                         ├─ telegram ──────────────┼──▶ Contents
                                         └─ feedparser ─ entries ──┘

feedparser's strict parser reads what is well formed; what is not goes through its loose one, so that a feed with a
stray ampersand or a control character still brings its news.
"""

import re
from calendar import timegm
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from bot.sources import boilerplate, clean, drafts, jsonfeed, kinds, pictures, rows, sitemap, telegram
from bot.sources.drafts import Contents, DraftError, FeedError
from bot.sources.encoding import UNKNOWN, decode, decode_markup
from bot.sources.kinds import Kind
from bot.sources.pictures import Picture
from storage.models import Draft

# A declared entity longer than a character reference could blow a small document up.
_LONG_ENTITY = re.compile(r"<!ENTITY\s+[^\s>]+\s+(?:\"[^\">]{33}|'[^'>]{33})")
# One made of others is not worth the seconds that unfolding them takes.
_NESTED_ENTITY = re.compile(r"<!ENTITY\s+[^\s>]+\s+(?:\"[^\">]*&[^#\">][^\">]*\"|'[^'>]*&[^#'>][^'>]*')\s*>")
_ITEM_END = re.compile(r"</(?:\w+:)?(?:item|entry)\s*>", re.IGNORECASE)
_WHOLE = re.compile(r"</(?:\w+:)?(?:rss|rdf|feed|channel)\b", re.IGNORECASE)
_END = 500  # characters: caches sign below a feed
# Channel Definition Format has no root around its channel.
_CHANNEL = re.compile(r"(?:<[!?][^<>]*+>\s*+)*+<channel[\s>]", re.IGNORECASE)

_KINDS = {"atom": "Atom", "rss10": "RDF", "rss090": "RDF", "cdf": "CDF"}
_LONGEST_TTL = timedelta(days=30)


def feed(data: bytes, *, base: str | None = None, content_type: str = "", most: int | None = None) -> Contents:
    """What an RSS, RDF, Atom or JSON Feed document, a news sitemap or the page of a Telegram channel holds.

    FeedError for what is none of these or broken beyond use. Links are resolved against `base`, the address that the
    feed was fetched from; `content_type` is what HTTP says of it; items beyond the first `most` are left out. Titles
    and texts are clean text, the source is the one an item names or else the feed's title, dates before 1970 are taken
    for missing ones.
    """
    contents = _read(data, base, content_type, most)
    return contents if most is None else replace(contents, title=clean.shorten(contents.title))


def _read(data: bytes, base: str | None, content_type: str, most: int | None) -> Contents:
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        return jsonfeed.read(_json(data), base=base, most=most)
    document = decode_markup(data, content_type).strip("\ufeff \t\r\n\0")
    if not document:
        raise FeedError("the document is empty")
    if _LONG_ENTITY.search(document):
        raise FeedError("the document declares entities that could blow it up")
    kind = kinds.of_markup(document)
    if kind is Kind.SITEMAP:
        return sitemap.read(document, base=base, most=most)
    if kind is Kind.PAGE:
        return _page(document, most)
    document = _NESTED_ENTITY.sub("", document)
    return _contents(_parsed(document if most is None else _first(document, most + 1), base or ""), base, most)


def _first(document: str, items: int) -> str:
    """The document without the items after so many, since parsing takes most of the time."""
    ends = [found.end() for found in _ITEM_END.finditer(document)]
    return document if len(ends) <= items else document[: ends[items - 1]] + document[ends[-1] :]


def _page(document: str, most: int | None) -> Contents:
    if telegram.is_page(document):
        return telegram.read(document, most=most)
    raise FeedError("it is a web page")


def _contents(parsed: Any, base: str | None, most: int | None) -> Contents:
    own = base or _string(parsed.feed, "link")
    return replace(
        drafts.collect(parsed.entries, lambda entry: _draft(entry, parsed, own), most=most),
        title=_name(parsed.feed, "title"),
        kind=next((kind for version, kind in _KINDS.items() if parsed.version.startswith(version)), "RSS"),
        site=clean.link(_string(parsed.feed, "link"), base=own),
        ttl=_ttl(parsed.feed),
    )


def _ttl(channel: Any) -> timedelta | None:
    """How long a feed asks to be left alone. What it says of its updates (`sy:`) is a default that nobody chose."""
    minutes = _number(_string(channel, "ttl"))
    return min(timedelta(minutes=minutes), _LONGEST_TTL) if minutes else None


def _number(written: str) -> int:
    """A small whole number; 0 for anything else."""
    return int(found[1]) if (found := re.fullmatch(r"\s*(\d{1,7})(?:\.0*)?\s*", written, re.ASCII)) else 0


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
    except MemoryError:
        raise
    except Exception as error:
        # What its loose parser stumbles over in broken documents has no common type and no end.
        raise FeedError(f"the feed is broken beyond use ({type(error).__name__})") from error
    if not parsed.entries and not parsed.version and not _CHANNEL.match(document):
        raise FeedError("it is neither RSS, RDF, Atom nor JSON Feed")
    if not parsed.entries and parsed.bozo and not _WHOLE.search(document[-_END:]):
        raise FeedError(f"the feed is broken and has no readable item: {_trouble(parsed.bozo_exception)}")
    return parsed


def _trouble(error: Exception) -> str:
    """A SAX error says what and where; the rest of its text is the parser's own affair."""
    line = getattr(error, "getLineNumber", lambda: None)()
    said = clean.line(getattr(error, "getMessage", lambda: str(error))())
    return f"{said} in line {line}" if line else said


def _draft(entry: Any, parsed: Any, base: str) -> Draft:
    is_atom = parsed.version.startswith("atom")
    text = boilerplate.without_tail(next(filter(None, (_clean(detail, is_atom) for detail in _bodies(entry))), ""))
    return drafts.make(
        title=clean.line(_clean(_detail(entry, "title"), is_atom)),
        text=text,
        url=clean.link(_string(entry, "link"), base=base),
        guid=clean.line(_string(entry, "id")) or None,
        source=_name(entry.get("source"), "title") or _name(parsed.feed, "title"),
        author=_author(entry),
        published_at=_published(entry),
        language=clean.language_code(_string(entry, "language") or _string(parsed.feed, "language")),
        image=pictures.first(_pictures(entry), base=base),
    )


def _pictures(entry: Any) -> Iterator[Picture]:
    """What an entry names as its pictures, the fullest first; one of media:content stands in several sizes."""
    yield from pictures.widest(_sized(one) for one in _listed(entry, "media_content") if _is_picture(one, "url"))
    yield from (Picture(_string(one, "href")) for one in _listed(entry, "enclosures") if _is_picture(one, "href"))
    yield Picture(_string(entry.get("image"), "href"))
    yield from pictures.widest(_sized(one) for one in _listed(entry, "media_thumbnail"))


def _listed(entry: Any, field: str) -> list[Any]:
    found = entry.get(field)
    return found if isinstance(found, list) else []


def _is_picture(of: Any, field: str) -> bool:
    return pictures.is_picture(_string(of, field), media_type=_string(of, "type"), medium=_string(of, "medium"))


def _sized(of: Any) -> Picture:
    return Picture(_string(of, "url"), width=_pixels(of, "width"), height=_pixels(of, "height"))


def _pixels(of: Any, field: str) -> int:
    return _number(_string(of, field).removesuffix("px"))


def _bodies(entry: Any) -> Iterator[dict[str, Any]]:
    """Where an entry's text may stand, the fullest first."""
    contents = entry.get("content")
    yield from filter(_is_text, contents if isinstance(contents, list) else ())
    yield {"value": _string(entry, "yandex_full-text")}
    yield _detail(entry, "summary")


def _is_text(content: Any) -> bool:
    """Atom may carry a picture where an article's text belongs."""
    said = _string(content, "type")
    return said.startswith("text/") or said.endswith("xml") or said == "application/octet-stream"


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
