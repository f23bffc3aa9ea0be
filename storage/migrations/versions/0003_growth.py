"""Room to grow: clauses of queries, narrower matches, facts in the full-text index, a narrow index of candidates, saved
stories."""

import re
import zlib
from array import array
from collections.abc import Iterator
from typing import Any

from alembic import op
from sqlalchemy import Connection, text

revision = "0003"
down_revision = "0002"

# At once in memory: about 20 MB.
PAGE = 2000

STATEMENTS = (
    # Analyser 0: the renewal writes their clauses.
    """
    CREATE TABLE queries_new (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        canonical TEXT NOT NULL,
        analyser INTEGER NOT NULL,
        clauses TEXT,
        changed BIGINT NOT NULL,
        CONSTRAINT uq_queries_canonical UNIQUE (canonical)
    )
    """,
    "INSERT INTO queries_new (id, canonical, analyser, changed) SELECT id, canonical, 0, id FROM queries",
    "DROP TABLE queries",
    "ALTER TABLE queries_new RENAME TO queries",
    "CREATE INDEX ix_queries_analyser ON queries (analyser)",
    "CREATE UNIQUE INDEX ix_queries_changed ON queries (changed)",
    "CREATE INDEX ix_articles_candidates ON articles (docid, id, story_id, source_id)",
    "CREATE INDEX ix_chats_instant ON chats (instant) WHERE instant = 1",
    """
    CREATE INDEX ix_subscriptions_followed
    ON subscriptions (chat_id, query_id, cursor, after_article, paused, deletion)
    WHERE deletion IS NULL AND paused = 0
    """,
    "CREATE INDEX ix_subscriptions_instant ON subscriptions (instant, cursor) WHERE instant = 1",
    """
    CREATE TABLE saved (
        chat_id BIGINT NOT NULL,
        story_id BIGINT NOT NULL,
        saved_at BIGINT NOT NULL,
        CONSTRAINT pk_saved PRIMARY KEY (chat_id, story_id),
        CONSTRAINT fk_saved_chat_id FOREIGN KEY(chat_id) REFERENCES chats (id) ON DELETE CASCADE,
        CONSTRAINT fk_saved_story_id FOREIGN KEY(story_id) REFERENCES stories (id) ON DELETE CASCADE
    )
    WITHOUT ROWID
    """,
    "CREATE INDEX ix_saved_story_id ON saved (story_id)",
    "DROP TABLE article_index",
    """
    CREATE VIRTUAL TABLE article_index USING fts5(
        title_forms, title_lemmas, text_forms, text_lemmas, facts,
        content='', detail='column', tokenize="ascii tokenchars '+#.-:'''"
    )
    """,
    # Asked to merge, it begins with two segments of a size: a word is looked for in each of them.
    "INSERT INTO article_index(article_index, rank) VALUES ('usermerge', 2)",
)
MATCHES = text("SELECT id, query_ids FROM matches WHERE id > :after ORDER BY id LIMIT :page")
NARROWED = text("UPDATE matches SET query_ids = :query_ids WHERE id = :id")
# As the index itself lies: it sorts what comes in order in memory, and writes a piece for each entry that does not.
ARTICLES = text(
    "SELECT docid, source_id, language, terms FROM articles JOIN article_terms ON article_id = id"
    " WHERE docid > :after ORDER BY docid LIMIT :page"
)
# How much of that it holds before it writes a piece, in bytes; with ours the index is made in half the time.
HELD = text("INSERT INTO article_index(article_index, rank) VALUES ('hashsize', :bytes)")
OURS, SQLITES = 16 << 20, 1 << 20
LEMMAS = re.compile(r"\|([^ ]*)")
INDEXED = text(
    "INSERT INTO article_index(rowid, title_forms, title_lemmas, text_forms, text_lemmas, facts)"
    " VALUES (:docid, :title_forms, :title_lemmas, :text_forms, :text_lemmas, :facts)"
)


def upgrade() -> None:
    connection = op.get_bind()
    for statement in STATEMENTS:
        op.execute(statement)
    for rows in _pages(connection, MATCHES):
        connection.execute(NARROWED, [{"id": row.id, "query_ids": _narrow(row.query_ids)} for row in rows])
    connection.execute(HELD, {"bytes": OURS})
    for rows in _pages(connection, ARTICLES):
        connection.execute(INDEXED, [_entry(row) for row in rows])
    connection.execute(HELD, {"bytes": SQLITES})


def _pages(connection: Connection, statement: Any) -> Iterator[list[Any]]:
    """In the order of the first column, which is negative for articles from before 1970."""
    after = -1 << 63
    while rows := list(connection.execute(statement, {"after": after, "page": PAGE})):
        yield rows
        after = rows[-1][0]


def _narrow(wide: bytes) -> bytes:
    return array("I", array("q", wide)).tobytes()


def _entry(row: Any) -> dict[str, Any]:
    title, _, body = zlib.decompress(row.terms).decode().partition("\n")
    title_forms, title_lemmas = _terms(title)
    text_forms, text_lemmas = _terms(body)
    return {
        "docid": row.docid,
        "title_forms": title_forms,
        "title_lemmas": title_lemmas,
        "text_forms": text_forms,
        "text_lemmas": text_lemmas,
        "facts": f":{row.language} :{row.source_id}",
    }


def _terms(line: str) -> tuple[str, str]:
    """Forms and lemmas of `форма,часть|лемма,лемма` positions, each once."""
    once = " ".join(dict.fromkeys(line.split()))
    return _listed(LEMMAS.sub("", once)), _listed(" ".join(LEMMAS.findall(once)))


def _listed(terms: str) -> str:
    return " ".join(dict.fromkeys(terms.replace(",", " ").split()))
