"""Distinct standing queries over the words of the synthetic news.

    70 %  one to three words, all of which must be there
    15 %  a phrase of two or three words; a third with a further word
    10 %  either of two words; half with a further word
     5 %  a word without another

Half of those of several words take them from one article, so that they do match; a phrase always does. At a million
all single words are long taken, and two or three words stand in for them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import overload

import numpy as np
from numpy.typing import NDArray

from storage.language.function_words import is_function_word
from tests.benchmarks.vocabulary import Ids, Vocabulary

Keys = NDArray[np.uint64]
Atom = tuple[int, ...]
"""Lemmas at adjacent positions; one for a word."""

# The hostile set is made of so many words, the commonest.
HOTTEST = 600
# No word; lemmas fit 16 bits, so that a query is one number.
NONE = 0xFFFF
_PLACES = np.arange(0, 64, 16, dtype=np.uint64)


class Kind(IntEnum):
    ALL = 0
    PHRASE = 1
    ANY = 2
    WITHOUT = 3


SHARES = {Kind.PHRASE: 0.15, Kind.ANY: 0.10, Kind.WITHOUT: 0.05}


@dataclass(frozen=True, slots=True)
class StandingQuery:
    """Three words, as its kind has them, and a further one; `lemmas` are the words of all ids."""

    kind: Kind
    words: Atom
    further: Atom
    lemmas: Sequence[str]

    @property
    def groups(self) -> tuple[tuple[Atom, ...], ...]:
        """All must hold; of a group any atom."""
        further = () if self.kind is Kind.WITHOUT else tuple(((word,),) for word in self.further)
        if self.kind is Kind.PHRASE:
            return ((self.words,), *further)
        if self.kind is Kind.ANY:
            return (tuple((word,) for word in self.words), *further)
        return (*(((word,),) for word in self.words), *further)

    @property
    def nots(self) -> tuple[Atom, ...]:
        """None of which may hold."""
        return tuple((word,) for word in self.further) if self.kind is Kind.WITHOUT else ()

    @property
    def text(self) -> str:
        """As a reader types it."""
        words, further = self._named(self.words), self._named(self.further)
        if self.kind is Kind.PHRASE:
            return " ".join([f'"{" ".join(words)}"', *further])
        if self.kind is Kind.ANY:
            either = " OR ".join(words)
            return " ".join([f"({either})", *further]) if further else either
        return " ".join(words + [f"-{word}" for word in further])

    @property
    def clauses(self) -> str:
        """As `storage.clauses` files it."""
        words, further = self._named(self.words), self._named(self.further)
        if self.kind is Kind.PHRASE:
            return _clause(">".join(f"~{word}" if is_function_word(word) else word for word in words), *further)
        if self.kind is Kind.ANY:
            return "|".join(_clause(word, *further) for word in sorted(words))
        return _clause(*words, *(f"!{word}" for word in further))

    def _named(self, ids: Atom) -> list[str]:
        return [self.lemmas[number] for number in ids]


class Queries(Sequence[StandingQuery]):
    """Nine bytes a query; a query is made of them when it is asked for."""

    def __init__(self, kinds: NDArray[np.uint8], keys: Keys, lemmas: Sequence[str]) -> None:
        self._kinds, self._keys, self._lemmas = kinds, keys, lemmas

    def __len__(self) -> int:
        return len(self._keys)

    @overload
    def __getitem__(self, at: int) -> StandingQuery: ...
    @overload
    def __getitem__(self, at: slice) -> "Queries": ...
    def __getitem__(self, at: int | slice) -> "StandingQuery | Queries":
        if isinstance(at, slice):
            return Queries(self._kinds[at], self._keys[at], self._lemmas)
        return self._read(int(self._kinds[at]), int(self._keys[at]))

    def __iter__(self) -> Iterator[StandingQuery]:
        for first in range(0, len(self), 1 << 14):
            part = slice(first, first + (1 << 14))
            yield from map(self._read, self._kinds[part].tolist(), self._keys[part].tolist())

    def _read(self, kind: int, key: int) -> StandingQuery:
        *words, further = (key >> place & NONE for place in range(0, 64, 16))
        found = tuple(word for word in words if word != NONE)
        return StandingQuery(Kind(kind), found, () if further == NONE else (further,), self._lemmas)


def _clause(*literals: str) -> str:
    return " ".join(sorted(literals))


def drawn(words: Vocabulary, rng: np.random.Generator, n: int, *, table: Ids, articles: Ids, headline: int) -> Queries:
    """Words by the table's law, or of the articles, whose headlines end at `headline`."""
    draw = _Draw(words, rng, table, articles, headline)
    quotas = {kind: round(n * share) for kind, share in SHARES.items()}
    quotas[Kind.ALL] = n - sum(quotas.values())
    makers = {Kind.ALL: draw.all, Kind.PHRASE: draw.phrases, Kind.ANY: draw.either, Kind.WITHOUT: draw.without}
    keys = {kind: _distinct(makers[kind], quota) for kind, quota in quotas.items()}
    kinds = np.repeat(np.array(list(keys), np.uint8), [len(found) for found in keys.values()])
    order = rng.permutation(n)
    return Queries(kinds[order], np.concatenate(list(keys.values()))[order], words.lemmas)


def hostile(words: Vocabulary, rng: np.random.Generator, n: int) -> Queries:
    """Two or three of the commonest words in each."""
    hottest = np.flatnonzero(words.safe & (np.array(words.kinds) != ""))[:HOTTEST].astype(np.int32)

    def make(number: int) -> Keys:
        found = hottest[rng.integers(0, HOTTEST, (number, 3))]
        found[rng.random(number) < 0.5, 2] = NONE
        return _keys(_sorted(found))

    return Queries(np.full(n, Kind.ALL, np.uint8), _distinct(make, n), words.lemmas)


class _Draw:
    """Draws of each kind, with repetitions."""

    def __init__(self, words: Vocabulary, rng: np.random.Generator, table: Ids, articles: Ids, headline: int) -> None:
        self._safe, self._rng, self._table = words.safe, rng, table
        self._articles, self._headline = articles, headline
        self._telling = np.zeros(len(words.lemmas), bool)
        self._telling[np.unique(table)] = True

    def all(self, number: int) -> Keys:
        words = self._words(number)[:, :3]
        length = self._rng.random(number)
        words[length < 0.8, 2] = NONE
        words[length < 0.45, 1] = NONE
        return _keys(_sorted(words))

    def phrases(self, number: int) -> Keys:
        """Words in a row of an article's body, at least one of them telling."""
        row = self._rng.integers(0, len(self._articles), (number, 1))
        at = self._rng.integers(self._headline, self._articles.shape[1] - 2, (number, 1)) + np.arange(3)
        words = self._articles[row, at]
        is_long = self._rng.random(number) < 0.2
        words[~is_long, 2] = words[~is_long, 1]
        fits = self._safe[words].all(1) & self._telling[words].any(1)
        words[~is_long, 2] = NONE
        further = self._words(number)[:, 0]
        further[self._rng.random(number) > 1 / 3] = NONE
        return _keys(words[fits], further[fits])

    def either(self, number: int) -> Keys:
        words = self._words(number)
        further = words[:, 2].copy()
        further[self._rng.random(number) < 0.5] = NONE
        words[:, 2] = NONE
        fits = (words[:, 0] != words[:, 1]) & (words[:, :2] != further[:, None]).all(1)
        return _keys(np.sort(words[:, :3], 1)[fits], further[fits])

    def without(self, number: int) -> Keys:
        words = self._words(number)
        fits = words[:, 0] != words[:, 1]
        further = words[fits, 1]
        words[:, 1:] = NONE
        return _keys(words[fits, :3], further)

    def _words(self, number: int) -> Ids:
        """Three words for each query; one half by the law, of the other as many as can be from one article."""
        words = self._table[self._rng.integers(0, len(self._table), (number, 3))]
        row = self._rng.integers(0, len(self._articles), (number, 1))
        read = self._articles[row, self._rng.integers(0, self._articles.shape[1], (number, 8))]
        read = np.take_along_axis(read, np.argsort(~self._telling[read], 1, kind="stable"), 1)[:, :3]
        chosen = self._telling[read] & (self._rng.random((number, 1)) < 0.5)
        return np.where(chosen, read, words)


def _sorted(words: Ids) -> Ids:
    """In ascending order without repetitions, NONE at the end."""
    ordered = np.sort(words, 1)
    ordered[:, 1:][ordered[:, 1:] == ordered[:, :-1]] = NONE
    return np.sort(ordered, 1)


def _keys(words: Ids, further: Ids | None = None) -> Keys:
    """Each row as one number, the first word in the lowest bits."""
    last = np.full(len(words), NONE) if further is None else further
    columns = np.column_stack([words, last]).astype(np.uint64)
    return np.asarray(np.bitwise_or.reduce(columns << _PLACES, axis=1))


def _distinct(make: Callable[[int], Keys], number: int) -> Keys:
    """The first so many that differ."""
    found = np.empty(0, np.uint64)
    while len(found) < number:
        every = np.concatenate([found, make(number - len(found) + 1000)])
        _, first = np.unique(every, return_index=True)
        found = every[np.sort(first)]
    return found[:number]
