from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.language import document as document_module
from storage.language.document import SHELVES, all_terms, analyse, dump, forms, lemmas, load, terms
from storage.language.shelf import Shelf
from storage.language.tokens import normalise, tokenise
from tests.storage.builders import document
from tests.storage.strategies import WORDS


def test_a_position_holds_the_form_and_its_other_lemmas() -> None:
    [position] = analyse("мыла", "ru").split()
    assert (forms(position), lemmas(position)) == (["мыла"], ["мыло", "мыть"])
    assert terms(position) == ["мыла", "мыло", "мыть"]


def test_a_word_that_is_its_only_lemma_has_no_other() -> None:
    [position] = analyse("Казахстан", "ru").split()
    assert (forms(position), lemmas(position)) == (["казахстан"], [])


def test_a_hyphenated_word_stands_at_its_first_part_and_takes_a_position_for_each() -> None:
    found = document(text="в Санкт-Петербурге холодно")
    assert found.places("санкт-петербург") == found.places("санкт") == (2,)
    assert found.places("петербург") == (3,)
    assert found.places("холодно") == (4,)


def test_the_body_begins_one_position_after_the_headline() -> None:
    found = document("Совет", "мира мир")
    assert found.body_start == 2
    assert found.places("мир") == (2, 3)


def test_places_tell_words_from_their_beginnings() -> None:
    found = document(text="мир мировой перемирие")
    assert found.places("мир") == (1,)
    assert list(found.form_places("мир")) == [1]
    assert list(found.prefix_places("мир")) == [1, 2]


def test_forms_and_lemmas_are_told_apart() -> None:
    found = document(text="Казахстану")
    assert found.places("казахстан") == (1,)
    assert list(found.form_places("казахстан")) == []


def test_terms_are_all_forms_and_lemmas_of_headline_and_body() -> None:
    assert document("Астане", "Баку").terms() == {"астане", "астан", "астана", "баку"}


@pytest.mark.parametrize(("title", "text"), [("", ""), ("Совет мира", ""), ("", "Баку"), ("a-b", "c d")])
def test_positions_are_read_back_as_they_were_written(title: str, text: str) -> None:
    positions = analyse(title, "ru"), analyse(text, "ru")
    assert load(dump(*positions)) == positions


_TEXTS = st.lists(st.sampled_from([*WORDS, "ким-ким", "аба", "абаба", "о"]), max_size=8).map(" ".join)
_SOUGHT = st.one_of(
    st.sampled_from(WORDS).map(normalise), st.sampled_from(["аба", "аб", "мыть", "город", "о", "-", "c"])
)


@settings(max_examples=300, deadline=None)
@given(_TEXTS, _TEXTS, _SOUGHT)
def test_words_are_found_at_every_position_that_holds_them(title: str, text: str, sought: str) -> None:
    found = document(title, text)
    positions = [*found.title.split(), "", *found.body.split()]
    assert found.body_start == positions.index("") + 1
    standing = [(at, forms(position), lemmas(position)) for at, position in enumerate(positions) if position]
    assert list(found.places(sought)) == [at for at, own, other in standing if sought in [*own, *other]]
    assert list(found.form_places(sought)) == [at for at, own, _ in standing if sought in own]
    assert list(found.prefix_places(sought)) == [
        at for at, own, _ in standing if any(form.startswith(sought) for form in own)
    ]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80), st.text("абвгд-'e ,.|5", max_size=80), st.sampled_from(["ru", "en", "uk", "und"]))
def test_any_text_survives_being_written_and_read(title: str, text: str, language: str) -> None:
    positions = analyse(title, language), analyse(text, language)
    assert load(dump(*positions)) == positions
    assert len(positions[1].split()) == sum(token.width for token in tokenise(text))


@given(_TEXTS)
def test_the_terms_of_a_line_are_those_of_its_positions(text: str) -> None:
    line = analyse(text, "ru")
    own, others = all_terms(line)
    assert set(own) == {form for position in line.split() for form in forms(position)}
    assert set(others) == {lemma for position in line.split() for lemma in lemmas(position)}


def test_a_word_is_analysed_once_however_many_come_between(monkeypatch: pytest.MonkeyPatch) -> None:
    """Among the young ones, then on a shelf, until the oldest shelf goes."""
    monkeypatch.setattr(document_module, "SHELF", 2)
    asked: list[str] = []

    def positions_of(word: str, language: str) -> str:
        asked.append(word)
        return word

    monkeypatch.setattr(document_module, "_positions", positions_of)
    position = document_module._Analysed("ru").position
    many = [f"слово{number}" for number in range(2 * SHELVES + 2)]
    assert list(map(position, many)) == many
    assert list(map(position, many)) == asked == many
    assert position("слово") == "слово"
    assert list(map(position, many[:2])) == many[:2]
    assert asked == [*many, "слово", *many[:2]]


def test_an_encoded_blob_takes_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_module, "SHELF", 2)
    found = document_module._Analysed("ru")
    for word in ("раз", "x" * 1000, "y" * 1000, "два"):
        found.position(word)
    assert list(found._young) == ["раз", "два"]


def test_a_shelf_is_put_up_beside_a_thread_that_analyses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_module, "SHELF", 2)
    analysed = document_module._Analysed("und")

    class Disturbed(Shelf):
        def __init__(self, lines: Mapping[str, str]) -> None:
            for number, _ in enumerate(lines.items()):
                analysed._young[f"другое{number}"] = "другое"
            super().__init__(lines)

    monkeypatch.setattr(document_module, "Shelf", Disturbed)
    assert list(map(analysed.position, ("раз", "два", "три", "раз"))) == ["раз", "два", "три", "раз"]
