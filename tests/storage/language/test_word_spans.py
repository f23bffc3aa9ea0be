"""The places of words in a text agree with the positions at which they are analysed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.language.tokens import tokenise, word_spans

TEXT = "Санкт-Петербург — 3,5 млн. C++ и Ким Чен-Ын: северо‑западный-2"
texts = st.lists(
    st.sampled_from(["Совет", "мира", "Санкт-Петербург", "Ким-Чен-Ын", "—", "-", "3,5", "C++", ". ", "a‑b"])
)


def standing(text: str, position: int) -> list[tuple[int, int]]:
    """The same, slowly: the span of the word that covers the position."""
    found = []
    begins = 0
    for token in tokenise(text):
        if begins <= position < begins + token.width:
            found.append((token.start, token.end))
        begins += token.width
    return found


@given(texts, st.sampled_from([" ", ""]), st.integers(0, 12))
def test_each_position_is_covered_by_the_word_that_is_analysed_there(words: list[str], space: str, at: int) -> None:
    text = space.join(words)
    assert word_spans(text, [at]) == standing(text, at)


@pytest.mark.parametrize(
    ("positions", "found"),
    [
        pytest.param([], [], id="no position"),
        pytest.param([0], ["Санкт-Петербург"], id="a hyphenated word by its first part"),
        pytest.param([1], ["Санкт-Петербург"], id="and by its second"),
        pytest.param([1, 0], ["Санкт-Петербург"], id="a word once"),
        pytest.param([7, 2], ["3,5", "Чен-Ын"], id="in the order of the text"),
        pytest.param([10], ["северо‑западный-2"], id="the last word by its last part"),
        pytest.param([99], [], id="beyond the text"),
    ],
)
def test_words_are_found_by_their_positions(positions: list[int], found: list[str]) -> None:
    assert [TEXT[start:end] for start, end in word_spans(TEXT, positions)] == found
