import re
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from storage.language.tokens import LONGEST_FORM, Case, abbreviation, case, joined, normalise, pieces, tokenise

# Any text, and texts thick with the signs that tokens are made of.
TRICKY = "аёеЁйıIİiß'’ʼʹ`-–\u2011\u00ad\u0301\u0306\u0308\u0307\u200b.,+#59٣שָׁשּׁ😀_ cCσΣ\n"
TEXTS = st.one_of(st.text(max_size=60), st.text(TRICKY, max_size=60), st.text("абё-'", min_size=90, max_size=130))

FORM = re.compile(r"(?:[^\W_]|[-+#.'№])+")


def forms(text: str) -> list[str]:
    return [token.form for token in tokenise(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Казахстан и Азербайджан", ["казахстан", "и", "азербайджан"], id="words"),
        pytest.param("«Совет мира», — сказал он.", ["совет", "мира", "сказал", "он"], id="punctuation is no word"),
        pytest.param("Ёлка ещё", ["елка", "еще"], id="ё is е"),
        pytest.param("за\u0301мок", ["замок"], id="stress marks say nothing"),
        pytest.param("Казах\u00adстан", ["казахстан"], id="soft hyphens say nothing"),
        pytest.param("Казах\u200bстан\ufeff", ["казахстан"], id="zero-width characters say nothing"),
        pytest.param("чаи\u0306", ["чай"], id="й of two characters is one letter"),
        pytest.param("е\u0308лка", ["елка"], id="ё of two characters"),
        pytest.param("İlham IŞIQ", ["ilham", "ışıq"], id="the dotted capital İ is i, and I beside Turkic letters is ı"),
        pytest.param("IRAQ", ["iraq"], id="I is i elsewhere"),
        pytest.param("Kaзaxстан Әliyev hалық", ["казахстан", "əliyev", "һалық"], id="letters of another script alike"),
        pytest.param("iPhone-ом Дzю", ["iphone-ом", "дzю"], id="letters of another script that are not alike"),
        pytest.param("№ 5 №12 № №а", ["№5", "№12", "а"], id="a number with its sign"),
        pytest.param("café CAFE\u0301", ["café", "café"], id="Latin accents are kept"),
        pytest.param("Санкт-Петербург", ["санкт-петербург"], id="a hyphen joins"),
        pytest.param("Санкт–Петербург кое\u2011что", ["санкт-петербург", "кое-что"], id="every dash joins as a hyphen"),
        pytest.param("Баку – столица", ["баку", "столица"], id="a dash between words is none of them"),
        pytest.param("-Баку- --", ["баку"], id="dashes around a word do not belong to it"),
        pytest.param("м'ята м’ята мʼята м`ята", ["м'ята"] * 4, id="every apostrophe is one"),
        pytest.param("Kazakhstan’s 'quoted' ʼоʼ", ["kazakhstan's", "quoted", "о"], id="apostrophes join, never bound"),
        pytest.param("C++ и C#, но c++11", ["c++", "и", "c#", "но", "c", "11"], id="names of programming languages"),
        pytest.param("5G COVID-19 G20 2х", ["5g", "covid-19", "g20", "2х"], id="letters and digits"),
        pytest.param("3,5 и 3.5", ["3.5", "и", "3.5"], id="a decimal is one word"),
        pytest.param("01.12.2025", ["01", "12", "2025"], id="a date is no decimal"),
        pytest.param("1.2.3 10.000.000", ["1", "2", "3", "10", "000", "000"], id="a version is no decimal"),
        pytest.param("в 2025. 7 дней", ["в", "2025", "7", "дней"], id="the end of a sentence is no decimal"),
        pytest.param("v1.5 3,5млн", ["v1", "5", "3", "5млн"], id="a decimal stands alone"),
        pytest.param("🚀Ракета🚀 👨‍👩‍👧", ["ракета"], id="emoji are no words"),
        pytest.param("שלום עולם مرحبا", ["שלום", "עולם", "مرحبا"], id="right to left"),
        pytest.param("\ufb2aלום", ["שלום"], id="letters that decompose lose their points"),
        pytest.param("one_two", ["one", "two"], id="an underscore divides"),
        pytest.param("www.report.az/x?y=1", ["www", "report", "az", "x", "y", "1"], id="an address falls to its words"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_text_is_read_as_words(text: str, expected: list[str]) -> None:
    assert forms(text) == expected


def test_parts_of_a_hyphenated_word_are_normalised() -> None:
    [token] = tokenise("ЁЖ–Йога-2")
    assert (token.form, token.parts, token.width) == ("еж-йога-2", ("еж", "йога", "2"), 3)


def test_a_word_without_hyphen_has_no_parts_and_takes_one_position() -> None:
    [token] = tokenise("Казахстан")
    assert (token.parts, token.width) == ((), 1)


@pytest.mark.parametrize("word", ["ж" * 150, "а-" * 90 + "а", "a" * 99 + "'bc", "1" * 99 + ".55"])
def test_what_lies_beyond_the_longest_form_is_cut_between_words(word: str) -> None:
    [token] = tokenise(word)
    assert len(token.form) <= LONGEST_FORM
    assert forms(token.form) == [token.form]
    assert "-".join(token.parts) in ("", token.form)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
@example("ς-Σ")
@example("İ" * 101)
def test_normalising_twice_is_normalising_once(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
@example("ʼа")
@example("שּׁ")
def test_a_form_is_read_back_as_itself(text: str) -> None:
    for token in tokenise(text):
        [again] = tokenise(token.form)
        assert (again.form, again.parts) == (token.form, token.parts)
        assert forms(" ".join(token.parts)) == list(token.parts)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_offsets_point_at_the_word_in_the_text(text: str) -> None:
    tokens = list(tokenise(text))
    assert all(normalise(text[token.start : token.end]) == token.form for token in tokens)
    assert all(before.end <= after.start for before, after in pairwise(tokens))
    assert all(0 <= token.start < token.end <= len(text) for token in tokens)


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_a_form_holds_only_what_the_index_takes_for_one_word(text: str) -> None:
    assert all(FORM.fullmatch(form) for form in forms(text))


@settings(max_examples=150, deadline=None)
@given(st.text("аеёйїқәəğıçabcéZЙЁ -'5", max_size=40))
def test_composed_and_decomposed_letters_make_no_difference(text: str) -> None:
    composed, decomposed = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)
    assert forms(composed) == forms(decomposed)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text("аеёйїқі -'5", max_size=40), st.text("əğçabcéß -'5", max_size=40)))
def test_case_makes_no_difference(text: str) -> None:
    assert [form.replace("ss", "ß") for form in forms(text.upper())] == forms(text)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("слово", Case.SMALL),
        ("Слово", Case.CAPITAL),
        ("СЛОВО", Case.CAPITALS),
        ("Я", Case.CAPITAL),
        ("МИДа", Case.CAPITAL),
        ("iPhone", Case.SMALL),
        ("5G", Case.SMALL),
        ("", Case.SMALL),
    ],
)
def test_case_is_how_a_word_is_written(word: str, expected: Case) -> None:
    assert case(word) is expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("МИД", "мид"),
        ("МИДа", "мид"),
        ("МИД-а", "мид"),
        ("НПЗ’ов", "нпз"),
        ("МИД-", None),
        ("США", "сша"),
        ("СУДами", "суд"),
        ("NGOs", "ngo"),
        ("ABŞ", "abş"),
        ("Мид", None),
        ("М", None),
        ("КАЗАХСТАН", None),
        ("МИДовский", None),
        ("5G", None),
        ("ООН-Хабитат", None),
    ],
)
def test_an_abbreviation_stands_in_capitals_with_or_without_an_ending(word: str, expected: str | None) -> None:
    assert abbreviation(word) == expected


@pytest.mark.parametrize(
    ("form", "expected"),
    [("covid-19", "covid19"), ("су-57", "су57"), ("2-й", "2й"), ("19-20", None), ("кое-что", None), ("1-2-а", None)],
)
def test_a_name_with_a_number_has_two_writings(form: str, expected: str | None) -> None:
    assert joined(form) == expected


def test_pieces_are_the_parts_as_they_stand() -> None:
    assert pieces("Санкт–Петербург") == ["Санкт", "Петербург"]
