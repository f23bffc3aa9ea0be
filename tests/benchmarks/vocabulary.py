"""The words of the synthetic news: lemmas of the Russian dictionary, their forms, and what the analyser makes of these.

    function words, the commonest first          ranks 0 …
    nouns, names, adjectives, verbs, shuffled    … LEMMAS; short ones, and those met in OpenCorpora, tend to the front

By Zipf's law with Mandelbrot's shift a lemma of rank r comes up 1 / (r + 2.7) as often as others, and a form of it
again by its rank among the forms: the lemma itself first.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pymorphy3 import MorphAnalyzer

from storage.language.analyser import FOLDED, VERSION, lemmas, normal, query_terms
from storage.language.document import Line, analyse, terms
from storage.language.function_words import is_function_word

Ids = NDArray[np.int32]

# With five forms of most this is what a week of news holds of different words. Ids fit 16 bits.
LEMMAS = 36_000
FORMS = 5
SHIFT = 2.7
# How far a word's rank strays from what its length suggests, and how many letters it counts less for every doubling of
# its forms that OpenCorpora has.
STRAY, ATTESTED = 3.0, 3.0
SHORTEST, LONGEST = 3, 14
NAMES = {"Name", "Surn", "Geox"}
_LEFT_OUT = {"Abbr", "Arch", "Dist", "Erro", "Fixd", "Infr", "Init", "Orgn", "Patr", "Slng", "Trad"}
_PARTS = {"NOUN", "ADJF", "INFN", "VERB"}
_FUNCTION_WORDS = """
    и в на не что с по как это к из у за от о для но а то его до же при после только или также так под об во со их она
    они уже если он чтобы мы этого который я все еще того ее без между через нет этом быть будет был были этот более
    том где над перед среди ни хотя тем
"""
_LETTERS = frozenset("абвгдежзийклмнопрстуфхцчшщъыьэюя")


@dataclass(frozen=True)
class Vocabulary:
    """Lemmas by rank; the forms of each stand in a row, `starts[lemma]` to `starts[lemma + 1]`, the commonest first.

    `positions` is what the analyser makes of a form, `written` with a capital where it is a name. A query for a `safe`
    lemma looks for that lemma alone; `kinds` are parts of speech, or "name", or "" of a function word.
    """

    lemmas: Sequence[str]
    kinds: Sequence[str]
    safe: NDArray[np.bool_]
    starts: Ids
    written: Sequence[str]
    positions: Sequence[Line]

    @property
    def forms(self) -> Sequence[str]:
        return self.written

    @cached_property
    def lemma_of(self) -> Ids:
        """Form → the lemma whose form it is."""
        return np.repeat(np.arange(len(self.lemmas), dtype=np.int32), np.diff(self.starts))

    @cached_property
    def weights(self) -> NDArray[np.float64]:
        """How often a lemma comes up, as a share of all words."""
        weights = 1 / (np.arange(len(self.lemmas)) + 1 + SHIFT)
        return np.asarray(weights / weights.sum())

    @cached_property
    def offered(self) -> Ids:
        """Form → the lemmas that a text with it is found by, -1 where there are no more."""
        ids = {lemma: number for number, lemma in enumerate(self.lemmas)}
        found = [[ids[term] for term in dict.fromkeys(terms(position)) if term in ids] for position in self.positions]
        table = np.full((len(found), max(map(len, found))), -1, np.int32)
        for row, offered in zip(table, found, strict=True):
            row[: len(offered)] = offered
        return table


def vocabulary(seed: int, folder: Path, *, size: int = LEMMAS) -> Vocabulary:
    """So many lemmas: read from the folder, or made, which takes half a minute, and kept there."""
    path = folder / f"vocabulary-{seed}-{size}-{VERSION}.json"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".new")
        unfinished.write_text(
            json.dumps(_made(np.random.default_rng(seed), size), ensure_ascii=False), encoding="utf-8"
        )
        unfinished.replace(path)
    made = json.loads(path.read_text(encoding="utf-8"))
    return Vocabulary(
        lemmas=made["lemmas"],
        kinds=made["kinds"],
        safe=np.array(made["safe"], bool),
        starts=np.cumsum([0, *made["counts"]], dtype=np.int32),
        written=made["written"],
        positions=made["positions"],
    )


def _made(rng: np.random.Generator, size: int) -> dict[str, Any]:
    rows = [(word, "", [word]) for word in _FUNCTION_WORDS.split()]
    rows += _content(rng, size - len(rows), without=frozenset(word for word, _, _ in rows))
    written = [form.capitalize() if kind == "name" else form for _, kind, forms in rows for form in forms]
    return {
        "lemmas": [lemma for lemma, _, _ in rows],
        "kinds": [kind for _, kind, _ in rows],
        "safe": [_is_safe(lemma) if kind else query_terms(lemma) == {lemma} for lemma, kind, _ in rows],
        "counts": [len(forms) for _, _, forms in rows],
        "written": written,
        "positions": [analyse(word, "ru") for word in written],
    }


def _is_safe(lemma: str) -> bool:
    is_alone = query_terms(lemma) == {lemma, FOLDED + lemma} and lemmas(lemma) == {lemma}
    return is_alone and normal(lemma) == lemma and not is_function_word(lemma)


def _content(rng: np.random.Generator, number: int, *, without: frozenset[str]) -> list[tuple[str, str, list[str]]]:
    """So many lemmas with their kinds and forms, by rank."""
    morph = MorphAnalyzer(lang="ru")
    dictionary, attested = morph.dictionary, _attested(morph)
    # Of homonyms the one that more forms are met of.
    entries = sorted(_entries(dictionary), key=lambda entry: (entry[0], -attested[entry[0], entry[2]]))
    entries = [entry for at, entry in enumerate(entries) if entry[0] not in without | {entries[at - 1][0]}]
    lengths = np.array([len(lemma) for lemma, _, _ in entries])
    forms = np.array([attested[lemma, paradigm] for lemma, _, paradigm in entries])
    strays = rng.gumbel(0, STRAY, len(entries))
    by_rank = np.argsort(lengths - ATTESTED * np.log2(1 + forms) + strays, kind="stable")[:number]
    chosen = [entries[at] for at in by_rank.tolist()]
    return [(lemma, kind, _forms(rng, dictionary, lemma, paradigm)) for lemma, kind, paradigm in chosen]


def _attested(morph: Any) -> Counter[tuple[str, int]]:
    """How many forms of a lemma and paradigm OpenCorpora has; the dictionary counted the ambiguous ones alone."""
    words = {key.partition(":")[0] for key in morph.prob_estimator.p_t_given_w.iterkeys()}
    known = morph.dictionary.words
    readings = ((word, *reading) for word in words if word in known for reading in known[word])
    normal_form = morph.dictionary.build_normal_form
    return Counter((normal_form(paradigm, index, word), paradigm) for word, paradigm, index in readings)


def _entries(dictionary: Any) -> Iterator[tuple[str, str, int]]:
    """Lemma, kind, paradigm of words that news may have."""
    kinds: dict[int, str] = {}
    for word, (paradigm, index) in dictionary.words.iteritems():
        if index or not SHORTEST <= len(word) <= LONGEST or not _LETTERS.issuperset(word):
            continue
        if paradigm not in kinds:
            kinds[paradigm] = _kind(dictionary.build_tag_info(paradigm, 0))
        if kinds[paradigm]:
            yield word, kinds[paradigm], paradigm


def _kind(tag: Any) -> str:
    if tag.grammemes & _LEFT_OUT or tag.POS not in _PARTS:
        return ""
    return "name" if tag.grammemes & NAMES else str(tag.POS)


def _forms(rng: np.random.Generator, dictionary: Any, lemma: str, paradigm: int) -> list[str]:
    """The lemma, and some of its other forms in any order."""
    endings = dictionary.build_paradigm_info(paradigm)
    prefix, _, suffix = endings[0]
    stem = lemma[len(prefix) : len(lemma) - len(suffix)]
    every = [f"{before}{stem}{after}".replace("ё", "е") for before, tag, after in endings if tag.POS in _PARTS]
    others = [form for form in dict.fromkeys(every) if form != lemma and _LETTERS.issuperset(form)]
    return [lemma, *(others[at] for at in rng.permutation(len(others))[: FORMS - 1].tolist())]
