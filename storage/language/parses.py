"""What the parses of a form come to together: pymorphy3 gives each a score, and they add up to one."""

from collections import Counter
from collections.abc import Callable, Iterable

from pymorphy3.analyzer import Parse


def shares(parses: Iterable[Parse], lemma: Callable[[Parse], str]) -> Counter[str]:
    """Lemma → its share; cases and genders that look alike are parses of their own, each by itself rare."""
    return Counter(_summed(parses, lemma))


def plausible(parses: Iterable[Parse], lemma: Callable[[Parse], str], threshold: float) -> set[str]:
    """The lemmas with such a share or a greater one."""
    return {lemma for lemma, share in _summed(parses, lemma).items() if share >= threshold}


def _summed(parses: Iterable[Parse], lemma: Callable[[Parse], str]) -> dict[str, float]:
    # Of every new word: a Counter takes twice as long.
    found: dict[str, float] = {}
    for parse in parses:
        own = lemma(parse)
        found[own] = found.get(own, 0.0) + parse.score
    return found
