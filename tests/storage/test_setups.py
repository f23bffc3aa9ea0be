"""Who has set up which chats: offered again, the last one first, and gone with either."""

from sqlalchemy import func, select

from storage import chats, forgetting, setups
from storage.database import Database
from storage.schema import setups as setup_table
from tests.storage.builders import DAY, NOW, chat

SOMEBODY, OTHER = 11, 12


async def record(database: Database, user: int, *chat_ids: int) -> None:
    async with database.write() as conn:
        for number, chat_id in enumerate(chat_ids):
            await setups.record(conn, user, chat_id, now=NOW + number * DAY)


async def offered(database: Database, user: int = SOMEBODY, *, limit: int = 8) -> list[int]:
    async with database.read() as conn:
        return await setups.of_user(conn, user, limit=limit)


async def rows(database: Database) -> int:
    async with database.read() as conn:
        return (await conn.execute(select(func.count()).select_from(setup_table))).scalar_one()


async def test_the_last_ones_are_offered_first_and_to_whoever_set_them_up(database: Database) -> None:
    first, second, third = [(await chat(database, number)).id for number in (-1, -2, -3)]
    await record(database, SOMEBODY, first, second, third, first)
    await record(database, OTHER, second)
    assert await offered(database) == [-1, -3, -2]
    assert await offered(database, limit=2) == [-1, -3]
    assert (await offered(database, OTHER), await offered(database, 13)) == ([-2], [])


async def test_those_of_one_moment_stand_in_the_order_they_came(database: Database) -> None:
    ids = [(await chat(database, number)).id for number in (-1, -2)]
    async with database.write() as conn:
        for chat_id in ids:
            await setups.record(conn, SOMEBODY, chat_id, now=NOW)
    assert await offered(database) == [-2, -1]


async def test_they_go_with_the_chat_and_with_the_person(database: Database) -> None:
    first, second = [(await chat(database, number)).id for number in (-1, -2)]
    await record(database, SOMEBODY, first, second)
    await record(database, OTHER, second)
    async with database.write() as conn:
        await forgetting.forget(conn, [first], telegram_id=-1, user=None)
    assert (await offered(database), await rows(database)) == ([-2], 2)
    async with database.write() as conn:
        await forgetting.forget(conn, [], telegram_id=SOMEBODY, user=SOMEBODY)
    assert (await offered(database), await offered(database, OTHER), await rows(database)) == ([], [-2], 1)


async def test_a_group_that_is_upgraded_is_offered_under_its_new_id(database: Database) -> None:
    await record(database, SOMEBODY, (await chat(database, -1)).id)
    async with database.write() as conn:
        await chats.move(conn, -1, to=-1001, now=NOW)
    assert await offered(database) == [-1001]


async def test_where_both_have_a_life_of_their_own_the_new_one_is_offered(database: Database) -> None:
    old, new = await chat(database, -1, schedule="9:00"), await chat(database, -1001, schedule="9:00")
    await record(database, SOMEBODY, old.id, new.id)
    await record(database, OTHER, old.id)
    async with database.write() as conn:
        await chats.move(conn, -1, to=-1001, now=NOW)
    assert (await offered(database))[0] == -1001
    assert await offered(database, OTHER) == [-1001]
