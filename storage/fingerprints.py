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
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Final, NamedTuple

from storage.language.analyser import ABBREVIATION, FOLDED
from storage.language.document import analyse, forms, lemmas
from storage.language.function_words import is_function_word
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

_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"»”]?\s+|\n+")
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


class _Word(NamedTuple):
    """What a word is compared by: its lemmas, and itself where it is a number; its beginnings; what it is as a name."""

    features: tuple[int, ...]
    sounds: tuple[int, ...]
    name: int | None


def fingerprint(title: str, text: str, language: str) -> Fingerprint:
    in_title, in_lead = words(title), words(lead(text))
    titles = [_word(word, language) for word in in_title]
    leads = [_word(word, language) for word in in_lead]
    known = {name for one in leads if (name := one.name)}
    # What begins a headline has a capital anyway: it is a name where it has one in the text.
    names = [] if title.isupper() else [one.name for at, one in enumerate(titles) if at > 0 or one.name in known]
    of_title = Counter(chain.from_iterable(one.features for one in titles))
    of_title.update(chain.from_iterable(one.sounds for one in titles))
    of_title.update(filter(None, names))
    of_lead = Counter(chain.from_iterable(one.features for one in leads))
    of_lead.update(name for one in leads if (name := one.name))
    features = sorted(of_title.keys() | of_lead.keys())
    return Fingerprint(
        language[:2].ljust(2),
        tuple(features),
        tuple([min(MOST, of_title[feature]) for feature in features]),
        tuple([min(MOST, of_lead[feature]) for feature in features]),
    )


def lead(text: str) -> str:
    """How the text begins: the first sentences."""
    begin = text[:LEAD_LENGTH]
    ends = (match.end() for match in _SENTENCE_END.finditer(begin) if match.start() > 0)
    for number, end in enumerate(ends, start=1):
        if number == LEAD_SENTENCES:
            return begin[:end]
    return begin


@lru_cache(maxsize=1 << 16)
def _word(word: str, language: str) -> _Word:
    positions = analyse(word, language).split(" ")
    found = [position for position in positions if position and not is_function_word(forms(position)[0])]
    stems = [stem for position in found for stem in _stems(position)]
    form = forms(found[0])[0] if found else ""
    is_number, is_id = bool(_DIGIT.search(form)), bool(_ID.fullmatch(form))
    is_name = not is_number and len(word) > 1 and case(word) is not Case.SMALL
    base = skeleton(stems[0]) if stems else ""
    is_heard = base and not is_id and (is_number or len(base) >= BEGINNINGS[0])
    return _Word(
        (*(_hash(LEMMA, stem) for stem in stems), *([_hash(NUMBER, form)] if is_number and not is_id else ())),
        tuple(dict.fromkeys(_hash(SOUND, f"{size}{base[:size]}") for size in BEGINNINGS)) if is_heard else (),
        _hash(NAME, base[:NAME_LENGTH]) if is_name and base else None,
    )


def _stems(position: str) -> Iterator[str]:
    """The lemmas of a position, or its form where it has none."""
    own = [lemma for lemma in lemmas(position) if not lemma.startswith((ABBREVIATION, FOLDED))]
    return iter(own or forms(position)[:1])


def _hash(kind: int, text: str) -> int:
    return kind << KIND_BITS | zlib.crc32(text.encode()) & ((1 << KIND_BITS) - 1)
