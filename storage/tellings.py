"""What a chat was told, read back: the stories of a digest, and by which article and for whose sake a story came."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import DigestKind
from storage.schema import digests, told


class LastTelling(NamedTuple):
    """How a chat was told a story last.

    `place` counts from 1 through the digest; `shown` is False where the chat's limit for a topic left it in the list.
    Article and subscription may be gone since, and older versions did not write them down.
    """

    story_id: int
    article_id: int | None
    subscription_id: int | None
    place: int
    shown: bool
    told_at: datetime


class Extent(NamedTuple):
    """How many stories of a digest there are, and the last place that one of them has."""

    stories: int
    last_place: int


async def of_story(conn: AsyncConnection, chat_id: int, story_id: int) -> LastTelling | None:
    own = select(told).where(told.c.chat_id == chat_id, told.c.story_id == story_id)
    row = (await conn.execute(own)).one_or_none()
    return _telling(row) if row else None


async def digest_at(conn: AsyncConnection, chat_id: int, composed_at: datetime) -> int | None:
    """The chat's digest of this second, if it has one that is no alert; of several the last."""
    own = (digests.c.chat_id == chat_id, digests.c.composed_at == composed_at)
    no_alert = digests.c.kind != DigestKind.INSTANT.value
    found: int | None = (await conn.execute(select(func.max(digests.c.id)).where(*own, no_alert))).scalar_one()
    return found


async def of_digest(conn: AsyncConnection, digest_id: int, *, limit: int, offset: int = 0) -> list[LastTelling]:
    """By place; without what is gone from the store since, or came again in a later digest."""
    own = select(told).where(told.c.digest_id == digest_id).order_by(told.c.place, told.c.story_id)
    return [_telling(row) for row in await conn.execute(own.limit(limit).offset(offset))]


async def extent(conn: AsyncConnection, digest_id: int) -> Extent:
    """Of what `of_digest` has."""
    own = select(func.count(), func.max(told.c.place)).where(told.c.digest_id == digest_id)
    stories, last_place = (await conn.execute(own)).one()
    return Extent(stories, last_place or 0)


def _telling(row: Row[Any]) -> LastTelling:
    return LastTelling(row.story_id, row.article_id, row.subscription_id, row.place, row.shown, row.told_at)
