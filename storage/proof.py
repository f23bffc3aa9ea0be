"""Proof that the full-text index holds what the stored terms say of every article, and nothing else.

    article_terms ──columns──▶ hashes of (column, term) ──sum──▶ expected, an article each ─┐
                                                                                            ├──▶ faults
    fts5vocab: all postings ──hashes of (column, term)──sum──▶ found, a docid each ──────────┘

SQLite's own integrity check says nothing of an entry that a wrong delete has left behind. Sums don't mind the order, in
which the two sides differ, so that neither is held in memory: at most a hundred bytes an article, however long it is.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.errors import DatabaseError
from storage.index import columns
from storage.language.document import load

SHOWN: Final = 5
# Rows at once in memory: about 5 MB of articles, 20 MB of postings.
ARTICLES, POSTINGS = 1000, 1 << 16

_COUNTS = text(
    "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM article_terms),"
    " (SELECT count(*) FROM article_index_docsize)"
)
# By their ids, in which order they lie in the file: the language stands behind the text.
_ARTICLES = (
    "SELECT id, docid, terms, language, source_id FROM articles LEFT JOIN article_terms ON article_id = id ORDER BY id"
)
# A table of this connection alone; what only reads may make none, so it has a connection of its own.
_VOCABULARY = "CREATE VIRTUAL TABLE temp.postings USING fts5vocab(main, article_index, instance)"
_POSTINGS = "SELECT term, col, doc FROM postings"
_MASK = (1 << 64) - 1

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many articles there are, how many of them have stored terms, and how many entries the index has."""

    articles: int
    terms: int
    entries: int

    @property
    def agree(self) -> bool:
        return self.articles == self.terms == self.entries


@dataclass(frozen=True, slots=True)
class Faults:
    """How many there are, and the lowest ids among them."""

    count: int
    first: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """How much was compared, `terms` as the index has them, and what was found: ids of articles that the index lacks
    or that it has otherwise, and `stray`, the docids in it that no article has."""

    articles: int
    terms: int
    missing: Faults
    stray: Faults
    different: Faults

    @property
    def holds(self) -> bool:
        return not (self.missing.count or self.stray.count or self.different.count)


async def counts(conn: AsyncConnection) -> Counts:
    """What can be compared at once: quick, and blind to what stands in an entry."""
    return Counts(*(await conn.execute(_COUNTS)).one())


def prove(path: Path, *, advance: Advance = lambda count: None) -> Proof:
    """Reads the whole index and all stored terms as they are at one moment; raises DatabaseError.

    Takes 0.6 ms an article, so keep it off the event loop. Writers go on meanwhile, but what they write stays in the
    log of writes until this is done. `advance` is told how many articles, and then terms of the index, were read.
    """
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None)) as connection:
            connection.execute(_VOCABULARY)
            connection.execute("BEGIN")
            balance = _Balance(_stored(connection, advance))
            for postings in _pages(connection.execute(_POSTINGS), POSTINGS):
                balance.take(postings)
                advance(len(postings))
            return balance.proof()
    except sqlite3.Error as error:
        raise DatabaseError(f"cannot read the index of {path}: {error}") from error


class _Stored(NamedTuple):
    """An article, and the sum and number of its terms; a term of two columns is two."""

    docid: int
    id: int
    total: int
    terms: int


class _Balance:
    """For each docid what is stored less what is found: nothing, where they agree."""

    def __init__(self, stored: Iterator[_Stored]) -> None:
        record = np.dtype([("docid", "i8"), ("id", "i8"), ("total", "u8"), ("terms", "u4")])
        rows = np.sort(np.fromiter(stored, record), order="docid")
        # Apart, for each is looked through by itself.
        self._docids, self._ids = rows["docid"].copy(), rows["id"].copy()
        self._totals, self._terms = rows["total"].copy(), rows["terms"].copy()
        self._found = np.zeros(len(rows), np.uint32)
        self._stray = np.zeros(0, np.int64)
        self._read = 0

    def take(self, postings: Sequence[tuple[str, str, int]]) -> None:
        """Books what the index holds."""
        docids = np.fromiter((docid for _, _, docid in postings), np.int64, len(postings))
        hashes = np.fromiter((hash((column, term)) for term, column, _ in postings), np.int64, len(postings))
        at = np.searchsorted(self._docids, docids)
        known = np.zeros(len(postings), bool)
        inside = at < len(self._docids)
        known[inside] = self._docids[at[inside]] == docids[inside]
        np.subtract.at(self._totals, at[known], hashes[known].view(np.uint64))
        np.add.at(self._found, at[known], 1)
        self._stray = np.union1d(self._stray, docids[~known])
        self._read += len(postings)

    def proof(self) -> Proof:
        is_missing = self._found == 0
        is_different = ~is_missing & ((self._totals != 0) | (self._found != self._terms))
        return Proof(
            articles=len(self._ids),
            terms=self._read,
            missing=_faults(self._ids[is_missing]),
            stray=_faults(self._stray),
            different=_faults(self._ids[is_different]),
        )


def _stored(connection: sqlite3.Connection, advance: Advance) -> Iterator[_Stored]:
    for page in _pages(connection.execute(_ARTICLES), ARTICLES):
        for article_id, docid, terms, language, source_id in page:
            hashes = _hashes(terms, language, source_id)
            yield _Stored(docid, article_id, sum(hashes) & _MASK, len(hashes))
        advance(len(page))


def _hashes(terms: bytes | None, language: str, source_id: int) -> list[int]:
    """Python's own hashes, of 64 bits, equal within a process; none where the terms are lost or can't be read."""
    if not terms:
        return []
    try:
        lines = load(terms)
    except Exception:  # of whichever library unpacks or decodes them
        return []
    texts = columns(*lines, language, source_id)
    return [hash((column, term)) for column, joined in texts.items() for term in joined.split()]


def _pages(cursor: sqlite3.Cursor, size: int) -> Iterator[list[Any]]:
    while page := cursor.fetchmany(size):
        yield page


def _faults(ids: NDArray[np.int64]) -> Faults:
    return Faults(len(ids), tuple(np.sort(ids)[:SHOWN].tolist()))
