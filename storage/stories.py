"""Which story an article tells: decided when it is stored, by the articles of the days around it.

    new articles ──neighbours──▶ how alike ──the nearest of each story, on average──▶ a story that is there, or a new
                                                                          └──▶ what is new, if it was told before

Equal texts tell one story, however far apart (`storage.articles`). Those that differ are compared within two days of
one another. An article joins the story whose nearest articles are on average enough like it, so that stories don't
chain, and stays there: a story keeps its identity while it grows. A lone article alone, of which nobody has been told,
may join a story when one comes that is like both. What is decided and why stands in `storage.placing`.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.driver import fetch
from storage.faces import Headline, face
from storage.fingerprints import Fingerprint, fingerprint
from storage.placing import LASTS_S, WITHIN_S, Extent, Newcomer, Placing, equalled, placed, runs
from storage.schema import articles, feedback, fingerprints, saved, stories, told

if TYPE_CHECKING:  # what no command needs at once is not loaded here
    from storage.neighbours import Window

# Of a range of time, so many articles are held at most, the newest: some 200 MB.
MOST: Final = 200_000
# Of days long past so many are read, and forgotten again.
MOST_ONCE: Final = 5_000
# What is read beside the time that is asked for, so that the next batch finds it there.
MARGIN_S: Final = int(timedelta(hours=24).total_seconds())
# After so many more, only what is needed is read again: a bot that runs for months remembers days.
MOST_ADDED: Final = 50_000

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
        made, *others = runs(newcomers) or [[]]
        for run in (*others, made):
            memory = self if run is made else Stories(most=MOST_ONCE)
            found = await memory._place(conn, [newcomers[at] for at in run])
            if memory is not self:
                # Each run knows its own days: what one joined another might still give articles to.
                found = [one._replace(joined=frozenset()) for one in found]
            # Each run counts its new stories from -1 on.
            before = min([0, *(one.story for one in placings.values())])
            placings |= {
                at: one._replace(story=one.story + before) if one.story < 0 else one
                for at, one in zip(run, found, strict=True)
            }
        joined = {other: one.story for one in placings.values() for other in one.joined}
        settled = [
            placings[at]._replace(story=joined.get(placings[at].story, placings[at].story)) for at in sorted(placings)
        ]
        return equalled(newcomers, settled)

    async def _place(self, conn: AsyncConnection, newcomers: Sequence[Newcomer]) -> list[Placing]:
        if not newcomers:
            return []
        try:
            window = await self._ready(conn, newcomers)
            placings = await asyncio.to_thread(placed, window, self._extents, newcomers)
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


def _extents(rows: Iterable[tuple[int, int]]) -> dict[int, Extent]:
    """Of the stories that are told by articles of these docids."""
    found: dict[int, Extent] = {}
    for docid, story in rows:
        found[story] = found.get(story, Extent()).grown(docid >> DOCID_BITS)
    return found


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
    free = list((await conn.execute(select(stories.c.id).where(stories.c.id.in_(found), ~or_(*known)))).scalars())
    if not free:
        return
    # All articles, those too that are too old to be compared: what is left in a story goes with it.
    rows = await conn.execute(
        select(articles.c.id, fingerprints.c.packed)
        .join(fingerprints, fingerprints.c.article_id == articles.c.id)
        .where(articles.c.story_id.in_(free))
    )
    compared = [{"article_id": row.id, "packed": row.packed} for row in rows]
    own = articles.update().where(articles.c.story_id == bindparam("joined"))
    changes = [{"joined": story, "story": found[story]} for story in free]
    await conn.execute(own.values(story_id=bindparam("story")), changes)
    await conn.execute(stories.delete().where(stories.c.id.in_(free)))
    if compared:
        ids = [row["article_id"] for row in compared]
        await conn.execute(fingerprints.delete().where(fingerprints.c.article_id.in_(ids)))
        await conn.execute(fingerprints.insert(), compared)


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
