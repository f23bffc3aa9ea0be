"""What became of every message and of every update, and why a chat takes nothing."""

from alembic import op

revision = "0006"
down_revision = "0005"

STATEMENTS = (
    # Made anew: SQLite changes no check of a table that stands.
    """
    CREATE TABLE outbox_new (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        chat_id BIGINT NOT NULL,
        digest_id BIGINT,
        part INTEGER NOT NULL,
        html TEXT NOT NULL,
        buttons TEXT,
        preview TEXT,
        state TEXT NOT NULL,
        attempts INTEGER DEFAULT 0 NOT NULL,
        tried_at BIGINT,
        doubtful BOOLEAN DEFAULT 0 NOT NULL,
        not_before BIGINT NOT NULL,
        error TEXT,
        settled_at BIGINT,
        CONSTRAINT uq_outbox_chat_id_digest_id_part UNIQUE (chat_id, digest_id, part),
        CONSTRAINT ck_outbox_doubtful CHECK (doubtful IN (0, 1)),
        CONSTRAINT ck_outbox_state CHECK (state IN ('pending', 'sending', 'sent', 'refused', 'unknown')),
        CONSTRAINT fk_outbox_chat_id FOREIGN KEY(chat_id) REFERENCES chats (id) ON DELETE CASCADE,
        CONSTRAINT fk_outbox_digest_id FOREIGN KEY(digest_id) REFERENCES digests (id) ON DELETE CASCADE
    )
    """,
    """
    INSERT INTO outbox_new (
        id, chat_id, digest_id, part, html, buttons, preview, state, attempts, tried_at, not_before, error, settled_at
    )
    SELECT
        outbox.id, outbox.chat_id, digest_id, part, html, buttons, preview, state, attempts,
        CASE WHEN attempts THEN composed_at END, not_before, error, settled_at
    FROM outbox JOIN digests ON digests.id = outbox.digest_id
    """,
    "DROP TABLE outbox",
    "ALTER TABLE outbox_new RENAME TO outbox",
    "CREATE INDEX ix_outbox_open ON outbox (chat_id, id) WHERE state IN ('pending', 'sending')",
    "CREATE INDEX ix_outbox_given_up ON outbox (id) WHERE state IN ('refused', 'unknown')",
    "CREATE INDEX ix_outbox_digest_id ON outbox (digest_id)",
    """
    CREATE TABLE attempts (
        message_id BIGINT NOT NULL,
        number INTEGER NOT NULL,
        at BIGINT NOT NULL,
        outcome TEXT NOT NULL,
        error TEXT,
        CONSTRAINT pk_attempts PRIMARY KEY (message_id, number),
        CONSTRAINT fk_attempts_message_id FOREIGN KEY(message_id) REFERENCES outbox (id) ON DELETE CASCADE,
        CONSTRAINT ck_attempts_outcome CHECK (outcome IN ('sent', 'not_sent', 'refused', 'lost', 'interrupted'))
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE updates (
        bot_id BIGINT NOT NULL,
        update_id BIGINT NOT NULL,
        received_at BIGINT NOT NULL,
        payload TEXT,
        tries INTEGER DEFAULT 0 NOT NULL,
        CONSTRAINT pk_updates PRIMARY KEY (bot_id, update_id)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX ix_updates_unhandled ON updates (update_id) WHERE payload IS NOT NULL",
    "CREATE INDEX ix_updates_received_at ON updates (received_at)",
    "ALTER TABLE chats ADD COLUMN asleep_why TEXT",
    "ALTER TABLE chats ADD COLUMN asleep_since BIGINT",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
