"""How much there is of everything, as the operator is told."""

from datetime import timedelta

from sqlalchemy import delete

from storage import figures
from storage.chats import TERMINAL
from storage.database import Database
from storage.figures import Chats, Followed
from storage.schema import article_terms, articles, digests, outbox
from tests.storage.builders import DAY, NOW, chat, draft, follow, put

HOUR = timedelta(hours=1)


async def test_chats_are_counted_by_kind_and_old_ones_by_their_id(database: Database) -> None:
    await chat(database, 1)
    await chat(database, 2, kind="private", asleep=True)
    await chat(database, -1)
    await chat(database, -2, kind="supergroup", paused_until=NOW + DAY)
    await chat(database, -3, kind="channel", paused_until=NOW)
    await chat(database, TERMINAL + 1)
    async with database.read() as conn:
        counted = await figures.chats_by_kind(conn, now=NOW)
    assert counted == Chats(private=2, groups=2, channels=1, asleep=1, paused=1)


async def test_an_empty_store_counts_nothing(database: Database) -> None:
    async with database.read() as conn:
        assert await figures.chats_by_kind(conn, now=NOW) == Chats(private=0, groups=0, channels=0, asleep=0, paused=0)
        assert await figures.followed(conn) == Followed(subscriptions=0, queries=0)
        assert await figures.articles_by_day(conn, [NOW, NOW + DAY]) == (0, 0)
        assert await figures.told_since(conn, NOW) == await figures.sent_since(conn, NOW) == 0


async def test_live_subscriptions_are_counted_and_the_queries_they_share(database: Database) -> None:
    for number in (1, 2):
        one = await chat(database, number)
        await follow(database, one, "баку")
    await follow(database, one, "астана")
    async with database.read() as conn:
        assert await figures.followed(conn) == Followed(subscriptions=3, queries=2)


async def test_articles_are_counted_by_the_day_on_which_they_were_stored(database: Database) -> None:
    for day, count in enumerate((2, 0, 3)):
        for number in range(count):
            await put(database, draft(f"Новость {day} {number}"), now=NOW + day * DAY + number * HOUR)
    async with database.write() as conn:
        days = [NOW + number * DAY for number in range(4)]
        assert await figures.articles_by_day(conn, days) == (2, 0, 3, 0)
        assert await figures.articles_by_day(conn, days[1:]) == (0, 3, 0)


async def test_digests_are_counted_with_whom_they_reached(database: Database) -> None:
    one, other = await chat(database, 1), await chat(database, 2)
    async with database.write() as conn:
        for number, (own, at) in enumerate(((one, NOW), (one, NOW + DAY), (other, NOW + DAY), (one, NOW + DAY)), 1):
            await conn.execute(digests.insert().values(chat_id=own.id, kind="asked", composed_at=at))
            row = {"chat_id": own.id, "digest_id": number, "part": 1, "html": "?", "not_before": at}
            await conn.execute(outbox.insert().values(**row, state="pending" if number == 4 else "sent"))
        assert await figures.digests_by_day(conn, [NOW, NOW + DAY]) == (1, 3)
        assert (await figures.told_since(conn, NOW + DAY), await figures.sent_since(conn, NOW + DAY)) == (2, 2)


async def test_where_a_day_begins_is_found_whatever_has_gone(database: Database) -> None:
    for number in range(9):
        await put(database, draft(f"Новость {number}"), now=NOW + number * HOUR)
    async with database.write() as conn:
        await conn.execute(delete(article_terms))
        await conn.execute(delete(articles).where(articles.c.id.in_([1, 2, 5, 6])))
        assert [await figures.articles_by_day(conn, [NOW + hours * HOUR]) for hours in (0, 3, 4, 6, 8, 9)] == [
            *((7,), (6,), (3,), (3,), (1,), (0,)),
        ]
