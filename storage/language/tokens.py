"""Text → tokens with their offsets, and the one normal form of a word that texts and queries share."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

# A word longer than this is an encoded blob or a joke; what lies beyond makes no difference to finding it.
LONGEST_FORM = 100

DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
APOSTROPHES = "'\u2018\u2019\u02bc\u02b9\u0374\u2032`"
# Soft hyphen, stress and other combining marks, zero-width characters: they stand inside words and mean nothing.
INVISIBLE = "\u00ad\u0300-\u036f\u200b-\u200d\u2060\ufeff"

# Three of the apostrophes are letters by Unicode's book; in a word they join its pieces as the others do.
_LETTER = r"[^\W_\u02bc\u02b9\u0374]"
_PIECE = rf"{_LETTER}(?:{_LETTER}|[{INVISIBLE}])*"
_SIMPLE = rf"{_PIECE}(?:[{APOSTROPHES}]{_PIECE})*"
_TOKEN = re.compile(
    rf"(?<!\d[.,])\d+[.,]\d+(?![.,]?\d)(?![^\W_])"  # 3,5 — but not a date or a version
    rf"|[A-Za-z](?:\+\+|\#)(?![^\W_])"  # C++, C#
    rf"|{_SIMPLE}(?:[{DASHES}]{_SIMPLE})*"
)

_FOLD = str.maketrans(
    {"ё": "е", ",": "."} | dict.fromkeys(DASHES, "-") | dict.fromkeys(APOSTROPHES, "'"),
)
# What may stand in a normal form; the rest is dropped, so that forms and lemmas can be kept and indexed as words.
_SIGNS = "+#.,"
_DASH = re.compile(f"[{re.escape(DASHES)}]")
_DROP = re.compile(rf"[^\w{re.escape(DASHES + APOSTROPHES + _SIGNS)}]|_")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: its normal form, the normal forms of its hyphenated parts (or none), its span in the text."""

    form: str
    parts: tuple[str, ...]
    start: int
    end: int

    @property
    def width(self) -> int:
        """How many positions it takes: a hyphenated word takes one for each part."""
        return len(self.parts) or 1


def normalise(word: str) -> str:
    """The form in which a word is compared: NFC, lower case, ё as е, without stress marks and soft hyphens."""
    if word.isascii() and word.isalnum():
        return word.lower()[:LONGEST_FORM]
    lowered = unicodedata.normalize("NFC", word).lower()
    form = unicodedata.normalize("NFC", _DROP.sub("", lowered)).translate(_FOLD)
    return form if len(form) <= LONGEST_FORM else form[:LONGEST_FORM].rstrip("-'.")


def words(text: str) -> list[str]:
    """The words of a text in order, as they stand there."""
    return _TOKEN.findall(text)


def read(word: str, start: int = 0) -> Token:
    """One of `words` as a token that begins at `start`."""
    form = normalise(word)
    parts = tuple(form.split("-")) if "-" in form else ()
    return Token(form, parts, start, start + len(word))


def word_spans(text: str, positions: Collection[int]) -> list[tuple[int, int]]:
    """Where the words stand that take these positions, each word once, in order."""
    if not positions:
        return []
    found = [match.span() for match in _TOKEN.finditer(text)]
    begins = _positions(text, found)
    wanted = {bisect_right(begins, position) - 1 for position in positions}
    return [found[at] for at in sorted(wanted) if at < len(found)]


def _positions(text: str, found: Sequence[tuple[int, int]]) -> Sequence[int]:
    """The position at which each of the words found begins: its number, unless hyphenated ones stand before it."""
    starts, widths = [start for start, _ in found], [1] * len(found)
    for dash in _DASH.finditer(text):
        at = bisect_right(starts, dash.start()) - 1
        if at >= 0 and dash.start() < found[at][1]:
            widths[at] = read(text[slice(*found[at])]).width
    return [0, *accumulate(widths)]


def tokenise(text: str) -> Iterator[Token]:
    """The words of a text in order, with their places."""
    return (read(match[0], match.start()) for match in _TOKEN.finditer(text))
