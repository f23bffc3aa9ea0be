"""What makes one story more important to a chat than another: one sum, of which every part can be told. Pure.

    score = 0.5 log2(sources) + 2^(-age / 12 h) + 1 (words in the headline) + 0.5 closeness + 0.25 (face) + 0.5 leaning

Points are read as steps: a headline with the reader's words weighs as much as being twice doubled in sources, or as
being brand-new rather than of last week.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from storage.models import Hit

# For each doubling of the sources: the second says that the first was no slip, the tenth says little more.
SOURCES: Final = 0.5
# A story of this moment; half a day later it has half of it, so that the morning's digest begins with the night.
FRESHNESS: Final = 1.0
HALF_LIFE: Final = timedelta(hours=12)
# A headline with the reader's words is about them, a text with them may only mention them.
HEADLINE: Final = 1.0
# Half of a headline: words side by side in what is shown say more than words strewn over a text.
CLOSENESS: Final = 0.5
# Tips the scale between articles of one story: the headline that stands for it was chosen among all of them.
FACE: Final = 0.25
# What a chat opened, or waved away, shifts a story by one doubling of its sources at most: it hides none.
LEANING: Final = 0.5


class Part(StrEnum):
    """What a score is made of."""

    SOURCES = "sources"
    FRESHNESS = "freshness"
    HEADLINE = "headline"
    CLOSENESS = "closeness"
    FACE = "face"
    LEANING = "leaning"


class Contribution(NamedTuple):
    """A part of a score, and how many points it gives; a leaning may take some."""

    part: Part
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What a score depends on.

    `sources` tell the story independently; `age` is that of the article shown; `in_title`: words of the query stand in
    its headline; `closeness` 0..1 as of `storage.closeness`; `is_face`: its headline stands for the story; `leaning`
    -1..1 is what the chat made known of such stories, 0 nothing.
    """

    sources: int
    age: timedelta
    in_title: bool
    closeness: float
    is_face: bool
    leaning: float = 0.0


def signals(hit: Hit, *, is_face: bool, now: datetime, leaning: float = 0.0) -> Signals:
    """Of a story by the article and the query that it is shown for."""
    return Signals(
        sources=1 + len(hit.other_sources),
        age=now - hit.article.published_at,
        in_title=bool(hit.title.marks),
        closeness=hit.closeness,
        is_face=is_face,
        leaning=leaning,
    )


def score(signals: Signals) -> float:
    """The greater, the more important."""
    return sum(one.points for one in parts(signals))


def parts(signals: Signals) -> tuple[Contribution, ...]:
    """All parts in the order of the formula, those of nothing too; the score is their sum."""
    # What is dated ahead of its time is of this moment; below, powers of two are no more numbers.
    halvings = min(max(signals.age / HALF_LIFE, 0.0), 1000.0)
    return (
        Contribution(Part.SOURCES, SOURCES * math.log2(max(signals.sources, 1))),
        Contribution(Part.FRESHNESS, FRESHNESS * 2.0**-halvings),
        Contribution(Part.HEADLINE, HEADLINE * signals.in_title),
        Contribution(Part.CLOSENESS, CLOSENESS * signals.closeness),
        Contribution(Part.FACE, FACE * signals.is_face),
        Contribution(Part.LEANING, LEANING * signals.leaning),
    )
