"""What is new in an article of a story that was told before: the sentence that carries most of it."""

import re
from collections.abc import Set as AbstractSet
from datetime import timedelta
from typing import Final

from storage.fingerprints import KIND_BITS, LEMMA, NUMBER, fingerprint, lead
from storage.statements import Statement, is_background, statements

# So much of a text is a sentence that can be told.
SHORTEST, LONGEST = 30, 300
# A sentence says something new where so much of its words is new.
NEW, NEW_NUMBER = 0.5, 2.0
RESTED_S: Final = int(timedelta(hours=3).total_seconds())
# No numbers of the news: "a deputy since 2016", "on 2 December", the second half of "85 000".
_DATE = re.compile(
    r"\b(?:19|20)\d\d\b|\b\d{1,2} (?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|січ|лют|бер|кві|тра|чер|лип|сер"
    r"|вер|жов|лис|гру|қаң|ақп|нау|сәу|мам|мау|шіл|там|қыр|қаз|қар|жел|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
    r"|yan|fev|iyn|iyl|avq|sen|okt|noy|dek)\w*|(?<=\d)(?: 000)+\b",
    re.IGNORECASE,
)


def development(title: str, text: str, language: str, *, new: AbstractSet[int], rested_s: int) -> str | None:
    """The sentence of the lead that says most of what is new to the story, or the headline where that says it.

    None where nothing does: another way to tell the same is no development. What a sentence says in other words alone
    is one only if nobody had told the story for long, which is for `rested_s`.
    """
    of_headline = _new(title, language, new)
    if of_headline >= NEW_NUMBER:
        return title
    begin = lead(text)
    stated = [(_line(begin, one), one.leaning > 0) for one in statements(title, begin)]
    told = [(one, leans) for one, leans in stated if SHORTEST <= len(one) <= LONGEST and not is_background(one)]
    # What leans on another sentence is told where none that stands alone has enough that is new.
    ranks = [(not leans, _new(one, language, new), -at) for at, (one, leans) in enumerate(told)]
    number = max((rank for rank in ranks if rank[1] >= NEW_NUMBER), default=None)
    if of_headline >= NEW and not (number and number[0]):
        return title
    words = max((rank for rank in ranks if rank[1] >= NEW), default=None) if rested_s >= RESTED_S else None
    best = number or words
    return told[-best[2]][0] if best else None


def _line(text: str, one: Statement) -> str:
    return " ".join(text[one.start : one.end].split())


def _new(sentence: str, language: str, new: AbstractSet[int]) -> float:
    """How much of the sentence is new: of its words; more than all of them where it has a new number."""
    features = fingerprint("", _DATE.sub("", sentence), language).features
    if any(feature in new and feature >> KIND_BITS == NUMBER for feature in features):
        return NEW_NUMBER
    own = [feature for feature in features if feature >> KIND_BITS == LEMMA]
    return sum(feature in new for feature in own) / max(1, len(own))
