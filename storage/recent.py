"""The matches of late, by the query that they met: a window that serves one chat after another.

matches, newest first, page by page ──▶ pairs of a query and a match ──sort──▶ by query, in arrays
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import matches, renewal
from storage.matches import Match
from storage.subscriptions import newest_match

Ids: TypeAlias = NDArray[np.int64]
Small: TypeAlias = NDArray[np.uint32]
Flags: TypeAlias = NDArray[np.bool_]

# So many matches are read at once: some megabytes.
PAGE: Final = 64


@dataclass(frozen=True, slots=True)
class Recent:
    """Matches after `since` up to `newest`, by the query that they met.

    What met `queries[i]` stands at `places[starts[i]:starts[i + 1]]`, in the order of matching; a place is where a
    match has its id, article and story, and whether the article says something new of it. Stories before `first_story`
    are old ones that came again. `renewing` is the query that was to be renewed next: where it is another one now,
    subscriptions have moved.
    """

    since: int
    newest: int
    renewing: int | None
    queries: Small
    starts: Ids
    places: Small
    match_ids: Ids
    article_ids: Ids
    story_ids: Ids
    developments: Flags
    first_story: int

    def of(self, query_ids: Ids) -> tuple[Ids, Ids]:
        """Where the places of what met each of these queries begin, and where they end."""
        if not len(self.queries):
            return np.zeros_like(query_ids), np.zeros_like(query_ids)
        # Numbers of another size would have all queries of the window copied to be compared with them.
        wanted, which = np.unique(query_ids.astype(self.queries.dtype), return_inverse=True)
        at = self.queries.searchsorted(wanted)
        found = self.queries[np.minimum(at, len(self.queries) - 1)] == wanted
        return self.starts[at][which], self.starts[at + found][which]


async def recent(conn: AsyncConnection, since: int, *, queries: Small | None = None, most: int | None = None) -> Recent:
    """The matches after `since`; with `queries`, of these alone; where they have more than `most` pairs, the newest."""
    newest = until = await newest_match(conn)
    pages: list[_Page] = []
    while until > since and (most is None or sum(len(page.query_ids) for page in pages) < most):
        found = await matches.since(conn, since, until=until, newest=PAGE)
        until = found[0].id - 1 if len(found) == PAGE else since
        pages.append(await asyncio.to_thread(_page, found, queries))
    renewing = await renewal.next_query(conn)
    return await asyncio.to_thread(_inverted, pages[::-1], since=until, newest=newest, renewing=renewing)


class _Page(NamedTuple):
    """Some matches in order; `counts` says how many of `query_ids` each of them has."""

    match_ids: Ids
    article_ids: Ids
    story_ids: Ids
    developments: Flags
    counts: Ids
    query_ids: Small


def _page(found: Sequence[Match], queries: Small | None) -> _Page:
    met = [np.frombuffer(match.packed, "<u4") for match in found]
    if queries is not None:
        met = [_common(queries, query_ids) for query_ids in met]
    columns = [[match.id, match.article_id, match.story_id] for match in found]
    ids, article_ids, story_ids = np.array(columns, np.int64).reshape(-1, 3).T
    return _Page(
        ids,
        article_ids,
        story_ids,
        np.array([match.development for match in found], np.bool_),
        np.array([len(one) for one in met], np.int64),
        _joint(met, np.uint32),
    )


def _common(queries: Small, met: Small) -> Small:
    """What two ascending rows of ids have in common, where the second is not empty."""
    found: Small = queries[met[np.minimum(met.searchsorted(queries), len(met) - 1)] == queries]
    return found


def _inverted(pages: Sequence[_Page], *, since: int, newest: int, renewing: int | None) -> Recent:
    counts = _joint([page.counts for page in pages], np.int64)
    query_ids = _joint([page.query_ids for page in pages], np.uint32)
    # Numbers of two halves, a place and above it a query: sorted, they stand by query, and for each query in the order
    # of matching.
    pairs = np.empty(len(query_ids), "<u8")
    places, queries = pairs.view("<u4").reshape(-1, 2).T
    queries[:] = query_ids
    places[:] = np.repeat(np.arange(len(counts), dtype=np.uint32), counts)
    pairs.sort()
    starts = np.flatnonzero(np.append(len(pairs) > 0, queries[1:] != queries[:-1]))
    story_ids = _joint([page.story_ids for page in pages], np.int64)
    return Recent(
        since=since,
        newest=newest,
        renewing=renewing,
        queries=queries.take(starts),
        starts=np.append(starts, len(pairs)),
        places=places.copy(),
        match_ids=_joint([page.match_ids for page in pages], np.int64),
        article_ids=_joint([page.article_ids for page in pages], np.int64),
        story_ids=story_ids,
        developments=_joint([page.developments for page in pages], np.bool_),
        first_story=_first_of_late(story_ids),
    )


def _first_of_late(story_ids: Ids) -> int:
    """The first of the stories that came with these matches; an old one that is told again lies far before the rest."""
    if not len(story_ids):
        return 0
    middle, last = np.median(story_ids), story_ids.max()
    return int(story_ids[story_ids >= middle - 2 * (last - middle)].min())


def _joint(arrays: Sequence[NDArray[Any]], kind: type[np.generic]) -> NDArray[Any]:
    return np.concatenate([np.empty(0, kind), *arrays])
