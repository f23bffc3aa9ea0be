"""All that is stored about a chat, as plain values: text, numbers, and moments in ISO 8601 in UTC.

The keys are those of the file that `/export` sends.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Table, func, select, type_coerce
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import (
    Instant,
    articles,
    attempts,
    bans,
    broadcasts,
    chats,
    dialogues,
    digests,
    feedback,
    feeds,
    outbox,
    queries,
    saved,
    setups,
    shares,
    stories,
    subscriptions,
    told,
)

Rows = list[dict[str, Any]]

# Of each kind the newest; Telegram takes files of up to 50 MB.
MOST: Final = 20_000


async def of_chat(conn: AsyncConnection, chat_id: int, *, user: int | None) -> dict[str, Any]:
    """`user` is the person that the chat is with, who may have added sources; raises LookupError."""
    chat = (await conn.execute(select(chats).where(chats.c.id == chat_id))).one_or_none()
    if chat is None:
        raise LookupError(chat_id)
    parts: dict[str, Select[Any]] = {
        "subscriptions": _subscriptions(chat_id),
        "digests": _digests(chat_id),
        "told": _told(chat_id),
        "saved": _stories(saved, chat_id, [saved.c.saved_at]),
        "feedback": _stories(feedback, chat_id, [feedback.c.given_at, feedback.c.kind]),
        "messages": _messages(chat_id),
        "attempts": _attempts(chat_id),
        "shares": select(shares.c.text.label("query"), shares.c.token, shares.c.created_at).where(
            shares.c.chat_id == chat_id
        ),
        "remembered": _remembered(chat),
        # Who it was is theirs.
        "setups": select(setups.c.at).where(setups.c.chat_id == chat_id),
    }
    if user is not None:
        parts |= _of_person((user, chat.telegram_id))
    rows = {name: _plain(await conn.execute(part.limit(MOST + 1))) for name, part in parts.items()}
    # Where there are more, the file says so.
    cut = {"only_the_newest": {name: MOST for name, found in rows.items() if len(found) > MOST}}
    return {"chat": _chat(chat), "settings": _settings(chat), **cut, **{name: one[:MOST] for name, one in rows.items()}}


def _of_person(ids: Sequence[int]) -> dict[str, Select[Any]]:
    """What they have set up and added, and what they did as an admin of the bot; a terminal's chat has its own id."""
    joined = setups.join(chats, chats.c.id == setups.c.chat_id)
    own = select(chats.c.telegram_id, setups.c.at).select_from(joined)
    said = select(broadcasts.c.html, broadcasts.c.state, broadcasts.c.created_at, broadcasts.c.begun_at)
    return {
        "setups": own.where(setups.c.user_id.in_(ids)).order_by(setups.c.at.desc()),
        "sources_added": select(feeds.c.url, feeds.c.title, feeds.c.added_at).where(feeds.c.added_by.in_(ids)),
        "broadcasts": said.where(broadcasts.c.by.in_(ids)).order_by(broadcasts.c.id.desc()),
        "bans": select(bans.c.telegram_id, bans.c.at).where(bans.c.by.in_(ids)).order_by(bans.c.at.desc()),
    }


def _chat(row: Row[Any]) -> dict[str, Any]:
    return {
        "telegram_id": row.telegram_id,
        "topic": row.thread_id or None,
        "kind": row.kind,
        "met_at": _value(row.created_at),
        "asleep": row.asleep,
        "asleep_why": row.asleep_why,
        "asleep_since": _value(row.asleep_since),
    }


def _settings(row: Row[Any]) -> dict[str, Any]:
    return {
        "language": row.language,
        "telegram_language": row.telegram_language,
        "timezone": row.timezone,
        "schedule": row.schedule,
        "at_once": row.instant,
        "pictures": row.images,
        "stories_per_topic": row.topic_limit,
        "article_languages": row.languages,
        "paused_until": _value(row.paused_until),
        "next_digest_at": _value(row.next_due_at),
        "digests_answered": [f"{day} {name}" for day, name in sorted(row.answered)],
    }


def _remembered(chat: Row[Any]) -> Select[Any]:
    """Questions that are open, and what is known of who answers them."""
    own = dialogues.c
    here = (own.telegram_id == chat.telegram_id, own.thread_id == chat.thread_id)
    return select(own.state, own.data, own.changed_at).where(*here).order_by(own.user_id)


def _subscriptions(chat_id: int) -> Select[Any]:
    own = subscriptions.c
    # Milliseconds, which number what was deleted together.
    deleted_at = type_coerce(own.deletion / 1000, Instant).label("deleted_at")
    flags = (own.paused, own.instant.label("at_once"), own.begun.label("told_before"))
    joined = subscriptions.join(queries, queries.c.id == own.query_id)
    columns = (own.text.label("query"), queries.c.canonical.label("looks_for"), own.created_at, *flags, deleted_at)
    return select(*columns).select_from(joined).where(own.chat_id == chat_id).order_by(own.id.desc())


def _digests(chat_id: int) -> Select[Any]:
    columns = (digests.c.id, digests.c.kind, digests.c.local_date, digests.c.slot.label("time"), digests.c.composed_at)
    return select(*columns).where(digests.c.chat_id == chat_id).order_by(digests.c.id.desc())


def _told(chat_id: int) -> Select[Any]:
    """By the article that told it, else by the one that stands for its story."""
    columns = (told.c.told_at, told.c.digest_id.label("digest"), told.c.shown)
    return _stories(told, chat_id, columns, by=func.coalesce(told.c.article_id, stories.c.face_id))


def _stories(
    table: Table, chat_id: int, columns: Sequence[ColumnElement[Any]], *, by: ColumnElement[Any] = stories.c.face_id
) -> Select[Any]:
    """The newest first, by the first of the columns."""
    joined = table.join(stories, stories.c.id == table.c.story_id).outerjoin(articles, articles.c.id == by)
    found = select(articles.c.title, articles.c.url, *columns).select_from(joined)
    return found.where(table.c.chat_id == chat_id).order_by(columns[0].desc(), table.c.story_id.desc())


def _messages(chat_id: int) -> Select[Any]:
    own = outbox.c
    columns = (own.id, own.digest_id.label("digest"), own.part, own.html, own.buttons, own.preview.label("picture"))
    course = (own.state, own.attempts.label("tries"), own.tried_at, own.doubtful, own.not_before, own.settled_at)
    return select(*columns, *course, own.error).where(own.chat_id == chat_id).order_by(own.id.desc())


def _attempts(chat_id: int) -> Select[Any]:
    own = attempts.c
    columns = (own.message_id.label("message"), own.number, own.at, own.outcome, own.error)
    joined = attempts.join(outbox, outbox.c.id == attempts.c.message_id)
    mine = select(*columns).select_from(joined).where(outbox.c.chat_id == chat_id)
    return mine.order_by(attempts.c.message_id.desc(), attempts.c.number.desc())


def _plain(rows: Iterable[Row[Any]]) -> Rows:
    return [{name: _value(value) for name, value in row._mapping.items()} for row in rows]


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat() if isinstance(value, date) else value
