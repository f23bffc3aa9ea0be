"""How near the pace comes to the rate that is permitted, and what waiting costs, by the clock of the machine.

all chats have one message, all at once ──turn──▶ passed, for so many seconds
"""

import asyncio
import sys
import time
import tracemalloc

from bot.pace import Pace, Urgency
from bot.waiting import Waiting
from tests.benchmarks.report import line, table

RATES = (30, 100, 1000)
SECONDS = 20.0
WAITING = 100_000
# What the burst lets pass at once is no merit of the pace's.
MEASURED_AFTER_S = 1.0


async def passed(rate: int, *, seconds: float) -> float:
    """Messages a second that got their turn, while more than enough wait."""
    pace, times = Pace(rate), list[float]()

    async def one(chat: int) -> None:
        await pace.turn(chat, Urgency.DIGEST)
        times.append(time.monotonic())

    tasks = [asyncio.create_task(one(chat)) for chat in range(1, int(rate * (seconds + 3)))]
    begun = time.monotonic()
    await asyncio.sleep(seconds)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return sum(begun + MEASURED_AFTER_S <= at for at in times) / (seconds - MEASURED_AFTER_S)


def queue(waiting: int) -> tuple[float, float]:
    """What so many that wait at once cost: microseconds of the processor and bytes for each."""
    began, line_up = time.process_time(), Waiting(1000)
    for chat in range(1, waiting + 1):
        line_up.join(chat, Urgency.DIGEST, now=0.0)
    for number in range(waiting):
        line_up.take_turn(now=number / 900)
    taken = time.process_time() - began
    tracemalloc.start()
    line_up = Waiting(1000)
    for chat in range(1, waiting + 1):
        line_up.join(chat, Urgency.DIGEST, now=0.0)
    grown = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return taken / waiting * 1e6, grown / waiting


def main(seconds: float = SECONDS) -> None:
    line(f"Messages a second that pass, over {seconds:g} s, while more of them wait, each to a chat of its own")
    rows = [(rate, found := asyncio.run(passed(rate, seconds=seconds)), f"{found / rate:.1%}") for rate in RATES]
    table(("permitted", "passed", "of it"), *rows)
    cost_us, size = queue(WAITING)
    line(f"{WAITING:,} that wait at once: {cost_us:.1f} microseconds of the processor and {size:.0f} bytes each")


if __name__ == "__main__":
    main(*(float(given) for given in sys.argv[1:]))
