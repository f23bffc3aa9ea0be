"""The feeds of feedparser's own tests, with what each says that is right: the value of a field, and HTTP headers.

They are in its source distribution, which is looked for as `build/feedparser-*.tar.gz` of the checkout.
"""

import ast
import re
import tarfile
import warnings
from calendar import timegm
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import feedparser

from bot.sources import clean, parse
from bot.sources.drafts import Contents, FeedError
from bot.sources.encoding import decode_markup
from storage.models import Draft

BASE = "https://example.org/tests/feed.xml"
FIELDS: Final = ("feed title", "feed link", "title", "link", "id", "date", "text")

# What we read in another way than feedparser, and why that is no loss.
OTHERWISE: Final = {
    "encoding/bozo_linenoise.xml": "bytes without a meaning, which feedparser reads as Latin-2 and we as Latin-1",
    "wellformed/sanitize/item_content_encoded_script_nested_cdata.xml": "the signs around CDATA are no text",
}

_HEADER = re.compile(rb"^Header:\s+([^:]+):(.+)$", re.MULTILINE)
_EXPECT = re.compile(r"^\s*Expect:\s+(.+)$", re.MULTILINE)
_ITEM = re.compile(rb"(<(?:\w+:)?(?:item|entry)\b[^>]*(?<!/)>)", re.IGNORECASE)
_HEADLINE = "Headline"

_Path = tuple[str | int, ...]
_PATHS: dict[_Path, str] = {
    ("feed", "title"): "feed title",
    ("feed", "title_detail", "value"): "feed title",
    ("feed", "link"): "feed link",
    ("entries", 0, "title"): "title",
    ("entries", 0, "title_detail", "value"): "title",
    ("entries", 0, "link"): "link",
    ("entries", 0, "id"): "id",
    ("entries", 0, "guid"): "id",
    ("entries", 0, "published_parsed"): "date",
    ("entries", 0, "updated_parsed"): "date",
    ("entries", 0, "summary"): "text",
    ("entries", 0, "summary_detail", "value"): "text",
    ("entries", 0, "description"): "text",
    ("entries", 0, "content", 0, "value"): "text",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A feed; `field` is empty where what it expects is none of the core fields."""

    name: str
    data: bytes
    headers: dict[str, str]
    field: str
    path: _Path
    expected: Any

    @property
    def content_type(self) -> str:
        return next((value for name, value in self.headers.items() if name.lower() == "content-type"), "")

    @property
    def status(self) -> int:
        return int(self.headers.get("Status", "200"))

    @property
    def served_with(self) -> dict[str, str]:
        """The headers of the answer over HTTP; some say an address of the machine they were written for."""
        return {
            "Content-Type": self.content_type or "application/xml",
            **({"Content-Encoding": self.coding} if self.coding else {}),
            **{name: value for name, value in self.headers.items() if name in ("ETag", "Last-Modified", "Location")},
        }

    @property
    def coding(self) -> str:
        """How a file is compressed."""
        return {"gz": "gzip", "z": "deflate"}.get(self.name.rpartition(".")[2], "")


def archive() -> Path | None:
    """Where the distribution is, if it is there."""
    return next(iter(sorted(Path(__file__).parents[1].glob("build/feedparser-*.tar.gz"))), None)


@cache
def cases(path: Path) -> tuple[Case, ...]:
    """All feeds of the distribution, by name."""
    with tarfile.open(path) as tar:
        found = {name: tar.extractfile(member) for member in tar if (name := _name(member))}
        return tuple(_case(name, file.read()) for name, file in sorted(found.items()) if file)


def by_feedparser(case: Case, **options: bool) -> bool:
    """Whether feedparser gets the core field right."""
    found: Any = read_bare(case.data, case.content_type, **options)
    with warnings.catch_warnings():
        # One date stands in for another.
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            for step in case.path:
                found = found[step]
        except (KeyError, IndexError):
            return False
    return bool(found == case.expected)


def read_bare(data: bytes, content_type: str, **options: bool) -> Any:
    """As feedparser by itself reads a feed that has come over HTTP."""
    headers = {"content-location": BASE} | ({"content-type": content_type} if content_type else {})
    return feedparser.parse(data, response_headers=headers, **options)


def by_us(case: Case) -> bool:
    """Whether our parser gets it right: the expected value as clean text, a canonical address, a date in UTC."""
    try:
        contents = parse.feed(_with_headline(case), base=BASE, content_type=case.content_type)
    except FeedError:
        return False
    return _found(contents, case.field) in _right(case)


def _found(contents: Contents, field: str) -> object:
    draft = contents.drafts[0] if contents.drafts else None
    of: dict[str, Callable[[Draft], object]] = {
        "title": lambda draft: draft.title,
        "link": lambda draft: draft.url,
        "id": lambda draft: draft.guid,
        "date": lambda draft: draft.published_at,
        "text": lambda draft: draft.text,
    }
    if field in ("feed title", "feed link"):
        return contents.title if field == "feed title" else contents.site
    if draft is None:  # there was nothing to read
        return "" if field == "title" else None
    return of[field](draft)


def _right(case: Case) -> Iterator[object]:
    """What counts as right; markup that we do not keep may leave its plain text or nothing."""
    expected = case.expected
    if case.field == "date":
        moment = datetime.fromtimestamp(timegm(expected), UTC) if expected else None
        yield moment if moment and moment.year >= 1970 else None
    elif case.field in ("link", "feed link"):
        yield clean.link(expected, base=BASE)
    elif case.field == "id":
        yield clean.line(expected)
    elif case.field == "text":
        yield clean.html(expected)
        yield clean.text(expected)
        # Of a summary and a text the text is read.
        yield from (clean.html(text) for text in _texts(case))
    else:
        yield clean.line(clean.html(expected))
        yield clean.line(expected)


def _texts(case: Case) -> Iterator[str]:
    for entry in read_bare(case.data, case.content_type).entries[:1]:
        yield from (content.value for content in entry.get("content", ()))
        yield entry.get("summary", "")


def _with_headline(case: Case) -> bytes:
    """An item that has nothing but a link, a date or pictures is no article to us: a headline makes it one."""
    if case.field in ("title", "feed title", "feed link"):
        return case.data
    return _ITEM.sub(rb"\1<title>" + _HEADLINE.encode() + b"</title>", case.data, count=1)


def _name(member: tarfile.TarInfo) -> str:
    """`wellformed/rss/a.xml` of the feeds among the files."""
    _, _, name = member.name.partition("/tests/")
    return name if member.isfile() and "/" in name else ""


def _case(name: str, data: bytes) -> Case:
    headers = {key.decode(): value.decode().strip() for key, value in _HEADER.findall(data)}
    field, path, expected = _expected(data)
    return Case(name=name, data=data, headers=headers, field=field, path=path, expected=expected)


def _expected(data: bytes) -> tuple[str, _Path, Any]:
    said = _EXPECT.search(decode_markup(data))
    for comparison in _comparisons(said[1].strip()) if said else ():
        path = _path(comparison.left)
        if path in _PATHS and isinstance(comparison.ops[0], ast.Eq):
            try:
                return _PATHS[path], path, ast.literal_eval(comparison.comparators[0])
            except ValueError:
                continue
    return "", (), None


def _comparisons(expression: str) -> Iterator[ast.Compare]:
    try:
        tree = ast.parse(expression, mode="eval").body
    except SyntaxError:
        return
    parts = tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]
    yield from (part for part in parts if isinstance(part, ast.Compare))


def _path(node: ast.expr) -> _Path:
    """`entries[0]['title']` and `entries[0].title` as a tuple; empty for anything else."""
    steps: list[str | int] = []
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute):
            steps.append(node.attr)
        elif isinstance(node, ast.Subscript) and isinstance(step := ast.literal_eval(node.slice), str | int):
            steps.append(step)
        else:
            return ()
        node = node.value
    return node.id, *reversed(steps)
