"""What is new in an article of a story that was told before: the sentence that carries most of it."""

from collections.abc import Set as AbstractSet

from storage.fingerprints import fingerprint, lead
from storage.sentences import sentences

# So much of a text is a sentence that can be told.
SHORTEST, LONGEST = 30, 300


def development(title: str, text: str, language: str, *, new: AbstractSet[int]) -> str:
    """The sentence of the lead with the most of the features that are new to the story, or else the headline."""
    begin = lead(text)
    whole = (" ".join(begin[one.start : one.end].split()) for one in sentences(begin) if one.closed)
    found = [
        (len(new & set(fingerprint("", one, language).features)), one)
        for one in whole
        if SHORTEST <= len(one) <= LONGEST
    ]
    most = max((count for count, _ in found), default=0)
    return next((one for count, one in found if count == most > 0), title)
