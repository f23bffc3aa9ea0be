"""What a chat thinks of stories: which it opened, and of which it wants less; ranks shift by it, nothing is hidden."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import coverage
from storage.models import Article
from storage.planning import parts
from storage.schema import Instant, feedback, saved, stories
from storage.similarity import similarities


class FeedbackKind(StrEnum):
    LESS = "less"
    OPENED = "opened"


# What a story says of those like it. A word of the reader's own counts in full; what is kept counts more than what was
# opened, perhaps out of mere curiosity.
LESS, SAVED, OPENED = -1.0, 0.6, 0.3
# Stories so alike as two of one event are: nothing is more alike.
ALIKE: Final = 0.25
# So many stories of a chat say something, the last ones: tastes change.
LAST: Final = 50


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


async def leanings(
    conn: AsyncConnection, wanted: Mapping[int, Collection[int]], *, before: datetime | None = None
) -> dict[tuple[int, int], float]:
    """(Chat, story) → -1..1: how much the chat leans to these stories, by how alike they are to what it waved away, and
    to what it opened or saved; as of the moment `before`. Those of which that says nothing are left out.
    """
    said = await _said(conn, wanted.keys(), before=before)
    asked = {story_id for chat_id in said for story_id in wanted[chat_id]}
    alike: dict[int, dict[int, float]] = {story_id: {story_id: 1.0} for story_id in asked}
    spoken = {story_id for own in said.values() for story_id in own}
    for (story_id, other), cosine in (await similarities(conn, asked, spoken)).items():
        alike[story_id][other] = min(1.0, cosine / ALIKE)
    found = {
        (chat_id, story_id): leaning(own, alike[story_id])
        for chat_id, own in said.items()
        for story_id in wanted[chat_id]
    }
    return {pair: points for pair, points in found.items() if points}


def leaning(said: Mapping[int, float], alike: Mapping[int, float]) -> float:
    """The one thing said that speaks most for a story and the one that speaks most against it, each as much as that
    story is like this one: ten stories opened on a subject say what one does.
    """
    points = [said[story_id] * likeness for story_id, likeness in alike.items() if story_id in said]
    return max(-1.0, min(1.0, max([0.0, *points]) + min([0.0, *points])))


async def _said(
    conn: AsyncConnection, chat_ids: Collection[int], *, before: datetime | None
) -> dict[int, dict[int, float]]:
    """Chat → story → what it says of those like it; without chats that have said nothing."""
    given = select(feedback.c.chat_id, feedback.c.story_id, feedback.c.kind, feedback.c.given_at)
    kept = select(saved.c.chat_id, saved.c.story_id, literal("saved"), saved.c.saved_at)
    rows = [
        row
        for part in parts(sorted(chat_ids))
        for row in await conn.execute(
            union_all(given.where(feedback.c.chat_id.in_(part)), kept.where(saved.c.chat_id.in_(part)))
        )
    ]
    if before is not None:
        rows = [row for row in rows if row.given_at < before]
    weights = {"less": LESS, "saved": SAVED, "opened": OPENED}
    said: dict[int, dict[int, float]] = {}
    for chat_id, story_id, kind, _given_at in sorted(rows, key=lambda row: row.given_at, reverse=True):
        own = said.setdefault(chat_id, {})
        if story_id in own:
            own[story_id] = _stronger(own[story_id], weights[kind])
        elif len(own) < LAST:
            own[story_id] = weights[kind]
    return said


def _stronger(one: float, other: float) -> float:
    """Of what was said of one story: what was waved away may well have been opened before."""
    return min(one, other) if min(one, other) < 0 else max(one, other)
