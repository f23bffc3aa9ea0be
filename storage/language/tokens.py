"""Text → tokens with their offsets, and the one normal form of a word that texts and queries share."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import accumulate

# A word longer than this is an encoded blob or a joke; what lies beyond makes no difference to finding it.
LONGEST_FORM = 100

DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
NUMBER = "№"
APOSTROPHES = "'\u2018\u2019\u02bc\u02b9\u0374\u2032`"
# Soft hyphen, stress and other combining marks, zero-width characters: they stand inside words and mean nothing.
INVISIBLE = "\u00ad\u0300-\u036f\u200b-\u200d\u2060\ufeff"

# Three of the apostrophes are letters by Unicode's book; in a word they join its pieces as the others do.
_LETTERS = r"[^\W_\u02bc\u02b9\u0374]"
# Runs without a way back, and digits before what looks behind them: twice as fast.
_PIECE = rf"{_LETTERS}++(?:[{INVISIBLE}]++{_LETTERS}*+)*+"
_SIMPLE = rf"{_PIECE}(?:[{APOSTROPHES}]{_PIECE})*+"
_TOKEN = re.compile(
    # What most words are, told without a look at all that a word may hold.
    r"[А-Яа-яЁё]++(?=[ ,.])"
    rf"|{NUMBER}\s?\d+(?![^\W_])"  # № 5
    rf"|\d(?<!\d[.,]\d)\d*[.,]\d+(?![.,]?\d)(?![^\W_])"  # 3,5 — but not a date or a version
    rf"|[A-Za-z](?:\+\+|\#)(?![^\W_])"  # C++, C#
    rf"|{_SIMPLE}(?:[{DASHES}]{_SIMPLE})*+"
)

_FOLD = str.maketrans(
    {"ё": "е", ",": "."} | dict.fromkeys(DASHES, "-") | dict.fromkeys(APOSTROPHES, "'"),
)
# What may stand in a normal form; the rest is dropped, so that forms and lemmas can be kept and indexed as words.
_SIGNS = f"+#.,{NUMBER}"
_DASH = re.compile(f"[{re.escape(DASHES)}]")
_CYRILLIC, _LATIN = re.compile(r"[\u0400-\u052f]"), re.compile(r"[a-z\u0259]")
# Letters that look alike, at least as capitals; h is н, or the Kazakh һ.
_ALIKE = dict(zip("abcehikmoptxyə", "авсенікмортхуә", strict=True))
_TO_CYRILLIC = str.maketrans(_ALIKE)
_TO_LATIN = str.maketrans({cyrillic: latin for latin, cyrillic in _ALIKE.items()} | {"һ": "h"})
_KAZAKH = re.compile("[әғқңөұүһі]")
# In a word with one of these the capital I is that of ı, and that of i is İ.
_TURKIC = re.compile("[əƏğĞşŞıİ]")
# Words that need nothing but small letters.
_PLAIN = re.compile(r"[A-Za-z0-9]++|[А-Яа-я]++")
_DROP = re.compile(rf"[^\w{re.escape(DASHES + APOSTROPHES + _SIGNS)}]|_")


class Case(Enum):
    """How a word is written in a text: it tells «Казаков» from «казаков», ВОЗ from воз, and is lost in normal forms."""

    SMALL = "слово"
    CAPITAL = "Слово"
    CAPITALS = "СЛОВО"


def case(word: str) -> Case:
    """The case of a word as it stands in a text; a single capital letter begins a word."""
    if not word[:1].isupper():
        return Case.SMALL
    return Case.CAPITALS if len(word) > 1 and word.isupper() else Case.CAPITAL


# What Russian, Ukrainian and English inflect abbreviations by: МИДа, НПЗ-ов, MPs.
_ABBREVIATED = re.compile(rf"([^\W\d_]{{2,6}}?)(?:[{DASHES}{APOSTROPHES}]?(?:а|у|ю|ом|ем|е|і|ы|ов|ів|ам|ами|ах|s))?")


def abbreviation(word: str) -> str | None:
    """The normal form of the abbreviation that stands in capitals in a text, its ending taken off: МИДа → мид."""
    found = _ABBREVIATED.fullmatch(word) if word[:2].isupper() else None
    return normalise(found[1]) if found and found[1].isupper() else None


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
    """The form in which a word is compared: NFC, lower case, ё as е, one script, without stress marks, soft hyphens."""
    if _PLAIN.fullmatch(word):
        return word.lower()[:LONGEST_FORM]
    composed = unicodedata.normalize("NFC", word)
    if "I" in composed and _TURKIC.search(composed):
        composed = composed.replace("I", "ı")
    form = unicodedata.normalize("NFC", _DROP.sub("", composed.lower())).translate(_FOLD)
    if _CYRILLIC.search(form) and _LATIN.search(form):
        form = "-".join(map(_in_one_script, form.split("-")))
    return form if len(form) <= LONGEST_FORM else form[:LONGEST_FORM].rstrip("-'.")


def _in_one_script(part: str) -> str:
    """The word in the script of most of its letters, if all others have a like there: Kaзахстан, Әliyev."""
    cyrillic, latin = len(_CYRILLIC.findall(part)), len(_LATIN.findall(part))
    if not cyrillic or not latin:
        return part
    if cyrillic < latin:
        mended, strange = part.translate(_TO_LATIN), _CYRILLIC
    else:
        mended = part.replace("h", "һ") if _KAZAKH.search(part) else part
        mended, strange = mended.translate(_TO_CYRILLIC), _LATIN
    return part if strange.search(mended) else mended


def words(text: str) -> list[str]:
    """The words of a text in order, as they stand there."""
    return _TOKEN.findall(text)


def read(word: str, start: int = 0) -> Token:
    """One of `words` as a token that begins at `start`."""
    form = normalise(word)
    parts = tuple(form.split("-")) if "-" in form else ()
    return Token(form, parts, start, start + len(word))


def written_like(typed: str, form: str) -> str:
    """A form in the capitals of a typed word: «МИД» for МИДа, «Казахстан» for Казахстану."""
    written = case(typed)
    if written is Case.CAPITALS or abbreviation(typed):
        return form.upper()
    return form[:1].upper() + form[1:] if written is Case.CAPITAL else form


def pieces(word: str) -> list[str]:
    """The parts of a hyphenated word as they stand in the text."""
    return _DASH.split(word)


def joined(form: str) -> str | None:
    """The other way to write a name with a number: covid-19 → covid19; None for other words."""
    parts = form.split("-")
    return "".join(parts) if len(parts) == 2 and parts[0].isdigit() != parts[1].isdigit() else None


def word_spans(text: str, positions: Collection[int]) -> list[tuple[int, int]]:
    """Where the words stand that take these positions, each word once, in order."""
    if not positions:
        return []
    found, begins = _words(text)
    wanted = {bisect_right(begins, position) - 1 for position in positions}
    return [found[at] for at in sorted(wanted) if at < len(found)]


@lru_cache(maxsize=3)  # headline, beginning and text of an article, shown for one query after another
def _words(text: str) -> tuple[Sequence[tuple[int, int]], Sequence[int]]:
    """Where the words stand, and the position at which each of them begins."""
    found = [match.span() for match in _TOKEN.finditer(text)]
    return found, _positions(text, found)


def _positions(text: str, found: Sequence[tuple[int, int]]) -> Sequence[int]:
    """The position at which each of the words found begins: its number, unless hyphenated ones stand before it."""
    starts, widths = [start for start, _ in found], [1] * len(found)
    before = ((bisect_right(starts, dash.start()) - 1, dash.start()) for dash in _DASH.finditer(text))
    for at in {at for at, dash in before if at >= 0 and dash < found[at][1]}:
        widths[at] = read(text[slice(*found[at])]).width
    return [0, *accumulate(widths)]


def tokenise(text: str) -> Iterator[Token]:
    """The words of a text in order, with their places."""
    return (read(match[0], match.start()) for match in _TOKEN.finditer(text))
