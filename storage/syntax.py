"""What a query means. `storage.query` reads it, `storage.search` asks the index for it.

    text ──parse──▶ Query(root) ──str──▶ canonical text, which equal queries share
                         └──matches(document)──▶ the reference meaning that search and percolator agree with

The tree's leaves are phrases (`storage.phrases`) and conditions on the article; above them stand And, Or and Not. A
node is written so that reading it back gives an equal node.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from storage.language.analyser import telling
from storage.language.document import Document
from storage.language.tokens import tokenise
from storage.phrases import Phrase


@dataclass(frozen=True, slots=True)
class From:
    """From a source in whose name or host these words stand in a row."""

    words: tuple[str, ...]

    def matches(self, document: Document, now: datetime) -> bool:
        return any(self.names(words) for words in document.source)

    def names(self, words: tuple[str, ...]) -> bool:
        """Whether a source of these words is meant."""
        width = len(self.words)
        return any(words[at : at + width] == self.words for at in range(len(words) - width + 1))

    def __str__(self) -> str:
        words = " ".join(self.words)
        return f'source:"{words}"' if len(self.words) > 1 else f"source:{words}"


@dataclass(frozen=True, slots=True)
class In:
    """In a language, as ISO 639-1 or `und`."""

    language: str

    def matches(self, document: Document, now: datetime) -> bool:
        return document.language == self.language

    def __str__(self) -> str:
        return f"lang:{self.language}"


@dataclass(frozen=True, slots=True)
class After:
    """Published on this UTC day or later."""

    day: date

    def matches(self, document: Document, now: datetime) -> bool:
        return document.published_at >= day_start(self.day)

    def __str__(self) -> str:
        return f"after:{self.day.isoformat()}"


@dataclass(frozen=True, slots=True)
class Before:
    """Published on this UTC day or earlier."""

    day: date

    def matches(self, document: Document, now: datetime) -> bool:
        return document.published_at <= day_end(self.day)

    def __str__(self) -> str:
        return f"before:{self.day.isoformat()}"


@dataclass(frozen=True, slots=True)
class Last:
    """Published within the last hours before `now`."""

    hours: int

    def matches(self, document: Document, now: datetime) -> bool:
        return document.published_at >= now - timedelta(hours=self.hours)

    def __str__(self) -> str:
        return f"last:{self.hours // 24}d" if self.hours % 24 == 0 else f"last:{self.hours}h"


@dataclass(frozen=True, slots=True)
class And:
    """All of at least two nodes; sorted, without repetition, none of them an And."""

    nodes: tuple["Node", ...]

    def matches(self, document: Document, now: datetime) -> bool:
        return all(node.matches(document, now) for node in self.nodes)

    def __str__(self) -> str:
        return " ".join(f"({node})" if isinstance(node, Or) else str(node) for node in self.nodes)


@dataclass(frozen=True, slots=True)
class Or:
    """Any of at least two nodes; sorted, without repetition, none of them an Or."""

    nodes: tuple["Node", ...]

    def matches(self, document: Document, now: datetime) -> bool:
        return any(node.matches(document, now) for node in self.nodes)

    def __str__(self) -> str:
        return " OR ".join(map(str, self.nodes))


@dataclass(frozen=True, slots=True)
class Not:
    """Without it; never a Not of a Not."""

    node: "Node"

    def matches(self, document: Document, now: datetime) -> bool:
        return not self.node.matches(document, now)

    def __str__(self) -> str:
        return f"-({self.node})" if isinstance(self.node, And | Or) else f"-{self.node}"


Leaf = Phrase | From | In | After | Before | Last
Node = Leaf | And | Or | Not


@dataclass(frozen=True, slots=True)
class Query:
    """A query as typed and what it means; queries of one meaning in one writing are equal."""

    root: Node
    text: str = field(compare=False)
    # The phrases as they were typed, in order.
    typed: tuple[tuple[str, ...], ...] = field(default=(), compare=False, repr=False)

    @property
    def canonical(self) -> str:
        """The text that equal queries share; `parse` reads it back."""
        return str(self.root)

    def matches(self, document: Document, *, now: datetime) -> bool:
        """The reference meaning; `now` is what `last:` counts back from."""
        return self.root.matches(document, now)

    def nodes(self) -> Iterator[Node]:
        """All nodes, those excluded too."""
        return _nodes(self.root)

    def sought(self) -> Iterator[Phrase]:
        """The phrases looked for, those excluded left out."""
        return sought(self.root)

    def looks_for(self) -> list[str]:
        """What is looked for, in the order in which it was typed: lemmas, «сталь/стать» where a word has several."""
        order = {typed: at for at, typed in reversed(list(enumerate(self.typed)))}
        phrases = sorted(self.sought(), key=lambda phrase: order.get(phrase.typed, len(order)))
        return list(dict.fromkeys(phrase.looks_for() for phrase in phrases))

    @property
    def is_reworded(self) -> bool:
        """Whether other words are looked for than those typed."""
        typed = {token.form for token in tokenise(self.text)}
        sought = {token.form for words in self.looks_for() for token in tokenise(words)}
        return not sought <= typed

    def __str__(self) -> str:
        return self.canonical


def conjunction(nodes: list[Node]) -> Node:
    """All of these nodes, in canonical order."""
    flat = [part for node in nodes for part in (node.nodes if isinstance(node, And) else (node,))]
    ordered = _ordered(flat)
    return ordered[0] if len(ordered) == 1 else And(ordered)


def disjunction(nodes: list[Node]) -> Node:
    """Any of these nodes, in canonical order."""
    flat = [part for node in nodes for part in (node.nodes if isinstance(node, Or) else (node,))]
    ordered = _ordered(flat)
    return ordered[0] if len(ordered) == 1 else Or(ordered)


def negation(node: Node) -> Node:
    """Without this node."""
    return node.node if isinstance(node, Not) else Not(node)


def settled(node: Node) -> Node:
    """The same node, its words read in the language that those of one conjunction, or of one phrase, tell together.

    «Велика» is Ukrainian beside «Британія»; on the other side of an OR, or of a minus, it may be anything.
    """
    if isinstance(node, And):
        languages = telling(form for part in node.nodes if isinstance(part, Phrase) for form in part.forms)
        return conjunction(
            [part.settled(languages) if isinstance(part, Phrase) else settled(part) for part in node.nodes]
        )
    if isinstance(node, Or):
        return disjunction([settled(part) for part in node.nodes])
    if isinstance(node, Not):
        return negation(settled(node.node))
    return node.settled() if isinstance(node, Phrase) else node


def finds(node: Node) -> bool:
    """Whether there is something to look for, rather than exclusions alone."""
    if isinstance(node, And):
        return any(map(finds, node.nodes))
    if isinstance(node, Or):
        return all(map(finds, node.nodes))
    return not isinstance(node, Not)


def day_start(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)


def day_end(day: date) -> datetime:
    """The last moment of the day; the next one may lie beyond the calendar."""
    return datetime.combine(day, time.max, tzinfo=UTC)


def _ordered(nodes: list[Node]) -> tuple[Node, ...]:
    """Exclusions last, without repetition."""
    by_text = {str(node): node for node in nodes}
    return tuple(by_text[text] for text in sorted(by_text, key=lambda text: (isinstance(by_text[text], Not), text)))


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node, And | Or):
        for part in node.nodes:
            yield from _nodes(part)
    elif isinstance(node, Not):
        yield from _nodes(node.node)


def sought(node: Node) -> Iterator[Phrase]:
    """The phrases looked for, those excluded left out."""
    if isinstance(node, Phrase):
        yield node
    elif isinstance(node, And | Or):
        for part in node.nodes:
            yield from sought(part)
