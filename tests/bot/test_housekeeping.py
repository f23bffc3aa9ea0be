"""The housekeeping tick: once a day, in steps, until nothing is left or the bot stops."""

import asyncio
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from structlog.testing import capture_logs

from bot.housekeeping import DIGESTS_AT_LEAST, UPDATES_FOR, Housekeeping
from storage import dialogues, retention, subscriptions, traces, updates
from storage import matches as matches_by_article
from storage.dialogues import Dialogue, Place
from storage.schema import articles, digests, matches, queries
from storage.schema import subscriptions as subscription_table
from storage.traces import Left
from storage.updates import Received
from tests.bot.newsroom import DAY, SECOND, Newsroom, draft, put_into_outbox
from tests.storage.sending import claim, ended, settle

KEEP = 30 * DAY


class Percolator:
    """Remembers what it was to forget."""

    def __init__(self) -> None:
        self.forgotten: list[int] = []

    async def forget(self, query_ids: Collection[int]) -> None:
        self.forgotten += query_ids


def housekeeping(
    room: Newsroom, *, keep: timedelta | None = KEEP, percolator: Percolator | None = None
) -> Housekeeping:
    return Housekeeping(room.db, percolator or Percolator(), keep=keep, pause_s=0)


async def stored(room: Newsroom) -> int:
    async with room.db.read() as conn:
        return int((await conn.execute(select(func.count()).select_from(articles))).scalar_one())


async def test_what_is_older_than_the_days_it_is_kept_goes_page_by_page(room: Newsroom) -> None:
    count = retention.ARTICLES + 1
    await room.publish(*(draft(f"Старая {number}") for number in range(count)))
    room.now += DAY
    await room.publish("Новая")
    with capture_logs() as logs:
        await housekeeping(room).tidy(now=room.now + KEEP)
    assert await stored(room) == 1
    assert [(line["event"], line["articles"]) for line in logs] == [("tidied up", count)]


async def test_a_question_that_nobody_has_answered_for_a_day_goes(room: Newsroom) -> None:
    async with room.db.write() as conn:
        await dialogues.save(conn, Place(1, 0, 1), Dialogue(room.now, "old"))
        await dialogues.save(conn, Place(2, 0, 2), Dialogue(room.now + DAY, "new"))
    await housekeeping(room).tidy(now=room.now + 2 * DAY - SECOND)
    async with room.db.read() as conn:
        left = await dialogues.load(conn, since=room.now)
    assert [place.telegram_id for place in left] == [2]


async def test_articles_are_kept_for_ever_where_no_days_are_set(room: Newsroom) -> None:
    await room.publish("Старая")
    await housekeeping(room, keep=None).tidy(now=room.now + 10_000 * DAY)
    assert await stored(room) == 1


async def test_it_has_its_turn_once_a_day(room: Newsroom) -> None:
    tick, begin = housekeeping(room), room.now + KEEP + DAY
    await tick.tidy(now=begin)
    await room.publish("Старая")
    await tick.tidy(now=begin + DAY - timedelta(seconds=1))
    assert await stored(room) == 1
    await tick.tidy(now=begin + DAY)
    assert await stored(room) == 0


async def test_the_percolator_forgets_what_nobody_follows(room: Newsroom) -> None:
    percolator = Percolator()
    chat = await room.reader("казахстан", "баку")
    async with room.db.write() as conn:
        [dropped, _] = await subscriptions.of_chat(conn, chat.id)
        await subscriptions.drop(conn, chat.id, [dropped.id], now=room.now)
    await housekeeping(room, percolator=percolator).tidy(now=room.now)
    assert percolator.forgotten == []
    async with room.db.write() as conn:
        await subscriptions.drop(conn, chat.id, [], now=room.now + 2 * DAY)
    await housekeeping(room, percolator=percolator).tidy(now=room.now)
    assert percolator.forgotten == [dropped.query_id]
    async with room.db.read() as conn:
        assert (await conn.execute(select(func.count()).select_from(queries))).scalar_one() == 1


async def test_a_query_followed_after_others_are_gone_is_met(room: Newsroom) -> None:
    chat = await room.reader("казахстан", "баку")
    await room.publish("Казахстан")
    async with room.db.write() as conn:
        known = await subscriptions.of_chat(conn, chat.id)
        await subscriptions.drop(conn, chat.id, [one.id for one in known], now=room.now)
        await subscriptions.drop(conn, chat.id, [], now=room.now + 2 * DAY)
    await Housekeeping(room.db, room.matcher, keep=KEEP, pause_s=0).tidy(now=room.now)
    followed = await room.follow(chat, "астана")
    await room.publish("Астана")
    async with room.db.read() as conn:
        found = await matches_by_article.since(conn, 0)
    assert [match.query_ids for match in found if match.article_id == 2] == [{followed.query_id}]


async def test_digests_are_kept_for_a_week_at_least(room: Newsroom) -> None:
    await put_into_outbox(room.db, 1, "Дайджест", now=room.now)
    async with room.db.write() as conn:
        await settle(conn, [ended(one) for one in await claim(conn, now=room.now)], now=room.now)
    for age, left in ((DIGESTS_AT_LEAST, 1), (DIGESTS_AT_LEAST + DAY, 0)):
        await housekeeping(room, keep=DAY).tidy(now=room.now + age)
        async with room.db.read() as conn:
            assert (await conn.execute(select(func.count()).select_from(digests))).scalar_one() == left


async def test_updates_are_remembered_for_longer_than_telegram_brings_them_again(room: Newsroom) -> None:
    async with room.db.write() as conn:
        await updates.receive(conn, 1, [Received(7, None)], now=room.now)
    left = []
    for moment in (room.now + DAY, room.now + UPDATES_FOR + DAY):
        await housekeeping(room).tidy(now=moment)
        async with room.db.read() as conn:
            left.append(await updates.known(conn, 1, [7]))
    assert left == [{7}, set()]


async def test_it_stops_between_two_steps_and_goes_on_after_the_next_start(room: Newsroom) -> None:
    await room.publish(*(draft(f"Старая {number}") for number in range(2 * retention.ARTICLES)))
    tick = Housekeeping(room.db, Percolator(), keep=KEEP, pause_s=60)
    turn = asyncio.create_task(tick.tidy(now=room.now + KEEP + DAY))
    async with asyncio.timeout(10):
        while await stored(room) == 2 * retention.ARTICLES:  # noqa: ASYNC110 - the store rings no bell
            await asyncio.sleep(0.01)
        tick.stop()
        await turn
    assert await stored(room) == retention.ARTICLES
    await housekeeping(room).tidy(now=room.now + KEEP + DAY)
    assert await stored(room) == 0


async def test_nothing_is_begun_when_the_bot_stops(room: Newsroom) -> None:
    chat = await room.reader("новость")
    await room.publish("Новость", "Новость снова")
    async with room.db.write() as conn:
        for one in await subscriptions.of_chat(conn, chat.id):
            await conn.execute(subscription_table.update().where(subscription_table.c.id == one.id).values(cursor=2))
    tick = housekeeping(room)
    tick.stop()
    await tick.tidy(now=room.now + KEEP + DAY)
    async with room.db.read() as conn:
        assert (await conn.execute(select(func.count()).select_from(matches))).scalar_one() == 2


async def test_what_deleted_rows_left_behind_is_overwritten_once(room: Newsroom) -> None:
    await room.reader("казахстан")
    tick = housekeeping(room)
    await tick.tidy(now=room.now)
    assert await room.db.maintain(traces.found) is Left.NOTHING
    before = await everything(room)
    async with room.db.write() as conn:
        await traces.left(conn)
    await tick.tidy(now=room.now + DAY)
    assert await room.db.maintain(traces.found) is Left.NOTHING
    assert await everything(room) == before


async def test_overwriting_that_is_broken_off_is_begun_again(room: Newsroom) -> None:
    tick = housekeeping(room)
    await tick.tidy(now=room.now)
    await room.db.maintain(traces.begin)
    await housekeeping(room).tidy(now=room.now)
    assert await room.db.maintain(traces.found) is Left.NOTHING


async def test_a_log_that_may_hold_what_was_forgotten_is_emptied_at_the_next_turn(room: Newsroom) -> None:
    tick, log = housekeeping(room), room.db.path.with_name("news.db-wal")
    await tick.tidy(now=room.now)
    await room.publish("Казахстан")
    await tick.tidy(now=room.now)
    await room.publish("Баку")
    assert size(log) > 0
    room.db.log_has_traces = True
    async with room.db.read() as conn:
        await conn.execute(select(articles.c.id))
        await room.publish("Астана")
        await tick.tidy(now=room.now)
        assert size(log) > 0
    await tick.tidy(now=room.now)
    assert size(log) == 0
    assert not room.db.log_has_traces


def size(file: Path) -> int:
    return file.stat().st_size


async def everything(room: Newsroom) -> list[tuple[Any, ...]]:
    async with room.db.read() as conn:
        return [tuple(row) for table in (queries, subscription_table) for row in await conn.execute(select(table))]
