"""What is old leaves in pages and steps, with all that hangs on it; what somebody needs stays."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Table, func, select

from storage import proof, retention, saved, subscriptions
from storage.database import Database
from storage.retention import Page
from storage.schema import article_terms, articles, digests, matches, outbox, queries, sources, stories, told
from storage.schema import subscriptions as subscription_table
from tests.storage.builders import DAY, HOUR, NOW, STORY, chat, draft, everything, follow, match, put

KEPT = NOW + DAY


async def count(database: Database, table: Table) -> int:
    async with database.read() as conn:
        return int((await conn.execute(select(func.count()).select_from(table))).scalar_one())


async def old(database: Database, *, after: int = 0) -> Page:
    """What is older than a day after the beginning."""
    async with database.read() as conn:
        return await retention.old_articles(conn, after=after, before=KEPT)


async def drop(database: Database, ids: Sequence[int]) -> int:
    async with database.write() as conn:
        return await retention.drop_articles(conn, ids)


async def tell(database: Database, chat_id: int, story_ids: Sequence[int], *, state: str = "sent") -> None:
    """A digest of these stories with one message."""
    async with database.write() as conn:
        digest = {"chat_id": chat_id, "kind": "asked", "composed_at": NOW}
        digest_id = (await conn.execute(digests.insert().values(**digest).returning(digests.c.id))).scalar_one()
        message = {"chat_id": chat_id, "digest_id": digest_id, "part": 1, "html": "", "state": state, "not_before": NOW}
        await conn.execute(outbox.insert().values(**message))
        rows: list[dict[str, Any]] = [
            {"chat_id": chat_id, "story_id": one, "digest_id": digest_id} for one in story_ids
        ]
        if rows:
            await conn.execute(told.insert(), rows)


async def test_age_counts_from_the_storing_whatever_the_date_says(database: Database) -> None:
    await put(database, draft("Из архива", published_at=NOW - 1000 * DAY))
    await put(database, draft("Поздняя", published_at=NOW - 1000 * DAY), now=KEPT)
    assert await old(database) == Page([1], None)


async def test_a_correction_with_a_later_date_makes_an_article_younger(database: Database) -> None:
    await put(database, draft("Саммит", url="https://a.az/1"), draft("Матч"))
    await put(database, draft("Саммит отложен", url="https://a.az/1", published_at=KEPT + HOUR), now=KEPT + DAY)
    assert await old(database) == Page([2], None)


async def test_pages_are_read_on_as_long_as_there_is_anything_old(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "ARTICLES", 2)
    await put(database, *(draft(f"Новость {number}") for number in range(3)))
    await put(database, *(draft(f"Свежая {number}") for number in range(3)), now=KEPT)
    assert [await old(database), await old(database, after=2)] == [Page([1, 2], 2), Page([3], None)]


async def test_a_saved_story_stays_with_all_its_articles(database: Database) -> None:
    await put(database, draft("А", STORY, source="A"), draft("Б", STORY, source="B"), draft("В"))
    reader = await chat(database)
    page = await old(database)
    async with database.write() as conn:
        assert await saved.save(conn, reader.id, 1, now=NOW)
    assert page.ids == [1, 2, 3]
    assert await drop(database, page.ids) == 1
    assert [article.title for article in await everything(database)] == ["А", "Б"]
    assert await old(database) == Page([], None)


async def test_an_article_leaves_with_all_that_hangs_on_it_but_its_source(database: Database) -> None:
    await follow(database, await chat(database), "саммит")
    await put(database, draft("Саммит", source="A"), draft("Саммит в Баку", source="B"))
    await match(database)
    await tell(database, 1, [1, 2])
    assert await drop(database, [1]) == 1
    left = (articles, article_terms, matches, stories, told)
    assert [await count(database, table) for table in left] == [1] * len(left)
    assert await count(database, sources) == 2
    assert proof.prove(database.path).holds


async def test_a_story_is_forgotten_only_with_its_last_article(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "TOLD", 2)
    await put(database, draft("А", STORY, source="A"), draft("Б", STORY, source="B"))
    for telegram_id in (1, 2, 3):
        await tell(database, (await chat(database, telegram_id)).id, [1])
    async with database.write() as conn:
        assert await retention.drop_told(conn, [1]) == 0
        assert [await retention.drop_told(conn, [1, 2]) for _ in range(3)] == [2, 1, 0]


async def test_whoever_was_told_a_saved_story_is_remembered(database: Database) -> None:
    await put(database, draft("А"))
    reader = await chat(database)
    await tell(database, reader.id, [1])
    async with database.write() as conn:
        await saved.save(conn, reader.id, 1, now=NOW)
        assert await retention.drop_told(conn, [1]) == 0


async def test_matches_go_when_every_subscription_has_passed_them_but_for_the_newest(database: Database) -> None:
    for telegram_id in (1, 2):
        await follow(database, await chat(database, telegram_id), "саммит")
    await put(database, *(draft(f"Саммит {number}") for number in range(5)))
    await match(database)
    async with database.write() as conn:
        assert await retention.passed(conn) == 0
        await conn.execute(subscription_table.update().where(subscription_table.c.chat_id == 1).values(cursor=5))
        await conn.execute(subscription_table.update().where(subscription_table.c.chat_id == 2).values(cursor=3))
        assert await retention.passed(conn) == 3
        assert await retention.drop_matches(conn, upto=3) == 3
        assert list((await conn.execute(select(matches.c.id))).scalars()) == [4, 5]
        await conn.execute(subscription_table.update().values(cursor=5))
        assert await retention.passed(conn) == 4


async def test_without_subscriptions_only_the_newest_match_stays(database: Database) -> None:
    async with database.write() as conn:
        assert await retention.passed(conn) <= 0
        assert await retention.drop_matches(conn, upto=await retention.passed(conn)) == 0
    await follow(database, await chat(database), "саммит")
    await put(database, draft("Саммит 1"), draft("Саммит 2"))
    await match(database)
    async with database.write() as conn:
        await conn.execute(subscription_table.delete())
        assert await retention.drop_matches(conn, upto=await retention.passed(conn)) == 1
        assert await subscriptions.newest_match(conn) == 2


@pytest.mark.parametrize(
    ("story_ids", "state", "gone"),
    [([], "sent", [1]), ([], "refused", [1]), ([1], "sent", []), ([], "pending", []), ([], "sending", [])],
    ids=["sent", "refused", "its stories are known", "to be sent", "being sent"],
)
async def test_a_digest_goes_when_nothing_needs_it(
    database: Database, story_ids: list[int], state: str, gone: list[int]
) -> None:
    await put(database, draft("А"))
    await tell(database, (await chat(database)).id, story_ids, state=state)
    async with database.write() as conn:
        assert await retention.old_digests(conn, after=0, before=NOW) == Page([], None)
        assert await retention.old_digests(conn, after=0, before=NOW + HOUR) == Page(gone, None)
        assert await retention.drop_digests(conn, [1]) == len(gone)
    assert await count(database, outbox) == await count(database, digests) == 1 - len(gone)


async def test_a_query_goes_when_nobody_follows_it_or_may_again(database: Database) -> None:
    reader = await chat(database)
    gone, dropped, kept = [await follow(database, reader, query) for query in ("погода", "матч", "саммит")]
    async with database.write() as conn:
        await subscriptions.drop(conn, reader.id, [dropped.id], now=NOW)
        await conn.execute(subscription_table.delete().where(subscription_table.c.id == gone.id))
        assert await retention.unfollowed_queries(conn, after=0) == Page([gone.query_id], None)
        assert await retention.drop_queries(conn, [kept.query_id, dropped.query_id, gone.query_id]) == [gone.query_id]
    assert await count(database, queries) == 2


async def test_changes_of_queries_count_on_when_those_that_changed_last_are_gone(database: Database) -> None:
    reader = await chat(database)
    gone = [(await follow(database, reader, query)).query_id for query in ("саммит", "матч")]
    async with database.write() as conn:
        await conn.execute(subscription_table.delete())
        assert await retention.unfollowed_queries(conn, after=0) == Page(gone[:1], None)
        assert await retention.drop_queries(conn, gone) == gone[:1]
        [(*_, seen, _, _)] = await subscriptions.changed_queries(conn, after=0, limit=9)
    new = await follow(database, reader, "погода")
    async with database.read() as conn:
        changed = await subscriptions.changed_queries(conn, after=seen, limit=9)
    assert [query_id for query_id, *_ in changed] == [new.query_id]
