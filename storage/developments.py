"""What is new in an article of a story that was told before: the sentence that carries most of it."""

from collections.abc import Set as AbstractSet
from typing import Final

from storage.fingerprints import KIND_BITS, LEMMA, NUMBER, fingerprint, lead
from storage.statements import statements

# So much of a text is a sentence that can be told.
SHORTEST, LONGEST = 30, 300
# A sentence says something new where so much of its words is new.
NEW: Final = 0.5


def development(title: str, text: str, language: str, *, new: AbstractSet[int]) -> str | None:
    """The sentence of the lead that says most of what is new to the story, or the headline where that has a new number.

    None where nothing does: another way to tell the same is no development.
    """
    begin = lead(text)
    told = [" ".join(begin[one.start : one.end].split()) for one in statements(title, begin)]
    told = [one for one in told if SHORTEST <= len(one) <= LONGEST]
    shares = [_new(one, language, new) for one in told]
    best = max(shares, default=0.0)
    if best >= NEW:
        return told[shares.index(best)]
    numbers = (one for one in fingerprint(title, "", language).features if one >> KIND_BITS == NUMBER)
    return title if not told or any(one in new for one in numbers) else None


def _new(sentence: str, language: str, new: AbstractSet[int]) -> float:
    """How much of the sentence is new: of its words, or all where it has a new number."""
    features = fingerprint("", sentence, language).features
    if any(feature in new and feature >> KIND_BITS == NUMBER for feature in features):
        return 1.0
    own = [feature for feature in features if feature >> KIND_BITS == LEMMA]
    return sum(feature in new for feature in own) / max(1, len(own))
