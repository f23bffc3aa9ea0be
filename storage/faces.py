"""The headline that stands for a story: what most of its headlines say, with names and figures, and without shouting.

headlines of a story ──weighed──▶ how much each shares with the others, how much it says, how loud it is ──▶ the face
"""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from storage.language.tokens import words
from storage.skeletons import skeleton

# The beginnings of words are compared.
BEGINNING: Final = 5
# A headline of so many words says what happened; shorter ones are labels, longer ones are texts.
FEWEST, MOST = 5, 14
# What is added for being of such a length, and taken off for each sign of a headline that wants to be opened rather
# than to tell; what it shares with the others counts from 0 to 1.
INFORMS, SHOUTS = 0.15, 0.2

_SHOUTING: Final = re.compile(
    r"[!?…]|\.\.\.|\b(?:шок\w*|сенсаци\w*|скандал\w*|стало известно|названа?|раскры(?:л|ты)\w*|видео|фото"
    r"|вы не поверите|breaking|shocking|you won.t|watch|revealed|video|срочно|şok|təcili|жедел)\b",
    re.IGNORECASE,
)


class Headline(NamedTuple):
    """An article's headline, as it competes with others of its story."""

    article_id: int
    title: str


def face(headlines: Sequence[Headline]) -> int:
    """The article whose headline stands for the story, the first of equals; there is at least one."""
    if len(headlines) == 1:
        return headlines[0].article_id
    found = [_beginnings(one.title) for one in headlines]

    def weight(place: int) -> float:
        return _shared(place, found) + _informs(headlines[place].title) - SHOUTS * _loudness(headlines[place].title)

    return headlines[max(range(len(headlines)), key=lambda place: (weight(place), -place))].article_id


def _beginnings(title: str) -> frozenset[str]:
    return frozenset(filter(None, (skeleton(word.lower())[:BEGINNING] for word in words(title))))


def _shared(place: int, found: Sequence[frozenset[str]]) -> float:
    """How much of the others' words it has, and they of its own, on average: Jaccard's index."""
    own = found[place]
    others = [one for at, one in enumerate(found) if at != place]
    if not others:
        return 0.0
    return sum(len(own & one) / max(1, len(own | one)) for one in others) / len(others)


def _informs(title: str) -> float:
    return INFORMS if FEWEST <= len(words(title)) <= MOST else 0.0


def _loudness(title: str) -> int:
    shouted = sum(word.isupper() and len(word) > 5 for word in words(title)) > 1
    return len(_SHOUTING.findall(title)) + shouted
