"""What kind of document a file is: by what it begins with, and where that says nothing, by its name's ending."""

import json
import re
from enum import StrEnum

from bot.sources import encoding

# What is looked at. A line of JSON that is longer is recognised by the file's name alone.
SAMPLE_BYTES = 1 << 18

_JSON_START = re.compile(r'\{\s*["}]|\[\s*[\[{\]]')
_FEED_ROOT = re.compile(r"<(?:\w+:)?(?:rss|feed|rdf)[\s>]", re.IGNORECASE)
_SITEMAP_ROOT = re.compile(r"<(?:\w+:)?(?:urlset|sitemapindex)[\s/>]", re.IGNORECASE)
_PAGE_ROOT = re.compile(r"<!doctype html|<html[\s>]", re.IGNORECASE)
_ROOT_WITHIN = 4096  # characters


class Kind(StrEnum):
    EMPTY = "empty"
    BINARY = "binary"
    PAGE = "page"
    LINES = "lines"
    JSON = "json"
    FEED = "feed"
    SITEMAP = "sitemap"
    TEXT = "text"


_BY_SUFFIX = {
    ".jsonl": Kind.LINES,
    ".ndjson": Kind.LINES,
    ".json": Kind.JSON,
    ".xml": Kind.FEED,
    ".rss": Kind.FEED,
    ".atom": Kind.FEED,
    ".rdf": Kind.FEED,
    ".html": Kind.PAGE,
    ".htm": Kind.PAGE,
}


def recognise(sample: bytes, suffix: str) -> Kind:
    """The kind of the file that begins with `sample` and whose name ends in `suffix`, with its dot."""
    mark = encoding.mark(sample)
    start = sample.decode(mark or "utf-8", "replace").lstrip("\ufeff \t\r\n")
    by_suffix = _BY_SUFFIX.get(suffix.lower(), Kind.TEXT)
    if not start:
        return by_suffix if by_suffix is Kind.LINES else Kind.EMPTY
    by_content = _by_content(start, by_suffix)
    if "\0" in start and by_content is None:
        # An XML document in UTF-16 without a mark has zeros too; feeds know how to read it.
        return Kind.FEED if start.startswith(("<\0", "\0<")) else Kind.BINARY
    return by_content or by_suffix


def of_markup(document: str) -> Kind | None:
    """Feed, sitemap or page, by what the first characters name; None where they name none of these."""
    root = document[:_ROOT_WITHIN]
    roots = ((Kind.FEED, _FEED_ROOT), (Kind.SITEMAP, _SITEMAP_ROOT), (Kind.PAGE, _PAGE_ROOT))
    return next((kind for kind, pattern in roots if pattern.search(root)), None)


def _by_content(start: str, by_suffix: Kind) -> Kind | None:
    if start.startswith("<"):
        return of_markup(start) or (Kind.FEED if start.startswith("<?xml") else None)
    if start.startswith("{") and by_suffix is Kind.LINES:
        return Kind.LINES
    if start.startswith("{") and any(map(_is_row, start.split("\n", 3)[:3])):
        return Kind.LINES
    return Kind.JSON if _JSON_START.match(start) else None


def _is_row(line: str) -> bool:
    """Whether a line is a JSON object by itself, as no line of an indented document is."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(row, dict) and "items" not in row
