"""Rows in the making: clauses are read, and the rows of older segments taken over.

A row is a clause: the literals that it requires, as hashes, one that it forbids, and its query. A phrase is a literal
made of its beginning and its last word, so that it is as simple as a word. A row that asks for more (phrases with a
place left out, further exclusions) is special: `~n` stands for its query, and the special n says what it asks besides.
"""

import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from storage.clauses import (
    ALWAYS,
    BETWEEN_CLAUSES,
    BETWEEN_LITERALS,
    BETWEEN_PLACES,
    CANONICAL,
    CONDITION,
    FORBIDDEN,
    NEVER,
    TITLE,
)
from storage.errors import QueryError
from storage.percolation.atoms import Ints, of_neighbours, ranges
from storage.query import parse_canonical
from storage.syntax import Query

if TYPE_CHECKING:
    from storage.percolation.segment import Segment

_Row = tuple["array[int]", "array[int]", "array[int]"]

_NOT_PLAIN = re.compile(r"[!~,>=*^:\t]")
_VIRTUAL = re.compile(r"[~,=*^:]")
_NONE = hash(NEVER)


class Draft:
    """What a segment is made of."""

    def __init__(self) -> None:
        # By the number of literals that a row requires: these, row after row, what each forbids, and the queries.
        self.rows: defaultdict[int, _Row] = defaultdict(lambda: (array("q"), array("q"), array("i")))
        # Literals that are more than a term.
        self.virtual = {ALWAYS, NEVER}
        # Literals that are two neighbours: their hash, and those of the two, one such literal after another.
        self.neighbours = array("q")
        # Queries whose clauses don't say all.
        self.unsure: dict[int, Query] = {}
        # Specials: their queries, and where what each asks ends. What is asked: whether it is forbidden, and where its
        # places end. Places: a literal, and how far it stands from the first.
        self.queries, self.ends = array("i"), array("i")
        self.forbidden, self.place_ends = array("b"), array("i")
        self.literals, self.offsets = array("q"), array("i")

    def extend(self, queries: Iterable[tuple[int, str]]) -> None:
        """Adds queries by id and clauses (`storage.clauses`)."""
        # Plain ones, which are most, are gathered by the number of their literals: a million are added in a second.
        plain: defaultdict[int, tuple[list[int], list[str]]] = defaultdict(lambda: ([], []))
        for query_id, clauses in queries:
            if not _NOT_PLAIN.search(clauses):
                for clause in clauses.split(BETWEEN_CLAUSES) if clauses else ():
                    owners, texts = plain[clause.count(BETWEEN_LITERALS) + 1]
                    owners.append(query_id)
                    texts.append(clause)
            else:
                self._add(query_id, clauses)
        for width, (owners, texts) in plain.items():
            literals, forbidden, known = self.rows[width]
            literals.extend(map(hash, BETWEEN_LITERALS.join(texts).split(BETWEEN_LITERALS)))
            forbidden.extend(array("q", [_NONE]) * len(owners))
            known.extend(owners)

    def absorb(self, segment: "Segment", *, without: Ints) -> None:
        """Adds the rows of a segment but those of some queries."""
        special, keys = segment.special, segment.vocabulary.keys
        stays = ~np.isin(special.queries, without)
        renumbered = np.cumsum(stays) - 1 + len(self.queries)
        for width, table in segment.tables.items():
            is_special = table.queries < 0
            owners, queries = table.queries.copy(), table.queries.copy()
            queries[is_special] = special.queries[~owners[is_special]]
            owners[is_special] = ~renumbered[~owners[is_special]]
            kept = ~np.isin(queries, without)
            literals, forbidden, known = self.rows[width]
            _append(literals, keys[table.atoms()[kept]])
            _append(forbidden, keys[table.forbidden[kept]])
            _append(known, owners[kept])
        chosen = np.flatnonzero(stays)
        asked, _ = ranges(special.first, chosen)
        places, _ = ranges(special.place_first, asked)
        _append(self.queries, special.queries[chosen])
        _append_ends(self.ends, np.diff(special.first)[chosen])
        _append(self.forbidden, special.forbidden[asked])
        _append_ends(self.place_ends, np.diff(special.place_first)[asked])
        _append(self.literals, keys[special.atoms[places]])
        _append(self.offsets, special.offsets[places])
        self.virtual |= segment.vocabulary.virtual
        _append(self.neighbours, keys[segment.vocabulary.neighbours])
        gone = set(without.tolist())
        self.unsure |= {query_id: query for query_id, query in segment.unsure.items() if query_id not in gone}

    def _add(self, query_id: int, clauses: str) -> None:
        clauses, _, canonical = clauses.partition(CANONICAL)
        if canonical:
            try:
                self.unsure[query_id] = parse_canonical(canonical)
            except QueryError:  # an older version wrote it: the renewal says so
                return
        for clause in clauses.split(BETWEEN_CLAUSES) if clauses else ():
            self._clause(query_id, clause)

    def _clause(self, query_id: int, clause: str) -> None:
        """A phrase with a place left out requires what is before and behind that, and asks for its places besides."""
        is_virtual = _VIRTUAL.search(clause)
        required: list[int] = []
        forbidden = _NONE
        asked: list[tuple[bool, list[str]]] = []
        for literal in clause.split(BETWEEN_LITERALS):
            is_forbidden = literal[0] == FORBIDDEN
            if is_forbidden:
                literal = literal[1:]
            places = _places(literal) if BETWEEN_PLACES in literal else [literal]
            if is_virtual:
                self.virtual.update(filter(_VIRTUAL.search, places))
            parts = self._parts(places) if len(places) > 1 else [hash(literal)]
            if not is_forbidden:
                required += parts
            elif len(parts) == 1 and forbidden == _NONE:
                [forbidden] = parts
                continue
            if is_forbidden or len(parts) > 1:
                asked.append((is_forbidden, places))
        distinct = list(dict.fromkeys(required)) or [hash(ALWAYS)]
        literals, forbids, owners = self.rows[len(distinct)]
        literals.extend(distinct)
        forbids.append(forbidden)
        owners.append(~self._special(query_id, asked) if asked else query_id)

    def _parts(self, places: Sequence[str]) -> list[int]:
        """The hashes of what stands in a row, between the places that are left out."""
        parts: list[int] = []
        is_behind = False
        for place in places:
            if place and is_behind:
                former, latter = parts.pop(), hash(place)
                parts.append(of_neighbours(former, latter))
                self.neighbours.extend((parts[-1], former, latter))
            elif place:
                parts.append(hash(place))
            is_behind = bool(place)
        return parts

    def _special(self, query_id: int, asked: Sequence[tuple[bool, Sequence[str]]]) -> int:
        for is_forbidden, places in asked:
            for offset, literal in enumerate(places):
                if literal:
                    self.literals.append(hash(literal))
                    self.offsets.append(offset)
            self.forbidden.append(is_forbidden)
            self.place_ends.append(len(self.literals))
        self.queries.append(query_id)
        self.ends.append(len(self.forbidden))
        return len(self.queries) - 1


def _places(literal: str) -> list[str]:
    """The literals of a phrase place by place, or a source alone."""
    if CONDITION in literal:
        return [literal]
    if not literal.startswith(TITLE):
        return literal.split(BETWEEN_PLACES)
    return [TITLE + place if place else "" for place in literal.removeprefix(TITLE).split(BETWEEN_PLACES)]


def _append(target: "array[int]", values: "np.ndarray[tuple[int, ...], np.dtype[np.generic]]") -> None:
    target.frombytes(values.tobytes())


def _append_ends(target: "array[int]", lengths: "np.ndarray[tuple[int, ...], np.dtype[np.generic]]") -> None:
    before = target[-1] if target else 0
    target.frombytes((np.cumsum(lengths) + before).astype(np.int32).tobytes())
