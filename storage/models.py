"""The values that cross the boundary of this package: frozen, with aware UTC datetimes.

Draft ──store──▶ Article ──percolate──▶ Match ──compose──▶ Digest ──enqueue──▶ Message
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An article as a file or a feed brings it, before it is stored; `title` is never empty."""

    title: str
    text: str = ""
    url: str | None = None
    guid: str | None = None
    source: str | None = None
    author: str | None = None
    published_at: datetime | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where articles come from; `host` is empty for a source without an address."""

    id: int
    name: str
    host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A stored article. Without a date of its own it is dated by the moment it was stored."""

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


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of an article's text; `marks` are the spans (start, end) of the found words in `text`."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A story found: its best article, the excerpts that show why, and the other sources that tell it."""

    article: Article
    score: float
    title: Excerpt
    snippet: Excerpt
    other_sources: tuple[str, ...] = ()


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
    the set times of the last days that have had their digest, by local date and clock.
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


class MessageState(StrEnum):
    """pending → sending → sent | refused; after a crash `sending` rows are pending again."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A row of the outbox: one part of a digest, ready to be sent."""

    id: int
    chat_id: int
    telegram_id: int
    thread_id: int
    part: int
    html: str
    attempts: int
