"""What a chat may choose and share, dialogues that outlive a restart, and what operators send and refuse."""

from alembic import op

revision = "0007"
down_revision = "0006"

STATEMENTS = (
    "ALTER TABLE chats ADD COLUMN kind TEXT",
    "ALTER TABLE chats ADD COLUMN languages TEXT",
    "ALTER TABLE chats ADD COLUMN paused_until BIGINT",
    """
    CREATE TABLE broadcasts (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        html TEXT NOT NULL,
        state TEXT NOT NULL,
        by BIGINT NOT NULL,
        created_at BIGINT NOT NULL,
        CONSTRAINT ck_broadcasts_state CHECK (state IN ('draft', 'sending', 'stopped'))
    )
    """,
    "ALTER TABLE outbox ADD COLUMN broadcast_id BIGINT",
    "CREATE INDEX ix_outbox_broadcast_id ON outbox (broadcast_id, state) WHERE broadcast_id IS NOT NULL",
    """
    CREATE TABLE bans (
        telegram_id BIGINT NOT NULL,
        by BIGINT NOT NULL,
        at BIGINT NOT NULL,
        CONSTRAINT pk_bans PRIMARY KEY (telegram_id)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE dialogues (
        telegram_id BIGINT NOT NULL,
        thread_id BIGINT NOT NULL,
        user_id BIGINT NOT NULL,
        state TEXT,
        data TEXT NOT NULL,
        changed_at BIGINT NOT NULL,
        CONSTRAINT pk_dialogues PRIMARY KEY (telegram_id, thread_id, user_id)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX ix_dialogues_changed_at ON dialogues (changed_at)",
    """
    CREATE TABLE shares (
        token TEXT NOT NULL,
        chat_id BIGINT NOT NULL,
        text TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        CONSTRAINT pk_shares PRIMARY KEY (token),
        CONSTRAINT uq_shares_chat_id_text UNIQUE (chat_id, text),
        CONSTRAINT fk_shares_chat_id FOREIGN KEY(chat_id) REFERENCES chats (id) ON DELETE CASCADE
    ) WITHOUT ROWID
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
