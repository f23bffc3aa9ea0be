"""JSON as it comes from outside."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.well_formed import well_formed


@pytest.mark.parametrize(
    ("escaped", "said"),
    [
        (r"a\ud83d", "a\ufffd"),
        (r"\ud83d\ude00", "😀"),
        (r"\uDE00\uD83D", "\ufffd\ufffd"),
        (r"\\ud83d", r"\ud83d"),
        (r"\u0000é", "\x00é"),
    ],
)
def test_half_a_character_is_replaced(escaped: str, said: str) -> None:
    assert well_formed(f'{{"text": "{escaped}"}}') == {"text": said}


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_everything_else_is_what_json_says(said: object) -> None:
    assert well_formed(json.dumps(said)) == said
    assert well_formed(json.dumps(said, ensure_ascii=False)) == said
