"""The ways to meet an article with standing queries that `tests.benchmarks.percolate` compares.

    newsbot      storage.percolator: from the analysed article to ascending ids
    mokaccino    a percolator written in Rust
    naive loop   each query in turn, held against the set of what the article has
    FTS5 loop    the article alone in a full-text table, which is asked each query in turn

The peers are handed what ours has to find out: the numbers of an article's lemmas, and those of its phrases as words of
their own. Their ids come in any order. That is more than they could ask for.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from typing import Protocol

from storage.language.document import Document
from storage.percolation.draft import Draft
from storage.percolator import Percolator
from tests.benchmarks.standing import Atom, Queries, StandingQuery
from tests.benchmarks.synthetic import HEADLINE, Corpus
from tests.benchmarks.vocabulary import Ids

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
# The articles that are met, and those from which the frequencies of words are learnt; queries have read none of them.
FIRST_MET, FIRST_OBSERVED, OBSERVED = 1_000_000, 500_000, 2000

Met = Callable[[], Sequence[int]]
"""An article, prepared: finds the ids of its queries."""


class Engine(Protocol):
    """Made with all that is not its business at hand, so that `build` is what it takes to file the queries."""

    def __init__(self, corpus: Corpus, queries: Queries) -> None: ...

    def build(self) -> None: ...

    def articles(self, number: int) -> Iterator[Met]: ...


class Newsbot:
    def __init__(self, corpus: Corpus, queries: Queries) -> None:
        self._corpus = corpus
        self._clauses = [(number, query.clauses) for number, query in enumerate(queries)]
        self._percolator = Percolator()

    def build(self) -> None:
        draft = Draft()
        draft.extend(self._clauses)
        self._percolator.load(draft, ((document, NOW) for document in self.documents(FIRST_OBSERVED, OBSERVED)))

    def articles(self, number: int) -> Iterator[Met]:
        return (partial(self._met, document) for document in self.documents(FIRST_MET, number))

    def _met(self, document: Document) -> Sequence[int]:
        return self._percolator.match(document, now=NOW)  # type: ignore[return-value]

    def documents(self, first: int, number: int) -> Iterator[Document]:
        for title, body in self._corpus.lines(number, first):
            yield Document(title, body, "ru", (("новости",),), NOW)


class _Peer:
    """Queries and articles as numbers of atoms: lemmas, and behind them the phrases of the queries."""

    def __init__(self, corpus: Corpus, queries: Queries) -> None:
        self._corpus, self.queries = corpus, queries
        self._phrases: dict[Atom, int] = {}
        self._beginning: defaultdict[int, list[Atom]] = defaultdict(list)
        for atom in (atom for query in queries for group in query.groups for atom in group if len(atom) > 1):
            if atom not in self._phrases:
                self._phrases[atom] = len(corpus.words.lemmas) + len(self._phrases)
                self._beginning[atom[0]].append(atom)

    def number(self, atom: Atom) -> int:
        return self._phrases[atom] if len(atom) > 1 else atom[0]

    def atoms(self, number: int) -> Iterator[set[int]]:
        """Those of each article."""
        return map(self._of_article, self._corpus.lemma_ids(number, FIRST_MET))

    def _of_article(self, lemmas: Ids) -> set[int]:
        places = [{lemma for lemma in place if lemma >= 0} for place in lemmas.tolist()]
        headline, body = places[:HEADLINE], places[HEADLINE:]
        return set[int]().union(*places, self._met(headline), self._met(body))

    def _met(self, places: Sequence[set[int]]) -> Iterator[int]:
        for at, place in enumerate(places):
            for atom in (atom for lemma in place for atom in self._beginning.get(lemma, ())):
                following = places[at : at + len(atom)]
                if len(following) == len(atom) and all(map(set.__contains__, following, atom)):
                    yield self._phrases[atom]


class Mokaccino(_Peer):
    def build(self) -> None:
        self._library = import_module("mokaccino")
        percolator = self._library.Percolator()
        for number, query in enumerate(self.queries):
            percolator.add_query_id(self._query(query), number)
        self._percolator = percolator.optimized()

    def articles(self, number: int) -> Iterator[Met]:
        return (partial(self._found, [str(atom) for atom in atoms]) for atoms in self.atoms(number))

    def _found(self, words: Sequence[str]) -> list[int]:
        document = self._library.Document()
        for word in words:
            document.add_value("w", word)
        found: list[int] = self._percolator.percolate_list(document)
        return found

    def _query(self, query: StandingQuery) -> object:
        made = self._library.Query
        groups = [[made.from_kv("w", str(self.number(atom))) for atom in group] for group in query.groups]
        parts = [group[0] if len(group) == 1 else made.from_or(group) for group in groups]
        parts += [made.from_not(made.from_kv("w", str(self.number(atom)))) for atom in query.nots]
        return parts[0] if len(parts) == 1 else made.from_and(parts)


class Naive(_Peer):
    def build(self) -> None:
        self._rows = [
            ([[self.number(atom) for atom in group] for group in query.groups], set(map(self.number, query.nots)))
            for query in self.queries
        ]

    def articles(self, number: int) -> Iterator[Met]:
        return (partial(self._found, atoms) for atoms in self.atoms(number))

    def _found(self, atoms: set[int]) -> list[int]:
        return [
            number
            for number, (groups, nots) in enumerate(self._rows)
            if not any(atoms.isdisjoint(group) for group in groups) and atoms.isdisjoint(nots)
        ]


class FullText(_Peer):
    def build(self) -> None:
        self._connection = sqlite3.connect(":memory:")
        self._connection.execute("CREATE VIRTUAL TABLE article USING fts5(atoms, tokenize = 'ascii')")
        self._asked = [self._query(query) for query in self.queries]

    def articles(self, number: int) -> Iterator[Met]:
        return (partial(self._found, " ".join(map(str, atoms))) for atoms in self.atoms(number))

    def _found(self, atoms: str) -> list[int]:
        execute = self._connection.execute
        execute("DELETE FROM article")
        execute("INSERT INTO article VALUES (?)", (atoms,))
        asked = enumerate(self._asked)
        return [n for n, query in asked if execute("SELECT 1 FROM article WHERE article MATCH ?", (query,)).fetchone()]

    def _query(self, query: StandingQuery) -> str:
        groups = [" OR ".join(str(self.number(atom)) for atom in group) for group in query.groups]
        wanted = " AND ".join(f"({group})" for group in groups)
        return " NOT ".join([f"({wanted})", *(str(self.number(atom)) for atom in query.nots)])


ENGINES: dict[str, type[Engine]] = {
    "newsbot": Newsbot,
    "mokaccino": Mokaccino,
    "naive loop": Naive,
    "FTS5 loop": FullText,
}
