"""Search, standing queries and the percolator find what `Query.matches` means: nothing more, nothing less."""

from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from shutil import copyfile

import pytest
import pytest_asyncio
from hypothesis import example, given, settings
from hypothesis import strategies as st

from storage import search as searching
from storage.database import Database
from storage.percolator import Percolator
from storage.query import parse
from storage.search import Sort, matching, search
from storage.syntax import Query
from tests.storage.builders import document
from tests.storage.library import BATCHES, BEGIN, Library, fill
from tests.storage.strategies import queries

pytestmark = pytest.mark.asyncio(loop_scope="module")

ALL = 1000
NOWS = st.sampled_from([*BATCHES, BEGIN + timedelta(hours=30), BEGIN + timedelta(days=400)])
# Short, long, exact for the index and not, with and without a word to look for.
PAGED = (
    "казахстан OR токаев OR средний OR news",
    '"казахстан токаев" OR "санкт-петербург" OR коридор',
    "last:30d",
    "after:2025-11-28 -баку",
    "lang:ru OR lang:en",
    "source:report.az OR title:мыло",
    "ким-чен-ын OR ci*",
    "нигде",
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def library(empty_store: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Library]:
    path = copyfile(empty_store, tmp_path_factory.mktemp("library") / "news.db")
    database = await Database.open(f"sqlite+aiosqlite:///{path}")
    yield await fill(database)
    await database.close()


async def test_the_library_holds_stories_of_several_sources(library: Library) -> None:
    assert len(library.articles) > 70
    assert len(library.stories(set(library.articles))) < 60


@settings(max_examples=120, deadline=None)
@given(query=queries, now=NOWS)
@example(query=parse('"=санкт-петербург токаев" OR "санкт-пет* токаев"'), now=BATCHES[2])
@example(query=parse('-"казахстан токаев" last:7d'), now=BATCHES[2])
async def test_search_finds_the_stories_with_an_article_that_the_query_means(
    library: Library, query: Query, now: object
) -> None:
    assert isinstance(now, type(BEGIN))
    meant = library.meant(query, now=now)
    async with library.database.read() as conn:
        results = await search(conn, query, now=now, limit=ALL)
    found = [hit.article.id for hit in results.hits]
    assert library.stories(set(found)) == library.stories(meant)
    assert set(found) <= meant
    assert len(found) == len(library.stories(meant)) == results.total
    assert not results.more


@settings(max_examples=100, deadline=None)
@given(query=queries)
async def test_standing_queries_find_the_articles_that_the_query_meant_when_they_were_stored(
    library: Library, query: Query
) -> None:
    meant = library.meant(query, now=None)
    async with library.database.read() as conn:
        hits = await matching(conn, query)
        results = await search(conn, query, now=BATCHES[2], limit=ALL, standing=True)
    assert {hit.article.id for hit in hits} == meant
    assert len(hits) == len(meant)
    assert all(older.article.published_at <= newer.article.published_at for older, newer in pairwise(hits))
    assert {hit.article.story_id for hit in results.hits} == library.stories(meant)


@settings(max_examples=60, deadline=None)
@given(st.lists(queries, max_size=12), st.data())
async def test_the_percolator_finds_the_queries_that_mean_the_article(
    library: Library, standing: list[Query], data: st.DataObject
) -> None:
    percolator = Percolator()
    for query_id, query in enumerate(standing, 1):
        percolator.add(query_id, query)
    for query_id in data.draw(st.sets(st.integers(1, len(standing))) if standing else st.just(set())):
        percolator.remove(query_id)
    for article, seen in library.articles.values():
        expected = [
            query_id
            for query_id in sorted(percolator.query_ids)
            if standing[query_id - 1].matches(seen, now=article.stored_at)
        ]
        assert percolator.match(seen, now=article.stored_at) == expected


@pytest.mark.parametrize("text", ["Ким-Чен-Ын", "Ким Чен Ын", "о Ким–Чен–Ын"])
@pytest.mark.parametrize("query", ["ким-чен-ын", '"ким чен ын"', "ким чен", "ки* чен", "=ким"])
async def test_the_percolator_finds_hyphenated_words_whole_and_apart(query: str, text: str) -> None:
    percolator = Percolator()
    percolator.add(1, parse(query))
    expected = [1] if parse(query).matches(document("", text), now=BEGIN) else []
    assert percolator.match(document("", text), now=BEGIN) == expected == [1]


async def test_a_percolator_that_lost_its_queries_holds_nothing() -> None:
    percolator = Percolator()
    for query_id, text in enumerate(["казахстан", "казахстан OR баку", "lang:ru", "ка*", '"=баку мир"'], 1):
        percolator.add(query_id, parse(text))
    for query_id in range(1, 6):
        percolator.remove(query_id)
    assert vars(percolator) == vars(Percolator())


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("limit", [1, 2, 3, 5, 7])
@pytest.mark.parametrize("query", PAGED)
async def test_paging_reaches_every_hit_once(
    library: Library, monkeypatch: pytest.MonkeyPatch, query: str, limit: int, sort: Sort
) -> None:
    monkeypatch.setattr(searching, "WINDOW", 3)
    monkeypatch.setattr(searching, "COUNTED", 5)
    monkeypatch.setattr(searching, "LARGEST_PAGE", 8)
    asked = parse(query)
    expected = library.stories(library.meant(asked, now=BATCHES[2]))
    found: list[int] = []
    async with library.database.read() as conn:
        for offset in range(0, len(expected) + limit, limit):
            results = await search(conn, asked, now=BATCHES[2], limit=limit, offset=offset, sort=sort)
            told = max(5, offset + limit)
            assert (results.total, results.more) == (min(len(expected), told), len(expected) > told)
            assert len(results.hits) == max(0, min(limit, len(expected) - offset))
            found += [hit.article.story_id for hit in results.hits]
    assert len(found) == len(set(found))
    assert set(found) == expected


async def test_pages_never_ask_for_more_values_than_sqlite_binds() -> None:
    assert searching.LARGEST_PAGE < 32_766
