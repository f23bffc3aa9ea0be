"""Rows in arrays, and which of them an article meets.

    atoms of an article ──anchors──▶ rows ──the others required──▶ met, or special ──▶ phrases and exclusions

The anchor of a row is the rarest literal that it requires, so that an article looks at few rows which it does not meet.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from storage.percolation.atoms import Flags, Found, Indexes, Ints, distinct, ranges


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that require so many literals: where those of each anchor begin, their other literals, the one they forbid,
    their queries."""

    first: Ints
    others: tuple[Ints, ...]
    forbidden: Ints
    queries: Ints

    @classmethod
    def of(cls, literals: Ints, forbidden: Ints, queries: Ints, frequencies: Ints) -> Self:
        """Of rows of atoms, each of which is put in the order of their frequencies."""
        literals = np.take_along_axis(literals, np.argsort(frequencies[literals], axis=1, kind="stable"), axis=1)
        order = np.argsort(literals[:, 0], kind="stable")
        first = np.searchsorted(literals[order, 0], np.arange(len(frequencies) + 1)).astype(np.int32)
        others = tuple(literals[order, at] for at in range(1, literals.shape[1]))
        return cls(first, others, forbidden[order], queries[order])

    def atoms(self) -> Ints:
        """All literals of each row."""
        anchors = np.repeat(np.arange(len(self.first) - 1, dtype=np.int32), np.diff(self.first))
        return np.stack((anchors, *self.others), axis=1)

    def met(self, atoms: Ints, present: Flags) -> Ints:
        """The queries, or specials, of which all that is required is present, and nothing that is forbidden."""
        # As `ranges`, which would tell the atom of each row too.
        begin = self.first.take(atoms)
        counts = self.first.take(atoms + 1) - begin
        rows: Indexes = (begin + counts - counts.cumsum()).repeat(counts) + np.arange(counts.sum())
        for column in self.others:
            rows = rows.compress(present.take(column.take(rows)))
        rows = rows.compress(~present.take(self.forbidden.take(rows)))
        return self.queries.take(rows)

    @property
    def nbytes(self) -> int:
        return sum(one.nbytes for one in (self.first, *self.others, self.forbidden, self.queries))


# At most so many places are tried for phrases at once: about 100 MB, however long the article is.
TRIED = 1 << 21


class Standing:
    """Where the atoms of an article stand: ascending numbers of atom and place together."""

    def __init__(self, found: Found, *, widest: int) -> None:
        # So that no step forth or back from a place reaches the places of another atom.
        self._margin = widest
        self._span = 2 * widest + 1 + (int(found.places.max()) if len(found.places) else 0)
        self._keys = distinct(self._key(found.atoms, found.places))

    def __len__(self) -> int:
        return len(self._keys)

    def are_there(self, atoms: Ints, places: Indexes) -> Flags:
        keys = self._key(atoms, places)
        there: Flags = self._keys[np.minimum(self._keys.searchsorted(keys), len(self._keys) - 1)] == keys
        return there

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
    rarest word first; none is so wide that a word stands more than `widest` places behind its first."""

    queries: Ints
    first: Ints
    forbidden: Flags
    place_first: Ints
    atoms: Ints
    offsets: Ints
    widest: int

    def ordered(self, frequencies: Ints) -> Self:
        """The same with the places of each thing in the order of these frequencies."""
        owners = np.repeat(np.arange(len(self.place_first) - 1), np.diff(self.place_first))
        order = np.lexsort((frequencies[self.atoms], owners))
        return replace(self, atoms=self.atoms[order], offsets=self.offsets[order])

    def met(self, rows: Ints, present: Flags, found: Found) -> Ints:
        """The queries of those rows that have what they ask."""
        asked, owners = ranges(self.first, rows)
        holds = self._are_present(asked, present)
        phrases = np.flatnonzero(holds & (self.place_first[asked + 1] - self.place_first[asked] > 1))
        if len(phrases):
            holds[phrases] = self._in_a_row(asked[phrases], Standing(found, widest=self.widest))
        refused = np.zeros(len(rows), bool)
        refused[owners[holds == self.forbidden[asked]]] = True
        return self.queries[rows[~refused]]

    def _are_present(self, asked: Indexes, present: Flags) -> Flags:
        places, owners = ranges(self.place_first, asked)
        found = np.ones(len(asked), bool)
        found[owners[~present[self.atoms[places]]]] = False
        return found

    def _in_a_row(self, phrases: Indexes, standing: Standing) -> Flags:
        """Each phrase is tried wherever its rarest word stands."""
        if len(phrases) > 1 and len(phrases) * len(standing) > TRIED:
            return np.concatenate([self._in_a_row(half, standing) for half in np.array_split(phrases, 2)])
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
