import numpy as np
import pytest
from sqlalchemy import select

from storage import matches
from storage.database import Database
from storage.schema import matches as match_table
from tests.storage.builders import NOW, STORY, document, draft, put, statements

GREATEST = (1 << 32) - 1


async def recorded(database: Database) -> list[tuple[int, set[int]]]:
    """Article → the queries it met, in the order of matching."""
    async with database.read() as conn:
        return [(match.article_id, set(match.query_ids)) for match in await matches.since(conn, 0)]


async def test_what_waits_is_given_in_the_order_it_was_stored_with_its_words(database: Database) -> None:
    await put(database, draft("Саммит в Баку", STORY, language="ru"), draft("Матч"))
    async with database.read() as conn:
        first, second = await matches.unmatched(conn, limit=10)
        assert [one.id for one in await matches.unmatched(conn, limit=1)] == [1]
    assert first.document == document("Саммит в Баку", STORY)
    assert second.document.title == document("Матч").title


async def test_a_met_article_waits_no_more_whether_it_matched_or_not(database: Database) -> None:
    await put(database, draft("Саммит", STORY), draft("Матч"))
    async with database.write() as conn:
        first, second = await matches.unmatched(conn, limit=10)
        await matches.record(conn, [(first, []), (second, [1, 3, GREATEST])])
        assert await matches.unmatched(conn, limit=10) == []
        [written] = await matches.since(conn, 0)
    assert (written.id, written.article_id, written.story_id) == (1, second.id, 2)
    assert list(written.query_ids) == [1, 3, GREATEST]


async def test_ids_may_come_as_an_array_and_take_four_bytes_each(database: Database) -> None:
    await put(database, draft("Саммит"), draft("Матч"), draft("Погода"))
    met: tuple[matches.Met, ...] = ([1, GREATEST], (1, GREATEST), np.array([1, GREATEST], dtype=np.uint32))
    async with database.write() as conn:
        await matches.record(conn, list(zip(await matches.unmatched(conn, limit=10), met, strict=True)))
        written = (await conn.execute(select(match_table.c.query_ids))).scalars().all()
    assert written == [b"\x01\0\0\0\xff\xff\xff\xff"] * 3


@pytest.mark.parametrize("count", [1, 50])
async def test_a_batch_is_recorded_by_the_same_statements_however_large(database: Database, count: int) -> None:
    await put(database, *(draft(f"Новость {number}") for number in range(count)))
    async with database.write() as conn:
        waiting = await matches.unmatched(conn, limit=count)
    async with statements(database) as run, database.write() as conn:
        await matches.record(conn, [(one, [1]) for one in waiting])
    assert [statement.split()[0] for statement in run] == ["SELECT", "UPDATE", "DELETE", "INSERT"]
    assert len(await recorded(database)) == count


async def test_matches_are_read_from_a_cursor_on(database: Database) -> None:
    await put(database, draft("Саммит"), draft("Матч"), draft("Погода"))
    async with database.write() as conn:
        for one in reversed(await matches.unmatched(conn, limit=10)):
            await matches.record(conn, [(one, [1])])
        assert [match.article_id for match in await matches.since(conn, 0)] == [3, 2, 1]
        assert [match.article_id for match in await matches.since(conn, 1)] == [2, 1]
        assert await matches.since(conn, 3) == []
        assert [match.article_id for match in await matches.since(conn, 0, until=2)] == [3, 2]
        assert [match.article_id for match in await matches.since(conn, 0, until=2, newest=1)] == [2]


async def test_an_article_that_changed_meanwhile_is_not_recorded(database: Database) -> None:
    await put(database, draft("Саммит", url="https://a.az/1"))
    async with database.read() as conn:
        [old] = await matches.unmatched(conn, limit=10)
    await put(database, draft("Саммит отложен", url="https://a.az/1"))
    async with database.write() as conn:
        await matches.record(conn, [(old, [1])])
        [new] = await matches.unmatched(conn, limit=10)
    assert await recorded(database) == []
    assert new.document.title == document("Саммит отложен").title


async def test_two_matchers_at_once_write_one_row(database: Database) -> None:
    await put(database, draft("Саммит"))
    async with database.read() as conn:
        [seen] = await matches.unmatched(conn, limit=10)
    for query_ids in ([1], [2]):
        async with database.write() as conn:
            await matches.record(conn, [(seen, query_ids)])
    assert await recorded(database) == [(1, {1})]


@pytest.mark.parametrize(("query_ids", "left"), [([2], [(1, {2})]), ([], [])], ids=["other queries", "no query"])
async def test_a_changed_article_replaces_its_match_at_the_end_of_the_order(
    database: Database, query_ids: list[int], left: list[tuple[int, set[int]]]
) -> None:
    await put(database, draft("Саммит", url="https://a.az/1"), draft("Матч", url="https://a.az/2"))
    async with database.write() as conn:
        await matches.record(conn, [(one, [1]) for one in await matches.unmatched(conn, limit=10)])
    await put(database, draft("Саммит отложен", url="https://a.az/1"))
    async with database.write() as conn:
        await matches.record(conn, [(one, query_ids) for one in await matches.unmatched(conn, limit=10)])
        after = await matches.since(conn, 2)
    assert await recorded(database) == [(2, {1}), *left]
    assert [match.id for match in after] == [3] * len(left)


async def test_the_moment_of_storing_is_known_to_who_matches(database: Database) -> None:
    await put(database, draft("Саммит"), now=NOW)
    async with database.read() as conn:
        [one] = await matches.unmatched(conn, limit=10)
    assert one.stored_at == NOW
