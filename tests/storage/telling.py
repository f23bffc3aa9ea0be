"""Digests as the store holds them once they were composed, without what composes them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.dialects.sqlite import insert

from storage.database import Database
from storage.models import Chat, DigestKind, Subscription
from storage.schema import digests, told


async def tell(
    database: Database,
    chat: Chat,
    story_ids: Sequence[int],
    *,
    at: datetime,
    kind: DigestKind = DigestKind.ASKED,
    hidden: Collection[int] = (),
    subscription: Subscription | None = None,
    article_id: int | None = None,
) -> int:
    """The id of a digest of these stories in their order; `hidden` are those that it did not show."""
    async with database.write() as conn:
        made = digests.insert().values(chat_id=chat.id, kind=kind.value, composed_at=at).returning(digests.c.id)
        digest_id: int = (await conn.execute(made)).scalar_one()
        for place, story_id in enumerate(story_ids, start=1):
            told_now = {
                "digest_id": digest_id,
                "told_at": at,
                "article_id": article_id,
                "subscription_id": subscription.id if subscription else None,
                "place": place,
                "shown": story_id not in hidden,
            }
            new = insert(told).values(chat_id=chat.id, story_id=story_id, **told_now)
            await conn.execute(new.on_conflict_do_update(["chat_id", "story_id"], set_=told_now))
    return digest_id
