"""Which articles of some days are like a new one: arrays of fingerprints, and the features they are found by.

    rows of the store ──Segment──▶ segments, small ones merged into larger ──like──▶ Neighbour, the most alike first

A segment holds its articles' features in a row, and for each feature the articles that have it. What an article is
looked for by are its rarest features; of the articles that have most of their weight some dozens are compared in full.
Weights are TF-IDF, by the articles that are in the window just now.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from storage.fingerprints import KIND_BITS, LEMMA, NAME, NUMBER, TELLING, Fingerprint
from storage.segments import Counts, Features, Ids, Row, Segment, Weights, merged, segment, stretched, vectors

# Looked for by so many features, none of which more than this part of the articles has, or so many of few articles.
LOOKED_FOR: Final = 24
COMMON: Final = 0.005
FEW: Final = 200
# Where the rest has less than this part of the weight, features ten times as common are looked for too.
TOO_COMMON: Final = 0.3
# So many are compared in full, of those found by words, by sound and by names: of a headline without a text most, for
# its few words find many.
COMPARED: Final = (12, 8, 8)
COMPARED_BARE: Final = (8, 24, 8)
# The vectors that articles are looked for by: words, the sound of headlines, names.
_SEARCHED: Final = [0, 2, 3]
# Segments of about one size are merged when there are so many of them.
MERGED: Final = 3
SMALL: Final = 1024
# As if there were so many other articles, which have none of the features: in a small store, too, a rare word weighs
# more than a common one, and one that two articles have weighs something.
OTHERS: Final = 1000
# A story that is not decided yet.
UNPLACED: Final = -1


class Neighbour(NamedTuple):
    """An article and how alike it is. What is a float is between 0 and 1.

    `words` compares headline and lead with headline and lead; `title` the one headline with all of the other article,
    whichever is more; `sound` headlines by the beginnings of their words, `names` names and numbers, of which
    `shared_names` are the same. `other_numbers`, `other_names`: each of the headlines has some that the other
    article has not. `gap_s` is the time between them; without a lead an article is a bare headline.
    `is_telling` is as of a fingerprint.
    """

    id: int
    story: int
    source: int
    same_language: bool
    has_lead: bool
    is_telling: bool
    gap_s: int
    words: float
    title: float
    sound: float
    names: float
    shared_names: int
    other_numbers: bool
    other_names: bool


class Window:
    """The articles of some days, in the order in which they are added."""

    def __init__(self) -> None:
        self._segments: list[Segment] = []
        # Lengths of vectors by segment: weighed by what was there when the segment was made.
        self._lengths: list[Weights] = []

    def __len__(self) -> int:
        return sum(map(len, self._segments))

    def add(self, rows: Sequence[Row]) -> AbstractSet[int]:
        """Those of the ids that were there: articles that have changed, found by what they say now alone."""
        known = self._forget(np.array([row.id for row in rows], np.int64))
        if rows:
            self._append(segment(rows))
            self._merge()
        return known

    def push(self, rows: Sequence[Row]) -> None:
        """Adds what may be taken back by `pop`."""
        self._append(segment(rows))

    def pop(self) -> None:
        self._segments.pop()
        self._lengths.pop()

    def of_story(self, story: int) -> tuple[frozenset[int], int]:
        """All features of the story's articles, and when the first of them was published."""
        features: set[int] = set()
        first = []
        for one in self._segments:
            places = np.flatnonzero(one.columns.stories == story)
            at, _ = stretched(one.starts[places], one.starts[places + 1])
            features.update(one.features[at].tolist())
            first += one.columns.seconds[places].tolist()
        return frozenset(features), min(first, default=0)

    def weights(self, features: Sequence[int]) -> list[float]:
        """What the features weigh, each of them."""
        asked = np.array(features, np.uint32)
        found = np.zeros(len(asked), np.int64)
        for one in self._segments:
            begins, ends = one.ranges(asked)
            found += ends - begins
        weights: list[float] = self._idf(found).tolist()
        return weights

    def settle(self, place: int, story: int) -> None:
        """Says of which story the article is that stands at this place of what was pushed."""
        self._segments[-1].columns.stories[place] = story

    def like(self, one: Fingerprint, *, second: int, within_s: int, but: int = 0) -> list[Neighbour]:
        """Articles of stories, published up to `within_s` before or after, the most alike first; not the one `but`."""
        features = np.array(one.features, np.uint32)
        if not len(self) or not len(features):
            return []
        ranges = [segment.ranges(features) for segment in self._segments]
        found = np.sum([ends - begins for begins, ends in ranges], axis=0)
        asked = _asked(one, features, self._idf(found), second)
        chosen, weights = self._looked_for(asked, found)
        candidates = [
            _candidates(segment, lengths, (begins[chosen], ends[chosen]), weights, second, within_s)
            for segment, lengths, (begins, ends) in zip(self._segments, self._lengths, ranges, strict=True)
        ]
        best = _best(candidates, COMPARED if one.has_lead else COMPARED_BARE)
        parts = zip(self._segments, self._lengths, best, strict=True)
        alike = {one.id: one for one in _compared([_part(*part) for part in parts if len(part[2])], asked)}
        alike.pop(but, None)
        return sorted(alike.values(), key=lambda neighbour: -neighbour.words)

    def _forget(self, ids: Ids) -> AbstractSet[int]:
        """Takes these articles out of all stories; the ids of those that were there."""
        known: set[int] = set()
        for one in self._segments:
            places = np.flatnonzero(np.isin(one.columns.ids, ids))
            one.columns.stories[places] = UNPLACED
            known.update(one.columns.ids[places].tolist())
        return known

    def _append(self, made: Segment) -> None:
        self._segments.append(made)
        found = np.zeros(len(made.distinct), np.int64)
        for one in self._segments:
            begins, ends = one.ranges(made.distinct)
            found += ends - begins
        self._lengths.append(made.lengths(self._idf(found)))

    def _merge(self) -> None:
        while (run := _run(self._segments)) >= MERGED:
            made = merged(self._segments[-run:])
            del self._segments[-run:], self._lengths[-run:]
            self._append(made)

    def _idf(self, found: Ids) -> Weights:
        return np.log((len(self) + OTHERS) / (found + 0.5))

    def _looked_for(self, asked: "_Asked", found: Ids) -> tuple[Ids, Weights]:
        """Which features are looked for, and what each adds to the product of two vectors: a row for each of these."""
        rare = max(FEW, COMMON * len(self))
        whole = np.stack([asked.vectors[vector] ** 2 for vector in _SEARCHED])
        weights = whole * ((found > 0) & (found <= rare))
        if weights[0].sum() < TOO_COMMON * whole[0].sum():
            # An event that hundreds tell makes its own words common.
            weights = whole * ((found > 0) & (found <= 10 * rare))
        for row in weights:
            row[np.argsort(-row)[LOOKED_FOR:]] = 0.0
        chosen = np.flatnonzero(weights.any(axis=0))
        return chosen, weights[:, chosen]


class _Asked(NamedTuple):
    """The article that others are compared with: its features, what each weighs, and its four vectors, weighed."""

    features: Features
    in_title: Counts
    idf: Weights
    vectors: Sequence[Weights]
    second: int
    language: int


class _Part(NamedTuple):
    """Some articles of a segment, and their features one after the other."""

    columns: Ids
    lengths: Weights
    sizes: Ids
    features: Features
    in_title: Counts
    in_lead: Counts


def _asked(one: Fingerprint, features: Features, idf: Weights, second: int) -> _Asked:
    in_title, in_lead = np.array(one.in_title, np.uint8), np.array(one.in_lead, np.uint8)
    weighed = [vector * idf for vector in vectors(features, in_title, in_lead)]
    return _Asked(features, in_title, idf, weighed, second, int.from_bytes(one.language.encode(), "big"))


def _run(segments: Sequence[Segment]) -> int:
    """How many of the last segments are about as large as the last, or small."""
    largest = 2 * max(SMALL, len(segments[-1]))
    return next((at for at, one in enumerate(reversed(segments)) if len(one) > largest), len(segments))


class _Found(NamedTuple):
    """Places of articles that have some of the features, and how alike they are by these: a row for each vector."""

    places: Ids
    alike: Weights


def _candidates(
    segment: Segment, lengths: Weights, ranges: tuple[Ids, Ids], weights: Weights, second: int, within_s: int
) -> _Found:
    at, sizes = stretched(*ranges)
    owners = segment.articles_of[at]
    met = np.zeros(len(segment), np.bool_)
    met[owners] = True
    places: Ids = np.flatnonzero(met)
    near = np.abs(segment.columns.seconds[places] - second) <= within_s
    near &= segment.columns.stories[places] != UNPLACED
    places = places[near]
    # By their places among those that are near: of a large segment these are few.
    renumbered = np.full(len(segment), len(places), np.int32)
    renumbered[places] = np.arange(len(places), dtype=np.int32)
    which, count = renumbered[owners], len(places)
    products = np.stack([np.bincount(which, np.repeat(row, sizes), count + 1)[:count] for row in weights])
    own = lengths[_SEARCHED, :][:, places]
    return _Found(places, np.divide(products, own, out=np.zeros_like(own), where=own > 0))


def _best(candidates: Sequence[_Found], most: Sequence[int]) -> list[Ids]:
    """The places of those that are most alike by any of the vectors, by segment."""
    alike = np.concatenate([one.alike for one in candidates], axis=1)
    if alike.shape[1] <= sum(most):
        return [one.places for one in candidates]
    least = [np.partition(row, -count)[-count] for row, count in zip(alike, most, strict=True)]
    bounds = np.maximum(least, 1e-9)[:, None]
    return [one.places[(one.alike >= bounds).any(axis=0)] for one in candidates]


def _part(segment: Segment, lengths: Weights, places: Ids) -> _Part:
    at, sizes = stretched(segment.starts[places], segment.starts[places + 1])
    columns = np.stack([column[places] for column in segment.columns])
    found = (segment.features[at], segment.in_title[at], segment.in_lead[at])
    return _Part(columns, lengths[:, places], sizes, *found)


def _compared(parts: Sequence[_Part], asked: _Asked) -> Iterator[Neighbour]:
    if not parts:
        return iter(())
    columns, lengths, sizes, features, in_title, in_lead = (
        np.concatenate(found, axis=-1) for found in zip(*parts, strict=True)
    )
    count, owners = len(sizes), np.repeat(np.arange(len(sizes)), sizes)
    where = np.minimum(asked.features.searchsorted(features), len(asked.features) - 1)
    shared = asked.features[where] == features
    others = [_are_others(kind, asked, features, in_title, shared, owners, count) for kind in (NUMBER, NAME)]
    where, owners = where[shared], owners[shared]
    theirs = vectors(features[shared], in_title[shared], in_lead[shared])
    weights = asked.idf[where]

    def cosine(mine: int, their: int) -> Weights:
        products = np.bincount(owners, asked.vectors[mine][where] * theirs[their] * weights, count)
        both = np.linalg.norm(asked.vectors[mine]) * lengths[their]
        found: Weights = np.minimum(1.0, np.divide(products, both, out=np.zeros(count), where=both > 0))
        return found

    alike = (cosine(0, 0), np.maximum(cosine(1, 0), cosine(0, 1)), cosine(2, 2), cosine(3, 3))
    names = np.bincount(owners[asked.vectors[3][where] > 0], minlength=count)
    ids, seconds, stories, sources, languages = columns
    every, kinds = np.repeat(np.arange(count), sizes), features >> KIND_BITS
    has_lead = np.bincount(every, in_lead, count) > 0
    is_telling = np.bincount(every, (kinds == LEMMA) - 1.0 * (kinds == NUMBER), count) >= TELLING
    said = (ids, stories, sources, languages == asked.language, has_lead, is_telling, np.abs(seconds - asked.second))
    found = (*said, *alike, names, *others)
    return map(Neighbour._make, zip(*(column.tolist() for column in found), strict=True))


def _are_others(
    kind: int, asked: _Asked, features: Features, in_title: Counts, shared: Any, owners: Ids, count: int
) -> NDArray[np.bool_]:
    """Whether each of the two headlines has features of the kind that the other article has not at all."""
    own = asked.features[(asked.features >> KIND_BITS == kind) & (asked.in_title > 0)]
    of_title = (features >> KIND_BITS == kind) & (in_title > 0)
    strange = np.bincount(owners[of_title & ~shared], minlength=count) > 0
    # Of the headline asked for, each article has so many.
    known = np.bincount(owners[np.isin(features, own)], minlength=count)
    others: NDArray[np.bool_] = strange & (known < len(own))
    return others
