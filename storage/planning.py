"""What is new to many chats at once: who follows what, joined in arrays with the matches of late.

    matches, newest first, page by page ──recent──▶ by query, in arrays ─┐
    live subscriptions of some chats ──followed─────────────────────────▶ join ── − stories told ──▶ Plan

A story that was told comes again only by a later article that says something new of it.

A window of matches serves one chat after another for a while. It never holds more than MOST pairs of a query and an
article: chats that have not been looked at for longer are left out of it, and get a window of their own queries.
"""

import asyncio
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import renewal
from storage.recent import Flags, Ids, Recent, recent
from storage.schema import chats, subscriptions, told
from storage.subscriptions import LIVE, newest_match

# A day of 2,000 articles that met 2,500 queries each, and half as much again: at most 130 MB while it is sorted.
MOST: Final = 1 << 23
# From so many chats on, one window for all of them is made sooner than one of their own queries.
MANY: Final = 500
# After so many chats a window gives way to one with the matches that came meanwhile.
RENEWED_AFTER: Final = 10_000
# Values bound at once: SQLite takes 32,766.
BOUND: Final = 10_000


class Followed(NamedTuple):
    """Live subscriptions that are not paused, a row each: by chat, then in the order in which they were made."""

    ids: Ids
    chat_ids: Ids
    query_ids: Ids
    cursors: Ids
    after_articles: Ids


class Looked(NamedTuple):
    """A subscription as it was when its matches were looked at."""

    id: int
    query_id: int
    cursor: int


class Fresh(NamedTuple):
    """An article that is new to a chat, and a subscription that caught it; an update if its story was told before."""

    subscription_id: int
    query_id: int
    article_id: int
    story_id: int
    is_update: bool = False


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is new to one chat, by subscription and in the order of matching; matches up to `cursor` were looked at.

    A story that several subscriptions caught, or that several articles tell, stands there as often.
    """

    chat_id: int
    looked_at: tuple[Looked, ...]
    fresh: tuple[Fresh, ...]
    cursor: int


class _Pairs(NamedTuple):
    """New articles by the rows of the subscriptions that caught them, and which of them are updates."""

    rows: Ids
    article_ids: Ids
    story_ids: Ids
    updates: Flags

    def kept(self, which: Flags) -> "_Pairs":
        return _Pairs(*(column.compress(which) for column in self))


@dataclass(frozen=True, slots=True)
class Plan:
    """What is new to some chats; `late` are those that the window does not reach back for."""

    chat_ids: tuple[int, ...]
    late: tuple[int, ...]
    followed: Followed
    pairs: _Pairs
    newest: int

    def of(self, chat_id: int) -> Gathered:
        first, last = np.searchsorted(self.followed.chat_ids, [chat_id, chat_id + 1])
        start, end = np.searchsorted(self.pairs.rows, [first, last])
        rows, *told_by = (column[start:end] for column in self.pairs)
        fresh = (self.followed.ids[rows], self.followed.query_ids[rows], *told_by)
        own = (self.followed.ids, self.followed.query_ids, self.followed.cursors)
        return Gathered(
            chat_id,
            tuple(Looked(*row) for row in _rows(*(column[first:last] for column in own))),
            tuple(Fresh(*row) for row in _rows(*fresh)),
            self.newest,
        )

    def batches(self, *, articles: int) -> Iterator[list[Gathered]]:
        """The chats in their order, as many at once as have so many new articles together, or one that has more."""
        batch: list[Gathered] = []
        held = 0
        for chat_id in self.chat_ids:
            one = self.of(chat_id)
            if batch and held + len(one.fresh) > articles:
                yield batch
                batch, held = [], 0
            batch.append(one)
            held += len(one.fresh)
        if batch:
            yield batch


class Planner:
    """Plans for one chat after another, over a window of matches that it keeps; `instant` for what is told at once."""

    def __init__(self, *, instant: bool) -> None:
        self._instant = instant
        self._recent: Recent | None = None
        # The match that the window was to begin after, and the chats that it may still serve.
        self._floor = self._left = 0

    async def plan(self, conn: AsyncConnection, chat_ids: Sequence[int]) -> Plan:
        """For these chats, in their order; all of a small number, of many all but the late ones."""
        found = await followed(conn, chat_ids, instant=self._instant)
        if len(chat_ids) < MANY:
            since = int(found.cursors.min()) if len(found.ids) else await newest_match(conn)
            among = await recent(conn, since, queries=np.unique(found.query_ids).astype(np.uint32))
        else:
            among = await self._window(conn, found, len(chat_ids))
        return await gather(conn, chat_ids, found, among)

    async def _window(self, conn: AsyncConnection, found: Followed, number: int) -> Recent:
        """The window as it is, or read anew: where it is worn out, or does not reach back as far as it might."""
        newest, renewing = await newest_match(conn), await renewal.next_query(conn)
        floor = int(found.cursors.min()) if len(found.ids) else newest
        kept = self._recent
        if kept and kept.renewing == renewing and (self._left > 0 or kept.newest == newest):
            if kept.since <= floor or kept.since > self._floor:
                self._left -= number
                return kept
            # Twice as far at least, so that a few steps reach whatever there is.
            floor = max(0, min(floor, newest - 2 * (newest - kept.since)))
        self._recent = kept = None  # there is no room for two
        self._recent = await recent(conn, floor, most=MOST)
        self._floor, self._left = floor, RENEWED_AFTER - number
        return self._recent


async def followed(conn: AsyncConnection, chat_ids: Sequence[int], *, instant: bool) -> Followed:
    """What the chats follow; `instant` leaves what waits for a digest."""
    row = subscriptions.c
    chosen = _lists(row.id, row.chat_id, row.query_id, row.cursor, row.after_article).where(LIVE, ~row.paused)
    if instant:
        chosen = chosen.join(chats, chats.c.id == row.chat_id).where(or_(row.instant, chats.c.instant))
    found = Followed(*await _of_chats(conn, chosen, row.chat_id, chat_ids))
    order = np.argsort(_paired(found.chat_ids, found.ids))
    return Followed(*(column[order] for column in found))


async def gather(conn: AsyncConnection, chat_ids: Sequence[int], found: Followed, among: Recent) -> Plan:
    """What is new to the chats among these matches, which may have been read a while ago."""
    late = frozenset(found.chat_ids[found.cursors < among.since].tolist())
    new = await asyncio.to_thread(_new, found, among, late)
    whose = found.chat_ids[new.rows]
    known = await _told(conn, whose, new.story_ids, lately=among.first_story)
    updates = known & new.updates
    if updates.any():
        some = (column[updates] for column in (whose, new.story_ids, new.article_ids))
        updates[updates] = await _are_later(conn, *some)
    kept = ~known | updates
    return Plan(
        tuple(chat_id for chat_id in chat_ids if chat_id not in late),
        tuple(chat_id for chat_id in chat_ids if chat_id in late),
        found,
        new._replace(updates=updates).kept(kept),
        among.newest,
    )


def _new(found: Followed, among: Recent, late: frozenset[int]) -> _Pairs:
    """Matches after each subscription's cursor, of articles stored after it began; updates are what might be some."""
    start, end = among.of(found.query_ids)
    if late:
        end = np.where(np.isin(found.chat_ids, list(late)), start, end)
    counts = end - start
    rows = np.repeat(np.arange(len(counts)), counts)
    places = among.places.take(np.arange(len(rows)) + np.repeat(start - (np.cumsum(counts) - counts), counts))
    after_cursor = among.match_ids.take(places) > found.cursors.take(rows)
    kept = after_cursor & (among.article_ids.take(places) > found.after_articles.take(rows))
    rows, places = rows.compress(kept), places.compress(kept)
    return _Pairs(rows, *(column.take(places) for column in (among.article_ids, among.story_ids, among.developments)))


async def _told(conn: AsyncConnection, chat_ids: Ids, story_ids: Ids, *, lately: int) -> Flags:
    """Which of these the chats have been told: of each chat, one range of late stories; older ones one by one."""
    if not len(chat_ids):
        return np.zeros(0, bool)
    old = story_ids < lately
    known = [await _known(conn, chat_ids, told.c.story_id >= lately)]
    known += [
        await _known(conn, chat_ids[old], told.c.story_id.in_(some))
        for some in parts(np.unique(story_ids[old]).tolist())
    ]
    return _among(np.concatenate(known), _paired(chat_ids, story_ids))


def _among(known: Ids, asked: Ids) -> Flags:
    """Which of those asked for are known; `np.isin` would sort them all, and takes three times as long."""
    known.sort()
    at = known.searchsorted(asked)
    found: Flags = np.append(known, -1).take(at) == asked
    return found


async def _known(conn: AsyncConnection, chat_ids: Ids, which: ColumnElement[bool]) -> Ids:
    """What was told to the chats, which come in order, each of them as often as one likes."""
    whose = chat_ids[np.append(chat_ids[1:] != chat_ids[:-1], True)].tolist()
    chosen = _lists(told.c.chat_id, told.c.story_id).where(which)
    return _paired(*await _of_chats(conn, chosen, told.c.chat_id, whose))


async def _are_later(conn: AsyncConnection, chat_ids: Ids, story_ids: Ids, article_ids: Ids) -> Flags:
    """Which of these articles came after the one by which the chat was told their story."""
    tellings = _paired(chat_ids, story_ids)
    wanted = func.json_each(json.dumps(np.unique(tellings).tolist())).table_valued("value")
    row = told.c
    own = (row.chat_id == wanted.c.value.op(">>")(32)) & (row.story_id == wanted.c.value.op("&")((1 << 32) - 1))
    # Of a telling by an older version nobody knows the article.
    columns = (row.chat_id, row.story_id, func.coalesce(row.article_id, 0))
    chosen = _lists(*columns).select_from(wanted.join(told, own))
    *known, by = _read((await conn.execute(chosen)).one())
    told_by = dict(zip(_paired(*known).tolist(), by.tolist(), strict=True))
    # These are few: stories that go on.
    pairs = zip(tellings.tolist(), article_ids.tolist(), strict=True)
    return np.array([one in told_by and article > told_by[one] for one, article in pairs], np.bool_)


def _lists(*columns: ColumnElement[int]) -> Select[Any]:
    """One row, with all values of each column in a list: as many rows take twice as long, and hold Python's lock."""
    return select(*map(func.json_group_array, columns))


async def _of_chats(
    conn: AsyncConnection, chosen: Select[Any], chat_id: ColumnElement[int], whose: Sequence[int]
) -> list[Ids]:
    """The lists that are chosen, of these chats alone; in no order, but in the same."""
    # One value rather than a thousand, which would take as long to bind as the rows to read.
    given = func.json_each(json.dumps(whose)).table_valued("value")
    return _read((await conn.execute(chosen.where(chat_id.in_(select(given.c.value))))).one())


def _read(lists: Iterable[str]) -> list[Ids]:
    return [np.fromstring(numbers[1:-1], np.int64, sep=",") for numbers in lists]


def _paired(chat_ids: Ids, others: Ids) -> Ids:
    """A number for each chat and one of its stories or subscriptions; ids have less than 32 bits as queries' do."""
    return chat_ids << 32 | others


def parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """As many at once as one statement takes."""
    return (ids[at : at + BOUND] for at in range(0, len(ids), BOUND))


def _rows(*columns: NDArray[Any]) -> Iterator[tuple[Any, ...]]:
    return zip(*(column.tolist() for column in columns), strict=True)
