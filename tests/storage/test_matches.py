import pytest

from storage import matches
from storage.database import Database
from storage.matches import Match
from tests.storage.builders import NOW, STORY, document, draft, put


async def recorded(database: Database) -> list[tuple[int, set[int]]]:
    """Article → the queries it met, in the order of matching."""
    async with database.read() as conn:
        return [(match.article_id, set(match.query_ids)) for match in await matches.since(conn, 0)]


async def test_what_waits_is_given_in_the_order_it_was_stored_with_its_words(database: Database) -> None:
    await put(database, draft("Саммит в Баку", STORY, language="ru"), draft("Матч"))
    async with database.read() as conn:
        first, second = await matches.unmatched(conn, limit=10)
        assert [one.article.id for one in await matches.unmatched(conn, limit=1)] == [1]
    assert (first.article.title, second.article.title) == ("Саммит в Баку", "Матч")
    assert first.document == document("Саммит в Баку", STORY)


async def test_a_met_article_waits_no_more_whether_it_matched_or_not(database: Database) -> None:
    await put(database, draft("Саммит", STORY), draft("Матч"))
    async with database.write() as conn:
        first, second = await matches.unmatched(conn, limit=10)
        await matches.record(conn, [(first, []), (second, [3, 1, 1 << 40])])
        assert await matches.unmatched(conn, limit=10) == []
        assert await matches.since(conn, 0) == [Match(1, 2, second.article.story_id, frozenset({1, 3, 1 << 40}))]


async def test_matches_are_read_from_a_cursor_on(database: Database) -> None:
    await put(database, draft("Саммит"), draft("Матч"), draft("Погода"))
    async with database.write() as conn:
        for one in reversed(await matches.unmatched(conn, limit=10)):
            await matches.record(conn, [(one, [1])])
        assert [match.article_id for match in await matches.since(conn, 0)] == [3, 2, 1]
        assert [match.article_id for match in await matches.since(conn, 1)] == [2, 1]
        assert await matches.since(conn, 3) == []


async def test_an_article_that_changed_meanwhile_is_not_recorded(database: Database) -> None:
    await put(database, draft("Саммит", url="https://a.az/1"))
    async with database.read() as conn:
        [old] = await matches.unmatched(conn, limit=10)
    await put(database, draft("Саммит отложен", url="https://a.az/1"))
    async with database.write() as conn:
        await matches.record(conn, [(old, [1])])
        [new] = await matches.unmatched(conn, limit=10)
    assert await recorded(database) == []
    assert new.article.title == "Саммит отложен"


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
    assert one.article.stored_at == NOW
