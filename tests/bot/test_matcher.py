"""The match tick: every stored article meets every standing query, once in each of its wordings."""

import asyncio
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import func, select

from bot.ingest import ingest
from bot.matcher import BATCH, Matcher
from storage import matches, renewal, subscriptions
from storage.database import Database
from storage.language.analyser import VERSION
from storage.matches import Match, Unmatched
from storage.models import Draft
from storage.percolator import Percolator
from storage.schema import articles, queries
from tests.bot.newsroom import Newsroom, draft


class Slow(Matcher):
    """A matcher that has read what waits, and holds still until it may go on."""

    def __init__(self, db: Database) -> None:
        super().__init__(db)
        self.has_read = asyncio.Event()
        self.may_go_on = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def _percolate(self, waiting: Sequence[Unmatched]) -> list[tuple[Unmatched, NDArray[np.uint32]]]:
        self._loop.call_soon_threadsafe(self.has_read.set)
        asyncio.run_coroutine_threadsafe(self.may_go_on.wait(), self._loop).result(timeout=10)
        return super()._percolate(waiting)


async def store(room: Newsroom, *drafts: Draft) -> None:
    await ingest(room.db, drafts, now=room.now)


async def found(room: Newsroom) -> list[Match]:
    async with room.db.read() as conn:
        return await matches.since(conn, 0)


async def query_id(room: Newsroom, canonical: str) -> int:
    async with room.db.read() as conn:
        found: int = (await conn.execute(select(queries.c.id).where(queries.c.canonical == canonical))).scalar_one()
    return found


async def waiting(room: Newsroom) -> int:
    async with room.db.read() as conn:
        count: int = (await conn.execute(select(func.count()).where(~articles.c.matched))).scalar_one()
    return count


async def test_an_article_is_one_row_with_the_queries_of_all_chats(room: Newsroom) -> None:
    await room.reader("казахстан", "коридор", telegram_id=1)
    await room.reader("казахстан", "футбол", telegram_id=2)
    await store(room, draft("Коридор через Казахстан"), draft("Погода в Баку"))
    assert await room.matcher.match() == 2
    [match] = await found(room)
    assert match.query_ids == {await query_id(room, "казахстан"), await query_id(room, "коридор")}
    assert await waiting(room) == 0


async def test_nothing_is_matched_twice(room: Newsroom) -> None:
    await room.reader("казахстан")
    await store(room, draft("Казахстан"))
    assert [await room.matcher.match(), await room.matcher.match()] == [1, 0]
    assert len(await found(room)) == 1


async def test_more_than_one_batch_is_matched_in_a_turn(room: Newsroom) -> None:
    await room.reader("новость")
    await store(room, *(draft(f"Новость {number}") for number in range(BATCH + 1)))
    assert await room.matcher.match() == BATCH + 1
    assert len(await found(room)) == BATCH + 1


async def test_a_query_followed_later_meets_what_is_stored_later(room: Newsroom) -> None:
    await room.publish("Казахстан первый")
    await room.reader("казахстан")
    await room.publish("Казахстан второй")
    assert [match.article_id for match in await found(room)] == [2]


async def test_a_forgotten_query_is_not_met(room: Newsroom) -> None:
    await room.reader("казахстан", "баку")
    await room.publish("Казахстан и Баку")
    await room.matcher.forget([await query_id(room, "казахстан")])
    await room.publish("Баку и Казахстан")
    assert [len(match.query_ids) for match in await found(room)] == [2, 1]


async def test_a_query_that_cannot_be_read_does_not_stop_the_others(room: Newsroom) -> None:
    """One that an older version wrote, and that has no clauses yet."""
    await room.reader("казахстан", "баку")
    async with room.db.write() as conn:
        await conn.execute(queries.update().where(queries.c.canonical == "баку").values(canonical='"', clauses=None))
    await room.publish("Казахстан и Баку")
    [match] = await found(room)
    assert match.query_ids == {await query_id(room, "казахстан")}


async def test_queries_without_clauses_are_met_by_their_canonical_text(room: Newsroom) -> None:
    await room.reader("казахстан", "баку")
    async with room.db.write() as conn:
        await conn.execute(queries.update().values(clauses=None))
    await room.publish("Казахстан и Баку")
    [match] = await found(room)
    assert len(match.query_ids) == 2


async def test_a_query_written_anew_is_met_in_its_new_meaning(room: Newsroom) -> None:
    await room.reader("баку", "казахстан")
    await room.publish("Баку")
    async with room.db.write() as conn:
        own = queries.update().where(queries.c.canonical == "баку")
        await conn.execute(own.values(canonical="астана", **subscriptions.filed("астана")))
    await room.publish("Астана", "Баку снова")
    astana = frozenset({await query_id(room, "астана")})
    assert [(match.article_id, match.query_ids) for match in await found(room)] == [(1, astana), (2, astana)]


async def test_a_new_matcher_reads_all_queries_page_by_page(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.matcher.PAGE", 2)
    await room.reader("казахстан", "баку", "астана", "мир", "коридор")
    await store(room, draft("Казахстан, Баку, Астана, мир, коридор"))
    await Matcher(room.db).match()
    [match] = await found(room)
    assert match.query_ids == {1, 2, 3, 4, 5}


async def test_a_load_that_was_broken_off_begins_anew(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    await room.reader("казахстан", "баку")
    await store(room, draft("Казахстан и Баку"))
    matcher = Matcher(room.db)
    with monkeypatch.context() as patch:
        patch.setattr(matches, "stored_last", fail)
        with pytest.raises(OSError, match="broken off"):
            await matcher.match()
    assert await matcher.match() == 1
    [match] = await found(room)
    assert match.query_ids == {1, 2}


async def fail(*_: object, **__: object) -> None:
    raise OSError("broken off")


async def test_matching_goes_on_while_queries_are_merged(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.percolator.MOST_YOUNG", 1)
    await room.publish("Баку")
    await room.reader("казахстан", "баку")
    await room.publish("Казахстан")
    await asyncio.gather(room.matcher.merge(), room.publish("Казахстан и Баку"))
    await room.publish("Баку и Казахстан")
    assert [sorted(match.query_ids) for match in await found(room)] == [[1], [1, 2], [1, 2]]


async def test_who_came_to_follow_another_query_during_a_turn_is_not_left_out(room: Newsroom) -> None:
    chat = await room.reader("казахстан", "баку")
    async with room.db.write() as conn:
        old = queries.update().where(queries.c.canonical == "казахстан")
        await conn.execute(old.values(canonical="казахстану", analyser=VERSION - 1))
        await subscriptions.ensure_query(conn, "казахстан")
    await store(room, draft("Казахстан"))
    slow = Slow(room.db)
    turn = asyncio.create_task(slow.match())
    await slow.has_read.wait()
    async with room.db.write() as conn:
        await renewal.renew_queries(conn, limit=10)
    slow.may_go_on.set()
    assert await turn == 1
    [match] = await found(room)
    async with room.db.read() as conn:
        [moved, _] = await subscriptions.of_chat(conn, chat.id)
    assert moved.query_id == await query_id(room, "казахстан")
    assert moved.query_id in match.query_ids


async def test_an_article_changed_meanwhile_is_matched_in_its_new_wording(room: Newsroom) -> None:
    await room.reader("казахстан", "баку")
    await store(room, draft("Казахстан", url="https://report.az/1"))
    slow = Slow(room.db)
    turn = asyncio.create_task(slow.match())
    await slow.has_read.wait()
    await store(room, draft("Баку", url="https://report.az/1"))
    slow.may_go_on.set()
    await turn
    [match] = await found(room)
    assert match.query_ids == {await query_id(room, "баку")}


async def test_an_article_changed_later_is_matched_anew_at_the_end(room: Newsroom) -> None:
    await room.reader("казахстан")
    await room.publish(draft("Казахстан", url="https://report.az/1"), draft("Казахстан и мир"))
    await room.publish(draft("Казахстан, подробности", url="https://report.az/1"))
    assert [match.article_id for match in await found(room)] == [2, 1]


async def test_two_matchers_at_once_write_one_row(room: Newsroom) -> None:
    await room.reader("казахстан")
    await store(room, draft("Казахстан"))
    other = await Database.open(f"sqlite+aiosqlite:///{room.db.path}")
    slow = Slow(other)
    turn = asyncio.create_task(slow.match())
    await slow.has_read.wait()
    assert await room.matcher.match() == 1
    before = await found(room)
    slow.may_go_on.set()
    await turn
    await other.close()
    assert await found(room) == before
    assert len(before) == 1


async def test_turns_of_one_matcher_do_not_overlap(room: Newsroom) -> None:
    """Its queries are those of one snapshot: a turn with an older one would take a new query away from a newer turn."""
    await room.reader("казахстан")
    await store(room, draft("Казахстан"))
    slow = Slow(room.db)
    tick = asyncio.create_task(slow.match())
    await slow.has_read.wait()
    slow.has_read.clear()
    asked = asyncio.create_task(slow.match())
    await asyncio.sleep(0.1)
    assert not slow.has_read.is_set()
    slow.may_go_on.set()
    assert [await tick, await asked] == [1, 0]


async def test_queries_that_could_not_be_taken_in_are_taken_in_at_the_next_turn(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    await room.publish("Погода")
    await room.reader("казахстан")
    await store(room, draft("Казахстан"))
    with monkeypatch.context() as patch:
        patch.setattr(Percolator, "update", break_off)
        with pytest.raises(OSError, match="broken off"):
            await room.matcher.match()
    await room.matcher.match()
    assert [match.article_id for match in await found(room)] == [2]


def break_off(*_: object) -> None:
    raise OSError("broken off")
