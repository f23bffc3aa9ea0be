"""A thousand readers are due at once, and somebody asks for something meanwhile."""

import asyncio
import time
from bisect import bisect_left
from dataclasses import dataclass
from typing import Final

from tests.faults.morning import Account, Morning, account
from tests.faults.runs import MORNING_S, Telegram, run, until_over

RATE: Final = 30


@dataclass(frozen=True, slots=True)
class Served:
    """Messages a second as a share of those permitted, the most of any second, and how long an answer took, in seconds:
    the median and the longest of several.
    """

    account: Account
    share: float
    most: int
    answer_s: float
    longest_s: float


async def crowd(told: Morning, telegram: Telegram, *, somebody: int, questions: int = 9) -> Served:
    """With the limits of every day."""
    waits = []
    async with run(told, telegram, SEND_RATE=str(RATE)) as bot:
        await telegram.world.until(lambda: len(telegram.sent) > RATE or None, timeout_s=MORNING_S)
        for _ in range(questions):
            asked, begun = len(telegram.activity), time.monotonic()
            telegram.say("/settings", user=somebody)
            await telegram.wait_for(chat=somebody, since=asked, timeout_s=MORNING_S)
            waits.append(time.monotonic() - begun)
            # One place in a chat is free again.
            await asyncio.sleep(1.5)
        await until_over(told, bot)
    times = sorted(message.at for message in telegram.sent)
    most = max(bisect_left(times, at + 1) - place for place, at in enumerate(times))
    share = (len(times) - 1) / (times[-1] - times[0]) / RATE
    waits.sort()
    return Served(await account(told, telegram), share, most, waits[len(waits) // 2], waits[-1])
