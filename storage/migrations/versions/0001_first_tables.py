"""The first tables."""

from alembic import op

revision = "0001"
down_revision = None

STATEMENTS = (
    """
    CREATE TABLE chats (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        telegram_id BIGINT NOT NULL,
        thread_id BIGINT DEFAULT 0 NOT NULL,
        telegram_language TEXT,
        language TEXT,
        timezone TEXT,
        schedule TEXT,
        instant BOOLEAN DEFAULT 0 NOT NULL,
        next_due_at BIGINT,
        answered TEXT DEFAULT '' NOT NULL,
        asleep BOOLEAN DEFAULT 0 NOT NULL,
        created_at BIGINT NOT NULL,
        CONSTRAINT uq_chats_telegram_id_thread_id UNIQUE (telegram_id, thread_id),
        CONSTRAINT ck_chats_instant CHECK (instant IN (0, 1)),
        CONSTRAINT ck_chats_asleep CHECK (asleep IN (0, 1))
    )
    """,
    """
    CREATE INDEX ix_chats_due ON chats (next_due_at) WHERE next_due_at IS NOT NULL
    """,
    """
    CREATE TABLE queries (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        canonical TEXT NOT NULL,
        CONSTRAINT uq_queries_canonical UNIQUE (canonical)
    )
    """,
    """
    CREATE TABLE sources (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        host TEXT NOT NULL,
        CONSTRAINT uq_sources_name_host UNIQUE (name, host)
    )
    """,
    """
    CREATE TABLE stories (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        created_at BIGINT NOT NULL
    )
    """,
    """
    CREATE TABLE articles (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        docid BIGINT NOT NULL,
        source_id BIGINT NOT NULL,
        story_id BIGINT NOT NULL,
        guid TEXT,
        url TEXT,
        title TEXT NOT NULL,
        text TEXT NOT NULL,
        author TEXT,
        language TEXT NOT NULL,
        published_at BIGINT NOT NULL,
        stored_at BIGINT NOT NULL,
        content_hash BLOB NOT NULL,
        text_hash BLOB NOT NULL,
        matched BOOLEAN DEFAULT 0 NOT NULL,
        CONSTRAINT uq_articles_source_id_guid UNIQUE (source_id, guid),
        CONSTRAINT uq_articles_docid UNIQUE (docid),
        CONSTRAINT fk_articles_source_id FOREIGN KEY(source_id) REFERENCES sources (id) ON DELETE CASCADE,
        CONSTRAINT fk_articles_story_id FOREIGN KEY(story_id) REFERENCES stories (id) ON DELETE CASCADE,
        CONSTRAINT uq_articles_url UNIQUE (url),
        CONSTRAINT ck_articles_matched CHECK (matched IN (0, 1))
    )
    """,
    """
    CREATE INDEX ix_articles_content_hash ON articles (content_hash)
    """,
    """
    CREATE INDEX ix_articles_story_id ON articles (story_id)
    """,
    """
    CREATE INDEX ix_articles_text_hash ON articles (text_hash)
    """,
    """
    CREATE INDEX ix_articles_unmatched ON articles (id) WHERE matched = 0
    """,
    """
    CREATE TABLE digests (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        chat_id BIGINT NOT NULL,
        kind TEXT NOT NULL,
        local_date DATE,
        slot TEXT,
        composed_at BIGINT NOT NULL,
        CONSTRAINT uq_digests_chat_id_local_date_slot UNIQUE (chat_id, local_date, slot),
        CONSTRAINT ck_digests_kind CHECK (kind IN ('scheduled', 'instant', 'asked')),
        CONSTRAINT ck_digests_slot CHECK ((local_date IS NULL) = (slot IS NULL)),
        CONSTRAINT fk_digests_chat_id FOREIGN KEY(chat_id) REFERENCES chats (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE subscriptions (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        chat_id BIGINT NOT NULL,
        query_id BIGINT NOT NULL,
        text TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        instant BOOLEAN DEFAULT 0 NOT NULL,
        paused BOOLEAN DEFAULT 0 NOT NULL,
        begun BOOLEAN DEFAULT 0 NOT NULL,
        after_article BIGINT NOT NULL,
        cursor BIGINT NOT NULL,
        deletion BIGINT,
        CONSTRAINT uq_subscriptions_chat_id_query_id UNIQUE (chat_id, query_id),
        CONSTRAINT fk_subscriptions_chat_id FOREIGN KEY(chat_id) REFERENCES chats (id) ON DELETE CASCADE,
        CONSTRAINT fk_subscriptions_query_id FOREIGN KEY(query_id) REFERENCES queries (id) ON DELETE CASCADE,
        CONSTRAINT ck_subscriptions_instant CHECK (instant IN (0, 1)),
        CONSTRAINT ck_subscriptions_paused CHECK (paused IN (0, 1)),
        CONSTRAINT ck_subscriptions_begun CHECK (begun IN (0, 1))
    )
    """,
    """
    CREATE INDEX ix_subscriptions_query_id ON subscriptions (query_id)
    """,
    """
    CREATE INDEX ix_subscriptions_deleted ON subscriptions (deletion) WHERE deletion IS NOT NULL
    """,
    """
    CREATE TABLE article_terms (
        article_id BIGINT NOT NULL,
        analyser INTEGER NOT NULL,
        terms BLOB NOT NULL,
        CONSTRAINT pk_article_terms PRIMARY KEY (article_id),
        CONSTRAINT fk_article_terms_article_id FOREIGN KEY(article_id) REFERENCES articles (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE matches (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        article_id BIGINT NOT NULL,
        query_ids BLOB NOT NULL,
        CONSTRAINT uq_matches_article_id UNIQUE (article_id),
        CONSTRAINT fk_matches_article_id FOREIGN KEY(article_id) REFERENCES articles (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE outbox (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        chat_id BIGINT NOT NULL,
        digest_id BIGINT NOT NULL,
        part INTEGER NOT NULL,
        html TEXT NOT NULL,
        state TEXT NOT NULL,
        attempts INTEGER DEFAULT 0 NOT NULL,
        not_before BIGINT NOT NULL,
        error TEXT,
        settled_at BIGINT,
        CONSTRAINT uq_outbox_chat_id_digest_id_part UNIQUE (chat_id, digest_id, part),
        CONSTRAINT ck_outbox_state CHECK (state IN ('pending', 'sending', 'sent', 'refused')),
        CONSTRAINT fk_outbox_chat_id FOREIGN KEY(chat_id) REFERENCES chats (id) ON DELETE CASCADE,
        CONSTRAINT fk_outbox_digest_id FOREIGN KEY(digest_id) REFERENCES digests (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_outbox_digest_id ON outbox (digest_id)
    """,
    """
    CREATE INDEX ix_outbox_open ON outbox (chat_id, id) WHERE state IN ('pending', 'sending')
    """,
    """
    CREATE TABLE told (
        chat_id BIGINT NOT NULL,
        story_id BIGINT NOT NULL,
        digest_id BIGINT NOT NULL,
        CONSTRAINT pk_told PRIMARY KEY (chat_id, story_id),
        CONSTRAINT fk_told_chat_id FOREIGN KEY(chat_id) REFERENCES chats (id) ON DELETE CASCADE,
        CONSTRAINT fk_told_story_id FOREIGN KEY(story_id) REFERENCES stories (id) ON DELETE CASCADE,
        CONSTRAINT fk_told_digest_id FOREIGN KEY(digest_id) REFERENCES digests (id) ON DELETE CASCADE
    )
     WITHOUT ROWID
    """,
    """
    CREATE INDEX ix_told_digest_id ON told (digest_id)
    """,
    """
    CREATE INDEX ix_told_story_id ON told (story_id)
    """,
    """
    CREATE VIRTUAL TABLE article_index USING fts5(
        title_forms, title_lemmas, text_forms, text_lemmas,
        content='', detail='column', tokenize="ascii tokenchars '+#.-'''"
    )
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
