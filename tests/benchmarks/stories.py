"""Which articles tell one story, beside title Jaccard, MinHash and TF-IDF cosine.

    pairs       forty pairs of Russian articles with their texts: in the store of a day, and in an empty one
    headlines   5,504 pairs of bare headlines, recovered from addresses
    day         a day's articles in order of time against clusters that no person has checked: B-cubed
    posts       a year of Telegram channels: the largest stories, to be read
    cost        milliseconds of processor an article, memory, and what the first batch takes

    python -m tests.benchmarks.stories [--only SECTION …] [--quick]

What is marked * has a threshold that was fitted on the very pairs, or the very day; cross-validated: on the other four
fifths. The product's constants are as they stand.
"""

import argparse
import asyncio
import sys
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import pytest

from storage import articles
from storage.articles import Analysed
from storage.comparing import UNPLACED
from storage.database import Database
from storage.fingerprints import fingerprint
from storage.language.detect import settle
from storage.models import Article, Draft
from storage.neighbours import Window
from storage.placing import SAME, WITHIN_S, likeness
from storage.segments import Row
from tests.benchmarks import stories_cost, stories_data
from tests.benchmarks.report import line, table
from tests.benchmarks.stories_data import Pair, Text
from tests.benchmarks.stories_peers import peers
from tests.benchmarks.stories_score import (
    FOLDS,
    PRECISION,
    Labels,
    Scores,
    b_cubed,
    best,
    cross_validated,
    interval,
    nearest_before,
    precise,
    score,
    single_pass,
)

NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)
# When the pairs were published: in the midst of the day.
NOON: Final = datetime(2020, 5, 3, 12, tzinfo=UTC)
BATCH: Final = 100
SECTIONS: Final = ("pairs", "headlines", "day", "posts", "cost")
LARGEST, SHOWN = 15, 9
GRID: Final = [number / 20 for number in range(2, 17)]


class UndoneError(Exception):
    """Rolls a pair back."""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser("python -m tests.benchmarks.stories", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=SECTIONS, metavar="SECTION")
    parser.add_argument("--quick", action="store_true", help="some of the headlines, the day and the posts")
    asked = parser.parse_args(arguments)
    try:
        asyncio.run(_measure(asked.only, quick=asked.quick))
    except pytest.skip.Exception as missing:
        line(f"Nothing is measured: {missing}.")


async def _measure(sections: Sequence[str], *, quick: bool) -> None:
    if {"pairs", "day"} & set(sections):
        async with _store() as database:
            await _day(database, sections, quick=quick)
    if "headlines" in sections:
        await _headlines(stories_data.headlines_in_pairs()[: 1000 if quick else None])
    if "posts" in sections:
        await _posts(stories_data.posts()[: 2000 if quick else None])
    if "cost" in sections:
        await stories_cost.measure((10_000,) if quick else (10_000, 100_000))


@asynccontextmanager
async def _store() -> AsyncIterator[Database]:
    with TemporaryDirectory() as folder:
        database = await Database.open(f"sqlite+aiosqlite:///{Path(folder)}/news.db")
        yield database
        await database.close()


async def _fill(database: Database, drafts: Sequence[Draft]) -> list[Article]:
    """As they came, in batches; the articles in this order."""
    for at in range(0, len(drafts), BATCH):
        analysed = articles.analyse(drafts[at : at + BATCH])
        async with database.write() as conn:
            await articles.store(conn, analysed, now=NOW, remembered=database.remembered)
    async with database.read() as conn:
        return await articles.export(conn, after=0, limit=len(drafts))


async def _day(database: Database, sections: Sequence[str], *, quick: bool) -> None:
    day = stories_data.day()[: 1000 if quick else None]
    stored = await _fill(database, [draft for draft, _ in day])
    if "day" in sections:
        clusters = {draft.url: cluster for draft, cluster in day}
        _clusters(stored, [clusters[article.url] for article in stored])
    if "pairs" in sections:
        await _pairs(database, stories_data.articles_in_pairs())


def _clusters(stored: Sequence[Article], expected: Sequence[str]) -> None:
    line(f"\n{len(stored):,} articles of a day in order of time, {len(set(expected)):,} clusters")
    rows = [_clustered("newsbot", [article.story_id for article in stored], expected)]
    for peer in peers(of_pairs=False):
        similar = peer.similar([Text(article.title, article.text) for article in stored])
        nearest = nearest_before(similar, len(stored))
        passes = [single_pass(nearest, threshold) for threshold in GRID]
        rows.append(max((_clustered(f"{peer.name} *", one, expected) for one in passes), key=lambda row: row[3]))
    table(("", "precision", "recall", "F1 (B³)", "stories", "largest"), *rows)


def _clustered(name: str, found: Sequence[int], expected: Sequence[str]) -> tuple[str, float, float, float, int, int]:
    return (name, *b_cubed(found, expected), len(set(found)), max(Counter(found).values()))


async def _pairs(warm: Database, pairs: Sequence[Pair]) -> None:
    labels = np.array([pair.is_same for pair in pairs])
    line(f"\n{len(pairs)} pairs of articles, {labels.sum()} of them one story")
    async with _store() as cold:
        rows = [
            _row("newsbot, in the day's store", await _decided(warm, pairs), labels),
            _row("newsbot, in an empty store", await _decided(cold, pairs), labels),
        ]
    _beside(rows, pairs, labels)


async def _headlines(pairs: Sequence[Pair]) -> None:
    labels = np.array([pair.is_same for pair in pairs])
    line(f"\n{len(pairs):,} pairs of headlines, {labels.sum():,} of them one story")
    async with _store() as cold:
        rows = [_row("newsbot, in an empty store", await _decided(cold, pairs), labels)]
    scores = await asyncio.to_thread(_likeness, pairs)
    rows.append(_row("newsbot, weighed by all of these", scores >= SAME, labels))
    rows += _fitted("newsbot, weighed by all of these", scores, labels)
    precisions = [_precise("newsbot, weighed by all of these", scores, labels)]
    precisions += _beside(rows, pairs, labels)
    line(f"\nOf headlines, how much is found with a precision of {PRECISION}")
    table(("", "recall *", "precision", f"recall, {FOLDS}-fold"), *precisions)


async def _decided(database: Database, pairs: Iterable[Pair]) -> Labels:
    """Whether the product puts both articles into one story, one stored after the other; nothing is left of them."""
    return np.array([await _is_one(database, pair) for pair in pairs])


async def _is_one(database: Database, pair: Pair) -> bool:
    drafts = [
        Draft(title=one.title, text=one.text, source=name, published_at=NOON)
        for one, name in ((pair.one, "One"), (pair.other, "Other"))
    ]
    analysed: list[Analysed] = articles.analyse(drafts)
    stories: list[int] = []
    with suppress(UndoneError):
        async with database.write() as conn:
            newest = await articles.newest_id(conn)
            await articles.store(conn, analysed, now=NOW, remembered=database.remembered)
            stories = [article.story_id for article in await articles.export(conn, after=newest, limit=2)]
            raise UndoneError
    # Equal ones are one article.
    return len(set(stories)) == 1


def _likeness(pairs: Sequence[Pair]) -> Scores:
    """What the product compares with its threshold, weights being those of all texts."""
    texts = list(dict.fromkeys(text for pair in pairs for text in pair[:2]))
    found = {one: fingerprint(*one, settle(None, f"{one.title}\n{one.text}")) for one in texts}
    window = Window()
    window.add([Row(place, 0, UNPLACED, 0, found[one].packed) for place, one in enumerate(texts, start=1)])

    def alike(pair: Pair) -> float:
        one, other = found[pair.one], found[pair.other]
        window.push([Row(-1, 0, 1, 0, one.packed)])
        near = window.like(other, second=0, within_s=WITHIN_S)
        window.pop()
        return max((likeness(each, bare=not other.has_lead) for each in near), default=0) if other.is_telling else 0

    return np.array([alike(pair) for pair in pairs], float)


def _beside(rows: list[tuple[object, ...]], pairs: Sequence[Pair], labels: Labels) -> list[tuple[object, ...]]:
    """Prints the rows and the peers'; how much each peer finds with much precision."""
    texts = list(dict.fromkeys(text for pair in pairs for text in pair[:2]))
    places, precisions = {text: place for place, text in enumerate(texts)}, []
    for peer in peers(of_pairs=True):
        similar = peer.similar(texts)
        scores = np.array([similar(places[pair.one])[places[pair.other]] for pair in pairs])
        rows += _fitted(peer.name, scores, labels)
        precisions.append(_precise(peer.name, scores, labels))
    table(("", "precision", "recall", "F1", "95 %"), *rows)
    return precisions


def _fitted(name: str, scores: Scores, labels: Labels) -> list[tuple[object, ...]]:
    return [
        _row(f"{name} *", scores >= best(scores, labels), labels),
        _row(f"{name}, cross-validated", cross_validated(scores, labels, best), labels),
    ]


def _row(name: str, found: Labels, labels: Labels) -> tuple[object, ...]:
    low, high = interval(found, labels)
    precision, recall, f1 = score(found, labels)
    return name, f"{precision:.3f}", f"{recall:.3f}", f"{f1:.3f}", f"{low:.3f} to {high:.3f}"


def _precise(name: str, scores: Scores, labels: Labels) -> tuple[object, ...]:
    fitted = score(scores >= precise(scores, labels), labels)
    precision, recall, _ = score(cross_validated(scores, labels, precise), labels)
    return name, f"{fitted.recall:.3f}", f"{precision:.3f}", f"{recall:.3f}"


async def _posts(drafts: Sequence[Draft]) -> None:
    async with _store() as database:
        stored = await _fill(database, drafts)
    told: defaultdict[int, list[Article]] = defaultdict(list)
    for article in sorted(stored, key=lambda one: one.published_at):
        told[article.story_id].append(article)
    developments = sum(article.development is not None for article in stored)
    line(f"\n{len(stored):,} posts, {len(told):,} stories, {developments:,} developments; the largest stories")
    for story in sorted(told.values(), key=len, reverse=True)[:LARGEST]:
        sources = {article.source.name for article in story}
        line(f"\n{len(story)} articles of {len(sources)} sources")
        for article in story[:: -(-len(story) // SHOWN)]:
            line(f"  {article.published_at:%d.%m. %H:%M}  {article.source.name[:16]:16}  {article.title[:90]}")


if __name__ == "__main__":
    main(sys.argv[1:])
