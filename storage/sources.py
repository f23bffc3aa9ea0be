"""Where articles come from: a source is known by its name and its host together."""

import sqlite3
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.language.tokens import tokenise
from storage.models import Draft, Source
from storage.schema import sources

SourceKey = tuple[str, str]


def key(draft: Draft) -> SourceKey:
    """Name and host of a draft's source; the host stands in for a missing name."""
    host = _host(draft.url) if draft.url else ""
    return draft.source or host, host


# A query that asks for a source looks at all there are.
@lru_cache(maxsize=1 << 12)
def words(source: Source) -> tuple[tuple[str, ...], ...]:
    """The words that `source:` may name it by: those of its name, and those of its host."""
    return tuple(tuple(token.form for token in tokenise(text)) for text in (source.name, source.host))


async def resolve(conn: AsyncConnection, keys: Iterable[SourceKey]) -> dict[SourceKey, Source]:
    """The sources of these names and hosts; those not known yet are added."""
    wanted = set(keys)
    found = await _by_keys(conn, wanted)
    if missing := sorted(wanted - found.keys()):
        await conn.execute(sources.insert(), [{"name": name, "host": host} for name, host in missing])
        found |= await _by_keys(conn, set(missing))
    return found


def everything(driver: sqlite3.Connection) -> list[Source]:
    rows = driver.execute("SELECT id, name, host FROM sources ORDER BY id")
    return [Source(id=source_id, name=name, host=host) for source_id, name, host in rows]


async def count(conn: AsyncConnection) -> int:
    return (await conn.execute(select(func.count()).select_from(sources))).scalar_one()


async def _by_keys(conn: AsyncConnection, keys: set[SourceKey]) -> dict[SourceKey, Source]:
    rows = await conn.execute(select(sources).where(tuple_(sources.c.name, sources.c.host).in_(sorted(keys))))
    return {(row.name, row.host): Source(id=row.id, name=row.name, host=row.host) for row in rows}


# Asked several times for each draft of a batch.
@lru_cache(maxsize=1 << 10)
def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")
