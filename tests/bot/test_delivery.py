"""Delivery over HTTP: whatever Telegram answers, each message arrives, in order, and as seldom twice as can be."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from aiogram import Bot
from aiogram.utils.i18n import I18n
from structlog.testing import capture_logs

from bot.delivery import Delivery
from bot.draining import PATIENCE_S
from bot.pace import Pace, Paced
from storage.chats import TERMINAL
from storage.models import Part
from storage.schema import outbox
from tests.bot.delivering import OTHER, arrived, deliver, enqueue, settle, states
from tests.bot.newsroom import READER, Newsroom
from tests.telegram import TelegramServer


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


async def test_a_part_that_telegram_refuses_does_not_hold_up_the_next(
    room: Newsroom, telegram: TelegramServer, delivery: Delivery
) -> None:
    await enqueue(room, READER, "one", "two")
    telegram.fail_next("sendMessage", status=400, description="Bad Request: BUTTON_DATA_INVALID")
    await delivery.drain()
    assert arrived(telegram) == [(READER, "two")]
    assert await states(room) == ["refused", "sent"]


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


async def test_terminals_and_telegram_are_served_apart(
    room: Newsroom, telegram: TelegramServer, bot: Bot, i18n: I18n
) -> None:
    await enqueue(room, READER, "one")
    await enqueue(room, TERMINAL + 1, "two")
    terminal = deliver(bot, room, i18n, only=TERMINAL + 1)
    async with room.db.write() as conn:
        await conn.execute(outbox.update().values(state="sending"))
    await terminal.recover()
    assert await states(room) == ["sending", "pending"]
    await deliver(bot, room, i18n).recover()
    await deliver(bot, room, i18n).drain()
    assert arrived(telegram) == [(READER, "one")]
    assert await states(room) == ["sent", "pending"]


async def test_digests_keep_to_the_pace_of_the_session(
    room: Newsroom, telegram: TelegramServer, bot: Bot, i18n: I18n
) -> None:
    pace = Pace(1000)
    pace.refused(READER, 60)
    bot.session.middleware(Paced(pace))
    await enqueue(room, READER, "one")
    await enqueue(room, OTHER, "two")
    waiting = asyncio.create_task(deliver(bot, room, i18n, pace=pace).drain())
    await telegram.world.until(lambda: telegram.sent or None, timeout_s=10)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert arrived(telegram) == [(OTHER, "two")]


async def test_whoever_asks_waits_no_longer_than_that_for_a_chat_that_telegram_has_shut(
    bot: Bot, room: Newsroom, telegram: TelegramServer, i18n: I18n
) -> None:
    pace = Pace(1000)
    delivery = deliver(bot, room, i18n, pace=pace)
    await enqueue(room, READER, "one")
    pace.refused(READER, 2 * PATIENCE_S)
    async with asyncio.timeout(PATIENCE_S):
        assert await delivery.drain(only=READER) == 0
    assert await states(room) == ["pending"]
