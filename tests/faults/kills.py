"""The program is killed, at a named step or at any moment, and started again until the morning is over."""

import asyncio
import random
from dataclasses import dataclass
from typing import Final

from bot.draining import IN_FLIGHT
from tests.faults.morning import Account, Morning, account, is_over
from tests.faults.runs import ANSWER_S, MORNING_S, VICTIM, Telegram, nothing, run, until_over
from tests.process import started

# Between two kills at random so many messages are accepted at most, and so much time goes by from the first poll on.
BETWEEN: Final = 12
LONGEST_S: Final = 12.0


@dataclass(frozen=True, slots=True)
class Killed:
    """How often the program was killed, and what reached the readers."""

    kills: int
    account: Account

    @property
    def holds(self) -> bool:
        """Nothing is lost; repeated are those in flight, each of them known as in doubt."""
        return self.account.holds and self.account.repeated <= IN_FLIGHT * self.kills


async def at_step(told: Morning, telegram: Telegram, step: str, *, count: int) -> Killed:
    """Ends by itself when it comes to the step for the `count`th time; after that it works undisturbed."""
    program = (VICTIM, "--kill", f"{step}:{count}")
    async with started(telegram, told.path, program=program, SEND_RATE="0") as bot:
        finished = await bot.end(patience_s=MORNING_S)
    if finished.code >= 0:
        raise AssertionError(f"the step {step!r} was not reached\n{finished.err}")
    async with run(told, telegram) as bot:
        await until_over(told, bot)
    return Killed(1, await account(told, telegram))


async def at_random(told: Morning, telegram: Telegram, *, kills: int, seed: int = 1) -> Killed:
    """So often, while digests are composed and sent; and then no more."""
    chosen, done = random.Random(seed), 0
    while done < kills and not await is_over(told):
        async with run(told, telegram) as bot:
            await _some(telegram, chosen)
            await bot.kill()
        done += 1
    async with run(told, telegram) as bot:
        await until_over(told, bot)
    return Killed(done, await account(told, telegram))


async def _some(telegram: Telegram, chosen: random.Random) -> None:
    """Until some messages have been accepted, or some time has gone by: composing may not even have begun."""
    enough, target = asyncio.Event(), len(telegram.sent) + chosen.randint(0, BETWEEN)

    def accepted() -> None:
        if len(telegram.sent) >= target:
            enough.set()

    telegram.has_accepted = accepted
    try:
        async with asyncio.timeout(chosen.uniform(0, LONGEST_S)):
            await enough.wait()
    except TimeoutError:
        return
    finally:
        telegram.has_accepted = nothing
    await asyncio.sleep(chosen.uniform(0, ANSWER_S))
