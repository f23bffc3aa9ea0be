"""What has grown too old, or is of no use to anybody any more, and how it leaves the store in small steps.

    old_articles ──a page of ids──▶ drop_told ──▶ drop_articles: with them go their terms, index entries and matches,
    and the stories that nobody tells any more

Each step is a short write transaction that leaves the store whole: where it ends, nothing is lost or half done, and the
next turn finds the rest. Stories that a chat has saved stay with all their articles.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Exists, exists, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import articles as article_rows
from storage.models import MessageState
from storage.schema import articles, digests, matches, outbox, queries, saved, subscriptions, told

# Each is read or written in some hundredths of a second.
ARTICLES: Final = 50
TOLD: Final = 2000
MATCHES: Final = 500
DIGESTS: Final = 200
QUERIES: Final = 5000

_SETTLED: Final = (MessageState.SENT.value, MessageState.REFUSED.value, MessageState.UNKNOWN.value)


class Page(NamedTuple):
    """Ids that may go, of the rows up to `last`; that is None where nothing old lies beyond."""

    ids: list[int]
    last: int | None


async def old_articles(conn: AsyncConnection, *, after: int, before: datetime) -> Page:
    """Of the next articles those stored and published before this moment whose story no chat has saved."""
    columns = (articles.c.id, articles.c.stored_at, articles.c.published_at, _is_saved(articles.c.story_id))
    rows = await conn.execute(select(*columns).where(articles.c.id > after).order_by(articles.c.id).limit(ARTICLES))
    page = rows.all()
    # A correction may bring a date after the day of storing.
    ids = [row.id for row in page if max(row.stored_at, row.published_at) < before and not row[3]]
    # Ids grow with the moment of storing.
    goes_on = len(page) == ARTICLES and page[-1].stored_at < before
    return Page(ids, page[-1].id if goes_on else None)


async def drop_told(conn: AsyncConnection, article_ids: Sequence[int]) -> int:
    """Forgets to whom the stories were told that go with these articles; 0 when nothing is left to forget.

    A story that everybody was told has a row for each chat, too many for one transaction.
    """
    other = articles.alias()
    is_told_on = exists().where(other.c.story_id == articles.c.story_id, other.c.id.not_in(article_ids))
    going = select(articles.c.story_id).where(articles.c.id.in_(article_ids), ~is_told_on)
    rows = select(told.c.chat_id, told.c.story_id).where(told.c.story_id.in_(going), ~_is_saved(told.c.story_id))
    found = [tuple(row) for row in (await conn.execute(rows.limit(TOLD))).all()]
    if found:
        await conn.execute(told.delete().where(tuple_(told.c.chat_id, told.c.story_id).in_(found)))
    return len(found)


async def drop_articles(conn: AsyncConnection, article_ids: Sequence[int]) -> int:
    """Removes those whose story has not been saved meanwhile."""
    unsaved = select(articles.c.id).where(articles.c.id.in_(article_ids), ~_is_saved(articles.c.story_id))
    return await article_rows.delete(conn, (await conn.execute(unsaved)).scalars().all())


async def passed(conn: AsyncConnection) -> int:
    """The id of the last match that every subscription, paused or deleted ones too, has behind it.

    The newest match always stays: new subscriptions begin after it.
    """
    newest = (await conn.execute(select(func.max(matches.c.id)))).scalar_one() or 0
    slowest = (await conn.execute(select(func.min(subscriptions.c.cursor)))).scalar_one()
    return min(newest - 1, newest if slowest is None else slowest)


async def drop_matches(conn: AsyncConnection, *, upto: int) -> int:
    first = select(matches.c.id).where(matches.c.id <= upto).order_by(matches.c.id).limit(MATCHES)
    return (await conn.execute(matches.delete().where(matches.c.id.in_(first)))).rowcount


async def old_digests(conn: AsyncConnection, *, after: int, before: datetime) -> Page:
    """Of the next digests those composed before this moment that nobody needs to know of any more."""
    columns = (digests.c.id, digests.c.composed_at, _is_needed())
    rows = await conn.execute(select(*columns).where(digests.c.id > after).order_by(digests.c.id).limit(DIGESTS))
    page = rows.all()
    ids = [row.id for row in page if row.composed_at < before and not row[2]]
    goes_on = len(page) == DIGESTS and page[-1].composed_at < before
    return Page(ids, page[-1].id if goes_on else None)


async def drop_digests(conn: AsyncConnection, digest_ids: Sequence[int]) -> int:
    """Removes them with their messages."""
    gone = digests.delete().where(digests.c.id.in_(digest_ids), ~_is_needed())
    return (await conn.execute(gone)).rowcount


async def drop_loose_messages(conn: AsyncConnection, *, before: datetime) -> int:
    """Removes what belongs to no digest and was settled before this moment."""
    loose = (outbox.c.digest_id.is_(None), outbox.c.state.in_(_SETTLED), outbox.c.settled_at < before)
    first = select(outbox.c.id).where(*loose).limit(DIGESTS)
    return (await conn.execute(outbox.delete().where(outbox.c.id.in_(first)))).rowcount


async def unfollowed_queries(conn: AsyncConnection, *, after: int) -> Page:
    """Of the next queries those without a subscription, be it one that may still be restored.

    The one that changed last always stays: the next change counts on from it, and the percolator reads what is greater.
    """
    columns = (queries.c.id, _is_followed() | _is_newest())
    rows = await conn.execute(select(*columns).where(queries.c.id > after).order_by(queries.c.id).limit(QUERIES))
    page = rows.all()
    return Page([row.id for row in page if not row[1]], page[-1].id if len(page) == QUERIES else None)


async def drop_queries(conn: AsyncConnection, query_ids: Sequence[int]) -> list[int]:
    """Removes those that nobody has come to follow meanwhile; their ids."""
    unneeded = (queries.c.id.in_(query_ids), ~_is_followed(), ~_is_newest())
    gone = queries.delete().where(*unneeded).returning(queries.c.id)
    return list((await conn.execute(gone)).scalars())


def _is_saved(story_id: ColumnElement[int]) -> Exists:
    return exists().where(saved.c.story_id == story_id)


def _is_followed() -> Exists:
    return exists().where(subscriptions.c.query_id == queries.c.id)


def _is_newest() -> ColumnElement[bool]:
    other = queries.alias()
    return queries.c.changed == select(func.max(other.c.changed)).scalar_subquery()


def _is_needed() -> ColumnElement[bool]:
    """A digest tells which stories a chat knows, and its messages may still have to be sent."""
    is_open = exists().where(outbox.c.digest_id == digests.c.id, outbox.c.state.not_in(_SETTLED))
    return exists().where(told.c.digest_id == digests.c.id) | is_open
