"""Fingerprints of some articles in arrays: their features in a row, and the articles by the features they have.

rows of the store ──segment──▶ Segment ◀──merged── Segments
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from storage.fingerprints import KIND_BITS, LEMMA, MOST, NAME, NUMBER, SOUND

Ids: TypeAlias = NDArray[np.int64]
Features: TypeAlias = NDArray[np.uint32]
Counts: TypeAlias = NDArray[np.uint8]
Weights: TypeAlias = NDArray[np.float64]

Range: TypeAlias = tuple[Ids, Ids]
"""Where some things begin and end, of many at once."""

# Bytes of a feature in a fingerprint, and of what stands before all of them.
_FEATURE, _HEAD = 5, 2

# By how often a feature stands somewhere, up to twice in the headline and once in the lead for each: what it counts.
_COUNTED: Final = np.arange(3 * MOST + 1, dtype=float)
_DAMPED: Final = np.where(_COUNTED > 0, 1 + np.log(np.maximum(_COUNTED, 1)), 0)
_ROOTS: Final = np.sqrt(_COUNTED)


class Row(NamedTuple):
    """An article as it is compared; `second` is when it was published, `packed` its fingerprint."""

    id: int
    second: int
    story: int
    source: int
    packed: bytes


class Columns(NamedTuple):
    """Of each article of a segment."""

    ids: Ids
    seconds: Ids
    stories: Ids
    sources: Ids
    languages: Ids


@dataclass(frozen=True, slots=True)
class Segment:
    """Some articles: `features[starts[i]:starts[i + 1]]` are those of article i, ascending.

    `articles_of[begins[k]:begins[k + 1]]` have the feature `distinct[k]`, and `features[j]` is `distinct[which[j]]`,
    as long as that is kept.
    """

    columns: Columns
    starts: Ids
    features: Features
    in_title: Counts
    in_lead: Counts
    distinct: Features
    begins: Ids
    articles_of: NDArray[np.int32]
    which: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.columns.ids)

    def ranges(self, features: Features) -> Range:
        """Where the articles that have each of these features begin and end."""
        if not len(self.distinct):
            return np.zeros(len(features), np.int64), np.zeros(len(features), np.int64)
        at = np.minimum(self.distinct.searchsorted(features), len(self.distinct) - 1)
        return self.begins.take(at), self.begins.take(at + (self.distinct.take(at) == features))

    def lengths(self, idf: Weights) -> NDArray[np.float64]:
        """Of each article's four vectors, by what each of the distinct features weighs."""
        weights = idf.take(self.which)
        owners = np.repeat(np.arange(len(self)), np.diff(self.starts))
        found = vectors(self.features, self.in_title, self.in_lead)
        lengths: Weights = np.sqrt(np.array([np.bincount(owners, (one * weights) ** 2, len(self)) for one in found]))
        return lengths

    def kept(self) -> "Segment":
        """Without what is needed at its making alone: a third of it."""
        return replace(self, which=self.which[:0])


def segment(rows: Sequence[Row]) -> Segment:
    counts = np.array([len(row.packed) // _FEATURE for row in rows], np.int64)
    sizes = counts.tolist()
    features = [np.frombuffer(row.packed, "<u4", size, _HEAD) for row, size in zip(rows, sizes, strict=True)]
    both = [np.frombuffer(row.packed, np.uint8, -1, _HEAD + 4 * size) for row, size in zip(rows, sizes, strict=True)]
    columns = [(*row[:4], int.from_bytes(row.packed[:_HEAD], "big")) for row in rows]
    joined: Counts = np.concatenate(both)
    return _filed(Columns(*np.array(columns, np.int64).T), counts, np.concatenate(features), *_parted(joined))


def _parted(both: Counts) -> tuple[Counts, Counts]:
    """The counts in the headline and in the lead."""
    in_title: Counts = np.right_shift(both, 4).astype(np.uint8)
    in_lead: Counts = np.bitwise_and(both, 15).astype(np.uint8)
    return in_title, in_lead


def merged(segments: Sequence[Segment]) -> Segment:
    columns = zip(*(one.columns for one in segments), strict=True)
    return _filed(
        Columns(*map(np.concatenate, columns)),
        np.concatenate([np.diff(one.starts) for one in segments]),
        *(np.concatenate([getattr(one, name) for one in segments]) for name in ("features", "in_title", "in_lead")),
    )


def _filed(columns: Columns, counts: Ids, features: Features, in_title: Counts, in_lead: Counts) -> Segment:
    owners = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    # Each feature with its place, as one number: sorted several times as fast as the features' places are.
    placed = features.astype(np.uint64) << np.uint64(32) | np.arange(len(features), dtype=np.uint64)
    placed.sort()
    order, ordered = placed.astype(np.uint32), (placed >> np.uint64(32)).astype(np.uint32)
    begins = np.flatnonzero(np.append(np.ones(min(1, len(ordered)), np.bool_), ordered[1:] != ordered[:-1]))
    ends = np.append(begins, len(features))
    which = np.empty(len(features), np.int32)
    which[order] = np.repeat(np.arange(len(begins), dtype=np.int32), np.diff(ends))
    starts = np.concatenate([[0], np.cumsum(counts)])
    return Segment(columns, starts, features, in_title, in_lead, ordered[begins], ends, owners[order], which)


def vectors(features: Features, in_title: Counts, in_lead: Counts) -> tuple[Weights, Weights, Weights, Weights]:
    """Not weighed yet: words, of which a headline's count twice; the headline; its sound; names and numbers."""
    kinds = features >> KIND_BITS
    is_word, is_name = kinds == LEMMA, (kinds == NAME) | (kinds == NUMBER)
    counts, title = 2 * in_title + in_lead, _DAMPED.take(in_title)
    return is_word * _DAMPED.take(counts), is_word * title, (kinds == SOUND) * title, is_name * _ROOTS.take(counts)


def stretched(begins: Ids, ends: Ids) -> tuple[Ids, Ids]:
    """All numbers from each beginning up to its end, and how many these are."""
    sizes = ends - begins
    return np.arange(sizes.sum()) + np.repeat(begins - (np.cumsum(sizes) - sizes), sizes), sizes
