"""Keyboard layouts and single letters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.language.slips import LAYOUTS, LONGEST, layouts, neighbours
from storage.language.tokens import normalise, tokenise

FORMS = st.text(alphabet="абвгдежзийклмнопрстуфхцчшщъыьэюяәіabcdxyzəş'-", min_size=1, max_size=LONGEST)


def test_layouts_have_the_same_keys() -> None:
    assert {len(keys) for keys in LAYOUTS.values()} == {47}
    assert all(len(set(keys)) == 47 for keys in LAYOUTS.values())


@pytest.mark.parametrize(
    ("typed", "pair", "meant"),
    [
        ("rfpf[cnfy", ("en", "ru"), "казахстан"),
        ("njrftd", ("en", "ru"), "токаев"),
        ("Rfpf{cnfy", ("en", "ru"), "казахстан"),
        (",fre", ("en", "ru"), "баку"),
        ("`krf", ("en", "ru"), "елка"),
        ("ещлфнум", ("ru", "en"), "tokayev"),
        ("сщмшв-19", ("ru", "en"), "covid-19"),
        ("ещлфнум", ("kk", "en"), "tokayev"),
        ("0fpf0cnfy", ("en", "kk"), "қазақстан"),
        ("rb]d", ("en", "uk"), "київ"),
        ("киъв", ("ru", "uk"), "київ"),
        ("rfpföcnfy", ("az", "ru"), "казахстан"),
        (";kbtd", ("en", "az"), "ıkbtd"),
        ("эдшнум", ("ru", "az"), "əliyev"),
    ],
)
def test_a_word_is_read_by_the_keys_of_another_layout(typed: str, pair: tuple[str, str], meant: str) -> None:
    assert layouts(typed)[pair] == meant


@pytest.mark.parametrize("typed", ["", "😀", "שלום", "ab👍", "a b", "x" * 10_000 + "😀"])
def test_what_no_layout_has_is_no_slip(typed: str) -> None:
    assert layouts(typed) == {}


@given(typed=st.text(max_size=30))
def test_a_reading_is_one_word_in_its_normal_form(typed: str) -> None:
    for word in layouts(typed).values():
        assert [token.form for token in tokenise(word)] == [word] == [normalise(word)]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("казахстн", "казахстан"),
        ("казахстанн", "казахстан"),
        ("козахстан", "казахстан"),
        ("казахсатн", "казахстан"),
        ("азахстан", "казахстан"),
        ("минстер", "министер"),
        ("қазақстн", "қазақстан"),
        ("киів", "київ"),
        ("bakuu", "baku"),
        ("azərbaycn", "azərbaycan"),
        ("санктпетербург", "санкт-петербург"),
    ],
)
def test_one_edit_leads_to_what_was_meant(typed: str, meant: str) -> None:
    if "-" in meant:
        assert meant not in neighbours(typed)
    else:
        assert meant in neighbours(typed)


@pytest.mark.parametrize("form", ["", "мир", "слово1", "2025", "שלוםם", "😀😀😀😀", "а" * (LONGEST + 1)])
def test_short_long_and_foreign_words_have_no_neighbours(form: str) -> None:
    assert neighbours(form) == {}


@pytest.mark.parametrize(
    ("typed", "likelier", "less_likely"),
    [
        ("вода", "водка", "вора"),
        ("коронавиррус", "коронавирус", "короновиррус"),
        ("масква", "москва", "матква"),
        ("солгасие", "согласие", "солнасие"),
        ("путмн", "путин", "путен"),
        ("осква", "оисква", "москва"),
    ],
    ids=["omitted", "doubled", "sounds alike", "transposed", "next key", "first letter"],
)
def test_likely_slips_weigh_more(typed: str, likelier: str, less_likely: str) -> None:
    found = neighbours(typed)
    assert found[likelier] > found.get(less_likely, 0)


@given(form=FORMS)
def test_neighbours_are_one_edit_away_and_never_the_form_itself(form: str) -> None:
    found = neighbours(form)
    assert form not in found
    assert all(abs(len(word) - len(form)) <= 1 for word in found)
    assert all(0 < likelihood < 1 for likelihood in found.values())
    assert len(found) < 100 * (len(form) + 1)
