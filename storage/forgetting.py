"""Everything of a chat leaves the store, as if it had never been met.

    rows, in one transaction ──▶ traces in pages and in the log of writes: see `storage.traces`

With the chat go its subscriptions, digests, messages and all that was said of stories; with its subscriptions the
queries that nobody else follows; and what Telegram has brought of it is emptied. Whose sources they were nobody knows.
"""

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import exists, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import traces
from storage.query import parse
from storage.schema import bans, broadcasts, chats, dialogues, feeds, queries, setups, subscriptions
from storage.subscriptions import ensure_query

# Stands for the last change of a query where the query itself has to go: the next change counts on from it.
NOBODYS: Final = "newsbot"
# Telegram gives this id to no person.
NOBODY: Final = 0

# Unhandled ones alone have a payload, and an index.
_EMPTY_UPDATES = text(
    "UPDATE updates SET payload = NULL WHERE payload IS NOT NULL AND json_valid(payload)"
    " AND EXISTS (SELECT 1 FROM json_tree(payload) WHERE key = 'id' AND atom = :telegram_id)"
)


async def forget(conn: AsyncConnection, chat_ids: Sequence[int], *, telegram_id: int, user: int | None) -> list[int]:
    """Returns the ids of the queries that are gone with these chats of one Telegram id.

    `user` is the person that the chat is with: the sources that they added stay, and are nobody's from then on;
    what they have told everybody is put into the outbox no further; whom they refused stays refused.
    """
    own = subscriptions.c.chat_id.in_(chat_ids)
    followed = (await conn.execute(select(subscriptions.c.query_id).where(own))).scalars().all()
    await conn.execute(chats.delete().where(chats.c.id.in_(chat_ids)))
    gone = await _drop_queries(conn, followed)
    await conn.execute(_EMPTY_UPDATES, {"telegram_id": telegram_id})
    await conn.execute(dialogues.delete().where(dialogues.c.telegram_id == telegram_id))
    if user is not None:
        # At a terminal the chat has an id of its own.
        both = (user, telegram_id)
        await conn.execute(broadcasts.delete().where(broadcasts.c.by.in_(both)))
        await conn.execute(bans.update().where(bans.c.by.in_(both)).values(by=NOBODY))
        await conn.execute(setups.delete().where(setups.c.user_id.in_(both)))
        await conn.execute(feeds.update().where(feeds.c.added_by == user).values(added_by=None))
    await traces.left(conn)
    return gone


async def rows_of(conn: AsyncConnection, telegram_id: int, *, thread_id: int | None) -> list[int]:
    """Ids of the chats with this Telegram id; `thread_id` names one topic, None is all of them."""
    place = [chats.c.telegram_id == telegram_id]
    if thread_id is not None:
        place.append(chats.c.thread_id == thread_id)
    return list((await conn.execute(select(chats.c.id).where(*place))).scalars())


async def _drop_queries(conn: AsyncConnection, query_ids: Collection[int]) -> list[int]:
    unfollowed = ~exists().where(subscriptions.c.query_id == queries.c.id)
    found = select(queries.c.id).where(queries.c.id.in_(query_ids), unfollowed)
    gone = list((await conn.execute(found)).scalars())
    newest = select(queries.c.id).order_by(queries.c.changed.desc()).limit(1)
    if (await conn.execute(newest)).scalar() in gone:
        await _count_on(conn)
    await conn.execute(queries.delete().where(queries.c.id.in_(gone)))
    return gone


async def _count_on(conn: AsyncConnection) -> None:
    """Makes a query that says nothing of anybody the one that changed last."""
    own = queries.c.id == await ensure_query(conn, parse(NOBODYS).canonical)
    last = select(func.max(queries.c.changed)).scalar_subquery()
    await conn.execute(queries.update().where(own).values(changed=last + 1))
