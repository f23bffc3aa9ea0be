"""What an older analyser made is replaced by what today's makes, and nothing else is touched."""

import sqlite3
from collections import Counter
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Row

from storage import articles, index, matches, renewal, subscriptions
from storage.database import Database
from storage.language.analyser import VERSION
from storage.language.tokens import tokenise
from storage.models import Article, Chat, Subscription
from storage.planning import Planner
from storage.query import parse, parse_canonical
from storage.schema import article_terms, queries
from storage.schema import articles as article_table
from storage.schema import subscriptions as subscription_table
from storage.search import search
from storage.subscriptions import ensure_query
from tests.storage.builders import NOW, chat, draft, everything, follow, match, put


async def age(database: Database) -> None:
    """Leaves the stored articles as an analyser without lemmas made them."""
    stored = await everything(database)
    async with database.write() as conn:
        rows = await conn.execute(select(article_table.c.id, article_table.c.docid))
        docids = {row.id: row.docid for row in rows}
        await index.remove(conn, list(docids))
        await index.add(conn, [entry(one, docids[one.id]) for one in stored])
    await age_again(database)


async def age_again(database: Database) -> None:
    """As another update of the analyser would."""
    async with database.write() as conn:
        await conn.execute(article_terms.update().values(analyser=VERSION - 1))


def entry(one: Article, docid: int) -> index.Entry:
    return index.Entry(one.id, docid, index.prepare(plain(one.title), plain(one.text)), one.language, one.source.id)


def plain(text: str) -> str:
    return " ".join(token.form for token in tokenise(text))


async def renew(database: Database, *, limit: int = 100) -> None:
    """One step."""
    async with database.read() as conn:
        renewed = renewal.analyse(await renewal.stale(conn, limit=limit))
    async with database.write() as conn:
        await renewal.renew(conn, renewed)
        await renewal.renew_queries(conn, limit=limit)


async def waiting(database: Database) -> tuple[int, int]:
    async with database.read() as conn:
        return await renewal.waiting(conn)


async def found(database: Database, query: str) -> set[str]:
    async with database.read() as conn:
        return {hit.article.title for hit in (await search(conn, parse(query), now=NOW)).hits}


def indexed(database: Database) -> Counter[tuple[str, int, str]]:
    with closing(sqlite3.connect(database.path)) as connection:
        connection.execute("CREATE VIRTUAL TABLE temp.entries USING fts5vocab(main, article_index, instance)")
        return Counter(connection.execute("SELECT term, doc, col FROM entries"))


async def test_articles_are_found_by_todays_lemmas_after_the_renewal(database: Database) -> None:
    await put(database, draft("Визит", "О людях Астаны"), draft("Матч", "О хоккее"))
    fresh = indexed(database)
    await age(database)
    assert await found(database, "человек") == set()
    await renew(database)
    assert await found(database, "человек") == {"Визит"}
    assert indexed(database) == fresh
    assert await waiting(database) == (0, 0)


async def test_a_step_takes_no_more_than_its_limit(database: Database) -> None:
    await put(database, *(draft(f"Новость {number}", f"Текст {number}") for number in range(5)))
    await age(database)
    await renew(database, limit=2)
    assert await waiting(database) == (3, 0)


async def test_an_article_that_changed_meanwhile_keeps_its_new_terms(database: Database) -> None:
    await put(database, draft("Визит", "О людях", url="https://a.az/1"))
    await age(database)
    async with database.read() as conn:
        renewed = renewal.analyse(await renewal.stale(conn, limit=10))
    await put(database, draft("Матч", "О хоккее", url="https://a.az/1"))
    after = indexed(database)
    async with database.write() as conn:
        await renewal.renew(conn, renewed)
    assert indexed(database) == after
    assert await found(database, "человек") == set()


async def test_an_article_that_was_deleted_meanwhile_stays_deleted(database: Database) -> None:
    await put(database, draft("Визит", "О людях"))
    await age(database)
    async with database.read() as conn:
        renewed = renewal.analyse(await renewal.stale(conn, limit=10))
    async with database.write() as conn:
        await articles.delete(conn, [one.stale.article_id for one in renewed])
        await renewal.renew(conn, renewed)
    assert indexed(database) == Counter()


async def written(database: Database) -> list[str]:
    async with database.read() as conn:
        return list((await conn.execute(select(queries.c.canonical).order_by(queries.c.id))).scalars())


async def test_queries_get_the_canonical_text_of_today(database: Database) -> None:
    reader = await chat(database)
    first = await follow(database, reader, "Казахстану")
    async with database.write() as conn:
        await conn.execute(queries.update().values(canonical="казахстану", analyser=VERSION - 1))
    await renew(database)
    assert await written(database) == ["казахстан"]
    async with database.read() as conn:
        same = await subscriptions.find(conn, reader.id, parse("Казахстан"))
    assert same is not None
    assert same.id == first.id


async def grow_old(database: Database, canonical: str, *subscriptions: tuple[Subscription, str]) -> None:
    """Leaves these subscriptions to one query of this canonical text, as an older analyser took what was typed."""
    own = subscription_table.c
    async with database.write() as conn:
        query_id = await ensure_query(conn, canonical)
        for one, typed in subscriptions:
            moved = subscription_table.update().where(own.id == one.id)
            await conn.execute(moved.values(query_id=query_id, text=typed))
        await conn.execute(queries.update().where(queries.c.id == query_id).values(analyser=VERSION - 1))


async def alter(database: Database, subscription: Subscription, **columns: Any) -> None:
    async with database.write() as conn:
        own = subscription_table.update().where(subscription_table.c.id == subscription.id)
        await conn.execute(own.values(**columns))


async def follows(database: Database, reader: Chat, text: str) -> int | None:
    """The id of the chat's subscription to the query."""
    async with database.read() as conn:
        found = await subscriptions.find(conn, reader.id, parse(text))
    return found.id if found else None


async def caught(database: Database, reader: Chat) -> list[tuple[int, int]]:
    """Subscription and article of all that is new to the chat, by one subscription or by several."""
    async with database.read() as conn:
        gathered = (await Planner(instant=False).plan(conn, [reader.id])).of(reader.id)
        later = await matches.since(conn, 0)
    own = [(row, match) for row in gathered.looked_at for match in later if match.id > row.cursor]
    return [(row.id, match.article_id) for row, match in own if row.query_id in match.query_ids]


async def rows(database: Database) -> list[Row[Any]]:
    async with database.read() as conn:
        return list(await conn.execute(select(subscription_table).order_by(subscription_table.c.id)))


async def test_a_query_that_is_refused_now_keeps_its_text_and_can_be_read(database: Database) -> None:
    reader = await chat(database)
    await grow_old(database, "и", (await follow(database, reader, "старое"), "и"))
    await renew(database)
    assert "и" in await written(database)
    assert parse_canonical("и").canonical == '"и"'
    assert {row.query_id for row in await rows(database)} == {2}
    assert await waiting(database) == (0, 0)


async def test_a_query_that_cannot_be_read_any_more_stops_no_renewal(database: Database) -> None:
    reader = await chat(database)
    await grow_old(database, "новое", (await follow(database, reader, "старое"), '"'))
    async with database.write() as conn:
        await conn.execute(queries.update().where(queries.c.canonical == "новое").values(canonical='"'))
    await renew(database)
    assert await waiting(database) == (0, 0)
    async with database.read() as conn:
        changed = await subscriptions.changed_queries(conn, after=0, limit=9)
    assert [(clauses, canonical) for *_, clauses, canonical in changed] == [("старое", None), (None, '"')]


async def test_each_chat_follows_what_it_typed_where_an_older_analyser_took_two_for_the_same(
    database: Database,
) -> None:
    wagoner, doctor = await chat(database, 1), await chat(database, 2)
    first, second = await follow(database, wagoner, "первое"), await follow(database, doctor, "второе")
    await grow_old(database, "воз", (first, "воз"), (second, "ВОЗ"))
    await put(database, draft("Воз сена"))
    await match(database)
    await renew(database)
    assert (await follows(database, wagoner, "воз"), await follows(database, wagoner, "ВОЗ")) == (first.id, None)
    assert (await follows(database, doctor, "воз"), await follows(database, doctor, "ВОЗ")) == (None, second.id)
    await put(database, draft("Доклад ВОЗ"), draft("Ещё воз дров"))
    await match(database)
    assert await caught(database, wagoner) == [(first.id, 1), (first.id, 2), (first.id, 3)]
    assert await caught(database, doctor) == [(second.id, 1), (second.id, 2)]


async def test_who_follows_what_equals_another_query_now_moves_to_it_and_misses_nothing(database: Database) -> None:
    reader, other = await chat(database, 1), await chat(database, 2)
    await follow(database, other, "Казахстан")
    moved = await follow(database, reader, "казахстанский")
    told, new = draft("Казахстанский спорт"), draft("Казахстанский рынок")
    await put(database, told, new)
    await match(database)
    await alter(database, moved, cursor=1)
    await grow_old(database, "казахстанский", (moved, "Казахстану"))
    await renew(database)
    assert await follows(database, reader, "Казахстан") == moved.id
    assert await caught(database, reader) == [(moved.id, 2)]
    async with database.read() as conn:
        assert [set(found.query_ids) for found in await matches.since(conn, 0)] == [{2}, {1, 2}]
        assert {one.query_id for chat in (1, 2) for one in await subscriptions.of_chat(conn, chat)} == {1}


async def test_a_query_renewed_is_read_anew_by_the_percolator(database: Database) -> None:
    await follow(database, await chat(database), "Казахстану")
    async with database.write() as conn:
        await conn.execute(queries.update().values(analyser=VERSION - 1, clauses=None, canonical="казахстану"))
        read = await subscriptions.changed_queries(conn, after=1, limit=9)
        await renewal.renew_queries(conn, limit=10)
        assert [*read, *await subscriptions.changed_queries(conn, after=1, limit=9)] == [(1, 2, "казахстан", None)]


async def test_who_moves_is_not_told_what_the_query_of_another_met_before(database: Database) -> None:
    one, other = await chat(database, 1), await chat(database, 2)
    await follow(database, await chat(database, 3), "Казахстан")
    first, second = await follow(database, one, "первое"), await follow(database, other, "второе")
    await put(database, draft("Второе"), draft("Опять второе"))
    await match(database)
    await alter(database, second, cursor=1)
    await grow_old(database, "первое", (first, "Казахстану"))
    await grow_old(database, "второе", (second, "Казахстаном"))
    await renew(database)
    assert await caught(database, other) == [(second.id, 2)]
    assert (first.id, 1) not in await caught(database, one)


async def test_who_typed_what_is_refused_now_stays_where_others_move(database: Database) -> None:
    refused, moved = await chat(database, 1), await chat(database, 2)
    first, second = await follow(database, refused, "первое"), await follow(database, moved, "второе")
    await grow_old(database, "и", (first, "и"), (second, "Казахстан"))
    before = [row.query_id for row in await rows(database)]
    await renew(database)
    assert [row.query_id == old for row, old in zip(await rows(database), before, strict=True)] == [True, False]
    assert await follows(database, moved, "Казахстан") == second.id
    assert "и" in await written(database)


async def test_two_of_a_chat_that_are_equal_now_become_the_one_that_was_told_less(database: Database) -> None:
    reader = await chat(database)
    first, second = await follow(database, reader, "Казахстан"), await follow(database, reader, "старое")
    await grow_old(database, "старое", (second, "Казахстану"))
    await alter(database, first, cursor=7, instant=True, begun=True, after_article=3)
    await alter(database, second, cursor=5, paused=True, after_article=4)
    await renew(database)
    [left] = await rows(database)
    assert (left.id, left.query_id, left.text, left.cursor) == (second.id, first.query_id, "Казахстану", 5)
    assert (left.instant, left.begun, left.paused, left.after_article) == (True, True, False, 3)


@pytest.mark.parametrize(
    ("first_deletion", "second_deletion", "kept"),
    [(None, 1, 0), (1, None, 1), (2, 1, 0), (1, 2, 1)],
    ids=["the first is live", "the second is live", "the first was deleted last", "the second was deleted last"],
)
async def test_of_two_that_are_equal_now_the_live_one_stays_or_the_one_deleted_last(
    database: Database, first_deletion: int | None, second_deletion: int | None, kept: int
) -> None:
    reader = await chat(database)
    first, second = await follow(database, reader, "Казахстан"), await follow(database, reader, "старое")
    await grow_old(database, "старое", (second, "Казахстану"))
    await alter(database, first, cursor=5 if kept else 7, deletion=first_deletion)
    await alter(database, second, cursor=7 if kept else 5, deletion=second_deletion)
    await renew(database)
    [left] = await rows(database)
    assert (left.id, left.query_id) == ([first.id, second.id][kept], first.query_id)
    assert (left.cursor, left.deletion) == (7, [first_deletion, second_deletion][kept])


@pytest.mark.parametrize("typed", ["ВОЗ", "старое"], ids=["to a third query", "to each other's"])
async def test_a_subscription_that_stands_in_the_way_and_means_something_else_moves_on(
    database: Database, typed: str
) -> None:
    reader = await chat(database)
    first, second = await follow(database, reader, "старое"), await follow(database, reader, "воз")
    await put(database, draft("Старое"), draft("Воз"))
    await match(database)
    await grow_old(database, "старое", (first, "воз"))
    await grow_old(database, "воз", (second, typed))
    await renew(database)
    assert (await follows(database, reader, "воз"), await follows(database, reader, typed)) == (first.id, second.id)
    assert {(first.id, 1), (second.id, 2)} <= set(await caught(database, reader))
    assert await waiting(database) == (0, 0)


async def test_a_step_renews_no_more_queries_than_its_limit(database: Database) -> None:
    reader = await chat(database)
    for word in ("первое", "второе", "третье"):
        await grow_old(database, word, (await follow(database, reader, word), word))
    await renew(database, limit=2)
    assert await waiting(database) == (0, 1)


async def test_a_step_ends_when_enough_subscriptions_have_moved(database: Database) -> None:
    readers = [await chat(database, number) for number in (1, 2, 3)]
    await follow(database, await chat(database, 4), "Казахстан")
    made = [(await follow(database, reader, "старое"), "Казахстану") for reader in readers]
    await grow_old(database, "старое", *made)
    await grow_old(database, "прежнее", (await follow(database, readers[0], "прежнее"), "прежнее"))
    await renew(database, limit=2)
    assert await waiting(database) == (0, 1)


async def test_the_newest_articles_come_first(database: Database) -> None:
    await put(database, *(draft(f"Новость {number}", f"Текст {number}") for number in range(5)))
    await age(database)
    await renew(database)
    await age_again(database)
    async with database.read() as conn:
        assert [one.article_id for one in await renewal.stale(conn, limit=2)] == [5, 4]


async def test_a_language_that_was_not_known_is_settled_anew_and_one_that_was_stays(database: Database) -> None:
    await put(database, draft("О людях Астаны", "Президент рассказал о людях"), draft("Hello", language="de"))
    fresh = indexed(database)
    await age(database)
    async with database.write() as conn:
        await conn.execute(article_table.update().where(article_table.c.id == 1).values(language="und"))
    await renew(database)
    assert [one.language for one in await everything(database)] == ["ru", "de"]
    assert indexed(database) == fresh
