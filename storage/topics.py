"""Topics of today, to be offered to whoever follows nothing yet: what is talked about more than usual.

    the newest day ──articles in the reader's language──▶ mentions ──against their usual share──▶ each tried by a search

Where the day, or the language, has too little to tell, the newest articles there are do instead.
"""

import asyncio
import math
import sqlite3
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.articles import DOCID_BITS
from storage.candidates import ask
from storage.driver import on_driver
from storage.errors import QueryError
from storage.mentions import Mention, Text, mentions
from storage.query import parse
from storage.schema import seconds
from storage.search import search
from storage.sources import everything
from storage.sources import words as words_of_source

# What happened yesterday evening is still talked about this morning.
TODAY: Final = timedelta(hours=36)
USUALLY: Final = timedelta(days=14)
# So many articles are read at most: a quarter of a second of a thread's time; and so few, where a day has less.
MOST, LEAST = 300, 120
# Among so many of the newest are those of a language looked for.
LOOKED_THROUGH: Final = 4000
# So many of the weightiest mentions are compared with the days before, and so many are tried by a search.
COMPARED, TRIED = 40, 20
# What fits on a button of a narrow phone.
LONGEST: Final = 24
STORIES: Final = 2
# Two topics that share so much of their stories are one.
SHARED: Final = 0.5
# What is met no more often than before is offered only where there is nothing else.
USUAL_LIFT: Final = 0.01
# A name never met before counts as if it had been in one article of as many more.
PRIOR: Final = 50

_READ: Final = (
    "SELECT story_id, source_id, title, substr(text, 1, 3000) FROM articles"
    " WHERE id IN (SELECT id FROM articles INDEXED BY ix_articles_candidates WHERE docid BETWEEN :low AND :high"
    " ORDER BY docid DESC LIMIT :among) AND (:language = '' OR language = :language) ORDER BY docid DESC LIMIT :limit"
)
_NEWEST: Final = "SELECT max(docid) FROM articles INDEXED BY ix_articles_candidates WHERE docid <= :high"
_HAVING: Final = "SELECT count(*) FROM article_index WHERE article_index MATCH :match AND rowid BETWEEN :low AND :high"
_ALL: Final = "SELECT count(*) FROM articles INDEXED BY ix_articles_candidates WHERE docid BETWEEN :low AND :high"


class _Span(NamedTuple):
    """Docids of what is looked at, how many of them at most, and what the days before begin with."""

    low: int
    high: int
    usual: int
    limit: int


async def topics(conn: AsyncConnection, *, languages: Sequence[str], now: datetime, limit: int = 3) -> list[str]:
    """At most `limit` of them, the most talked about first, each a query that finds two stories or more.

    Of the first of these languages, and of the next where that has too little to tell; the empty one is any.
    """
    found: list[str] = []
    for language in languages:
        for span in await on_driver(conn, lambda driver: _spans(driver, now=now)):
            found = await _offered(conn, found, span, language, now=now, limit=limit)
            if len(found) == limit:
                return found
    return found


async def _offered(
    conn: AsyncConnection, found: list[str], span: _Span, language: str, *, now: datetime, limit: int
) -> list[str]:
    texts, dull = await on_driver(conn, lambda driver: (_read(driver, span, language), _of_sources(driver)))
    named = await asyncio.to_thread(mentions, texts, at_least=STORIES)
    fitting = [one for one in named if len(one.shown) <= LONGEST and dull.isdisjoint((one.lemmas, one.lemmas[-1:]))]
    ranked = await on_driver(conn, lambda driver: _ranked(driver, fitting[:COMPARED], span))
    offered, chosen = list(found), list[Mention]()
    for one in ranked[:TRIED]:
        if len(offered) == limit:
            break
        if _is_new(one, chosen, offered) and await _finds_stories(conn, one.shown, now=now):
            offered.append(one.shown)
            chosen.append(one)
    return offered


def _is_new(one: Mention, chosen: Collection[Mention], offered: Collection[str]) -> bool:
    words = {word.casefold() for topic in offered for word in topic.split()}
    if words & {word.casefold() for word in one.shown.split()}:
        return False
    return not any(
        set(one.lemmas) & set(other.lemmas)
        or len(one.stories.keys() & other.stories.keys()) > SHARED * min(len(one.stories), len(other.stories))
        for other in chosen
    )


async def _finds_stories(conn: AsyncConnection, topic: str, *, now: datetime) -> bool:
    try:
        query = parse(topic)
    except QueryError:
        return False
    return (await search(conn, query, now=now, limit=1, standing=True)).total >= STORIES


def _spans(driver: sqlite3.Connection, *, now: datetime) -> list[_Span]:
    """Today, or the newest day there is; then the newest articles of any day."""
    high = (seconds(now) + 1 << DOCID_BITS) - 1
    newest = driver.execute(_NEWEST, {"high": high}).fetchone()[0]
    if newest is None:
        return []
    newest_second = newest >> DOCID_BITS
    until = seconds(now) if newest_second >= seconds(now - TODAY) else newest_second
    low = until - int(TODAY.total_seconds()) << DOCID_BITS
    usual = low - (int(USUALLY.total_seconds()) << DOCID_BITS)
    return [_Span(low, high, usual, MOST), _Span(-(1 << 62), high, -(1 << 62), LEAST)]


def _read(driver: sqlite3.Connection, span: _Span, language: str) -> list[Text]:
    values = {"low": span.low, "high": span.high, "limit": span.limit, "among": LOOKED_THROUGH, "language": language}
    return [Text(*row) for row in driver.execute(_READ, values)]


def _of_sources(driver: sqlite3.Connection) -> set[tuple[str, ...]]:
    """Names of what is read: they stand in its texts, and are not what these tell of."""
    return {words for source in everything(driver) for words in words_of_source(source)}


def _ranked(driver: sqlite3.Connection, found: Sequence[Mention], span: _Span) -> list[Mention]:
    """By how many stories and sources tell of them, and how much more often than before."""
    now_all = _counted(driver, _ALL, span.low, span.high)
    usual_all = _counted(driver, _ALL, span.usual, span.low - 1)

    def heat(one: Mention) -> float:
        lift = 1.0
        if usual_all >= PRIOR and (match := _match(driver, one.shown)):
            share_now = _counted(driver, _HAVING, span.low, span.high, match) / max(now_all, 1)
            share_usual = (_counted(driver, _HAVING, span.usual, span.low - 1, match) + 1) / (usual_all + PRIOR)
            lift = max(math.log(max(share_now, share_usual) / share_usual), USUAL_LIFT)
        return one.weight * math.sqrt(len(one.sources)) * lift

    return sorted(found, key=heat, reverse=True)


def _match(driver: sqlite3.Connection, shown: str) -> str | None:
    try:
        return ask(driver, parse(shown), now=None, whole=True).plan.match
    except QueryError:
        return None


def _counted(driver: sqlite3.Connection, statement: str, low: int, high: int, match: str = "") -> int:
    [count] = driver.execute(statement, {"low": low, "high": high, "match": match}).fetchone()
    return int(count)
