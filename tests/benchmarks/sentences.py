"""Where sentences end: how often that is told right, and what it costs, beside libraries that part sentences.

The sentences of treebanks and of SIB-200 that end with a stop, ten of them put together into a text, have to be parted
where they were put together. SIB-200 counts two sentences in one row as one, so no method reaches 100 there. A library
that is not installed is left out.

    python -m tests.benchmarks.sentences
"""

import importlib
import re
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import accumulate
from typing import Any

from storage.sentences import sentences
from tests.benchmarks.report import line, table
from tests.shared import shared

TEXTS = 100
TOGETHER = 10
TREEBANKS = {"ru": "ru_taiga.conllu", "en": "en_ewt.conllu", "kk": "kk_ktb_train.conllu"}
SIB = {"ru": "rus_Cyrl", "en": "eng_Latn", "kk": "kaz_Cyrl", "uk": "ukr_Cyrl", "az": "azj_Latn"}
# What pysbd knows of them; the others it reads by the rules of English.
PYSBD = frozenset({"ru", "en", "kk"})

_ENDS = re.compile(r"[.!?…][»”\"]?$")

# A text → where its sentences end.
Method = Callable[[str], set[int]]
# A language → the method for it.
Maker = Callable[[str], Method]


def main() -> None:
    rows: list[tuple[object, ...]] = []
    makers = peers()
    for name, language, found in corpora():
        groups = [found[at : at + TOGETHER] for at in range(0, len(found), TOGETHER)][:TEXTS]
        for method, part in methods(makers, language).items():
            rows.append((f"{name}, {method}", *measured(part, groups)))
    table(("", "precision", "recall", "F1", "us a sentence"), *rows)


def corpora() -> Iterator[tuple[str, str, list[str]]]:
    for language, file in TREEBANKS.items():
        lines = shared("data", file).read_text(encoding="utf-8").splitlines()
        found = [one.removeprefix("# text = ").strip() for one in lines if one.startswith("# text = ")]
        yield f"treebank {language}", language, list(filter(_ENDS.search, found))
    for language, file in SIB.items():
        lines = shared("data", "sib200", f"{file}.dev.tsv").read_text(encoding="utf-8").splitlines()
        found = [one.rpartition("\t")[2].strip() for one in lines]
        yield f"SIB-200 {language}", language, list(filter(_ENDS.search, found))


def peers() -> list[tuple[str, Maker]]:
    """The libraries that are there."""
    makers: dict[str, Callable[[Any, str], Method]] = {
        "razdel": _razdel,
        "sentencex": _sentencex,
        "blingfire": _blingfire,
        "pysbd": _pysbd,
    }
    found: list[tuple[str, Maker]] = []
    for name, make in makers.items():
        try:
            found.append((name, partial(make, importlib.import_module(name))))
        except ImportError:
            line(f"{name} is not installed")
    return found


def methods(makers: Sequence[tuple[str, Maker]], language: str) -> dict[str, Method]:
    return {"newsbot": _newsbot} | {name: make(language) for name, make in makers}


def _newsbot(text: str) -> set[int]:
    return {one.end for one in sentences(text)}


def _razdel(library: Any, language: str) -> Method:
    return lambda text: {one.stop for one in library.sentenize(text)}


def _sentencex(library: Any, language: str) -> Method:
    return lambda text: _ends(text, library.segment(language, text))


def _blingfire(library: Any, language: str) -> Method:
    return lambda text: {end for _, end in library.text_to_sentences_and_offsets(text)[1]}


def _pysbd(library: Any, language: str) -> Method:
    parts = library.Segmenter(language=language if language in PYSBD else "en", clean=False)
    return lambda text: _ends(text, parts.segment(text))


def _ends(text: str, pieces: Sequence[str]) -> set[int]:
    return {len(text[:end].rstrip()) for end in accumulate(map(len, pieces))}


def measured(part: Method, groups: Sequence[Sequence[str]]) -> tuple[float, float, float, float]:
    """Precision, recall and F1 in %, and microseconds of the processor for a sentence."""
    texts = [" ".join(group) for group in groups]
    began = time.process_time()
    told = list(map(part, texts))
    taken_s = time.process_time() - began
    right = said = true = 0
    for group, text, ends in zip(groups, texts, told, strict=True):
        joins = set(accumulate(group[:-1], lambda end, one: end + 1 + len(one), initial=-1)) - {-1}
        ends = ends - {len(text)}
        right, said, true = right + len(joins & ends), said + len(ends), true + len(joins)
    share = partial(_percent, right)
    return share(said), share(true), share((said + true) / 2), 1e6 * taken_s / sum(map(len, groups))


def _percent(part: float, whole: float) -> float:
    return 100 * part / whole if whole else 0.0


if __name__ == "__main__":
    main()
