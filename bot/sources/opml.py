"""Lists of feeds as OPML 2.0 (http://opml.org/spec2.opml): what other readers export and import.

A folder is a topic; of nested ones the innermost. Reading somebody else's list belongs into a worker process.
"""

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from bot.sources import clean
from bot.sources.drafts import FeedError
from bot.sources.encoding import decode_markup
from storage.models import Feed

_DEPTH = 50  # folders within folders; listparser keeps for each feed the names of all that it is in
_BROKEN: Final = "the list of feeds is broken beyond use"


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed in a list; its address is as the list has it, its title may be empty."""

    url: str
    title: str
    topic: str | None


def read(data: bytes) -> tuple[Outline, ...]:
    """The feeds of a list in its order, each address once. FeedError for what is no OPML, or nested beyond reason."""
    document = codecs.BOM_UTF8 + decode_markup(data).lstrip().encode()
    _check(document)
    # Not at the top: it brings lxml, which few commands need. Bytes, since it would fetch a text that is an address.
    import listparser

    try:
        found: Any = listparser.parse(document)
    except Exception as error:
        # What broken lists make of its state has no common type.
        raise FeedError(_BROKEN) from error
    if not found["version"].startswith("opml"):
        raise FeedError("this is no OPML list of feeds")
    return tuple(map(_outline, found["feeds"]))


def write(feeds: Iterable[Feed]) -> str:
    """An OPML document: feeds without a topic first, then a folder for each topic, in alphabetical order."""
    return "\n".join(_lines(feeds)) + "\n"


class _Depth:
    """How deep the outlines are nested, as a target of lxml's parser."""

    def __init__(self) -> None:
        self._depth = 0

    def start(self, tag: str, attributes: object) -> None:
        self._depth += tag == "outline"
        if self._depth > _DEPTH:
            raise FeedError("the folders are nested too deep")

    def end(self, tag: str) -> None:
        self._depth -= tag == "outline"

    def close(self) -> None:
        pass


def _check(document: bytes) -> None:
    from lxml import etree

    try:
        etree.fromstring(document, etree.HTMLParser(target=_Depth()))
    except etree.LxmlError as error:
        raise FeedError(_BROKEN) from error


def _outline(feed: dict[str, Any]) -> Outline:
    # A category of the feed's own may come before the folder that it is in.
    folders = [line for name in (feed["categories"] or [[]])[-1] if (line := clean.line(name))]
    url = clean.line(feed["url"]).replace(" ", "%20")
    return Outline(url, clean.line(feed["title"]), folders[-1] if folders else None)


def _lines(feeds: Iterable[Feed]) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<opml version="2.0">'
    yield "  <head><title>newsbot</title></head>"
    yield "  <body>"
    topics: dict[str, list[str]] = {}
    for feed in feeds:
        topics.setdefault(clean.line(feed.topic or ""), []).append(_written(feed))
    for topic in sorted(topics):
        yield from _folder(topic, topics[topic]) if topic else (f"    {line}" for line in topics[topic])
    yield "  </body>"
    yield "</opml>"


def _folder(topic: str, written: Iterable[str]) -> Iterator[str]:
    yield f"    <outline text={_quoted(topic)} title={_quoted(topic)}>"
    yield from (f"      {line}" for line in written)
    yield "    </outline>"


def _written(feed: Feed) -> str:
    title = _quoted(feed.title or feed.url)
    return f'<outline type="rss" text={title} title={title} xmlUrl={_quoted(feed.url)}/>'


def _quoted(text: str) -> str:
    """As an attribute; a clean line holds nothing that XML has no way to write."""
    return quoteattr(clean.line(text))
