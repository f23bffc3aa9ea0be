import pytest

from storage.language.function_words import FUNCTION_WORDS, is_function_word
from storage.language.tokens import normalise


@pytest.mark.parametrize("language", FUNCTION_WORDS)
def test_function_words_are_normal_forms(language: str) -> None:
    assert {normalise(word) for word in FUNCTION_WORDS[language]} == FUNCTION_WORDS[language]


def test_all_five_languages_have_them() -> None:
    assert {language for language, words in FUNCTION_WORDS.items() if len(words) >= 80} == {
        "ru",
        "uk",
        "en",
        "kk",
        "az",
    }


@pytest.mark.parametrize(
    "query",
    [
        "и в на",
        "что это",
        "из-за него",
        "что з ними",
        "або це",
        "of the",
        "don't they",
        "бұл және",
        "ол үшін",
        "bu və",
        "onlar üçün",
    ],
)
def test_a_query_of_function_words_alone_is_recognised(query: str) -> None:
    assert all(map(is_function_word, query.split()))


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("бар", "a pub in Russian, «there is» in Kazakh"),
        ("той", "a feast in Kazakh"),
        ("осы", "wasps in Russian"),
        ("ось", "an axis in Russian"),
        ("як", "an aircraft or an animal in Russian"),
        ("ким", "Kim, typed in small letters"),
        ("кім", "Kim in Ukrainian"),
        ("ли", "Bruce Lee"),
        ("пен", "Le Pen"),
        ("бен", "Ben, bin Laden"),
        ("ма", "Jack Ma"),
        ("том", "Tom, a volume"),
        ("тим", "Tim Cook"),
        ("того", "Togo"),
        ("еді", "Edi Rama in Ukrainian"),
        ("ради", "of the Rada in Ukrainian"),
        ("may", "Theresa May"),
        ("will", "a testament"),
        ("can", "a tin; a soul in Azerbaijani"),
        ("us", "the United States"),
        ("it", "information technology"),
        ("is", "the Islamic State"),
        ("who", "the World Health Organization"),
        ("at", "a horse in Azerbaijani"),
        ("kimi", "Kimi Räikkönen"),
        ("kim", "Kim Jong Un"),
        ("var", "the video assistant referee"),
    ],
)
def test_a_function_word_that_is_also_looked_for_is_not_ignored(word: str, meaning: str) -> None:
    assert any(word in words for words in FUNCTION_WORDS.values())
    assert not is_function_word(word), meaning


@pytest.mark.parametrize(
    "word",
    [
        "совет",
        "мир",
        "война",
        "год",
        "новости",
        "один",
        "два",
        "рада",
        "закон",
        "бір",
        "екі",
        "ана",
        "қой",
        "bir",
        "iki",
        "baş",
        "world",
        "news",
        "one",
        "two",
        "mine",
        "down",
        "нато",
        "сво",
    ],
)
def test_content_words_and_numerals_are_looked_for(word: str) -> None:
    assert not is_function_word(word)
