"""What this package hands over: a draft for each article that was read, a reason for each that was not.

    SourceError
    ├── FeedError        not a feed, or broken beyond use
    │   └── NoPreview    a Telegram channel that shows no posts on the Web
    └── DraftError       a row, an item or a text that makes no article

The text of an error is one sentence, fit to be shown as the reason.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TypeVar

from bot.sources import clean
from storage.models import Draft

_Item = TypeVar("_Item")

# Characters. An article of a newsroom has two to five thousand, a paragraph in place of a headline a few hundred; what
# is kept is analysed in the bot's own process, where 50,000 of words that no dictionary knows take most of a second.
TEXT_LIMIT = 50_000
_TITLE_LIMIT = 2000
# All titles and texts of one document: 600 long articles.
_TEXTS_LIMIT = 3_000_000
_GUID_LIMIT = 2000


class SourceError(Exception):
    """The root of what this package raises."""


class FeedError(SourceError):
    """Not a feed, or broken beyond use."""


class NoPreview(FeedError):
    """The page of a Telegram channel that shows no posts on the Web, or of no channel at all."""


class DraftError(SourceError):
    """A row, an item of a feed or a text that makes no article."""


@dataclass(frozen=True, slots=True)
class Refused:
    """What was left out, and why: `where` is `folder/broken.json`, `news.jsonl:17` or `feed.xml, item 3`."""

    where: str
    reason: str
    missing: bool = False
    """Whether `where` is a path that does not exist."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a feed holds, in its own order; `where` of what was refused is `item 3`, counted from 1."""

    drafts: tuple[Draft, ...]
    refused: tuple[Refused, ...] = ()
    _: KW_ONLY
    title: str = ""
    """What the feed calls itself."""
    kind: str = ""
    """RSS, Atom, RDF, JSON Feed, sitemap or Telegram."""
    site: str | None = None
    """Its home page."""
    ttl: timedelta | None = None
    """How long it asks to be left alone."""
    older: str | None = None
    """The address of the page with the posts before these (Telegram alone)."""


def make(
    *,
    title: str,
    text: str,
    url: str | None = None,
    guid: str | None = None,
    source: str = "",
    author: str = "",
    published_at: datetime | None = None,
    language: str | None = None,
    image: str | None = None,
) -> Draft:
    """A draft of clean pieces; without a headline the text's first sentence is it. DraftError without either."""
    if not title and not text:
        raise DraftError("there is neither a title nor a text")
    return Draft(
        title=title or clean.first_sentence(text),
        text=text,
        url=url,
        guid=guid,
        source=source or None,
        author=author or None,
        published_at=published_at,
        language=language,
        image=image,
    )


def collect(items: Iterable[_Item], read: Callable[[_Item], Draft], *, most: int | None = None) -> Contents:
    """Reads the items of one feed one by one, so that a broken one costs no other.

    With `most` it is a feed from outside: items beyond so many are left out, and those that make all texts together too
    long; titles and texts are cut at a length that no newsroom's reach.
    """
    drafts, refused, length = [], [], 0
    for number, item in enumerate(items, 1):
        if most is not None and number > most:
            refused.append(Refused(f"item {number} and those after it", f"more than {most} items"))
            break
        try:
            draft = read(item)
        except DraftError as error:
            refused.append(Refused(f"item {number}", str(error)))
            continue
        if most is not None:
            draft = _cut(draft)
            length += len(draft.title) + len(draft.text)
            if length > _TEXTS_LIMIT:
                refused.append(Refused(f"item {number} and those after it", f"more than {_TEXTS_LIMIT:,} characters"))
                break
        drafts.append(draft)
    return Contents(tuple(_told_apart(drafts)), tuple(refused))


def _cut(draft: Draft) -> Draft:
    return replace(
        draft,
        title=clean.shorten(draft.title, limit=_TITLE_LIMIT),
        text=clean.shorten(draft.text, limit=TEXT_LIMIT),
        guid=draft.guid if len(draft.guid or "") <= _GUID_LIMIT else sha256((draft.guid or "").encode()).hexdigest(),
        source=draft.source and clean.shorten(draft.source),
        author=draft.author and clean.shorten(draft.author),
    )


def dated(published_at: datetime | None) -> datetime | None:
    """A feed's date; one before 1970 is how software writes none."""
    return published_at if published_at and published_at.year >= 1970 else None


def _told_apart(drafts: Sequence[Draft]) -> list[Draft]:
    """Keeps the articles of a feed apart that share a guid or an address.

    A guid that several items carry is joined by the address, or dropped. An address of several articles is that of a
    page that holds them all: it identifies none, and would make them one.
    """
    guids = _shared((draft.guid, draft.url or draft.title) for draft in drafts)
    pages = _shared((draft.url, draft.guid or draft.title) for draft in drafts)
    pages &= _shared((draft.url, draft.title) for draft in drafts)
    return [
        replace(
            draft,
            guid=_joined(draft) if draft.guid in guids else draft.guid,
            url=None if draft.url in pages else draft.url,
        )
        for draft in drafts
    ]


def _joined(draft: Draft) -> str | None:
    return f"{draft.guid}\n{draft.url}" if draft.url else None


def _shared(pairs: Iterable[tuple[str | None, str]]) -> set[str | None]:
    """The first halves that stand beside more than one second half."""
    counted = Counter(first for first, _ in set(pairs) if first)
    return {first for first, times in counted.items() if times > 1}
