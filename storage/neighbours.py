"""Which articles of some days are like a new one: arrays of fingerprints, and the features they are found by.

    rows of the store ──Segment──▶ segments, small ones merged into larger ──like──▶ Neighbour, the most alike first

A segment holds its articles' features in a row, and for each feature the articles that have it. What an article is
looked for by are its rarest features; of the articles that have most of their weight some dozens are compared in full.
Weights are TF-IDF, by the articles that are in the window just now.
"""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from storage.comparing import UNPLACED, Asked, asked, best, candidates, compared, has_lead, looked_for, part
from storage.fingerprints import Fingerprint
from storage.segments import Features, Ids, Range, Row, Segment, Weights, merged, segment, stretched

# Segments of about one size are merged when there are so many of them.
MERGED: Final = 3
SMALL: Final = 128
# As if there were so many other articles, which have none of the features: in a small store, too, a rare word weighs
# more than a common one, and one that two articles have weighs something.
OTHERS: Final = 1000
# Articles beside the window that are looked for at once: so many pairs of them, which take some megabytes.
AT_ONCE: Final = 1 << 20


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


Worth = Callable[[Any, NDArray[np.bool_]], NDArray[np.bool_]]
"""Which neighbours, each field of them an array, are worth a closer look, by whether who asks is a bare headline."""


class Known(NamedTuple):
    """What is remembered of a story: all features of its articles, who told it, and when first and last."""

    features: frozenset[int] = frozenset()
    sources: frozenset[int] = frozenset()
    first: int = 0
    last: int = 0


class Window:
    """The articles of some days, in the order in which they are added."""

    def __init__(self) -> None:
        self._segments: list[Segment] = []
        # Lengths of vectors by segment: weighed by what was there when the segment was made.
        self._lengths: list[Weights] = []
        # By segment, where the articles are that have each feature of what was pushed last.
        self._ranges: list[Range] = []

    def __len__(self) -> int:
        return sum(map(len, self._segments))

    def add(self, rows: Sequence[Row]) -> AbstractSet[int]:
        """Those of the ids that were there: articles that have changed, found by what they say now alone."""
        known = self._forget(np.array([row.id for row in rows], np.int64))
        if rows:
            self._keep(segment(rows))
            self._merge()
        return known

    def push(self, rows: Sequence[Row]) -> None:
        """Adds what may be taken back by `pop`."""
        self._ranges = self._append(segment(rows))

    def pop(self) -> None:
        self._segments.pop()
        self._lengths.pop()

    def of_story(self, story: int) -> Known:
        features: set[int] = set()
        sources: set[int] = set()
        seconds: list[int] = []
        for one in self._segments:
            places = np.flatnonzero(one.columns.stories == story)
            at, _ = stretched(one.starts[places], one.starts[places + 1])
            features.update(one.features[at].tolist())
            sources.update(one.columns.sources[places].tolist())
            seconds += one.columns.seconds[places].tolist()
        if not seconds:
            return Known()
        return Known(frozenset(features), frozenset(sources), min(seconds), max(seconds))

    def weights(self, features: Sequence[int]) -> list[float]:
        """What the features weigh, each of them."""
        weights: list[float] = self._idf(_sizes(self._found(np.array(features, np.uint32)))).tolist()
        return weights

    def settle(self, place: int, story: int) -> None:
        """Says of which story the article is that stands at this place of what was pushed."""
        self._segments[-1].columns.stories[place] = story

    def like(self, one: Fingerprint, *, second: int, within_s: int) -> list[Neighbour]:
        """Articles of stories, published up to `within_s` before or after, the most alike first."""
        if not len(self):
            return []
        made = segment([Row(0, second, UNPLACED, 0, one.packed)])
        ranges = self._found(made.distinct)
        return self._alike(self._asked(made, ranges), ranges, within_s, None)[0]

    def pushed(self, *, within_s: int, worth: Worth | None = None) -> list[list[Neighbour]]:
        """Of each article that was pushed last, those like it, of those pushed with it only those before it; none
        where none of them is `worth` it.
        """
        made = self._asked(self._segments[-1], self._ranges)
        step = max(1, AT_ONCE // len(self))
        parts = ((at, min(at + step, len(made))) for at in range(0, len(made), step))
        return [
            alike
            for begin, end in parts
            for alike in self._alike(made.part(begin, end), self._ranges, within_s, np.arange(begin, end), worth)
        ]

    def _asked(self, made: Segment, ranges: Sequence[Range]) -> Asked:
        found = _sizes(ranges)
        return asked(made, found, self._idf(found))

    def _alike(
        self, one: Asked, ranges: Sequence[Range], within_s: int, before: Ids | None, worth: Worth | None = None
    ) -> list[list[Neighbour]]:
        looked, last = looked_for(one, len(self)), self._segments[-1]
        within = [
            candidates(each, lengths, own, one, looked, within_s=within_s, before=before if each is last else None)
            for each, lengths, own in zip(self._segments, self._lengths, ranges, strict=True)
        ]
        rows = zip(self._segments, self._lengths, within, best(within, one), strict=True)
        askers, columns = compared([part(*row) for row in rows], one)
        if worth:
            wanted = np.zeros(len(one), np.bool_)
            wanted[askers[worth(Neighbour._make(columns), ~has_lead(one)[askers])]] = True
            kept = wanted[askers]
            askers, columns = askers[kept], [column[kept] for column in columns]
        alike: list[list[Neighbour]] = [[] for _ in range(len(one))]
        for asker, *values in zip(askers.tolist(), *(column.tolist() for column in columns), strict=True):
            alike[asker].append(Neighbour._make(values))
        return [sorted(each, key=lambda neighbour: -neighbour.words) for each in alike]

    def _forget(self, ids: Ids) -> AbstractSet[int]:
        """Takes these articles out of all stories; the ids of those that were there."""
        known: set[int] = set()
        for one in self._segments:
            places = np.flatnonzero(np.isin(one.columns.ids, ids))
            one.columns.stories[places] = UNPLACED
            known.update(one.columns.ids[places].tolist())
        return known

    def _keep(self, made: Segment) -> None:
        self._append(made)
        self._segments[-1] = made.kept()

    def _append(self, made: Segment) -> list[Range]:
        """Where the articles are, by segment, that have each of its features."""
        self._segments.append(made)
        ranges = self._found(made.distinct)
        self._lengths.append(made.lengths(self._idf(_sizes(ranges))))
        return ranges

    def _merge(self) -> None:
        while (run := _run(self._segments)) >= MERGED:
            made = merged(self._segments[-run:])
            del self._segments[-run:], self._lengths[-run:]
            self._keep(made)

    def _found(self, features: Features) -> list[Range]:
        """By segment, where the articles are that have each of these."""
        return [one.ranges(features) for one in self._segments]

    def _idf(self, found: Ids) -> Weights:
        return np.log((len(self) + OTHERS) / (found + 0.5))


def _sizes(ranges: Sequence[Range]) -> Ids:
    """How many articles there are in these, of all segments."""
    sizes: Ids = np.sum([ends - begins for begins, ends in ranges], axis=0, dtype=np.int64)
    return sizes


def _run(segments: Sequence[Segment]) -> int:
    """How many of the last segments are about as large as the last, or small."""
    largest = 2 * max(SMALL, len(segments[-1]))
    return next((at for at, one in enumerate(reversed(segments)) if len(one) > largest), len(segments))
