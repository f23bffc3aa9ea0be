"""What was made of the words met last, by language: a look-up is all that a known word costs."""

from collections.abc import Callable
from typing import ClassVar, Final, TypeVar

from storage.language.analyser import LANGUAGES, UNKNOWN
from storage.language.tokens import LONGEST_FORM

# So many words are kept at hand, and as many that were before.
AT_HAND: Final = 1 << 16

T = TypeVar("T")


class Remembered(dict[str, T]):
    """Made when a word is first met; a word that is met again stays, wherever it stood."""

    most: ClassVar[int] = AT_HAND

    def __init__(self, make: Callable[[str], T]) -> None:
        super().__init__()
        self._make = make
        # What was at hand before there was too much of it.
        self._before: dict[str, T] = {}

    def __missing__(self, word: str) -> T:
        if len(word) > LONGEST_FORM:  # an encoded blob, which never comes again
            return self._make(word)
        found = self._before.get(word)
        made = self._make(word) if found is None else found
        if len(self) >= self.most:
            self._before = dict(self)
            self.clear()
        self[word] = made
        return made


def keep_at_hand(words: int) -> None:
    """So many words of each language from now on, in all of this process: it takes some 250 bytes for each."""
    Remembered.most = words


class ByLanguage(dict[str, Remembered[T]]):
    """One for each language that has an analyser, made when it is first met, and one for all others."""

    def __init__(self, make: Callable[[str], Callable[[str], T]]) -> None:
        """`make` gives what makes something of each word of a language."""
        super().__init__()
        self._make = make

    def __missing__(self, language: str) -> Remembered[T]:
        if language not in LANGUAGES and language != UNKNOWN:
            return self[UNKNOWN]
        return self.setdefault(language, Remembered(self._make(language)))
