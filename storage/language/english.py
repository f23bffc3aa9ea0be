"""English: the lemmas of simplemma's dictionary, which merges less than a stemmer (news ≠ new), and readings it lacks.

A form in a text is offered under each of its readings: «lives» under life and live, «meeting» under meet and itself.
A query word chooses. What the dictionary has for a lemma looks for itself; so do participles: «interested» and
«meeting» are words of their own, and whoever wants all forms of a verb types the verb. British and American spellings
stay two words.

On UD English-EWT this retrieves nouns, names and adjectives by lemma with F1 97.9, by any of their forms with 96.5;
simplemma alone 92.9 and 92.7, Snowball 87.6 and 86.0. The dictionary stays packed, as the library keeps it for frugal
use: 3 MB rather than 20, and 20 µs a look-up rather than 4, which a new word takes a few times, and once.
"""

import re
from collections.abc import Iterator, Mapping

from simplemma.strategies.dictionaries import LOW_MEMORY_DICTIONARY_FACTORY

from storage.language.function_words import FUNCTION_WORDS
from storage.language.tokens import Case, normalise

# In capitals a short word is an abbreviation (WHO, AIDS, US), a longer one is shouted.
_ABBREVIATION = 4
# Verb forms that live on as nouns and adjectives: building, wanted, broken, done, lost, stuck, sunk. Few others end so:
# plurals, superlatives, and pasts that are no participles.
_PARTICIPLE = re.compile(r".+(?:ing|[dt]|ne?|uck|u[mn][gk]?)")
_NO_PARTICIPLE = re.compile(r".*(?:men|children|oxen|brethren|feet|[^o]st|went|did|ran|began|forgot)")
# The dictionary has some peoples' plurals for words of their own, and so it has these.
_PEOPLE = re.compile(r".{4,}(?:an|i)s|(?:argentine|bosniak|kazakh|kosovar|slovak|tajik|turkmen|uzbek)s")
# Lemma → forms of it for which the dictionary has another reading only.
_IRREGULAR = {
    "awake": "awoken", "bear": "bore born", "bend": "bent", "bind": "bound", "bite": "bit", "break": "broke",
    "drink": "drunk", "feel": "felt", "go": "gone", "grind": "ground", "leave": "left", "ring": "rung", "rise": "rose",
    "shake": "shook", "shoot": "shot", "slay": "slew", "smell": "smelt", "spell": "spelt", "swear": "swore",
    "think": "thought", "tread": "trod", "win": "won", "wind": "wound", "mean": "means",
    "life": "lives", "leaf": "leaves", "half": "halves", "calf": "calves", "thief": "thieves", "shelf": "shelves",
    "loaf": "loaves", "wife": "wives", "sale": "sales",
    "bad": "worse", "big": "bigger", "hot": "hotter", "old": "elder eldest", "close": "closer", "clean": "cleaner",
}  # fmt: skip
_LEMMA = {form: lemma for lemma, forms in _IRREGULAR.items() for form in forms.split()}
# Words of their own that the dictionary takes for forms of others (medium, jean), and two that nearly always are.
_OWN = {"media", "jeans", "interested", "interesting"}
_FUNCTION_WORDS = FUNCTION_WORDS["en"]


class English:
    """Analyser of English; the dictionary takes about 3 MB."""

    def __init__(self) -> None:
        self._dictionary: Mapping[str, str] = LOW_MEMORY_DICTIONARY_FACTORY.get_dictionary("en")

    def document(self, form: str, case: Case) -> tuple[str, ...]:
        bare = _bare(form)
        if case is Case.CAPITALS and len(bare) <= _ABBREVIATION:
            return (bare,) if bare != form else ()
        return tuple(sorted({bare, *self._readings(bare), *self._guesses(bare)} - {form}))

    def query(self, word: str) -> frozenset[str]:
        bare = _bare(word)
        readings = self._readings(bare) or {stem for stem in self._guesses(bare) if self.knows(stem)}
        if not readings or bare in readings or _is_participle(bare):
            return frozenset((bare,))
        return frozenset(readings)

    def knows(self, word: str) -> bool:
        return bool(self._entries(_bare(word)))

    def abbreviates(self, word: str) -> bool:
        is_short_word = len(word) <= _ABBREVIATION and word in self._dictionary
        return is_short_word and (word.upper() in self._dictionary or word in _FUNCTION_WORDS)

    def _readings(self, word: str) -> set[str]:
        """The lemmas of a word that the dictionary has, itself among them where it is one; of a compound by its end."""
        if word in _OWN:
            return {word}
        if _PEOPLE.fullmatch(word) and self._entries(word[:-1]):
            return {word[:-1]}
        found = {lemma for lemma in self._entries(word) if not _is_far(lemma, word)}
        head, dash, last = word.rpartition("-")
        if dash and not found:
            return {f"{head}-{lemma}" for lemma in self._readings(last)}
        return found | {lemma for lemma in _others(word, found) if lemma in self._entries(lemma)}

    def _entries(self, word: str) -> set[str]:
        """What the dictionary has for the word in small letters, and with a capital."""
        found = (self._dictionary.get(word), self._dictionary.get(word.capitalize()))
        return {normalise(lemma) for lemma in found if lemma}

    def _guesses(self, word: str) -> set[str]:
        """The singular of a plural that the dictionary lacks: mostly of names."""
        return set() if self._entries(word) else set(_singulars(word))


def _singulars(word: str) -> Iterator[str]:
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        yield word[:-1]
    if len(word) > 5 and word.endswith(("ses", "xes", "zes", "ches", "shes")):
        yield word[:-2]


def _is_far(lemma: str, word: str) -> bool:
    """Whether the lemma is another spelling (e-mail, email), or a function word that the word can't be a form of."""
    if lemma.count("-") != word.count("-"):
        return True
    # SOS is not so, Don is not do; what has two letters is left of can't, won't and I'll.
    return lemma in _FUNCTION_WORDS and word not in _FUNCTION_WORDS and len(word.strip("'")) > 2


def _others(word: str, found: set[str]) -> Iterator[str]:
    """What else the word may be a form of, if there is such a word."""
    if word in _LEMMA:
        yield _LEMMA[word]
    if word.endswith(("ses", "xes")):
        yield f"{word[:-2]}is"  # bases: base, basis
    # The dictionary has old spellings: fixing for fixe, playing for playe, annexed for annexe.
    yield from (lemma[:-1] for lemma in found - {word} if lemma.endswith(("xe", "ye", "we")) and len(lemma) > 3)


def _is_participle(word: str) -> bool:
    return bool(_PARTICIPLE.fullmatch(word)) and not _NO_PARTICIPLE.fullmatch(word)


def _bare(form: str) -> str:
    """Kazakhstan's → kazakhstan."""
    return form.removesuffix("'s") or form
