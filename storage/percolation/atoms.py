"""Literals of clauses as numbers (atoms), and which of them an article has, at which places.

    positions of headline and body ──split──▶ features ──hash──▶ vocabulary ──▶ atoms at their places

A feature is what an article can show: a term, `=form`, `prefix*`, any of these behind `^` in the headline, its language
or source. Most literals are a feature themselves; `a,b` has several, and one feature may belong to several literals.
The first words of a phrase and the one behind them are a literal too, found where an article has them in a row, and so
is a whole phrase in the end.
Features are known by their 64-bit hashes: of a million, two are alike once in thirty million times.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import accumulate
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from storage.clauses import ALWAYS, BETWEEN_PLACES, BETWEEN_TERMS, CONDITION, EXACT, NEVER, PREFIX, TITLE, UNFOLDED
from storage.language.analyser import FOLDED
from storage.language.document import Document

Ints = NDArray[np.int32]
Hashes = NDArray[np.int64]
Flags = NDArray[np.bool_]
_Number = TypeVar("_Number", np.int32, np.int64)
# Indexes into arrays, as numpy makes them.
Indexes = NDArray[np.int64]

# Any odd number that spreads them, and a power of two that leaves nearly all free.
SPREAD, PERHAPS = 0x9E3779B97F4A7C15 - (1 << 64), 1 << 20
_EVERYWHERE = np.array([hash(ALWAYS), hash(NEVER)])

# Between headline and text, and between articles.
_BETWEEN = "  "
_SPACE, _BAR, _COMMA, _FOLDED = map(ord, (" ", "|", ",", FOLDED))
# Conditions that bound a number: what an article shows of them is its own number.
_AFTER, _BEFORE, _LAST = "after", "before", "last"


class Found(NamedTuple):
    """The atoms of some articles, each at every place at which it stands, places being counted on from one article to
    the next; conditions stand at the first place of their article."""

    atoms: Ints
    places: Ints


class Few(NamedTuple):
    """A few articles with the moments at which they were stored: found together, each costs half as much."""

    documents: Sequence[Document]
    moments: Sequence[datetime]


class _Terms(NamedTuple):
    """The terms of some articles in order; `folded`: lacks diacritics that are in the text. `bars` tells those that
    stand behind the sign between forms and lemmas of their place."""

    texts: list[str]
    places: Ints
    folded: Flags
    bars: Flags

    def forms(self) -> list[int]:
        """Which of the terms stand so in the text."""
        bars = np.concatenate(([0], self.bars.cumsum()))
        firsts = self.places.searchsorted(self.places)
        return np.flatnonzero(bars == bars[firsts]).tolist()


class Vocabulary:
    """Atoms by the ascending hashes of their literals; `virtual` are literals that are more than a term, `neighbours`
    those that are two, in three columns: their hash, and the hashes of the two. Others may be among both."""

    def __init__(self, literals: Hashes, virtual: Iterable[str], neighbours: Hashes) -> None:
        self.keys, needed = _complete(distinct(np.concatenate((literals, _EVERYWHERE))), neighbours)
        self.neighbours = self.numbers(needed)
        self._is_former, self._is_latter = (np.zeros(len(self.keys), bool) for _ in range(2))
        self._is_former[self.neighbours[:, 1]] = True
        self._is_latter[self.neighbours[:, 2]] = True
        self._perhaps = np.zeros(PERHAPS, bool)
        self._perhaps[needed[:, 0] % PERHAPS] = True
        virtual = list(virtual)
        known, _ = among(self.keys, np.fromiter(map(hash, virtual), np.int64, len(virtual)))
        self.virtual = frozenset(virtual[at] for at in known)
        self._prefix_lengths = sorted({len(_core(one)) - 1 for one in self.virtual if one.endswith(PREFIX)})
        self._has_exact = any(_core(one).startswith(EXACT) for one in self.virtual)
        self._has_title = any(one.startswith(TITLE) for one in self.virtual)
        self._bounds = {name: self._bounded(name) for name in (_AFTER, _BEFORE, _LAST)}
        self._file()

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def nbytes(self) -> int:
        filed = (self.keys, self._features, self._first, self._targets)
        paired = (self.neighbours, self._is_former, self._is_latter, self._perhaps)
        return sum(one.nbytes for one in filed + paired)

    def numbers(self, hashes: Hashes) -> Ints:
        """The atoms of literals that are all known."""
        return np.searchsorted(self.keys, hashes).astype(np.int32)

    def find(self, few: Few) -> tuple[Found, Ints]:
        """What is found in the articles, and the first place of each of them."""
        lines = list(map(_line, few.documents))
        widths = [line.count(" ") + len(_BETWEEN) for line in lines[:-1]]
        starts = np.array([0, *accumulate(widths)], np.int32)
        terms = _terms(_BETWEEN.join(lines))
        texts, owners = self._shown(few.documents, terms, starts)
        shown = np.fromiter(map(hash, texts), np.int64, len(texts))
        hits, at = among(self._features, shown)
        chosen, which = ranges(self._first, at)
        targets, owners = self._targets.take(chosen), owners.take(hits).take(which)
        met = ((targets & 1) == 0) | ~terms.folded.take(owners)
        found = Found(targets.compress(met) >> 1, terms.places.take(owners.compress(met)))
        each = zip(starts, few.documents, few.moments, strict=True)
        bounded = [(atom, at) for at, one, now in each for atom in self._within(one, now)]
        atoms, places = np.array(bounded, np.int32).reshape(-1, 2).T
        return _together(found, *self._in_a_row(found), Found(atoms, places)), starts

    def _in_a_row(self, found: Found) -> Iterator[Found]:
        """The beginnings of phrases, and phrases, that the article has, where their last words stand."""
        latter = self._is_latter.take(found.atoms).nonzero()[0]
        latter = latter.take(found.places.take(latter).argsort())
        behind, words = found.places.take(latter), self.keys.take(found.atoms.take(latter))
        standing = np.bincount(behind, minlength=int(found.places.max(initial=0)) + 2)
        ends = standing.cumsum()
        while len(former := self._is_former.take(found.atoms).nonzero()[0]):
            at = found.places.take(former) + 1
            counts = standing.take(at)
            others = (ends.take(at) - counts.cumsum()).repeat(counts) + np.arange(counts.sum())
            hashes = (self.keys.take(found.atoms.take(former)) * SPREAD).repeat(counts) + words.take(others)
            # Nearly all are in no phrase, which this tells faster than a search.
            perhaps = self._perhaps.take(hashes % PERHAPS).nonzero()[0]
            hits, atoms = among(self.keys, hashes.take(perhaps))
            # Words that are in several literals of a place would double what follows, and that what follows.
            longer = distinct((behind.take(others.take(perhaps.take(hits))).astype(np.int64) << 32) + atoms)
            found = Found(longer.astype(np.int32), (longer >> 32).astype(np.int32))
            yield found

    def _shown(self, documents: Sequence[Document], terms: _Terms, starts: Ints) -> tuple[list[str], Ints]:
        """Features, and to which term each belongs; what a whole article shows belongs to its first."""
        firsts = terms.places.searchsorted(starts)
        more = [(text, first) for one, first in zip(documents, firsts.tolist(), strict=True) for text in _facts(one)]
        if self._has_exact or self._prefix_lengths:
            for at in terms.forms():
                form = terms.texts[at]
                more.append((EXACT + form, at))
                more += [(form[:length] + PREFIX, at) for length in self._prefix_lengths]
        if self._has_title:
            inside = np.zeros(len(terms.texts), bool)
            ends = terms.places.searchsorted(starts + [one.body_start for one in documents])
            for first, end in zip(firsts, ends, strict=True):
                inside[first:end] = True
            more += [(TITLE + text, at) for text, at in more if inside[at]]
            more += [(TITLE + terms.texts[at], at) for at in inside.nonzero()[0].tolist()]
        count = len(terms.texts)
        owners = np.arange(count + len(more), dtype=np.int32)
        owners[count:] = [at for _, at in more]
        return terms.texts + [text for text, _ in more], owners

    def _within(self, document: Document, now: datetime) -> Iterator[int]:
        """The atoms of the bounds that hold."""
        day = document.published_at.astimezone(UTC).toordinal()
        age = (now - document.published_at).total_seconds()
        yield from (atom for bound, atom in self._bounds[_AFTER] if day >= bound)
        yield from (atom for bound, atom in self._bounds[_BEFORE] if day <= bound)
        yield from (atom for bound, atom in self._bounds[_LAST] if age <= bound)

    def _bounded(self, name: str) -> list[tuple[float, int]]:
        """Bounds of this name, comparable with what an article shows, and their atoms."""
        found = [one for one in self.virtual if one.startswith(name + CONDITION)]
        return [(_bound(one), self._number(one)) for one in found]

    def _number(self, literal: str) -> int:
        return int(np.searchsorted(self.keys, hash(literal)))

    def _file(self) -> None:
        """Feature → its literals, as twice the atom, plus one where it must not be folded."""
        pairs = [
            (hash(feature), 2 * self._number(literal) + is_unfolded)
            for literal in self.virtual
            for feature, is_unfolded in _features(literal)
        ]
        virtual = np.array([self._number(literal) for literal in self.virtual], np.int64)
        plain = np.setdiff1d(np.arange(len(self.keys)), np.concatenate((virtual, self.neighbours[:, 0])))
        features = np.concatenate((self.keys[plain], np.array([feature for feature, _ in pairs], np.int64)))
        targets = np.concatenate((2 * plain, np.array([target for _, target in pairs], np.int64)))
        order = np.argsort(features, kind="stable")
        features = features[order]
        self._targets = targets[order].astype(np.int32)
        self._features, first = np.unique(features, return_index=True)
        self._first = np.append(first, len(features)).astype(np.int32)


def among(ascending: Hashes, wanted: Hashes) -> tuple[Indexes, Indexes]:
    """Which of the wanted are there, and at which place."""
    if not len(ascending):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    # What is searched for in order is searched for in what the processor still has at hand.
    order = wanted.argsort()
    wanted = wanted.take(order)
    at = np.minimum(ascending.searchsorted(wanted), len(ascending) - 1)
    there = (ascending.take(at) == wanted).nonzero()[0]
    return order.take(there), at.take(there)


def _complete(literals: Hashes, neighbours: Hashes) -> tuple[Hashes, Hashes]:
    """These literals with those that they are made of; and which are two neighbours, each once, with the two."""
    _, first = np.unique(neighbours[:, 0], return_index=True)
    neighbours = neighbours[first]
    while True:
        needed = neighbours[among(literals, neighbours[:, 0])[0]]
        known, literals = len(literals), distinct(np.concatenate((literals, needed[:, 1:].ravel())))
        if len(literals) == known:
            return literals, needed


def _together(*some: Found) -> Found:
    return Found(np.concatenate([one.atoms for one in some]), np.concatenate([one.places for one in some]))


def of_neighbours(former: int, latter: int) -> int:
    """The hash of a literal that is two neighbours, by their hashes, as `Vocabulary` computes it in 64 bits."""
    return (former * SPREAD + latter + (1 << 63)) % (1 << 64) - (1 << 63)


def distinct(numbers: NDArray[_Number]) -> NDArray[_Number]:
    """Ascending, each once; for a few thousand a sort is faster than numpy's hash table."""
    ascending = np.sort(numbers)
    is_new = np.ones(len(ascending), bool)
    np.not_equal(ascending[1:], ascending[:-1], out=is_new[1:])
    return ascending.compress(is_new)


def ranges(first: Ints, chosen: Ints | Indexes, *, skip: int = 0) -> tuple[Indexes, Indexes]:
    """For chosen ranges, where `first[i]` begins range i: every number in them but the first `skip`, and in which of
    the chosen it is."""
    begin = first.take(chosen)
    counts = first.take(chosen + 1) - begin - skip
    which = np.arange(len(begin)).repeat(counts)
    return (begin + skip + counts - counts.cumsum()).take(which) + np.arange(len(which)), which


def _line(document: Document) -> str:
    """Two spaces leave a place free, which no phrase runs across."""
    return f"{document.title}{_BETWEEN}{document.body}" if document.title else f" {document.body}"


def _terms(line: str) -> _Terms:
    codes = np.frombuffer(line.encode("utf-16-le", "surrogatepass"), np.uint16)
    ends = np.flatnonzero((codes == _SPACE) | (codes == _BAR) | (codes == _COMMA))
    kinds = codes[ends]
    places, folded = np.zeros(len(ends) + 1, np.int32), np.zeros(len(ends) + 1, bool)
    (kinds == _SPACE).cumsum(out=places[1:])
    # Nothing ends with a separator but an empty text, behind which nothing stands.
    folded[1:] = codes[np.minimum(ends + 1, len(codes) - 1)] == _FOLDED
    texts = line.replace(FOLDED, "").replace("|", ",").replace(" ", ",").split(",")
    return _Terms(texts, places, folded, kinds == _BAR)


def _facts(document: Document) -> Iterator[str]:
    """What an article shows as a whole: a source is named by any words of its name, or host, that stand in a row."""
    yield ALWAYS
    yield f"lang:{document.language}"
    for words in document.source:
        for first in range(len(words)):
            for last in range(first + 1, len(words) + 1):
                yield f"source:{BETWEEN_PLACES.join(words[first:last])}"


def _features(literal: str) -> Iterator[tuple[str, bool]]:
    """What an article may show to have the literal, and whether it must not be folded."""
    if CONDITION in literal:
        if not literal.startswith((_AFTER + CONDITION, _BEFORE + CONDITION, _LAST + CONDITION)):
            yield literal, False
        return
    title = TITLE if literal.startswith(TITLE) else ""
    for term in _core(literal).split(BETWEEN_TERMS):
        yield title + term.removeprefix(UNFOLDED), term.startswith(UNFOLDED)


def _core(literal: str) -> str:
    return literal.removeprefix(TITLE)


def _bound(literal: str) -> float:
    name, _, value = literal.partition(CONDITION)
    return float(value) * 3600 if name == _LAST else date.fromisoformat(value).toordinal()
