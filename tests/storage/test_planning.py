"""What is new to many chats at once is what is new to each of them, and no more is read for it than is new."""

from array import array
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import matches as matches_rows
from storage import planning
from storage import recent as recent_matches
from storage.database import Database
from storage.language.analyser import VERSION
from storage.matches import Match
from storage.planning import Fresh, Plan, Planner
from storage.recent import _first_of_late, recent
from storage.schema import articles, chats, digests, matches, queries, sources, stories, subscriptions, told
from tests.storage.builders import HOUR, NOW

CHATS, QUERIES, ARTICLES = range(1, 5), range(1, 5), range(1, 16)
# Several articles tell one story, and one of them comes long after the others.
STORY = {one: 1 + one % 8 for one in ARTICLES}


async def fill(conn: AsyncConnection) -> None:
    """Chats, queries and articles, of which nothing is matched and followed yet."""
    moment = {"created_at": NOW}
    await conn.execute(insert(sources), [{"id": 1, "name": "a", "host": ""}])
    await conn.execute(insert(stories), [{"id": one, **moment} for one in sorted({*STORY.values()})])
    await conn.execute(insert(chats), [{"id": one, "telegram_id": one, "instant": one == 2, **moment} for one in CHATS])
    query = {"analyser": VERSION}
    await conn.execute(
        insert(queries), [{"id": one, "canonical": f"{one}", "changed": one, **query} for one in QUERIES]
    )
    article = {
        "source_id": 1,
        "title": "",
        "text": "",
        "language": "ru",
        "published_at": NOW,
        "stored_at": NOW,
        "content_hash": b"",
        "text_hash": b"",
    }
    await conn.execute(insert(articles), [{"id": a, "docid": a, "story_id": STORY[a], **article} for a in ARTICLES])
    await conn.execute(
        insert(digests), [{"id": one, "chat_id": one, "kind": "asked", "composed_at": NOW} for one in CHATS]
    )


async def plain(conn: AsyncConnection, chat_id: int, *, until: int, instant: bool) -> list[Fresh]:
    """The meaning: one chat, one subscription, one match after another."""
    is_instant = (await conn.execute(select(chats.c.instant).where(chats.c.id == chat_id))).scalar_one()
    own = select(subscriptions).where(subscriptions.c.chat_id == chat_id).order_by(subscriptions.c.id)
    known = {row.story_id: row for row in await conn.execute(select(told).where(told.c.chat_id == chat_id))}
    later = select(matches, articles.c.story_id).join(articles, articles.c.id == matches.c.article_id)
    fresh = []
    for row in (await conn.execute(own)).all():
        if row.deletion is not None or row.paused or (instant and not (row.instant or is_instant)):
            continue
        for match in (await conn.execute(later.where(matches.c.id <= until).order_by(matches.c.id))).all():
            is_new = match.id > row.cursor and match.article_id > row.after_article
            is_met = row.query_id in array("I", match.query_ids)
            before = known.get(match.story_id)
            is_update = bool(before and match.development and match.article_id > (before.article_id or 0))
            if is_new and is_met and (is_update or not before):
                fresh.append(Fresh(row.id, row.query_id, match.article_id, match.story_id, is_update))
    return fresh


IDS = st.sets(st.sampled_from(QUERIES), max_size=4)
MATCH = st.tuples(st.sampled_from(ARTICLES), IDS.filter(bool), st.booleans())
MATCHED = st.lists(MATCH, max_size=8, unique_by=lambda one: one[0])
FOLLOWED = st.fixed_dictionaries(
    {
        "chat_id": st.sampled_from(CHATS),
        "query_id": st.sampled_from(QUERIES),
        "after_article": st.integers(0, 15),
        "cursor": st.integers(0, 9),
        "instant": st.booleans(),
        "paused": st.sampled_from([False, False, True]),
        "deletion": st.sampled_from([None, None, 1]),
    }
)
# Chat, story, by which article if that is known, and how many hours ago.
TELLING = st.tuples(
    st.sampled_from(CHATS),
    st.sampled_from(sorted({*STORY.values()})),
    st.none() | st.sampled_from(ARTICLES),
    st.integers(0, 12),
)
TOLD = st.lists(TELLING, max_size=12, unique_by=lambda one: one[:2])
# What happens between two looks at the same window.
CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("flag"), st.integers(0, 20), st.sampled_from(["paused", "instant"]), st.booleans()),
        st.tuples(st.just("deletion"), st.integers(0, 20), st.sampled_from([None, 2])),
        st.tuples(st.just("cursor"), st.integers(0, 20), st.integers(0, 12)),
        TELLING.map(lambda one: ("told", *one)),
        MATCH.map(lambda one: ("match", *one)),
        st.tuples(st.just("move"), st.integers(0, 20), st.sampled_from(QUERIES)),
        st.tuples(st.just("move"), st.integers(0, 20), st.sampled_from(QUERIES)),
    ),
    max_size=6,
)


def packed(met: Iterable[int]) -> bytes:
    return array("I", sorted(met)).tobytes()


async def record(conn: AsyncConnection, article_id: int, met: Iterable[int], development: bool = False) -> None:
    """As matching does."""
    row = {"article_id": article_id, "query_ids": packed(met), "development": development}
    await conn.execute(matches.insert(), row)


async def happen(conn: AsyncConnection, change: tuple[Any, ...], ids: Sequence[int]) -> None:
    kind, where, *what = change
    if kind == "told":
        story_id, article_id, hours = what
        row = {"chat_id": where, "story_id": story_id, "digest_id": 1, "told_at": NOW - hours * HOUR}
        await conn.execute(insert(told).prefix_with("OR REPLACE"), {**row, "article_id": article_id})
    elif kind == "match":
        # One that is met anew is another matter: a window holds it as it was.
        if (await conn.execute(select(matches.c.id).where(matches.c.article_id == where))).first() is None:
            await record(conn, where, *what)
    elif kind == "move":
        await move(conn, ids[where % len(ids)] if ids else 0, what[0])
    elif ids:
        column, value = what if kind == "flag" else (kind, what[0])
        own = subscriptions.c.id == ids[where % len(ids)]
        await conn.execute(subscriptions.update().where(own).values({column: value}))


async def move(conn: AsyncConnection, subscription_id: int, query_id: int) -> None:
    """As the renewal does: it steps on to another query, and lets the matches of the old one reach the new one."""
    own = subscriptions.c.id == subscription_id
    row = (await conn.execute(select(subscriptions).where(own))).one_or_none()
    stale = select(queries.c.id).where(queries.c.analyser < VERSION).order_by(queries.c.id).limit(1)
    step = (await conn.execute(stale)).scalar()
    if row is None or step is None:
        return
    await conn.execute(queries.update().where(queries.c.id == step).values(analyser=VERSION))
    there = select(subscriptions.c.id).where(
        subscriptions.c.chat_id == row.chat_id, subscriptions.c.query_id == query_id
    )
    if (await conn.execute(there)).first() is None:
        await conn.execute(subscriptions.update().where(own).values(query_id=query_id))
        for match in (await conn.execute(select(matches).where(matches.c.id > row.cursor))).all():
            met = {*array("I", match.query_ids)}
            if row.query_id in met:
                same = matches.c.id == match.id
                await conn.execute(matches.update().where(same).values(query_ids=packed({*met, query_id})))


async def check(conn: AsyncConnection, planner: Planner, *, instant: bool) -> None:
    order = list(reversed(CHATS))
    plan = await planner.plan(conn, order)
    assert sorted((*plan.chat_ids, *plan.late), reverse=True) == order
    assert list(plan.chat_ids) == [one for one in order if one in plan.chat_ids]
    gathered = {chat_id: plan.of(chat_id) for chat_id in plan.chat_ids}
    for chat_id in plan.late:
        alone = await Planner(instant=instant).plan(conn, [chat_id])
        assert alone.late == ()
        gathered[chat_id] = alone.of(chat_id)
    for chat_id, found in gathered.items():
        assert list(found.fresh) == await plain(conn, chat_id, until=found.cursor, instant=instant)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    own=st.lists(FOLLOWED, max_size=10, unique_by=lambda one: (one["chat_id"], one["query_id"])),
    matched=MATCHED,
    tellings=TOLD,
    changes=st.lists(CHANGES, max_size=3),
    instant=st.booleans(),
    stale=st.booleans(),
    sizes=st.tuples(
        st.sampled_from([2, 500]), st.sampled_from([1, 4, 1000]), st.sampled_from([1, 3]), st.integers(0, 12)
    ),
)
async def test_many_chats_are_told_what_each_is(
    database: Database,
    own: list[dict[str, Any]],
    matched: list[tuple[int, set[int], bool]],
    tellings: list[tuple[int, int, int | None, int]],
    changes: list[list[tuple[Any, ...]]],
    instant: bool,
    stale: bool,
    sizes: tuple[int, int, int, int],
) -> None:
    """Paused, deleted, resumed, undone, instant, moved; with matches recorded, and others told, between two looks.

    What was told comes again by a later article that says something new, alerts only after a rest.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name, size in zip(("MANY", "MOST", "PAGE", "RENEWED_AFTER"), sizes, strict=True):
            patch.setattr(recent_matches if name == "PAGE" else planning, name, size)
        async with database.write() as conn:
            await fill(conn)
            if stale:
                await conn.execute(queries.update().values(analyser=VERSION - 1))
            if own:
                await conn.execute(insert(subscriptions), [{"text": "", "created_at": NOW, **one} for one in own])
            for match in matched:
                await record(conn, *match)
            for telling in tellings:
                await happen(conn, ("told", *telling), [])
            ids = list((await conn.execute(select(subscriptions.c.id).order_by(subscriptions.c.id))).scalars())
            planner = Planner(instant=instant)
            await check(conn, planner, instant=instant)
            for batch in changes:
                for change in batch:
                    await happen(conn, change, ids)
                await check(conn, planner, instant=instant)
            await conn.rollback()


async def matched(database: Database, *met: Iterable[int]) -> None:
    """Articles from the first on, with the queries that they met."""
    async with database.write() as conn:
        for article_id, query_ids in enumerate(met, 1):
            await record(conn, article_id, query_ids)


async def followers(database: Database, *rows: tuple[int, int, int]) -> None:
    """Chat, query and cursor of each subscription."""
    columns = {"text": "", "created_at": NOW, "after_article": 0}
    async with database.write() as conn:
        await fill(conn)
        own = [{"chat_id": chat, "query_id": query, "cursor": cursor, **columns} for chat, query, cursor in rows]
        await conn.execute(insert(subscriptions), own)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ids of matches as they are read."""
    found: list[int] = []
    since = matches_rows.since

    async def listening(*arguments: Any, **options: Any) -> list[Match]:
        rows = await since(*arguments, **options)
        found.extend(row.id for row in rows)
        return rows

    monkeypatch.setattr(matches_rows, "since", listening)
    return found


async def planned(database: Database, planner: Planner, *chat_ids: int) -> Plan:
    async with database.read() as conn:
        return await planner.plan(conn, chat_ids)


async def test_a_chat_alone_reads_what_is_new_since_its_cursor(database: Database, read: list[int]) -> None:
    await followers(database, (1, 1, 5), (1, 2, 6), (3, 1, 0))
    await matched(database, *([1, 2] for _ in range(8)))
    plan = await planned(database, Planner(instant=False), 1)
    assert sorted(read) == [6, 7, 8]
    assert [(fresh.query_id, fresh.article_id) for fresh in plan.of(1).fresh] == [
        (1, 6),
        (1, 7),
        (1, 8),
        (2, 7),
        (2, 8),
    ]


async def test_many_chats_share_one_window(
    database: Database, read: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "MANY", 2)
    await followers(database, (1, 1, 4), (2, 1, 4), (3, 2, 5), (4, 1, 6))
    await matched(database, *([1, 2] for _ in range(8)))
    planner = Planner(instant=False)
    for chat_ids in ((1, 2), (3, 4), (1, 4)):
        assert (await planned(database, planner, *chat_ids)).late == ()
    assert sorted(read) == [5, 6, 7, 8]


async def test_a_chat_not_looked_at_for_long_makes_nobody_elses_window_larger(
    database: Database, read: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent_matches, "PAGE", 1)
    for name, value in {"MANY": 2, "MOST": 6}.items():
        monkeypatch.setattr(planning, name, value)
    await followers(database, (1, 1, 0), (2, 1, 7), (3, 3, 0))
    await matched(database, *([1, 2] for _ in range(9)))
    plan = await planned(database, Planner(instant=False), 1, 2, 3)
    assert (plan.chat_ids, plan.late) == ((2,), (1, 3))
    assert sorted(read) == [7, 8, 9]
    alone = await planned(database, Planner(instant=False), 1)
    assert [fresh.article_id for fresh in alone.of(1).fresh] == [*range(1, 10)]


async def test_a_worn_window_gives_way_to_one_with_what_came_meanwhile(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "MANY", 1)
    monkeypatch.setattr(planning, "RENEWED_AFTER", 2)
    await followers(database, (1, 1, 0), (2, 1, 0), (3, 1, 0))
    await matched(database, [1])
    planner = Planner(instant=False)
    for chat_id, newest in ((1, 1), (2, 1), (3, 3)):
        assert (await planned(database, planner, chat_id)).newest == newest
        if chat_id == 1:
            async with database.write() as conn:
                await record(conn, 2, [1])
                await record(conn, 3, [1])


async def test_a_window_of_some_queries_holds_no_others(database: Database) -> None:
    await followers(database, (1, 2, 0), (1, 4, 0))
    await matched(database, [1, 2, 3], [3], [2, 4], [1])
    async with database.read() as conn:
        among = await recent(conn, 0, queries=np.array([2, 4, 9], np.uint32))
    assert among.queries.tolist() == [2, 4]
    assert [among.places[first:last].tolist() for first, last in pairwise(among.starts)] == [[0, 2], [2]]


@pytest.mark.parametrize(
    ("story_ids", "first"),
    [([], 0), ([7], 7), ([101, 102, 103], 101), ([3, 101, 102, 103, 104], 101), ([100, 5, 5, 101, 102, 103], 100)],
)
def test_stories_told_long_ago_are_looked_up_one_by_one(story_ids: list[int], first: int) -> None:
    assert _first_of_late(np.array(story_ids, np.int64)) == first


@pytest.mark.parametrize(
    ("by", "hours", "development", "instant", "is_new"),
    [
        (1, 7, True, False, True),
        (1, 0, True, False, True),
        (1, 0, True, True, True),
        (1, 7, False, False, False),
        (9, 7, True, False, False),
        (10, 7, True, False, False),
        (None, 7, True, False, True),
    ],
    ids=[
        "something new",
        "at the same hour",
        "at once",
        "nothing new",
        "told by this very article",
        "told by a later one",
        "told by an older version",
    ],
)
async def test_a_told_story_comes_again_by_a_later_article_that_says_something_new(
    database: Database, by: int | None, hours: int, development: bool, instant: bool, is_new: bool
) -> None:
    """Articles 1 and 9 tell one story."""
    await followers(database, (2, 1, 0))
    async with database.write() as conn:
        await happen(conn, ("told", 2, STORY[9], by, hours), [])
        await record(conn, 9, [1], development)
    plan = await planned(database, Planner(instant=instant), 2)
    assert plan.of(2).fresh == ((Fresh(1, 1, 9, STORY[9], is_update=True),) if is_new else ())
