"""What was typed → lexemes with their spans: words, quotations, fields, brackets, operators.

text ──lexemes──▶ [Lexeme] ──storage.query──▶ tree
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from storage.errors import QueryError
from storage.language.tokens import DASHES, NUMBER, tokenise
from storage.phrases import OPERATORS

QUOTES = '"«»„“”‟″〝〞'


class Kind(Enum):
    """What a lexeme is."""

    WORD = auto()
    QUOTED = auto()
    FIELD = auto()
    OPEN = auto()
    CLOSE = auto()
    AND = auto()
    OR = auto()
    NOT = auto()


@dataclass(frozen=True, slots=True)
class Lexeme:
    kind: Kind
    text: str
    at: int
    end: int


_OPERATORS = {word: Kind[name] for word, name in OPERATORS.items()}
_LEXEME = re.compile(
    rf"""(?P<space>\s+)
    | (?P<quoted>[{QUOTES}](?P<words>[^{QUOTES}]*)(?P<closed>[{QUOTES}])?)
    | (?P<open>\()
    | (?P<close>\))
    | (?P<or>\|+)
    | (?P<field>(?a:title|source|lang|after|before|last):)
    | (?P<minus>(?<![^\s(|])[{re.escape(DASHES)}](?=[^\s]))
    | (?P<word>(?:{NUMBER}\s+)?[^\s(){QUOTES}|]+)""",
    re.VERBOSE | re.IGNORECASE,
)
_CHUNK = re.compile(rf"(?:{NUMBER}\s+)?\S+")
_SIGNS = {"open": Kind.OPEN, "close": Kind.CLOSE, "or": Kind.OR, "field": Kind.FIELD, "minus": Kind.NOT}
_PERIODS = {("за", "неделю"): "last:7d", ("за", "месяц"): "last:30d", ("сегодня",): "last:1d"}


def lexemes(text: str) -> list[Lexeme]:
    """The lexemes of a query; raises QueryError where a quotation is not closed."""
    return _with_period(list(_scan(text)))


def chunks(lexeme: Lexeme) -> Iterator[tuple[str, int]]:
    """What stands between spaces in a lexeme, and where it begins in the query; a number keeps its sign."""
    start = lexeme.at + (1 if lexeme.kind is Kind.QUOTED else 0)
    return ((chunk[0], start + chunk.start()) for chunk in _CHUNK.finditer(lexeme.text))


def _scan(text: str) -> Iterator[Lexeme]:
    """Signs that are no words (a dash between words, an emoji) say nothing and are passed over."""
    after_field = False
    for match in _LEXEME.finditer(text):
        kind = match.lastgroup
        at, end = match.span()
        if kind == "quoted":
            if match["closed"] is None:
                raise QueryError("unclosed-quote", text=text, at=at)
            yield Lexeme(Kind.QUOTED, match["words"], at, end)
        elif kind == "word":
            word = match["word"]
            if word in _OPERATORS and not after_field:
                yield Lexeme(_OPERATORS[word], word, at, end)
            elif after_field or any(True for _ in tokenise(word)) or word.startswith("=") or "*" in word:
                yield Lexeme(Kind.WORD, word, at, end)
        elif kind in _SIGNS:
            yield Lexeme(_SIGNS[kind], match[0], at, end)
        after_field = kind == "field"


def _with_period(found: list[Lexeme]) -> list[Lexeme]:
    """«за неделю», «за месяц» and «сегодня» at the end of a query stand for `last:`."""
    for words, meaning in _PERIODS.items():
        tail, head = found[-len(words) :], found[: -len(words)]
        said = tuple(lexeme.text.lower() for lexeme in tail if lexeme.kind is Kind.WORD)
        bound = head and head[-1].kind in (Kind.NOT, Kind.FIELD)
        if said == words and not bound:
            at, end = tail[0].at, tail[-1].end
            name, value = meaning.split(":")
            return [*head, Lexeme(Kind.FIELD, f"{name}:", at, at), Lexeme(Kind.WORD, value, at, end)]
    return found
