"""The renew tick: it works until nothing is stale, and then no more."""

from bot.renewal import ARTICLES, Renewal
from storage import renewal
from storage.language.analyser import VERSION
from storage.schema import article_terms, queries
from tests.bot.newsroom import Newsroom, draft


async def grow_old(room: Newsroom) -> None:
    async with room.db.write() as conn:
        await conn.execute(article_terms.update().values(analyser=VERSION - 1))
        await conn.execute(queries.update().values(analyser=VERSION - 1))


async def waiting(room: Newsroom) -> tuple[int, int]:
    async with room.db.read() as conn:
        return await renewal.waiting(conn)


async def test_each_turn_takes_a_batch_until_nothing_is_left(room: Newsroom) -> None:
    await room.reader("казахстан")
    await room.publish(*(draft(f"Новость {number}") for number in range(ARTICLES + 1)))
    await grow_old(room)
    tick = Renewal(room.db)
    left = []
    for _ in range(3):
        await tick.renew()
        left.append(await waiting(room))
    assert left == [(1, 0), (0, 0), (0, 0)]


async def test_when_all_is_done_it_looks_no_more(room: Newsroom) -> None:
    await room.publish("Новость")
    tick = Renewal(room.db)
    await tick.renew()
    await grow_old(room)
    await tick.renew()
    assert await waiting(room) == (1, 0)
    await Renewal(room.db).renew()
    assert await waiting(room) == (0, 0)
