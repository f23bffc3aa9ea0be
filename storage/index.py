"""The full-text index: contentless FTS5 over our own terms, exact through updates and deletes.

SQLite before 3.43 deletes from a contentless index only when it is given what was indexed, so the terms of each
article are stored beside it (`article_terms`), with the version of the analyser that made them.
"""

import asyncio
import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.driver import fetch, on_driver
from storage.language import analyser
from storage.language.document import Line, all_terms, dump, load
from storage.schema import article_terms, articles

COLUMNS = ("title_forms", "title_lemmas", "text_forms", "text_lemmas", "facts")

_NAMES, _VALUES = ", ".join(COLUMNS), ", ".join(f":{name}" for name in COLUMNS)
_INSERT = f"INSERT INTO article_index(rowid, {_NAMES}) VALUES (:docid, {_VALUES})"
_STORE = "INSERT INTO article_terms(article_id, analyser, terms) VALUES (?, ?, ?)"
_DELETE = text(f"INSERT INTO article_index(article_index, rowid, {_NAMES}) VALUES ('delete', :docid, {_VALUES})")


_MERGE = text("INSERT INTO article_index(article_index, rank) VALUES ('merge', :pages)")
_COUNT = text(
    "SELECT value, found FROM (SELECT value, (SELECT count(*) FROM (SELECT 1 FROM article_index"
    " WHERE article_index MATCH value LIMIT :most)) AS found FROM json_each(:expressions)) WHERE found > 0"
)


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of an article as they are written: for each column of words, and packed to be stored beside it."""

    columns: dict[str, str]
    packed: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index holds of an article."""

    article_id: int
    docid: int
    terms: Terms
    language: str
    source_id: int


def prepare(title: Line, body: Line) -> Terms:
    """All that takes time, so that it is done before there is a transaction, and off the event loop."""
    return Terms(_words(title, body), dump(title, body))


async def add(conn: AsyncConnection, entries: Sequence[Entry]) -> None:
    # In the index's own order: it keeps what comes so in memory, and writes a piece for each entry that does not.
    ordered = sorted(entries, key=lambda one: one.docid)

    def write(driver: sqlite3.Connection) -> None:
        rows = (_row(one.docid, one.terms.columns, one.language, one.source_id) for one in ordered)
        driver.executemany(_INSERT, rows)
        driver.executemany(_STORE, ((one.article_id, analyser.VERSION, one.terms.packed) for one in entries))

    await on_driver(conn, write)


async def remove(conn: AsyncConnection, article_ids: Sequence[int]) -> None:
    """Takes articles out of the index; to be called while their rows still stand as they were indexed."""
    rows = await conn.execute(
        select(articles.c.id, articles.c.docid, articles.c.language, articles.c.source_id, article_terms.c.terms)
        .join(articles, articles.c.id == article_terms.c.article_id)
        .where(article_terms.c.article_id.in_(article_ids))
    )
    found = rows.all()
    if not found:
        return
    indexed = await asyncio.to_thread(
        lambda: [_row(row.docid, _words(*load(row.terms)), row.language, row.source_id) for row in found]
    )
    await conn.execute(_DELETE, indexed)
    await conn.execute(article_terms.delete().where(article_terms.c.article_id.in_(article_ids)))


async def counts(conn: AsyncConnection, expressions: Collection[str], *, most: int) -> dict[str, int]:
    """Expression → in how many articles it is met, counted up to `most`; those met in none are left out."""
    if not expressions:
        return {}
    given = json.dumps(list(dict.fromkeys(expressions)), ensure_ascii=False)
    rows = await conn.execute(_COUNT, {"expressions": given, "most": most})
    return {row.value: row.found for row in rows}


async def merge(conn: AsyncConnection, *, pages: int, begin: bool = False) -> bool:
    """Merges what was added since into one list a term, by a step of about so many pages; whether there was any to do.

    A look into the index costs a look into each of its segments, of which many additions leave a dozen: merged into
    one, common words are found three times as fast. `begin` starts over with all segments; steps then continue.
    """
    changes = "SELECT total_changes()"
    [(before,)] = await fetch(conn, changes, {})
    await conn.execute(_MERGE, {"pages": -pages if begin else pages})
    [(after,)] = await fetch(conn, changes, {})
    # The command itself is one change.
    return bool(after - before > 1)


def columns(title: Line, body: Line, language: str, source_id: int) -> dict[str, str]:
    """The text of each column; a lemma that is the form itself is in the column of forms alone."""
    return _words(title, body) | {"facts": _facts(language, source_id)}


def fact(value: str | int) -> str:
    """The term for a language, or for a source by its id; no word of a text begins so."""
    return f":{value}"


def _words(title: Line, body: Line) -> dict[str, str]:
    fields = (field for line in (title, body) for field in all_terms(line))
    return dict(zip(COLUMNS, map(_join, fields), strict=False))


def _facts(language: str, source_id: int) -> str:
    return _join((fact(language), fact(source_id)))


def _join(terms: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(terms))


def _row(docid: int, words: dict[str, str], language: str, source_id: int) -> dict[str, str | int]:
    return {"docid": docid, **words, "facts": _facts(language, source_id)}
