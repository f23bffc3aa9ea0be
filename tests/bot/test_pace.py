"""Messages keep to Telegram's limits, and to what it says where they did not."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import (
    AnswerCallbackQuery,
    CopyMessage,
    EditMessageText,
    ForwardMessage,
    GetMe,
    SendChatAction,
    SendDocument,
    SendMessage,
    SendPhoto,
    TelegramMethod,
)
from structlog.testing import capture_logs

from bot.pace import EDITS, MESSAGES, Pace, Paced, Urgency, urgency
from bot.waiting import LONGEST_PAUSE_S
from tests import virtual_time
from tests.virtual_time import now

TOKEN = "1:test"


class Telegram:
    """Says yes, or `retry_after` where the test says so; remembers when it was asked what."""

    def __init__(self) -> None:
        self.asked: list[tuple[float, str]] = []
        self.refusals: list[int] = []

    async def __call__(self, bot: Bot, method: TelegramMethod[Any]) -> Any:
        self.asked.append((round(now(), 3), type(method).__name__))
        if self.refusals:
            raise TelegramRetryAfter(method, "Too Many Requests", self.refusals.pop(0))
        return True


def paced(rate: float = 30) -> tuple[Telegram, Pace, Callable[[TelegramMethod[Any]], Awaitable[Any]]]:
    telegram, pace = Telegram(), Pace(rate, clock=now)
    return telegram, pace, partial(Paced(pace), telegram, Bot(TOKEN))


def in_no_time(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """The test, in a loop whose clock jumps."""

    def run() -> None:
        virtual_time.run(test())

    run.__name__ = test.__name__
    return run


def message(chat: int = 1) -> SendMessage:
    return SendMessage(chat_id=chat, text="?")


@in_no_time
async def test_messages_to_a_chat_come_one_a_second_after_three_at_once() -> None:
    telegram, _, send = paced()
    await asyncio.gather(*(send(message()) for _ in range(5)))
    assert [at for at, _ in telegram.asked] == pytest.approx([0, 0, 0, 1, 2], abs=0.1)


@in_no_time
async def test_without_a_rate_nothing_waits() -> None:
    telegram, _, send = paced(rate=0)
    await asyncio.gather(*(send(message(-5)) for _ in range(500)))
    assert {at for at, _ in telegram.asked} == {0}


@in_no_time
async def test_timers_that_ring_late_lose_nothing_of_the_rate() -> None:
    pace, passed = Pace(30, clock=now), 0

    async def one(chat: int) -> None:
        nonlocal passed
        await pace.turn(chat, Urgency.DIGEST)
        passed += 1

    loop = asyncio.get_running_loop()
    ring = loop.call_later
    loop.call_later = lambda delay, *what, **more: ring(delay + 0.02, *what, **more)  # type: ignore[method-assign]
    await asyncio.gather(*(one(chat) for chat in range(1, 3001)))
    assert passed / now() >= 0.97 * 30


@in_no_time
async def test_whoever_is_broken_off_gives_up_its_turn() -> None:
    pace, order = Pace(1, clock=now), []

    async def one(chat: int) -> None:
        await pace.turn(chat, Urgency.ANSWER)
        order.append(chat)

    tasks = [asyncio.create_task(one(chat)) for chat in range(1, 5)]
    await asyncio.sleep(0.5)
    tasks[1].cancel()
    tasks[2].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert order == [1, 4]
    assert now() < 1.5
    assert not pace._turns


@in_no_time
async def test_an_answer_refused_for_a_short_time_is_sent_again() -> None:
    telegram, _, send = paced()
    telegram.refusals = [5]
    assert await send(message()) is True
    assert [at for at, _ in telegram.asked] == [0, 5]


@in_no_time
async def test_an_answer_refused_for_long_is_given_up() -> None:
    telegram, _, send = paced()
    telegram.refusals = [16]
    with capture_logs() as logs, pytest.raises(TelegramRetryAfter):
        await send(message())
    assert len(telegram.asked) == 1
    assert [(log["event"], log["method"], log["chat"]) for log in logs] == [
        ("answer given up: telegram wants it later", "SendMessage", 1)
    ]


@in_no_time
async def test_a_chat_that_is_shut_for_long_is_not_asked_at_all() -> None:
    telegram, pace, send = paced()
    pace.refused(1, 100)
    with pytest.raises(TelegramRetryAfter) as refusal:
        await send(message())
    assert refusal.value.retry_after == 100
    assert not telegram.asked
    await asyncio.sleep(90)
    await send(message())
    assert [at for at, _ in telegram.asked] == [100]


@in_no_time
async def test_an_answer_refused_again_and_again_is_given_up() -> None:
    telegram, _, send = paced()
    telegram.refusals = [2, 2, 2, 2]
    with capture_logs() as logs, pytest.raises(TelegramRetryAfter):
        await send(message())
    assert [at for at, _ in telegram.asked] == [0, 2, 4]
    assert len(logs) == 1


@in_no_time
async def test_a_digest_that_is_refused_is_left_to_its_sender() -> None:
    telegram, pace, send = paced()
    telegram.refusals = [5]
    urgency.set(Urgency.DIGEST)
    with capture_logs() as logs, pytest.raises(TelegramRetryAfter):
        await send(message())
    assert len(telegram.asked) == 1
    assert pace.free_at(1) == 5
    assert not logs


@in_no_time
async def test_edits_take_no_turn_but_wait_for_a_chat_that_is_shut() -> None:
    telegram, pace, send = paced()
    edit = EditMessageText(chat_id=1, message_id=1, text="?")
    await asyncio.gather(*(send(edit) for _ in range(10)))
    assert {at for at, _ in telegram.asked} == {0}
    pace.refused(1, 4)
    await send(edit)
    telegram.refusals = [3]
    await send(edit)
    assert [at for at, _ in telegram.asked[10:]] == [4, 4, 7]


@in_no_time
async def test_answers_to_presses_are_repeated() -> None:
    telegram, _, send = paced()
    telegram.refusals = [3]
    await send(AnswerCallbackQuery(callback_query_id="1"))
    assert [at for at, _ in telegram.asked] == [0, 3]


@in_no_time
async def test_an_answer_to_a_press_that_would_come_too_late_is_given_up() -> None:
    telegram, _, send = paced()
    telegram.refusals = [16]
    with pytest.raises(TelegramRetryAfter):
        await send(AnswerCallbackQuery(callback_query_id="1"))
    assert now() == 0


@in_no_time
async def test_what_is_no_message_passes() -> None:
    telegram, pace, send = paced()
    pace.refused(1, 10)
    await send(SendChatAction(chat_id=1, action="typing"))
    await send(GetMe())
    assert {at for at, _ in telegram.asked} == {0}
    telegram.refusals = [3]
    with pytest.raises(TelegramRetryAfter):
        await send(GetMe())


@in_no_time
async def test_three_chats_refused_at_once_stop_all_and_are_told_in_the_log() -> None:
    _, pace, send = paced()
    with capture_logs() as logs:
        for chat in (1, 2, 3):
            pace.refused(chat, 10)
    assert [log["event"] for log in logs] == ["telegram refuses many chats: everything waits"]
    await send(message(4))
    assert now() == 10


@in_no_time
async def test_a_long_pause_for_all_ends_after_a_minute() -> None:
    _, pace, send = paced()
    with capture_logs():
        for chat in (1, 2, 3):
            pace.refused(chat, 10_000)
    urgency.set(Urgency.DIGEST)
    await send(message(4))
    assert now() == LONGEST_PAUSE_S


def test_every_method_that_puts_a_message_into_a_chat_is_paced() -> None:
    assert {SendMessage, SendPhoto, SendDocument, CopyMessage, ForwardMessage} <= set(MESSAGES)
    assert SendChatAction not in MESSAGES
    assert EditMessageText in EDITS
