"""What a query means. `storage.query` reads it, `storage.search` asks the index for it.

    text ──parse──▶ Query(root) ──str──▶ canonical text, which equal queries share
                         └──matches(document)──▶ the reference meaning that search and percolator agree with

The tree's leaves are phrases (a word is a phrase of one element) and conditions on the article; above them stand And,
Or and Not. A node is written so that reading it back gives an equal node.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum

from storage.language.analyser import ABBREVIATION, is_abbreviation, normal, query_terms, shown, telling
from storage.language.document import Document
from storage.language.function_words import is_function_word
from storage.language.tokens import Case, abbreviation, case, normalise, tokenise

# Words that the reader would take for `last:` at the end of a query, and are therefore written in quotes.
PERIOD_WORDS = frozenset({"неделю", "месяц", "сегодня"})
# Capitals alone are operators; an abbreviation that looks so is written in quotes as well.
OPERATORS = {"OR": "OR", "ИЛИ": "OR", "AND": "AND", "И": "AND", "NOT": "NOT", "НЕ": "NOT"}


class Mode(Enum):
    """How a word of a query is compared."""

    INFLECTED = "any inflected form"
    EXACT = "exactly this form"
    PREFIX = "words that begin so"


@dataclass(frozen=True, slots=True)
class Element:
    """A word of a query; `parts` are those of a hyphenated word, `languages` are those of the query where its
    letters tell.

    An inflected word is written as its lemma if it has one alone, so that queries in different forms of it are equal.
    """

    form: str
    parts: tuple[str, ...] = ()
    mode: Mode = Mode.INFLECTED
    languages: tuple[str, ...] = ()
    # The word as it was typed.
    typed: str = field(default="", compare=False, repr=False)

    @classmethod
    def of(cls, word: str, mode: Mode = Mode.INFLECTED, *, is_shouted: bool = False) -> "Element":
        """Of a word as it was typed, to be settled with its neighbours; `is_shouted`: capitals mean nothing."""
        form = normalise(word)
        if mode is Mode.INFLECTED and (short := abbreviation(word)):
            # A preposition is not what somebody writes in capitals by itself: ПРО, ПО.
            is_meant = is_abbreviation(short) or is_function_word(short)
            form = ABBREVIATION + short if is_meant and not is_shouted else short
        return cls(form, tuple(form.split("-")) if "-" in form else (), mode, typed=word)

    def settled(self, languages: tuple[str, ...] = ()) -> "Element":
        """In a query of these languages; without any, an inflected word is written as its lemma if it has one alone."""
        if self.mode is not Mode.INFLECTED or languages:
            return replace(self, languages=languages)
        form = normal(self.form)
        return replace(self, form=form, parts=tuple(form.split("-")) if "-" in form else ())

    def part(self, at: int) -> "Element":
        """One of the words that a hyphenated one is made of."""
        return Element(self.parts[at], languages=self.languages)

    @property
    def width(self) -> int:
        """How many positions of a text it covers."""
        return len(self.parts) or 1

    @property
    def terms(self) -> frozenset[str]:
        """The terms of the index that an inflected word is met by."""
        return query_terms(self.form, self.languages)

    @property
    def says_nothing(self) -> bool:
        """Whether it is a function word in any form, of which every text is full."""
        return self.mode is Mode.INFLECTED and is_function_word(self.form)

    def positions(self, document: Document) -> set[int]:
        """Where it begins in the text. A hyphenated word is met whole or by its parts in a row."""
        if self.mode is Mode.EXACT:
            return set(document.form_places(self.form))
        if self.mode is Mode.PREFIX:
            return set(document.prefix_places(self.form))
        places = {at for term in self.terms for at in document.places(term)}
        return places | _in_a_row(tuple(map(self.part, range(len(self.parts)))), document) if self.parts else places

    def looks_for(self) -> str:
        """The word as the words that it is met by."""
        if self.mode is not Mode.INFLECTED or self.form.startswith(ABBREVIATION):
            return str(self)
        return "/".join(_written_like(self.typed, word) for word in shown(self.form, self.languages))

    def __str__(self) -> str:
        marks = {Mode.INFLECTED: "{}", Mode.EXACT: "={}", Mode.PREFIX: "{}*"}
        is_short = self.form.startswith(ABBREVIATION)
        return marks[self.mode].format(self.form.removeprefix(ABBREVIATION).upper() if is_short else self.form)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words adjacent in this order; `title` asks for them in the headline."""

    elements: tuple[Element, ...]
    title: bool = False

    def matches(self, document: Document, now: datetime) -> bool:
        return bool(self._starts(document))

    def settled(self, languages: tuple[str, ...] | None = None) -> "Phrase":
        """In a query of these languages, or of those that its own words tell."""
        if languages is None:
            languages = telling(self.forms)
        return replace(self, elements=tuple(element.settled(languages) for element in self.elements))

    @property
    def typed(self) -> tuple[str, ...]:
        return tuple(element.typed for element in self.elements)

    @property
    def forms(self) -> list[str]:
        return [element.form.removeprefix(ABBREVIATION) for element in self.elements]

    def spans(self, document: Document) -> Iterator[tuple[int, int]]:
        """The positions (first, one past the last) at which the phrase stands."""
        width = sum(element.width for element in self.elements)
        return ((start, start + width) for start in self._starts(document))

    def looks_for(self) -> str:
        """The phrase as the words that it is met by."""
        words = " ".join(element.looks_for() for element in self.elements)
        return ("title:" if self.title else "") + (f'"{words}"' if len(self.elements) > 1 else words)

    def _starts(self, document: Document) -> set[int]:
        starts = _in_a_row(self.elements, document)
        return {start for start in starts if start < document.body_start} if self.title else starts

    def __str__(self) -> str:
        words = " ".join(map(str, self.elements))
        quoted = len(self.elements) > 1 or words in PERIOD_WORDS or words in OPERATORS or self.elements[0].says_nothing
        return ("title:" if self.title else "") + (f'"{words}"' if quoted else words)


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

    def within(self, period: timedelta) -> "Query":
        """The same query over what was published in the last hours."""
        return replace(self, root=conjunction([self.root, Last(int(period.total_seconds() // 3600))]))

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


def _written_like(typed: str, word: str) -> str:
    """«МИД» where МИДа was typed, «Казахстан» where Казахстану was."""
    if abbreviation(typed):
        return word.upper()
    return word if case(typed) is Case.SMALL else word[:1].upper() + word[1:]


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


def _in_a_row(elements: tuple[Element, ...], document: Document) -> set[int]:
    first, *others = elements
    starts = first.positions(document)
    offset = first.width
    for element in others:
        if not starts:
            break
        places = element.positions(document)
        starts = {start for start in starts if start + offset in places}
        offset += element.width
    return starts
