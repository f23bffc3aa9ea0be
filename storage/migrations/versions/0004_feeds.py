"""Feeds that are polled, what the operator is told of them, and articles that were there before."""

from alembic import op

revision = "0004"
down_revision = "0003"

STATEMENTS = (
    """
    CREATE TABLE feeds (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        url TEXT NOT NULL,
        host TEXT NOT NULL,
        title TEXT NOT NULL,
        topic TEXT,
        full_text BOOLEAN DEFAULT 0 NOT NULL,
        added_by BIGINT,
        added_at BIGINT NOT NULL,
        state TEXT NOT NULL,
        begun BOOLEAN DEFAULT 0 NOT NULL,
        etag TEXT,
        last_modified TEXT,
        checksum BLOB,
        moved_to TEXT,
        moved_since BIGINT,
        items BLOB DEFAULT (x'') NOT NULL,
        next_at BIGINT,
        asked_at BIGINT,
        succeeded_at BIGINT,
        failures INTEGER DEFAULT 0 NOT NULL,
        failing_since BIGINT,
        trouble TEXT,
        detail TEXT,
        ttl_s INTEGER,
        per_day FLOAT DEFAULT 0 NOT NULL,
        observed_since BIGINT,
        CONSTRAINT uq_feeds_url UNIQUE (url),
        CONSTRAINT ck_feeds_full_text CHECK (full_text IN (0, 1)),
        CONSTRAINT ck_feeds_begun CHECK (begun IN (0, 1)),
        CONSTRAINT ck_feeds_state CHECK (state IN ('live', 'dead', 'gone', 'removed'))
    )
    """,
    "CREATE INDEX ix_feeds_due ON feeds (next_at, host) WHERE next_at IS NOT NULL",
    """
    CREATE TABLE notices (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,
        feed_id BIGINT NOT NULL,
        title TEXT NOT NULL,
        url TEXT NOT NULL,
        trouble TEXT,
        detail TEXT,
        created_at BIGINT NOT NULL,
        CONSTRAINT ck_notices_kind CHECK (kind IN ('died', 'revived', 'moved', 'gone')),
        CONSTRAINT fk_notices_feed_id FOREIGN KEY(feed_id) REFERENCES feeds (id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_notices_feed_id ON notices (feed_id)",
    "ALTER TABLE articles ADD COLUMN backlog BOOLEAN DEFAULT 0 NOT NULL"
    " CONSTRAINT ck_articles_backlog CHECK (backlog IN (0, 1))",
    "ALTER TABLE articles ADD COLUMN feed_id BIGINT",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
