"""The full-text index holds the terms of the stored articles and nothing else, whatever is stored, changed, deleted."""

import random
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from shutil import copyfile

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from storage import articles, index
from storage.database import Database
from storage.language.document import analyse, load
from storage.models import Draft
from storage.schema import article_terms, stories
from storage.schema import articles as article_table
from tests.storage.builders import NOW, draft, put
from tests.storage.strategies import WORDS

# Few identities and wordings, so that drafts often meet an article that is there already.
_words = st.lists(st.sampled_from(WORDS), max_size=3).map(" ".join)
drafts = st.builds(
    Draft,
    title=st.sampled_from(WORDS[:4]),
    text=_words,
    url=st.sampled_from([None, "https://a.az/1", "https://a.az/2", "https://b.kz/1"]),
    guid=st.sampled_from([None, None, "1", "2"]),
    source=st.sampled_from([None, "A", "B"]),
    published_at=st.sampled_from([None, NOW, NOW - timedelta(days=1), NOW + timedelta(days=1)]),
    language=st.sampled_from([None, "ru", "uk"]),
)
# A batch to be stored, or the places of stored articles to be deleted.
_batches = st.lists(drafts, min_size=1, max_size=4)
steps = st.lists(st.one_of(_batches, _batches, st.sets(st.integers(0, 5), min_size=1)), min_size=1, max_size=6)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def module_store(empty_store: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    path = copyfile(empty_store, tmp_path_factory.mktemp("index") / "news.db")
    database = await Database.open(f"sqlite+aiosqlite:///{path}")
    yield database
    await database.close()


def indexed(path: Path) -> Counter[tuple[str, int, str]]:
    """Term, docid and column of all that the index holds."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE VIRTUAL TABLE temp.entries USING fts5vocab(main, article_index, instance)")
        return Counter(connection.execute("SELECT term, doc, col FROM entries"))


async def expected(database: Database) -> Counter[tuple[str, int, str]]:
    """What the index should hold, from the text of the stored articles."""
    terms: Counter[tuple[str, int, str]] = Counter()
    async with database.read() as conn:
        for row in await conn.execute(select(article_table)):
            positions = analyse(row.title, row.language), analyse(row.text, row.language)
            for column, text in index.columns(*positions, row.language, row.source_id).items():
                terms.update((term, row.docid, column) for term in text.split())
    return terms


async def ids(database: Database) -> list[int]:
    async with database.read() as conn:
        return list((await conn.execute(select(article_table.c.id).order_by(article_table.c.id))).scalars())


@pytest.mark.asyncio(loop_scope="module")
@settings(max_examples=50, deadline=None)
@given(steps)
async def test_the_index_is_exact_through_changes_and_deletions(
    module_store: Database, done: list[list[Draft] | set[int]]
) -> None:
    for step in done:
        if isinstance(step, list):
            await put(module_store, *step)
        else:
            stored = await ids(module_store)
            async with module_store.write() as conn:
                await articles.delete(conn, [stored[place] for place in step if place < len(stored)])
        assert indexed(module_store.path) == await expected(module_store)
    async with module_store.write() as conn:
        await articles.delete(conn, [row.id for row in await conn.execute(select(article_table.c.id))])
    assert not indexed(module_store.path)
    async with module_store.read() as conn:
        for emptied in (article_terms, stories):
            assert (await conn.execute(select(func.count()).select_from(emptied))).scalar_one() == 0


async def test_the_index_is_exact_after_thousands_of_changes_however_it_is_merged(database: Database) -> None:
    chance = random.Random(4)
    for round_number in range(40):
        batch = [_changing(chance, url=f"https://a.az/{chance.randrange(150)}") for _ in range(20)]
        await put(database, *batch)
        stored = await ids(database)
        async with database.write() as conn:
            await articles.delete(conn, chance.sample(stored, 5))
            await index.merge(conn, pages=chance.choice([1, 20]), begin=round_number % 20 == 19)
    assert indexed(database.path) == await expected(database)
    assert len(await ids(database)) > 50


def _changing(chance: random.Random, *, url: str) -> Draft:
    return Draft(
        title=chance.choice(WORDS),
        text=" ".join(chance.choices(WORDS, k=12)),
        url=url,
        source=chance.choice(["A", "B", "C"]),
        published_at=chance.choice([None, NOW - timedelta(minutes=chance.randrange(1000))]),
        language=chance.choice(["ru", "uk", "en"]),
    )


async def test_merging_leaves_one_segment_and_then_nothing_to_do(database: Database) -> None:
    for number in range(12):
        await put(database, Draft(title=f"Новость {number}", text=" ".join(WORDS), url=f"https://a.az/{number}"))
    before = indexed(database.path)
    async with database.write() as conn:
        assert await index.merge(conn, pages=1, begin=True)
        while await index.merge(conn, pages=1):
            pass
    assert segments(database.path) == 1
    assert indexed(database.path) == before


def segments(path: Path) -> int:
    """By the pages of the index, whose numbers begin with that of their segment."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT count(DISTINCT segid) FROM article_index_idx")
        return int(rows.fetchone()[0])


async def test_stored_terms_are_those_of_the_text(database: Database) -> None:
    await put(database, Draft(title="Стали известны", text="Санкт-Петербург C++ 3,5", language="ru"))
    async with database.read() as conn:
        row = (await conn.execute(select(article_terms))).one()
    assert load(row.terms) == (analyse("Стали известны", "ru"), analyse("Санкт-Петербург C++ 3,5", "ru"))


async def test_adding_and_removing_nothing_does_nothing(database: Database) -> None:
    async with database.write() as conn:
        await index.add(conn, [])
        await index.remove(conn, [])
        await index.remove(conn, [1])
    assert not indexed(database.path)


def test_a_lemma_stands_once_in_each_column() -> None:
    title, body = analyse("Мыла мыла", "ru"), analyse("мыть", "ru")
    assert index.columns(title, body, "ru", 12) == {
        "title_forms": "мыла",
        "title_lemmas": "мыло мыть",
        "text_forms": "мыть",
        "text_lemmas": "",
        "facts": ":ru :12",
    }


async def test_merging_by_steps_leaves_few_segments(database: Database) -> None:
    """Many additions leave a dozen, each of which is looked at for every word."""
    for number in range(15):
        await put(database, draft(f"Новость {number}"))
    segments = text("SELECT count(DISTINCT segid) FROM article_index_idx")
    async with database.write() as conn:
        before = (await conn.execute(segments)).scalar_one()
        while await index.merge(conn, pages=4):
            pass
        assert (await conn.execute(segments)).scalar_one() <= 2 < before
