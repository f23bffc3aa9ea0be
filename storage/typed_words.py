"""The words of a query as they were typed, with their places: what other words are put into. Pure.

    "совт мира" -футбол ──sought──▶ совт, мира ──replaced──▶ "совет мира" -футбол

The canonical text of a query has forgotten how it was typed, and its tree where.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from storage.errors import QueryError
from storage.language.tokens import tokenise, written_like
from storage.lexemes import Kind, Lexeme, chunks, lexemes
from storage.phrases import Mode
from storage.plan import plan, term_match
from storage.query import parse
from storage.syntax import Query

# Shorter ones are in every text, and the index would go through a third of its words for them.
SHORTEST_BEGINNING = 4

_MARKED = re.compile(r"(=?)(.*?)(\**)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Word:
    """A word that is looked for, as it was typed, with its marks; `lexeme` bounds it where it stands in quotes."""

    text: str
    at: int
    lexeme: Lexeme
    number: int
    title: bool

    @property
    def end(self) -> int:
        return self.at + len(self.text)

    @property
    def parts(self) -> tuple[str, str, str]:
        """The mark before it, itself, the mark behind it."""
        before, core, behind = _MARKED.fullmatch(self.text).groups()  # type: ignore[union-attr]
        return before, core, behind

    @property
    def form(self) -> str | None:
        """Its normal form; None for what is several words to the index."""
        tokens = list(tokenise(self.parts[1]))
        return tokens[0].form if len(tokens) == 1 else None

    @property
    def match(self) -> str | None:
        """The index's expression for it; None for what is no word, or in every text."""
        if self.parts[2] and len(self.form or "") < SHORTEST_BEGINNING:
            return None
        return match(f"title:{self.text}" if self.title else self.text)

    def guess(self, form: str) -> str:
        """The index's expression for another form in its place."""
        before, _, behind = self.parts
        mode = Mode.PREFIX if behind else Mode.EXACT if before else Mode.INFLECTED
        return term_match(form, mode, title=self.title)

    def written(self, form: str, *, whole: bool) -> str:
        """The form in its place: of the `whole` word, or of the one token in it; in capitals where it was."""
        before, core, behind = self.parts
        start, end = (0, len(core)) if whole else next((one.start, one.end) for one in tokenise(core))
        return before + core[:start] + written_like(core[start:end], form) + core[end:] + behind


def match(text: str) -> str | None:
    """The index's expression for a query; None for one that cannot be read, or says nothing of words."""
    query = understood(text)
    return plan(query, sources=(), now=None).match if query else None


def understood(text: str) -> Query | None:
    """What it means; None for what cannot be read."""
    try:
        return parse(text)
    except QueryError:
        return None


def sought(text: str) -> Iterator[Word]:
    """The words that a query looks for, in order; those of exclusions and of fields other than the headline are not."""
    field, excluded, outer = "", False, [("", False)]
    for number, lexeme in enumerate(lexemes(text)):
        if lexeme.kind is Kind.FIELD:
            field = lexeme.text[:-1].lower()
        elif lexeme.kind is Kind.NOT:
            excluded = True
        elif lexeme.kind is Kind.CLOSE:
            outer.pop()
        else:
            in_field, in_excluded = outer[-1]
            field, excluded = field or in_field, excluded or in_excluded
            if lexeme.kind is Kind.OPEN:
                outer.append((field, excluded))
            elif lexeme.kind in (Kind.WORD, Kind.QUOTED) and field in ("", "title") and not excluded:
                yield from (Word(text, at, lexeme, number, bool(field)) for text, at in chunks(lexeme))
            field, excluded = "", False


def runs(words: Iterable[Word]) -> list[list[Word]]:
    """Words that stand side by side: in one pair of quotes, or plain ones with nothing between them."""
    found: list[list[Word]] = []
    for word in words:
        if word.parts[0] or word.parts[2]:
            continue
        last = found[-1][-1] if found else None
        plain = last and not last.title and not word.title and {last.lexeme.kind, word.lexeme.kind} == {Kind.WORD}
        if last and (last.number == word.number or (plain and last.number + 1 == word.number)):
            found[-1].append(word)
        else:
            found.append([word])
    return found


def replaced(text: str, new: Mapping[Word, str]) -> str:
    for word in sorted(new, key=lambda word: -word.at):
        text = text[: word.at] + new[word] + text[word.end :]
    return text.strip()
