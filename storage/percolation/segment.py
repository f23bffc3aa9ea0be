"""An immutable part of the percolator: the clauses of many queries, and which of them an article meets.

clauses ──Draft──▶ hashes of literals ──Segment──▶ atoms, and rows apart by how many literals they require
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain, islice, pairwise
from typing import Any

import numpy as np

from storage.clauses import ALWAYS
from storage.language.document import Document
from storage.percolation.atoms import Few, Found, Ints, Vocabulary, among, distinct
from storage.percolation.draft import Draft
from storage.percolation.tables import Special, Table

_NONE = np.zeros(0, np.int32)
# What so many articles have is found together.
AT_ONCE = 16
# Most rows require at most so many literals.
NARROW = 3


class Segment:
    """Of a draft; `observed` are articles by which the frequencies of words are estimated, `before` is the segment
    whose estimates are taken over.

    Matches a few articles at a time.
    """

    def __init__(
        self,
        draft: Draft,
        *,
        observed: Iterable[tuple[Document, datetime]] = (),
        before: "Segment | None" = None,
    ) -> None:
        hashes = (draft.literals, *(part for rows in draft.rows.values() for part in rows[:2]))
        literals = distinct(np.concatenate([_array(one, np.int64) for one in hashes]))
        self.vocabulary = Vocabulary(literals, draft.virtual, _array(draft.neighbours, np.int64).reshape(-1, 3))
        self.frequencies = _taken_over(before, self.vocabulary)
        self._present = np.zeros(len(self.vocabulary), bool)
        for found in chain.from_iterable(map(self._find, in_parts(observed))):
            self._observe(distinct(found.atoms))
        self.unsure = draft.unsure
        self.tables = self._tables(draft)
        self.special = Special(
            queries=_array(draft.queries, np.int32),
            first=_starts(draft.ends),
            forbidden=_array(draft.forbidden, np.int8).astype(bool),
            place_first=_starts(draft.place_ends),
            atoms=self.vocabulary.numbers(_array(draft.literals, np.int64)),
            offsets=_array(draft.offsets, np.int32),
            widest=max(draft.offsets, default=0),
        ).ordered(self.frequencies)

    def match(self, few: Few) -> list[Ints]:
        """For each of the articles, the ids of the queries met, in no order, some perhaps several times."""
        found = list(self._find(few))
        return [self._met(*one) for one in zip(found, few.documents, few.moments, strict=True)]

    def _find(self, few: Few) -> Iterator[Found]:
        """What is found in each of the articles."""
        found, starts = self.vocabulary.find(few)
        if len(starts) == 1:
            yield found
            return
        order = found.places.argsort(kind="stable")
        atoms, places = found.atoms.take(order), found.places.take(order)
        bounds = places.searchsorted(starts).tolist()
        for begin, end in pairwise((*bounds, len(places))):
            yield Found(atoms[begin:end], places[begin:end])

    def _met(self, found: Found, document: Document, now: datetime) -> Ints:
        atoms = distinct(found.atoms)
        self._present[atoms] = True
        try:
            met = np.concatenate([_NONE, *(table.met(atoms, self._present) for table in self.tables.values())])
            is_special = met < 0
            if is_special.any():
                special = self.special.met(~met.compress(is_special), self._present, found)
                met = np.concatenate((met.compress(~is_special), special))
        finally:  # the next article must not have the words of one that failed
            self._present[atoms] = False
        self._observe(atoms)
        return self._sure(met, document, now)

    def _tables(self, draft: Draft) -> dict[int, Table]:
        """By the number of literals; rows of few are filed together, so that an article looks at one table."""
        parts: defaultdict[int, list[tuple[Ints, Ints, Ints]]] = defaultdict(list)
        [always] = self.vocabulary.numbers(np.array([hash(ALWAYS)]))
        for width, rows in draft.rows.items():
            required, forbidden = (self.vocabulary.numbers(_array(one, np.int64)) for one in rows[:2])
            missing = ((0, 0), (0, max(NARROW - width, 0)))
            literals = np.pad(required.reshape(-1, width), missing, constant_values=always)
            parts[literals.shape[1]].append((literals, forbidden, _array(rows[2], np.int32)))
        tables = {}
        for width, some in parts.items():
            literals, forbidden, queries = map(np.concatenate, zip(*some, strict=True))
            tables[width] = Table.of(literals, forbidden, queries, self.frequencies)
        return tables

    def _sure(self, met: Ints, document: Document, now: datetime) -> Ints:
        """Without what its own meaning refuses."""
        if not self.unsure:
            return met
        refused = [
            query_id
            for query_id in self.unsure.keys() & set(met.tolist())
            if not self.unsure[query_id].matches(document, now=now)
        ]
        return met[~np.isin(met, refused)]

    def _observe(self, atoms: Ints) -> None:
        self.frequencies[atoms] += 1

    @property
    def nbytes(self) -> int:
        parts: list[Any] = [self.vocabulary, self.special, self.frequencies, self._present, *self.tables.values()]
        return sum(part.nbytes for part in parts)


def in_parts(articles: Iterable[tuple[Document, datetime]]) -> Iterator[Few]:
    """So many of the articles as are matched at once."""
    rest = iter(articles)
    while some := list(islice(rest, AT_ONCE)):
        yield Few(*zip(*some, strict=True))


def _taken_over(before: "Segment | None", vocabulary: Vocabulary) -> Ints:
    """In how many articles each atom was met lately; what is older counts half, and half again."""
    frequencies = np.zeros(len(vocabulary), np.int32)
    if before:
        known, at = among(before.vocabulary.keys, vocabulary.keys)
        frequencies[known] = before.frequencies[at] // 2
    return frequencies


def _array(values: "array[int]", kind: Any) -> Any:
    return np.frombuffer(values, kind) if values else np.zeros(0, kind)


def _starts(ends: "array[int]") -> Ints:
    return np.concatenate(([0], _array(ends, np.int32))).astype(np.int32)
