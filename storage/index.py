"""The full-text index: contentless FTS5 over our own terms, exact through updates and deletes.

SQLite before 3.43 deletes from a contentless index only when it is given what was indexed, so the terms of each
article are stored beside it (`article_terms`), with the version of the analyser that made them.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.language import analyser
from storage.language.document import Line, dump, forms, lemmas, load
from storage.schema import article_terms, articles

COLUMNS = ("title_forms", "title_lemmas", "text_forms", "text_lemmas")

_NAMES, _VALUES = ", ".join(COLUMNS), ", ".join(f":{name}" for name in COLUMNS)
_INSERT = text(f"INSERT INTO article_index(rowid, {_NAMES}) VALUES (:docid, {_VALUES})")
_DELETE = text(f"INSERT INTO article_index(article_index, rowid, {_NAMES}) VALUES ('delete', :docid, {_VALUES})")


_COUNT = text(
    "SELECT value, found FROM (SELECT value, (SELECT count(*) FROM (SELECT 1 FROM article_index"
    " WHERE article_index MATCH value LIMIT :most)) AS found FROM json_each(:expressions)) WHERE found > 0"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index holds of an article."""

    article_id: int
    docid: int
    title: Line
    body: Line


async def add(conn: AsyncConnection, entries: Sequence[Entry]) -> None:
    if not entries:
        return
    await conn.execute(_INSERT, [_row(entry) for entry in entries])
    stored = [
        {
            "article_id": entry.article_id,
            "analyser": analyser.VERSION,
            "terms": dump(entry.title, entry.body),
        }
        for entry in entries
    ]
    await conn.execute(article_terms.insert(), stored)


async def remove(conn: AsyncConnection, article_ids: Sequence[int]) -> None:
    """Takes articles out of the index; to be called while their rows still stand."""
    rows = await conn.execute(
        select(article_terms.c.article_id, articles.c.docid, article_terms.c.terms)
        .join(articles, articles.c.id == article_terms.c.article_id)
        .where(article_terms.c.article_id.in_(article_ids))
    )
    entries = [Entry(row.article_id, row.docid, *load(row.terms)) for row in rows]
    if not entries:
        return
    await conn.execute(_DELETE, [_row(entry) for entry in entries])
    await conn.execute(article_terms.delete().where(article_terms.c.article_id.in_(article_ids)))


async def counts(conn: AsyncConnection, expressions: Collection[str], *, most: int) -> dict[str, int]:
    """Expression → in how many articles it is met, counted up to `most`; those met in none are left out."""
    if not expressions:
        return {}
    given = json.dumps(list(dict.fromkeys(expressions)), ensure_ascii=False)
    rows = await conn.execute(_COUNT, {"expressions": given, "most": most})
    return {row.value: row.found for row in rows}


def columns(title: Line, body: Line) -> dict[str, str]:
    """The text of each column; a lemma that is the form itself is in the column of forms alone."""
    fields = (
        (form for position in title.split() for form in forms(position)),
        (lemma for position in title.split() for lemma in lemmas(position)),
        (form for position in body.split() for form in forms(position)),
        (lemma for position in body.split() for lemma in lemmas(position)),
    )
    return dict(zip(COLUMNS, map(_join, fields), strict=True))


def _join(terms: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(terms))


def _row(entry: Entry) -> dict[str, str | int]:
    return {"docid": entry.docid, **columns(entry.title, entry.body)}
