"""All standing queries against a new article.

Each branch of a query is filed under the terms of one word that it requires (its anchor); an article looks up its own
terms, and the queries so found are held against their own meaning. Queries without a required word (fields, prefixes)
are tried on every article. The answer is always that of `Query.matches`.
"""

from collections.abc import Iterator
from datetime import datetime

from storage.language.document import Document
from storage.phrases import Element, Mode, Phrase
from storage.syntax import And, Node, Or, Query


class Percolator:
    """Query ids by anchor terms; kept in memory, filled from the store."""

    def __init__(self) -> None:
        self._queries: dict[int, Query] = {}
        self._anchored: dict[str, set[int]] = {}
        self._anywhere: set[int] = set()

    @property
    def query_ids(self) -> set[int]:
        return set(self._queries)

    def add(self, query_id: int, query: Query) -> None:
        self._queries[query_id] = query
        anchors = _anchors(query.root)
        if anchors is None:
            self._anywhere.add(query_id)
        for term in anchors or ():
            self._anchored.setdefault(term, set()).add(query_id)

    def remove(self, query_id: int) -> None:
        query = self._queries.pop(query_id)
        self._anywhere.discard(query_id)
        for term in _anchors(query.root) or ():
            self._anchored[term].discard(query_id)
            if not self._anchored[term]:
                del self._anchored[term]

    def match(self, document: Document, *, now: datetime) -> list[int]:
        """The ids of the queries that the article meets, ascending; `now` is when it was stored."""
        return sorted(query_id for query_id in self._candidates(document) if self._holds(query_id, document, now))

    def _candidates(self, document: Document) -> Iterator[int]:
        found = set(self._anywhere)
        for term in document.terms() & self._anchored.keys():
            found |= self._anchored[term]
        return iter(found)

    def _holds(self, query_id: int, document: Document, now: datetime) -> bool:
        return self._queries[query_id].matches(document, now=now)


def _anchors(node: Node) -> set[str] | None:
    """Terms of which every match of the node has at least one; None where there is no such set."""
    if isinstance(node, Phrase):
        # The longest word is the rarest, as a rule.
        words = [terms for element in node.elements if (terms := _terms(element))]
        return max(words, key=lambda terms: max(map(len, terms)), default=None)
    if isinstance(node, And):
        parts = [anchors for part in node.nodes if (anchors := _anchors(part))]
        return max(parts, key=lambda terms: max(map(len, terms)), default=None)
    if isinstance(node, Or):
        branches = [_anchors(part) for part in node.nodes]
        return None if None in branches else {term for branch in branches for term in branch or ()}
    return None


def _terms(element: Element) -> set[str] | None:
    if element.mode is Mode.PREFIX:
        return None
    if element.mode is Mode.EXACT:
        return {element.form}
    # A hyphenated word is met whole or by its parts, and then by its first one.
    return set(element.terms) | (set(element.part(0).terms) if element.parts else set())
