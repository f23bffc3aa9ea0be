"""Kazakh in Latin letters, read as Cyrillic so that one table of endings serves every alphabet that was ever official.

The alphabets of 2018 (qazaqstannyń, shý), of 2021 (qazaqstannyñ, şū) and the common Turkic one (qazaqstannıñ, şw) give
some letters different values; a word is read by each that has all its letters, and wrong readings find no ending that
fits. Without diacritics (qazaqstannyn) the vowels don't tell their harmony any more.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile

_COMMON = dict(zip("abdefghjklmnopqrstvz", "абдефгхжклмнопқрствз", strict=True)) | {"u": "ұ"}
_SIGNS = re.compile("sh|ch|.")


def _alphabet(signs: str) -> Mapping[str, str]:
    return _COMMON | {pair[:-2]: pair[-1] for pair in signs.split()}


_ALPHABETS = (
    _alphabet("-=- á=ә ǵ=ғ i=і ı=й ń=ң ó=ө ú=ү ý=у y=ы sh=ш ch=ч"),
    _alphabet("-=- ä=ә ğ=ғ ı=і i=й ñ=ң ŋ=ң ö=ө ü=ү ū=у y=ы ş=ш"),
    _alphabet("-=- ä=ә ğ=ғ ı=ы i=і ï=и ñ=ң ŋ=ң ö=ө ü=ү w=у y=й ş=ш ç=ч x=х"),
)
# ң comes out as n, ғ as g: at the end of a word, and before the back vowels of an ending, they are told apart.
_PLAIN = _alphabet("-=- i=і u=у y=ы w=у sh=ш ch=ч")


@dataclass(frozen=True, slots=True)
class Reading:
    """A Latin word as Cyrillic, letter by letter."""

    signs: tuple[str, ...]
    cyrillic: str
    alphabet: Mapping[str, str]

    def written(self, cuts: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        """Stems of the Cyrillic word, with their endings, in Latin letters; those that its alphabet can write."""
        return ((latin, ending) for stem, ending in cuts if (latin := self._write(stem)))

    def _write(self, stem: str) -> str | None:
        kept = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(stem, self.cyrillic, strict=False)))
        latin = {letter: sign for sign, letter in self.alphabet.items()}
        changed = [latin.get(letter, "") for letter in stem[kept:]]
        return "".join([*self.signs[:kept], *changed]) if all(changed) else None


def readings(word: str) -> Iterator[Reading]:
    """By each alphabet that has all letters of the word."""
    return (reading for alphabet in _ALPHABETS if (reading := _read(word, alphabet)))


def plain(word: str) -> Iterator[Reading]:
    """As written without diacritics, twice if its last letter may be ң."""
    if reading := _read(word, _PLAIN):
        cyrillic = re.sub("г(?=[аы])", "ғ", re.sub("(?<=[аеоуыі])і", "й", reading.cyrillic))
        for end in {cyrillic[-1], cyrillic[-1].replace("н", "ң")}:
            yield Reading(reading.signs, cyrillic[:-1] + end, _PLAIN)


def _read(word: str, alphabet: Mapping[str, str]) -> Reading | None:
    signs = tuple(_SIGNS.findall(word))
    letters = [alphabet.get(sign, "") for sign in signs]
    if not all(letters):
        return None
    # й and и share a sign; between consonants it is the vowel.
    return Reading(signs, re.sub("(?<![аәеоөуұүыіэ])й", "и", "".join(letters)), alphabet)
