"""Rows in arrays, and which of them an article meets.

    atoms of an article ──anchors──▶ rows ──the others required──▶ met, or special ──▶ phrases and exclusions

The anchor of a row is the rarest literal that it requires, so that an article looks at few rows which it does not meet.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np

from storage.percolation.atoms import Flags, Found, Indexes, Ints, distinct, ranges


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that require so many literals: where those of each anchor begin, their other literals, their queries."""

    first: Ints
    others: tuple[Ints, ...]
    queries: Ints

    @classmethod
    def of(cls, literals: Ints, queries: Ints, frequencies: Ints) -> Self:
        """Of rows of atoms, each of which is put in the order of their frequencies."""
        literals = np.take_along_axis(literals, np.argsort(frequencies[literals], axis=1, kind="stable"), axis=1)
        order = np.argsort(literals[:, 0], kind="stable")
        first = np.searchsorted(literals[order, 0], np.arange(len(frequencies) + 1)).astype(np.int32)
        return cls(first, tuple(literals[order, at] for at in range(1, literals.shape[1])), queries[order])

    def atoms(self) -> Ints:
        """All literals of each row."""
        anchors = np.repeat(np.arange(len(self.first) - 1, dtype=np.int32), np.diff(self.first))
        return np.stack((anchors, *self.others), axis=1)

    def met(self, atoms: Ints, present: Flags) -> Ints:
        """The queries, or specials, of which all that is required is present."""
        # As `ranges`, which would tell the atom of each row too.
        begin = self.first[atoms]
        counts = self.first[atoms + 1] - begin
        ends = counts.cumsum()
        rows: Indexes = (begin - ends + counts).repeat(counts) + np.arange(ends[-1] if len(ends) else 0)
        for column in self.others:
            rows = rows[present[column[rows]]]
        return self.queries[rows]

    @property
    def nbytes(self) -> int:
        return sum(one.nbytes for one in (self.first, *self.others, self.queries))


# A power of two, of which a thousand words leave nearly all free.
PERHAPS = 1 << 16
# At most so many places are tried for phrases at once: about 100 MB, however long the article is.
TRIED = 1 << 21


class Standing:
    """Where the atoms of an article stand: ascending numbers of atom and place together."""

    def __init__(self, found: Found, *, widest: int) -> None:
        self._found = found
        # So that no step forth or back from a place reaches the places of another atom.
        self._margin = widest
        self._span = 2 * widest + 1 + (int(found.places.max()) if len(found.places) else 0)
        self._keys = distinct(self._key(found.atoms, found.places))
        self.atoms = distinct(found.atoms)
        # Nearly all that is asked for is not there, which this tells faster than a search.
        self._perhaps = np.zeros(PERHAPS, bool)
        self._perhaps[self._keys % PERHAPS] = True

    def __len__(self) -> int:
        return len(self._keys)

    def are_there(self, atoms: Ints, places: Indexes) -> Flags:
        keys = self._key(atoms, places)
        there: Flags = self._perhaps[keys % PERHAPS]
        perhaps = np.flatnonzero(there)
        at = np.minimum(self._keys.searchsorted(keys[perhaps]), len(self._keys) - 1)
        there[perhaps] = self._keys[at] == keys[perhaps]
        return there

    def perhaps_beside(self, before: Ints, behind: Ints) -> Flags:
        """Whether one may stand right before the other somewhere; where not, it does not."""
        beside: Flags = self._beside[self._pair(before, behind)]
        return beside

    @cached_property
    def _beside(self) -> Flags:
        order = self._found.places.argsort(kind="stable")
        atoms, places = self._found.atoms[order], self._found.places[order]
        first = places.searchsorted(np.arange(int(places[-1]) + 3))
        behind, before = ranges(first.astype(np.int32), places + np.int32(1))
        beside = np.zeros(PERHAPS, bool)
        beside[self._pair(atoms[before], atoms[behind])] = True
        return beside

    @staticmethod
    def _pair(before: Ints, behind: Ints) -> Indexes:
        # Any odd number that spreads them.
        pairs: Indexes = (before.astype(np.int64) * 40_503 + behind) % PERHAPS
        return pairs

    def of(self, atoms: Ints) -> tuple[Indexes, Indexes]:
        """Every place of these atoms, and which of them stands there."""
        least = self._key(atoms, -self._margin)
        first = self._keys.searchsorted(least)
        counts = self._keys.searchsorted(least + self._span) - first
        which = np.repeat(np.arange(len(atoms)), counts)
        within = np.arange(len(which)) - (counts.cumsum() - counts)[which]
        return self._keys[first[which] + within] - least[which] - self._margin, which

    def _key(self, atoms: Ints, places: Ints | Indexes | int) -> Indexes:
        return atoms.astype(np.int64) * self._span + places + self._margin


@dataclass(frozen=True, slots=True)
class Special:
    """What special rows ask: row n the things from `first[n]` on, each of them its places from `place_first` on, the
    rarest word first."""

    queries: Ints
    first: Ints
    forbidden: Flags
    place_first: Ints
    atoms: Ints
    offsets: Ints

    def ordered(self, frequencies: Ints) -> Self:
        """The same with the places of each thing in the order of these frequencies."""
        owners = np.repeat(np.arange(len(self.place_first) - 1), np.diff(self.place_first))
        order = np.lexsort((frequencies[self.atoms], owners))
        return replace(self, atoms=self.atoms[order], offsets=self.offsets[order])

    def met(self, rows: Ints, present: Flags, standing: Standing) -> Ints:
        """The queries of those rows that have what they ask."""
        asked, owners = ranges(self.first, rows)
        forbidden = self.forbidden[asked]
        holds = np.ones(len(asked), bool)
        # The words of a phrase that is asked for are required by its row.
        perhaps = np.flatnonzero(forbidden)
        holds[perhaps] = self._are_present(asked[perhaps], present)
        phrases = np.flatnonzero(holds & (self.place_first[asked + 1] - self.place_first[asked] > 1))
        if len(phrases):
            holds[phrases] = self._in_a_row(asked[phrases], standing)
        refused = np.zeros(len(rows), bool)
        refused[owners[holds == forbidden]] = True
        return self.queries[rows[~refused]]

    def _are_present(self, asked: Indexes, present: Flags) -> Flags:
        places, owners = ranges(self.place_first, asked)
        found = np.ones(len(asked), bool)
        found[owners[~present[self.atoms[places]]]] = False
        return found

    def _in_a_row(self, phrases: Indexes, standing: Standing) -> Flags:
        holds = np.zeros(len(phrases), bool)
        perhaps = np.flatnonzero(self._perhaps_in_a_row(phrases, standing))
        holds[perhaps] = self._surely_in_a_row(phrases[perhaps], standing)
        return holds

    def _perhaps_in_a_row(self, phrases: Indexes, standing: Standing) -> Flags:
        """Whether the two rarest words may be neighbours, if they are in the phrase."""
        rarest = self.place_first[phrases]
        one, other = self.atoms[rarest], self.atoms[rarest + 1]
        step = self.offsets[rarest + 1] - self.offsets[rarest]
        beside = standing.perhaps_beside(np.where(step > 0, one, other), np.where(step > 0, other, one))
        beside[np.abs(step) != 1] = True
        return beside

    def _surely_in_a_row(self, phrases: Indexes, standing: Standing) -> Flags:
        """Each phrase is tried wherever its rarest word stands."""
        if len(phrases) > 1 and len(phrases) * len(standing) > TRIED:
            return np.concatenate([self._surely_in_a_row(half, standing) for half in np.array_split(phrases, 2)])
        pivots = self.place_first[phrases]
        at, tried = standing.of(self.atoms[pivots])
        starts = at - self.offsets[pivots][tried]
        places, owners = ranges(self.place_first, phrases[tried], skip=1)
        fails = ~standing.are_there(self.atoms[places], starts[owners] + self.offsets[places])
        failed = np.zeros(len(tried), bool)
        failed[owners[fails]] = True
        holds = np.zeros(len(phrases), bool)
        holds[tried[~failed]] = True
        return holds

    @property
    def nbytes(self) -> int:
        arrays = (self.queries, self.first, self.forbidden, self.place_first, self.atoms, self.offsets)
        return sum(one.nbytes for one in arrays)
