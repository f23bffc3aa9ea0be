from datetime import timedelta
from typing import Any

from sqlalchemy import select

from storage import subscriptions
from storage.database import Database
from storage.models import Chat, Subscription
from storage.query import parse
from storage.schema import queries
from storage.schema import subscriptions as table
from tests.storage.builders import DAY, NOW, chat, draft, follow, match, put

SECOND = timedelta(seconds=1)


async def of_chat(database: Database, chat: Chat) -> list[str]:
    async with database.read() as conn:
        return [one.text for one in await subscriptions.of_chat(conn, chat.id)]


async def rows(database: Database) -> list[dict[str, Any]]:
    """All that is stored of subscriptions."""
    async with database.read() as conn:
        return [dict(row._mapping) for row in await conn.execute(select(table).order_by(table.c.id))]


async def test_following_keeps_what_was_typed_and_what_it_means(database: Database) -> None:
    reader = await chat(database)
    assert await follow(database, reader, "Средний  КОРИДОР") == Subscription(
        id=1,
        chat_id=reader.id,
        query_id=1,
        text="Средний  КОРИДОР",
        canonical="коридор средний",
        instant=False,
        paused=False,
        created_at=NOW,
    )


async def test_equal_queries_are_followed_once_in_the_words_typed_first(database: Database) -> None:
    reader = await chat(database)
    first = await follow(database, reader, "Средний коридор")
    async with database.write() as conn:
        again = await subscriptions.follow(conn, reader.id, parse("коридор СРЕДНИЙ"), now=NOW + DAY)
    assert again == (first, False)
    assert await of_chat(database, reader) == ["Средний коридор"]


async def test_chats_that_follow_equal_queries_share_one(database: Database) -> None:
    one, other = await chat(database, 1), await chat(database, 2)
    assert (await follow(database, one, "баку")).query_id == (await follow(database, other, "Баку")).query_id
    async with database.read() as conn:
        assert await subscriptions.count(conn) == 2
        assert await subscriptions.changed_queries(conn, after=0, limit=9) == [(1, 1, "баку", None)]


async def test_what_the_percolator_reads_next_is_what_changed_last(database: Database) -> None:
    reader = await chat(database)
    for query in ("баку", "мир -война", "баку", '"средний коридор"'):
        await follow(database, reader, query)
    async with database.write() as conn:
        read = [await subscriptions.changed_queries(conn, after=after, limit=2) for after in (0, 2, 3)]
        # As one that was there before queries had clauses.
        await conn.execute(queries.update().where(queries.c.id == 1).values(clauses=None, changed=4))
        assert await subscriptions.changed_queries(conn, after=3, limit=2) == [(1, 4, None, "баку")]
    assert read == [
        [(1, 1, "баку", None), (2, 2, "!война мир", None)],
        [(3, 3, "средний>коридор", None)],
        [],
    ]


async def test_subscriptions_are_listed_in_the_order_they_were_made(database: Database) -> None:
    reader, other = await chat(database, 1), await chat(database, 2)
    for query in ("юг", "баку", "ель"):
        await follow(database, reader, query)
    await follow(database, other, "мир")
    assert await of_chat(database, reader) == ["юг", "баку", "ель"]


async def test_a_subscription_is_the_business_of_its_chat_alone(database: Database) -> None:
    reader, other = await chat(database, 1), await chat(database, 2)
    mine = await follow(database, reader, "баку")
    async with database.write() as conn:
        assert await subscriptions.by_id(conn, mine.id, chat_id=reader.id) == mine
        assert await subscriptions.by_id(conn, mine.id, chat_id=other.id) is None
        assert await subscriptions.find(conn, other.id, parse("баку")) is None
        assert await subscriptions.change(conn, mine.id, chat_id=other.id, paused=True) is None
        assert (await subscriptions.drop(conn, other.id, [mine.id], now=NOW)).subscriptions == []
        assert await subscriptions.by_id(conn, mine.id, chat_id=reader.id) == mine


async def test_pause_and_alerts_are_changed_one_by_one(database: Database) -> None:
    reader = await chat(database)
    mine = await follow(database, reader, "баку")
    async with database.write() as conn:
        for change, flags in (
            ({"paused": True}, (True, False)),
            ({"instant": True}, (True, True)),
            ({"paused": False}, (False, True)),
            ({"instant": False}, (False, False)),
        ):
            changed = await subscriptions.change(conn, mine.id, chat_id=reader.id, **change)
            assert changed is not None
            assert (changed.paused, changed.instant) == flags


async def test_nobody_sees_what_was_dropped(database: Database) -> None:
    reader = await chat(database)
    mine = await follow(database, reader, "баку")
    async with database.write() as conn:
        dropped = await subscriptions.drop(conn, reader.id, [mine.id], now=NOW)
        assert dropped.subscriptions == [mine]
        assert await subscriptions.of_chat(conn, reader.id) == []
        assert await subscriptions.by_id(conn, mine.id, chat_id=reader.id) is None
        assert await subscriptions.find(conn, reader.id, parse("баку")) is None
        assert await subscriptions.change(conn, mine.id, chat_id=reader.id, paused=True) is None
        assert await subscriptions.count(conn) == 0
        assert (await subscriptions.drop(conn, reader.id, [mine.id], now=NOW)).subscriptions == []
        assert await subscriptions.restore(conn, reader.id, dropped.deletion) == [mine]


async def test_what_was_dropped_together_is_restored_together_as_it_was(database: Database) -> None:
    reader = await chat(database)
    mine, other = await follow(database, reader, "баку"), await follow(database, reader, "мир")
    async with database.write() as conn:
        await subscriptions.change(conn, mine.id, chat_id=reader.id, paused=True, instant=True)
    before = await rows(database)
    async with database.write() as conn:
        followed = await subscriptions.of_chat(conn, reader.id)
        dropped = await subscriptions.drop(conn, reader.id, [other.id, mine.id], now=NOW)
        assert dropped.subscriptions == followed
        assert await subscriptions.restore(conn, reader.id, dropped.deletion) == followed
        assert await subscriptions.restore(conn, reader.id, dropped.deletion) == []
        assert await subscriptions.of_chat(conn, reader.id) == followed
    assert await rows(database) == before


async def test_each_deletion_is_restored_by_itself_and_by_its_chat_alone(database: Database) -> None:
    reader, other = await chat(database, 1), await chat(database, 2)
    mine, second = await follow(database, reader, "баку"), await follow(database, reader, "мир")
    async with database.write() as conn:
        first = await subscriptions.drop(conn, reader.id, [mine.id], now=NOW)
        later = await subscriptions.drop(conn, reader.id, [second.id], now=NOW)
        assert await subscriptions.restore(conn, other.id, first.deletion) == []
        assert await subscriptions.restore(conn, reader.id, first.deletion) == [mine]
        assert await subscriptions.restore(conn, reader.id, later.deletion) == [second]


async def test_after_a_day_the_next_deletion_of_anybody_makes_it_final(database: Database) -> None:
    reader, other = await chat(database, 1), await chat(database, 2)
    mine = await follow(database, reader, "баку")
    async with database.write() as conn:
        dropped = await subscriptions.drop(conn, reader.id, [mine.id], now=NOW)
        await subscriptions.drop(conn, other.id, [], now=NOW + DAY)
        assert await subscriptions.restore(conn, reader.id, dropped.deletion) == [mine]
        dropped = await subscriptions.drop(conn, reader.id, [mine.id], now=NOW)
        await subscriptions.drop(conn, other.id, [], now=NOW + DAY + SECOND)
        assert await subscriptions.restore(conn, reader.id, dropped.deletion) == []


async def test_a_subscription_begins_at_the_newest_article_and_match(database: Database) -> None:
    first, second = await chat(database, 1), await chat(database, 2)
    await follow(database, first, "мир")
    await put(database, draft("Мир"), draft("Баку"), draft("Мир и Баку"))
    await match(database)
    mine = await follow(database, second, "баку")
    [row] = [row for row in await rows(database) if row["id"] == mine.id]
    assert (row["after_article"], row["cursor"]) == (3, 2)


async def test_following_again_what_was_dropped_begins_anew(database: Database) -> None:
    reader = await chat(database)
    mine = await follow(database, reader, "баку")
    async with database.write() as conn:
        await subscriptions.change(conn, mine.id, chat_id=reader.id, instant=True)
        dropped = await subscriptions.drop(conn, reader.id, [mine.id], now=NOW)
    await put(database, draft("Баку"))
    await match(database)
    anew = await follow(database, reader, "Баку", now=NOW + DAY)
    assert (anew.text, anew.instant, anew.created_at) == ("Баку", False, NOW + DAY)
    [row] = await rows(database)
    assert (row["after_article"], row["cursor"]) == (1, 1)
    async with database.write() as conn:
        assert await subscriptions.restore(conn, reader.id, dropped.deletion) == []
        assert await subscriptions.of_chat(conn, reader.id) == [anew]
