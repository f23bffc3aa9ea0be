"""Words folded to what people type on a keyboard of another language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.language.folding import fold


@pytest.mark.parametrize(
    ("term", "typed"),
    [
        ("azərbaycan", "azerbaycan"),
        ("şuşa", "susa"),
        ("çıraqqala", "ciraqqala"),
        ("qarabağ", "qarabag"),
        ("göyçöl", "goycol"),
        ("türkiyə", "turkiye"),
        ("қазақстан", "казакстан"),
        ("әлеуметтік", "алеуметтик"),
        ("ғылым", "гылым"),
        ("таң", "тан"),
        ("өңір", "онир"),
        ("ұлт", "улт"),
        ("үкімет", "укимет"),
        ("айдаһар", "айдахар"),
    ],
)
def test_letters_that_other_keyboards_lack_are_folded(term: str, typed: str) -> None:
    assert fold(term) == typed


@pytest.mark.parametrize("term", ["baku", "москва", "їжа", "2020", ""])
def test_what_has_no_such_letters_stays(term: str) -> None:
    assert fold(term) == term


@given(st.text())
def test_folding_twice_is_folding_once_and_keeps_the_length(term: str) -> None:
    folded = fold(term)
    assert fold(folded) == folded
    assert len(folded) == len(term)
