"""Search, standing queries and the percolator find what `Query.matches` means: nothing more, nothing less."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from shutil import copyfile

import pytest
import pytest_asyncio
from hypothesis import example, given, settings
from hypothesis import strategies as st

from storage import candidates
from storage import clauses as filing
from storage import search as searching
from storage.clauses import clauses
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
# Those that the index alone does not answer; they are counted only as far as they are verified.
VERIFIED = {parse(text) for text in PAGED if '"' in text or "-" in text.partition(" ")[2] or "чен" in text}


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
    percolator, live = Percolator(), dict[int, Query]()
    for query_id, query in enumerate(standing, 1):
        change(percolator, live, query_id, query)
        step = data.draw(st.sampled_from(["none", "merge", "remove", "replace"]))
        other = data.draw(st.integers(1, query_id))
        if step == "merge":
            percolator.merge()
        elif step == "remove":
            percolator.remove([other])
            live.pop(other, None)
        elif step == "replace":
            change(percolator, live, other, query)
    for article, seen in library.articles.values():
        expected = [query_id for query_id in sorted(live) if live[query_id].matches(seen, now=article.stored_at)]
        assert percolator.match(seen, now=article.stored_at).tolist() == expected


def change(percolator: Percolator, live: dict[int, Query], query_id: int, query: Query) -> None:
    percolator.update({query_id: clauses(query)})
    live[query_id] = query


@settings(max_examples=30, deadline=None)
@given(st.lists(queries, max_size=6))
async def test_queries_that_are_filed_by_less_than_they_say_are_held_against_their_meaning(
    library: Library, monkeypatch_module: pytest.MonkeyPatch, standing: list[Query]
) -> None:
    with monkeypatch_module.context() as patch:
        patch.setattr(filing, "MOST_CLAUSES", 1)
        filed = {query_id: clauses(query) for query_id, query in enumerate(standing)}
    percolator = Percolator()
    percolator.update(filed)
    percolator.merge()
    for article, seen in library.articles.values():
        expected = [at for at, query in enumerate(standing) if query.matches(seen, now=article.stored_at)]
        assert percolator.match(seen, now=article.stored_at).tolist() == expected


@pytest.fixture(scope="module")
def monkeypatch_module() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.mark.parametrize("text", ["Ким-Чен-Ын", "Ким Чен Ын", "о Ким–Чен–Ын"])
@pytest.mark.parametrize("query", ["ким-чен-ын", '"ким чен ын"', "ким чен", "ки* чен", "=ким"])
async def test_the_percolator_finds_hyphenated_words_whole_and_apart(query: str, text: str) -> None:
    percolator = Percolator()
    percolator.update({1: clauses(parse(query))})
    expected = [1] if parse(query).matches(document("", text), now=BEGIN) else []
    assert percolator.match(document("", text), now=BEGIN).tolist() == expected == [1]


@settings(max_examples=60, deadline=None)
@given(query=queries, seen=st.integers(0, 90))
async def test_what_came_after_the_first_page_is_not_there_for_the_others(
    library: Library, query: Query, seen: int
) -> None:
    meant = {one for one in library.meant(query, now=BATCHES[2]) if one <= seen}
    async with library.database.read() as conn:
        results = await search(conn, query, now=BATCHES[2], limit=ALL, up_to=seen)
    assert {hit.article.story_id for hit in results.hits} == library.stories(meant)
    assert {hit.article.id for hit in results.hits} <= meant


@pytest.mark.parametrize("query", ["ка*", "ка* баку", "-ка* баку", '"ка* токаев"', "title:ка*", "ка* last:3d OR ci*"])
@pytest.mark.parametrize("frequent", [0, 1, 99])
async def test_beginnings_of_words_are_found_alike_whether_the_index_is_asked_for_them(
    library: Library, monkeypatch: pytest.MonkeyPatch, query: str, frequent: int
) -> None:
    monkeypatch.setattr(candidates, "SAMPLE", 3)
    monkeypatch.setattr(candidates, "FREQUENT", frequent)
    asked = parse(query)
    async with library.database.read() as conn:
        results = await search(conn, asked, now=BATCHES[2], limit=ALL)
    assert {hit.article.story_id for hit in results.hits} == library.stories(library.meant(asked, now=BATCHES[2]))


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("limit", [1, 2, 3, 5, 7])
@pytest.mark.parametrize("query", PAGED)
async def test_paging_reaches_every_hit_once(
    library: Library, monkeypatch: pytest.MonkeyPatch, query: str, limit: int, sort: Sort
) -> None:
    monkeypatch.setattr(searching, "WINDOW", 3)
    monkeypatch.setattr(searching, "COUNTED", 5)
    asked = parse(query)
    expected = library.stories(library.meant(asked, now=BATCHES[2]))
    found: list[int] = []
    async with library.database.read() as conn:
        for offset in range(0, len(expected) + limit, limit):
            results = await search(conn, asked, now=BATCHES[2], limit=limit, offset=offset, sort=sort)
            told = max(5, offset + limit)
            if asked in VERIFIED and results.more:
                assert offset + len(results.hits) <= results.total < len(expected)
            else:
                assert (results.total, results.more) == (min(len(expected), told), len(expected) > told)
            assert len(results.hits) == max(0, min(limit, len(expected) - offset))
            found += [hit.article.story_id for hit in results.hits]
    assert len(found) == len(set(found))
    assert set(found) == expected
