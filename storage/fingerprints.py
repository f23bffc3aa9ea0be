"""What articles are compared by: the words of headline and lead, how the headline sounds, the names and numbers.

    title, text ──words, lemmas──▶ Fingerprint ──packed──▶ the store ──▶ storage.neighbours

A fingerprint is a list of features, each a hash with its counts in the headline and in the lead. There are three kinds:
lemmas, which carry most; beginnings of the headline's words as they sound, for headlines alone say little and languages
differ; names and numbers, which carry across languages and tell apart what is else alike.
"""

import re
import struct
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain, repeat
from typing import Final, NamedTuple

from storage.language.analyser import ABBREVIATION, FOLDED
from storage.language.document import forms_and_lemmas, position_of
from storage.language.function_words import is_function_word
from storage.language.remembered import ByLanguage
from storage.language.tokens import Case, case, words
from storage.skeletons import skeleton

# The two upper bits of a feature say its kind.
KIND_BITS: Final = 30
LEMMA, SOUND, NAME, NUMBER = range(4)

# Five sentences or so, as far as they are of usual length: what is new stands there.
LEAD_SENTENCES, LEAD_LENGTH = 5, 1500
# A word's beginnings of so many letters: its ending is not among them.
BEGINNINGS: Final = (3, 4, 5)
# The letters of a name's skeleton that are compared.
NAME_LENGTH = 6
# Of fewer words, two articles are alike by chance.
TELLING: Final = 5
# Counts are packed into four bits.
MOST = 15

# Terms that are no lemmas begin with one of these.
_MARKS = (ABBREVIATION, FOLDED)

# Begins with the letters to look for, which is several times as fast as to look back from every letter.
_SENTENCE_END = re.compile(r"[\n.!?…](?:(?<=\n)\n*|[\"»”]?\s+)")
# Within «U.S.», «U.N.E.S.C.O.» and a person's initials, which are one word each: every letter by itself would count as
# a rare word, and two articles that share such a name would seem to share most of what they say.
_DOT_WITHIN = re.compile(r"\.(?<=\b[^\W\d_]\.)(?=[^\W\d_]\b)")
_DIGIT = re.compile(r"\d")
# What says nothing of an event: the number of a document, or of a page.
_ID = re.compile(r"\d{5,}")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Features, ascending, with how often each stands in the headline and in the lead; both counts are at most 15.

    `language` as its two first letters, for articles of different languages are compared by names and numbers.
    """

    language: str
    features: tuple[int, ...]
    in_title: tuple[int, ...]
    in_lead: tuple[int, ...]

    @property
    def packed(self) -> bytes:
        """The language, the features in four bytes each, then a byte for both counts of each."""
        both = bytes([title << 4 | lead for title, lead in zip(self.in_title, self.in_lead, strict=True)])
        return self.language.encode() + struct.pack(f"<{len(self.features)}I", *self.features) + both

    @property
    def has_lead(self) -> bool:
        return any(self.in_lead)

    @property
    def is_telling(self) -> bool:
        """Whether it has words enough to tell an event from others like it: «Details», «Summit in Baku» have not."""
        kinds = [feature >> KIND_BITS for feature in self.features]
        return kinds.count(LEMMA) - kinds.count(NUMBER) >= TELLING


class _Read(NamedTuple):
    """The lemmas of a word, or its forms where it has none, without function words; and the first form."""

    stems: Sequence[str]
    form: str

    @property
    def is_number(self) -> bool:
        # Hardly a word has a digit.
        return not self.form.isalpha() and bool(_DIGIT.search(self.form))

    @property
    def is_id(self) -> bool:
        return bool(_ID.fullmatch(self.form))

    @property
    def base(self) -> str:
        return skeleton(self.stems[0]) if self.stems else ""


def fingerprint(title: str, text: str, language: str) -> Fingerprint:
    in_title, known = _words(title), _FEATURES[language]
    titles = [known[word] for word in in_title]
    of_lead = Counter(chain.from_iterable(map(known.__getitem__, _words(lead(text)))))
    of_title = Counter([one for own in titles for one in own if one >> KIND_BITS != NAME])
    of_title.update(chain.from_iterable([_sounds(word, language) for word in in_title]))
    # What begins a headline has a capital anyway: it is a name where it has one in the text.
    found = ((at, one) for at, own in enumerate(titles) for one in own if one >> KIND_BITS == NAME)
    names = [name for at, name in found if at > 0 or name in of_lead]
    of_title.update([] if title.isupper() else names)
    features = sorted({*of_title, *of_lead})
    return Fingerprint(
        language[:2].ljust(2),
        tuple(features),
        _counts(of_title, features),
        _counts(of_lead, features),
    )


def _counts(found: Mapping[int, int], features: Sequence[int]) -> tuple[int, ...]:
    counts = tuple(map(found.get, features, repeat(0)))
    return counts if max(counts, default=0) <= MOST else tuple([min(count, MOST) for count in counts])


def lead(text: str) -> str:
    """How the text begins: the first sentences."""
    begin = text[:LEAD_LENGTH]
    ends = (match.end() for match in _SENTENCE_END.finditer(begin) if match.start() > 0 or begin[0] != "\n")
    for number, end in enumerate(ends, start=1):
        if number == LEAD_SENTENCES:
            return begin[:end]
    return begin


def _words(text: str) -> list[str]:
    return words(_DOT_WITHIN.sub("", text))


def _features(word: str, language: str) -> tuple[int, ...]:
    """What a word is compared by: its lemmas, itself where it is a number, and what it is as a name."""
    found = _read(word, language)
    is_number = found.is_number
    is_name = not is_number and len(word) > 1 and case(word) is not Case.SMALL
    features = [_hash(LEMMA, stem) for stem in found.stems]
    if is_number and not found.is_id:
        features.append(_hash(NUMBER, found.form))
    # Most words are small ones of a text, whose sound nobody asks for.
    if is_name and (base := found.base):
        features.append(_hash(NAME, base[:NAME_LENGTH]))
    return tuple(features)


_FEATURES = ByLanguage(lambda language: partial(_features, language=language))


@lru_cache(maxsize=1 << 14)
def _sounds(word: str, language: str) -> tuple[int, ...]:
    """The beginnings of a word of a headline."""
    found = _read(word, language)
    base = found.base
    if not base or found.is_id or not (found.is_number or len(base) >= BEGINNINGS[0]):
        return ()
    return tuple(dict.fromkeys(_hash(SOUND, f"{size}{base[:size]}") for size in BEGINNINGS))


def _read(word: str, language: str) -> _Read:
    stems: list[str] = []
    first = ""
    for position in position_of(word, language).split(" "):
        own, others = forms_and_lemmas(position)
        if own[0] and not is_function_word(own[0]):
            first = first or own[0]
            stems += [lemma for lemma in others if not lemma.startswith(_MARKS)] or own[:1]
    return _Read(stems, first)


def _hash(kind: int, text: str) -> int:
    return kind << KIND_BITS | zlib.crc32(text.encode()) & ((1 << KIND_BITS) - 1)
