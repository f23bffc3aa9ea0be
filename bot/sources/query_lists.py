"""Lists of subscriptions as files: written as OPML 2.0, read as OPML, as what `/export` sends, or as a query a line.

Reading somebody else's list belongs into a worker process.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from bot.sources import clean
from bot.sources.drafts import FeedError
from bot.sources.encoding import decode_markup
from storage.models import Subscription

# Many times what a chat may follow; the rest is only counted.
MOST: Final = 2000
# Attributes of our own need a namespace: http://opml.org/spec2.opml#1629043023000
_NAMESPACE: Final = "urn:newsbot:subscriptions"
_BROKEN: Final = "the list is broken beyond use"
_DEPTH: Final = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """A query as it was written down, and how it was followed."""

    text: str
    instant: bool = False
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """The queries of a file, each text once, how many more there are, and whether it lists feeds."""

    entries: tuple[Entry, ...] = ()
    more: int = 0
    has_feeds: bool = False


def write(subscriptions: Iterable[Subscription]) -> str:
    """An OPML document, an outline for each subscription."""
    outlines = "".join(f"    {_outline(one)}\n" for one in subscriptions)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<opml version="2.0" xmlns:newsbot="{_NAMESPACE}">\n'
        f"  <head><title>newsbot</title></head>\n  <body>\n{outlines}  </body>\n</opml>\n"
    )


def read(data: bytes, *, is_markup: bool = False) -> Listed:
    """What a file lists, whichever kind it is; raises FeedError for what is no list."""
    text = decode_markup(data).strip("\ufeff \t\r\n")
    if is_markup or text.startswith("<"):
        return _of_opml(text)
    if text.startswith("{"):
        return _listed(_of_export(text))
    if "\0" in text:
        raise FeedError(_BROKEN)
    return _listed(map(Entry, map(clean.line, text.splitlines())))


def _listed(entries: Iterable[Entry], *, has_feeds: bool = False) -> Listed:
    unique = list({entry.text: entry for entry in entries if entry.text}.values())
    return Listed(tuple(unique[:MOST]), max(0, len(unique) - MOST), has_feeds)


def _outline(subscription: Subscription) -> str:
    flags = [f' newsbot:{name}="true"' for name in ("instant", "paused") if getattr(subscription, name)]
    return f"<outline text={quoteattr(clean.line(subscription.text))}{''.join(flags)}/>"


def _of_export(text: str) -> Iterator[Entry]:
    try:
        kept = json.loads(text)["subscriptions"]
        # The newest stand first in that file.
        live = [one for one in reversed(kept) if not one.get("deleted_at")]
        yield from (Entry(clean.line(one["query"]), bool(one["at_once"]), bool(one["paused"])) for one in live)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise FeedError(_BROKEN) from error


def _of_opml(text: str) -> Listed:
    from lxml import etree

    outlines = _Outlines()
    try:
        etree.fromstring(text.encode(), etree.HTMLParser(target=outlines, encoding="utf-8"))
    except etree.LxmlError as error:
        raise FeedError(_BROKEN) from error
    return _listed(outlines.entries(), has_feeds=outlines.has_feeds)


@dataclass(slots=True)
class _Outlines:
    """What lxml's parser tells of a document as it reads it; names come in lower case."""

    has_feeds: bool = False
    _open: list[dict[str, str]] = field(default_factory=list)
    _leaves: list[dict[str, str]] = field(default_factory=list)
    _closed_one: bool = False

    def start(self, tag: str, attributes: Any) -> None:
        if tag != "outline":
            return
        self._open.append(dict(attributes))
        self._closed_one = False
        self.has_feeds |= "xmlurl" in attributes
        if len(self._open) > _DEPTH:
            raise FeedError("the folders are nested too deep")

    def end(self, tag: str) -> None:
        if tag != "outline" or not self._open:
            return
        outline = self._open.pop()
        # A folder's own name is no query.
        if not self._closed_one:
            self._leaves.append(outline)
        self._closed_one = True

    def close(self) -> None:
        pass

    def entries(self) -> Iterator[Entry]:
        for outline in self._leaves:
            flags = (outline.get(f"newsbot:{name}", "").lower() == "true" for name in ("instant", "paused"))
            yield Entry(clean.line(outline.get("text", "")), *flags)
