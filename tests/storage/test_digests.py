from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from storage import articles, chats, digests, matches, outbox, planning, subscriptions
from storage.chats import TERMINAL
from storage.database import Database
from storage.digests import Composed, Outcome
from storage.language.analyser import VERSION
from storage.models import Chat, DigestKind, Part, Slot, Telling
from storage.planning import Fresh, Gathered, Looked, Planner
from storage.schema import digests as digest_table
from storage.schema import queries as query_table
from storage.schema import subscriptions as subscription_table
from tests.storage.builders import DAY, HOUR, NOW, STORY, chat, draft, everything, follow, match, put, statements
from tests.storage.sending import claim, ended, settle

NINE = Slot(local_date=date(2025, 12, 1), name="09:00")


async def gather(database: Database, chat: Chat, *, instant: bool = False) -> Gathered:
    async with database.read() as conn:
        return (await Planner(instant=instant).plan(conn, [chat.id])).of(chat.id)


async def new_to(database: Database, chat: Chat, *, instant: bool = False) -> list[str]:
    """Headlines of what is new to the chat."""
    titles = {article.id: article.title for article in await everything(database)}
    return [titles[fresh.article_id] for fresh in (await gather(database, chat, instant=instant)).fresh]


def composed(gathered: Gathered, *, messages: Iterable[str] = ("<b>новости</b>",), **changes: Any) -> Composed:
    """A digest of all that was gathered, each story by its first article."""
    stories = {fresh.story_id: fresh for fresh in reversed(gathered.fresh)}
    return Composed(
        kind=changes.get("kind", DigestKind.ASKED),
        slot=changes.get("slot"),
        tellings=tuple(
            Telling(story_id, fresh.article_id, fresh.subscription_id, place)
            for place, (story_id, fresh) in enumerate(stories.items(), 1)
        ),
        subscription_ids=frozenset(fresh.subscription_id for fresh in gathered.fresh),
        messages=tuple(map(Part, messages)),
    )


async def commit(database: Database, gathered: Gathered, made: Composed) -> Outcome:
    async with database.write() as conn:
        return await digests.commit(conn, {gathered.chat_id: (gathered, made)}, now=NOW)


async def tell(database: Database, chat: Chat, *, instant: bool = False, **changes: Any) -> bool:
    """Commits a digest of all that is new to the chat; False where its slot was answered before."""
    gathered = await gather(database, chat, instant=instant)
    outcome = await commit(database, gathered, composed(gathered, **changes))
    assert not outcome.changed
    return bool(outcome.committed)


async def publish(database: Database, *drafts: Any) -> None:
    await put(database, *drafts)
    await match(database)


async def test_new_to_a_chat_is_what_was_stored_after_it_subscribed_whatever_its_date(database: Database) -> None:
    reader = await chat(database)
    await put(database, draft("Саммит до подписки"))
    await follow(database, reader, "саммит")
    await publish(
        database,
        draft("Саммит вчера", published_at=NOW - DAY),
        draft("Саммит прошлого века", published_at=NOW - 9000 * DAY),
        draft("Матч"),
    )
    assert await new_to(database, reader) == ["Саммит вчера", "Саммит прошлого века"]


async def test_an_article_stored_before_the_subscription_stays_old_when_it_changes(database: Database) -> None:
    reader = await chat(database)
    await publish(database, draft("Саммит", url="https://a.az/1"))
    await follow(database, reader, "саммит")
    await publish(database, draft("Саммит отложен", url="https://a.az/1"))
    assert await new_to(database, reader) == []


async def test_what_was_told_is_not_new_again(database: Database) -> None:
    reader = await chat(database)
    await follow(database, reader, "саммит")
    await publish(database, draft("Саммит", STORY, url="https://a.az/1"))
    assert await tell(database, reader)
    assert await new_to(database, reader) == []
    await publish(database, draft("Саммит, повтор", STORY, url="https://b.kz/1"), draft("Саммит закрыт"))
    assert await new_to(database, reader) == ["Саммит закрыт"]


async def test_a_changed_article_is_not_told_again(database: Database) -> None:
    reader = await chat(database)
    await follow(database, reader, "саммит")
    await publish(database, draft("Саммит", url="https://a.az/1"))
    await tell(database, reader)
    await publish(database, draft("Саммит отложен", url="https://a.az/1"))
    assert await new_to(database, reader) == []


async def test_an_article_that_changed_before_it_was_told_is_new_by_its_present_words(database: Database) -> None:
    reader = await chat(database)
    await follow(database, reader, "саммит")
    await publish(database, draft("Саммит", url="https://a.az/1"), draft("Матч", url="https://a.az/2"))
    await publish(database, draft("Погода", url="https://a.az/1"), draft("Саммит и матч", url="https://a.az/2"))
    assert await new_to(database, reader) == ["Саммит и матч"]


async def test_a_story_told_for_one_subscription_is_not_told_for_another_and_one_caught_for_two_names_both(
    database: Database,
) -> None:
    reader = await chat(database)
    first = await follow(database, reader, "саммит")
    await publish(database, draft("Саммит в Баку", STORY, url="https://a.az/1"))
    await tell(database, reader)
    second = await follow(database, reader, "баку")
    await publish(database, draft("Саммит в Баку", STORY, url="https://b.kz/1"), draft("Саммит и Баку"))
    gathered = await gather(database, reader)
    assert gathered.fresh == (Fresh(first.id, first.query_id, 3, 2), Fresh(second.id, second.query_id, 3, 2))
    assert [looked.id for looked in gathered.looked_at] == [first.id, second.id]


async def test_dropping_and_restoring_a_subscription_tells_nothing_twice_and_misses_nothing(database: Database) -> None:
    reader = await chat(database)
    mine = await follow(database, reader, "саммит")
    await publish(database, draft("Саммит"))
    await tell(database, reader)
    await publish(database, draft("Саммит второй"))
    async with database.write() as conn:
        dropped = await subscriptions.drop(conn, reader.id, [mine.id], now=NOW)
    await publish(database, draft("Саммит третий"))
    assert await new_to(database, reader) == []
    await tell(database, reader)
    async with database.write() as conn:
        await subscriptions.restore(conn, reader.id, dropped.deletion)
    assert await new_to(database, reader) == ["Саммит второй", "Саммит третий"]
    await tell(database, reader)
    assert await new_to(database, reader) == []


async def test_what_was_dropped_waits_for_no_alert_and_begins_nothing(database: Database) -> None:
    reader = await chat(database, instant=True)
    mine = await follow(database, reader, "саммит")
    async with database.write() as conn:
        dropped = await subscriptions.drop(conn, reader.id, [mine.id], now=NOW)
    await publish(database, draft("Саммит"))
    async with database.write() as conn:
        assert (await digests.awaiting_alerts(conn, now=NOW), await digests.unbegun(conn, reader.id)) == ([], set())
        await subscriptions.restore(conn, reader.id, dropped.deletion)
        assert (await digests.awaiting_alerts(conn, now=NOW), await digests.unbegun(conn, reader.id)) == (
            [reader.id],
            {mine.id},
        )


async def test_following_again_after_a_loss_begins_anew_without_repeating(database: Database) -> None:
    reader = await chat(database)
    mine = await follow(database, reader, "саммит")
    await publish(database, draft("Саммит", STORY, url="https://a.az/1"), draft("Саммит второй"))
    async with database.write() as conn:
        await subscriptions.drop(conn, reader.id, [mine.id], now=NOW)
    await follow(database, reader, "саммит")
    assert await new_to(database, reader) == []
    await publish(database, draft("Саммит третий"))
    assert await new_to(database, reader) == ["Саммит третий"]


async def test_what_was_looked_at_and_left_out_is_not_new_again(database: Database) -> None:
    reader, other = await chat(database, 1), await chat(database, 2)
    for one in (reader, other):
        await follow(database, one, "саммит")
    await publish(database, draft("Саммит"), draft("Саммит второй"))
    gathered = await gather(database, reader)
    await commit(database, gathered, replace(composed(gathered), tellings=(Telling(1, 1, 1, 1),)))
    async with database.read() as conn:
        plan = await Planner(instant=False).plan(conn, [reader.id, other.id])
        assert await digests.stories_told(conn, reader.id, [1, 2]) == {1}
    both = [plan.of(one.id) for one in (reader, other)]
    assert [len(found.fresh) for found in both] == [0, 2]


async def test_each_chat_is_told_its_own(database: Database) -> None:
    one, other, idle = await chat(database, 1), await chat(database, 2), await chat(database, 3)
    await follow(database, one, "саммит")
    await publish(database, draft("Саммит"))
    await follow(database, other, "саммит OR матч")
    await publish(database, draft("Матч"), draft("Саммит второй"))
    async with database.read() as conn:
        plan = await Planner(instant=False).plan(conn, [one.id, idle.id, other.id])
    gathered = [plan.of(chat.id) for chat in (one, idle, other)]
    assert [(found.chat_id, [fresh.article_id for fresh in found.fresh]) for found in gathered] == [
        (one.id, [1, 3]),
        (idle.id, []),
        (other.id, [2, 3]),
    ]
    await tell(database, one)
    assert (await new_to(database, one), await new_to(database, other)) == ([], ["Матч", "Саммит второй"])


async def test_what_is_matched_between_gathering_and_commit_comes_next(database: Database) -> None:
    reader = await chat(database)
    await follow(database, reader, "саммит")
    await publish(database, draft("Саммит"))
    gathered = await gather(database, reader)
    await publish(database, draft("Саммит второй"))
    assert await commit(database, gathered, composed(gathered)) == Outcome(frozenset([reader.id]), frozenset())
    assert await new_to(database, reader) == ["Саммит второй"]


async def test_a_paused_subscription_is_left_out_and_loses_nothing(database: Database) -> None:
    reader = await chat(database)
    paused = await follow(database, reader, "саммит")
    await follow(database, reader, "матч")
    async with database.write() as conn:
        await subscriptions.change(conn, paused.id, chat_id=reader.id, paused=True)
    await publish(database, draft("Саммит"), draft("Матч"))
    assert await new_to(database, reader) == ["Матч"]
    await tell(database, reader)
    async with database.write() as conn:
        await subscriptions.change(conn, paused.id, chat_id=reader.id, paused=False)
    assert await new_to(database, reader) == ["Саммит"]


async def test_what_is_told_at_once_is_not_in_the_digest_and_the_rest_is(database: Database) -> None:
    reader = await chat(database)
    at_once = await follow(database, reader, "саммит")
    await follow(database, reader, "матч")
    async with database.write() as conn:
        await subscriptions.change(conn, at_once.id, chat_id=reader.id, instant=True)
    await publish(database, draft("Саммит"), draft("Матч"))
    assert await new_to(database, reader, instant=True) == ["Саммит"]
    assert sorted(await new_to(database, reader)) == ["Матч", "Саммит"]
    await tell(database, reader, instant=True, kind=DigestKind.INSTANT)
    assert await new_to(database, reader, instant=True) == []
    assert await new_to(database, reader) == ["Матч"]


async def test_an_instant_chat_is_told_everything_at_once(database: Database) -> None:
    reader = await chat(database, instant=True)
    await follow(database, reader, "саммит")
    await publish(database, draft("Саммит"))
    assert await new_to(database, reader, instant=True) == ["Саммит"]


async def test_alerts_wait_for_those_who_want_them_and_have_not_seen_the_newest(database: Database) -> None:
    async def awaiting(**only: int) -> list[int]:
        async with database.read() as conn:
            return await digests.awaiting_alerts(conn, now=NOW, **only)

    instant, single = await chat(database, 1, instant=True), await chat(database, 2)
    plain, asleep = await chat(database, 3), await chat(database, 4, instant=True, asleep=True)
    terminal, held = await chat(database, TERMINAL, instant=True), await chat(database, 5, instant=True)
    for one in (instant, single, plain, asleep, terminal, held):
        mine = await follow(database, one, "саммит")
        async with database.write() as conn:
            change = {"paused": True} if one == held else {"instant": one == single}
            await subscriptions.change(conn, mine.id, chat_id=one.id, **change)
    assert await awaiting() == []
    await publish(database, draft("Саммит"))
    assert await awaiting() == [instant.id, single.id]
    assert await awaiting(only=TERMINAL) == [terminal.id]
    await tell(database, instant, instant=True)
    assert await awaiting() == [single.id]


async def test_a_slot_is_answered_once(database: Database) -> None:
    reader, other = await chat(database, 1), await chat(database, 2)
    await follow(database, reader, "саммит")
    await publish(database, draft("Саммит"))
    assert await tell(database, reader, slot=NINE, kind=DigestKind.SCHEDULED)
    await publish(database, draft("Саммит второй"))
    assert not await tell(database, reader, slot=NINE, kind=DigestKind.SCHEDULED)
    assert await new_to(database, reader) == ["Саммит второй"]
    async with database.read() as conn:
        assert await outbox.waiting(conn, reader.id) == 1
    assert await tell(database, reader, slot=Slot(local_date=NINE.local_date, name="18:00"), kind=DigestKind.SCHEDULED)
    assert await tell(database, other, slot=NINE, kind=DigestKind.SCHEDULED)


async def test_the_set_times_answered_lately_are_known_of_the_chat(database: Database) -> None:
    async def answered() -> set[tuple[date, str]]:
        async with database.read() as conn:
            found = await chats.by_id(conn, reader.id)
        assert found
        return set(found.answered)

    reader, first = await chat(database), NINE.local_date
    assert await answered() == set()
    slots = [Slot(local_date=first + days * DAY, name=name) for days in range(3) for name in ("09:00", "18:00")]
    for slot in slots:
        assert await tell(database, reader, messages=(), slot=slot)
    assert await answered() == {(slot.local_date, slot.name) for slot in slots}
    await tell(database, reader)
    assert not await tell(database, reader, slot=NINE)
    assert await tell(database, reader, messages=(), slot=Slot(local_date=first + 4 * DAY, name="09:00"))
    assert await answered() == {(first + 2 * DAY, "09:00"), (first + 2 * DAY, "18:00"), (first + 4 * DAY, "09:00")}


async def test_digests_without_a_slot_may_be_many(database: Database) -> None:
    reader = await chat(database)
    await follow(database, reader, "саммит")
    for title in ("Саммит", "Саммит второй"):
        await publish(database, draft(title))
        assert await tell(database, reader)
    async with database.read() as conn:
        assert await outbox.waiting(conn, reader.id) == 2


@pytest.mark.parametrize(
    ("slot", "answered"), [(None, 0), (NINE, 1)], ids=["nothing was due: no digest", "its time is answered"]
)
async def test_an_empty_digest_sends_nothing_and_moves_on(database: Database, slot: Slot | None, answered: int) -> None:
    reader = await chat(database)
    await follow(database, reader, "саммит")
    await publish(database, draft("Матч"))
    assert await tell(database, reader, messages=(), slot=slot)
    async with database.read() as conn:
        assert await outbox.waiting(conn, reader.id) == 0
        assert (await conn.execute(select(func.count()).select_from(digest_table))).scalar_one() == answered


async def test_a_subscription_has_begun_once_a_digest_held_it(database: Database) -> None:
    async def unbegun() -> set[int]:
        async with database.read() as conn:
            return await digests.unbegun(conn, reader.id)

    reader = await chat(database)
    told, silent = await follow(database, reader, "саммит"), await follow(database, reader, "матч")
    paused = await follow(database, reader, "погода")
    async with database.write() as conn:
        await subscriptions.change(conn, paused.id, chat_id=reader.id, paused=True)
    assert await unbegun() == {told.id, silent.id}
    await publish(database, draft("Саммит"))
    await tell(database, reader)
    assert await unbegun() == {silent.id}


async def test_the_messages_of_a_digest_wait_in_order(database: Database) -> None:
    reader = await chat(database, 77)
    await follow(database, reader, "саммит")
    await publish(database, draft("Саммит"))
    await tell(database, reader, messages=["один", "два"])
    async with database.write() as conn:
        [first] = await claim(conn, now=NOW)
        await settle(conn, [ended(first)], now=NOW)
        [second] = await claim(conn, now=NOW)
    assert [(one.telegram_id, one.part, one.html) for one in (first, second)] == [(77, 1, "один"), (77, 2, "два")]


async def test_two_digests_of_one_story_cannot_both_be_committed(database: Database) -> None:
    reader = await chat(database)
    await follow(database, reader, "саммит")
    await publish(database, draft("Саммит"))
    first, second = await gather(database, reader), await gather(database, reader)
    assert (await commit(database, first, composed(first))).committed == {reader.id}
    assert await commit(database, second, composed(second)) == Outcome(frozenset(), frozenset([reader.id]))
    async with database.read() as conn:
        assert await outbox.waiting(conn, reader.id) == 1
        assert await digests.stories_told(conn, reader.id, [1, 2]) == {1}


@pytest.mark.parametrize("many", [1, 500], ids=["a window kept for many", "one for these chats"])
async def test_what_a_subscription_moved_to_meanwhile_is_not_missed(
    database: Database, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    """The renewal moves a subscription to a query that another chat follows, and lets its matches reach it."""
    monkeypatch.setattr(planning, "MANY", many)
    reader, other = await chat(database), await chat(database, 2)
    subscription = await follow(database, reader, "саммит")
    moved_to = await follow(database, other, "форум")
    async with database.write() as conn:
        await conn.execute(query_table.update().values(analyser=VERSION - 1))
    await put(database, draft("Саммит", STORY))
    await match(database)
    async with database.write() as conn:
        planner = Planner(instant=False)
        await planner.plan(conn, [reader.id, other.id])
        own = subscription_table.c.id == subscription.id
        await conn.execute(subscription_table.update().where(own).values(query_id=moved_to.query_id))
        await matches.copy(conn, [matches.Copy(subscription.query_id, moved_to.query_id, 0)])
        await conn.execute(query_table.update().values(analyser=VERSION))
        gathered = (await planner.plan(conn, [reader.id, other.id])).of(reader.id)
    assert [fresh.subscription_id for fresh in gathered.fresh] == [subscription.id]


@pytest.mark.parametrize("change", ["paused", "dropped", "moved", "told"])
async def test_what_has_changed_since_it_was_planned_is_not_committed(database: Database, change: str) -> None:
    reader, other = await chat(database), await chat(database, 2)
    mine, theirs = await follow(database, reader, "саммит"), await follow(database, other, "саммит")
    moved_to = await follow(database, other, "форум")
    await publish(database, draft("Саммит"))
    both = {one.id: await gather(database, one) for one in (reader, other)}
    async with database.write() as conn:
        if change == "paused":
            await subscriptions.change(conn, mine.id, chat_id=reader.id, paused=True)
        elif change == "dropped":
            await subscriptions.drop(conn, reader.id, [mine.id], now=NOW)
        elif change == "moved":
            own = subscription_table.c.id == mine.id
            await conn.execute(subscription_table.update().where(own).values(query_id=moved_to.query_id))
    if change == "told":
        await tell(database, reader)
    async with database.write() as conn:
        batch = {one: (gathered, composed(gathered)) for one, gathered in both.items()}
        assert await digests.commit(conn, batch, now=NOW) == Outcome(frozenset([other.id]), frozenset([reader.id]))
        assert await digests.stories_told(conn, other.id, [1]) == {1}
        assert await digests.stories_told(conn, reader.id, [1]) == ({1} if change == "told" else set())
    assert await new_to(database, other) == []
    assert theirs.query_id == mine.query_id


@pytest.mark.parametrize("number", [1, 30])
async def test_digests_of_many_chats_take_the_statements_of_one(database: Database, number: int) -> None:
    readers = [await chat(database, one) for one in range(1, number + 1)]
    for reader in readers:
        await follow(database, reader, "саммит")
    await publish(database, *(draft(f"Саммит {one}") for one in range(5)))
    async with statements(database) as run, database.write() as conn:
        plan = await Planner(instant=False).plan(conn, [reader.id for reader in readers])
        all_of_them = {one: (gathered, composed(gathered)) for one in plan.chat_ids if (gathered := plan.of(one))}
        outcome = await digests.commit(conn, all_of_them, now=NOW)
    assert len(outcome.committed) == number
    assert [" ".join(statement.split()[:3]) for statement in run if not statement.startswith("SELECT")] == [
        "INSERT INTO digests",
        "INSERT INTO told",
        "INSERT INTO outbox",
        "UPDATE subscriptions SET",
        "UPDATE subscriptions SET",
    ]
    assert sum(statement.startswith("SELECT") for statement in run) == 7


async def test_a_deleted_article_is_not_new(database: Database) -> None:
    reader = await chat(database)
    await follow(database, reader, "саммит")
    await publish(database, draft("Саммит"), draft("Саммит второй"))
    async with database.write() as conn:
        await articles.delete(conn, [1])
    assert await new_to(database, reader) == ["Саммит второй"]


async def test_what_is_new_comes_in_the_order_of_matching_and_keeps_its_cursor(database: Database) -> None:
    reader = await chat(database)
    await follow(database, reader, "саммит")
    await publish(database, draft("Саммит второй", published_at=NOW), draft("Саммит", published_at=NOW - HOUR))
    assert await gather(database, reader) == Gathered(
        reader.id, (Looked(1, 1, 0),), (Fresh(1, 1, 1, 1), Fresh(1, 1, 2, 2)), 2
    )
