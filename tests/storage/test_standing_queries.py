"""Over a day's real articles a standing query catches what it means, whoever asks: percolator, search, a replay."""

import random
from collections.abc import Iterator

import pytest

from storage import matches
from storage.clauses import clauses
from storage.database import Database
from storage.language.document import Document
from storage.percolator import Percolator
from storage.query import QueryError, parse
from storage.search import matching
from storage.syntax import Query
from tests.news_data import import_drafts
from tests.storage.builders import document, put

ARTICLES = 100
QUERIES = 1000
SHAPES = (
    "{0}",
    "{0} {1}",
    "{0} {1} {2}",
    '"{0} {1}"',
    '"{0} {1} {2}"',
    '"{0} {1}" {3}',
    "{0} OR {4}",
    "({0} OR {4}) {1}",
    "{0} -{4}",
    '{0} -"{1} {2}"',
    '{4} -"{3} {4}" -{0}',
    "={0}",
    "title:{0}",
    'title:"{0} {1}"',
    "{0} lang:ru",
    "{0} source:ru",
    "{0} last:1d",
)


def asked(texts: list[str]) -> Iterator[Query]:
    """Queries of words that stand together in these texts, and of others."""
    chance = random.Random(20251201)
    while True:
        words = chance.choice(texts).split()
        at = chance.randrange(max(1, len(words) - 3))
        others = chance.choices(chance.choice(texts).split(), k=2)
        chosen = [word.strip('«»"()*=:-—–.,!?') for word in [*words[at : at + 3], "и", "в", "на"][:3] + others]
        shape = chance.choice([*SHAPES, chosen[0][:3] + "*"])
        try:
            yield parse(shape.format(*chosen))
        except (QueryError, IndexError, KeyError, ValueError):
            continue


@pytest.fixture(scope="module")
def queries() -> dict[int, Query]:
    drafts = import_drafts()[:ARTICLES]
    found = asked([f"{draft.title} {draft.text}" for draft in drafts])
    distinct = {query.canonical: query for query, _ in zip(found, range(QUERIES), strict=False)}
    return dict(enumerate(distinct.values(), 1))


@pytest.fixture(scope="module")
def percolator(queries: dict[int, Query]) -> Percolator:
    made = Percolator()
    made.update({number: clauses(query) for number, query in queries.items() if number % 2})
    made.merge()
    made.update({number: clauses(query) for number, query in queries.items() if not number % 2})
    return made


def test_an_article_meets_the_queries_that_mean_it(queries: dict[int, Query], percolator: Percolator) -> None:
    met = 0
    for draft in import_drafts()[:ARTICLES]:
        stored_at = draft.published_at
        assert stored_at
        seen: Document = document(draft.title, draft.text, host="lenta.ru", published_at=stored_at)
        meant = [number for number, query in queries.items() if query.matches(seen, now=stored_at)]
        assert percolator.match(seen, now=stored_at).tolist() == meant
        met += len(meant)
    assert met > 10 * ARTICLES


async def test_a_search_for_it_finds_what_a_standing_query_would_have_caught(
    database: Database, queries: dict[int, Query], percolator: Percolator
) -> None:
    await put(database, *import_drafts()[:ARTICLES])
    caught: dict[int, set[int]] = {number: set() for number in queries}
    async with database.read() as conn:
        for one in await matches.unmatched(conn, limit=ARTICLES):
            for number in percolator.match(one.document, now=one.stored_at).tolist():
                caught[number].add(one.id)
        for number in list(queries)[::5]:
            hits = await matching(conn, queries[number])
            assert {hit.article.id for hit in hits} == caught[number], queries[number].canonical
