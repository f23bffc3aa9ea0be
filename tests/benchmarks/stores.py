"""Stores of synthetic articles, as large as wanted: written in bulk, row for row what ingest and matching leave.

    corpus ──texts, lines──▶ rows of articles, stories, sources, terms, index ──▶ a store that the bot can open

Article k is published some seconds after the one before; every tenth is another source's copy of an earlier text.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeVar

from filelock import FileLock

from storage import index
from storage.articles import DOCID_BITS
from storage.identity import Hashed, hashed
from storage.language.analyser import VERSION
from storage.language.document import Line, dump
from storage.migrations import upgrade
from storage.models import Draft
from storage.schema import seconds
from storage.turns import lock_path
from tests.benchmarks.synthetic import Corpus

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
# Two thousand articles a day.
EVERY = timedelta(seconds=43)
# When a feed is asked again.
DELAY = timedelta(minutes=5)
LANGUAGE = "ru"
SOURCES = 300
# One in COPIED repeats the text of the article so many places before it.
COPIED, BEFORE = 10, 3
BATCH = 2000

_ARTICLE = (
    "INSERT INTO articles (id, docid, source_id, story_id, url, title, text, language, published_at, stored_at,"
    " content_hash, text_hash, matched) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)"
)
_TERMS = "INSERT INTO article_terms VALUES (?, ?, ?)"
_SOURCE = "INSERT INTO sources VALUES (?, ?, ?)"
_STORY = "INSERT INTO stories (id, created_at) VALUES (?, ?)"
_NAMES = ", ".join(index.COLUMNS)
_INDEX = f"INSERT INTO article_index (rowid, {_NAMES}) VALUES (?{', ?' * len(index.COLUMNS)})"


_Any = TypeVar("_Any")


class Content(NamedTuple):
    """Headline and text, and the terms of both."""

    written: tuple[str, str]
    terms: tuple[Line, Line]

    @property
    def title(self) -> str:
        return self.written[0]

    @property
    def text(self) -> str:
        return self.written[1]


@dataclass(frozen=True, slots=True)
class Made:
    """An article before it is stored, with its terms, and the moment at which it is stored."""

    draft: Draft
    title: Line
    body: Line
    stored_at: datetime


def with_copies(contents: Iterable[_Any]) -> Iterator[_Any]:
    """Some of them give way to an earlier one."""
    last: list[_Any] = []
    for k, content in enumerate(contents):
        if k % COPIED == COPIED - 1:
            content = last[-BEFORE]
        last = [*last[1 - COPIED :], content]
        yield content


def made(contents: Iterable[Content]) -> Iterator[Made]:
    """Articles of these contents, in order of arrival."""
    for k, content in enumerate(with_copies(contents)):
        published_at = BEGIN + k * EVERY
        number = source_of(k)
        draft = Draft(
            title=content.title,
            text=content.text,
            url=f"https://{number}.example/{k}",
            source=f"Source {number}",
            published_at=published_at,
            language=LANGUAGE,
        )
        yield Made(draft, *content.terms, published_at + DELAY)


def source_of(k: int) -> int:
    """The number of the source that article k is from: the first ones have more than others."""
    share = (k * 0x9E3779B1 % (1 << 32)) / (1 << 32)
    return int(SOURCES * share**2)


def build(path: Path, contents: Iterable[Content]) -> None:
    """Makes the store; for a million articles it takes about a quarter of an hour."""
    upgrade(path, FileLock(lock_path(path)))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        # What breaks off is made anew.
        connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-400000")
        writer = _Writer(connection)
        articles = enumerate(made(contents), 1)
        while batch := list(islice(articles, BATCH)):
            connection.execute("BEGIN")
            writer.write(batch)
            connection.execute("COMMIT")
        # As `storage.index.merge` leaves it in the long run.
        connection.execute("INSERT INTO article_index(article_index) VALUES ('optimize')")
        connection.execute("PRAGMA journal_mode=WAL")


def existing(folder: Path, corpus: Corpus, size: int) -> Path:
    """The store of this size in the folder, made where it is missing."""
    path = folder / f"store-{corpus.seed}-{size}.db"
    if not path.exists():
        draft = path.with_suffix(".part")
        draft.unlink(missing_ok=True)
        build(draft, map(Content, corpus.texts(size), corpus.lines(size)))
        draft.rename(path)
        lock_path(draft).unlink(missing_ok=True)
    return path


class _Writer:
    """Gives sources and stories their numbers in the order in which they are met, and writes batches."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._sources: dict[str, int] = {}
        self._stories: dict[bytes, int] = {}

    def write(self, batch: list[tuple[int, Made]]) -> None:
        sources, stories = len(self._sources), len(self._stories)
        rows = [self._row(article_id, one, hashed(one.draft)) for article_id, one in batch]
        named = list(self._sources.items())[sources:]
        told = list(self._stories.values())[stories:]
        began = {row[3]: row[9] for row in reversed(rows)}
        many = self._connection.executemany
        many(_SOURCE, [(source_id, name, f"{name.split()[1]}.example") for name, source_id in named])
        many(_STORY, [(story_id, began[story_id]) for story_id in told])
        many(_ARTICLE, rows)
        many(_TERMS, [(article_id, VERSION, dump(one.title, one.body)) for article_id, one in batch])
        many(_INDEX, [self._indexed(row, one) for row, (_, one) in zip(rows, batch, strict=True)])

    def _row(self, article_id: int, one: Made, found: Hashed) -> tuple[int | str | bytes | None, ...]:
        draft = one.draft
        published = seconds(draft.published_at or one.stored_at)
        docid = (published << DOCID_BITS) + int.from_bytes(found.content_hash[:4], "big") % (1 << DOCID_BITS)
        source_id = self._sources.setdefault(draft.source or "", len(self._sources) + 1)
        story_id = self._stories.setdefault(found.text_hash, len(self._stories) + 1)
        moments = published, seconds(one.stored_at)
        content = draft.url, draft.title, draft.text, draft.language
        return article_id, docid, source_id, story_id, *content, *moments, found.content_hash, found.text_hash

    @staticmethod
    def _indexed(row: tuple[int | str | bytes | None, ...], one: Made) -> tuple[object, ...]:
        _, docid, source_id, *_ = row
        assert isinstance(source_id, int)
        return docid, *index.columns(one.title, one.body, LANGUAGE, source_id).values()
