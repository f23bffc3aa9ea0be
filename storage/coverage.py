"""Who tells a story: its articles in the order of time, how many they are, and whose headline stands for it."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import articles as article_rows
from storage.models import Article
from storage.schema import articles, sources, stories


class Coverage(NamedTuple):
    """How a story is told: its face, its earliest article, and by how many sources and articles in all."""

    face: Article
    earliest: Article
    sources: int
    articles: int


async def coverage(conn: AsyncConnection, story_id: int) -> Coverage | None:
    """None where there is no such story any more."""
    face = (await faces(conn, [story_id])).get(story_id)
    earliest = await told_by(conn, story_id, limit=1)
    if face is None or not earliest:
        return None
    counted = select(func.count(sources.c.name.distinct()), func.count()).select_from(articles)
    own = counted.join(sources, sources.c.id == articles.c.source_id).where(articles.c.story_id == story_id)
    by_sources, by_articles = (await conn.execute(own)).one()
    return Coverage(face, earliest[0], by_sources, by_articles)


async def told_by(conn: AsyncConnection, story_id: int, *, limit: int, offset: int = 0) -> list[Article]:
    """The story's articles, the earliest first."""
    own = article_rows.selection().where(articles.c.story_id == story_id).order_by(articles.c.docid)
    return [article_rows.article(row) for row in await conn.execute(own.limit(limit).offset(offset))]


async def faces(conn: AsyncConnection, story_ids: Collection[int]) -> dict[int, Article]:
    """Story → the article whose headline stands for it; the earliest where none was chosen, or it is gone."""
    other = articles.alias()
    chosen = select(other.c.id).where(other.c.id == stories.c.face_id, other.c.story_id == stories.c.id)
    earliest = select(other.c.id).where(other.c.story_id == stories.c.id).order_by(other.c.docid).limit(1)
    face = func.coalesce(chosen.scalar_subquery(), earliest.scalar_subquery())
    own = article_rows.selection().join(stories, articles.c.id == face).where(stories.c.id.in_(story_ids))
    return {row.story_id: article_rows.article(row) for row in await conn.execute(own)}


async def with_more(conn: AsyncConnection, story_ids: Collection[int]) -> frozenset[int]:
    """Those of the stories that have more than one article."""
    one, other = articles.alias(), articles.alias()
    more = exists().where(other.c.story_id == one.c.story_id, other.c.id > one.c.id)
    rows = await conn.execute(select(one.c.story_id).where(one.c.story_id.in_(story_ids), more))
    return frozenset(rows.scalars())
