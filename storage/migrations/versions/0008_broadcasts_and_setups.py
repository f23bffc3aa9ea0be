"""Rooms of their own for what stood among the dialogues: how far broadcasts are, and who has set up which chats."""

from alembic import op

revision = "0008"
down_revision = "0007"

STATEMENTS = (
    "ALTER TABLE broadcasts ADD COLUMN begun_at BIGINT",
    "ALTER TABLE broadcasts ADD COLUMN only_private BOOLEAN DEFAULT 0 NOT NULL"
    " CONSTRAINT ck_broadcasts_only_private CHECK (only_private IN (0, 1))",
    "ALTER TABLE broadcasts ADD COLUMN message_id BIGINT",
    "ALTER TABLE broadcasts ADD COLUMN total INTEGER DEFAULT 0 NOT NULL",
    "ALTER TABLE broadcasts ADD COLUMN after_chat BIGINT DEFAULT 0 NOT NULL",
    "ALTER TABLE broadcasts ADD COLUMN complete BOOLEAN DEFAULT 0 NOT NULL"
    " CONSTRAINT ck_broadcasts_complete CHECK (complete IN (0, 1))",
    # Each under the id of whoever wrote it, as if said by one whose id is the broadcast's below zero.
    """
    UPDATE broadcasts SET
        begun_at = broadcasts.created_at,
        message_id = json_extract(one.data, '$.message_id'),
        only_private = coalesce(json_extract(one.data, '$.only_private'), 0),
        total = coalesce(json_extract(one.data, '$.total'), 0),
        after_chat = coalesce(json_extract(one.data, '$.after'), 0),
        complete = coalesce(json_extract(one.data, '$.is_put'), 0)
    FROM dialogues AS one
    WHERE one.telegram_id = broadcasts.by AND one.thread_id = 0 AND one.user_id = -broadcasts.id
        AND broadcasts.state = 'sending'
    """,
    "DELETE FROM dialogues WHERE EXISTS (SELECT 1 FROM broadcasts"
    " WHERE broadcasts.by = dialogues.telegram_id AND broadcasts.id = -dialogues.user_id)",
    # Nobody knows any more how far it was.
    "UPDATE broadcasts SET state = 'stopped' WHERE state = 'sending' AND message_id IS NULL",
    """
    CREATE TABLE setups (
        user_id BIGINT NOT NULL,
        chat_id BIGINT NOT NULL,
        at BIGINT NOT NULL,
        CONSTRAINT pk_setups PRIMARY KEY (user_id, chat_id),
        CONSTRAINT fk_setups_chat_id FOREIGN KEY(chat_id) REFERENCES chats (id) ON DELETE CASCADE
    ) WITHOUT ROWID
    """,
    "CREATE INDEX ix_setups_chat_id ON setups (chat_id)",
    # A list of Telegram's ids, the last one first, kept under nobody's id.
    """
    INSERT INTO setups (user_id, chat_id, at)
    SELECT dialogues.telegram_id, chats.id, dialogues.changed_at - one.key
    FROM dialogues, json_each(dialogues.data, '$.channels') AS one
    JOIN chats ON chats.telegram_id = one.value AND chats.thread_id = 0
    WHERE dialogues.user_id = 0
    """,
    "DELETE FROM dialogues WHERE user_id = 0",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
