"""The store's ground gives way: another process holds it, the disk is full, nothing can be written for good."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from storage.turns import lock_path
from tests.faults.morning import Account, Morning, account
from tests.faults.runs import Telegram, run, until_over

LOCKED_S = 10.0
FAILING_S = 5.0
# Room for the store and its log beside the ballast.
DISK_MB = 24
SHIM = Path(__file__).with_name("fsync.c")


async def locked(told: Morning, telegram: Telegram) -> Account:
    """Another process writes for ten seconds, in the midst of a morning."""
    async with run(told, telegram) as bot:
        await telegram.half(told)
        with FileLock(lock_path(told.path)):
            await asyncio.sleep(LOCKED_S)
        await until_over(told, bot)
    return await account(told, telegram)


async def full(told: Morning, telegram: Telegram, *, admin: int) -> tuple[Account, list[str]]:
    """The disk fills up in the midst of a morning, and has room again; and what the admin was told meanwhile."""
    async with run(told, telegram, ADMIN_IDS=str(admin)) as bot:
        await telegram.half(told)
        with _ballast(told.path.parent):
            await asyncio.sleep(FAILING_S)
            telegram.say("казахстан", user=admin)
            await telegram.wait_for(lambda message: "Казахстан" in message.text, chat=admin, timeout_s=20)
        await until_over(told, bot)
    words = [message.text for message in telegram.sent if message.chat_id == admin]
    return await account(told, telegram), words


async def unsynced(told: Morning, telegram: Telegram, *, shim: Path) -> Account:
    """Every fsync fails for some seconds, in the midst of a morning."""
    flag = told.path.with_name("fsync-fails")
    preload = {"LD_PRELOAD": str(shim), "NEWSBOT_FSYNC_FAILS": str(flag)}
    async with run(told, telegram, **preload) as bot:
        await telegram.half(told)
        flag.touch()
        await asyncio.sleep(FAILING_S)
        flag.unlink()
        await until_over(told, bot)
    return await account(told, telegram)


def compiled(folder: Path) -> Path | None:
    """The library whose fsync fails on demand; None where there is no compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return None
    made = folder / "fsync.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", str(made), str(SHIM), "-ldl"], check=True)
    return made


@contextmanager
def small_disk(folder: Path) -> Iterator[Path | None]:
    """A disk of a few megabytes in memory; None where nobody may mount one."""
    place = folder / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(place)], check=False, capture_output=True
    )
    if mounted.returncode:
        yield None
        return
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


@contextmanager
def _ballast(folder: Path) -> Iterator[None]:
    """No byte is left."""
    path = folder / "ballast"
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1 << 16))
        except OSError:
            pass
        try:
            while True:
                file.write(b"0")
        except OSError:
            pass
    try:
        yield
    finally:
        os.unlink(path)
