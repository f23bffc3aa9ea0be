"""What the parses of a form come to together: pymorphy3 gives each a score, and they add up to one."""

from collections import Counter
from collections.abc import Callable, Iterable

from pymorphy3.analyzer import Parse


def shares(parses: Iterable[Parse], lemma: Callable[[Parse], str]) -> Counter[str]:
    """Lemma → its share; cases and genders that look alike are parses of their own, each by itself rare."""
    found: Counter[str] = Counter()
    for parse in parses:
        found[lemma(parse)] += parse.score
    return found


def plausible(parses: Iterable[Parse], lemma: Callable[[Parse], str], threshold: float) -> set[str]:
    """The lemmas with such a share or a greater one."""
    return {lemma for lemma, share in shares(parses, lemma).items() if share >= threshold}
