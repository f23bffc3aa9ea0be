"""Reading for a search: the articles that its plan allows, newest first, as far as ranking looks at them.

    plan ──index, bounds──▶ candidates ──verify what the index can't tell──▶ matches, by pages

The narrow index of articles says of each candidate what ranking needs: the rows, which texts make dear, stay unread.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from storage import sources as source_rows
from storage import verifying
from storage.articles import DOCID_BITS
from storage.index import fetch
from storage.plan import HIGHEST, LOWEST, Plan, has_beginning, plan
from storage.syntax import After, Before, From, In, Last, Node, Query

LARGEST_PAGE = 4000
# Each takes 15 µs to verify: of a page that is larger most may turn out not to have been needed.
LARGEST_VERIFIED = 256
# A beginning of words that so many of so many candidates have is looked for in further ones, rather than in the index.
SAMPLE, FREQUENT = 64, 4

_CHOSEN = "articles.docid, articles.id, articles.story_id, articles.source_id"
_ALL = "articles INDEXED BY ix_articles_candidates"
_FOUND = f"article_index CROSS JOIN {_ALL} ON articles.docid = article_index.rowid"
_TERMS = "CROSS JOIN article_terms ON article_terms.article_id = articles.id"
_WHOLE = "CROSS JOIN articles AS whole ON whole.id = articles.id"
_TOLD_BY_ROWS = (After, Before, In, Last)
_IN_TITLE = "SELECT rowid FROM article_index WHERE article_index MATCH :match AND rowid BETWEEN :low AND :high"


class Candidate(NamedTuple):
    """What the narrow index holds of an article."""

    docid: int
    id: int
    story_id: int
    source_id: int

    @property
    def second(self) -> int:
        """When it was published."""
        return self.docid >> DOCID_BITS


class Page(NamedTuple):
    """The matches among candidates that were read at once, the docid of the last of these, and whether it is the last
    one there is.
    """

    matches: list[Candidate]
    lowest: int
    is_last: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A query with its plan and the snapshot that it is asked on.

    `sources` are known by their words where the query asks for one; `now` is None for a standing query; articles with
    a greater id than `up_to` are not there.
    """

    conn: AsyncConnection
    query: Query
    plan: Plan
    sources: dict[int, tuple[tuple[str, ...], ...]]
    now: datetime | None
    up_to: int

    @property
    def values(self) -> dict[str, Any]:
        """What the statements are given."""
        return {"match": self.plan.match, "low": self.plan.low, "high": self.plan.high, "up_to": self.up_to}


async def ask(
    conn: AsyncConnection,
    query: Query,
    *,
    now: datetime | None,
    up_to: int | None = None,
    since: datetime | None = None,
) -> Asked:
    asks_for_source = any(isinstance(node, From) for node in query.nodes())
    known = await source_rows.everything(conn) if asks_for_source else []
    words = {source.id: source_rows.words(source) for source in known}
    newest = HIGHEST if up_to is None else up_to
    lowest = LOWEST if since is None else math.ceil(since.timestamp()) << DOCID_BITS

    def planned(*, with_beginnings: bool) -> Plan:
        whole = plan(query, sources=known, now=now, with_beginnings=with_beginnings)
        return replace(whole, low=max(whole.low, lowest))

    asked = Asked(conn, query, planned(with_beginnings=True), words, now, newest)
    if not any(map(has_beginning, query.nodes())):
        return asked
    spared = replace(asked, plan=planned(with_beginnings=False))
    sample = await _read(spared, high=spared.plan.high, most=SAMPLE)
    return spared if sample.is_last or len(sample.matches) >= FREQUENT else asked


async def pages(asked: Asked, *, first: int) -> AsyncIterator[Page]:
    """The matches among so many of the newest candidates, then among the next ones, more and more at a time."""
    page = await _read(asked, high=asked.plan.high, most=first)
    yield page
    size, largest = first, LARGEST_PAGE if asked.plan.rest is None else LARGEST_VERIFIED
    while not page.is_last:
        size = min(size * 2, largest)
        page = await _read(asked, high=page.lowest - 1, most=size)
        yield page


async def _read(asked: Asked, *, high: int, most: int) -> Page:
    rows = await fetch(asked.conn, _newest(asked.plan), {**asked.values, "high": high, "most": most})
    rest, is_last = asked.plan.rest, len(rows) < most
    lowest = rows[-1][0] if rows else high
    if rest is None:
        return Page([Candidate._make(row) for row in rows], lowest, is_last)
    # Off the event loop: the words of thousands of texts may have to be read.
    return Page(await asyncio.to_thread(_verified, asked, rest, rows), lowest, is_last)


async def count(asked: Asked, *, most: int) -> int:
    """How many stories the candidates tell, counted up to `most`."""
    statement = f"SELECT count(*) FROM (SELECT DISTINCT articles.story_id {_within(asked.plan)} LIMIT :most)"
    [(counted,)] = await fetch(asked.conn, statement, {**asked.values, "most": most})
    return int(counted)


async def in_title(asked: Asked, among: Sequence[Candidate]) -> set[int]:
    """The docids of those that have the query's words in the headline."""
    if asked.plan.in_title is None or not among:
        return set()
    docids = [one.docid for one in among]
    values = {"match": asked.plan.in_title, "low": min(docids), "high": max(docids)}
    rows = await fetch(asked.conn, _IN_TITLE, values)
    return {docid for (docid,) in rows}


def _newest(planned: Plan) -> str:
    """The statement for the newest candidates, with what they are verified by."""
    chosen, joined = _CHOSEN, ""
    if planned.rest is not None:
        chosen, joined = f"{chosen}, article_terms.terms", _TERMS
        if any(isinstance(node, _TOLD_BY_ROWS) for node in Query(planned.rest, "").nodes()):
            chosen, joined = f"{chosen}, whole.language, whole.published_at, whole.stored_at", f"{joined} {_WHOLE}"
    return f"SELECT {chosen} {_within(planned, joined)} ORDER BY {_docid(planned)} DESC LIMIT :most"


def _within(planned: Plan, joined: str = "") -> str:
    """The articles that the index and the bounds allow."""
    start, match = (_ALL, "") if planned.match is None else (_FOUND, "article_index MATCH :match AND")
    return f"FROM {start} {joined} WHERE {match} {_docid(planned)} BETWEEN :low AND :high AND articles.id <= :up_to"


def _docid(planned: Plan) -> str:
    return "articles.docid" if planned.match is None else "article_index.rowid"


def _verified(asked: Asked, rest: Node, rows: Iterable[tuple[Any, ...]]) -> list[Candidate]:
    """Those of the candidates that are what the index could not tell."""
    means = verifying.compiled(rest)
    kept = []
    for docid, article_id, story_id, source_id, terms, *whole in rows:
        language, published_at, stored_at = whole or ("", 0, 0)
        now = asked.now or datetime.fromtimestamp(stored_at, UTC)
        words = asked.sources.get(source_id, ())
        if means(verifying.Candidate(terms, language, words, datetime.fromtimestamp(published_at, UTC), now)):
            kept.append(Candidate(docid, article_id, story_id, source_id))
    return kept
