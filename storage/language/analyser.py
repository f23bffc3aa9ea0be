"""A form of a word → the terms it is indexed under; a query word → the terms it looks for.

    text, language ──▶ form ──document_lemmas──▶ lemmas, folded ──▶ index
                                                    ▲
    query ──▶ word ──lemmas──▶ shown to the user ──query_terms──▶ looked up

Documents offer every plausible lemma and the form itself; queries choose: a query word that is itself a lemma looks for
that lemma only, an inflected one for its lemmas. So «мыла» in a text is found by «мыло» and by «мыть», but the query
«мыло» doesn't bring every «мыть». A text is analysed in its language; a query word is asked of every language that may
have it, so that a name is found in all languages that write it so. A language loads when it is first asked.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Protocol

from storage.language import surnames
from storage.language.folding import fold
from storage.language.function_words import is_function_word
from storage.language.tokens import Case, joined, words

if TYPE_CHECKING:  # its dictionary is loaded where it is needed
    from storage.language.russian import Russian

# Raised whenever the terms of a form change, so that what is stored is analysed anew.
VERSION = 2

# Marks of terms that no word can be: an abbreviation in capitals, and a term without its diacritics.
ABBREVIATION, FOLDED = "§", "≈"

SHORTEST_NORMALISED = 6

UNKNOWN = "und"

_WITH_DICTIONARY = frozenset(("ru", "uk", "en"))

_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_LATIN = re.compile(r"[a-z\u00df-\u024f\u0259]")
_KAZAKH = re.compile("[әғқңөұүһ]")
_WITH_I = ("uk", "kk")
# Letters that leave few languages to choose from, the surest first.
_CANDIDATES: Sequence[tuple[re.Pattern[str], tuple[str, ...]]] = (
    (_KAZAKH, ("kk",)),
    (re.compile("[їєґ]"), ("uk",)),
    (re.compile("і"), _WITH_I),
    (re.compile("[ыэъ]"), ("ru", "kk")),
    (_CYRILLIC, ("ru", "uk", "kk")),
    (re.compile("[əş]"), ("az",)),
    (re.compile("[ğıçöüñäū]"), ("az", "kk")),
    (_LATIN, ("en", "az", "kk")),
)


class Analyser(Protocol):
    """One language. Forms and words come normalised (`tokens.normalise`) and leave so."""

    def document(self, form: str, case: Case) -> tuple[str, ...]:
        """The lemmas that a form, written so in a text, is indexed under, besides itself; sorted."""

    def query(self, word: str) -> frozenset[str]:
        """The lemmas, or forms, that a query word looks for; a word that is a lemma looks for itself alone."""

    def knows(self, word: str) -> bool:
        """Whether it is certainly a word of the language: the dictionary has it, or the letters are its own."""

    def abbreviates(self, word: str) -> bool:
        """Whether it is, in capitals, an abbreviation that would be taken for a form of another word."""


class Literal:
    """The fallback for languages without an analyser: a word is found by its very form."""

    def document(self, form: str, case: Case) -> tuple[str, ...]:
        return ()

    def query(self, word: str) -> frozenset[str]:
        return frozenset((word,))

    def knows(self, word: str) -> bool:
        return False

    def abbreviates(self, word: str) -> bool:
        return False


def document_lemmas(form: str, language: str, case: Case = Case.SMALL) -> tuple[str, ...]:
    """The lemmas that a form, written so in a text of this language, is indexed under, besides itself; sorted."""
    return analyser(_language(form, language)).document(form, case)


def telling(forms: Iterable[str]) -> tuple[str, ...]:
    """The languages that a query may be in by its letters, none where these don't tell.

    A query is in one language: «велика» beside «британія» is not the Russian word.
    """
    found = _candidates(" ".join(forms))
    return () if {"ru", "en"} & set(found) else found


@lru_cache(maxsize=1 << 14)
def lemmas(word: str, languages: tuple[str, ...] = ()) -> frozenset[str]:
    """What a query word looks for: its lemmas, or itself where it has none; `languages` are those of the query.

    The first language that knows the word decides; where it is an inflected form there but a lemma of a later one
    («марта», «мати»), it is looked for as it stands too. Of a word that none knows, all that may have it say.
    """
    if word.startswith(ABBREVIATION) or is_function_word(word):
        return frozenset((word,))
    candidates = _narrowed(word, languages)
    guesses = (analyser(language).query(word) for language in candidates)
    if candidates != _candidates(word):
        return frozenset[str]().union(*guesses)
    if found := _known(word):
        first, *later = found
        return first | ({word} if {word} in later else set()) | _cognate_adjectives(first, later)
    return frozenset((word,)).union(*guesses)


def shown(word: str, languages: tuple[str, ...] = ()) -> list[str]:
    """The words by which a reader is told what a query word looks for.

    Those of a dictionary, a surname by rule, or the stem where a language without dictionary sees one alone; else the
    word itself, for guesses beside it are nobody's words.
    """
    candidates = _narrowed(word, languages)
    if any(analyser(language).knows(word) for language in candidates if language in _WITH_DICTIONARY):
        return sorted(lemmas(word, languages))
    guess = analyser(candidates[0]).query(word) if candidates else frozenset[str]()
    if _WITH_DICTIONARY.isdisjoint(candidates):
        stems = guess - {word}
        return list(stems) if len(stems) == 1 else [word]
    return sorted(guess) if guess.issubset(surnames.lemmas(word)) else [word]


def normal(word: str) -> str:
    """The lemma of a query word that has one alone, or the word itself.

    Short words stay as they are: many a Russian form of five letters is a lemma in Kazakh («бала»), which no dictionary
    tells us.
    """
    # Where two languages read it differently, the lemma of one would leave out the texts of the other: «договору».
    if len(word) < SHORTEST_NORMALISED or is_function_word(word) or len(set(_known(word))) != 1:
        return word
    [lemma, *others] = lemmas(word)
    is_settled = not others and lemmas(lemma) == {lemma} and words(lemma) == [lemma]
    # «Льодом» could be of any language, «лід» of fewer, and would tell that of its neighbours.
    is_alike = lemma.count("-") == word.count("-") and _candidates(lemma) == _candidates(word)
    return lemma if is_settled and is_alike else word


def _cognate_adjectives(first: frozenset[str], later: Sequence[frozenset[str]]) -> set[str]:
    """«Державна» is a short form in Russian and a full one in Ukrainian, where the adjective is державний."""
    stems = {lemma[:-2] for lemma in first if lemma.endswith(("ый", "ий", "ой"))}
    return {lemma for lemmas_there in later for lemma in lemmas_there if lemma.endswith("ий") and lemma[:-2] in stems}


def _known(word: str) -> list[frozenset[str]]:
    """What the languages that know the word look for; after one to which it is a lemma no other need be loaded."""
    found: list[frozenset[str]] = []
    for one in map(analyser, _candidates(word)):
        if one.knows(word):
            found.append(one.query(word))
            if found[0] == {word}:
                break
    return found


def is_abbreviation(word: str) -> bool:
    """Whether the word in capitals is an abbreviation that would be taken for other words: ВОЗ, ОПЕК, WHO."""
    first = next((one for one in map(analyser, _candidates(word)) if one.knows(word)), None)
    return first is not None and first.abbreviates(word)


@lru_cache(maxsize=1 << 16)
def is_russian_predicate(word: str) -> bool:
    """Whether a word in small letters may be what a Russian sentence says of its subject."""
    return _russian().is_predicate(word)


@lru_cache(maxsize=1 << 15)
def russian_finite(word: str) -> frozenset[str]:
    """The numbers and genders of which a verb, in small letters, tells; none if it is hardly one."""
    return _russian().finite(word)


@lru_cache(maxsize=1 << 15)
def russian_subject(word: str) -> frozenset[str]:
    """The numbers and genders of a nominative, in small letters; none if it may be anything else, or a name."""
    return _russian().subject(word)


@lru_cache(maxsize=1 << 14)
def query_terms(word: str, languages: tuple[str, ...] = ()) -> frozenset[str]:
    """The terms of the index that a query word is met by.

    A word typed without diacritics is met by those that have them: people type e for ə, к for қ.
    """
    if word.startswith(ABBREVIATION) or is_function_word(word):
        return frozenset((word,))
    # As it stands, it finds what other languages write alike.
    found = lemmas(word, languages) | {word, joined(word) or word}
    if _candidates(word) == _WITH_I:  # «мектебі» is Kazakh, though the Ukrainian dictionary has a мектеб
        found |= analyser("kk").query(word)
    return found | {FOLDED + term for term in found} if fold(word) == word else found


def folded(term: str, language: str) -> str | None:
    """The term that a query without diacritics meets this one by, in a text of this language; None if it has none.

    In Ukrainian і is no diacritic: «лис» is a fox, «ліс» a wood.
    """
    if (bare := fold(term)) == term:
        return None
    is_kazakh = language == "kk" or not _CYRILLIC.search(term) or _KAZAKH.search(term)
    return FOLDED + bare if is_kazakh else None


def _language(form: str, language: str) -> str:
    """The language that a word of a text is read in: a word in a foreign script is of the one most met in it here."""
    if _CYRILLIC.search(form):
        return language if language in {"ru", "uk", "kk"} else _candidates(form)[0]
    if _LATIN.search(form):
        return language if language in {"en", "az", "kk"} else _candidates(form)[0]
    return ""


def _candidates(word: str) -> tuple[str, ...]:
    """The languages that a word may be of, by its letters."""
    return next((languages for letters, languages in _CANDIDATES if letters.search(word)), ())


def _narrowed(word: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """Those of its languages that the query may be in, or all where it is in none of them."""
    candidates = _candidates(word)
    return tuple(language for language in candidates if language in languages) or candidates


@cache
def _russian() -> "Russian":
    from storage.language.russian import Russian

    return Russian()


def _ukrainian() -> Analyser:
    from storage.language.ukrainian import Ukrainian

    return Ukrainian()


def _english() -> Analyser:
    from storage.language.english import English

    return English()


def _kazakh() -> Analyser:
    from storage.language.kazakh import Kazakh

    return Kazakh()


def _azerbaijani() -> Analyser:
    from storage.language.azerbaijani import Azerbaijani

    return Azerbaijani()


# Imported on first use: a dictionary takes about 22 MB and a twentieth of a second.
_ANALYSERS: dict[str, Callable[[], Analyser]] = {
    "ru": _russian,
    "uk": _ukrainian,
    "en": _english,
    "kk": _kazakh,
    "az": _azerbaijani,
}
LANGUAGES = frozenset(_ANALYSERS)


@cache
def analyser(language: str) -> Analyser:
    """The one of this language; loads it when it is first asked for."""
    return _ANALYSERS.get(language, Literal)()
