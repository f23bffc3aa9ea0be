"""In which languages stories are told: what a chat can choose among, and what its choice is measured by."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.language.analyser import UNKNOWN
from storage.schema import articles

# What the newest articles are written in, the store will bring tomorrow, too; all of them would be read for long.
NEWEST: Final = 2_000


async def most_common(conn: AsyncConnection, *, limit: int) -> tuple[str, ...]:
    """Of the newest articles, the most frequent first; without those whose language nobody knows."""
    newest = select(articles.c.id).order_by(articles.c.docid.desc()).limit(NEWEST)
    known = select(articles.c.language).where(articles.c.id.in_(newest), articles.c.language != UNKNOWN)
    counted = known.group_by(articles.c.language).order_by(func.count().desc(), articles.c.language)
    rows = await conn.execute(counted.limit(limit))
    return tuple(rows.scalars())


async def of_stories(conn: AsyncConnection, story_ids: Sequence[int]) -> dict[int, dict[int, str]]:
    """Story → its articles, the earliest stored first → their languages."""
    own = select(articles.c.story_id, articles.c.id, articles.c.language).where(articles.c.story_id.in_(story_ids))
    told: dict[int, dict[int, str]] = {}
    for row in await conn.execute(own.order_by(articles.c.id)):
        told.setdefault(row.story_id, {})[row.id] = row.language
    return told
