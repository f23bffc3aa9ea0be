"""Ways to find a word's forms, side by side: a text's word → its terms; a query word → the terms it looks for.

They find each other when the two have a term in common. The peers reduce both to one form each, as they are used.
Ours is measured by the language's analyser alone, and as the product has it: words of a text with their parts, queries
that are asked of every language.
"""

from collections.abc import Callable, Iterator, Sequence, Set
from functools import cache
from importlib import import_module

import simplemma
import snowballstemmer
from pymorphy3 import MorphAnalyzer

from storage.language.analyser import Analyser
from storage.language.document import analyse, terms
from storage.language.tokens import case, normalise
from storage.phrases import Element, Phrase
from tests.benchmarks.words_score import Method

ANY = "ours, any language"

_OURS = {"ru": "Russian", "uk": "Ukrainian", "en": "English", "kk": "Kazakh", "az": "Azerbaijani"}
# Turkish is the nearest relative of Azerbaijani that the two have.
_SNOWBALL = {"ru": "russian", "en": "english", "az": "turkish"}
_SIMPLEMMA = {"ru": "ru", "uk": "uk", "en": "en", "az": "tr"}


def methods(language: str) -> Iterator[Method]:
    """What there is for a language: the peers, then ours."""
    yield _reducing("exact", lambda word: word)
    if language in _SNOWBALL:
        yield _reducing("Snowball", snowballstemmer.stemmer(_SNOWBALL[language]).stemWord)
    if language in ("ru", "uk"):
        yield _reducing("pymorphy3, first", _first_parse(language))
    if language in _SIMPLEMMA:
        yield _reducing("simplemma", lambda word: simplemma.lemmatize(word, lang=_SIMPLEMMA[language]))
    yield from ours(language)


def ours(language: str) -> Iterator[Method]:
    """The language's analyser by itself, and the way a search goes."""
    analyser = _analyser(language)
    yield Method(
        "ours",
        lambda word: {normalise(word), *analyser.document(normalise(word), case(word))},
        lambda word: analyser.query(normalise(word)),
    )
    yield Method(
        ANY,
        lambda word: {term for position in analyse(word, language).split() for term in terms(position)},
        lambda word: typed_together([word])[0],
    )


def looked_for(method: Method, queries: Sequence[str]) -> list[Set[str]]:
    """The terms of the words of one query; in the product each word is read in the language that all of them tell."""
    return typed_together(queries) if method.name == ANY else [method.query(word) for word in queries]


def typed_together(queries: Sequence[str]) -> list[Set[str]]:
    """As the product does it."""
    phrase = Phrase(tuple(map(Element.of, queries))).settled()
    return [element.terms for element in phrase.elements]


def _reducing(name: str, reduce: Callable[[str], str]) -> Method:
    def reduced(word: str) -> Set[str]:
        return {normalise(reduce(normalise(word)))}

    return Method(name, reduced, reduced)


@cache
def _analyser(language: str) -> Analyser:
    name = _OURS[language]
    made: Analyser = getattr(import_module(f"storage.language.{name.lower()}"), name)()
    return made


@cache
def _first_parse(language: str) -> Callable[[str], str]:
    morph = MorphAnalyzer(lang=language)
    return lambda word: str(morph.parse(word)[0].normal_form)
