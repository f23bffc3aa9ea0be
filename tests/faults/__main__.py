"""python -m tests.faults [--quick] [NAME…]: a table of faults, what is promised and what was measured."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from tests.benchmarks.report import line, table
from tests.faults import answers, disks, kills, rate
from tests.faults.morning import STORIES, Account, Morning, morning
from tests.faults.runs import Telegram
from tests.faults.victim import STEPS

CHATS: Final = 200
QUICK: Final = 60
KILLS: Final = 100
ADMIN: Final = 900_001


class Result(NamedTuple):
    """A row of the table."""

    measured: str
    holds: bool


Fault = Callable[[Path, int], Awaitable[list[tuple[str, Result]]]]


async def steps(folder: Path, chats: int) -> list[tuple[str, Result]]:
    found = []
    for step in STEPS:
        if step == "while migrating":
            continue
        async with _day(folder / step.replace(" ", "-"), chats) as (told, telegram):
            killed = await kills.at_step(told, telegram, step, count=3)
        found.append((f"killed {step}", _told(killed.account, holds=killed.holds)))
    return found


async def at_random(folder: Path, chats: int) -> list[tuple[str, Result]]:
    wanted = KILLS if chats == CHATS else KILLS // 20
    async with _day(folder, chats) as (told, telegram):
        killed = await kills.at_random(told, telegram, kills=wanted)
    return [(f"killed {killed.kills} times at random", _told(killed.account, holds=killed.holds))]


async def scripts(folder: Path, chats: int) -> list[tuple[str, Result]]:
    async with _day(folder, chats) as (told, telegram):
        met = await answers.script(told, telegram, list(answers.ORDERS))
    return [("Telegram answers " + ", ".join(answers.ORDERS), _told(met.account, holds=met.holds))]


async def silent(folder: Path, chats: int) -> list[tuple[str, Result]]:
    async with _day(folder, chats) as (told, telegram):
        met = await answers.silent(told, telegram)
    return [("six sends are never answered", _told(met.account, holds=met.holds))]


async def gone(folder: Path, chats: int) -> list[tuple[str, Result]]:
    async with _day(folder, chats) as (told, telegram):
        met = await answers.gone(told, telegram)
    return [("Telegram is gone for ten minutes", _told(met.account, holds=met.holds))]


async def blocked(folder: Path, chats: int) -> list[tuple[str, Result]]:
    async with _day(folder, chats) as (told, telegram):
        others, later = await answers.blocked(told, telegram)
    return [
        ("one chat in twenty has blocked the bot: the others", _told(others.account, holds=others.holds)),
        ("and these, when they write again", _told(later.account, holds=later.holds)),
    ]


async def migrated(folder: Path, chats: int) -> list[tuple[str, Result]]:
    async with _day(folder, chats, groups=True) as (told, telegram):
        met = await answers.migrated(told, telegram)
    return [("groups become supergroups in mid-digest", _told(met.account, holds=met.holds))]


async def locked(folder: Path, chats: int) -> list[tuple[str, Result]]:
    async with _day(folder, chats) as (told, telegram):
        account = await disks.locked(told, telegram)
    return [("the store is locked for ten seconds", _told(account, holds=account.holds and not account.repeated))]


async def full(folder: Path, chats: int) -> list[tuple[str, Result]]:
    with disks.small_disk(folder) as disk:
        if disk is None:
            return [("the disk is full", Result("not tried: mounting is not permitted", True))]
        async with _day(disk, chats) as (told, telegram):
            telegram.register(ADMIN)
            account, words = await disks.full(told, telegram, admin=ADMIN)
    return [(f"the disk is full; its admin had {len(words)} messages", _told(account, holds=account.holds))]


async def unsynced(folder: Path, chats: int) -> list[tuple[str, Result]]:
    shim = disks.compiled(folder)
    if shim is None:
        return [("fsync fails", Result("not tried: there is no compiler", True))]
    async with _day(folder, chats) as (told, telegram):
        account = await disks.unsynced(told, telegram, shim=shim)
    return [("fsync fails for five seconds", _told(account, holds=account.holds))]


async def crowd(folder: Path, chats: int) -> list[tuple[str, Result]]:
    async with _day(folder, 5 * chats, stories=1) as (told, telegram):
        telegram.register(ADMIN)
        served = await rate.crowd(told, telegram, somebody=ADMIN)
    refusals = sum("Too Many Requests" in one for one in telegram.refused)
    measured = (
        f"{served.share:.1%} of the permitted rate, at most {served.most} in a second, {refusals} refusals; "
        f"an answer meanwhile {served.answer_s:.2f} s, at most {served.longest_s:.2f} s; lost {served.account.lost}"
    )
    holds = served.account.holds and served.share >= 0.95 and not refusals and served.longest_s < 1
    return [(f"{5 * chats} chats are due at once, {rate.RATE} messages a second", Result(measured, holds))]


FAULTS: Final[dict[str, Fault]] = {
    "steps": steps,
    "random": at_random,
    "answers": scripts,
    "silent": silent,
    "gone": gone,
    "blocked": blocked,
    "migrated": migrated,
    "locked": locked,
    "full": full,
    "fsync": unsynced,
    "crowd": crowd,
}


class _day:
    """A morning in a folder, and the Telegram that knows its chats."""

    def __init__(self, folder: Path, chats: int, *, groups: bool = False, stories: int = STORIES) -> None:
        self._folder, self._chats, self._groups, self._stories = folder, chats, groups, stories
        self._telegram = Telegram()

    async def __aenter__(self) -> tuple[Morning, Telegram]:
        self._folder.mkdir(exist_ok=True)
        numbers = range(1, self._chats + 1)
        readers = [-number for number in numbers] if self._groups else list(numbers)
        told = await morning(self._folder, readers=readers, stories=self._stories)
        await self._telegram.__aenter__()
        for reader in readers:
            self._telegram.register(reader, type="group" if self._groups else "private")
        return told, self._telegram

    async def __aexit__(self, *error: object) -> None:
        await self._telegram.__aexit__(None, None, None)


def _told(account: Account, *, holds: bool) -> Result:
    words = f"lost {account.lost} of {account.expected:,}, repeated {account.repeated}"
    words += f", of these not recorded {account.unrecorded}" if account.repeated else ""
    return Result(words + (f", given up {account.given_up}" if account.given_up else ""), holds)


async def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("names", nargs="*", metavar="NAME")
    chosen = parser.parse_args()
    rows: list[tuple[str, Result]] = []
    for name in chosen.names or FAULTS:
        with TemporaryDirectory() as folder:
            found = await FAULTS[name](Path(folder), QUICK if chosen.quick else CHATS)
        for fault, result in found:
            line(f"{'ok  ' if result.holds else 'FAIL'} {fault}: {result.measured}")
        rows += found
    table(("fault", "measured", "holds"), *((fault, one.measured, one.holds) for fault, one in rows))
    return 0 if all(one.holds for _, one in rows) else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
