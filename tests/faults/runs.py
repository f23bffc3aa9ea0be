"""The program in a process of its own, beside a Telegram that answers at leisure."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final

from tests.faults.morning import Morning, is_over
from tests.process import TOKEN, Bot, running, until
from tests.telegram import TelegramServer
from tests.telegram_methods import Request

VICTIM: Final = "tests.faults.victim"
# A start, a morning of two hundred chats, and room for a machine that is busy with other things.
MORNING_S: Final = 240.0
# Telegram takes its time, or a process that is killed has sent everything before.
ANSWER_S: Final = 0.02


class Telegram(TelegramServer):
    """Tells of every message that it has accepted."""

    def __init__(self) -> None:
        super().__init__(TOKEN)
        self.has_accepted: Callable[[], object] = nothing

    async def _carry_out(self, request: Request) -> object:
        result = await super()._carry_out(request)
        if request.method == "sendMessage":
            self.has_accepted()
            await asyncio.sleep(ANSWER_S)
        return result

    async def half(self, told: Morning) -> None:
        """Waits until a morning is well under way."""
        await self.world.until(lambda: len(self.sent) > len(told.chats) or None, timeout_s=MORNING_S)


def nothing() -> None:
    """What usually happens when a message is accepted."""


def run(told: Morning, telegram: Telegram, *victim: str, **settings: str) -> AbstractAsyncContextManager[Bot]:
    """The program as it is, or as its victim with these options; as fast as it goes."""
    program: Sequence[str] = (VICTIM, *victim) if victim else ("bot",)
    return running(telegram, told.path, program=program, **{"SEND_RATE": "0"} | settings)


async def until_over(told: Morning, bot: Bot) -> None:
    """Waits until everybody was told, and stops the program."""

    async def over() -> bool:
        return await is_over(told)

    try:
        await until(over, patience_s=MORNING_S)
    except TimeoutError:
        told_last = "\n".join(line for line in bot.log.splitlines() if "feed failed" not in line)[-4000:]
        raise AssertionError(f"the morning does not end\n{told_last}") from None
    await bot.stop()
