"""Which story an article tells: decided when it is stored, by the articles of the days around it.

    new articles ──neighbours──▶ how alike ──the nearest of each story, on average──▶ a story that is there, or a new
                                                                          └──▶ what is new, if it was told before

Equal texts tell one story, however far apart (`storage.articles`). Those that differ are compared within two days of
one another. An article joins the story whose nearest articles are on average enough like it, so that stories don't
chain, and stays there: a story keeps its identity while it grows.
"""

import asyncio
import math
from collections import ChainMap
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.driver import fetch
from storage.faces import Headline, face
from storage.fingerprints import KIND_BITS, NAME, NUMBER, SOUND, Fingerprint, fingerprint
from storage.schema import articles, feedback, fingerprints, saved, stories, told

if TYPE_CHECKING:  # what no command needs at once is not loaded here
    from storage.neighbours import Neighbour, Window

# Articles farther apart don't tell the same event.
WITHIN_S: Final = int(timedelta(hours=48).total_seconds())
# Of a range of time, so many articles are held at most, the newest: some 150 MB.
MOST: Final = 200_000
# Of a batch, articles within so long are compared together; for older ones so many are read, and forgotten again.
SPAN_S: Final = int(timedelta(days=4).total_seconds())
MOST_ONCE: Final = 5_000
# What is read beside the time that is asked for, so that the next batch finds it there.
MARGIN_S: Final = int(timedelta(hours=24).total_seconds())
# After so many more, only what is needed is read again: a bot that runs for months remembers days.
MOST_ADDED: Final = 50_000

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
# So many articles of an older version are made comparable at once.
COMPLETED: Final = 5_000
# So many headlines compete for standing for a story.
COMPETING: Final = 40

_COLUMNS = "f.id, articles.id, articles.docid, articles.story_id, articles.source_id, f.packed"
_OF_TIME = (
    f"SELECT {_COLUMNS} FROM articles INDEXED BY ix_articles_candidates"
    " CROSS JOIN fingerprints AS f ON f.article_id = articles.id"
    " WHERE articles.docid BETWEEN :low AND :high ORDER BY articles.docid DESC LIMIT :most"
)
_SINCE = (
    f"SELECT {_COLUMNS} FROM fingerprints AS f CROSS JOIN articles ON articles.id = f.article_id"
    " WHERE f.id > :seen AND articles.docid BETWEEN :low AND :high ORDER BY f.id"
)
_BESIDE = (
    "SELECT docid, story_id FROM articles INDEXED BY ix_articles_candidates"
    " WHERE docid BETWEEN :before AND :low - 1 OR docid BETWEEN :high + 1 AND :after"
)
_INCOMPLETE = (
    "SELECT articles.id, articles.title, articles.text, articles.language FROM articles"
    " WHERE articles.id IN (SELECT near.id FROM articles AS near INDEXED BY ix_articles_candidates"
    " LEFT JOIN fingerprints AS f ON f.article_id = near.id WHERE near.docid BETWEEN :low AND :high"
    " AND f.id IS NULL ORDER BY near.docid DESC LIMIT :most)"
)
_NEWEST = "SELECT coalesce(max(id), 0), (SELECT coalesce(max(docid), 0) FROM articles) FROM fingerprints"
_THERE = "SELECT id FROM stories WHERE id IN (SELECT value FROM json_each(:wanted))"
# As in `storage.articles`, which reads this module.
DOCID_BITS: Final = 20


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


class Stories:
    """What a process remembers of the articles of late; it reads on what others store, and again what it never saw."""

    def __init__(self, *, most: int = MOST) -> None:
        self._most = most
        self._window: Window | None = None
        self._low = self._high = self._seen = self._read = 0
        self._extents: dict[int, Extent] = {}

    async def place(self, conn: AsyncConnection, newcomers: Sequence[Newcomer]) -> list[Placing]:
        """In the transaction that stores them; each sees those before it. What is never stored leaves no trace.

        Of a batch from many days the last days are compared with what is remembered, the others with what there is of
        their own days, so that nobody has to hold all between them.
        """
        placings: dict[int, Placing] = {}
        made, *others = _runs(newcomers) or [[]]
        for run in (*others, made):
            memory = self if run is made else Stories(most=MOST_ONCE)
            found = await memory._place(conn, [newcomers[at] for at in run])
            # Each run counts its new stories from -1 on.
            before = min([0, *(one.story for one in placings.values())])
            placings |= {
                at: one._replace(story=one.story + before) if one.story < 0 else one
                for at, one in zip(run, found, strict=True)
            }
        return _equalled(newcomers, [placings[at] for at in range(len(newcomers))])

    async def _place(self, conn: AsyncConnection, newcomers: Sequence[Newcomer]) -> list[Placing]:
        if not newcomers:
            return []
        try:
            window = await self._ready(conn, newcomers)
            placings = await asyncio.to_thread(self._placed, window, newcomers)
        except BaseException:
            # Of one that is cancelled the thread goes on, with what is remembered by nobody else from now on.
            self._window = None
            raise
        chosen = {story for one in placings for story in (one.story, *one.joined) if story >= 0}
        gone = chosen - {row[0] for row in await fetch(conn, _THERE, {"wanted": str(sorted(chosen))})}
        if not gone:
            return placings
        # Deleted by another process since it was read.
        self._window = None
        return await self._place(conn, newcomers)

    def has_few(self, story: int) -> bool:
        """Whether the story has so few articles that a further headline may come to stand for it."""
        return self._extents.get(story, Extent()).size < COMPETING

    async def _ready(self, conn: AsyncConnection, newcomers: Sequence[Newcomer]) -> "Window":
        """The window of all the time that matters, with what has been stored since it was read."""
        from storage.neighbours import Window

        low = min(one.second for one in newcomers) - WITHIN_S
        high = max(one.second for one in newcomers) + WITHIN_S
        [(newest, last)] = await fetch(conn, _NEWEST, {})
        is_full = self._window is not None and len(self._window) > self._read + MOST_ADDED
        if self._window is None or low < self._low or high > self._high or is_full:
            self._low = low - MARGIN_S
            # To the end where that is near, so that what comes next belongs to it.
            self._high = high + MARGIN_S if last >> DOCID_BITS > high + MARGIN_S else 1 << 40
            values = {**self._bounds, "most": self._most}
            await _complete(conn, self._bounds)
            rows = (await fetch(conn, _OF_TIME, values))[::-1]
            self._window, self._read = Window(), len(rows)
            self._extents = _extents(await fetch(conn, _BESIDE, self._bounds))
        else:
            rows = await fetch(conn, _SINCE, {**self._bounds, "seen": self._seen})
        await asyncio.to_thread(self._take, self._window, rows)
        self._seen = newest
        return self._window

    @property
    def _bounds(self) -> dict[str, int]:
        low, high = self._low << DOCID_BITS, (self._high + 1 << DOCID_BITS) - 1
        # As far as a story can reach.
        beside = LASTS_S << DOCID_BITS
        return {"low": low, "high": high, "before": low - beside, "after": high + beside}

    def _take(self, window: "Window", rows: Iterable[tuple[int, int, int, int, int, bytes]]) -> None:
        from storage.segments import Row

        found = [Row(id_, docid >> DOCID_BITS, story, source, packed) for _, id_, docid, story, source, packed in rows]
        extents, known = self._extents, window.add(found)
        for row in found:
            extent = extents.get(row.story, Extent())
            extents[row.story] = extent.grown(row.second)._replace(size=extent.size + (row.id not in known))

    def _placed(self, window: "Window", newcomers: Sequence[Newcomer]) -> list[Placing]:
        from storage.neighbours import UNPLACED
        from storage.segments import Row

        rows = [
            # No article has such an id.
            Row(-number, one.second, UNPLACED, one.source, one.fingerprint.packed)
            for number, one in enumerate(newcomers, start=1)
        ]
        batch = _Batch(window, self._extents)
        window.push(rows)
        try:
            for place, one in enumerate(newcomers):
                batch.place(place, one)
        finally:
            window.pop()
        return batch.placings()


def _runs(newcomers: Sequence[Newcomer]) -> list[list[int]]:
    """Where those of some days each stand in the batch, the last days first."""
    runs: list[list[int]] = []
    for at in sorted(range(len(newcomers)), key=lambda at: -newcomers[at].second):
        if not runs or newcomers[runs[-1][0]].second - newcomers[at].second > SPAN_S:
            runs.append([])
        runs[-1].append(at)
    return [sorted(run) for run in runs]


def _equalled(newcomers: Sequence[Newcomer], placings: Sequence[Placing]) -> list[Placing]:
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


def _extents(rows: Iterable[tuple[int, int]]) -> dict[int, Extent]:
    """Of the stories that are told by articles of these docids."""
    found: dict[int, Extent] = {}
    for docid, story in rows:
        found[story] = found.get(story, Extent()).grown(docid >> DOCID_BITS)
    return found


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


async def _complete(conn: AsyncConnection, bounds: Mapping[str, int]) -> None:
    """Makes the fingerprints of articles that an older version stored, the newest of them."""
    rows = await fetch(conn, _INCOMPLETE, {"low": bounds["low"], "high": bounds["high"], "most": COMPLETED})
    if rows:
        made = [
            (id_, await asyncio.to_thread(fingerprint, title, text, language)) for id_, title, text, language in rows
        ]
        await take(conn, made)


async def create(conn: AsyncConnection, count: int, *, now: datetime) -> list[int]:
    """So many new stories, by their ids."""
    if not count:
        return []
    added = stories.insert().returning(stories.c.id)
    return list((await conn.execute(added, [{"created_at": now} for _ in range(count)])).scalars())


async def take(conn: AsyncConnection, found: Sequence[tuple[int, Fingerprint]]) -> None:
    """Stores what articles are compared by, in place of what they were compared by before."""
    ids = [article_id for article_id, _ in found]
    await conn.execute(fingerprints.delete().where(fingerprints.c.article_id.in_(ids)))
    rows = [{"article_id": article_id, "packed": one.packed} for article_id, one in found]
    await conn.execute(fingerprints.insert(), rows)


async def join(conn: AsyncConnection, found: Mapping[int, int]) -> None:
    """Lets stories of one article become part of others, but those that somebody has been told, or keeps.

    Their fingerprints are stored anew, so that other processes read them again.
    """
    if not found:
        return
    known = [exists().where(table.c.story_id == stories.c.id) for table in (told, saved, feedback)]
    free = select(articles.c.id, articles.c.story_id, fingerprints.c.packed).join(
        fingerprints, fingerprints.c.article_id == articles.c.id
    )
    free = free.join(stories, stories.c.id == articles.c.story_id).where(stories.c.id.in_(found), ~or_(*known))
    if not (moved := (await conn.execute(free)).all()):
        return
    own = articles.update().where(articles.c.id == bindparam("article"))
    changes = [{"article": row.id, "story": found[row.story_id]} for row in moved]
    await conn.execute(own.values(story_id=bindparam("story")), changes)
    await conn.execute(stories.delete().where(stories.c.id.in_([row.story_id for row in moved])))
    await conn.execute(fingerprints.delete().where(fingerprints.c.article_id.in_([row.id for row in moved])))
    await conn.execute(fingerprints.insert(), [{"article_id": row.id, "packed": row.packed} for row in moved])


async def set_faces(conn: AsyncConnection, story_ids: Collection[int]) -> None:
    """Chooses anew which headline stands for each of the stories, among those of its first articles."""
    read = select(articles.c.story_id, articles.c.id, articles.c.title).where(articles.c.story_id.in_(story_ids))
    headlines: dict[int, list[Headline]] = {}
    for row in await conn.execute(read.order_by(articles.c.docid)):
        headlines.setdefault(row.story_id, []).append(Headline(row.id, row.title))
    faces = [{"story": story, "face": face(found[:COMPETING])} for story, found in headlines.items()]
    if faces:
        own = stories.update().where(stories.c.id == bindparam("story"))
        await conn.execute(own.values(face_id=bindparam("face")), faces)
