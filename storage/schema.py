"""The tables. Times are whole seconds since 1970 in UTC; what a chat typed is kept as typed.

sources ◀── articles ──▶ stories         what there is
               │  ├── article_terms      what the index of an article holds (contentless full text: article_index)
               │  └── fingerprints       what articles are compared by
               ▼
queries ◀── matches                      which standing queries an article met: one row an article
   ▲
subscriptions ──▶ chats ◀── digests ◀── outbox      who is told, when, and by which messages
                    ├── told ──▶ stories             what a chat has been told
                    ├── saved ──▶ stories            what a chat keeps
                    ├── feedback ──▶ stories         what a chat opened, and what it wants less of
                    ├── shares                       what a chat's links to queries stand for
                    └── setups                       who has set it up from another chat

broadcasts ◀── outbox                    what the operator tells everybody
bans, dialogues                          who is not answered; whose answer a question waits for

feeds                                    the addresses that are polled, and how each of them fares
notices                                  what the operator has yet to be told of them
"""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    column,
    table,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware datetime as whole seconds since 1970."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:
        return None if value is None else seconds(value)

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:
        return None if value is None else datetime.fromtimestamp(value, UTC)


def seconds(moment: datetime) -> int:
    """Whole seconds since 1970, before 1970 too."""
    return int(moment.timestamp() // 1)


class SetTimes(TypeDecorator[frozenset[tuple[date, str]]]):
    """Set times by the local date and the clock that name them: `2025-12-01 09:00,2025-12-01 18:00`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: frozenset[tuple[date, str]] | None, dialect: Any) -> str:
        return ",".join(f"{day} {name}" for day, name in sorted(value or ()))

    def process_result_value(self, value: str | None, dialect: Any) -> frozenset[tuple[date, str]]:
        pairs = (pair.split() for pair in (value or "").split(",") if pair)
        return frozenset((date.fromisoformat(day), name) for day, name in pairs)


def _id() -> Column[int]:
    # SQLite numbers rows by itself only in a column declared INTEGER.
    return Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True)


def _reference(name: str, target: str, *, nullable: bool = False, primary_key: bool = False) -> Column[int]:
    foreign_key = ForeignKey(target, ondelete="CASCADE")
    return Column(name, BigInteger, foreign_key, nullable=nullable, primary_key=primary_key)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean(create_constraint=True, name=name), nullable=False, server_default=text("0"))


sources = Table(
    "sources",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("host", Text, nullable=False),
    UniqueConstraint("name", "host"),
    sqlite_autoincrement=True,
)

stories = Table(
    "stories",
    metadata,
    _id(),
    Column("created_at", Instant, nullable=False),
    # The article whose headline stands for the story; no reference, for each would refer to the other.
    Column("face_id", BigInteger),
    sqlite_autoincrement=True,
)

articles = Table(
    "articles",
    metadata,
    _id(),
    # The rowid in the full-text index: it sorts by publication time, so that the newest hits are read first.
    Column("docid", BigInteger, nullable=False, unique=True),
    _reference("source_id", "sources.id"),
    _reference("story_id", "stories.id"),
    Column("guid", Text),
    Column("url", Text, unique=True),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("author", Text),
    Column("language", Text, nullable=False),
    Column("published_at", Instant, nullable=False),
    Column("stored_at", Instant, nullable=False),
    # Of headline and text: has the article changed, is it known without an address.
    Column("content_hash", LargeBinary, nullable=False),
    # Equal where the text tells the same story word for word.
    Column("text_hash", LargeBinary, nullable=False),
    # False until the percolator has met it; an update makes it false again.
    _flag("matched"),
    # It was there when its feed was read for the first time: it counts as matched, and is never pushed.
    _flag("backlog"),
    # The feed that brought it, which alone may change it; empty where the operator did. No reference: the article stays
    # when the feed is forgotten.
    Column("feed_id", BigInteger),
    # Address of a picture.
    Column("image", Text),
    # The sentence that says what is new, where it came to a story that had been told without it.
    Column("development", Text),
    UniqueConstraint("source_id", "guid"),
    sqlite_autoincrement=True,
)
Index(None, articles.c.story_id)
Index(None, articles.c.content_hash)
Index(None, articles.c.text_hash)
# All that ranking looks at, so that candidates are read without the rows of their texts.
Index("ix_articles_candidates", articles.c.docid, articles.c.id, articles.c.story_id, articles.c.source_id)
Index("ix_articles_unmatched", articles.c.id, sqlite_where=articles.c.matched == text("0"))

article_terms = Table(
    "article_terms",
    metadata,
    _reference("article_id", "articles.id", primary_key=True),
    Column("analyser", Integer, nullable=False),
    Column("terms", LargeBinary, nullable=False),
)
Index(None, article_terms.c.analyser, article_terms.c.article_id)

fingerprints = Table(
    "fingerprints",
    metadata,
    # Grows with every article that is new or changed: what the other processes read on from.
    _id(),
    Column("article_id", BigInteger, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("packed", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)

queries = Table(
    "queries",
    metadata,
    _id(),
    Column("canonical", Text, nullable=False, unique=True),
    Column("analyser", Integer, nullable=False),
    # What the percolator files of it (`storage.clauses`); None until the renewal has come by.
    Column("clauses", Text),
    # Grows with every query that is new or means something else: what the percolator reads next.
    Column("changed", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)
Index(None, queries.c.analyser)
Index(None, queries.c.changed, unique=True)

matches = Table(
    "matches",
    metadata,
    # Grows in the order of matching: cursors compare with it.
    _id(),
    Column("article_id", BigInteger, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False, unique=True),
    # Ids of the queries met, as ascending little-endian 32-bit integers without sign.
    Column("query_ids", LargeBinary, nullable=False),
    # Whether the article says something new of its story: it is told though the story has been.
    _flag("development"),
    sqlite_autoincrement=True,
)

chats = Table(
    "chats",
    metadata,
    _id(),
    Column("telegram_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger, nullable=False, server_default=text("0")),
    Column("telegram_language", Text),
    Column("language", Text),
    Column("timezone", Text),
    Column("schedule", Text),
    _flag("instant"),
    Column("next_due_at", Instant),
    # The set times of the last days that a digest has answered: none of them comes again.
    Column("answered", SetTimes, nullable=False, server_default=text("''")),
    # Telegram takes nothing for it until it writes again: in Telegram's words why, and since when.
    _flag("asleep"),
    Column("asleep_why", Text),
    Column("asleep_since", Instant),
    # Whether it wants pictures, and how many stories of a topic a digest shows at once; empty for all.
    _flag("images"),
    Column("topic_limit", Integer),
    # private, group, supergroup or channel, as Telegram last said.
    Column("kind", Text),
    # Of which articles it wants to be told, by ISO 639-1 codes with commas between them; empty for all.
    Column("languages", Text),
    # Nothing is composed for it before.
    Column("paused_until", Instant),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("telegram_id", "thread_id"),
    sqlite_autoincrement=True,
)
Index("ix_chats_due", chats.c.next_due_at, sqlite_where=chats.c.next_due_at.is_not(None))
Index("ix_chats_instant", chats.c.instant, sqlite_where=chats.c.instant == text("1"))

subscriptions = Table(
    "subscriptions",
    metadata,
    _id(),
    _reference("chat_id", "chats.id"),
    _reference("query_id", "queries.id"),
    Column("text", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    _flag("instant"),
    _flag("paused"),
    # Whether a digest has held it: the first one asked for begins with stories that were already there.
    _flag("begun"),
    # Articles up to this one were stored before the subscription began.
    Column("after_article", BigInteger, nullable=False),
    # Matches up to this one have been composed into digests.
    Column("cursor", BigInteger, nullable=False),
    # Empty while it is followed; rows deleted together carry the same number: the moment in milliseconds, or a little
    # more where that is taken.
    Column("deletion", BigInteger),
    UniqueConstraint("chat_id", "query_id"),
    sqlite_autoincrement=True,
)
Index(None, subscriptions.c.query_id)
# All that planning looks at: a million chats are planned for without the rows of what they typed. Paused and deleted
# ones are not in it; the last two columns only say so where SQLite looks for them.
Index(
    "ix_subscriptions_followed",
    subscriptions.c.chat_id,
    subscriptions.c.query_id,
    subscriptions.c.cursor,
    subscriptions.c.after_article,
    subscriptions.c.paused,
    subscriptions.c.deletion,
    sqlite_where=subscriptions.c.deletion.is_(None) & (subscriptions.c.paused == text("0")),
)
Index(
    "ix_subscriptions_instant",
    subscriptions.c.instant,
    subscriptions.c.cursor,
    sqlite_where=subscriptions.c.instant == text("1"),
)
Index("ix_subscriptions_deleted", subscriptions.c.deletion, sqlite_where=subscriptions.c.deletion.is_not(None))

digests = Table(
    "digests",
    metadata,
    _id(),
    _reference("chat_id", "chats.id"),
    Column("kind", Text, nullable=False),
    # The set time it answers, on the chat's own clock; empty for digests that answer none.
    Column("local_date", Date),
    Column("slot", Text),
    Column("composed_at", Instant, nullable=False),
    UniqueConstraint("chat_id", "local_date", "slot"),
    CheckConstraint("kind IN ('scheduled', 'instant', 'asked')", name="kind"),
    CheckConstraint("(local_date IS NULL) = (slot IS NULL)", name="slot"),
    sqlite_autoincrement=True,
)

told = Table(
    "told",
    metadata,
    _reference("chat_id", "chats.id", primary_key=True),
    _reference("story_id", "stories.id", primary_key=True),
    # The digest that told it last, and when; by which article and for which subscription, at which place of the digest,
    # counted from 1 through all of it; not shown is what the chat's limit for a topic left one press away.
    _reference("digest_id", "digests.id"),
    Column("told_at", Instant, nullable=False, server_default=text("0")),
    Column("article_id", BigInteger),
    Column("subscription_id", BigInteger),
    Column("place", Integer, nullable=False, server_default=text("0")),
    Column("shown", Boolean(create_constraint=True, name="shown"), nullable=False, server_default=text("1")),
    sqlite_with_rowid=False,
)
Index(None, told.c.story_id)
Index(None, told.c.digest_id)

saved = Table(
    "saved",
    metadata,
    _reference("chat_id", "chats.id", primary_key=True),
    _reference("story_id", "stories.id", primary_key=True),
    Column("saved_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)
Index(None, saved.c.story_id)

feedback = Table(
    "feedback",
    metadata,
    _reference("chat_id", "chats.id", primary_key=True),
    _reference("story_id", "stories.id", primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("given_at", Instant, nullable=False),
    CheckConstraint("kind IN ('less', 'opened')", name="kind"),
    sqlite_with_rowid=False,
)
Index(None, feedback.c.story_id)

# What the operator tells every chat: written, then sent; those who were told before it was stopped have been told.
broadcasts = Table(
    "broadcasts",
    metadata,
    _id(),
    Column("html", Text, nullable=False),
    Column("state", Text, nullable=False),
    # The Telegram user who wrote it.
    Column("by", BigInteger, nullable=False),
    Column("created_at", Instant, nullable=False),
    # Since when it is sent, and whether to private chats alone; the message that shows how far it is; how many chats
    # there were to tell at first.
    Column("begun_at", Instant),
    _flag("only_private"),
    Column("message_id", BigInteger),
    Column("total", Integer, nullable=False, server_default=text("0")),
    # The last chat that was looked at, and whether there is none behind it.
    Column("after_chat", BigInteger, nullable=False, server_default=text("0")),
    _flag("complete"),
    CheckConstraint("state IN ('draft', 'sending', 'stopped')", name="state"),
    sqlite_autoincrement=True,
)

outbox = Table(
    "outbox",
    metadata,
    _id(),
    _reference("chat_id", "chats.id"),
    # Empty where the message is none of a digest's: what a group is told of itself.
    _reference("digest_id", "digests.id", nullable=True),
    Column("part", Integer, nullable=False),
    Column("html", Text, nullable=False),
    # An inline keyboard as Telegram's JSON; the address of a picture that is shown above the text.
    Column("buttons", Text),
    Column("preview", Text),
    Column("state", Text, nullable=False),
    # How often it was claimed, and when for the first time: it is not tried for ever.
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("tried_at", Instant),
    # Whether the answer to one of the attempts was lost, so that it may have arrived.
    _flag("doubtful"),
    Column("not_before", Instant, nullable=False),
    Column("error", Text),
    Column("settled_at", Instant),
    # What it tells, where the operator tells it everybody. No reference: SQLite adds none to a table that stands.
    Column("broadcast_id", BigInteger),
    UniqueConstraint("chat_id", "digest_id", "part"),
    CheckConstraint("state IN ('pending', 'sending', 'sent', 'refused', 'unknown')", name="state"),
    sqlite_autoincrement=True,
)
Index("ix_outbox_open", outbox.c.chat_id, outbox.c.id, sqlite_where=outbox.c.state.in_(["pending", "sending"]))
# What an operator asks for: what was given up.
Index("ix_outbox_given_up", outbox.c.id, sqlite_where=outbox.c.state.in_(["refused", "unknown"]))
Index(None, outbox.c.digest_id)
Index("ix_outbox_broadcast_id", outbox.c.broadcast_id, outbox.c.state, sqlite_where=outbox.c.broadcast_id.is_not(None))

# Every attempt to send that was not answered with success, and the ones after it.
attempts = Table(
    "attempts",
    metadata,
    _reference("message_id", "outbox.id", primary_key=True),
    # Counted from 1, as the message's own `attempts` counts.
    Column("number", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("error", Text),
    CheckConstraint("outcome IN ('sent', 'not_sent', 'refused', 'lost', 'interrupted')", name="outcome"),
    sqlite_with_rowid=False,
)

# What Telegram has brought: each is handled once, over restarts too. An update is confirmed when it stands here.
updates = Table(
    "updates",
    metadata,
    # Whose: each bot's updates are numbered by themselves.
    Column("bot_id", BigInteger, primary_key=True, autoincrement=False),
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("received_at", Instant, nullable=False),
    # As Telegram wrote it, until it has been handled.
    Column("payload", Text),
    # How often its handling was begun: one that ends the process again and again is let go.
    Column("tries", Integer, nullable=False, server_default=text("0")),
    sqlite_with_rowid=False,
)
Index("ix_updates_unhandled", updates.c.update_id, sqlite_where=updates.c.payload.is_not(None))
Index(None, updates.c.received_at)

# Telegram ids, of people and of chats, to which the bot answers nothing.
bans = Table(
    "bans",
    metadata,
    Column("telegram_id", BigInteger, primary_key=True, autoincrement=False),
    # The Telegram user who refused it.
    Column("by", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
    sqlite_with_rowid=False,
)

# Questions that wait for somebody's answer, by Telegram's ids.
dialogues = Table(
    "dialogues",
    metadata,
    Column("telegram_id", BigInteger, primary_key=True, autoincrement=False),
    Column("thread_id", BigInteger, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("state", Text),
    # As JSON.
    Column("data", Text, nullable=False),
    Column("changed_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)
Index(None, dialogues.c.changed_at)

# Queries that are too long for a link to hold: the link holds the token.
shares = Table(
    "shares",
    metadata,
    Column("token", Text, primary_key=True),
    _reference("chat_id", "chats.id"),
    Column("text", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("chat_id", "text"),
    sqlite_with_rowid=False,
)

# Who has set up which channel or group from their private chat: `/channel` offers it to them again.
setups = Table(
    "setups",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    _reference("chat_id", "chats.id", primary_key=True),
    Column("at", Instant, nullable=False),
    sqlite_with_rowid=False,
)
Index(None, setups.c.chat_id)

feeds = Table(
    "feeds",
    metadata,
    _id(),
    Column("url", Text, nullable=False, unique=True),
    # Of the address: one host is asked for one feed at a time.
    Column("host", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("topic", Text),
    _flag("full_text"),
    # The Telegram user who added it; empty where the operator did.
    Column("added_by", BigInteger),
    Column("added_at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    # Whether it has been read once: what it held then is backlog.
    _flag("begun"),
    # What the server is told so that it need not answer in full, word for word as it said it; a checksum of what it
    # answered, for servers that don't listen.
    Column("etag", Text),
    Column("last_modified", Text),
    Column("checksum", LargeBinary),
    # Where permanent redirects lead, and since when.
    Column("moved_to", Text),
    Column("moved_since", Instant),
    # Hashes of the items that were read (`bot.sources.items`), so that one that comes back is not new.
    Column("items", LargeBinary, nullable=False, server_default=text("x''")),
    # Empty where it is polled no more.
    Column("next_at", Instant),
    Column("asked_at", Instant),
    Column("succeeded_at", Instant),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    Column("failing_since", Instant),
    Column("trouble", Text),
    Column("detail", Text),
    # How long the document itself asks to be left alone.
    Column("ttl_s", Integer),
    # New articles a day, smoothed, and since when they are counted.
    Column("per_day", Float, nullable=False, server_default=text("0")),
    Column("observed_since", Instant),
    CheckConstraint("state IN ('live', 'dead', 'gone', 'removed')", name="state"),
    sqlite_autoincrement=True,
)
Index("ix_feeds_due", feeds.c.next_at, feeds.c.host, sqlite_where=feeds.c.next_at.is_not(None))

notices = Table(
    "notices",
    metadata,
    _id(),
    Column("kind", Text, nullable=False),
    _reference("feed_id", "feeds.id"),
    # Its title and address at that moment, and what else there is to say.
    Column("title", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("trouble", Text),
    Column("detail", Text),
    Column("created_at", Instant, nullable=False),
    CheckConstraint("kind IN ('died', 'revived', 'moved', 'gone')", name="kind"),
    sqlite_autoincrement=True,
)
Index(None, notices.c.feed_id)

# Contentless: it keeps the terms of forms and lemmas by docid and column, and nothing of the text. The tokenizer takes
# our terms as they are: every character beyond ASCII is part of a term, and so are the signs that terms may hold. Facts
# are an article's language and source (`:ru`, `:12`); no word of a text begins with that sign.
ARTICLE_INDEX = """
CREATE VIRTUAL TABLE article_index USING fts5(
    title_forms, title_lemmas, text_forms, text_lemmas, facts,
    content='', detail='column', tokenize="ascii tokenchars '+#.-:'''"
)
"""

# Beside the metadata, for SQLAlchemy can't make virtual tables.
article_index = table("article_index", column("rowid", BigInteger))
