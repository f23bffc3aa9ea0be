"""What an older analyser made is replaced by what today's makes, and nothing else is touched."""

import sqlite3
from collections import Counter
from contextlib import closing

import pytest
from sqlalchemy import select

from storage import articles, index, renewal, subscriptions
from storage.database import Database
from storage.language.analyser import VERSION
from storage.language.tokens import tokenise
from storage.query import parse
from storage.schema import article_terms, queries
from storage.schema import articles as article_table
from storage.schema import subscriptions as subscription_table
from storage.search import search
from tests.storage.builders import NOW, chat, draft, everything, follow, put


async def age(database: Database) -> None:
    """Leaves the stored articles as an analyser without lemmas made them."""
    stored = await everything(database)
    async with database.write() as conn:
        rows = await conn.execute(select(article_table.c.id, article_table.c.docid))
        docids = {row.id: row.docid for row in rows}
        await index.remove(conn, list(docids))
        await index.add(
            conn, [index.Entry(one.id, docids[one.id], plain(one.title), plain(one.text)) for one in stored]
        )
        await conn.execute(article_terms.update().values(analyser=VERSION - 1))


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


@pytest.mark.parametrize("typed", ["Казахстану", "и"])
async def test_a_query_that_equals_another_or_is_refused_now_keeps_its_text(database: Database, typed: str) -> None:
    reader = await chat(database)
    await follow(database, reader, "Казахстан")
    second = await follow(database, reader, "старое слово")
    async with database.write() as conn:
        own = queries.c.id == second.query_id
        await conn.execute(queries.update().where(own).values(canonical="старое", analyser=VERSION - 1))
        await conn.execute(subscription_table.update().where(subscription_table.c.id == second.id).values(text=typed))
    await renew(database)
    assert await written(database) == ["казахстан", "старое"]
    assert await waiting(database) == (0, 0)
