"""What is compared is the same: every way to percolate finds what the queries mean, and figures are kept apart."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from storage.query import parse
from tests.benchmarks.percolate import LIMITS
from tests.benchmarks.percolate_engines import ENGINES, FIRST_MET, Newsbot
from tests.benchmarks.rows import Row, keep, kept_rows
from tests.benchmarks.synthetic import Corpus

ARTICLES, QUERIES = 4, 4000


def found(corpus: Corpus, name: str) -> Iterator[list[int]]:
    engine = ENGINES[name](corpus, corpus.queries(QUERIES))
    engine.build()
    return (sorted(map(int, met())) for met in engine.articles(ARTICLES))


@pytest.mark.slow
def test_every_engine_finds_the_queries_that_match(corpus: Corpus) -> None:
    queries = [parse(query.text) for query in corpus.queries(QUERIES)]
    documents = Newsbot(corpus, corpus.queries(0)).documents(FIRST_MET, ARTICLES)
    expected = [
        [number for number, query in enumerate(queries) if query.matches(document, now=document.published_at)]
        for document in documents
    ]
    assert all(expected)
    for name in ENGINES:
        if name != "mokaccino" or find_spec("mokaccino"):
            assert list(found(corpus, name)) == expected, name


def test_every_engine_has_its_limits() -> None:
    assert list(LIMITS) == list(ENGINES)


def test_a_figure_measured_again_replaces_the_older_one_alone(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    first, other = Row("search", "newsbot", "ms", 1000, 2.0), Row("search", "newsbot", "ms", 10, 1.0)
    keep([first, other], path)
    keep([Row("search", "newsbot", "ms", 1000, 3.5)], path)
    assert kept_rows(path) == [other, Row("search", "newsbot", "ms", 1000, 3.5)]
