"""Saved stories: what a chat keeps, however old it grows."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, exists, func, literal, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import articles as article_rows
from storage.models import Article
from storage.schema import Instant, articles, saved, stories

SECOND: Final = timedelta(seconds=1)


class Kept(NamedTuple):
    """A saved story, as its newest article tells it."""

    article: Article
    saved_at: datetime


async def save(conn: AsyncConnection, chat_id: int, story_id: int, *, now: datetime) -> bool:
    """Puts the story first; False where the chat has saved it already, or there is no such story any more."""
    newest = (await conn.execute(select(func.max(saved.c.saved_at)).where(saved.c.chat_id == chat_id))).scalar_one()
    # Of several in one second each is later than the one before.
    return await restore(conn, chat_id, story_id, saved_at=max(now, newest + SECOND) if newest else now)


async def restore(conn: AsyncConnection, chat_id: int, story_id: int, *, saved_at: datetime) -> bool:
    """Puts the story back where it was; False as of `save`."""
    there = select(literal(chat_id), stories.c.id, literal(saved_at, Instant)).where(stories.c.id == story_id)
    new = insert(saved).from_select(["chat_id", "story_id", "saved_at"], there).on_conflict_do_nothing()
    return bool((await conn.execute(new)).rowcount)


async def unsave(conn: AsyncConnection, chat_id: int, story_id: int) -> bool:
    """False where the chat had not saved it."""
    own = (saved.c.chat_id == chat_id, saved.c.story_id == story_id)
    return bool((await conn.execute(saved.delete().where(*own))).rowcount)


async def of_chat(conn: AsyncConnection, chat_id: int, *, limit: int, offset: int = 0) -> list[Kept]:
    """The story saved last comes first."""
    rows = await conn.execute(
        article_rows.selection()
        .add_columns(saved.c.saved_at)
        .join(saved, saved.c.story_id == articles.c.story_id)
        .where(saved.c.chat_id == chat_id, _is_newest_of_its_story())
        .order_by(saved.c.saved_at.desc(), saved.c.story_id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [Kept(article_rows.article(row), row.saved_at) for row in rows]


async def among(conn: AsyncConnection, chat_id: int, story_ids: Collection[int]) -> frozenset[int]:
    """Those of these stories that the chat has saved."""
    own = (saved.c.chat_id == chat_id, saved.c.story_id.in_(story_ids))
    return frozenset((await conn.execute(select(saved.c.story_id).where(*own))).scalars())


async def count(conn: AsyncConnection, chat_id: int) -> int:
    """How many stories the chat has saved."""
    own = select(func.count()).select_from(saved).where(saved.c.chat_id == chat_id)
    return (await conn.execute(own)).scalar_one()


def _is_newest_of_its_story() -> ColumnElement[bool]:
    other = articles.alias()
    return ~exists().where(other.c.story_id == articles.c.story_id, other.c.docid > articles.c.docid)
