"""Reading for a search: the articles that its plan allows, newest first, as far as ranking looks at them.

    plan ──index, bounds──▶ candidates ──verify what the index can't tell──▶ matches, by and by

The narrow index of articles says of each candidate what ranking needs: the rows, which texts make dear, stay unread.
"""

import math
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from itertools import islice
from typing import Any, NamedTuple, cast

from storage import sources as source_rows
from storage import verifying
from storage.articles import DOCID_BITS
from storage.plan import HIGHEST, LOWEST, Plan, has_beginning, plan
from storage.syntax import After, Before, From, In, Last, Query

# A beginning of words that so many of so many candidates have is looked for in further ones, rather than in the index.
SAMPLE, FREQUENT = 64, 4

_CHOSEN = "articles.docid, articles.id, articles.story_id, articles.source_id"
_ALL = "articles INDEXED BY ix_articles_candidates"
_FOUND = f"article_index CROSS JOIN {_ALL} ON articles.docid = article_index.rowid"
_TERMS = "CROSS JOIN article_terms ON article_terms.article_id = articles.id"
_WHOLE = "CROSS JOIN articles AS whole ON whole.id = articles.id"
_TOLD_BY_ROWS = (After, Before, In, Last)
# What these mean depends on the sources there are, and on the moment.
_CHANGING = (From, Last)
_IN_TITLE = "SELECT rowid FROM article_index WHERE article_index MATCH :match AND rowid BETWEEN :low AND :high"
# Stands for moments that nothing asks for.
_UNREAD = datetime.fromtimestamp(0, UTC)

Row = tuple[Any, ...]


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


# As `Candidate._make`, which is Python and takes half as long again, of each of many.
_as_candidate = cast("Callable[[Row], Candidate]", partial(tuple.__new__, Candidate))


@dataclass(frozen=True, slots=True)
class Asked:
    """A query with its plan and the snapshot that it is asked on.

    `sources` are known by their words where the query asks for one; `now` is None for a standing query; articles with
    a greater id than `up_to` are not there.
    """

    driver: sqlite3.Connection
    query: Query
    plan: Plan
    sources: dict[int, tuple[tuple[str, ...], ...]]
    now: datetime | None
    up_to: int

    @contextmanager
    def candidates(self) -> Iterator[Iterator[Row]]:
        """Their rows, newest first, read as far as they are looked at."""
        values = {"match": self.plan.match, "low": self.plan.low, "high": self.plan.high, "up_to": self.up_to}
        rows = self.driver.execute(_newest(self.plan), values)
        try:
            yield rows
        finally:
            rows.close()

    def matches(self, rows: Iterable[Row]) -> Iterator[Candidate]:
        """Those of the candidates that are what the index could not tell."""
        if self.plan.rest is None:
            return map(_as_candidate, rows)
        if stands := verifying.look(self.plan.rest):
            return (Candidate._make(row[:4]) for row in rows if stands(row[4]))
        return self._verified(verifying.compiled(self.plan.rest), rows)

    def _verified(self, means: verifying.Test, rows: Iterable[Row]) -> Iterator[Candidate]:
        language, published_at, now = "", _UNREAD, self.now or _UNREAD
        for docid, article_id, story_id, source_id, terms, *whole in rows:
            if whole:
                language = whole[0]
                published_at, stored_at = (datetime.fromtimestamp(second, UTC) for second in whole[1:])
                now = self.now or stored_at
            words = self.sources.get(source_id, ())
            if means(verifying.Candidate(terms, language, words, published_at, now)):
                yield Candidate(docid, article_id, story_id, source_id)


def ask(
    driver: sqlite3.Connection,
    query: Query,
    *,
    now: datetime | None,
    up_to: int | None = None,
    since: datetime | None = None,
    whole: bool = False,
) -> Asked:
    """With `whole` all candidates are going to be read, rather than the newest: the index is asked for all it knows."""
    kinds = {type(node) for node in query.nodes()}
    known = source_rows.everything(driver) if From in kinds else []
    words = {source.id: source_rows.words(source) for source in known}
    newest = HIGHEST if up_to is None else up_to
    lowest = LOWEST if since is None else math.ceil(since.timestamp()) << DOCID_BITS

    def planned(*, with_beginnings: bool) -> Plan:
        if kinds.isdisjoint(_CHANGING):
            whole = _constant(query, with_beginnings=with_beginnings)
        else:
            whole = plan(query, sources=known, now=now, with_beginnings=with_beginnings)
        return replace(whole, low=lowest) if lowest > whole.low else whole

    asked = Asked(driver, query, planned(with_beginnings=True), words, now, newest)
    if whole or not any(map(has_beginning, query.nodes())):
        return asked
    spared = replace(asked, plan=planned(with_beginnings=False))
    with spared.candidates() as rows:
        sample = list(islice(rows, SAMPLE))
    is_frequent = len(sample) < SAMPLE or len(list(spared.matches(sample))) >= FREQUENT
    return spared if is_frequent else asked


@lru_cache(maxsize=1 << 10)  # what is asked for is asked for again: page by page, and by many
def _constant(query: Query, *, with_beginnings: bool) -> Plan:
    """The plan of a query that means the same whenever it is asked."""
    return plan(query, sources=(), now=None, with_beginnings=with_beginnings)


def in_title(asked: Asked, docids: Collection[int]) -> set[int]:
    """Those that have the query's words in the headline."""
    found = set(docids if asked.plan.in_title else ())
    for match in asked.plan.in_title:
        if found:
            values = {"match": match, "low": min(found), "high": max(found)}
            found &= {docid for (docid,) in asked.driver.execute(_IN_TITLE, values)}
    return found


def _newest(planned: Plan) -> str:
    """The statement for the candidates, newest first, with what they are verified by."""
    chosen, joined = _CHOSEN, ""
    if planned.rest is not None:
        chosen, joined = f"{chosen}, article_terms.terms", _TERMS
        if any(isinstance(node, _TOLD_BY_ROWS) for node in Query(planned.rest, "").nodes()):
            chosen, joined = f"{chosen}, whole.language, whole.published_at, whole.stored_at", f"{joined} {_WHOLE}"
    start, match, docid = _ALL, "", "articles.docid"
    if planned.match is not None:
        start, match, docid = _FOUND, "article_index MATCH :match AND", "article_index.rowid"
    return (
        f"SELECT {chosen} FROM {start} {joined}"
        f" WHERE {match} {docid} BETWEEN :low AND :high AND articles.id <= :up_to ORDER BY {docid} DESC"
    )
