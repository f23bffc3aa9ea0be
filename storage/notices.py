"""What the operator is to be told of feeds: written with what happened, dropped when it has been told."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import Feed, Notice, NoticeKind
from storage.schema import notices


async def add(
    conn: AsyncConnection,
    kind: NoticeKind,
    feed: Feed,
    *,
    now: datetime,
    trouble: str | None = None,
    detail: str | None = None,
) -> None:
    await conn.execute(
        notices.insert().values(
            kind=kind.value,
            feed_id=feed.id,
            title=feed.title,
            url=feed.url,
            trouble=trouble,
            detail=detail,
            created_at=now,
        )
    )


async def waiting(conn: AsyncConnection, *, limit: int) -> list[Notice]:
    """The oldest first."""
    rows = await conn.execute(select(notices).order_by(notices.c.id).limit(limit))
    return [Notice(**{**row._mapping, "kind": NoticeKind(row.kind)}) for row in rows]


async def drop(conn: AsyncConnection, ids: Collection[int]) -> None:
    await conn.execute(notices.delete().where(notices.c.id.in_(ids)))
