"""Many articles at once beside those of a window: which are worth being compared in full, and how alike these are.

    Asked ──looked_for──▶ rare features ──candidates──▶ what has them, by segment ──best──▶ pairs ──compared──▶ columns

Of each step there is one pass over arrays for all that are asked for: an article alone costs as many calls as dozens.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from storage.fingerprints import KIND_BITS, LEMMA, NAME, NUMBER, TELLING
from storage.segments import Columns, Counts, Features, Ids, Range, Segment, Weights, stretched, vectors

# Looked for by so many features, none of which more than this part of the articles has, or so many of few articles.
LOOKED_FOR: Final = 24
COMMON: Final = 0.005
FEW: Final = 200
# So many articles are looked at for one, those twice that have two of the features, the rarest features first: a real
# day of 4,605 is told apart as well with a sixth of it. For the rarest few they may be more.
LOOKED_AT, ALWAYS_LOOKED_FOR = 2000, 4
# Where the rest has less than this part of the weight, features ten times as common are looked for too.
TOO_COMMON: Final = 0.3
# So many are compared in full, of those found by words, by sound and by names: of a headline without a text most, for
# its few words find many.
COMPARED: Final = (12, 8, 8)
COMPARED_BARE: Final = (8, 24, 8)
# The vectors that articles are looked for by: words, the sound of headlines, names.
_SEARCHED: Final = [0, 2, 3]
# A power of two, of which the features of a batch leave nearly all free, and an odd number that spreads them.
PERHAPS: Final = 1 << 18
_SPREAD: Final = 0x9E3779B97F4A7C15 - (1 << 64)
# A story that is not decided yet.
UNPLACED: Final = -1

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Asked:
    """The articles that others are compared with: `features[starts[i]:starts[i + 1]]` are those of article i.

    Of each feature there is which of the distinct ones it is, in how many articles it is found, what it weighs, and its
    part in the four weighed vectors.
    """

    columns: Columns
    starts: Ids
    features: Features
    which: NDArray[np.int32]
    in_title: Counts
    in_lead: Counts
    found: Ids
    idf: Weights
    vectors: Weights

    def part(self, begin: int, end: int) -> "Asked":
        own = slice(self.starts[begin], self.starts[end])
        columns = Columns(*(column[begin:end] for column in self.columns))
        starts = self.starts[begin : end + 1] - self.starts[begin]
        return Asked(
            columns,
            starts,
            self.features[own],
            self.which[own],
            self.in_title[own],
            self.in_lead[own],
            self.found[own],
            self.idf[own],
            self.vectors[:, own],
        )

    def __len__(self) -> int:
        return len(self.columns.ids)

    @property
    def owners(self) -> Ids:
        return np.repeat(np.arange(len(self)), np.diff(self.starts))


class Looked(NamedTuple):
    """Which features are looked for, and what each adds to the product of two vectors: a row for each of these."""

    chosen: Ids
    weights: Weights


class Found(NamedTuple):
    """Articles of a segment that have some of the features that another is looked for by, and how alike they are by
    these: a row for each vector."""

    askers: Ids
    places: Ids
    alike: Weights


class Part(NamedTuple):
    """Some articles of a segment, with who asked for each, and their features one after the other."""

    askers: Ids
    columns: Ids
    lengths: Weights
    sizes: Ids
    features: Features
    in_title: Counts
    in_lead: Counts


def asked(made: Segment, found: Ids, idf: Weights) -> Asked:
    """Of a segment as it was made; `found` and `idf` are of its distinct features."""
    at = made.which
    weighed = np.stack(vectors(made.features, made.in_title, made.in_lead)) * idf[at]
    counts = (made.in_title, made.in_lead)
    return Asked(made.columns, made.starts, made.features, made.which, *counts, found[at], idf[at], weighed)


def looked_for(one: Asked, among: int) -> Looked:
    """Of a window of so many articles."""
    rare, owners = max(FEW, COMMON * among), one.owners
    whole = one.vectors[_SEARCHED] ** 2
    is_rare = (one.found > 0) & (one.found <= rare)
    of_rare, of_all = (np.bincount(owners, row, len(one)) for row in (whole[0] * is_rare, whole[0]))
    # An event that hundreds tell makes its own words common.
    bounds = np.where(of_rare < TOO_COMMON * of_all, 10 * rare, rare)
    weights = whole * ((one.found > 0) & (one.found <= bounds[owners]))
    ranks = np.arange(len(owners)) - one.starts[owners]
    for row in weights:
        row[np.lexsort((-row, owners))[ranks >= LOOKED_FOR]] = 0.0
    chosen = np.flatnonzero(weights.any(axis=0))
    chosen = chosen[_affordable(one.found[chosen], owners[chosen])]
    return Looked(chosen, weights[:, chosen])


def _affordable(found: Ids, owners: Ids) -> Flags:
    """Which of the features looked for, by how many articles have each: the rarest of each of `owners`, ascending."""
    order = np.lexsort((found, owners))
    spent = np.cumsum(found[order])
    begins = np.searchsorted(owners, owners)  # of each feature, where its owner's begin
    before = np.concatenate([[0], spent])[begins[order]]
    affordable = np.empty(len(found), np.bool_)
    ranks = np.arange(len(order)) - begins[order]
    affordable[order] = (spent - before <= LOOKED_AT) | (ranks < ALWAYS_LOOKED_FOR)
    return affordable


def candidates(
    segment: Segment, lengths: Weights, own: Range, one: Asked, looked: Looked, *, within_s: int, before: Ids | None
) -> Found:
    """Of those published about then that have a story, or that stand `before` these places; `own` are the ranges of
    the distinct features in the segment."""
    begins, ends = (bounds.take(one.which.take(looked.chosen)) for bounds in own)
    at, sizes = stretched(begins, ends)
    places, by = segment.articles_of.take(at), np.repeat(np.arange(len(looked.chosen)), sizes)
    askers = one.owners.take(looked.chosen).take(by)
    near = np.abs(segment.columns.seconds.take(places) - one.columns.seconds.take(askers)) <= within_s
    near &= segment.columns.stories.take(places) != UNPLACED if before is None else places < before.take(askers)
    askers, places, by = askers.compress(near), places.compress(near), by.compress(near)
    numbers, which = _numbered(askers * len(segment) + places, len(one) * len(segment))
    products = np.stack([np.bincount(which, row.take(by), len(numbers)) for row in looked.weights])
    asked_by, found = np.divmod(numbers, len(segment))
    theirs = lengths[_SEARCHED].take(found, axis=1)
    return Found(asked_by, found, np.divide(products, theirs, out=np.zeros_like(theirs), where=theirs > 0))


def _numbered(numbers: Ids, most: int) -> tuple[Ids, NDArray[np.int32]]:
    """The different ones of numbers below `most`, ascending, and which of these each is."""
    met = np.zeros(most, np.bool_)
    met[numbers] = True
    distinct: Ids = np.flatnonzero(met)
    places = np.empty(most, np.int32)
    places[distinct] = np.arange(len(distinct), dtype=np.int32)
    return distinct, places.take(numbers)


def best(found: Sequence[Found], one: Asked) -> list[Flags]:
    """By segment, which are among the most alike of those who asked for them, by any of the vectors."""
    askers = np.concatenate([part.askers for part in found])
    alike = np.concatenate([part.alike for part in found], axis=1)
    order = np.argsort(askers, kind="stable")
    ends = np.cumsum(np.bincount(askers, minlength=len(one))).tolist()
    kept = np.ones(len(askers), np.bool_)
    for begin, end, with_lead in zip([0, *ends], ends, has_lead(one).tolist(), strict=False):
        most = COMPARED if with_lead else COMPARED_BARE
        if end - begin <= sum(most):
            continue
        own = order[begin:end]
        theirs = alike.take(own, axis=1)
        least = np.sort(theirs, axis=1)[range(len(most)), [-count for count in most]]
        kept[own] = (theirs >= np.maximum(least, 1e-9)[:, None]).any(axis=0)
    return np.split(kept, np.cumsum([len(part.askers) for part in found])[:-1])


def has_lead(one: Asked) -> Flags:
    """Which of the articles are more than a headline."""
    found: Flags = np.add.reduceat(np.append(one.in_lead, 0), one.starts[:-1], dtype=np.int64) > 0
    return found


def part(segment: Segment, lengths: Weights, found: Found, kept: Flags) -> Part:
    places = found.places[kept]
    at, sizes = stretched(segment.starts[places], segment.starts[places + 1])
    columns = np.stack([column.take(places) for column in segment.columns])
    features = (segment.features.take(at), segment.in_title.take(at), segment.in_lead.take(at))
    return Part(found.askers[kept], columns, lengths[:, places], sizes, *features)


def compared(parts: Sequence[Part], one: Asked) -> tuple[Ids, list[NDArray[Any]]]:
    """Who asked for each article, and what a Neighbour says of it, a column for each of its fields."""
    askers, columns, lengths, sizes, features, in_title, in_lead = (
        np.concatenate(found, axis=-1) for found in zip(*parts, strict=True)
    )
    count, every = len(sizes), np.repeat(np.arange(len(sizes)), sizes)
    # The features of each article as numbers of their own, ascending.
    own, theirs = one.owners << 32 | one.features, askers.take(every) << 32 | features
    where, shared = _among(own, theirs)
    others = [
        _are_others(kind, one, _Pairs(askers, every, where, shared), features, in_title) for kind in (NUMBER, NAME)
    ]
    owners, where = every.compress(shared), where.compress(shared)
    of_theirs = vectors(features.compress(shared), in_title.compress(shared), in_lead.compress(shared))
    weights, norms = one.idf.take(where), _norms(one)

    def cosine(mine: int, their: int) -> Weights:
        products = np.bincount(owners, one.vectors[mine].take(where) * of_theirs[their] * weights, count)
        both = norms[mine].take(askers) * lengths[their]
        found: Weights = np.minimum(1.0, np.divide(products, both, out=np.zeros(count), where=both > 0))
        return found

    alike = (cosine(0, 0), np.maximum(cosine(1, 0), cosine(0, 1)), cosine(2, 2), cosine(3, 3))
    names = np.bincount(owners[one.vectors[3][where] > 0], minlength=count)
    ids, seconds, stories, sources, languages = columns
    kinds = features >> KIND_BITS
    with_lead = np.bincount(every, in_lead, count) > 0
    is_telling = np.bincount(every, (kinds == LEMMA) - 1.0 * (kinds == NUMBER), count) >= TELLING
    same_language, gaps = languages == one.columns.languages[askers], np.abs(seconds - one.columns.seconds[askers])
    return askers, [ids, stories, sources, same_language, with_lead, is_telling, gaps, *alike, names, *others]


def _among(ascending: Ids, numbers: Ids) -> tuple[Ids, Flags]:
    """Where each of the numbers stands, and whether it is there at all."""
    # Nearly all are not there, which this tells faster than a search.
    marked = np.zeros(PERHAPS, np.bool_)
    marked[_spread(ascending)] = True
    perhaps = marked.take(_spread(numbers)).nonzero()[0]
    sought = numbers.take(perhaps)
    where, there = np.zeros(len(numbers), np.int64), np.zeros(len(numbers), np.bool_)
    where[perhaps] = at = np.minimum(ascending.searchsorted(sought), max(0, len(ascending) - 1))
    there[perhaps] = ascending.take(at) == sought
    return where, there


def _spread(numbers: Ids) -> Ids:
    """A number below PERHAPS for each."""
    spread: Ids = (numbers * _SPREAD >> 40) & (PERHAPS - 1)
    return spread


class _Pairs(NamedTuple):
    """Who asked for each article; of each of its features which article has it, where it stands among those of who
    asked, and whether it does."""

    askers: Ids
    every: Ids
    where: Ids
    shared: Flags


def _norms(one: Asked) -> Weights:
    """The lengths of the four vectors of each article."""
    norms: Weights = np.sqrt(np.array([np.bincount(one.owners, row**2, len(one)) for row in one.vectors]))
    return norms


def _are_others(kind: int, one: Asked, pairs: _Pairs, features: Features, in_title: Counts) -> Flags:
    """Whether each of the two headlines has features of the kind that the other article has not at all."""
    count = len(pairs.askers)
    mine = (one.features >> KIND_BITS == kind) & (one.in_title > 0)
    of_title = (features >> KIND_BITS == kind) & (in_title > 0)
    strange = np.bincount(pairs.every[of_title & ~pairs.shared], minlength=count) > 0
    # Of the headline asked for, each article has so many.
    known = np.bincount(pairs.every[pairs.shared & mine[pairs.where]], minlength=count)
    others: Flags = strange & (known < np.bincount(one.owners[mine], minlength=len(one))[pairs.askers])
    return others
