"""Articles: reads, and the one way in.

    drafts ──unknown──▶ new or changed ──analyse──▶ language, terms ──store──▶ articles, stories, index: one transaction

`storage.identity` says which article a draft is. A known article whose content changed is updated and will be matched
anew.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count as counting
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import and_, exists, func, or_, select, tuple_
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import index, stories
from storage import sources as source_rows
from storage.developments import development
from storage.fingerprints import Fingerprint
from storage.identity import TELLING, Batch, Entry, Hashed, hashed
from storage.language.document import Document, Line
from storage.models import Article, Draft, Source
from storage.placing import WITHIN_S, Newcomer, Placing
from storage.reading import Content, Read, read
from storage.schema import articles, seconds, sources
from storage.schema import stories as story_rows
from storage.stories import Stories

# The lower bits of a docid tell apart articles of one second.
DOCID_BITS = 20
# The first weeklies are from about then; the first days of year 1 can't even be told by every clock.
EARLIEST = datetime(1600, 1, 1, tzinfo=UTC)

_Hashed = TypeVar("_Hashed", bound=Hashed)


@dataclass(frozen=True, slots=True)
class Analysed(Hashed):
    """A draft with what was computed of it, ready to be stored."""

    language: str
    terms: index.Terms
    fingerprint: Fingerprint


class Stored(NamedTuple):
    """How many drafts were new or changed, and how many were known as they are."""

    imported: int
    known: int


async def unknown(conn: AsyncConnection, drafts: Sequence[Draft], *, ahead: Sequence[Hashed] = ()) -> list[Draft]:
    """Those of a batch that are new or changed, and the others that name the same articles; the rest is known as it is.

    `store` makes of these what it would make of the whole batch, and only they are worth being analysed. Those
    `ahead` are being stored, and come before the batch whether they have been or not.
    """
    batch = [hashed(draft) for draft in drafts]
    known = await _known(conn, [*ahead, *batch])
    for brought in ahead:
        known.meet(brought)
    met = [known.meet(brought) for brought in batch]
    return [draft for draft, entry in zip(drafts, met, strict=True) if entry.changes]


def analyse(drafts: Iterable[Draft]) -> list[Analysed]:
    """Language, terms and hashes of drafts; takes milliseconds for each, so keep it off the event loop."""
    return [analysed(draft, read(content(draft))) for draft in drafts]


def content(draft: Draft) -> Content:
    """What of a draft has to be read."""
    return Content(draft.title, draft.text, draft.language)


def analysed(draft: Draft, found: Read) -> Analysed:
    """A draft with what was read of its content."""
    brought = hashed(draft)
    return Analysed(
        draft=draft,
        content_hash=brought.content_hash,
        text_hash=brought.text_hash,
        language=found.language,
        terms=found.terms,
        fingerprint=found.fingerprint,
    )


async def store(
    conn: AsyncConnection,
    batch: Sequence[Analysed],
    *,
    now: datetime,
    backlog: bool = False,
    remembered: Stories | None = None,
) -> Stored:
    """Stores what is new, updates what changed; later drafts of a batch see the earlier ones.

    What is new of a `backlog` is found and never pushed, whatever becomes of it. Stories are told by what is
    `remembered` of the last days, or by the store itself.
    """
    found_sources = await source_rows.resolve(conn, (source_rows.key(analysed.draft) for analysed in batch))
    known = await _known(conn, batch)
    for analysed in batch:
        known.meet(analysed)
    fresh = known.fresh()
    new = [entry for entry in fresh if entry.id is None]
    await _insert(conn, new, found_sources, now, backlog=backlog, remembered=remembered or Stories())
    await _update(conn, [entry for entry in fresh if entry.id is not None], now)
    imported = sum(entry.changes for entry in fresh)
    return Stored(imported, len(batch) - imported)


async def delete(conn: AsyncConnection, article_ids: Sequence[int]) -> int:
    """Removes articles with all that hangs on them, and the stories that nobody tells any more."""
    await index.remove(conn, article_ids)
    touched = select(articles.c.story_id).where(articles.c.id.in_(article_ids))
    story_ids = (await conn.execute(touched)).scalars().all()
    result = await conn.execute(articles.delete().where(articles.c.id.in_(article_ids)))
    faceless = story_rows.update().where(story_rows.c.id.in_(story_ids), story_rows.c.face_id.in_(article_ids))
    await conn.execute(faceless.values(face_id=None))
    told = select(articles.c.story_id).where(articles.c.story_id.in_(story_ids))
    await conn.execute(story_rows.delete().where(story_rows.c.id.in_(story_ids), story_rows.c.id.not_in(told)))
    return result.rowcount


def selection() -> Any:
    """The columns that `article` reads, to be filtered and ordered."""
    return select(articles, sources.c.name, sources.c.host).join(sources, sources.c.id == articles.c.source_id)


def article(row: Row[Any]) -> Article:
    """A row of `selection` as a value."""
    return Article(
        id=row.id,
        story_id=row.story_id,
        source=Source(id=row.source_id, name=row.name, host=row.host),
        title=row.title,
        text=row.text,
        url=row.url,
        author=row.author,
        language=row.language,
        published_at=row.published_at,
        stored_at=row.stored_at,
        image=row.image,
        development=row.development,
    )


def document(stored: Article, title: Line, body: Line) -> Document:
    """A stored article as queries see it."""
    return Document(title, body, stored.language, source_rows.words(stored.source), stored.published_at)


async def by_ids(conn: AsyncConnection, article_ids: Iterable[int]) -> dict[int, Article]:
    rows = await conn.execute(selection().where(articles.c.id.in_(list(article_ids))))
    return {row.id: article(row) for row in rows}


async def title_of(conn: AsyncConnection, url: str) -> str | None:
    """The headline of the article at this address."""
    title: str | None = await conn.scalar(select(articles.c.title).where(articles.c.url == url))
    return title


async def latest(conn: AsyncConnection, *, limit: int, offset: int = 0, up_to: int | None = None) -> list[Article]:
    """The newest by publication, one for each story; as if those with a greater id than `up_to` were not there."""
    other = articles.alias()
    newer = exists().where(other.c.story_id == articles.c.story_id, other.c.docid > articles.c.docid)
    told = select(articles.c.id)
    if up_to is not None:
        newer, told = newer.where(other.c.id <= up_to), told.where(articles.c.id <= up_to)
    # Chosen by the narrow index: what is stepped over on the way to a later page is not read with its texts.
    rows = await conn.execute(told.where(~newer).order_by(articles.c.docid.desc()).limit(limit).offset(offset))
    ids = list(rows.scalars())
    found = await by_ids(conn, ids)
    return [found[article_id] for article_id in ids]


async def export(conn: AsyncConnection, *, after: int, limit: int) -> list[Article]:
    """In order of arrival, those with a greater id than `after`."""
    rows = await conn.execute(selection().where(articles.c.id > after).order_by(articles.c.id).limit(limit))
    return [article(row) for row in rows]


async def count(conn: AsyncConnection) -> int:
    return (await conn.execute(select(func.count()).select_from(articles))).scalar_one()


async def newest_id(conn: AsyncConnection) -> int:
    """The id of the article that was stored last, 0 in an empty store."""
    return (await conn.execute(select(func.max(articles.c.id)))).scalar_one() or 0


async def _known(conn: AsyncConnection, batch: Sequence[_Hashed]) -> Batch[_Hashed]:
    """The stored articles that the drafts of a batch may name, none of which it has met yet."""
    with_guid = [brought.draft for brought in batch if brought.draft.guid]
    keys = {source_rows.key(draft) for draft in with_guid}
    named = select(sources.c.id).where(tuple_(sources.c.name, sources.c.host).in_(sorted(keys)))
    columns = (
        *(articles.c.id, articles.c.guid, articles.c.url, articles.c.content_hash, articles.c.feed_id),
        *((articles.c.text != "").label("has_text"), sources.c.name, sources.c.host),
    )
    rows = await conn.execute(
        select(*columns)
        .join(sources, sources.c.id == articles.c.source_id)
        .where(
            or_(
                # Not by pairs, for which SQLite would read the whole table; more rows than asked for do no harm.
                and_(articles.c.source_id.in_(named), articles.c.guid.in_({draft.guid for draft in with_guid})),
                articles.c.url.in_([brought.draft.url for brought in batch if brought.draft.url]),
                articles.c.content_hash.in_([brought.content_hash for brought in batch if not brought.draft.url]),
            )
        )
        .order_by(articles.c.id)
    )
    known: Batch[_Hashed] = Batch()
    for row in rows:
        entry: Entry[_Hashed] = Entry(row.id, row.content_hash, feed_id=row.feed_id, has_text=row.has_text)
        known.add(entry, source=(row.name, row.host), guid=row.guid, url=row.url)
    return known


async def _insert(
    conn: AsyncConnection,
    entries: Sequence[Entry[Analysed]],
    found_sources: dict[source_rows.SourceKey, Source],
    now: datetime,
    *,
    backlog: bool,
    remembered: Stories,
) -> None:
    if not entries:
        return
    fresh = [(entry.origin, entry.fresh, _published(entry, now)) for entry in entries if entry.origin and entry.fresh]
    placings = await _placings(
        conn,
        [
            (analysed, found_sources[source_rows.key(origin)].id, published_at)
            for origin, analysed, published_at in fresh
        ],
        remembered,
        now,
    )
    docids = await _docids(conn, [(published_at, analysed) for _, analysed, published_at in fresh])
    developments = await asyncio.to_thread(_developments, [analysed for _, analysed, _ in fresh], placings)
    rows = [
        {
            "docid": docid,
            "source_id": found_sources[source_rows.key(origin)].id,
            "story_id": placing.story,
            "development": told,
            "guid": origin.guid,
            "url": origin.url,
            "stored_at": now,
            "published_at": published_at,
            "matched": backlog,
            "backlog": backlog,
            "feed_id": origin.feed_id,
            "image": analysed.draft.image or origin.image,
            **_content(analysed),
        }
        for (origin, analysed, published_at), docid, placing, told in zip(
            fresh, docids, placings, developments, strict=True
        )
    ]
    await conn.execute(articles.insert(), rows)
    # Several times quicker than an INSERT with RETURNING, which SQLAlchemy writes out for every row.
    inserted = await conn.execute(select(articles.c.id, articles.c.docid).where(articles.c.docid.in_(docids)))
    ids = {row.docid: row.id for row in inserted}
    await stories.take(
        conn, [(ids[row["docid"]], one.fingerprint) for row, (_, one, _) in zip(rows, fresh, strict=True)]
    )
    await stories.set_faces(conn, {one.story for one in placings if remembered.has_few(one.story)})
    indexed = zip((analysed for _, analysed, _ in fresh), rows, strict=True)
    await index.add(
        conn,
        [
            index.Entry(ids[row["docid"]], row["docid"], one.terms, one.language, row["source_id"])
            for one, row in indexed
        ],
    )


async def _update(conn: AsyncConnection, entries: Sequence[Entry[Analysed]], now: datetime) -> None:
    """An article keeps its date unless the new text brings one, and so its place in the index."""
    if not entries:
        return
    await index.remove(conn, [entry.id for entry in entries if entry.id])
    for entry in entries:
        analysed = entry.fresh
        if analysed is None or entry.id is None:
            continue
        values = _content(analysed) | ({"image": analysed.draft.image} if analysed.draft.image else {})
        if entry.published_at:
            values["published_at"] = _published(entry, now)
            [values["docid"]] = await _docids(conn, [(values["published_at"], analysed)])
        changed = articles.update().where(articles.c.id == entry.id).values(**values, matched=articles.c.backlog)
        row = (await conn.execute(changed.returning(articles.c.docid, articles.c.source_id))).one()
        indexed = index.Entry(entry.id, row.docid, analysed.terms, analysed.language, row.source_id)
        await index.add(conn, [indexed])
        await stories.take(conn, [(entry.id, analysed.fingerprint)])


def _content(analysed: Analysed) -> dict[str, Any]:
    draft = analysed.draft
    return {
        "title": draft.title,
        "text": draft.text,
        "author": draft.author,
        "language": analysed.language,
        "content_hash": analysed.content_hash,
        "text_hash": analysed.text_hash,
    }


def _published(entry: Entry[Analysed], now: datetime) -> datetime:
    """A date in the future, or before there was news, is a mistake of the source."""
    return max(EARLIEST, min(entry.published_at, now)) if entry.published_at else now


async def _placings(
    conn: AsyncConnection, batch: Sequence[tuple[Analysed, int, datetime]], remembered: Stories, now: datetime
) -> list[Placing]:
    """The story of each article, of source and time: that of an equal text, or of what is like it, or a new one."""
    hashes = list(dict.fromkeys(analysed.text_hash for analysed, _, _ in batch))
    rows = await conn.execute(
        select(articles.c.text_hash, articles.c.story_id, articles.c.docid)
        .where(articles.c.text_hash.in_(hashes))
        .order_by(articles.c.id)
    )
    equal: dict[bytes, list[tuple[int, int]]] = {}
    for row in rows:
        equal.setdefault(row.text_hash, []).append((row.story_id, row.docid >> DOCID_BITS))
    newcomers = [
        _newcomer(one, source_id, seconds(published_at), equal.get(one.text_hash, ()))
        for one, source_id, published_at in batch
    ]
    placings = await remembered.place(conn, newcomers)
    made = list(dict.fromkeys(one.story for one in placings if one.story < 0))
    ids = await stories.create(conn, len(made), now=now)
    numbered = dict(zip(made, ids, strict=True))
    placed = [one._replace(story=numbered.get(one.story, one.story)) for one in placings]
    await stories.join(conn, {other: one.story for one in placed for other in one.joined})
    return placed


def _newcomer(one: Analysed, source_id: int, second: int, equal: Sequence[tuple[int, int]]) -> Newcomer:
    """`equal` are the stories, and seconds of publication, of articles with the same text, in order of arrival."""
    is_short = len(one.draft.text) < TELLING
    near = [story for story, other in equal if not is_short or abs(second - other) <= WITHIN_S]
    return Newcomer(second, source_id, one.fingerprint, one.text_hash, is_short, near[-1] if near else None)


def _developments(batch: Sequence[Analysed], placings: Sequence[Placing]) -> list[str | None]:
    """What each tells of its story that is new."""
    return [
        development(one.draft.title, one.draft.text, one.language, new=placing.new, rested_s=placing.rested_s)
        if placing.new
        else None
        for one, placing in zip(batch, placings, strict=True)
    ]


async def _docids(conn: AsyncConnection, batch: Sequence[tuple[datetime, Analysed]]) -> list[int]:
    """Free docids: seconds of publication, then bits of the content to tell articles of one second apart."""
    wanted = [
        (seconds(published_at) << DOCID_BITS) + int.from_bytes(analysed.content_hash[:4], "big") % (1 << DOCID_BITS)
        for published_at, analysed in batch
    ]
    taken: set[int] = set()
    while True:
        free = _apart(wanted, taken)
        rows = await conn.execute(select(articles.c.docid).where(articles.c.docid.in_(free)))
        found = set(rows.scalars())
        if not found:
            return free
        taken |= found


def _apart(wanted: Sequence[int], taken: set[int]) -> list[int]:
    """For each number itself or the next one above that is neither taken nor given before."""
    given = set(taken)
    free = []
    for docid in wanted:
        place = next(candidate for candidate in counting(docid) if candidate not in given)
        given.add(place)
        free.append(place)
    return free
