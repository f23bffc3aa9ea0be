"""The values that cross the boundary of this package: frozen, with aware UTC datetimes.

Draft ──store──▶ Article ──percolate──▶ Match ──compose──▶ Digest ──enqueue──▶ Message
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An article as a file or a feed brings it, before it is stored; `title` is never empty.

    `feed_id` is the feed that is polled for it, None for what the operator hands over.
    """

    title: str
    text: str = ""
    url: str | None = None
    guid: str | None = None
    source: str | None = None
    author: str | None = None
    published_at: datetime | None = None
    language: str | None = None
    feed_id: int | None = None
    image: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where articles come from; `host` is empty for a source without an address."""

    id: int
    name: str
    host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A stored article. Without a date of its own it is dated by the moment it was stored.

    `image` is the address of a picture; `development` the sentence that says what is new, where the article came to a
    story that had been told without it.
    """

    id: int
    story_id: int
    source: Source
    title: str
    text: str
    url: str | None
    author: str | None
    language: str
    published_at: datetime
    stored_at: datetime
    image: str | None = None
    development: str | None = None


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of an article's text; `marks` are the spans (start, end) of the found words in `text`."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A story found: its best article, the excerpts that show why, and the other sources that tell it.

    `closeness` says how closely the excerpts meet the query, where that was asked for (`storage.closeness`).
    """

    article: Article
    score: float
    title: Excerpt
    snippet: Excerpt
    other_sources: tuple[str, ...] = ()
    closeness: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """One page of hits; `total` counts stories, exactly or, where `more` is set, as "more than"."""

    hits: tuple[Hit, ...]
    total: int
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """A conversation: a private chat, a group, a channel, or one topic of a forum (`thread_id` > 0).

    `schedule` is the canonical text of `bot.timetable`; None in `language`, `timezone` and `schedule` means that the
    chat has not said, so that the operator's default holds. `instant` sends every new story at once. `answered` holds
    the set times of the last days that have had their digest, by local date and clock. `images`: it wants pictures.
    `topic_limit`: so many stories of a topic does a digest show at once, None for all. `kind` is what Telegram calls
    it. `languages`: it is told only of articles in these (ISO 639-1), of all where there are none. Before
    `paused_until` nothing is composed for it.
    """

    id: int
    telegram_id: int
    thread_id: int
    telegram_language: str | None
    language: str | None
    timezone: str | None
    schedule: str | None
    instant: bool
    next_due_at: datetime | None
    asleep: bool
    answered: frozenset[tuple[date, str]] = frozenset()
    images: bool = False
    topic_limit: int | None = None
    kind: str | None = None
    languages: frozenset[str] = frozenset()
    paused_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A chat's standing query. `text` is what was typed; `canonical` is what equal queries share."""

    id: int
    chat_id: int
    query_id: int
    text: str
    canonical: str
    instant: bool
    paused: bool
    created_at: datetime


class DigestKind(StrEnum):
    """Why a digest was made."""

    SCHEDULED = "scheduled"
    INSTANT = "instant"
    ASKED = "asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """The set time that a scheduled digest answers; one chat has at most one digest for it."""

    local_date: date
    name: str


class Telling(NamedTuple):
    """A story as a digest tells it: by which article, for the sake of which subscription, and at which place of it.

    Not shown is what the chat's limit for a topic leaves one press away.
    """

    story_id: int
    article_id: int
    subscription_id: int
    place: int
    shown: bool = True


class Part(NamedTuple):
    """A message of a digest: its HTML, its buttons as Telegram's JSON, and the address of a picture to be shown."""

    html: str
    buttons: str | None = None
    preview: str | None = None


class MessageState(StrEnum):
    """pending → sending → sent | refused | unknown; after a crash `sending` rows are pending again.

    Unknown is what was tried for as long as anything is tried, and may have arrived at an attempt that nobody answered.
    """

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A row of the outbox, claimed: one part of a digest, or of what belongs to none, ready to be sent.

    `buttons` is an inline keyboard as Telegram's JSON, `preview` the address of a picture to be shown above the text.
    `attempts` counts this one too, `tried_at` is when the first one was made. `doubtful`: an attempt before may have
    arrived. `composed_at` is when its digest was made, empty without one. `is_last`: nothing waits behind it.
    `is_broadcast`: it is what the operator tells everybody.
    """

    id: int
    chat_id: int
    telegram_id: int
    thread_id: int
    part: int
    html: str
    attempts: int
    tried_at: datetime
    buttons: str | None = None
    preview: str | None = None
    doubtful: bool = False
    composed_at: datetime | None = None
    is_last: bool = True
    is_broadcast: bool = False

    @property
    def place(self) -> str:
        """The chat as an operator is told of it: Telegram's id, with the topic where there is one."""
        return f"{self.telegram_id}/{self.thread_id}" if self.thread_id else str(self.telegram_id)


class AttemptOutcome(StrEnum):
    """not_sent: it did not arrive; lost: nobody answered, or nobody who knows; interrupted: the sender was ended."""

    SENT = "sent"
    NOT_SENT = "not_sent"
    REFUSED = "refused"
    LOST = "lost"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """How an attempt to send a message ended, and what becomes of the message.

    Where it is pending again, `not_before` is when it is tried next, and `anew` begins its time to be tried again.
    """

    message_id: int
    chat_id: int
    number: int
    outcome: AttemptOutcome
    state: MessageState
    error: str | None = None
    not_before: datetime | None = None
    anew: bool = False


class FeedState(StrEnum):
    """live ⇄ dead: it has failed for days and is asked once a day; gone: the server said so, it is asked no more;
    removed: by somebody, who may bring it back."""

    LIVE = "live"
    DEAD = "dead"
    GONE = "gone"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """An address that is polled: RSS, Atom, JSON Feed, a sitemap, a channel's page.

    `begun`: it has been read once. `etag` and `last_modified` are what the server said, word for word. `moved_to` is
    where permanent redirects lead since `moved_since`. `items` are hashes of what was read (`bot.sources.items`).
    `trouble` is None while all is well, else a kind of `bot.sources.trouble`. `ttl_s` is for how many seconds the
    document asks to be left alone. `per_day` counts new articles, smoothed,
    since `observed_since`. `added_by` is a Telegram user, None for the operator.
    """

    id: int
    url: str
    host: str
    title: str
    topic: str | None
    full_text: bool
    added_by: int | None
    added_at: datetime
    state: FeedState
    begun: bool
    etag: str | None = None
    last_modified: str | None = None
    checksum: bytes | None = None
    moved_to: str | None = None
    moved_since: datetime | None = None
    items: bytes = b""
    next_at: datetime | None = None
    asked_at: datetime | None = None
    succeeded_at: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    trouble: str | None = None
    detail: str | None = None
    ttl_s: int | None = None
    per_day: float = 0.0
    observed_since: datetime | None = None


class NoticeKind(StrEnum):
    """What became of a feed."""

    DIED = "died"
    REVIVED = "revived"
    MOVED = "moved"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What the operator is to be told once; `title` and `url` are the feed's at that moment.

    `detail` is the new address of a feed that moved, else what the trouble's sentence needs.
    """

    id: int
    kind: NoticeKind
    feed_id: int
    title: str
    url: str
    trouble: str | None
    detail: str | None
    created_at: datetime
