"""Updates are stored once, emptied when they are handled, and begun again where they are not."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from storage import updates
from storage.database import Database
from storage.schema import updates as update_table
from storage.updates import TRIES, Begun, Received
from tests.storage.builders import DAY, NOW

BOT, OTHER_BOT = 1, 2


async def receive(database: Database, *received: Received, bot: int = BOT, later: timedelta = timedelta(0)) -> None:
    async with database.write() as conn:
        await updates.receive(conn, bot, received, now=NOW + later)


async def begin_again(database: Database) -> Begun:
    async with database.write() as conn:
        return await updates.begin_again(conn, BOT)


async def rows(database: Database) -> list[tuple[Any, ...]]:
    columns = (update_table.c.bot_id, update_table.c.update_id, update_table.c.payload, update_table.c.tries)
    async with database.read() as conn:
        return [tuple(row) for row in await conn.execute(select(*columns).order_by(*columns[:2]))]


async def test_an_update_that_comes_again_changes_nothing(database: Database) -> None:
    await receive(database, Received(7, "a"), Received(8, "b"))
    async with database.write() as conn:
        await updates.handled(conn, BOT, [7])
    await receive(database, Received(7, "a"), Received(8, "c"))
    assert await rows(database) == [(BOT, 7, None, 1), (BOT, 8, "b", 1)]


async def test_each_bot_has_numbers_of_its_own(database: Database) -> None:
    await receive(database, Received(7, "a"))
    await receive(database, Received(7, "b"), Received(9, "c"), bot=OTHER_BOT)
    async with database.read() as conn:
        assert await updates.known(conn, BOT, [7, 9]) == {7}
        assert await updates.newest(conn, BOT) == 7
        assert await updates.newest(conn, 3) == -1
    assert (await begin_again(database)).again == (Received(7, "a"),)


async def test_what_is_unhandled_is_begun_again_oldest_first_and_let_go_in_the_end(database: Database) -> None:
    await receive(database, Received(9, "new"), Received(7, "old"), Received(8, None))
    for _ in range(TRIES - 1):
        assert await begin_again(database) == Begun((Received(7, "old"), Received(9, "new")), ())
    assert await begin_again(database) == Begun((), (7, 9))
    assert await begin_again(database) == Begun((), ())
    assert [payload for _, _, payload, _ in await rows(database)] == [None] * 3


async def test_many_are_emptied_at_once(database: Database) -> None:
    ids = range(2 * updates.STEP + 1)
    await receive(database, *(Received(number, "a") for number in ids))
    async with database.write() as conn:
        await updates.handled(conn, BOT, ids)
    assert (await begin_again(database)).again == ()


async def test_what_is_too_old_goes_in_steps(database: Database) -> None:
    await receive(database, *(Received(number, "a") for number in range(updates.STEP + 1)))
    await receive(database, Received(10_000, "b"), later=DAY)
    removed = []
    for _ in range(3):
        async with database.write() as conn:
            removed.append(await updates.drop_old(conn, before=NOW + DAY))
    assert removed == [updates.STEP, 1, 0]
    assert [update_id for _, update_id, _, _ in await rows(database)] == [10_000]
