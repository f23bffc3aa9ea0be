"""Precision, recall and F1 of retrieval word by word, with intervals.

Each lemma (or each form) of a noun, name or adjective is a query once; what it should bring are the tokens of that
lemma. Micro: the tokens of all queries count alike.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from math import sqrt
from random import Random

from storage.language.tokens import normalise
from tests.benchmarks.words_data import SHORTEST, WordSet

RESAMPLES = 300
_95 = 1.96


@dataclass(frozen=True, slots=True)
class Method:
    """A word of a text → its terms, a query word → the terms it looks for; both are given as they are written."""

    name: str
    document: Callable[[str], Set[str]]
    query: Callable[[str], Set[str]]


Queries = Callable[[WordSet], Sequence[tuple[str, str]]]
"""The queries that a set is asked, each with the lemma whose tokens it should bring."""


@dataclass(frozen=True, slots=True)
class Count:
    """What one query brought: tokens rightly and wrongly found, and missed."""

    right: int
    wrong: int
    missed: int


@dataclass(frozen=True, slots=True)
class Score:
    """In percent."""

    precision: float
    recall: float
    f1: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Error:
    """A word that a query wrongly found (then `wrong`) or missed, of this lemma, so many times."""

    query: str
    word: str
    lemma: str
    count: int
    wrong: bool


class Index:
    """The tokens of a set under the terms that a method offers for them."""

    def __init__(self, words: WordSet, method: Method) -> None:
        self._tokens, self._method = words.tokens, method
        self._offered: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        self._of_lemma: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        terms = {word: method.document(word) for word, _ in words.tokens}
        for word, lemma in words.tokens:
            self._of_lemma[lemma].add((word, lemma))
            for term in terms[word]:
                self._offered[term].add((word, lemma))

    def count(self, query: str, lemma: str) -> Count:
        hits, wanted = self._hits(query), self._of_lemma[lemma]
        return Count(self._sum(hits & wanted), self._sum(hits - wanted), self._sum(wanted - hits))

    def errors(self, query: str, lemma: str) -> Iterator[Error]:
        hits, wanted = self._hits(query), self._of_lemma[lemma]
        for token in hits ^ wanted:
            yield Error(query, *token, self._tokens[token], wrong=token in hits)

    def _hits(self, query: str) -> set[tuple[str, str]]:
        return set[tuple[str, str]]().union(*(self._offered.get(term, ()) for term in self._method.query(query)))

    def _sum(self, tokens: Iterable[tuple[str, str]]) -> int:
        return sum(self._tokens[token] for token in tokens)


def score(words: WordSet, method: Method, queries: Queries) -> Score:
    index = Index(words, method)
    by_lemma: defaultdict[str, list[Count]] = defaultdict(list)
    for query, lemma in queries(words):
        by_lemma[lemma].append(index.count(query, lemma))
    return summary([_sum(counts) for counts in by_lemma.values()])


def errors(words: WordSet, method: Method, queries: Queries) -> list[Error]:
    """Costliest first; words that differ in nothing but case are one."""
    index = Index(words, method)
    found: Counter[tuple[str, str, str, bool]] = Counter()
    for query, lemma in queries(words):
        for error in index.errors(query, lemma):
            found[query, normalise(error.word), error.lemma, error.wrong] += error.count
    return [Error(query, word, lemma, n, wrong=wrong) for (query, word, lemma, wrong), n in found.most_common()]


def lemmas(words: WordSet) -> list[tuple[str, str]]:
    """Queries that are lemmas, with the lemma whose tokens they should bring."""
    return sorted({(lemma, lemma) for _, lemma in words.asked})


def inflected(words: WordSet) -> list[tuple[str, str]]:
    """Queries that are the forms in which words stand, each form of a lemma once; the shortest (a, am) are left out."""
    return sorted({(form, lemma) for word, lemma in words.asked if len(form := normalise(word)) >= SHORTEST})


def summary(counts: Sequence[Count], *, resamples: int = RESAMPLES) -> Score:
    """The interval: bootstrap over lemmas, the middle 95 % of so many resamples."""
    total = _sum(counts)
    found, there = total.right + total.wrong, total.right + total.missed
    # A complex number adds up right answers and errors at once, and fast.
    pairs = [complex(2 * count.right, count.wrong + count.missed) for count in counts]
    random = Random(0)
    drawn = sorted(_f1(sum(random.choices(pairs, k=len(pairs)))) for _ in range(resamples))
    return Score(
        100 * total.right / (found or 1),
        100 * total.right / (there or 1),
        _f1(sum(pairs)),
        drawn[round(0.025 * (resamples - 1))],
        drawn[round(0.975 * (resamples - 1))],
    )


def wilson(right: int, of: int) -> tuple[float, float, float]:
    """Share and its 95 % interval in percent (Wilson 1927)."""
    share, square = right / of, _95**2 / of
    middle = (share + square / 2) / (1 + square)
    half = _95 * sqrt(share * (1 - share) / of + square / (4 * of)) / (1 + square)
    return 100 * share, 100 * (middle - half), 100 * (middle + half)


def _f1(pair: complex) -> float:
    return 100 * pair.real / ((pair.real + pair.imag) or 1)


def _sum(counts: Iterable[Count]) -> Count:
    rows = [(count.right, count.wrong, count.missed) for count in counts]
    return Count(*(sum(column) for column in zip(*rows, strict=True)))
