"""A form of a word → the lemmas it is indexed under; a query word → the terms it looks for.

Documents offer every plausible lemma and the form itself; queries choose: a query word that is itself a dictionary form
looks for that lemma only, any other for all its lemmas and itself. So «мыла» in a text is found by «мыло» and by
«мыть», but the query «мыло» doesn't bring every «мыть».
"""

import re
from functools import cache, lru_cache
from typing import Protocol

# Raised whenever the terms of a form change, so that what is stored can be analysed anew.
VERSION = 1

_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_LATIN = re.compile(r"[a-z\u00df-\u024f\u0259]")


class Analyser(Protocol):
    """One language. Forms and words come normalised (`tokens.normalise`) and leave so."""

    def document(self, form: str) -> tuple[str, ...]:
        """The lemmas that a form in a text is indexed under, besides itself."""

    def query(self, word: str) -> frozenset[str]:
        """The terms, lemmas or forms, that a query word looks for."""


class Literal:
    """The fallback for languages without an analyser: a word is found by its very form."""

    def document(self, form: str) -> tuple[str, ...]:
        return ()

    def query(self, word: str) -> frozenset[str]:
        return frozenset((word,))


_LITERAL = Literal()


@cache
def _russian() -> Analyser:
    from storage.language.russian import Russian  # the dictionary loads on first use

    return Russian()


@cache
def _english() -> Analyser:
    from storage.language.english import English  # the dictionary loads on first use

    return English()


def _choose(form: str, language: str) -> Analyser:
    """A word in a foreign script is read as the language which that script most often stands for here."""
    if _CYRILLIC.search(form):
        return _LITERAL if language in {"uk", "kk"} else _russian()
    if _LATIN.search(form):
        return _LITERAL if language == "az" else _english()
    return _LITERAL


def document_lemmas(form: str, language: str) -> tuple[str, ...]:
    """The lemmas that a form in a text of this language is indexed under, besides itself; sorted."""
    return _choose(form, language).document(form)


@lru_cache(maxsize=1 << 14)
def query_terms(word: str) -> frozenset[str]:
    """The terms that a query word looks for, in texts of any language."""
    return _choose(word, "und").query(word)
