"""JSON Feed 1.0 and 1.1 → drafts (https://www.jsonfeed.org/version/1.1/); feedparser knows XML only."""

from dataclasses import replace

from bot.sources import clean, drafts, pictures, rows
from bot.sources.drafts import Contents, FeedError
from bot.sources.pictures import Picture
from storage.models import Draft


def is_feed(document: object) -> bool:
    """Whether a JSON document calls itself a feed."""
    version = document.get("version") if isinstance(document, dict) else None
    return isinstance(version, str) and "jsonfeed.org/version/" in version


def read(document: object, *, base: str | None, most: int | None = None) -> Contents:
    """What the feed holds; relative addresses are resolved against `base`, else against the feed's own."""
    if not isinstance(document, dict) or not is_feed(document):
        raise FeedError("this JSON document is not a JSON Feed")
    items = document.get("items")
    if not isinstance(items, list):
        raise FeedError("the JSON Feed has no list of items")
    address = base or _text(document, "feed_url") or _text(document, "home_page_url")
    return replace(
        drafts.collect(items, lambda item: _draft(item, document, address), most=most),
        title=clean.line(_text(document, "title")),
        kind="JSON Feed",
        site=clean.link(_text(document, "home_page_url"), base=address),
    )


def _draft(item: object, feed: dict[str, object], base: str) -> Draft:
    if not isinstance(item, dict):
        raise drafts.DraftError("not a JSON object")
    text = clean.html(_text(item, "content_html")) or clean.text(_text(item, "content_text") or _text(item, "summary"))
    return drafts.make(
        title=clean.line(_text(item, "title")),
        text=text,
        url=clean.link(_text(item, "url") or _text(item, "external_url"), base=base),
        guid=_id(item),
        source=clean.line(_text(feed, "title")),
        author=_author(item) or _author(feed),
        published_at=drafts.dated(
            rows.moment(_text(item, "date_published")) or rows.moment(_text(item, "date_modified"))
        ),
        language=clean.language_code(_text(item, "language") or _text(feed, "language")),
        image=pictures.first((Picture(_text(item, field)) for field in ("image", "banner_image")), base=base),
    )


def _id(item: dict[str, object]) -> str | None:
    """An item's id; 1.1 allows for numbers where a string belongs."""
    value = item.get("id")
    return clean.line(str(value)) or None if isinstance(value, str | int | float) else None


def _author(of: dict[str, object]) -> str:
    """The names of `authors` (1.1), else that of `author` (1.0)."""
    authors = of.get("authors")
    everyone = authors if isinstance(authors, list) else [of.get("author")]
    names = (clean.line(_text(author, "name")) for author in everyone if isinstance(author, dict))
    return ", ".join(filter(None, names))


def _text(of: dict[str, object], field: str) -> str:
    """A field's text; a value of another type is as good as none, for a feed's reader cannot mend it."""
    value = of.get(field)
    return value if isinstance(value, str) else ""
