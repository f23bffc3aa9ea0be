"""The synthetic news: the same for a seed, analysed as real texts are, with queries that mean one thing."""

from collections import Counter
from itertools import islice

import numpy as np
import pytest

from storage.clauses import clauses
from storage.language.detect import detect
from storage.language.document import analyse, terms
from storage.query import parse
from tests.benchmarks.standing import HOTTEST, Kind, Queries
from tests.benchmarks.synthetic import BLOCK, HEADLINE, LENGTH, Corpus

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def queries(corpus: Corpus) -> Queries:
    return corpus.queries(2000)


def test_an_article_is_the_same_wherever_one_begins(corpus: Corpus, again: Corpus) -> None:
    whole = list(corpus.lines(BLOCK + 20))
    assert list(again.lines(30, BLOCK - 10)) == whole[BLOCK - 10 :]
    assert list(again.lines(3, 5)) == whole[5:8]


def test_lines_are_what_analysis_makes_of_the_text(corpus: Corpus) -> None:
    for (title, body), (headline, text) in zip(corpus.lines(50), corpus.texts(50), strict=True):
        assert (title.count(" ") + 1, body.count(" ") + 1) == (HEADLINE, LENGTH)
        assert detect(text) == "ru"
        analysed = analyse(f"{headline} {text}", "ru").split()
        # A word at the beginning of a sentence has a capital, and may be read as a name there.
        differ = [pair for pair in zip(analysed, f"{title} {body}".split(), strict=True) if pair[0] != pair[1]]
        assert len(differ) <= 1 + LENGTH // 13
        assert all(terms(one)[0] == terms(other)[0] for one, other in differ)


def test_lemma_ids_are_the_lemmas_of_the_lines(corpus: Corpus) -> None:
    known = set(corpus.words.lemmas)
    for ids, (title, body) in zip(corpus.lemma_ids(20), corpus.lines(20), strict=True):
        offered = [{corpus.words.lemmas[lemma] for lemma in place if lemma >= 0} for place in ids.tolist()]
        assert offered == [known.intersection(terms(position)) for position in f"{title} {body}".split()]


def test_an_article_repeats_the_words_of_its_topic_in_several_forms(corpus: Corpus) -> None:
    for ids in corpus.forms(20):
        lemmas = corpus.words.lemma_of[ids]
        forms = [len(set(ids[lemmas == one].tolist())) for one, times in Counter(lemmas.tolist()).items() if times > 3]
        assert sum(number > 1 for number in forms) >= 3


def test_queries_are_distinct_and_of_every_kind(queries: Queries) -> None:
    assert len({parse(query.text).canonical for query in queries}) == len(queries) == 2000
    kinds = Counter(query.kind for query in queries)
    assert kinds == {Kind.ALL: 1400, Kind.PHRASE: 300, Kind.ANY: 200, Kind.WITHOUT: 100}


@pytest.mark.parametrize("hot", [False, True], ids=["ordinary", "hostile"])
def test_clauses_of_a_query_are_those_of_its_text(corpus: Corpus, *, hot: bool) -> None:
    for query in islice(corpus.queries(2000, hot=hot), 500):
        filed = clauses(parse(query.text))
        assert sorted(filed.split("|")) == sorted(query.clauses.split("|")), query.text


def test_hostile_queries_are_of_the_commonest_words(corpus: Corpus) -> None:
    made = corpus.queries(1000, hot=True)
    used = {word for query in made for word in query.words}
    assert {len(query.words) for query in made} == {2, 3}
    assert len(used) <= HOTTEST
    assert max(used) < HOTTEST + 200


def test_a_part_of_the_queries_is_a_sequence_of_its_own(queries: Queries) -> None:
    assert [query.text for query in queries[5:8]] == [queries[at].text for at in (5, 6, 7)]


def test_common_words_are_as_common_as_the_law_says(corpus: Corpus) -> None:
    drawn = np.bincount(np.concatenate([corpus.words.lemma_of[ids] for ids in corpus.forms(500)]))
    share = drawn[:5] / drawn.sum()
    # A fifth of the words is the topic's.
    assert share == pytest.approx(corpus.words.weights[:5] * 0.77, rel=0.15)
