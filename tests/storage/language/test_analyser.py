import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.language.analyser import document_lemmas, query_terms
from storage.language.tokens import normalise
from tests.shared import shared


def finds(query: str, word: str, *, language: str = "ru") -> bool:
    """Whether the query word finds the word in a text of this language."""
    form = normalise(word)
    return not query_terms(normalise(query)).isdisjoint((form, *document_lemmas(form, language)))


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("Казахстан", "Казахстан Казахстана Казахстану Казахстаном Казахстане"),
        ("казахстану", "Казахстан Казахстана Казахстане Казахстаном"),
        ("Токаев", "Токаев Токаева Токаеву Токаевым Токаеве"),
        ("Токаеву", "Токаев Токаева Токаевым"),
        ("Алиев", "Алиев Алиева Алиеву Алиевым Алиеве Алиевой"),
        ("Алиева", "Алиев Алиева Алиеву Алиевой"),
        ("Мирзиёев", "Мирзиеев Мирзиёева Мирзиеевым"),
        ("Пашинян", "Пашинян Пашиняна Пашиняну Пашиняном"),
        ("Зеленский", "Зеленского Зеленскому Зеленским"),
        ("Астана", "Астаны Астане Астану Астаной"),
        ("Баку", "Баку"),
        ("средний", "среднего среднему среднем средним средняя средние"),
        ("коридор", "коридора коридору коридором коридоры"),
        ("совет", "совета совету советом"),
        ("мир", "мира миру миром"),
        ("человек", "людей людям люди"),
        ("ребёнок", "дети детей ребенка"),
        ("стать", "стали стал станет"),
        ("сталь", "сталью сталей"),
        ("стали", "стали стал станет"),
        ("Токаева", "Токаев Токаева Токаеву Токаевым"),
        ("Путина", "Путин Путина Путину Путиным"),
        ("марта", "март марта марте"),
        ("медиков", "медик медики медикам"),
        ("ставок", "ставка ставки ставкам"),
        ("Зеленскому", "Зеленский Зеленского Зеленским"),
        ("мыло", "мыла"),
        ("мыть", "мыла"),
        ("МИД", "МИД МИДа"),
    ],
)
def test_a_russian_word_is_found_in_its_forms(query: str, words: str) -> None:
    assert [word for word in words.split() if not finds(query, word)] == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("или", "ил ила"),
        ("ил", "или"),
        ("уже", "узкий узкого"),
        ("узкий", "уже"),
        ("ряд", "рядом"),
        ("сталь", "стал стала станет"),
        ("мыло", "мыть мыли"),
        ("бак", "Баку"),
        ("Баку", "бак баки"),
        ("ПАСЕ", "пас пасу"),
        ("ОПЕК", "опека опеки"),
        ("совет", "советник советский"),
    ],
)
def test_a_russian_word_is_not_found_in_other_words(query: str, words: str) -> None:
    assert [word for word in words.split() if finds(query, word)] == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("Kazakhstan", "Kazakhstan Kazakhstan's KAZAKHSTAN’S"),
        ("Kazakhstan's", "Kazakhstan Kazakhstan's"),
        ("news", "news NEWS"),
        ("new", "new newer newest"),
        ("city", "cities city's"),
        ("child", "children children's"),
        ("go", "goes went"),
        ("was", "was be is were"),
        ("university", "universities"),
        ("C++", "C++ c++"),
        ("COVID-19", "Covid-19"),
        ("5G", "5g"),
    ],
)
def test_an_english_word_is_found_in_its_forms(query: str, words: str) -> None:
    assert [word for word in words.split() if not finds(query, word, language="en")] == []


@pytest.mark.parametrize(
    ("query", "words"), [("news", "new newer"), ("new", "news"), ("universe", "university"), ("C++", "C C#")]
)
def test_an_english_word_is_not_found_in_other_words(query: str, words: str) -> None:
    assert [word for word in words.split() if finds(query, word, language="en")] == []


def test_a_word_in_a_foreign_script_is_read_as_its_own_language() -> None:
    assert finds("president", "presidents", language="ru")
    assert finds("президент", "президента", language="en")


@pytest.mark.parametrize(("language", "word"), [("uk", "стали"), ("kk", "стали"), ("az", "cities"), ("und", "世界")])
def test_languages_without_analyser_are_found_by_the_very_form(language: str, word: str) -> None:
    assert document_lemmas(word, language) == ()
    assert finds(word, word, language=language)


def test_a_dictionary_form_asks_for_itself_alone() -> None:
    assert query_terms("казахстан") == {"казахстан"}
    assert query_terms("казахстану") == {"казахстан", "казахстану"}


def test_lemmas_never_repeat_the_form() -> None:
    for language, form in (("ru", "казахстан"), ("ru", "стали"), ("en", "city"), ("en", "cities"), ("en", "it's")):
        lemmas = document_lemmas(form, language)
        assert form not in lemmas
        assert list(lemmas) == sorted(set(lemmas))


def test_russian_words_of_a_treebank_are_retrieved_by_their_lemma() -> None:
    assert _f1(_treebank(shared("data", "ru_taiga.conllu"))) >= 0.96


def test_surnames_of_the_region_are_found_in_all_their_forms() -> None:
    with shared("data", "surnames_ru_forms.tsv").open(encoding="utf-8") as rows:
        found = [finds(surname, form) for surname, form in csv.reader(rows, delimiter="\t")]
    assert sum(found) / len(found) >= 0.99


def _treebank(path: Path) -> Iterator[tuple[str, str, str]]:
    """Form, lemma and part of speech of each word."""
    word = re.compile(r"[^\W\d_][\w']*(?:-[\w']+)*")
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            columns = line.rstrip("\n").split("\t")
            if len(columns) == 10 and columns[0].isdigit() and word.fullmatch(columns[1]):
                yield normalise(columns[1]), normalise(columns[2]), columns[3]


def _f1(words: Iterator[tuple[str, str, str]]) -> float:
    """Micro F1 over tokens, where each lemma of a noun, name or adjective is a query."""
    mentions: Counter[tuple[str, str]] = Counter()
    queries: set[str] = set()
    for form, lemma, tag in words:
        mentions[form, lemma] += 1
        if tag in {"NOUN", "PROPN", "ADJ"} and len(lemma) > 2:
            queries.add(lemma)
    total: Counter[str] = Counter()
    offered: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for form, lemma in mentions:
        total[lemma] += mentions[form, lemma]
        for term in (form, *document_lemmas(form, "ru")):
            offered[term].add((form, lemma))
    right = wrong = missed = 0
    for query in queries:
        hits = set[tuple[str, str]]().union(*(offered[term] for term in query_terms(query)))
        good = sum(mentions[hit] for hit in hits if hit[1] == query)
        right, missed = right + good, missed + total[query] - good
        wrong += sum(mentions[hit] for hit in hits if hit[1] != query)
    return 2 * right / (2 * right + wrong + missed)
