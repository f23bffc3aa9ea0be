"""Stories of articles that are not equal, and what a chat was told of them and thinks of them."""

from alembic import op

revision = "0005"
down_revision = "0004"

STATEMENTS = (
    """
    CREATE TABLE fingerprints (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        article_id BIGINT NOT NULL,
        packed BLOB NOT NULL,
        CONSTRAINT uq_fingerprints_article_id UNIQUE (article_id),
        CONSTRAINT fk_fingerprints_article_id FOREIGN KEY(article_id) REFERENCES articles (id) ON DELETE CASCADE
    )
    """,
    "ALTER TABLE stories ADD COLUMN face_id BIGINT",
    "ALTER TABLE articles ADD COLUMN image TEXT",
    "ALTER TABLE articles ADD COLUMN development TEXT",
    "ALTER TABLE matches ADD COLUMN development BOOLEAN DEFAULT 0 NOT NULL"
    " CONSTRAINT ck_matches_development CHECK (development IN (0, 1))",
    "ALTER TABLE chats ADD COLUMN images BOOLEAN DEFAULT 0 NOT NULL"
    " CONSTRAINT ck_chats_images CHECK (images IN (0, 1))",
    "ALTER TABLE chats ADD COLUMN topic_limit INTEGER",
    "ALTER TABLE told ADD COLUMN told_at BIGINT DEFAULT 0 NOT NULL",
    "ALTER TABLE told ADD COLUMN article_id BIGINT",
    "ALTER TABLE told ADD COLUMN subscription_id BIGINT",
    "ALTER TABLE told ADD COLUMN place INTEGER DEFAULT 0 NOT NULL",
    "ALTER TABLE told ADD COLUMN shown BOOLEAN DEFAULT 1 NOT NULL CONSTRAINT ck_told_shown CHECK (shown IN (0, 1))",
    "UPDATE told SET told_at = (SELECT composed_at FROM digests WHERE digests.id = told.digest_id)",
    "ALTER TABLE outbox ADD COLUMN buttons TEXT",
    "ALTER TABLE outbox ADD COLUMN preview TEXT",
    """
    CREATE TABLE feedback (
        chat_id BIGINT NOT NULL,
        story_id BIGINT NOT NULL,
        kind TEXT NOT NULL,
        given_at BIGINT NOT NULL,
        CONSTRAINT pk_feedback PRIMARY KEY (chat_id, story_id, kind),
        CONSTRAINT fk_feedback_chat_id FOREIGN KEY(chat_id) REFERENCES chats (id) ON DELETE CASCADE,
        CONSTRAINT fk_feedback_story_id FOREIGN KEY(story_id) REFERENCES stories (id) ON DELETE CASCADE,
        CONSTRAINT ck_feedback_kind CHECK (kind IN ('less', 'opened'))
    ) WITHOUT ROWID
    """,
    "CREATE INDEX ix_feedback_story_id ON feedback (story_id)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
