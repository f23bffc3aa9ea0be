"""Which of the stories that are remembered new articles tell. Pure, but for the window that it looks into.

newcomers ──neighbours──▶ how alike ──the nearest of each story, on average──▶ Placing
"""

import math
from collections import ChainMap
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from storage.fingerprints import KIND_BITS, NAME, NUMBER, SOUND, Fingerprint

if TYPE_CHECKING:  # what no command needs at once is not loaded here
    from storage.neighbours import Neighbour, Window

# Articles farther apart don't tell the same event.
WITHIN_S: Final = int(timedelta(hours=48).total_seconds())
# Of a batch, articles within so long are compared together.
SPAN_S: Final = int(timedelta(days=4).total_seconds())
# Fitted on pairs of Russian articles and headlines: tests/benchmarks/stories.py prints what comes of them.
SAME: Final = 0.225
# Of two articles with a text, all words count so much, and the headline in the other article the rest.
WORDS: Final = 0.6
# A bare headline is compared by the sound of its words, of which less is asked.
SOUND_WEIGHT: Final = SAME / 0.23
# Across languages: so much of names and numbers must be the same, and so many of them.
FOREIGN, FOREIGN_NAMES = 0.5, 4
# So many of a story's articles, the nearest, are averaged; where there are more to choose from, more is asked: so much
# for each doubling.
NEAREST: Final = 3
GROWN: Final = 0.01
# From its first article to its last a story takes so long at most: what goes on is another day's story.
LASTS_S: Final = int(timedelta(hours=72).total_seconds())
# Another number in the headline is mostly a later one of the same event while the event is young, and another day's
# price, score or forecast when it is not; other names are another's.
OTHER_NUMBERS, OTHER_NUMBERS_LATER, OTHER_NAMES = 0.7, 0.25, 0.5
# Headlines that are the same but for their names tell of another meeting, match or accident.
ONLY_NAMES, HEADLINES_ALIKE = 0.3, 0.4
YOUNG_S: Final = int(timedelta(hours=6).total_seconds())
# An article so many times as much like a single one of a story belongs to it, whatever the others say.
SURE: Final = 2
# A story of one article joins another when an article of that one is so much like it: the first reports of an event
# often share too little, until one comes that has it all.
BRIDGED: Final = SAME + 0.08
# Two articles at both ends of the time are so much less alike.
AGED: Final = 0.2
# A story can have a development after this time, by an article so much of whose headline is new to the story: less
# where what is new is a name or a number.
DEVELOPS_AFTER_S: Final = int(timedelta(minutes=30).total_seconds())
NEW, NEW_FACT = 0.4, 0.15


class Newcomer(NamedTuple):
    """An article that is about to be stored; `story` is known where an equal text is stored: one of the same hash.

    A short text says the same on other days, of another event: it is equal for as long as others are compared.
    """

    second: int
    source: int
    fingerprint: Fingerprint
    text_hash: bytes = b""
    is_short: bool = False
    story: int | None = None


class Placing(NamedTuple):
    """The story of a newcomer: its id, or below 0 the number of a new one, counted down from -1.

    `new` are the features that are new to a story that was told before, empty where nothing much is. `joined` are
    stories of one article each that turn out to be the same.
    """

    story: int
    new: frozenset[int] = frozenset()
    joined: frozenset[int] = frozenset()


class Extent(NamedTuple):
    """How many articles a story has, as far as they are remembered, and when the first and the last are from."""

    size: int = 0
    first: int = 1 << 62
    last: int = -1 << 62

    def grown(self, second: int) -> "Extent":
        return Extent(self.size + 1, min(self.first, second), max(self.last, second))

    @property
    def lasts_s(self) -> int:
        return self.last - self.first


Extents: TypeAlias = Mapping[int, Extent]


def placed(window: "Window", extents: dict[int, Extent], newcomers: Sequence[Newcomer]) -> list[Placing]:
    """The story of each in their order, of which each sees those before it; the window is left as it was."""
    from storage.neighbours import UNPLACED
    from storage.segments import Row

    rows = [
        # No article has such an id.
        Row(-number, one.second, UNPLACED, one.source, one.fingerprint.packed)
        for number, one in enumerate(newcomers, start=1)
    ]
    batch = _Batch(window, extents)
    window.push(rows)
    try:
        for place, one in enumerate(newcomers):
            batch.place(place, one)
    finally:
        window.pop()
    return batch.placings()


def runs(newcomers: Sequence[Newcomer]) -> list[list[int]]:
    """Where those of some days each stand in the batch, the last days first."""
    found: list[list[int]] = []
    for at in sorted(range(len(newcomers)), key=lambda at: -newcomers[at].second):
        if not found or newcomers[found[-1][0]].second - newcomers[at].second > SPAN_S:
            found.append([])
        found[-1].append(at)
    return [sorted(run) for run in found]


def equalled(newcomers: Sequence[Newcomer], placings: Sequence[Placing]) -> list[Placing]:
    """Those with equal texts in the story of the first of them, however far apart they are."""
    first: dict[bytes, int] = {}
    return [
        placing
        if one.is_short or not one.text_hash
        else placing._replace(story=first.setdefault(one.text_hash, placing.story))
        for one, placing in zip(newcomers, placings, strict=True)
    ]


class _Batch:
    """The stories of a batch while they are decided, one article after the other; new ones count down from -2."""

    def __init__(self, window: "Window", extents: dict[int, Extent]) -> None:
        self._window = window
        self._own: dict[int, Extent] = {}
        self._extents: ChainMap[int, Extent] = ChainMap(self._own, extents)
        self._equal: dict[bytes, tuple[int, int]] = {}
        # A story → the one that it turned out to be.
        self._joined: dict[int, int] = {}
        self._placings: list[Placing] = []
        self._made = 0

    def place(self, place: int, one: Newcomer) -> None:
        known, second = self._equal.get(one.text_hash, (None, 0)) if one.text_hash else (None, 0)
        is_equal = known is not None and (not one.is_short or abs(one.second - second) <= WITHIN_S)
        placing = Placing(self._now(known)) if known is not None and is_equal else self._placing(one)
        if one.text_hash:
            self._equal[one.text_hash] = placing.story, one.second
        self._window.settle(place, placing.story)
        self._own[placing.story] = self._extents.get(placing.story, Extent()).grown(one.second)
        self._placings.append(placing)

    def placings(self) -> list[Placing]:
        """As they are after the last one; new stories count down from -1."""
        settled = [one._replace(story=self._now(one.story)) for one in self._placings]
        return [one._replace(story=one.story + 1) if one.story < 0 else one for one in settled]

    def _now(self, story: int) -> int:
        while story in self._joined:
            story = self._joined[story]
        return story

    def _placing(self, one: Newcomer) -> Placing:
        if one.story is not None:
            return Placing(one.story)
        alike = self._alike(one) if one.fingerprint.is_telling else []
        bare = not one.fingerprint.has_lead
        story = nearest(alike, self._extents, bare=bare)
        if story is None:
            # Stories are told apart from the sign that none is decided.
            self._made += 1
            return Placing(-1 - self._made)
        joined = frozenset(
            other.story
            for other in alike
            if other.story != story and self._extents[other.story].size == 1 and likeness(other, bare=bare) >= BRIDGED
        )
        news = _news(self._window, story, one)
        for other in joined:
            self._joined[other] = story
            extent, added = self._extents[story], self._extents[other]
            self._own[story] = Extent(
                extent.size + added.size, min(extent.first, added.first), max(extent.last, added.last)
            )
        return Placing(story, news, frozenset(other for other in joined if other >= 0))

    def _alike(self, one: Newcomer) -> list["Neighbour"]:
        """Its neighbours, with their stories as they are by now, as far as these can take it."""
        found = self._window.like(one.fingerprint, second=one.second, within_s=WITHIN_S)
        present = [other._replace(story=self._now(other.story)) for other in found]
        return [other for other in present if self._extents[other.story].grown(one.second).lasts_s <= LASTS_S]


def nearest(alike: Sequence["Neighbour"], extents: Extents, *, bare: bool) -> int | None:
    """The story that an article with these neighbours tells; a `bare` one is a headline without a text."""
    by_story: dict[int, list[float]] = {}
    for one in alike:
        by_story.setdefault(one.story, []).append(likeness(one, bare=bare))
    linked = ((_linked(found, extents[story].size), -story) for story, found in by_story.items())
    best = max(linked, default=(0.0, 0))
    return -best[1] if best[0] >= SAME else None


def likeness(one: "Neighbour", *, bare: bool = False) -> float:
    """How surely two articles tell one story; from SAME on they do. `bare`: the one asked for has no text."""
    if not one.is_telling:
        return 0.0
    if bare or not one.has_lead:
        found = SOUND_WEIGHT * one.sound
    elif one.same_language:
        found = WORDS * one.words + (1 - WORDS) * one.title
    else:
        found = SAME * one.names / FOREIGN if one.shared_names >= FOREIGN_NAMES else 0.0
    if one.other_numbers and one.same_language:
        found *= OTHER_NUMBERS if one.gap_s <= YOUNG_S else OTHER_NUMBERS_LATER
    if one.other_names and one.same_language:
        found *= ONLY_NAMES if one.sound >= HEADLINES_ALIKE else OTHER_NAMES
    return found * (1 - AGED * one.gap_s / WITHIN_S)


def _linked(found: list[float], size: int) -> float:
    """Of a story with so many articles; those that are not among the neighbours are not alike at all."""
    size = max(size, len(found))
    average = sum(sorted(found, reverse=True)[:NEAREST]) / min(NEAREST, size)
    return max(average - GROWN * math.log2(size), max(found) / SURE)


def _news(window: "Window", story: int, one: Newcomer) -> frozenset[int]:
    """The features that make the article a development of the story."""
    known, first = window.of_story(story)
    if one.second - first < DEVELOPS_AFTER_S:
        return frozenset()
    own = one.fingerprint
    titles = [
        feature
        for feature, count in zip(own.features, own.in_title, strict=True)
        if count and feature >> KIND_BITS != SOUND
    ]
    weights = dict(zip(titles, window.weights(titles), strict=True))
    new = {feature for feature in titles if feature not in known}
    share = sum(weights[feature] for feature in new) / (sum(weights.values()) or 1.0)
    has_fact = any(feature >> KIND_BITS in (NAME, NUMBER) for feature in new)
    if share < (NEW_FACT if has_fact else NEW):
        return frozenset()
    return frozenset(own.features) - known
