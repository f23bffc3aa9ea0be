"""An analysed text: which forms and lemmas stand at which position of the headline and of the body.

A position is written as its forms and lemmas, `форма,часть|лемма,лемма`, and a text as a line of positions: short to
keep, quick to load, and scanned for a word at the speed of C. A hyphenated word takes one position for each part and is
itself found at the first of them, so that a phrase may name it whole or in parts.
"""

import re
import threading
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache

from zstandard import ZstdCompressor, ZstdDecompressor

from storage.language.analyser import ABBREVIATION, FOLDED, document_lemmas, folded
from storage.language.remembered import ByLanguage
from storage.language.shelf import Shelf
from storage.language.tokens import LONGEST_FORM, NUMBER, abbreviation, case, joined, normalise, pieces, read, words

# A day's 4,608 Russian articles hold 90,000 different words, half of them once. Of a language the 260,000 met last are
# kept, which takes about 45 MB when there are so many; up to 130,000 of them at hand, the others on shelves.
SHELVES, SHELF = 3, 1 << 16

# Stored terms begin with the mark of their encoding, the shortest that has all their letters: with one byte for each
# letter there is half as much to unpack and to look through. The oldest are zlib's, which none of the marks begins;
# zstandard packs and unpacks several times faster. Below level 1 it leaves out the Huffman codes: that takes half as
# much room again, 0.6 KB an article, and unpacks twice as fast, which is most of what a candidate of a phrase costs;
# two articles still share a page of the store.
_MARKS = {"cp1251": b"\x01", "kz1048": b"\x02", "utf-8": b"\x03"}
_ENCODINGS = {mark: encoding for encoding, mark in _MARKS.items()}
# Stands for the mark of folded terms, which only the last one has.
_FOLDED_BYTE = "\x1f"
_LEVEL = -1

# Tokens hold neither of these signs.
_FORMS_FROM_LEMMAS, _BETWEEN = "|", ","
_BOUNDS = f" {_FORMS_FROM_LEMMAS}{_BETWEEN}"

Line = str
"""Positions, a space between them."""


@dataclass(frozen=True)
class Document:
    """An article as queries see it. `source` holds the words of its source's name, and of its host."""

    title: Line
    body: Line
    language: str
    source: tuple[tuple[str, ...], ...]
    published_at: datetime
    _found: dict[str, tuple[int, ...]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def body_start(self) -> int:
        """The position at which the body begins; one is left free before it, so that no phrase runs across."""
        return self.title.count(" ") + 2 if self.title else 1

    def places(self, term: str) -> tuple[int, ...]:
        """The positions at which a form or lemma stands, ascending."""
        if term not in self._found:
            self._found[term] = tuple(at for at, _ in self._standing(term, _whole))
        return self._found[term]

    def form_places(self, form: str) -> Iterator[int]:
        """The positions at which this very form stands."""
        return (at for at, is_form in self._standing(form, _whole) if is_form)

    def prefix_places(self, prefix: str) -> Iterator[int]:
        """The positions at which a form begins so."""
        return iter(dict.fromkeys(at for at, is_form in self._standing(prefix, _beginning) if is_form))

    def terms(self) -> set[str]:
        """All forms and lemmas."""
        return {term for position in f"{self.title} {self.body}".split() for term in terms(position)}

    @cached_property
    def _line(self) -> Line:
        """Headline and body as one line; before the first position stands one space, before each other one more."""
        # Two between the two: one position is left empty, or none and one in a text without a headline.
        return f" {self.title}  {self.body} " if self.title else f"  {self.body} "

    def _standing(self, text: str, pattern: Callable[[str], re.Pattern[str]]) -> Iterator[tuple[int, bool]]:
        """Where a form or lemma is, or begins with, this text: the position, and whether it is a form."""
        line, at, counted = self._line, -1, 0
        # Most words are in no text; patterns are made for those that are.
        for found in pattern(text).finditer(line) if text in line else ():
            start = found.start()
            if line[start - 1] in _BOUNDS:
                at += line.count(" ", counted, start)
                counted = start
                yield at, _FORMS_FROM_LEMMAS not in line[line.rfind(" ", 0, start) : start]


@lru_cache(maxsize=1 << 12)
def _whole(term: str) -> re.Pattern[str]:
    # What stands before it is looked at afterwards: an expression that begins with plain text is found faster.
    return re.compile(f"{re.escape(term)}(?=[{_BOUNDS}])")


@lru_cache(maxsize=1 << 12)
def _beginning(prefix: str) -> re.Pattern[str]:
    return re.compile(re.escape(prefix))


def analyse(text: str, language: str) -> Line:
    """The positions of a text in this language."""
    found = words(text)
    if len(found) > 1 and text.isupper():
        return " ".join([_shouted(word, language) for word in found])
    return " ".join(map(_POSITIONS[language].__getitem__, found))


def position_of(word: str, language: str) -> Line:
    """The position of one of the `words` of a text, or those of a hyphenated one."""
    return _POSITIONS[language][word]


def forms(position: str) -> list[str]:
    return position.partition(_FORMS_FROM_LEMMAS)[0].split(_BETWEEN)


def lemmas(position: str) -> list[str]:
    """Those that are no form of the position."""
    found = position.partition(_FORMS_FROM_LEMMAS)[2]
    return found.split(_BETWEEN) if found else []


def forms_and_lemmas(position: str) -> tuple[list[str], list[str]]:
    """Both at once, for whoever asks often."""
    own, _, others = position.partition(_FORMS_FROM_LEMMAS)
    return own.split(_BETWEEN), others.split(_BETWEEN) if others else []


def terms(position: str) -> list[str]:
    return forms(position) + lemmas(position)


def all_terms(line: Line) -> tuple[list[str], list[str]]:
    """The forms, and the lemmas that are no forms of their position, of a whole line, in order."""
    # A position that comes again says nothing new; the rest is done by few calls, for a line has hundreds.
    parts = [position.partition(_FORMS_FROM_LEMMAS) for position in dict.fromkeys(line.split())]
    forms, lemmas = " ".join([own for own, _, _ in parts]), " ".join([others for _, _, others in parts])
    return forms.replace(_BETWEEN, " ").split(), lemmas.replace(_BETWEEN, " ").split()


def dump(title: Line, body: Line) -> bytes:
    """Compressed; about 1.9 KB for 250 words."""
    text, encoding = _encoded(f"{title}\n{body}")
    return _MARKS[encoding] + _ZSTANDARD.compress(text)


def load(data: bytes) -> tuple[Line, Line]:
    """Title and body as `dump` was given them."""
    title, body = decoded(*unpacked(data)).split("\n")
    return title, body


def unpacked(data: bytes) -> tuple[bytes, str]:
    """Title and body with a line break between, in this encoding: to be looked through before it is worth decoding."""
    encoding = _ENCODINGS.get(data[:1])
    if not encoding:
        return zlib.decompress(data), "utf-8"
    return _ZSTANDARD.decompress(memoryview(data)[1:]), encoding


def encoded(text: str, encoding: str) -> bytes:
    """As stored terms have it; raises UnicodeEncodeError where the encoding has no such letters."""
    return (text if encoding == "utf-8" else text.replace(FOLDED, _FOLDED_BYTE)).encode(encoding)


def decoded(data: bytes, encoding: str) -> str:
    text = data.decode(encoding)
    return text if encoding == "utf-8" else text.replace(_FOLDED_BYTE, FOLDED)


def _encoded(text: str) -> tuple[bytes, str]:
    *short, universal = _MARKS
    for encoding in short:
        try:
            return encoded(text, encoding), encoding
        except UnicodeEncodeError:
            pass
    return encoded(text, universal), universal


class _Zstandard(threading.local):
    """Neither of the two may be in use by two threads at once."""

    def __init__(self) -> None:
        self.compress = ZstdCompressor(_LEVEL).compress
        self.decompress = ZstdDecompressor().decompress


_ZSTANDARD = _Zstandard()


def _shouted(word: str, language: str) -> Line:
    """Where all is in capitals they say nothing: a short word may be an abbreviation, and any other word."""
    capitalised = (word.replace("I", "ı") if language == "az" else word).capitalize()
    line, short = _POSITIONS[language][capitalised], abbreviation(word)
    if not short:
        return line
    return line + (_BETWEEN if _FORMS_FROM_LEMMAS in line else _FORMS_FROM_LEMMAS) + ABBREVIATION + short


class _Analysed:
    """The positions of words of a language, of which those met last are kept on shelves.

    What is analysed is kept in `_young`, then on a shelf, of which the oldest goes when there are too many: to analyse
    a word anew takes ten times as long as to find it there.
    """

    def __init__(self, language: str) -> None:
        self._language = language
        self._young: dict[str, Line] = {}
        self._shelves: deque[Shelf] = deque(maxlen=SHELVES)

    def position(self, word: str) -> Line:
        return self._kept(word) or self._analysed(word)

    def _kept(self, word: str) -> Line | None:
        if line := self._young.get(word):
            return line
        for shelf in list(self._shelves):  # another thread may put one up meanwhile
            if line := shelf.get(word):
                return line
        return None

    def _analysed(self, word: str) -> Line:
        line = _positions(word, self._language)
        if len(word) > LONGEST_FORM:  # an encoded blob, which never comes again
            return line
        if len(self._young) >= SHELF:
            # First out of reach: another thread must not add to what is being put up.
            full, self._young = self._young, {}
            self._shelves.appendleft(Shelf(full))
        self._young[word] = line
        return line


_POSITIONS = ByLanguage(lambda language: _Analysed(language).position)


def _positions(word: str, language: str) -> Line:
    if language == "az" and "I" in word:
        # Found by its usual small letters too: names of other languages stand in these texts.
        return _positions_of(word.replace("I", "ı"), language, {normalise(word)})
    return _positions_of(word, language, set())


def _positions_of(word: str, language: str, also: set[str]) -> Line:
    token = read(word)
    if not token.parts:
        return _position((token.form,), _offered(token.form, word, language) | also)
    whole = _offered(token.form, word, language) | also
    parts = [(part, _offered(part, piece, language)) for part, piece in zip(token.parts, pieces(word), strict=False)]
    (first, offered), *others = parts
    head = _position((token.form, first), whole | offered)
    return " ".join([head, *(_position((part,), offered) for part, offered in others)])


def _offered(form: str, word: str, language: str) -> set[str]:
    """The terms of a form beside itself: its lemmas, the abbreviation or number it is, all these without diacritics."""
    if form.startswith(NUMBER):
        return {form.removeprefix(NUMBER)}
    offered = set(document_lemmas(form, language, case(word)))
    if together := joined(form):
        offered.add(together)
    if shortened := abbreviation(word):
        offered |= {shortened, ABBREVIATION + shortened}
    return offered | {term for term in (folded(one, language) for one in (form, *offered)) if term}


def _position(found: tuple[str, ...], offered: set[str]) -> str:
    kept = sorted(offered.difference(found))
    return _BETWEEN.join(found) + (_FORMS_FROM_LEMMAS + _BETWEEN.join(kept) if kept else "")
