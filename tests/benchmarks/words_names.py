"""Measurements of shares: surnames and mentions found, languages recognised; each with its Wilson interval."""

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from storage.language.detect import detect
from storage.language.tokens import words
from tests.benchmarks import words_data
from tests.benchmarks.report import line, table
from tests.benchmarks.words_methods import looked_for, methods
from tests.benchmarks.words_score import Method, wilson

# So many look-alikes of a method are named.
MOST = 8
LANGUAGES = ("ru", "uk", "en", "kk", "az")
# Query, and words written as in a text, of which it must find none.
LOOK_ALIKES = (
    ("Токаев", "токай токая Токай"),
    ("токай", "Токаев Токаева Токаеву"),
    ("Алиев", "алые алый алиби Алия Алина"),
    ("алый", "Алиев Алиева Алиеву"),
    ("казак", "Казахстан Казахстана казах казахи Казань"),
    ("казах", "Казахстан Казахстана казак казаки"),
    ("Казахстан", "казах казахи стан стана Казань"),
    ("стан", "Казахстан Казахстана станет станция"),
    ("Пашинян", "пашня пашни Пашин"),
    ("Лавров", "лавра лавры лавр"),
    ("песок", "Песков Пескова Пескову Песковым"),
    ("Медведев", "медведь медведя медведи"),
    ("медведь", "Медведев Медведева Медведеву"),
    ("Мирзиёев", "мир мирза мирзы"),
    ("Бердымухамедов", "Мухамед Мухамеда"),
    ("Рахмон", "Рахманов рахат"),
    ("Баку", "бак баки баков"),
    ("бак", "Баку"),
    ("ВОЗ", "воз возы вез везти"),
    ("МИД", "мидия мидии мидий"),
    ("ПАСЕ", "пас пасу пасти"),
    ("пас", "ПАСЕ пасека"),
    ("ОПЕК", "опека опеки опекой"),
    ("опека", "ОПЕК"),
    ("сталь", "стал стала станет"),
    ("стать", "сталь сталью"),
    ("совет", "советник советский советовать"),
    ("мир", "мирный Мирзиёев миро"),
)


def surnames(data: Path) -> None:
    rows = words_data.surnames(data)
    pairs = [(query, word) for query, listed in LOOK_ALIKES for word in listed.split()]
    line(f"\n{len(rows)} forms of surnames found by the surname, and wrongly found of {len(pairs)} look-alikes")
    wrong = {
        method.name: [f"{query}: {word}" for query, word in pairs if finds(method, query, word)]
        for method in methods("ru")
    }
    found = {
        method.name: _share(finds(method, surname, form.title()) for surname, form in rows) for method in methods("ru")
    }
    table(("", "found, %", "95 %", "look-alikes"), *((name, *found[name], len(wrong[name])) for name in found))
    for name, listed in wrong.items():
        line(f"{name} takes for the same: {', '.join(listed[:MOST])}{' …' * (len(listed) > MOST)}")


def mentions(data: Path) -> None:
    for language in ("ru", "uk"):
        rows = words_data.mentions(data, language)
        line(f"\n{len(rows):,} mentions ({language}) found by all words of their lemma in order; some lemmas are wrong")
        table(
            ("", "found, %", "95 %"),
            *(
                (method.name, *_share(in_order(method, words(row.lemma), words(row.text)) for row in rows))
                for method in methods(language)
            ),
        )


def languages(data: Path) -> None:
    detectors: list[tuple[str, Callable[[str], str]]] = [("ours", detect), *_peer_detectors()]
    sentences = {language: words_data.sentences(data, language) for language in LANGUAGES}
    line(f"\nThe language of {sum(map(len, sentences.values())):,} sentences, % right")
    rows = [
        (f"{name}, {length}", *_share(found), *(_share(found)[0] for found in by_language))
        for length, first in (("4 words", 4), ("8 words", 8), ("whole", None))
        for name, detector in detectors
        for by_language in [_recognised(detector, sentences, first)]
        for found in [[hit for hits in by_language for hit in hits]]
    ]
    table(("", "all", "95 %", *LANGUAGES), *rows)


def finds(method: Method, query: str, word: str) -> bool:
    return not method.query(query).isdisjoint(method.document(word))


def in_order(method: Method, queries: Sequence[str], text: Sequence[str]) -> bool:
    """Whether each query word finds a word of the text after the one that its predecessor found."""
    rest = iter(text)
    sought = looked_for(method, queries)
    return all(any(not terms.isdisjoint(method.document(word)) for word in rest) for terms in sought)


def _recognised(detector: Callable[[str], str], sentences: dict[str, list[str]], first: int | None) -> list[list[bool]]:
    return [
        [detector(" ".join(text.split()[:first])) == language for text in texts]
        for language, texts in sentences.items()
    ]


def _peer_detectors() -> Iterator[tuple[str, Callable[[str], str]]]:
    """A trained model, where it is installed, told that there are but these five languages."""
    if not find_spec("py3langid"):
        line("\npy3langid is not installed and left out")
        return
    langid = import_module("py3langid.langid")
    identifier = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE)
    identifier.set_languages(list(LANGUAGES))
    yield "py3langid", lambda text: str(identifier.classify(text)[0])


def _share(found: Iterator[bool] | Sequence[bool]) -> tuple[float, str]:
    answers = list(found)
    share, low, high = wilson(sum(answers), len(answers))
    return share, f"{low:.1f} to {high:.1f}"
