"""How alike stories are in their words, of one event or not: what a chat's taste is guessed from.

faces of stories ──fingerprints──▶ TF-IDF over lemmas of headline and lead ──cosine──▶ pairs that share enough
"""

import asyncio
import json
from collections.abc import Collection, Sequence
from typing import Final

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.driver import fetch
from storage.segments import Row, Segment, Weights, segment, stretched, vectors

# Of pairs of Russian articles so alike, seven in eight are of one topic of eight; from 0.25 on all are, most of one
# event.
LEAST: Final = 0.1
# As if there were so many other stories that have none of the words: the few that are compared say little of what is
# common.
OTHERS: Final = 1000

# Of a story without a face the earliest article.
_FACES: Final = (
    "SELECT stories.id, f.packed FROM json_each(:wanted) AS wanted CROSS JOIN stories ON stories.id = wanted.value"
    " CROSS JOIN fingerprints AS f ON f.article_id = coalesce(stories.face_id, (SELECT articles.id FROM articles"
    " WHERE articles.story_id = stories.id ORDER BY articles.docid LIMIT 1))"
)


async def similarities(
    conn: AsyncConnection, story_ids: Collection[int], to: Collection[int]
) -> dict[tuple[int, int], float]:
    """(Story, one of the others) → cosine of their faces, 0..1; small ones are left out."""
    if not story_ids or not to:
        return {}
    asked, others = [await _rows(conn, ids) for ids in (story_ids, to)]
    return await asyncio.to_thread(cosines, asked, others)


def cosines(asked: Sequence[Row], others: Sequence[Row]) -> dict[tuple[int, int], float]:
    """By story; takes a tenth of a millisecond for each that is asked for, so keep it off the event loop."""
    if not asked or not others:
        return {}
    mine, theirs = segment(asked), segment(others)
    own, weights = _weights(mine, theirs), _weights(theirs, mine)[np.argsort(theirs.features, kind="stable")]
    found: dict[tuple[int, int], float] = {}
    for place, row in enumerate(asked):
        part = slice(mine.starts[place], mine.starts[place + 1])
        begins, ends = theirs.ranges(mine.features[part])
        at, sizes = stretched(begins, ends)
        sums = np.bincount(theirs.articles_of[at], np.repeat(own[part], sizes) * weights[at], len(theirs))
        found |= {(row.story, others[one].story): float(sums[one]) for one in np.flatnonzero(sums >= LEAST).tolist()}
    return found


def _weights(one: Segment, other: Segment) -> Weights:
    """What each feature of each article weighs, articles being of length 1: TF-IDF of words by both segments."""
    found = np.zeros(len(one.distinct), np.int64)
    for begins, ends in (one.ranges(one.distinct), other.ranges(one.distinct)):
        found += ends - begins
    idf = np.log((len(one) + len(other) + OTHERS) / (found + 0.5))
    weights = vectors(one.features, one.in_title, one.in_lead)[0] * idf[one.distinct.searchsorted(one.features)]
    owners = np.repeat(np.arange(len(one)), np.diff(one.starts))
    lengths = np.sqrt(np.bincount(owners, weights**2, len(one)))
    normal: Weights = np.divide(weights, lengths[owners], out=np.zeros(len(weights)), where=lengths[owners] > 0)
    return normal


async def _rows(conn: AsyncConnection, story_ids: Collection[int]) -> list[Row]:
    found = await fetch(conn, _FACES, {"wanted": json.dumps(sorted(story_ids))})
    return [Row(0, 0, story_id, 0, packed) for story_id, packed in found]
