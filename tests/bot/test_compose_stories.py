"""What a digest tells: what is new since the subscription began, nothing missed, nothing twice."""

import asyncio
from datetime import UTC, datetime

from bot.compose import FIRST_STORIES
from bot.ingest import ingest
from storage import feedback, subscriptions
from storage.feedback import FeedbackKind
from tests.bot.newsroom import DAY, HOUR, LONG, NINE, NOON, Newsroom, draft, lines

# What is new


async def test_what_was_stored_before_the_subscription_is_not_pushed(room: Newsroom) -> None:
    await room.publish("Казахстан вчера")
    chat = await room.reader("казахстан")
    await room.publish("Казахстан сегодня")
    await room.compose(at=NINE)
    assert await room.count(chat, "Казахстан вчера") == 0
    assert await room.count(chat, "Казахстан сегодня") == 1


async def test_what_was_stored_before_is_not_pushed_though_it_is_matched_later(room: Newsroom) -> None:
    await ingest(room.db, [draft("Казахстан вчера")], now=room.now)
    chat = await room.reader("казахстан")
    await room.publish("Казахстан сегодня")
    await room.compose(at=NINE)
    assert await room.count(chat, "Казахстан вчера") == 0
    assert await room.count(chat, "Казахстан сегодня") == 1


async def test_an_old_date_is_new_when_it_is_stored_after_the_subscription(room: Newsroom) -> None:
    chat = await room.reader("казахстан")
    await room.publish(draft("Казахстан", published_at=datetime(2019, 1, 1, tzinfo=UTC)))
    await room.compose(at=NINE)
    assert await room.count(chat, "Казахстан") == 1


async def test_an_article_that_changes_until_it_matches_is_told(room: Newsroom) -> None:
    chat = await room.reader("казахстан")
    await room.publish(draft("Погода", url="https://report.az/1"))
    await room.compose(at=NINE)
    await room.publish(draft("Погода в Казахстане", url="https://report.az/1"))
    await room.compose(at=NINE + DAY)
    assert await room.count(chat, "Погода в Казахстане") == 1


async def test_an_article_that_changes_after_it_was_told_is_not_told_again(room: Newsroom) -> None:
    chat = await room.reader("казахстан")
    await room.publish(draft("Казахстан", url="https://report.az/1"))
    await room.compose(at=NINE)
    await room.publish(draft("Казахстан, дополнено", url="https://report.az/1"))
    await room.compose(at=NINE + DAY)
    assert len(await room.texts(chat)) == 1


# Nothing twice


async def test_a_story_comes_once_through_alerts_digests_and_questions(room: Newsroom) -> None:
    chat = await room.reader("казахстан")
    await room.follow(chat, "астана", instant=True)
    await room.publish("Астана и Казахстан")
    await room.compose()
    assert await room.slots(chat) == [("instant", None)]
    assert not await room.ask(chat)
    await room.publish("Казахстан")
    assert await room.ask(chat)
    await room.publish("Казахстан и погода")
    await room.compose(at=NINE)
    assert not await room.ask(chat)
    titles = ("Астана и Казахстан", "Казахстан", "Казахстан и погода")
    assert [await room.count(chat, title) for title in titles] == [1, 1, 1]


async def test_the_same_text_at_another_address_does_not_come_again(room: Newsroom) -> None:
    chat = await room.reader("каспийское")
    await room.publish(draft("Перевозки растут", LONG, url="https://report.az/1"))
    await room.compose(at=NINE)
    await room.publish(draft("Рост перевозок", LONG, url="https://trend.az/1", source="trend.az"))
    await room.compose(at=NINE + DAY)
    assert not await room.ask(chat)
    assert len(await room.texts(chat)) == 1


async def test_a_story_told_by_two_sources_is_one_item_that_names_both(room: Newsroom) -> None:
    chat = await room.reader("каспийское")
    await room.publish(
        draft("Перевозки растут", LONG, url="https://report.az/1"),
        draft("Перевозки растут", LONG, url="https://trend.az/1", source="trend.az"),
    )
    await room.compose(at=NINE)
    [text] = await room.texts(chat)
    assert text.count("Перевозки растут") == 1
    assert ("report.az" in text, "trend.az" in text) == (True, True)


async def test_a_story_that_two_subscriptions_catch_stands_once_and_names_both(room: Newsroom) -> None:
    chat = await room.reader("казахстан", "коридор")
    await room.publish("Коридор через Казахстан", "Коридор")
    await room.compose(at=NINE)
    [text] = await room.texts(chat)
    told = [line for line in text.splitlines() if line.startswith(("📌", "1.", "2.", "также"))]
    assert told == ["📌 казахстан", "1. Коридор через Казахстан", "также: коридор", "📌 коридор", "2. Коридор"]


async def test_chats_have_memories_of_their_own(room: Newsroom) -> None:
    first = await room.reader("казахстан", telegram_id=1)
    second = await room.reader("казахстан", telegram_id=2, schedule="18:00")
    await room.publish("Казахстан")
    await room.compose(at=NINE - 12 * HOUR)
    assert [await room.count(chat, "Казахстан") for chat in (first, second)] == [0, 1]
    await room.ask(first)
    assert [await room.count(chat, "Казахстан") for chat in (first, second)] == [1, 1]


async def test_a_question_during_the_tick_tells_no_story_twice(room: Newsroom) -> None:
    chat = await room.reader("казахстан")
    await room.publish("Казахстан")
    room.now = NINE
    await asyncio.gather(room.compose(), room.ask(chat), room.ask(chat), room.compose())
    assert await room.count(chat, "Казахстан") == 1


# Asked for


async def test_a_first_digest_that_is_asked_for_begins_with_the_newest_stories_already_there(room: Newsroom) -> None:
    dates = [NOON - HOUR * hours for hours in range(1, FIRST_STORIES + 3)]
    await room.publish(*(draft(f"Казахстан {at:%H:%M}", published_at=at) for at in dates))
    chat = await room.reader("казахстан")
    assert await room.ask(chat)
    [text] = await room.texts(chat)
    told = [line for line in lines(text) if line.startswith("Казахстан ")]
    assert told == [f"Казахстан {at:%H:%M}" for at in dates[:FIRST_STORIES]]
    assert not await room.ask(chat)
    await room.compose(at=NINE)
    assert len(await room.texts(chat)) == 1


async def test_a_subscription_that_has_been_in_a_digest_begins_no_more(room: Newsroom) -> None:
    await room.publish("Казахстан вчера")
    chat = await room.reader("казахстан")
    await room.publish("Казахстан сегодня")
    await room.compose(at=NINE)
    assert not await room.ask(chat)


async def test_the_first_question_tells_what_is_new_besides(room: Newsroom) -> None:
    await room.publish(*(f"Казахстан {number}" for number in range(7)))
    chat = await room.reader("казахстан")
    await room.publish("Казахстан сегодня")
    assert await room.ask(chat)
    [text] = await room.texts(chat)
    assert "Казахстан сегодня" in text
    assert sum(line.startswith("Казахстан ") for line in lines(text)) <= FIRST_STORIES + 1


async def test_two_first_questions_at_once_are_answered_once(room: Newsroom) -> None:
    await room.publish("Казахстан вчера")
    chat = await room.reader("казахстан")
    assert sorted(await asyncio.gather(room.ask(chat), room.ask(chat))) == [False, True]


# Held back


async def test_a_paused_subscription_is_left_out_and_nothing_of_it_is_lost(room: Newsroom) -> None:
    chat = await room.reader("баку")
    paused = await room.follow(chat, "казахстан", paused=True)
    await room.publish("Казахстан", "Баку")
    await room.compose(at=NINE)
    await room.ask(chat)
    assert [await room.count(chat, title) for title in ("Казахстан", "Баку")] == [0, 1]
    await room.change(paused, paused=False)
    await room.compose(at=NINE + DAY)
    assert [await room.count(chat, title) for title in ("Казахстан", "Баку")] == [1, 1]


async def test_a_deletion_that_is_undone_loses_and_repeats_nothing(room: Newsroom) -> None:
    chat = await room.reader("казахстан")
    await room.publish("Казахстан первый")
    await room.ask(chat)
    async with room.db.write() as conn:
        [followed] = await subscriptions.of_chat(conn, chat.id)
        dropped = await subscriptions.drop(conn, chat.id, [followed.id], now=room.now)
    await room.publish("Казахстан второй")
    await room.compose(at=NINE)
    assert await room.count(chat, "Казахстан второй") == 0
    async with room.db.write() as conn:
        await subscriptions.restore(conn, chat.id, dropped.deletion)
    await room.ask(chat)
    await room.compose(at=NINE + DAY)
    assert [await room.count(chat, f"Казахстан {name}") for name in ("первый", "второй")] == [1, 1]


async def test_a_subscription_that_resumes_while_others_are_served_loses_nothing(room: Newsroom) -> None:
    await room.reader("баку", telegram_id=1)
    chat = await room.reader("баку", telegram_id=2)
    paused = await room.follow(chat, "казахстан", paused=True)
    await room.publish("Казахстан")
    await room.compose(at=NINE)
    await room.publish("Баку")
    async with room.db.write() as conn:
        tick = asyncio.create_task(room.compose(at=NINE + DAY))
        await asyncio.sleep(0.2)
        await subscriptions.change(conn, paused.id, chat_id=chat.id, paused=False)
    await tick
    await room.compose(at=NINE + 2 * DAY)
    assert [await room.count(chat, title) for title in ("Казахстан", "Баку")] == [1, 1]


async def test_a_sleeping_chat_gets_one_digest_when_it_wakes(room: Newsroom) -> None:
    chat = await room.reader("казахстан")
    await room.change_chat(chat, asleep=True)
    for day in range(3):
        await room.publish(f"Казахстан {day}")
        await room.compose(at=NINE + day * DAY)
    assert await room.texts(chat) == []
    await room.change_chat(chat, asleep=False)
    await room.compose()
    [text] = await room.texts(chat)
    assert [f"Казахстан {day}" in text for day in range(3)] == [True] * 3


async def test_a_chat_that_nothing_is_pushed_to_can_ask(room: Newsroom) -> None:
    chat = await room.reader("казахстан", schedule="off")
    await room.publish("Казахстан")
    await room.compose(at=NINE + DAY)
    assert await room.texts(chat) == []
    assert await room.ask(chat)


async def test_what_a_chat_waved_away_comes_after_its_equals(room: Newsroom) -> None:
    query, titles = "коридор | погода | футбол", ("Коридор открыт", "Погода ясная", "Футбол начался")
    chat, other = await room.reader(query, telegram_id=1), await room.reader(query, telegram_id=2)
    await room.publish(*(draft(title, published_at=NOON) for title in titles))
    async with room.db.write() as conn:
        await feedback.give(conn, chat.id, 1, kind=FeedbackKind.LESS, now=NOON)
    await room.compose(at=NINE)
    orders = [[telling.story_id for telling in await room.told(one)] for one in (chat, other)]
    assert orders == [[2, 3, 1], [1, 2, 3]]
