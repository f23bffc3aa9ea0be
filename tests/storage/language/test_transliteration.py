"""Names in other letters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.language.transliteration import LONGEST, MOST, transliterations


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("tokayev", "токаев"),
        ("tokaev", "токаев"),
        ("toqaev", "токаев"),
        ("toqaev", "тоқаев"),
        ("токаев", "tokayev"),
        ("токаев", "тоқаев"),
        ("тоқаев", "токаев"),
        ("aliyev", "алиев"),
        ("əliyev", "алиев"),
        ("aliyev", "əliyev"),
        ("əliyev", "aliyev"),
        ("алиев", "əliyev"),
        ("алиев", "aliyev"),
        ("kazakhstan", "казахстан"),
        ("qazaqstan", "казахстан"),
        ("qazaqstan", "қазақстан"),
        ("казахстан", "қазақстан"),
        ("қазақстан", "казахстан"),
        ("azerbaijan", "азербайджан"),
        ("azərbaycan", "азербайджан"),
        ("азербайджан", "azərbaycan"),
        ("baku", "баку"),
        ("bakı", "баку"),
        ("баку", "bakı"),
        ("zelenskyy", "зеленский"),
        ("зеленский", "zelensky"),
        ("зеленський", "зеленский"),
        ("khrushchev", "хрущев"),
        ("yeltsin", "ельцин"),
        ("erdoğan", "эрдоган"),
        ("qarabağ", "карабах"),
        ("heydər", "гейдар"),
        ("гейдар", "heydər"),
        ("mirziyoyev", "мирзиеев"),
        ("kyiv", "київ"),
    ],
)
def test_a_name_is_read_in_other_letters(typed: str, meant: str) -> None:
    assert meant in transliterations(typed)


@pytest.mark.parametrize(("typed", "meant"), [("tokayev", "токаев"), ("казахстан", "kazakhstan"), ("almaty", "алматы")])
def test_the_usual_reading_is_the_likeliest(typed: str, meant: str) -> None:
    found = transliterations(typed)
    assert max(found, key=lambda reading: found[reading]) == meant


@pytest.mark.parametrize("typed", ["", "2025", "-", "''", "covid19", "toкаев", "שלום", "😀", "a" * (LONGEST + 1)])
def test_what_is_in_no_single_script_has_no_readings(typed: str) -> None:
    assert transliterations(typed) == {}


def test_ordinary_letters_of_one_alphabet_are_not_exchanged() -> None:
    assert "мыло" not in transliterations("мило")
    assert not {"bat", "pat"} & transliterations("vat").keys()


@given(form=st.text(alphabet="shchzkhyaeiouqəığışжкхщюяьәқңі'-", max_size=LONGEST))
def test_readings_are_bounded_and_other_words(form: str) -> None:
    found = transliterations(form)
    assert form not in found
    assert "" not in found
    assert len(found) <= 2 * MOST
    assert all(0 < likelihood <= 1 for likelihood in found.values())


def test_the_hardest_word_has_no_more_readings_than_others() -> None:
    assert 0 < len(transliterations("shch" * (LONGEST // 4))) <= 2 * MOST
