"""Which of the stories that are remembered new articles tell. Pure, but for the window that it looks into.

newcomers ──neighbours──▶ how alike ──the nearest of each story, on average──▶ Placing
"""

import math
from collections import ChainMap
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from storage.fingerprints import KIND_BITS, NAME, NUMBER, SOUND, Fingerprint

if TYPE_CHECKING:  # what no command needs at once is not loaded here
    import numpy as np
    from numpy.typing import NDArray

    from storage.neighbours import Known, Neighbour, Window

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
# A story that goes on is told again and again. Of one that nobody told for a while more is asked, so much more after as
# long as articles are compared: what comes then is mostly the next of what comes every day.
RESTED: Final = 0.15
# After more than a night's quiet an article must be like the story as a whole, which is so many articles at most: some
# of another day's report always share its phrases, but not all.
NIGHT_S: Final = int(timedelta(hours=12).total_seconds())
NEAREST_RESTED: Final = 8
# Nor does a source tell an event under one headline on two days, for what it goes on with is what is new: where the
# headlines are so much alike, it is the next report of its kind.
AGAIN: Final = 0.7
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
# where what is new is a number, or a name that a source adds to what it told itself.
DEVELOPS_AFTER_S: Final = int(timedelta(minutes=30).total_seconds())
NEW, NEW_FACT = 0.4, 0.15
# A headline that is new altogether is that of a round-up.
ALL_NEW: Final = 0.97
# A source does not tell the same twice; another one tells in words of its own, for so long, what the last one told.
RETOLD_S: Final = int(timedelta(hours=2).total_seconds())


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

    `new` are the features that are new to a story that was told before, empty where nothing much is, `rested_s`: for so
    long nobody had told it. `joined` are stories of one article each that turn out to be the same.
    """

    story: int
    new: frozenset[int] = frozenset()
    rested_s: int = 0
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

    def rested_s(self, second: int) -> int:
        """How long nobody told the story before this second, or after it."""
        return max(0, second - self.last, self.first - second)


Extents: TypeAlias = Mapping[int, Extent]


def placed(window: "Window", extents: dict[int, Extent], newcomers: Sequence[Newcomer]) -> list[Placing]:
    """The story of each in their order, of which each sees those before it; the window is left as it was."""
    from storage.comparing import UNPLACED
    from storage.segments import Row

    rows = [
        # No article has such an id.
        Row(-number, one.second, UNPLACED, one.source, one.fingerprint.packed)
        for number, one in enumerate(newcomers, start=1)
    ]
    window.push(rows)
    try:
        batch = _Batch(window, extents, window.pushed(within_s=WITHIN_S, worth=may_be_same))
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

    def __init__(
        self, window: "Window", extents: dict[int, Extent], neighbours: Sequence[Sequence["Neighbour"]]
    ) -> None:
        self._window, self._neighbours = window, neighbours
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
        placing = Placing(self._now(known)) if known is not None and is_equal else self._placing(place, one)
        if one.text_hash:
            self._equal[one.text_hash] = placing.story, one.second
        self._window.settle(place, placing.story)
        self._own[placing.story] = self._extents.get(placing.story, Extent()).grown(one.second)
        self._placings.append(placing)

    def placings(self) -> list[Placing]:
        """As they are after the last one; new stories count down from -1."""
        settled = [one._replace(story=self._now(one.story)) for one in self._placings]
        return [one._replace(story=one.story + 1) if one.story < 0 else one for one in settled]

    def _story(self, other: "Neighbour") -> int:
        """Of the batch's own it is known only now."""
        return self._now(self._placings[-1 - other.id].story if other.id < 0 else other.story)

    def _now(self, story: int) -> int:
        while story in self._joined:
            story = self._joined[story]
        return story

    def _placing(self, place: int, one: Newcomer) -> Placing:
        if one.story is not None:
            return Placing(one.story)
        alike = self._alike(place, one) if one.fingerprint.is_telling else []
        linked = links(alike, self._extents, one)
        surest = max(((link, -story) for story, link in linked.items()), default=(0.0, 0))
        if surest[0] < SAME:
            # Stories are told apart from the sign that none is decided.
            self._made += 1
            return Placing(-1 - self._made)
        story = -surest[1]
        joined = frozenset(
            other
            for other, link in linked.items()
            if other != story and self._extents[other].size == 1 and link >= BRIDGED
        )
        told = self._window.of_story(story)
        news = _news(self._window, told, one)
        for other in joined:
            self._joined[other] = story
            extent, added = self._extents[story], self._extents[other]
            self._own[story] = Extent(
                extent.size + added.size, min(extent.first, added.first), max(extent.last, added.last)
            )
        return Placing(story, news, one.second - told.last, frozenset(other for other in joined if other >= 0))

    def _alike(self, place: int, one: Newcomer) -> list["Neighbour"]:
        """Its neighbours, with their stories as they are by now, as far as these can take it."""
        found, bare = self._neighbours[place], not one.fingerprint.has_lead
        # No story is more like it than the most alike of its articles.
        if all(likeness(other, bare=bare) < SAME for other in found):
            return []
        present = [other._replace(story=self._story(other)) for other in found]
        return [other for other in present if self._extents[other.story].grown(one.second).lasts_s <= LASTS_S]


def links(alike: Sequence["Neighbour"], extents: Extents, newcomer: Newcomer) -> dict[int, float]:
    """How surely an article with these neighbours tells each of their stories; from SAME on it does."""
    by_story: dict[int, list[Neighbour]] = {}
    for one in alike:
        by_story.setdefault(one.story, []).append(one)
    return {story: _link(found, extents[story], newcomer) for story, found in by_story.items()}


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


def may_be_same(others: Any, bare: "NDArray[np.bool_]") -> "NDArray[np.bool_]":
    """Of many at once: all but those whose likeness is below SAME. Most of what is stored is like nothing."""
    bare = bare | ~others.has_lead
    by_words = WORDS * others.words + (1 - WORDS) * others.title >= SAME
    by_names = ~others.same_language & (others.names >= FOREIGN) & (others.shared_names >= FOREIGN_NAMES)
    found: NDArray[np.bool_] = (bare & (SOUND_WEIGHT * others.sound >= SAME)) | (~bare & (by_words | by_names))
    return found


def _link(found: Sequence["Neighbour"], extent: Extent, newcomer: Newcomer) -> float:
    """With a story of this extent; those of its articles that are not among the neighbours are not alike at all."""
    rested_s = extent.rested_s(newcomer.second)
    has_rested = rested_s >= NIGHT_S
    if has_rested and any(one.source == newcomer.source and one.sound >= AGAIN for one in found):
        return 0.0
    bare = not newcomer.fingerprint.has_lead
    alike = sorted((likeness(one, bare=bare) for one in found), reverse=True)
    size = max(extent.size, len(alike))
    count = min(NEAREST_RESTED if has_rested else NEAREST, size)
    average = sum(alike[:count]) / count
    return max(average - GROWN * math.log2(size), alike[0] / SURE) - RESTED * rested_s / WITHIN_S


def _news(window: "Window", known: "Known", one: Newcomer) -> frozenset[int]:
    """The features that make the article a development of the story."""
    if one.second - known.first < DEVELOPS_AFTER_S:
        return frozenset()
    own = one.fingerprint
    titles = [
        feature
        for feature, count in zip(own.features, own.in_title, strict=True)
        if count and feature >> KIND_BITS != SOUND
    ]
    weights = dict(zip(titles, window.weights(titles), strict=True))
    new = {feature for feature in titles if feature not in known.features}
    share = sum(weights[feature] for feature in new) / (sum(weights.values()) or 1.0)
    is_enough = _least({feature >> KIND_BITS for feature in new}, one, known) <= share <= ALL_NEW
    return frozenset(own.features) - known.features if is_enough else frozenset()


def _least(new: AbstractSet[int], one: Newcomer, known: "Known") -> float:
    """How much of the headline has to be new, by the kinds of what is."""
    is_by_same = one.source in known.sources
    if NUMBER in new or (NAME in new and is_by_same):
        return NEW_FACT
    return NEW if is_by_same or one.second - known.last >= RETOLD_S else math.inf
