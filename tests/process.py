"""The program in processes of its own, as an operator runs it: a bot to be stopped or killed, commands beside it."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout

from storage.turns import lock_path
from tests.telegram import TelegramServer

CHECKOUT = Path(__file__).parents[1]
# Of the shape that Telegram gives out, so that a log can tell it.
TOKEN = "4200000001:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
# Importing the program takes a few seconds, more where the machine is busy.
START_S = 60.0
STOP_S = 10.0
# A proxy that is not there: sources are asked for nowhere beyond this machine.
NOWHERE = "http://127.0.0.1:9"


class Finished(NamedTuple):
    """How a command ended; `took_s` is how long it ran."""

    code: int
    out: str
    err: str
    took_s: float


async def until(reached: Callable[[], Awaitable[bool]], *, patience_s: float = START_S) -> None:
    """Waits for what another process writes to a file or a store; raises TimeoutError."""
    async with asyncio.timeout(patience_s):
        while not await reached():  # noqa: ASYNC110 - neither a file nor a store rings a bell
            await asyncio.sleep(0.01)


@asynccontextmanager
async def busy(store: Path) -> AsyncIterator[None]:
    """Another process writes to the store meanwhile, as soon as nobody of ours does."""
    lock = FileLock(lock_path(store))
    while not lock.is_locked:
        try:
            lock.acquire(blocking=False)
        except Timeout:
            await asyncio.sleep(0.001)
    try:
        yield
    finally:
        lock.release()


@dataclass(slots=True)
class Bot:
    """A `run` that was started; `log` is what it has written so far."""

    process: asyncio.subprocess.Process
    log_file: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def log(self) -> str:
        return self.log_file.read_text()

    async def says(self, event: str) -> None:
        """Waits until the log has this."""

        async def has_been_said() -> bool:
            return event in self.log

        await until(has_been_said)

    async def stop(self) -> Finished:
        """Ends it as an operator would; raises TimeoutError where that takes longer than it may."""
        self.process.terminate()
        return await self.end(patience_s=STOP_S)

    async def kill(self) -> None:
        """Ends it as a power cut would."""
        self.process.kill()
        await self.end(patience_s=STOP_S)

    async def end(self, *, patience_s: float = START_S) -> Finished:
        begun = time.monotonic()
        code = await asyncio.wait_for(self.process.wait(), timeout=patience_s)
        return Finished(code, "", self.log, time.monotonic() - begun)


@asynccontextmanager
async def started(
    telegram: TelegramServer, database: Path, *, program: Sequence[str] = ("bot",), **settings: str
) -> AsyncIterator[Bot]:
    """A bot that is just starting; whatever happens, it does not outlive the block. `program` is a module, with options
    of its own.
    """
    log_file = database.with_name(f"log-{time.monotonic_ns()}.txt")
    environment = _environment(database) | {"BOT_TOKEN": telegram.token, "TELEGRAM_API_URL": telegram.url} | settings
    command = (sys.executable, "-m", *program, "run")
    with log_file.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *command, env=environment, cwd=database.parent, stdout=log, stderr=log
        )
    bot = Bot(process, log_file)
    try:
        yield bot
    finally:
        if process.returncode is None:
            await bot.kill()


@asynccontextmanager
async def running(
    telegram: TelegramServer, database: Path, *, program: Sequence[str] = ("bot",), **settings: str
) -> AsyncIterator[Bot]:
    """A bot that has asked Telegram for updates, or to be sent them."""
    before = len(telegram.calls)

    def polls() -> bool | None:
        return any(call.method in ("getUpdates", "setWebhook") for call in telegram.calls[before:]) or None

    async with started(telegram, database, program=program, **settings) as bot:
        try:
            await telegram.world.until(polls, timeout_s=START_S)
        except TimeoutError:
            raise AssertionError(f"the bot asks for no updates\n{bot.log}") from None
        yield bot


async def newsbot(*arguments: str, database: Path, given: str = "") -> Finished:
    """Runs a command to its end, with `given` on stdin."""
    begun = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", *arguments),
        env=_environment(database),
        cwd=database.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(given.encode()), timeout=START_S)
    return Finished(process.returncode or 0, out.decode(), err.decode(), time.monotonic() - begun)


def _environment(database: Path) -> dict[str, str]:
    """Nothing of the settings of whoever runs the tests."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    url = f"sqlite+aiosqlite:///{database}"
    return (
        kept
        | {"PYTHONPATH": str(CHECKOUT), "PYTHONUTF8": "1", "DATABASE_URL": url}
        | {
            "LOG_FORMAT": "json",
            "SOURCE_PROXY": NOWHERE,
            # What a person is told in a minute is told in a second here.
            "SEND_RATE": "0",
        }
    )
