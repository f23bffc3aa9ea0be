"""The faults of `python -m tests.faults`, for a few chats each: whatever breaks, nobody is left out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.faults import answers, disks, kills
from tests.faults.morning import Morning, morning
from tests.faults.runs import Telegram

pytestmark = pytest.mark.slow

CHATS = 9


@asynccontextmanager
async def day(folder: Path, *, groups: bool = False) -> AsyncIterator[tuple[Morning, Telegram]]:
    readers = [-number if groups else number for number in range(1, CHATS + 1)]
    told = await morning(folder, readers=readers)
    async with Telegram() as telegram:
        for reader in readers:
            telegram.register(reader, type="group" if groups else "private")
        yield told, telegram
        assert telegram.violations == []


@pytest.mark.parametrize("step", ["after send", "before settle"])
async def test_a_kill_repeats_what_was_in_flight_and_says_so(tmp_path: Path, step: str) -> None:
    async with day(tmp_path) as (told, telegram):
        killed = await kills.at_step(told, telegram, step, count=2)
    assert killed.holds, killed


async def test_kills_at_random_lose_nothing(tmp_path: Path) -> None:
    async with day(tmp_path) as (told, telegram):
        killed = await kills.at_random(told, telegram, kills=2)
    assert killed.holds, killed


async def test_whatever_telegram_answers_nothing_is_lost(tmp_path: Path) -> None:
    async with day(tmp_path) as (told, telegram):
        met = await answers.script(told, telegram, list(answers.ORDERS))
    assert met.holds, met


async def test_groups_that_become_supergroups_in_mid_digest_lose_nothing(tmp_path: Path) -> None:
    async with day(tmp_path, groups=True) as (told, telegram):
        met = await answers.migrated(told, telegram)
    assert met.holds, met


async def test_whoever_blocks_the_bot_gets_all_of_it_after_coming_back(tmp_path: Path) -> None:
    async with day(tmp_path) as (told, telegram):
        others, later = await answers.blocked(told, telegram, share=0.2)
    assert others.holds, others
    assert later.holds, later


async def test_what_a_failing_fsync_did_not_keep_is_not_taken_for_sent(tmp_path: Path) -> None:
    shim = disks.compiled(tmp_path)
    if shim is None:
        pytest.skip("there is no compiler")
    async with day(tmp_path) as (told, telegram):
        account = await disks.unsynced(told, telegram, shim=shim)
    assert account.holds, account
