"""Delivery over HTTP: whatever Telegram answers, each message arrives, in order, and as seldom twice as can be."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from aiogram import Bot
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from bot.delivery import FIRST_WAIT, IN_FLIGHT, LONGEST_WAIT, Delivery
from storage import chats, subscriptions
from storage.chats import TERMINAL
from storage.models import Chat, Part
from storage.query import parse
from storage.schema import outbox
from tests.bot.newsroom import READER, Newsroom, put_into_outbox
from tests.telegram import TelegramServer
from tests.telegram_client import client

OTHER = 1002
GROUP = -4001


@pytest.fixture
async def bot(telegram: TelegramServer) -> AsyncIterator[Bot]:
    for chat in (READER, OTHER):
        telegram.register(chat)
    telegram.register(GROUP, type="group")
    async with client(telegram) as made:
        yield made


@pytest.fixture
def delivery(bot: Bot, room: Newsroom) -> Delivery:
    return Delivery(bot, room.db, rate=0, clock=lambda: room.now)


async def enqueue(room: Newsroom, telegram_id: int, *messages: str | Part, thread_id: int = 0) -> Chat:
    return await put_into_outbox(room.db, telegram_id, *messages, thread_id=thread_id, now=room.now)


async def states(room: Newsroom) -> list[str]:
    async with room.db.read() as conn:
        return list((await conn.execute(select(outbox.c.state).order_by(outbox.c.id))).scalars())


def arrived(telegram: TelegramServer) -> list[tuple[int, str]]:
    return [(message.chat_id, message.text) for message in telegram.sent]


async def settle(room: Newsroom, delivery: Delivery, *, after: timedelta = timedelta()) -> None:
    """Lets time pass, and drains the outbox."""
    room.now += after
    await delivery.drain()


async def test_parts_arrive_in_order_and_formatted(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery
) -> None:
    await enqueue(room, READER, "<b>one</b>", "two", "three")
    assert await delivery.drain() == 3
    assert arrived(telegram) == [(READER, "one"), (READER, "two"), (READER, "three")]
    assert [entity.type for entity in telegram.sent[0].entities] == ["bold"]
    assert await states(room) == ["sent"] * 3


async def test_what_is_sent_is_not_sent_again(room: Newsroom, telegram: TelegramServer, delivery: Delivery) -> None:
    await enqueue(room, READER, "one")
    assert [await delivery.drain(), await delivery.drain()] == [1, 0]
    assert len(telegram.sent) == 1


async def test_a_forum_topic_gets_its_own(room: Newsroom, telegram: TelegramServer, delivery: Delivery) -> None:
    telegram.register(-1007, type="supergroup", topics=[5])
    await enqueue(room, -1007, "one", thread_id=5)
    await delivery.drain()
    assert [message.thread_id for message in telegram.sent] == [5]


async def test_flood_control_stops_that_chat_alone_for_as_long_as_told(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery
) -> None:
    room.now += timedelta(milliseconds=900)
    await enqueue(room, READER, "one", "two")
    await enqueue(room, OTHER, "three", "four")
    telegram.fail_next("sendMessage", chat_id=READER, status=429, parameters={"retry_after": 40})
    await delivery.drain()
    assert arrived(telegram) == [(OTHER, "three"), (OTHER, "four")]
    await settle(room, delivery, after=timedelta(seconds=39, milliseconds=900))
    assert len(telegram.sent) == 2
    await settle(room, delivery, after=timedelta(seconds=1))
    assert arrived(telegram)[2:] == [(READER, "one"), (READER, "two")]


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


async def test_html_that_telegram_cannot_read_is_sent_as_plain_text(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery
) -> None:
    await enqueue(room, READER, '<a href="https://report.az/1">Казахстан</a> &lt;3', "two")
    problem = "Bad Request: can't parse entities: unsupported start tag"
    telegram.fail_next("sendMessage", status=400, description=problem)
    with capture_logs() as logs:
        await delivery.drain()
    assert arrived(telegram) == [(READER, "Казахстан (https://report.az/1) <3"), (READER, "two")]
    assert telegram.calls[1].params.get("parse_mode") is None
    assert [(line["event"], line["error"]) for line in logs] == [("telegram refused a part of a message", problem)]


BUTTONS = '{"inline_keyboard": [[{"text": "Почему", "callback_data": "yw:1:2:3"}]]}'
PICTURE = "https://report.az/1.jpg"


def sent_with(telegram: TelegramServer) -> list[tuple[bool, bool, Any]]:
    """Of each attempt: as HTML, with buttons, and how what is linked is shown."""
    calls = [call.params for call in telegram.calls if call.method == "sendMessage"]
    return [("parse_mode" in one, "reply_markup" in one, one.get("link_preview_options")) for one in calls]


async def test_a_message_arrives_with_its_buttons_and_its_picture_above(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery
) -> None:
    await enqueue(room, READER, Part("one", BUTTONS, PICTURE), Part("two"))
    await delivery.drain()
    first, second = telegram.sent
    assert [(button.text, button.callback_data) for button in first.buttons] == [("Почему", "yw:1:2:3")]
    assert second.buttons == ()
    above = {"url": PICTURE, "prefer_large_media": True, "show_above_text": True}
    assert sent_with(telegram) == [(True, True, above), (True, False, {"is_disabled": True})]


@pytest.mark.parametrize(
    ("problem", "again"),
    [
        ("can't parse entities: unsupported start tag", (False, True, True)),
        ("BUTTON_DATA_INVALID", (True, False, True)),
        ("can't parse inline keyboard button: text buttons are unallowed", (True, False, True)),
        ("WEBPAGE_MEDIA_EMPTY", (True, True, False)),
    ],
)
async def test_what_telegram_refuses_is_left_out_and_the_rest_stays(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery, problem: str, again: tuple[bool, bool, bool]
) -> None:
    await enqueue(room, READER, Part("<b>one</b>", BUTTONS, PICTURE))
    telegram.fail_next("sendMessage", status=400, description=f"Bad Request: {problem}")
    with capture_logs():
        await delivery.drain()
    assert arrived(telegram) == [(READER, "one")]
    first, second = sent_with(telegram)
    assert first[:2] == (True, True)
    assert (*second[:2], "url" in second[2]) == again


async def test_what_is_refused_for_everything_in_turn_is_tried_once_for_each(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery
) -> None:
    await enqueue(room, READER, Part("one", BUTTONS, PICTURE))
    for problem in ("BUTTON_DATA_INVALID", "WEBPAGE_URL_INVALID", "can't parse entities", "BUTTON_DATA_INVALID"):
        telegram.fail_next("sendMessage", status=400, description=f"Bad Request: {problem}")
    with capture_logs():
        await delivery.drain()
    assert [(html, buttons) for html, buttons, _ in sent_with(telegram)] == [
        (True, True),
        (True, False),
        (True, False),
        (False, False),
    ]
    assert await states(room) == ["refused"]


FAULTS: Mapping[str, Mapping[str, Any]] = {
    "server error": {"status": 500},
    "gateway's page": {"status": 502, "body": "<html>Bad Gateway</html>"},
    "success that is no JSON": {"status": 200, "body": "<html>hello</html>"},
    "restart": {"status": 503, "description": "Service Unavailable"},
    "token refused": {"status": 401},
    "dropped before": {"drop": "before"},
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
async def test_a_fault_is_tried_again_until_the_message_arrives_once(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery, fault: Mapping[str, Any]
) -> None:
    await enqueue(room, READER, "one", "two")
    telegram.fail_next("sendMessage", times=3, **fault)
    for attempt in range(3):
        await settle(room, delivery, after=FIRST_WAIT * 2**attempt / 2)
        assert arrived(telegram) == []
    await settle(room, delivery, after=FIRST_WAIT * 4)
    assert arrived(telegram) == [(READER, "one"), (READER, "two")]


async def test_nothing_is_lost_while_telegram_is_out_of_reach(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery
) -> None:
    await enqueue(room, READER, "one")
    async with telegram.unreachable():
        await delivery.drain()
    assert await states(room) == ["pending"]
    await settle(room, delivery, after=FIRST_WAIT)
    assert arrived(telegram) == [(READER, "one")]


async def test_waits_double_up_to_the_longest(room: Newsroom, telegram: TelegramServer, delivery: Delivery) -> None:
    await enqueue(room, READER, "one")
    telegram.fail_next("sendMessage", times=30)
    waits = []
    for _ in range(12):
        await delivery.drain()
        async with room.db.read() as conn:
            until = (await conn.execute(select(outbox.c.not_before))).scalar_one()
        waits.append(until - room.now)
        room.now = until
    assert waits[:4] == [FIRST_WAIT * factor for factor in (1, 2, 4, 8)]
    assert waits[-2:] == [LONGEST_WAIT, LONGEST_WAIT]


async def test_a_send_whose_answer_was_lost_may_arrive_twice_but_no_other_part_does(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery
) -> None:
    await enqueue(room, READER, "one", "two", "three")
    telegram.fail_next("sendMessage", drop="after")
    await delivery.drain()
    await settle(room, delivery, after=FIRST_WAIT)
    assert [text for _, text in arrived(telegram)] == ["one", "one", "two", "three"]


async def test_part_two_failing_does_not_send_part_one_again(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery
) -> None:
    await enqueue(room, READER, "one", "two", "three")
    drain = asyncio.create_task(delivery.drain())
    await telegram.wait_for("one", since=0)
    telegram.fail_next("sendMessage")
    await drain
    assert await states(room) == ["sent", "pending", "pending"]
    await settle(room, delivery, after=FIRST_WAIT)
    assert [text for _, text in arrived(telegram)] == ["one", "two", "three"]


async def test_a_part_that_telegram_refuses_does_not_hold_up_the_next(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery
) -> None:
    await enqueue(room, READER, "one", "two")
    telegram.fail_next("sendMessage", status=400, description="Bad Request: BUTTON_DATA_INVALID")
    await delivery.drain()
    assert arrived(telegram) == [(READER, "two")]
    assert await states(room) == ["refused", "sent"]


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


async def test_a_send_that_hangs_holds_up_its_own_chat_alone(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery
) -> None:
    await enqueue(room, READER, "one", "two")
    telegram.fail_next("sendMessage", chat_id=READER, drop="hang")
    drain = asyncio.create_task(delivery.drain())
    await telegram.wait_for("one", since=0)
    for number in range(2 * IN_FLIGHT):
        telegram.register(2000 + number)
        await enqueue(room, 2000 + number, "three")
    await telegram.wait_for(1 + 2 * IN_FLIGHT, since=0, timeout_s=4)
    assert not drain.done()
    drain.cancel()
    await asyncio.gather(drain, return_exceptions=True)
    assert [text for _, text in arrived(telegram)] == ["one", *["three"] * 2 * IN_FLIGHT]


async def test_a_send_that_was_broken_off_is_made_again(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery
) -> None:
    await enqueue(room, READER, "one", "two")
    telegram.fail_next("sendMessage", drop="hang")
    drain = asyncio.create_task(delivery.drain())
    await telegram.wait_for("one", since=0)
    drain.cancel()
    await asyncio.gather(drain, return_exceptions=True)
    await settle(room, delivery, after=timedelta(seconds=1))
    assert [text for _, text in arrived(telegram)] == ["one", "one", "two"]


async def test_an_outcome_that_could_not_be_written_down_is_not_forgotten(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    await enqueue(room, READER, "one", "two")

    async def fail(*_: object, **__: object) -> None:
        raise OperationalError("UPDATE", {}, Exception("database or disk is full"))

    with monkeypatch.context() as patch:
        patch.setattr("storage.outbox.sent", fail)
        for _ in range(2):
            with pytest.raises((ExceptionGroup, OperationalError)):
                await delivery.drain()
    await delivery.drain()
    assert [text for _, text in arrived(telegram)] == ["one", "two"]
    assert await states(room) == ["sent", "sent"]


async def test_what_an_interrupted_run_had_claimed_is_sent_again(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery
) -> None:
    await enqueue(room, READER, "one", "two")
    async with room.db.write() as conn:
        await conn.execute(outbox.update().where(outbox.c.part == 1).values(state="sending"))
    assert await delivery.drain() == 0
    with capture_logs() as logs:
        await delivery.recover()
    assert [(line["event"], line["messages"]) for line in logs] == [("interrupted sends are tried again", 1)]
    await delivery.drain()
    assert [text for _, text in arrived(telegram)] == ["one", "two"]


async def test_two_drains_at_once_send_nothing_twice(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery
) -> None:
    for number in range(20):
        telegram.register(2000 + number)
        await enqueue(room, 2000 + number, "one", "two")
    await asyncio.gather(delivery.drain(), delivery.drain(), delivery.drain(only=2003))
    assert sorted(arrived(telegram)) == [(2000 + number, text) for number in range(20) for text in ("one", "two")]


async def test_no_more_is_claimed_once_it_is_told_to_stop(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery
) -> None:
    await enqueue(room, READER, "one", "two", "three")
    drain = asyncio.create_task(delivery.drain())
    await telegram.wait_for("one", since=0)
    delivery.stop()
    await drain
    assert len(telegram.sent) < 3
    assert "sending" not in await states(room)


async def test_terminals_and_telegram_are_served_apart(room: Newsroom, telegram: TelegramServer, bot: Bot) -> None:
    await enqueue(room, READER, "one")
    await enqueue(room, TERMINAL + 1, "two")
    terminal = Delivery(bot, room.db, rate=0, clock=lambda: room.now, only=TERMINAL + 1)
    async with room.db.write() as conn:
        await conn.execute(outbox.update().values(state="sending"))
    await terminal.recover()
    assert await states(room) == ["sending", "pending"]
    await Delivery(bot, room.db, rate=0, clock=lambda: room.now).recover()
    await Delivery(bot, room.db, rate=0, clock=lambda: room.now).drain()
    assert arrived(telegram) == [(READER, "one")]
    assert await states(room) == ["sent", "pending"]


async def test_a_rate_spreads_messages_over_time(room: Newsroom, telegram: TelegramServer, bot: Bot) -> None:
    for number in range(6):
        telegram.register(2000 + number)
        await enqueue(room, 2000 + number, "one")
    begun = time.monotonic()
    await Delivery(bot, room.db, rate=20, clock=lambda: room.now).drain()
    assert time.monotonic() - begun >= 5 / 20
