"""What articles are compared by."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.fingerprints import KIND_BITS, LEMMA, MOST, NAME, NUMBER, SOUND, Fingerprint, fingerprint, lead
from storage.segments import Row, segment

TEXT = "Токаев прибыл в Баку. Ильхам Алиев встретил Токаева в аэропорту."
# Of every kind of sign, of every length.
TEXTS = st.one_of(
    st.text(max_size=80),
    st.sampled_from(
        ["", "\x00\x00", "😀" * 50, "я" * 100_000, "слово " * 17_000, "مرحبا بالعالم", "\u202eабв", "7" * 300]
    ),
)


def of(kind: int, found: Fingerprint) -> set[int]:
    return {feature for feature in found.features if feature >> KIND_BITS == kind}


@settings(deadline=None)
@given(title=TEXTS, text=TEXTS, language=st.sampled_from(["ru", "en", "uk", "kk", "az", "und", ""]))
def test_packed_fingerprint_is_read_back_exactly(title: str, text: str, language: str) -> None:
    one, other = fingerprint(title, text, language), fingerprint(text, title, language)
    made = segment([Row(7, 60, 3, 2, one.packed), Row(8, 61, 4, 5, other.packed)])
    assert [tuple(column.tolist()) for column in made.columns[:4]] == [(7, 8), (60, 61), (3, 4), (2, 5)]
    for place, each in enumerate((one, other)):
        own = slice(made.starts[place], made.starts[place + 1])
        assert tuple(made.features[own].tolist()) == each.features
        assert tuple(made.in_title[own].tolist()) == each.in_title
        assert tuple(made.in_lead[own].tolist()) == each.in_lead
        assert made.columns.languages[place].item().to_bytes(2, "big") == each.language.encode()


@settings(deadline=None)
@given(title=TEXTS, text=TEXTS)
def test_features_ascend_and_each_is_counted(title: str, text: str) -> None:
    found = fingerprint(title, text, "ru")
    assert list(found.features) == sorted(set(found.features))
    assert all(0 < title + lead <= 2 * MOST for title, lead in zip(found.in_title, found.in_lead, strict=True))
    assert max((*found.in_title, *found.in_lead), default=0) <= MOST


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, (1 << 32) - 1), st.integers(0, MOST), st.integers(0, MOST)), max_size=9))
def test_any_features_are_packed(found: list[tuple[int, int, int]]) -> None:
    features, in_title, in_lead = zip(*found, strict=True) if found else ((), (), ())
    made = segment([Row(1, 0, 1, 1, Fingerprint("ru", features, in_title, in_lead).packed)])
    assert list(zip(made.features.tolist(), made.in_title.tolist(), made.in_lead.tolist(), strict=True)) == found


def test_names_carry_across_languages() -> None:
    written = fingerprint("Встреча Токаева в Баку", "", "ru"), fingerprint("Meeting of Tokayev in Baku", "", "en")
    kazakh = fingerprint("Бүгін Тоқаев Баку қаласында", "", "kk")
    assert len(of(NAME, written[0]) & of(NAME, written[1])) == 2
    assert len(of(NAME, written[0]) & of(NAME, kazakh)) == 2
    assert not of(LEMMA, written[0]) & of(LEMMA, written[1])


def test_numbers_carry_across_languages_and_ids_are_none() -> None:
    found = fingerprint("Подписано 12 документов", "Номер 1234567.", "ru")
    assert len(of(NUMBER, found)) == 1
    assert of(NUMBER, found) == of(NUMBER, fingerprint("12 documents", "", "en"))


def test_first_word_of_a_headline_is_a_name_where_it_has_a_capital_elsewhere() -> None:
    assert not of(NAME, fingerprint("Синоптики обещают мороз", "", "ru"))
    assert not of(NAME, fingerprint("ТОКАЕВ ПРИБЫЛ", "", "ru"))
    bare, known = fingerprint("Токаев прибыл", "", "ru"), fingerprint("Токаев прибыл", "Президент Токаев здесь.", "ru")
    assert not of(NAME, bare)
    [counted] = [known.in_title[known.features.index(name)] for name in of(NAME, fingerprint("О Токаев", "", "ru"))]
    assert counted == 1


@pytest.mark.parametrize(
    ("dotted", "plain"),
    [
        ("Отчёт U.N.E.S.C.O. о музеях", "Отчёт UNESCO о музеях"),
        ("Выборы в U.S. прошли", "Выборы в US прошли"),
        ("Выставка А.С.Попова", "Выставка АС Попова"),
        ("Цена 3.5 доллара. Я плачу", "Цена 3.5 доллара Я плачу"),
    ],
)
def test_letters_with_dots_are_one_word(dotted: str, plain: str) -> None:
    assert fingerprint(dotted, dotted, "ru") == fingerprint(plain, plain, "ru")


def test_all_forms_of_a_word_are_one_and_function_words_none() -> None:
    assert fingerprint("Переговоры о перевозках", "", "ru") == fingerprint("О переговорах по перевозкам", "", "ru")
    assert fingerprint("и на по", "", "ru").features == ()


def test_only_headlines_sound() -> None:
    assert of(SOUND, fingerprint("Переговоры", "", "ru"))
    assert not of(SOUND, fingerprint("", TEXT, "ru"))
    assert fingerprint("Переговоры", "", "ru").has_lead is False
    assert fingerprint("Переговоры", TEXT, "ru").has_lead is True


@pytest.mark.parametrize(
    ("title", "is_telling"),
    [
        ("Подробности", False),
        ("Саммит в Баку", False),
        ("Итоги 2024 и 2025 годов 12 и 13", False),
        ("Президенты двух стран обсудили перевозки контейнеров", True),
    ],
)
def test_few_words_tell_no_event(title: str, is_telling: bool) -> None:
    assert fingerprint(title, "", "ru").is_telling is is_telling


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("а. б! в? г… д.» е.", "а. б! в? г… д.» ", id="signs and quotes"),
        pytest.param("а\nб\n\nв.\nг\nд \nе", "а\nб\n\nв.\nг\nд \n", id="lines"),
        pytest.param("\nа\nб\nв\nг\nд\nе", "\nа\nб\nв\nг\nд\n", id="begins with an empty line"),
        pytest.param(". а. б. в. г. д.", ". а. б. в. г. ", id="begins with a sign"),
        pytest.param("1.5 2.6 3.7 4.8 5.9 6.1", "1.5 2.6 3.7 4.8 5.9 6.1", id="numbers end nothing"),
    ],
)
def test_lead_ends_with_its_fifth_sentence(text: str, expected: str) -> None:
    assert lead(text) == expected


def test_lead_is_five_sentences_of_usual_length() -> None:
    text = "".join(f"Предложение {number}. " for number in range(9))
    assert lead(text) == "".join(f"Предложение {number}. " for number in range(5))
    assert lead("Коротко.") == "Коротко."
    assert len(lead("слово " * 1000)) == 1500
    long = fingerprint("", "Саммит. " * 5 + "Паром.", "ru")
    assert not of(LEMMA, long) & of(LEMMA, fingerprint("Паром", "", "ru"))


def test_language_is_told_by_two_letters() -> None:
    assert {fingerprint("", "", language).language for language in ("ru", "und", "")} == {"ru", "un", "  "}
