from collections.abc import Iterator

import pytest

from storage.language.remembered import ByLanguage, Remembered, keep_at_hand


@pytest.fixture(autouse=True)
def two_words() -> Iterator[None]:
    usual = Remembered.most
    keep_at_hand(2)
    yield
    keep_at_hand(usual)


def made(asked: list[str]) -> Remembered[str]:
    def make(word: str) -> str:
        asked.append(word)
        return word.upper()

    return Remembered(make)


def test_a_word_is_made_once_while_it_is_met() -> None:
    """At hand are two words, and the two before them that were not asked for again."""
    asked: list[str] = []
    known = made(asked)
    assert [known[word] for word in ("one", "two", "one", "three", "one", "four")] == [
        *("ONE", "TWO", "ONE", "THREE", "ONE", "FOUR")
    ]
    assert asked == ["one", "two", "three", "four"]
    assert (known["two"], known["one"]) == ("TWO", "ONE")
    assert asked == ["one", "two", "three", "four", "two"]


def test_what_is_made_may_be_empty() -> None:
    asked: list[str] = []

    def make(word: str) -> tuple[int, ...]:
        asked.append(word)
        return ()

    known = Remembered(make)
    assert [known[word] for word in ("a", "b", "c", "a")] == [(), (), (), ()]
    assert asked == ["a", "b", "c"]


def test_an_encoded_blob_is_not_kept() -> None:
    asked: list[str] = []
    known = made(asked)
    assert known["x" * 1000] == known["x" * 1000] == "X" * 1000
    assert len(asked) == 2
    assert not known


def test_languages_without_an_analyser_share_one() -> None:
    known = ByLanguage(lambda language: lambda word: f"{language}:{word}")
    assert known["ru"]["a"] == "ru:a"
    assert known["de"]["a"] == known["en-US"]["a"] == known["und"]["a"] == "und:a"
    assert known["de"] is known["und"]
    assert set(known) == {"ru", "und"}
