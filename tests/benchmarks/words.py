"""Every form of a word and nothing else: our analysers beside exact match, Snowball, pymorphy3 and simplemma.

    lemmas      each lemma as a query: precision, recall, F1 with its interval
    inflected   each form as a query: precision, recall, F1
    surnames    forms of the region's surnames found, and look-alikes that must not be
    mentions    names in Russian and Ukrainian news, found by all words of their dictionary form
    languages   the language of a sentence: of its first four words, of eight, of all
    speed       articles analysed a second, and the memory that each language adds

    --only SECTION …    --sets NAME …    --errors N: the N costliest errors of lemmas and inflected, instead of all that

Intervals of F1 are bootstrapped over lemmas.

The goals, on data kept apart: F1 97 (Russian; recall 98.5), 97.5 (Ukrainian), 94 (English), 95 (Kazakh, Azerbaijani);
98 % of surname forms and none of the look-alikes; language right for 99.5 % of eight words and 98 % of four.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.benchmarks import words_names, words_speed
from tests.benchmarks.report import ROOT, line, table
from tests.benchmarks.words_data import SETS, WordSet, read_set
from tests.benchmarks.words_methods import methods, ours
from tests.benchmarks.words_score import RESAMPLES, Method, Queries, errors, inflected, lemmas, score

DATA = ROOT.parent / "shared" / "data"


def main(arguments: Sequence[str] | None = None) -> None:
    asked = _parser().parse_args(arguments)
    if not DATA.exists():
        line(f"There is no {Path(*DATA.parts[-2:])} beside the checkout, and nothing to measure by.")
        return
    for section in asked.only:
        if section in QUERIES:
            for name in asked.sets:
                retrieval(section, read_set(name, DATA), errors_shown=asked.errors)
        elif not asked.errors:
            SHARES[section](DATA)


def retrieval(section: str, words: WordSet, *, errors_shown: int) -> None:
    queries = QUERIES[section]
    line(f"\n{words.name}: {sum(words.tokens.values()):,} tokens, {len(queries(words)):,} queries that are {section}")
    if errors_shown:
        show_errors(words, queries, errors_shown)
        return
    heading = ("", "precision", "recall", "F1", f"95 % ({RESAMPLES} resamples)")
    table(heading, *(row(words, method, queries) for method in methods(words.language)))


def row(words: WordSet, method: Method, queries: Queries) -> tuple[object, ...]:
    found = score(words, method, queries)
    return method.name, found.precision, found.recall, found.f1, f"{found.low:.1f} to {found.high:.1f}"


def show_errors(words: WordSet, queries: Queries, most: int) -> None:
    method = next(ours(words.language))
    found = errors(words, method, queries)
    for wrong, title in ((True, "wrongly found"), (False, "missed")):
        of_kind = [error for error in found if error.wrong == wrong]
        line(f"\n{sum(error.count for error in of_kind):,} tokens {title}")
        table(
            ("query", "word", "its lemma", "times", "offered"),
            *(
                (error.query, error.word, error.lemma, error.count, " ".join(sorted(method.document(error.word))))
                for error in of_kind[:most]
            ),
        )


QUERIES: dict[str, Queries] = {"lemmas": lemmas, "inflected": inflected}
SHARES: dict[str, Callable[[Path], None]] = {
    "surnames": words_names.surnames,
    "mentions": words_names.mentions,
    "languages": words_names.languages,
    "speed": words_speed.speed,
}


def _parser() -> argparse.ArgumentParser:
    sections = [*QUERIES, *SHARES]
    parser = argparse.ArgumentParser("python -m tests.benchmarks.words", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--only", nargs="+", choices=sections, default=sections, metavar="SECTION", help=", ".join(sections)
    )
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS), metavar="NAME", help=", ".join(SETS))
    parser.add_argument("--errors", type=int, default=0, metavar="N", help="the N costliest errors of each set")
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
