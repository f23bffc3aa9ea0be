"""Telegram's HTML read back: text and spans, for a terminal that has to show what Telegram would.

html ──read──▶ Marked ──plain──▶ a pipe's text
                      ──entities──▶ what a Message of Telegram carries
"""

from dataclasses import dataclass, replace
from html.parser import HTMLParser
from typing import Final

from aiogram.types import MessageEntity

from bot.messages import utf16_length

KINDS: Final = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "s": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
}


class MarkupError(Exception):
    """Telegram would refuse this: a tag it does not know, or one that is not closed where it has to be."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text, from `start` up to `end` in characters, and what it is; `url` where it is a link."""

    start: int
    end: int
    kind: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Marked:
    """A text and its spans, in the order in which they begin, the longer first."""

    text: str
    spans: tuple[Span, ...] = ()


def read(html: str) -> Marked:
    """Raises MarkupError where Telegram would answer that it cannot parse the entities."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    if parser.open:
        raise MarkupError(f"the tag {parser.open[-1][0]!r} is never closed")
    return Marked("".join(parser.parts), tuple(sorted(parser.spans, key=lambda span: (span.start, -span.end))))


def plain(marked: Marked) -> str:
    """The text alone, every link followed by its address: `headline <https://…>`."""
    shown, at = [], 0
    for link in sorted((span for span in marked.spans if span.url), key=lambda span: span.end):
        shown.append(f"{marked.text[at : link.end]} <{link.url}>")
        at = link.end
    return "".join([*shown, marked.text[at:]])


def after(text: str, marked: Marked) -> Marked:
    """The same behind a text of its own, an empty line between."""
    head = f"{text}\n\n"
    shifted = (replace(span, start=span.start + len(head), end=span.end + len(head)) for span in marked.spans)
    return Marked(head + marked.text, tuple(shifted))


def entities(marked: Marked) -> list[MessageEntity]:
    """The spans as Telegram sends them: offsets and lengths in UTF-16 units."""
    return [
        MessageEntity(
            type=span.kind,
            offset=utf16_length(marked.text[: span.start]),
            length=utf16_length(marked.text[span.start : span.end]),
            url=span.url,
        )
        for span in marked.spans
    ]


class _Parser(HTMLParser):
    """Collects text and spans; `open` holds the tags not yet closed, with where they began and their address."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.length = 0
        self.open: list[tuple[str, int, str | None]] = []
        self.spans: list[Span] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)
        self.length += len(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in KINDS:
            raise MarkupError(f"Telegram knows no tag {tag!r}")
        self.open.append((tag, self.length, dict(attrs).get("href")))

    def handle_endtag(self, tag: str) -> None:
        name, start, url = self.open.pop() if self.open else ("", 0, None)
        if name != tag:
            raise MarkupError(f"{name!r} is open where {tag!r} is closed")
        if self.length > start:
            self.spans.append(Span(start, self.length, KINDS[tag], url if tag == "a" else None))
