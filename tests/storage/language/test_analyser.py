"""What a query word finds across languages; each language's own rules have tests of their own."""

import subprocess
import sys

import pytest

from storage.language.analyser import (
    ABBREVIATION,
    FOLDED,
    document_lemmas,
    is_abbreviation,
    lemmas,
    normal,
    query_terms,
    shown,
    telling,
)
from storage.query import parse
from tests.storage.builders import NOW, document

LANGUAGES = ("ru", "uk", "en", "kk", "az", "und")


def finds(query: str, text: str, *, language: str) -> bool:
    return parse(query).matches(document(text=text, language=language), now=NOW)


@pytest.mark.parametrize(
    ("query", "language", "text"),
    [
        pytest.param("Казахстан", "ru", "в Казахстане", id="Russian"),
        pytest.param("Казахстан", "uk", "у Казахстані", id="a name written alike in Ukrainian"),
        pytest.param("Астана", "kk", "Астанада", id="a name written alike in Kazakh"),
        pytest.param("Токаев", "ru", "с Токаевым", id="a surname that no dictionary has"),
        pytest.param("місто", "uk", "у містах", id="Ukrainian"),
        pytest.param("Зеленського", "uk", "Зеленському", id="an inflected name in Ukrainian"),
        pytest.param("мати", "uk", "матері", id="a Ukrainian lemma that looks like a Russian form"),
        pytest.param("қала", "kk", "қалаларында", id="Kazakh"),
        pytest.param("мектебі", "kk", "мектептерге", id="an inflected Kazakh word that the Ukrainian dictionary has"),
        pytest.param("Қазақстанның", "kk", "Қазақстанда", id="an inflected Kazakh word"),
        pytest.param("şəhər", "az", "şəhərlərində", id="Azerbaijani"),
        pytest.param("Əliyev", "az", "Əliyevin", id="an Azerbaijani name"),
        pytest.param("university", "en", "universities", id="English"),
        pytest.param("president", "ru", "presidents", id="English in a Russian text"),
        pytest.param("президент", "en", "президента", id="Russian in an English text"),
        pytest.param("президент", "und", "президентом", id="a text in no language we know"),
        pytest.param("İlham", "az", "İLHAMIN", id="capitals of Azerbaijani"),
        pytest.param("Bakı", "az", "BAKININ ƏN YAXŞI YERLƏRİ", id="a headline in capitals"),
        pytest.param("IMF", "az", "IMF hesabatı", id="a foreign abbreviation in an Azerbaijani text"),
        pytest.param("世界", "und", "世界", id="another script"),
    ],
)
def test_a_word_is_found_in_the_languages_that_have_it(query: str, language: str, text: str) -> None:
    assert finds(query, text, language=language)


@pytest.mark.parametrize(
    ("query", "language", "text", "expected"),
    [
        pytest.param("ВОЗ", "ru", "ВОЗ предупредила", True, id="an abbreviation"),
        pytest.param("ВОЗ", "ru", "воз и ныне там", False, id="the word of the same letters"),
        pytest.param("ВОЗ", "ru", "телега, возы и возами", False, id="its forms"),
        pytest.param("воз", "ru", "возами", True, id="the word, in its forms"),
        pytest.param("воз", "ru", "ВОЗ предупредила", True, id="in small letters either is meant"),
        pytest.param("ОПЕК", "ru", "страны ОПЕК", True, id="OPEC"),
        pytest.param("ОПЕК", "ru", "опека и опеки", False, id="not custody"),
        pytest.param("опека", "ru", "страны ОПЕК", False, id="custody is not OPEC"),
        pytest.param("пас", "ru", "в ПАСЕ", False, id="a pass is not PACE"),
        pytest.param("ПАСЕ", "ru", "пас в штрафную, о пасе", False, id="PACE is not a pass"),
        pytest.param("МИД", "ru", "глава МИДа", True, id="with an ending attached"),
        pytest.param("мид", "ru", "в МИДе", True, id="typed in small letters"),
        pytest.param("МИДом", "ru", "МИД заявил", True, id="typed with an ending"),
        pytest.param("ЕАЭС", "ru", "в ЕАЭС", True, id="one that no dictionary has"),
        pytest.param("ШОСа", "ru", "саммит ШОС", True, id="with an ending, in no dictionary"),
        pytest.param("WHO", "en", "the WHO said", True, id="in English"),
        pytest.param("WHO", "en", "those who said", False, id="not the pronoun"),
        pytest.param("US", "en", "they told us", False, id="not us"),
        pytest.param("ПРО", "ru", "система ПРО", True, id="a preposition in capitals is none"),
        pytest.param("ПРО", "ru", "про Москву", False, id="nor found by one"),
        pytest.param("ЧТО ЭТО НОВОЕ", "ru", "новое", True, id="a query that shouts"),
        pytest.param("THERESA MAY", "en", "Theresa May", True, id="a name in a query that shouts"),
        pytest.param("ВОЗ", "ru", "ВОЗ ОБЪЯВИЛА ПАНДЕМИЮ", True, id="an abbreviation in a headline in capitals"),
        pytest.param("БАКУ", "ru", "в Баку", True, id="a name in capitals is a name"),
        pytest.param("ГАЗ", "ru", "цены на газ", True, id="a word in capitals is a word"),
        pytest.param("КАЗАХСТАН", "ru", "В Казахстане", True, id="a long word in capitals"),
        pytest.param("коридор", "ru", "СРЕДНЕГО КОРИДОРА БОЛЬШЕ НЕТ", True, id="a headline in capitals"),
    ],
)
def test_abbreviations_are_told_from_words(query: str, language: str, text: str, expected: bool) -> None:
    assert finds(query, text, language=language) is expected


@pytest.mark.parametrize(
    ("query", "language", "text", "expected"),
    [
        pytest.param("Eliyev", "az", "Əliyevin", True, id="Azerbaijani typed without its letters"),
        pytest.param("seher", "az", "şəhərdə", True, id="a common word"),
        pytest.param("сокпак", "kk", "соқпақта", True, id="Kazakh typed without its letters"),
        pytest.param("казакстан", "kk", "Қазақстанның", True, id="a name"),
        pytest.param("Əliyev", "az", "Eliyev", False, id="letters that were typed are meant"),
        pytest.param("şəhər", "az", "seher", False, id="not folded in the text's place"),
        pytest.param("Kaзaхстан", "ru", "в Казахстане", True, id="letters of another script that look alike"),
        pytest.param("лис", "uk", "у лісі", False, id="і is no diacritic in Ukrainian"),
        pytest.param("Алиев", "az", "Әliyev", False, id="scripts are not crossed"),
        pytest.param("Əliyev", "az", "Әliyev", True, id="a Cyrillic ә among Latin letters"),
    ],
)
def test_missing_diacritics_are_forgiven_to_queries(query: str, language: str, text: str, expected: bool) -> None:
    assert finds(query, text, language=language) is expected


@pytest.mark.parametrize(
    ("typed", "sought"),
    [
        ("Казахстан", {"казахстан"}),
        ("Казахстану", {"казахстан"}),
        ("совета", {"совет"}),
        ("мира", {"мир"}),
        ("людей", {"человек"}),
        ("Токаева", {"токаев", "токаева"}),
        ("Токаеву", {"токаев", "токаеву"}),
        ("стали", {"стать"}),
        ("марта", {"март", "марта"}),
        ("міста", {"місто"}),
        ("universities", {"university"}),
        ("ЕАЭС", {"еаэс"}),
        ("в", {"в"}),
        ("世界", {"世界"}),
    ],
)
def test_few_words_are_looked_for(typed: str, sought: set[str]) -> None:
    assert lemmas(typed.lower()) == sought


def test_a_word_is_written_as_its_lemma_where_it_has_one_alone() -> None:
    words = ("казахстану", "алиева", "в", "世界")
    assert [normal(word) for word in words] == ["казахстан", "алиева", "в", "世界"]


def test_short_words_are_not_written_anew() -> None:
    """Kazakh «бала» is a child, and no dictionary says so: the Russian ball alone would be looked for."""
    assert normal("бала") == "бала"
    assert finds("бала", "балалар", language="kk")


@pytest.mark.parametrize(
    ("query", "language", "text"),
    [
        pytest.param("Велика Британія", "uk", "у Великій Британії", id="Ukrainian"),
        pytest.param("договору", "uk", "договору", id="a form that Russian has too"),
        pytest.param("верховна рада", "uk", "Верховної Ради", id="Ukrainian that looks Russian"),
        pytest.param("ана тілі", "kk", "ана тілінде", id="Kazakh"),
        pytest.param("son xəbər", "az", "son xəbərlər", id="Azerbaijani"),
    ],
)
def test_a_word_is_read_in_the_language_of_its_query(query: str, language: str, text: str) -> None:
    assert finds(query, text, language=language)


@pytest.mark.parametrize(
    ("forms", "languages"),
    [
        (["велика", "британія"], ("uk", "kk")),
        (["київ", "рада"], ("uk",)),
        (["қала", "тілі"], ("kk",)),
        (["ən", "son"], ("az",)),
        (["мир"], ()),
        (["мир", "peace"], ()),
        (["peace"], ()),
        ([], ()),
    ],
)
def test_letters_tell_the_languages_of_a_query(forms: list[str], languages: tuple[str, ...]) -> None:
    assert telling(forms) == languages


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("людей", ["человек"]),
        ("марта", ["март", "марта"]),
        ("токаеву", ["токаев"]),
        ("токаева", ["токаев", "токаева"]),
        ("гренелл", ["гренелл"]),
        ("жолаушы", ["жолаушы"]),
        ("қаланың", ["қала"]),
        ("қаласында", ["қаласында"]),
        ("қала", ["қала"]),
        ("azərbaycanın", ["azərbaycanın"]),
        ("şəhərlərində", ["şəhər"]),
        ("bakida", ["bakida"]),
        ("еаэс", ["еаэс"]),
        ("世界", ["世界"]),
        ("", [""]),
    ],
)
def test_readers_are_told_words_and_no_guesses(word: str, told: list[str]) -> None:
    assert shown(word) == told


@pytest.mark.parametrize("word", ["казахстану", "людей", "міста", "қаланың", "şəhərində", "cities", "санкт-петербурга"])
def test_the_normal_form_of_a_normal_form_is_itself(word: str) -> None:
    assert normal(normal(word)) == normal(word)


@pytest.mark.parametrize("word", ["воз", "опек", "пасе", "who", "us"])
def test_what_would_be_taken_for_another_word_is_an_abbreviation_in_capitals(word: str) -> None:
    assert is_abbreviation(word)


@pytest.mark.parametrize("word", ["мид", "газ", "мир", "баку", "сша", "еаэс", "бұұ", "bmt", "5g"])
def test_what_is_not_mistaken_needs_no_capitals(word: str) -> None:
    assert not is_abbreviation(word)


def test_marked_terms_stand_for_themselves() -> None:
    assert query_terms(f"{ABBREVIATION}воз") == {f"{ABBREVIATION}воз"}
    assert f"{FOLDED}eliyev" in query_terms("eliyev")
    assert not any(term.startswith(FOLDED) for term in query_terms("əliyev"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "form", ["казахстан", "стали", "міста", "қаланың", "şəhərində", "cities", "it's", "世界", "5g"]
)
def test_lemmas_never_repeat_the_form(language: str, form: str) -> None:
    found = document_lemmas(form, language)
    assert form not in found
    assert list(found) == sorted(set(found))


def test_a_language_loads_when_it_is_first_asked() -> None:
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from storage.language.document import analyse; analyse('Совет мира', 'ru');"
            "print(*(name for name in ('russian', 'ukrainian', 'english', 'kazakh', 'azerbaijani')"
            " if f'storage.language.{name}' in sys.modules))",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert loaded.stdout.split() == ["russian"]
