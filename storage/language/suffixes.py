"""Endings of agglutinative languages: whole chains of suffixes, spelled out once and cut off where they fit the stem.

A suffix is a template: its letters, and signs for the letters that follow the stem. Which letter a sign becomes hangs
on two facts, the harmony of the stem's vowels and the class of its last letter; together they are the shape of a stem:

    «LAр» after (back, vowel) → «лар»     «LAр» after (front, voiceless) → «тер»

A chain of templates becomes one ending for each shape, so the table of endings knows after which stems each may stand.
Cutting a word takes one look-up for each of its last letters, and «-лар» comes off «балалар», never off «доллар».
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

Shape = tuple[str, str]
"""The harmony of a stem's vowels and the class of its last letter, a letter for each."""


@dataclass(frozen=True, slots=True)
class Sounds:
    """How a language's suffixes follow what they stand after.

    `harmonies` and `classes` are all that there are, `vowels` and `finals` what a letter of a suffix passes on to the
    next one; `signs` says what a sign becomes after a shape: a letter, nothing, or `None` where it can't stand.
    """

    harmonies: str
    classes: str
    vowels: Mapping[str, str]
    finals: Mapping[str, str]
    signs: Mapping[str, Callable[[str, str], str | None]]

    def shapes(self) -> list[Shape]:
        return [(harmony, final) for harmony in self.harmonies for final in self.classes]

    def spell(self, template: str, shape: Shape) -> str | None:
        """The ending as it stands after a stem of this shape; `None` if it can't."""
        harmony, final = shape
        ending = ""
        for sign in template:
            letter = self.signs[sign](harmony, final) if sign in self.signs else sign
            if letter is None:
                return None
            if letter:
                ending += letter
                harmony, final = self.vowels.get(letter, harmony), self.finals.get(letter, final)
        return ending


class Endings:
    """The endings that chains of suffixes make, and the shapes of the stems after which each may stand."""

    def __init__(self, sounds: Sounds, templates: Iterable[str]) -> None:
        self._shapes: dict[str, set[Shape]] = {}
        for template in templates:
            for shape in sounds.shapes():
                if ending := sounds.spell(template, shape):
                    self._shapes.setdefault(ending, set()).add(shape)
        self._longest = max(map(len, self._shapes))

    def __contains__(self, ending: str) -> bool:
        return ending in self._shapes

    def cuts(self, word: str) -> Iterator[tuple[str, str]]:
        """What is left of a word and the ending cut off it, the shortest ending first; never the whole word."""
        for at in range(len(word) - 1, max(len(word) - self._longest - 1, 0), -1):
            if word[at:] in self._shapes:
                yield word[:at], word[at:]

    def fits(self, ending: str, shapes: Iterable[Shape]) -> bool:
        """Whether the ending may stand after a stem that may have these shapes."""
        return not self._shapes[ending].isdisjoint(shapes)
