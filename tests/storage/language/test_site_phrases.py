"""What a site says of itself is found by a part of it that is always there."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.language.site_phrases import PHRASES


@pytest.mark.parametrize(("parts", "phrase"), PHRASES, ids=[parts for parts, _ in PHRASES])
@settings(max_examples=25)
@given(data=st.data())
def test_whatever_a_phrase_matches_has_one_of_its_parts(parts: str, phrase: str, data: st.DataObject) -> None:
    told = data.draw(st.from_regex(phrase)).lower()
    if found := re.search(phrase, told):
        assert any(part in found[0] for part in parts.split("|"))
