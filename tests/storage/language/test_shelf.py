from hypothesis import given
from hypothesis import strategies as st

from storage.language.shelf import Shelf

words = st.text(st.characters(exclude_characters="\0"), max_size=5)


@given(st.dictionaries(words, words), words)
def test_a_shelf_holds_what_it_was_given_and_nothing_else(lines: dict[str, str], other: str) -> None:
    shelf = Shelf(lines)
    assert len(shelf) == len(lines)
    assert {word: shelf.get(word) for word in lines} == lines
    assert shelf.get(other) == lines.get(other)


class Colliding(str):
    """All of them have one hash."""

    __slots__ = ()

    def __hash__(self) -> int:
        return 1


def test_words_of_one_hash_are_told_apart() -> None:
    shelf = Shelf({Colliding("а"): "один", Colliding("б"): "два"})
    assert [shelf.get(Colliding(word)) for word in "абв"] == ["один", "два", None]
