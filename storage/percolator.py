"""All standing queries against a new article.

    queries.clauses ──▶ young segment ──merge, in the background──▶ base segment

    article ──▶ what it meets of the base, without what has changed since ──┐
            └─▶ what it meets of the young segment ─────────────────────────┴──▶ query ids

The answer is always that of `Query.matches`; tests hold one against the other. A segment (`storage.percolation`) never
changes: new queries make a new young one, which is small, and a merge makes a new base beside the old one.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from storage.language.document import Document
from storage.percolation.atoms import Few, distinct
from storage.percolation.draft import Draft
from storage.percolation.memory import give_back
from storage.percolation.segment import Segment, in_parts

_NONE = np.zeros(0, np.int32)
# A young segment of so many is made in a hundredth of a second.
MOST_YOUNG = 4096
# After so many articles words are common that were rare, and the anchors are chosen anew.
ARTICLES_BETWEEN = 5000


@dataclass(frozen=True, slots=True)
class _State:
    """What matching reads at one moment; `stale` are the queries of the base that are gone, or mean something else."""

    base: Segment
    young: Mapping[int, str] = field(default_factory=dict)
    segment: Segment | None = None
    stale: frozenset[int] = frozenset()


class Percolator:
    """Changed by one at a time; matching and merging may go on beside that, one of each at a time."""

    def __init__(self) -> None:
        self._state = _State(Segment(Draft()))
        self._matched = 0
        self._changing = threading.Lock()

    def load(self, draft: Draft, observed: Iterable[tuple[Document, datetime]] = ()) -> None:
        """Begins anew with the queries of a draft; `observed` are articles like those to come, and their moments."""
        self._state = _State(Segment(draft, observed=observed))
        self._matched = 0
        give_back()

    def update(self, queries: Mapping[int, str]) -> None:
        """Takes in new queries, and known ones that mean something else, by id and clauses."""
        if queries:
            with self._changing:
                self._change({**self._state.young, **queries}, stale=queries.keys())

    def remove(self, query_ids: Iterable[int]) -> None:
        gone = frozenset(query_ids)
        if gone:
            with self._changing:
                young = {query_id: one for query_id, one in self._state.young.items() if query_id not in gone}
                self._change(young, stale=gone)

    def match(self, document: Document, *, now: datetime) -> NDArray[np.uint32]:
        """The ids of the queries that the article meets, ascending; `now` is when it was stored."""
        [met] = self.match_all([(document, now)])
        return met

    def match_all(self, articles: Iterable[tuple[Document, datetime]]) -> Iterator[NDArray[np.uint32]]:
        """The same of each of many articles, which are taken and told a few at a time: that costs half as much."""
        for few in in_parts(articles):
            yield from self._match(few)

    def _match(self, few: Few) -> Iterator[NDArray[np.uint32]]:
        state = self._state
        self._matched += len(few.documents)
        stale = list(state.stale)
        young = state.segment.match(few) if state.segment else repeat(_NONE)
        for met, more in zip(state.base.match(few), young, strict=False):
            kept = met[~np.isin(met, stale)] if stale else met
            yield distinct(np.concatenate((kept, more))).astype(np.uint32)

    @property
    def wants_merge(self) -> bool:
        """Whether the young have become many, or the anchors old."""
        many = len(self._state.young) > MOST_YOUNG or len(self._state.stale) > MOST_YOUNG
        return many or self._matched > ARTICLES_BETWEEN

    def merge(self) -> None:
        """Files everything anew by the frequencies that words have now; takes about a second for a million queries."""
        old = self._state
        draft = Draft()
        draft.absorb(old.base, without=np.array(sorted(old.stale), np.int32))
        draft.extend(old.young.items())
        base = Segment(draft, before=old.base)
        self._matched = 0
        with self._changing:
            # What changed meanwhile stays young.
            now = self._state
            young = {query_id: one for query_id, one in now.young.items() if old.young.get(query_id) != one}
            gone = old.young.keys() - now.young.keys()
            stale = (now.stale - old.stale) | young.keys() | gone
            self._state = _State(base, young, _young(young), frozenset(stale))
        give_back()

    @property
    def nbytes(self) -> int:
        """What the arrays take."""
        return self._state.base.nbytes + (self._state.segment.nbytes if self._state.segment else 0)

    def _change(self, young: Mapping[int, str], *, stale: Iterable[int]) -> None:
        self._state = _State(self._state.base, young, _young(young), self._state.stale | frozenset(stale))


def _young(queries: Mapping[int, str]) -> Segment | None:
    if not queries:
        return None
    draft = Draft()
    draft.extend(queries.items())
    return Segment(draft)
