"""What a chat thinks of stories: which it opened, and of which it wants less; ranks shift by it, nothing is hidden."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import func, literal, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import coverage
from storage.models import Article
from storage.schema import Instant, feedback, stories


class FeedbackKind(StrEnum):
    LESS = "less"
    OPENED = "opened"


class Given(NamedTuple):
    """What was said of a story, as its face tells it."""

    article: Article
    kind: FeedbackKind
    given_at: datetime


async def give(conn: AsyncConnection, chat_id: int, story_id: int, *, kind: FeedbackKind, now: datetime) -> bool:
    """Said again it counts as said now; False where there is no such story any more."""
    given = (literal(chat_id), stories.c.id, literal(kind.value), literal(now, Instant))
    there = select(*given).where(stories.c.id == story_id)
    new = insert(feedback).from_select(["chat_id", "story_id", "kind", "given_at"], there)
    again = new.on_conflict_do_update(["chat_id", "story_id", "kind"], set_={"given_at": new.excluded.given_at})
    return bool((await conn.execute(again)).rowcount)


async def take_back(conn: AsyncConnection, chat_id: int, story_id: int, *, kind: FeedbackKind) -> bool:
    """False where the chat had not said it."""
    own = (feedback.c.chat_id == chat_id, feedback.c.story_id == story_id, feedback.c.kind == kind.value)
    return bool((await conn.execute(feedback.delete().where(*own))).rowcount)


async def reset(conn: AsyncConnection, chat_id: int) -> int:
    """Forgets all that the chat said; returns how much that was."""
    return (await conn.execute(feedback.delete().where(feedback.c.chat_id == chat_id))).rowcount


async def of_chat(conn: AsyncConnection, chat_id: int, *, limit: int) -> list[Given]:
    """What was said last comes first."""
    own = select(feedback).where(feedback.c.chat_id == chat_id)
    newest = own.order_by(feedback.c.given_at.desc(), feedback.c.story_id.desc(), feedback.c.kind).limit(limit)
    rows = (await conn.execute(newest)).all()
    faces = await coverage.faces(conn, {row.story_id for row in rows})
    return [Given(faces[row.story_id], FeedbackKind(row.kind), row.given_at) for row in rows if row.story_id in faces]


async def count(conn: AsyncConnection, chat_id: int) -> dict[FeedbackKind, int]:
    """How many stories the chat said each of."""
    own = select(feedback.c.kind, func.count()).where(feedback.c.chat_id == chat_id).group_by(feedback.c.kind)
    said = {FeedbackKind(kind): number for kind, number in await conn.execute(own)}
    return {kind: said.get(kind, 0) for kind in FeedbackKind}


async def among(
    conn: AsyncConnection, chat_id: int, story_ids: Collection[int], *, kind: FeedbackKind
) -> frozenset[int]:
    """Those of these stories of which the chat said this."""
    own = (feedback.c.chat_id == chat_id, feedback.c.story_id.in_(story_ids), feedback.c.kind == kind.value)
    return frozenset((await conn.execute(select(feedback.c.story_id).where(*own))).scalars())
