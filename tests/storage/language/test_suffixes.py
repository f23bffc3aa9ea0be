"""A made-up language: plural -ka/-ke by harmony, -m after vowels and -om after consonants, and -t after vowels only."""

import pytest

from storage.language.suffixes import Endings, Sounds

SOUNDS = Sounds(
    harmonies="bf",
    classes="vc",
    vowels={"a": "b", "o": "b", "e": "f"},
    finals={"a": "v", "e": "v", "m": "c"},
    signs={
        "A": lambda harmony, _: "a" if harmony == "b" else "e",
        "O": lambda _, final: "" if final == "v" else "o",
        "T": lambda _, final: "t" if final == "v" else None,
    },
)


@pytest.mark.parametrize(
    ("template", "shape", "ending"),
    [
        ("kA", ("b", "c"), "ka"),
        ("kA", ("f", "c"), "ke"),
        ("Om", ("f", "v"), "m"),
        ("Om", ("f", "c"), "om"),
        ("kAOm", ("f", "c"), "kem"),
        ("OmkA", ("f", "c"), "omka"),
        ("T", ("b", "v"), "t"),
        ("T", ("b", "c"), None),
    ],
)
def test_each_letter_shapes_the_next(template: str, shape: tuple[str, str], ending: str | None) -> None:
    assert SOUNDS.spell(template, shape) == ending


def test_cuts_every_ending_the_shortest_first_and_leaves_something() -> None:
    endings = Endings(SOUNDS, ["kA", "Om", "kAOm"])
    assert list(endings.cuts("likem")) == [("like", "m"), ("li", "kem")]
    assert list(endings.cuts("kem")) == [("ke", "m")]
    assert list(endings.cuts("")) == []


def test_an_ending_fits_only_the_shapes_after_which_it_is_spelled_so() -> None:
    endings = Endings(SOUNDS, ["kA", "Om", "T"])
    assert endings.fits("ke", [("b", "v"), ("f", "v")])
    assert not endings.fits("ke", [("b", "v"), ("b", "c")])
    assert not endings.fits("m", [("b", "c")])
    assert not endings.fits("t", [("b", "c")])
    assert not endings.fits("ka", [])
    assert "ka" in endings
    assert "k" not in endings
