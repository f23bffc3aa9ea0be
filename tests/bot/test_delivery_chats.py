"""Chats that take nothing, and chats that move: what waits for them is not lost, and nobody is asked in vain."""

from datetime import timedelta

import pytest
from aiogram.utils.i18n import I18n
from structlog.testing import capture_logs

from bot.closed_topics import ClosedTopics
from bot.delivery import Delivery
from bot.outcomes import FIRST_WAIT, LONGEST_WAIT
from storage import chats, subscriptions
from storage.models import Message
from storage.query import parse
from tests.bot.delivering import GROUP, arrived, enqueue, settle, states
from tests.bot.newsroom import READER, Defaults, Newsroom
from tests.telegram import TelegramServer


async def test_a_reader_who_blocked_the_bot_gets_what_is_held_back_once_they_write(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery
) -> None:
    chat = await room.reader("казахстан")
    await room.publish("Казахстан")
    await room.ask(chat)
    telegram.blocked.add(READER)
    await delivery.drain()
    assert (await room.known(chat)).asleep
    await room.publish("Казахстан и погода")
    for _ in range(3):
        await room.compose(at=room.now + timedelta(days=1))
        await delivery.drain()
    assert len(telegram.refused) == 1
    telegram.say("/start")
    async with room.db.write() as conn:
        await chats.ensure(conn, READER, now=room.now)
    await room.compose()
    await delivery.drain()
    told = "\n".join(message.text for message in telegram.sent)
    assert (told.count("Казахстан\n"), told.count("Казахстан и погода\n")) == (1, 1)


async def test_a_chat_that_is_gone_falls_asleep(room: Newsroom, telegram: TelegramServer, delivery: Delivery) -> None:
    chat = await enqueue(room, 7, "one")
    await delivery.drain()
    assert (await room.known(chat)).asleep
    telegram.violations.clear()  # what the test asks for: nobody with this id has ever written


async def test_a_bot_that_telegram_does_not_know_puts_nobody_to_sleep(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery
) -> None:
    chat = await enqueue(room, READER, "one")
    telegram.fail_next("sendMessage", status=404, description="Not Found")
    await delivery.drain()
    assert not (await room.known(chat)).asleep
    await settle(room, delivery, after=FIRST_WAIT)
    assert arrived(telegram) == [(READER, "one")]


@pytest.mark.parametrize(
    "description",
    [
        "Bad Request: chat not found",
        "Bad Request: not enough rights to send text messages to the chat",
        "Bad Request: have no rights to send a message",
        "Bad Request: TOPIC_CLOSED",
        "Bad Request: message thread not found",
    ],
)
async def test_what_may_not_be_written_now_is_held_back_until_the_chat_wakes(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery, description: str
) -> None:
    await enqueue(room, READER, "one", "two")
    telegram.fail_next("sendMessage", status=400, description=description)
    await delivery.drain()
    assert arrived(telegram) == []
    assert await states(room) == ["pending", "pending"]
    async with room.db.write() as conn:
        await chats.ensure(conn, READER, now=room.now)
    await delivery.drain()
    assert arrived(telegram) == [(READER, "one"), (READER, "two")]


async def test_a_group_that_became_a_supergroup_is_served_under_its_new_id(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery
) -> None:
    chat = await enqueue(room, GROUP, "one", "two")
    async with room.db.write() as conn:
        await subscriptions.follow(conn, chat.id, parse("казахстан"), now=room.now)
    telegram.register(-1004001, type="supergroup")
    upgraded = "Bad Request: group chat was upgraded to a supergroup chat"
    telegram.fail_next(
        "sendMessage", chat_id=GROUP, status=400, description=upgraded, parameters={"migrate_to_chat_id": -1004001}
    )
    await delivery.drain()
    await settle(room, delivery, after=timedelta(seconds=1))
    assert arrived(telegram) == [(-1004001, "one"), (-1004001, "two")]
    assert (await room.known(chat)).telegram_id == -1004001


async def test_a_supergroup_that_is_known_already_is_not_asked_again_and_again(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery
) -> None:
    telegram.register(-1004001, type="supergroup")
    await enqueue(room, -1004001, "welcome")
    await enqueue(room, GROUP, "one")
    telegram.fail_next("sendMessage", chat_id=GROUP, status=400, parameters={"migrate_to_chat_id": -1004001}, times=100)
    for _ in range(20):
        await settle(room, delivery, after=timedelta(seconds=1))
    assert len(telegram.refused) <= 5


FORUM = -1007


async def test_what_waited_while_a_chat_slept_makes_one_sound(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery
) -> None:
    await enqueue(room, READER, "one", "two")
    await enqueue(room, READER, "three")
    telegram.fail_next("sendMessage", status=403)
    await delivery.drain()
    room.now += timedelta(days=60)
    async with room.db.write() as conn:
        await chats.ensure(conn, READER, now=room.now)
    await delivery.drain()
    assert [text for _, text in arrived(telegram)] == ["one", "two", "three"]
    calls = [call.params for call in telegram.calls if call.method == "sendMessage"]
    assert [call.get("disable_notification", False) for call in calls] == [False, True, True, False]


async def test_a_chat_that_wakes_is_tried_for_a_whole_day_again(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery
) -> None:
    await enqueue(room, READER, "one")
    telegram.fail_next("sendMessage", status=403)
    await delivery.drain()
    room.now += timedelta(days=60)
    async with room.db.write() as conn:
        await chats.ensure(conn, READER, now=room.now)
    telegram.fail_next("sendMessage")
    await delivery.drain()
    await settle(room, delivery, after=LONGEST_WAIT)
    assert arrived(telegram) == [(READER, "one")]


async def test_a_group_is_told_once_of_a_topic_that_was_closed_and_the_topic_sleeps_alone(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery
) -> None:
    telegram.register(FORUM, type="supergroup", topics=[5, 6])
    closed = await enqueue(room, FORUM, "one", "two", thread_id=5)
    other = await enqueue(room, FORUM, "three", thread_id=6)
    await room.follow(closed, "казахстан <b>")
    telegram.fail_next("sendMessage", status=400, description="Bad Request: TOPIC_CLOSED")
    for _ in range(3):
        await settle(room, delivery, after=timedelta(hours=1))
    told, three = sorted(telegram.sent, key=lambda message: message.text == "three")
    assert (told.thread_id, three.thread_id) == (None, 6)
    assert "закрыта или удалена" in told.text
    assert "казахстан" in told.text
    assert ((await room.known(closed)).asleep, (await room.known(other)).asleep) == (True, False)
    assert (await states(room))[:3] == ["pending", "pending", "sent"]


async def test_nobody_is_told_of_a_topic_where_the_general_topic_takes_nothing_either(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery
) -> None:
    telegram.register(FORUM, type="supergroup", topics=[5])
    await enqueue(room, FORUM, "one", thread_id=5)
    telegram.fail_next("sendMessage", status=400, description="Bad Request: TOPIC_CLOSED", times=9)
    with capture_logs() as logs:
        for _ in range(3):
            await settle(room, delivery, after=timedelta(hours=1))
    assert len(telegram.refused) == 2
    assert await states(room) == ["pending", "refused"]
    assert "topic takes nothing, and nobody can be told" in [line["event"] for line in logs]


async def test_a_supergroup_that_is_known_gets_what_waits_for_the_group_and_what_it_follows(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery
) -> None:
    telegram.register(-1004001, type="supergroup")
    await enqueue(room, -1004001, "welcome")
    group = await enqueue(room, GROUP, "one", "two")
    await room.follow(group, "казахстан")
    telegram.fail_next("sendMessage", chat_id=GROUP, status=400, parameters={"migrate_to_chat_id": -1004001}, times=9)
    for _ in range(3):
        await settle(room, delivery, after=timedelta(seconds=2))
    assert sorted(text for _, text in arrived(telegram)) == ["one", "two", "welcome"]
    assert {chat for chat, _ in arrived(telegram)} == {-1004001}
    async with room.db.read() as conn:
        known = await chats.find(conn, -1004001)
        assert known
        assert [one.text for one in await subscriptions.of_chat(conn, known.id)] == ["казахстан"]


async def test_a_topic_forgotten_and_met_again_while_it_is_written_to_stops_no_delivery(
    room: Newsroom, i18n: I18n
) -> None:
    async with room.db.write() as conn:
        again = await chats.ensure(conn, -1007, thread_id=5, now=room.now)
        times = {"attempts": 1, "tried_at": room.now, "doubtful": False, "composed_at": None, "is_last": True}
        place = {"chat_id": again.id + 100, "telegram_id": -1007, "thread_id": 5, "part": 1}
        message = Message(id=1, html="one", buttons=None, preview=None, **place, **times)  # type: ignore[arg-type]
        await ClosedTopics(Defaults(), i18n).closed(conn, message, why="TOPIC_CLOSED", now=room.now)
        known = await chats.find(conn, -1007, thread_id=5)
    assert known
    assert known.asleep
