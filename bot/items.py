"""What some chats are to be told: each article is read once for all of them, and told once for a query and a reader.

Gathered, readers ──▶ articles, page by page ──▶ hits by query ──▶ Item by query and reader

Of a story that several new articles tell one is looked at: its face if it met the query, or else the few last.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple, Self, TypeAlias, TypeVar

from bot import ranking, render
from bot.digest import Caught, Item
from bot.narrowing import narrowed
from bot.render import Reader
from storage import article_languages, subscriptions
from storage.database import Database
from storage.models import Hit, Subscription
from storage.planning import Fresh, Gathered
from storage.query import Query, parse_canonical
from storage.shown import Shown, faces, shown
from storage.statements import says_the_same

# Articles with their texts are held by so many.
PAGE = 50
# A thread that computes gives way to others only every five milliseconds, for which each step of a search would wait
# anew: so it rests for a moment after each article.
REST_S = 0.0003
# Of a story's new articles without its face so many are compared.
COMPARED = 3
# So many subscriptions are made of their rows before others have their turn.
ROWS = 500


_T = TypeVar("_T")


class _Sight(NamedTuple):
    """An article, for the sake of which query it is told, and to whom."""

    article_id: int
    query_id: int
    reader: Reader


# Chat → the languages in which it wants its stories; not those that want them in all.
Languages: TypeAlias = Mapping[int, frozenset[str]]
# Article → query → who reads it.
_Wanted: TypeAlias = dict[int, dict[int, set[Reader]]]


class Items:
    """Built by `read`; `readers` are the chats that it is for, with how they are told; `languages` are those in which
    some of them want it alone.
    """

    def __init__(
        self,
        readers: Mapping[int, Reader],
        followed: Iterable[Subscription],
        fresh: Mapping[int, Sequence[Fresh]],
        *,
        languages: Languages,
    ) -> None:
        self.readers = readers
        self.languages = languages
        self._fresh = fresh
        self._items: dict[_Sight, Item] = {}
        self._first: dict[int, list[Item]] = {}
        self._followed: dict[int, list[Subscription]] = {}
        for one in followed:
            self._followed.setdefault(one.chat_id, []).append(one)

    @classmethod
    async def read(
        cls,
        db: Database,
        gathered: Sequence[Gathered],
        readers: Mapping[int, Reader],
        *,
        languages: Languages,
        now: datetime,
    ) -> Self:
        """Not on one snapshot: what is deleted meanwhile is not told."""
        own = await _narrowed(db, [one for one in gathered if one.chat_id in readers], languages)
        followed = await _subscriptions(db, sorted({fresh.subscription_id for one in own for fresh in one.fresh}))
        queries = await asyncio.to_thread(_parsed, followed)
        fresh = await _compared(db, own)
        items, wanted = cls(readers, followed, fresh, languages=languages), _wanted(fresh, readers)
        for page in pages(sorted(wanted), PAGE):
            async with db.read() as conn:
                found = await shown(conn, page)
            items._items |= await asyncio.to_thread(_told, found, wanted, queries, now=now)
        return items

    def add(self, subscription: Subscription, query: Query, found: Iterable[Shown], *, now: datetime) -> None:
        """What a subscription begins with, beside what it caught."""
        reader = self.readers[subscription.chat_id]
        hits = ((one, hit) for one in found for hit in one.hits([query]))
        self._first[subscription.id] = [item(one, hit, reader=reader, now=now) for one, hit in hits]
        own = {one.id: one for one in (*self.followed(subscription.chat_id), subscription)}
        self._followed[subscription.chat_id] = [own[one] for one in sorted(own)]

    def followed(self, chat_id: int) -> Sequence[Subscription]:
        """The chat's subscriptions that have something to tell, in the order in which they were made."""
        return self._followed.get(chat_id, ())

    def stories(self, chat_id: int) -> set[int]:
        """All that the chat may be told."""
        first = (item for one in self.followed(chat_id) for item in self._first.get(one.id, ()))
        return {fresh.story_id for fresh in self._fresh.get(chat_id, ())} | {item.story_id for item in first}

    def caught(self, chat_id: int) -> dict[int, list[Caught]]:
        """Subscription → what it caught."""
        reader = self.readers[chat_id]
        caught: dict[int, list[Caught]] = {}
        for fresh in self._fresh.get(chat_id, ()):
            if item := self._items.get(_Sight(fresh.article_id, fresh.query_id, reader)):
                caught.setdefault(fresh.subscription_id, []).append(Caught(item, fresh.is_update))
        for one in self.followed(chat_id):
            own = caught.setdefault(one.id, [])
            known = {item.story_id for item, _ in own}
            own += (Caught(item) for item in self._first.get(one.id, ()) if item.story_id not in known)
        return caught


def item(one: Shown, hit: Hit, *, reader: Reader, now: datetime) -> Item:
    """An article as a digest tells it, for the sake of the query that it met."""
    signals = ranking.signals(hit, is_face=one.is_face, now=now)
    news = hit.article.development or ""
    return Item(
        story_id=hit.article.story_id,
        article_id=hit.article.id,
        signals=signals,
        score=ranking.score(signals),
        head=render.heading(hit, one.sources, reader=reader, now=now),
        text=render.snippet(hit.snippet),
        news="" if says_the_same(news, hit.article.title) else render.line(news),
        articles=len(one.told_by),
        image=hit.article.image,
        stored_at=hit.article.stored_at,
    )


async def _subscriptions(db: Database, ids: Sequence[int]) -> list[Subscription]:
    found: list[Subscription] = []
    for page in pages(ids, ROWS):
        async with db.read() as conn:
            found += await subscriptions.by_ids(conn, page)
    return found


async def _narrowed(db: Database, gathered: Sequence[Gathered], languages: Languages) -> Sequence[Gathered]:
    """Only what is told in the languages of its chat; most chats have chosen none, and cost nothing."""
    story_ids = {fresh.story_id for one in gathered if one.chat_id in languages for fresh in one.fresh}
    if not story_ids:
        return gathered
    told_by: dict[int, dict[int, str]] = {}
    known: dict[int, int] = {}
    for page in pages(sorted(story_ids), ROWS):
        async with db.read() as conn:
            told_by |= await article_languages.of_stories(conn, page)
            known |= await faces(conn, page)
    return [
        replace(one, fresh=narrowed(one.fresh, languages[one.chat_id], told_by=told_by, faces=known))
        if one.chat_id in languages
        else one
        for one in gathered
    ]


async def _compared(db: Database, gathered: Sequence[Gathered]) -> dict[int, Sequence[Fresh]]:
    """Chat → what is new to it, of each story and subscription as much as is looked at."""
    several = {one.chat_id: told_by_several(one.fresh) for one in gathered}
    known: dict[int, int] = {}
    for page in pages(sorted(set().union(*several.values())), ROWS):
        async with db.read() as conn:
            known |= await faces(conn, page)
    return {
        one.chat_id: worth_a_look(one.fresh, several[one.chat_id], known) if several[one.chat_id] else one.fresh
        for one in gathered
    }


def told_by_several(fresh: Sequence[Fresh]) -> set[int]:
    """The stories of which a subscription caught several articles."""
    if len({(one.subscription_id, one.story_id) for one in fresh}) == len(fresh):
        return set()
    counted = Counter((one.subscription_id, one.story_id) for one in fresh)
    return {story_id for (_, story_id), number in counted.items() if number > 1}


def worth_a_look(fresh: Sequence[Fresh], several: Set[int], known: Mapping[int, int]) -> list[Fresh]:
    """What one article tells, and of the rest the face or the last ones; of an update the last."""
    kept = [one for one in fresh if one.story_id not in several]
    by_story: dict[tuple[int, int], list[Fresh]] = {}
    for one in fresh:
        if one.story_id in several:
            by_story.setdefault((one.subscription_id, one.story_id), []).append(one)
    for (_, story_id), own in by_story.items():
        own.sort(key=attrgetter("article_id"))
        face = [one for one in own if one.article_id == known.get(story_id) and not one.is_update]
        kept += face or own[-1 if own[-1].is_update else -COMPARED :]
    return kept


def _wanted(fresh: Mapping[int, Iterable[Fresh]], readers: Mapping[int, Reader]) -> _Wanted:
    wanted: _Wanted = {}
    for chat_id, own in fresh.items():
        reader = readers[chat_id]
        for one in own:
            wanted.setdefault(one.article_id, {}).setdefault(one.query_id, set()).add(reader)
    return wanted


def _parsed(followed: Iterable[Subscription]) -> dict[int, Query]:
    canonicals = {one.query_id: one.canonical for one in followed}
    return {query_id: parse_canonical(canonical) for query_id, canonical in canonicals.items()}


def _told(
    found: Iterable[Shown], wanted: _Wanted, queries: Mapping[int, Query], *, now: datetime
) -> dict[_Sight, Item]:
    items: dict[_Sight, Item] = {}
    for one in found:
        time.sleep(REST_S)
        readers = {query_id: who for query_id, who in wanted[one.article.id].items() if query_id in queries}
        for query_id, hit in zip(readers, one.hits(queries[query_id] for query_id in readers), strict=True):
            for reader in readers[query_id]:
                items[_Sight(one.article.id, query_id, reader)] = item(one, hit, reader=reader, now=now)
    return items


def pages(rows: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    """The rows in their order, so many at once."""
    return (rows[at : at + size] for at in range(0, len(rows), size))
