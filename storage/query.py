"""The query language: lexemes (`storage.lexemes`) → tree; every mistake is a QueryError that says where.

query   := branch (OR branch)*
branch  := factor ((AND)? factor)*
factor  := (NOT | -) factor | title: primary | field:value | primary
primary := ( query ) | "words" | =word | word* | word
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Never

from storage.errors import QueryError
from storage.language.function_words import is_function_word
from storage.language.tokens import DASHES, normalise, tokenise, words
from storage.lexemes import Kind, Lexeme, chunks, lexemes
from storage.phrases import Element, Mode, Phrase
from storage.syntax import (
    After,
    And,
    Before,
    From,
    In,
    Last,
    Node,
    Not,
    Or,
    Query,
    conjunction,
    disjunction,
    finds,
    negation,
    settled,
    sought,
)

__all__ = ["Query", "QueryError", "parse", "parse_canonical"]

# Nobody types more; what is longer is a pasted text, and each word costs a look into the index.
MOST_CHARACTERS = 500
MOST_WORDS = 50
DEEPEST = 20
SHORTEST_PREFIX = 2
# Each of them is looked up among all words there are: fifty, as short as may be, take a tenth of a second.
MOST_PREFIXES = 10
# No abbreviation is as long: who types such a word in capitals has the key stuck.
LONGEST_SHOUTED = 6
# Ten years: longer periods overflow dates and mean "ever".
LONGEST_PERIOD_H = 24 * 3660

# An address stands for its host, which is known without www.
_ADDRESS = re.compile(r"^(?:https?://)?(?:www\.)?([^/\s]+)/?\S*$", re.IGNORECASE)
_PERIOD = re.compile(r"(\d{1,6})([hdw])", re.IGNORECASE)
_HOURS = {"h": 1, "d": 24, "w": 24 * 7}
_DASH = f"[{re.escape(DASHES)}]"
_DAY = re.compile(rf"(\d{{4}}){_DASH}(\d{{1,2}}){_DASH}(\d{{1,2}})|(\d{{1,2}})\.(\d{{1,2}})\.(\d{{4}})")


def parse(text: str) -> Query:
    """The meaning of what was typed; raises QueryError with the code and the span of the mistake."""
    if len(text) > MOST_CHARACTERS:
        raise QueryError("too-long", text=text, at=MOST_CHARACTERS)
    return _Parser(text).query()


def parse_canonical(text: str) -> Query:
    """The meaning of a canonical text, an older version's too: there function words stand without quotes."""
    return _Parser(text, is_canonical=True).query()


class _Parser:
    """Recursive descent over the lexemes of one query."""

    def __init__(self, text: str, *, is_canonical: bool = False) -> None:
        self._text = text
        self._lexemes = lexemes(text)
        self._at = 0
        self._depth = 0
        self._words = 0
        self._prefixes = 0
        self._is_canonical = is_canonical
        self._is_shouted = not is_canonical and _is_shouted(text, self._lexemes)
        self._typed: list[tuple[str, ...]] = []
        # Function words outside quotes: every text has them, so that they are left out beside others.
        self._idle: list[Phrase] = []

    def query(self) -> Query:
        if not self._lexemes:
            self._fail("empty", 0)
        root = self._branches()
        if stray := self._peek():
            self._fail("stray-bracket", stray.at, stray.end)
        query = Query(settled(root), self._text, tuple(self._typed))
        if len(query.canonical) > MOST_CHARACTERS:  # `title:` is written before each of its words
            self._fail("too-long", 0)
        return query

    def _branches(self) -> Node:
        branches: list[Node] = []
        while not branches or self._take(Kind.OR):
            start = self._position()
            branches.append(self._branch())
            is_alternative = len(branches) > 1 or self._at_or()
            if not finds(branches[-1]) and (is_alternative or not self._depth):
                self._fail("only-exclusions", start, self._previous_end())
        return disjunction(branches)

    def _branch(self) -> Node:
        start = self._position()
        factors = [self._factor()]
        while (ahead := self._peek()) and ahead.kind not in (Kind.OR, Kind.CLOSE):
            self._take(Kind.AND)
            factors.append(self._factor())
        telling = [factor for factor in factors if not self._is_idle(factor)]
        if len(telling) < len(factors) and not any(any(sought(node)) for node in telling):
            self._fail("only-function-words", start, self._previous_end())
        return conjunction(telling)

    def _is_idle(self, node: Node) -> bool:
        """Whether it is a function word, or the exclusion of one."""
        inner = node.node if isinstance(node, Not) else node
        return any(inner is idle for idle in self._idle)

    def _factor(self) -> Node:
        lexeme = self._next()
        if lexeme.kind is Kind.NOT:
            outer = self._deeper(lexeme)
            node = negation(self._factor())
            self._depth = outer
            return node
        if lexeme.kind is Kind.FIELD:
            return self._field(lexeme)
        return self._primary(lexeme, title=False)

    def _primary(self, lexeme: Lexeme, *, title: bool) -> Node:
        if lexeme.kind is Kind.OPEN:
            return self._group(lexeme, title=title)
        if lexeme.kind is Kind.QUOTED:
            return self._phrase(lexeme, code="empty-quotes", title=title)
        if lexeme.kind is Kind.WORD:
            return self._phrase(lexeme, code="missing-value" if title else "empty", title=title)
        if lexeme.kind is not Kind.CLOSE:
            return self._fail("missing-operand", lexeme.at, lexeme.end)
        before = self._lexemes[self._at - 2] if self._at > 1 else None
        if before:  # an operator: "(a OR)"
            return self._fail("missing-operand", before.at, before.end)
        return self._fail("stray-bracket", lexeme.at, lexeme.end)

    def _group(self, opening: Lexeme, *, title: bool) -> Node:
        if (ahead := self._peek()) and ahead.kind is Kind.CLOSE:
            self._fail("empty-brackets", opening.at, ahead.end)
        if not self._peek():
            self._fail("unclosed-bracket", opening.at)
        outer = self._deeper(opening)
        node = self._branches()
        self._depth = outer
        if not self._take(Kind.CLOSE):
            self._fail("unclosed-bracket", opening.at)
        return _in_title(node) if title else node

    def _phrase(self, lexeme: Lexeme, *, code: str, title: bool) -> Node:
        elements = tuple(self._elements(lexeme))
        if not elements:
            self._fail(code, lexeme.at, lexeme.end)
        self._words += len(elements)
        if self._words > MOST_WORDS:
            self._fail("too-long", lexeme.at)
        self._prefixes += sum(element.mode is Mode.PREFIX for element in elements)
        if self._prefixes > MOST_PREFIXES and not self._is_canonical:
            self._fail("many-prefixes", lexeme.at, lexeme.end)
        phrase = Phrase(elements, title)
        self._typed.append(phrase.typed)
        is_meant = lexeme.kind is Kind.QUOTED or self._is_canonical
        if not is_meant and all(element.says_nothing for element in elements):
            self._idle.append(phrase)
        return phrase

    def _elements(self, lexeme: Lexeme) -> Iterator[Element]:
        """The words of a lexeme; =word and word* hold inside quotes too."""
        for chunk, at in chunks(lexeme):
            yield from self._chunk(chunk, at)

    def _chunk(self, chunk: str, at: int) -> Iterator[Element]:
        exact = chunk.startswith("=")
        bare = chunk.rstrip("*")
        tokens = list(tokenise(bare))
        if exact and (not tokens or tokens[0].start != 1):
            self._fail("bad-exact", at, at + len(chunk))
        if "*" in bare or (bare != chunk and (exact or not tokens or tokens[-1].end != len(bare))):
            self._fail("stray-asterisk", at + chunk.index("*"), at + len(chunk))
        for token in tokens:
            mode = Mode.EXACT if exact else Mode.INFLECTED
            if bare != chunk and token is tokens[-1]:
                mode = Mode.PREFIX
                if len(token.form) < SHORTEST_PREFIX:
                    self._fail("short-prefix", at, at + len(chunk))
            yield Element.of(bare[token.start : token.end], mode, is_shouted=self._is_shouted)

    def _field(self, name: Lexeme) -> Node:
        value = self._peek()
        if not value or value.at != name.end or value.kind not in (Kind.WORD, Kind.QUOTED, Kind.OPEN):
            self._fail("missing-value", name.at, name.end)
        self._next()
        field = name.text[:-1].lower()
        if field == "title":
            if value.kind is Kind.WORD and value.text[0] in DASHES:
                self._fail("missing-value", value.at, value.end)
            return self._primary(value, title=True)
        if value.kind is Kind.OPEN:
            self._fail("missing-value", name.at, value.end)
        return self._condition(field, value)

    def _condition(self, field: str, value: Lexeme) -> Node:
        if field == "source":
            words = tuple(token.form for token in tokenise(_ADDRESS.sub(r"\1", value.text)))
            return From(words) if words else self._fail("bad-source", value.at, value.end)
        if field == "lang":
            code = value.text.strip().lower()
            valid = re.fullmatch(r"[a-z]{2}|und", code)
            return In(code) if valid else self._fail("bad-language", value.at, value.end)
        if field == "last":
            return self._period(value)
        day = _day(value.text.strip())
        if not day:
            self._fail("bad-date", value.at, value.end)
        return After(day) if field == "after" else Before(day)

    def _period(self, value: Lexeme) -> Node:
        match = _PERIOD.fullmatch(value.text.strip())
        hours = int(match[1]) * _HOURS[match[2].lower()] if match else 0
        if not 0 < hours <= LONGEST_PERIOD_H:
            self._fail("bad-period", value.at, value.end)
        return Last(hours)

    def _deeper(self, lexeme: Lexeme) -> int:
        """Counts one level of nesting; returns the level to come back to."""
        outer = self._depth
        self._depth += 1
        if self._depth > DEEPEST:
            self._fail("too-long", lexeme.at)
        return outer

    def _peek(self) -> Lexeme | None:
        return self._lexemes[self._at] if self._at < len(self._lexemes) else None

    def _next(self) -> Lexeme:
        lexeme = self._peek()
        if not lexeme:
            previous = self._lexemes[self._at - 1]
            self._fail("missing-operand", previous.at, previous.end)
        self._at += 1
        return lexeme

    def _take(self, kind: Kind) -> bool:
        if (lexeme := self._peek()) and lexeme.kind is kind:
            self._at += 1
            return True
        return False

    def _at_or(self) -> bool:
        lexeme = self._peek()
        return lexeme is not None and lexeme.kind is Kind.OR

    def _position(self) -> int:
        lexeme = self._peek()
        return lexeme.at if lexeme else len(self._text)

    def _previous_end(self) -> int:
        return self._lexemes[self._at - 1].end

    def _fail(self, code: str, at: int, end: int | None = None) -> Never:
        raise QueryError(code, text=self._text, at=at, end=end)


def _is_shouted(text: str, found: Sequence[Lexeme]) -> bool:
    """Whether capitals say nothing, for all words are written in them."""
    typed = " ".join(lexeme.text for lexeme in found if lexeme.kind in (Kind.WORD, Kind.QUOTED))
    forms = [normalise(word) for word in words(typed)]
    is_sentence = any(len(form) > LONGEST_SHOUTED or is_function_word(form) for form in forms)
    return text.isupper() and len(forms) > 1 and is_sentence


def _in_title(node: Node) -> Node:
    """The same node with its words looked for in the headline."""
    if isinstance(node, Phrase):
        return Phrase(node.elements, title=True)
    if isinstance(node, And):
        return conjunction([_in_title(part) for part in node.nodes])
    if isinstance(node, Or):
        return disjunction([_in_title(part) for part in node.nodes])
    return negation(_in_title(node.node)) if hasattr(node, "node") else node


def _day(text: str) -> date | None:
    match = _DAY.fullmatch(text)
    if not match:
        return None
    year, month, day = (match[1], match[2], match[3]) if match[1] else (match[6], match[5], match[4])
    try:
        return datetime(int(year), int(month), int(day)).date()  # noqa: DTZ001 - a day has no zone
    except ValueError:
        return None
