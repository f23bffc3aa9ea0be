"""Telegram's limits, kept before it has to refuse, and what it refuses all the same.

    a message ──Paced──▶ Pace.turn ──▶ Telegram ──429──▶ Pace.refused: its chat waits, or all do

No library that is well kept has what this needs: places of a chat and of all taken together, urgency, and doors that
Telegram shuts. (aiolimiter and asynciolimiter know one bucket, pyrate-limiter many, but none of them whose turn it is.)
"""

import asyncio
import time
from collections.abc import Callable
from contextvars import ContextVar
from math import ceil
from typing import Any, Final

import structlog
from aiogram import Bot, methods
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import AnswerCallbackQuery, Response, SendChatAction, TelegramMethod
from aiogram.methods.base import TelegramType

from bot.waiting import Ticket, Urgency, Waiting

__all__ = ["Pace", "Paced", "Urgency", "urgency"]

# A person waits so long for an answer that Telegram does not want yet; what takes longer is given up.
ANSWER_PATIENCE_S: Final = 15.0
# Of the same answer; more means that waiting is of no use.
ANSWER_REFUSALS: Final = 3

# Of what is sent here: of handlers, and of whatever else says nothing, an answer.
urgency: ContextVar[Urgency] = ContextVar("urgency", default=Urgency.ANSWER)

log = structlog.get_logger()


class Pace:
    """Lets messages pass one by one; `rate` is messages a second over all chats, 0 for no limit, for one chat neither.

    A chat may be sent one a second and three at once, a group three at once, then one in three seconds, and never more
    than twenty a minute. What Telegram refuses shuts its chat alone. Three chats refused within five seconds mean that
    it is about all: everything pauses for the longest of these times, up to a minute, and goes on at half the rate,
    which becomes whole within a minute.
    """

    def __init__(self, rate: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._waiting = Waiting(rate)
        self._clock = clock
        self._turns: dict[Ticket, asyncio.Future[None]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def free_at(self, telegram_id: int) -> float:
        """When, by the clock, this chat may be sent its next digest: now or earlier means at once."""
        return self._waiting.free_at(telegram_id)

    def shut_for_s(self, telegram_id: int | None) -> float:
        """How long Telegram wants nothing for this chat; for None, for all. 0 where it is open."""
        return max(self._waiting.shut_until(telegram_id) - self._clock(), 0.0)

    async def turn(self, telegram_id: int, urgency: Urgency) -> None:
        """Waits until it may be sent, and takes its places."""
        if self._waiting.passes(telegram_id, now=self._clock()):
            return
        ticket = self._waiting.join(telegram_id, urgency, now=self._clock())
        turn = self._turns[ticket] = asyncio.get_running_loop().create_future()
        self._go_on()
        try:
            await turn
        finally:
            if self._turns.pop(ticket, None):
                self._waiting.leave(ticket, now=self._clock())
                self._go_on()

    def refused(self, telegram_id: int, retry_after_s: float) -> None:
        """Telegram said 429."""
        if self._waiting.refused(telegram_id, retry_after_s, now=self._clock()):
            log.warning("telegram refuses many chats: everything waits", wait_s=round(self.shut_for_s(None), 1))
        self._go_on()

    def _go_on(self) -> None:
        """Calls all whose turn it is, and comes again for the next one."""
        while ticket := self._waiting.take_turn(now=self._clock()):
            turn = self._turns.pop(ticket)
            if not turn.done():
                turn.set_result(None)
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if (at := self._waiting.next_at()) is not None:
            wait_s = max(at - self._clock(), 0.0)
            self._timer = asyncio.get_running_loop().call_later(wait_s, self._go_on)


class Paced(BaseRequestMiddleware):
    """Every message waits for its turn; an answer that Telegram does not want yet is asked for again.

    A 429 is a definite refusal: nothing arrives twice. Digests are not repeated here: their sender does that, over
    restarts. Edits and answers to presses are no messages of their own; they take no turn, but are repeated too.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace

    async def __call__(
        self, make_request: NextRequestMiddlewareType[TelegramType], bot: Bot, method: TelegramMethod[TelegramType]
    ) -> Response[TelegramType]:
        if not isinstance(method, (*MESSAGES, *EDITS, AnswerCallbackQuery)):
            return await make_request(bot, method)
        chat, is_answer = getattr(method, "chat_id", None), urgency.get() is Urgency.ANSWER
        telegram_id = chat if isinstance(chat, int) else None
        refusals = 0
        while True:
            refusals += 1
            if telegram_id is not None:
                await self._wait(method, telegram_id, is_answer=is_answer)
            try:
                return await make_request(bot, method)
            except TelegramRetryAfter as error:
                if telegram_id is not None:
                    self._pace.refused(telegram_id, error.retry_after)
                if not is_answer:
                    raise
                if error.retry_after > ANSWER_PATIENCE_S or refusals == ANSWER_REFUSALS:
                    _give_up(method, telegram_id, error.retry_after)
                    raise
                if telegram_id is None:
                    await asyncio.sleep(error.retry_after)

    async def _wait(self, method: TelegramMethod[Any], telegram_id: int, *, is_answer: bool) -> None:
        """Raises TelegramRetryAfter where a person would wait for too long."""
        shut_s = self._pace.shut_for_s(telegram_id)
        if is_answer and shut_s > ANSWER_PATIENCE_S:
            _give_up(method, telegram_id, shut_s)
            raise TelegramRetryAfter(method, "not asked before its time", ceil(shut_s))
        if isinstance(method, MESSAGES):
            await self._pace.turn(telegram_id, urgency.get())
        elif shut_s:
            await asyncio.sleep(shut_s)


def _sending() -> tuple[type[TelegramMethod[Any]], ...]:
    """Every method of the Bot API that puts a message into a chat."""
    kinds = (getattr(methods, name) for name in methods.__all__ if name.startswith(("Send", "Copy", "Forward")))
    return tuple(kind for kind in kinds if "chat_id" in kind.model_fields and kind is not SendChatAction)


MESSAGES: Final = _sending()
EDITS: Final = tuple(
    getattr(methods, name) for name in methods.__all__ if name.startswith(("EditMessage", "DeleteMessage"))
)


def _give_up(method: TelegramMethod[Any], telegram_id: int | None, wait_s: float) -> None:
    log.warning("answer given up: telegram wants it later", method=type(method).__name__, chat=telegram_id, in_s=wait_s)
