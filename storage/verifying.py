"""What the index can't tell of a candidate, told by its stored terms; agrees with `Query.matches`.

    node ──compiled──▶ Test ──▶ patterns looked for in the unpacked bytes, where words stand in a row
                            └─▶ the analysed text itself, for what no pattern says

Most candidates of a phrase have its words apart: looked through as bytes, without decoding, each costs a quarter of
what the reference meaning takes.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property, lru_cache

from storage.language.analyser import FOLDED
from storage.language.document import Document, decoded, encoded, unpacked
from storage.phrases import Element, Mode, Phrase
from storage.syntax import And, Node, Not, Or

Test = Callable[["Candidate"], bool]
# Of terms as they are stored.
Look = Callable[[bytes], bool]

# Positions are parted by spaces, headline and body by a line break, and the terms of a position by the other two.
_OTHER = rb"[^ \n|,]"
_REST = rb"[^ \n]*"


# Neither frozen nor cached by what locks: of each of thousands, that would take as long as to look through it.
@dataclass
class Candidate:
    """An article that may match, by what is stored of it; `now` is what `last:` counts back from."""

    terms: bytes
    language: str
    source: tuple[tuple[str, ...], ...]
    published_at: datetime
    now: datetime
    _unpacked: tuple[bytes, str] | None = None

    @property
    def unpacked(self) -> tuple[bytes, str]:
        if not self._unpacked:
            self._unpacked = unpacked(self.terms)
        return self._unpacked

    @cached_property
    def document(self) -> Document:
        title, body = decoded(*self.unpacked).split("\n")
        return Document(title, body, self.language, self.source, self.published_at)

    @cached_property
    def wordless(self) -> Document:
        """For conditions, which ask for no words."""
        return Document("", "", self.language, self.source, self.published_at)


@lru_cache(maxsize=1 << 8)
def compiled(node: Node) -> Test:
    """Whether a candidate means the node."""
    if isinstance(node, And | Or):
        tests = [compiled(part) for part in node.nodes]
        combine = all if isinstance(node, And) else any
        return lambda one: combine(test(one) for test in tests)
    if isinstance(node, Not):
        test = compiled(node.node)
        return lambda one: not test(one)
    if not isinstance(node, Phrase):
        return lambda one: node.matches(one.wordless, one.now)
    if not (rows := _rows(node)):
        return lambda one: node.matches(one.document, one.now)
    stands = _stands(rows, title=node.title)
    return lambda one: stands(*one.unpacked)


@lru_cache(maxsize=1 << 8)
def look(node: Node) -> Look | None:
    """The same of a phrase that terms alone tell, without making a candidate of them; None for other nodes."""
    if not isinstance(node, Phrase) or not (rows := _rows(node)):
        return None
    stands = _stands(rows, title=node.title)
    return lambda terms: stands(*unpacked(terms))


def _rows(phrase: Phrase) -> tuple[tuple[Element, ...], ...]:
    """The rows of words that it is met by; none where a hyphenated word, which takes several places, is one of many."""
    first, *others = phrase.elements
    if not any(element.parts for element in phrase.elements):
        return (phrase.elements,)
    if others:
        return ()
    # What is asked for exactly is not met by its parts.
    parts = (tuple(map(first.part, range(len(first.parts)))),) if first.mode is Mode.INFLECTED else ()
    return phrase.elements, *parts


def _stands(rows: tuple[tuple[Element, ...], ...], *, title: bool) -> Callable[[bytes, str], bool]:
    """Whether any of the rows stands in the text, or in the headline, of unpacked terms in an encoding."""

    @cache
    def patterns(encoding: str) -> list[re.Pattern[bytes]]:
        return [pattern for row in rows for pattern in _patterns(row, encoding)]

    def stands(text: bytes, encoding: str) -> bool:
        end = text.index(b"\n") if title else len(text)
        for pattern in patterns(encoding):  # noqa: SIM110 - any() of a generator would cost half of the search
            if pattern.search(text, 0, end):
                return True
        return False

    return stands


def _patterns(elements: tuple[Element, ...], encoding: str) -> Iterator[re.Pattern[bytes]]:
    """The elements in a row, as they are written in this encoding, by each term of the first; none where it can't write
    one of them.
    """
    first, *others = [_terms(element, encoding) for element in elements]
    if not all(others):
        return
    following = [_following(element, terms) for element, terms in zip(elements[1:], others, strict=True)]
    mark = encoded(FOLDED, encoding)
    for term in first:
        # A term and the same folded are looked for at once.
        if not (term.startswith(mark) and term.removeprefix(mark) in first):
            begin = _first(elements[0], term, mark if mark + term in first else b"")
            yield re.compile(begin + b"".join(following))


def _first(element: Element, term: bytes, mark: bytes) -> bytes:
    if element.mode is not Mode.INFLECTED:
        return rb"(?<![^ \n])" + _form(element, [term])
    # What stands before it is looked at after it: an expression that begins with plain text is found faster.
    before = b"(?<!" + _OTHER + term + b")"
    if mark:
        before = b"(?:" + before + b"|(?<=" + mark + term + b"))"
    return term + before + b"(?!" + _OTHER + b")" + _REST


def _following(element: Element, terms: list[bytes]) -> bytes:
    if element.mode is not Mode.INFLECTED:
        return b" " + _form(element, terms)
    return rb" (?:[^ \n]*[|,])?" + _any(terms) + b"(?!" + _OTHER + b")" + _REST


def _form(element: Element, terms: list[bytes]) -> bytes:
    """A position that has it among its forms, from the beginning of the position on."""
    whole = b"" if element.mode is Mode.PREFIX else b"(?!" + _OTHER + b")"
    return rb"(?:[^ \n|]*,)?" + _any(terms) + whole + _REST


def _any(terms: Iterable[bytes]) -> bytes:
    return b"(?:" + b"|".join(terms) + b")"


def _terms(element: Element, encoding: str) -> list[bytes]:
    """The terms that it is met by, as far as the encoding has their letters."""
    terms = element.terms if element.mode is Mode.INFLECTED else (element.form,)
    return [re.escape(written) for term in sorted(terms) if (written := _written(term, encoding))]


def _written(term: str, encoding: str) -> bytes | None:
    try:
        return encoded(term, encoding)
    except UnicodeEncodeError:
        return None
