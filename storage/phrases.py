"""The words of a query and where a text has them: elements, and phrases of them; a word is a phrase of one element.

word as typed ──Element.of──▶ with its neighbours ──settled──▶ terms ──positions──▶ where it stands in a document
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

from storage.language.analyser import ABBREVIATION, is_abbreviation, normal, query_terms, shown, telling
from storage.language.document import Document
from storage.language.function_words import is_function_word
from storage.language.tokens import abbreviation, normalise, written_like

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
        return "/".join(written_like(self.typed, word) for word in shown(self.form, self.languages))

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
