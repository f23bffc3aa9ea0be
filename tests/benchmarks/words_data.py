"""The sets over which words are measured, as tokens: how a word stands in a text, and its lemma.

    ru_taiga, en_ewt, kk_ktb     treebanks: every token of the sentences
    unimorph_kaz, unimorph_aze   inflection tables: each form once, a text in which every form of a word stands
    names_ru, names_uk           names of one word in news, without the lemmas that are plainly wrong: that stand more
                                 often as a form of another («Германии» of «Германия»)

KazNERD marks Kazakh names without their lemmas. To take the shortest of the forms that begin alike as the lemma would
measure the very assumption by which suffixes are cut, so it is left out.
"""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from storage.language.tokens import normalise, words

_WORD = re.compile(r"[\w'][\w'\-]*")
_ASKED = {"NOUN", "PROPN", "ADJ"}
# A query of one or two letters is an initial or an abbreviation.
SHORTEST = 3


@dataclass(frozen=True, slots=True)
class WordSet:
    """(word as written, normalised lemma) → how often; and those of them that queries are made of."""

    name: str
    language: str
    tokens: Mapping[tuple[str, str], int]
    asked: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Mention:
    """A name as it stands in a text, and in its dictionary form."""

    text: str
    lemma: str


def read_set(name: str, data: Path) -> WordSet:
    language, read, file = SETS[name]
    rows = [row for row in read(data / file, language) if _WORD.fullmatch(row[0]) and not row[0].isdigit()]
    rows = [row for row in rows if normalise(row[0])]
    asked = {(word, lemma) for word, lemma, tag in rows if tag in _ASKED and len(lemma) >= SHORTEST}
    return WordSet(name, language, Counter((word, lemma) for word, lemma, _ in rows), frozenset(asked))


def mentions(data: Path, language: str) -> list[Mention]:
    """Every named mention of the Russian or Ukrainian news documents."""
    return [
        Mention(columns[2], columns[3])
        for path in sorted((data / "mentions" / "ner").glob(f"*/{language}/*"))
        for columns in _columns(path)
        if len(columns) > 3
    ]


def surnames(data: Path) -> list[tuple[str, str]]:
    """Surname, inflected form."""
    return [(surname, form) for surname, form in _columns(data / "surnames_ru_forms.tsv")]


def sentences(data: Path, language: str) -> list[str]:
    """The same eight hundred in each language, whole."""
    name = {"ru": "rus_Cyrl", "en": "eng_Latn", "kk": "kaz_Cyrl", "az": "azj_Latn", "uk": "ukr_Cyrl"}[language]
    parts = [data / "sib200" / f"{name}.{part}.tsv" for part in ("train", "dev")]
    return [columns[2] for part in parts for columns in list(_columns(part))[1:]]


def _treebank(path: Path, _language: str) -> Iterator[tuple[str, str, str]]:
    for columns in _columns(path):
        if len(columns) == 10 and columns[0].isdigit():
            yield columns[1], normalise(columns[2]), columns[3]


def _inflections(path: Path, _language: str) -> Iterator[tuple[str, str, str]]:
    pairs = {(columns[1], columns[0]) for columns in _columns(path)}
    return ((form, normalise(lemma), "NOUN") for form, lemma in pairs)


def _names(data: Path, language: str) -> Iterator[tuple[str, str, str]]:
    found = [(words(mention.text), words(mention.lemma)) for mention in mentions(data.parent, language)]
    pairs = [(word, normalise(lemma)) for (word, *more), (lemma, *others) in filter(all, found) if not more + others]
    as_lemma = Counter(lemma for _, lemma in pairs)
    as_other = Counter(normalise(word) for word, lemma in pairs if normalise(word) != lemma)
    return ((word, lemma, "PROPN") for word, lemma in pairs if as_lemma[lemma] >= as_other[lemma])


def _columns(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


_Read = Callable[[Path, str], Iterator[tuple[str, str, str]]]
SETS: dict[str, tuple[str, _Read, str]] = {
    "ru_taiga": ("ru", _treebank, "ru_taiga.conllu"),
    "names_ru": ("ru", _names, "mentions"),
    "names_uk": ("uk", _names, "mentions"),
    "en_ewt": ("en", _treebank, "en_ewt.conllu"),
    "kk_ktb": ("kk", _treebank, "kk_ktb_train.conllu"),
    "unimorph_kaz": ("kk", _inflections, "unimorph_kaz_noun.tsv"),
    "unimorph_aze": ("az", _inflections, "unimorph_aze.tsv"),
}
