"""Which analyser made the canonical text of a query, and what an older one made found at once."""

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = (
    """
    CREATE TABLE queries_new (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        canonical TEXT NOT NULL,
        analyser INTEGER NOT NULL,
        CONSTRAINT uq_queries_canonical UNIQUE (canonical)
    )
    """,
    "INSERT INTO queries_new (id, canonical, analyser) SELECT id, canonical, 1 FROM queries",
    "DROP TABLE queries",
    "ALTER TABLE queries_new RENAME TO queries",
    "CREATE INDEX ix_queries_analyser ON queries (analyser)",
    "CREATE INDEX ix_article_terms_analyser_article_id ON article_terms (analyser, article_id)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
