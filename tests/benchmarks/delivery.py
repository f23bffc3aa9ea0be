"""How fast the outbox is sent, beside a bare loop of aiogram's; how close to a permitted rate; what a backlog costs.

python -m tests.benchmarks.delivery [MESSAGES [WAITING]]

this process: eight sends in flight, through the store or without one ──▶ a server in its own process, that takes all

The store is written with synchronous=FULL: a claim and a settlement for each message, which the bare loop does without.
"""

import asyncio
import contextlib
import multiprocessing
import multiprocessing.connection
import resource
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import structlog
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import LinkPreviewOptions
from aiogram.utils.i18n import I18n

from bot.app import SWITCH_S
from bot.closed_topics import ClosedTopics
from bot.config import load
from bot.delivery import Delivery
from bot.draining import IN_FLIGHT
from bot.languages import LOCALES, catalogues
from bot.locales.compile import compile_catalogues
from bot.pace import Pace, Paced
from bot.telegram_session import JsonSession
from storage import outbox
from storage.database import Database
from storage.driver import on_driver
from tests.benchmarks.report import line, table

MESSAGES, WAITING = 2000, 100_000
ROUNDS = 7
RATE, PACED = 300.0, 1000
# As long as a message of a digest often is.
TEXT = "\n".join(
    f'<b>{number}. <a href="https://news.example/{number}">Саммит в Баку</a></b> о перевозках' for number in range(12)
)
ANSWER = (
    b'{"ok":true,"result":{"message_id":1,"date":1,"chat":{"id":1,"type":"private","first_name":"A"},"text":"Text"}}'
)


class Taker(asyncio.Protocol):
    """Reads a request to its end and answers that the message was sent."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._read = transport, b""

    def data_received(self, data: bytes) -> None:
        self._read += data
        while (end := self._read.find(b"\r\n\r\n")) >= 0:
            head = self._read[:end].lower()
            length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
            if len(self._read) < end + 4 + length:
                return
            self._read = self._read[end + 4 + length :]
            answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(ANSWER)
            self._transport.write(answer + ANSWER)


def serve(told: Connection) -> None:
    async def listen() -> None:
        server = await asyncio.get_running_loop().create_server(Taker, "127.0.0.1", 0)
        told.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(listen())


@contextmanager
def telegram() -> Iterator[str]:
    """The address of a server that takes every message."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=serve, args=(there,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{here.recv()}"
    finally:
        process.terminate()
        process.join()


@asynccontextmanager
async def client(url: str, pace: Pace | None = None) -> AsyncIterator[Bot]:
    api = TelegramAPIServer.from_base(url)
    session = JsonSession(api=api) if pace else AiohttpSession(api=api)
    if pace:
        session.middleware(Paced(pace))
    async with Bot("1:benchmark", session=session) as bot:
        yield bot


async def bare(bot: Bot, messages: int) -> None:
    chats = iter(range(1, messages + 1))
    preview = LinkPreviewOptions(is_disabled=True)

    async def work() -> None:
        for chat in chats:
            await bot.send_message(chat, TEXT, parse_mode="HTML", link_preview_options=preview)

    async with asyncio.TaskGroup() as group:
        for _ in range(IN_FLIGHT):
            group.create_task(work())


async def fill(db: Database, messages: int) -> None:
    """A message for each of so many chats, all waiting."""
    chats = "INSERT OR IGNORE INTO chats (id, telegram_id, created_at) VALUES (?, ?, 0)"
    waits = "INSERT INTO outbox (chat_id, part, html, state, not_before) VALUES (?, 1, ?, 'pending', 0)"
    async with db.write() as conn:
        await on_driver(conn, lambda driver: driver.executemany(chats, [(n, n) for n in range(1, messages + 1)]))
        await on_driver(conn, lambda driver: driver.executemany(waits, [(n, TEXT) for n in range(1, messages + 1)]))


def delivery(bot: Bot, db: Database, pace: Pace, i18n: I18n) -> Delivery:
    return Delivery(bot, db, pace=pace, topics=ClosedTopics(load(), i18n), clock=lambda: datetime.now(UTC))


async def unlimited(url: str, db: Database, i18n: I18n, messages: int) -> None:
    """Messages a second, by turns with the bare loop, so that whatever else the machine does meets both."""
    found: dict[str, list[tuple[float, float]]] = {"aiogram alone": [], "from the outbox": []}
    for _ in range(ROUNDS):
        async with client(url) as bot:
            found["aiogram alone"].append(await timed(bare(bot, messages)))
        await fill(db, messages)
        pace = Pace(0)
        async with client(url, pace) as bot:
            found["from the outbox"].append(await timed(delivery(bot, db, pace, i18n).drain()))
    line(f"\nno limits: {messages:,} messages to as many chats, median of {ROUNDS} rounds")
    rows = [(name, *(messages / median(one[i] for one in times) for i in (0, 1))) for name, times in found.items()]
    table(("", "messages/s", "a second of processor"), *rows)
    ratios = [alone[0] / ours[0] for alone, ours in zip(*found.values(), strict=True)]
    processor = [alone[1] / ours[1] for alone, ours in zip(*found.values(), strict=True)]
    line(f"from the outbox: {median(ratios):.1%} of aiogram alone, by processor time {median(processor):.1%}")


async def limited(url: str, db: Database, i18n: I18n) -> None:
    await fill(db, PACED)
    pace = Pace(RATE)
    async with client(url, pace) as bot:
        took_s, _ = await timed(delivery(bot, db, pace, i18n).drain())
    line(f"\n{RATE:g} messages/s permitted, {PACED:,} chats at once: {PACED / took_s / RATE:.1%} of it")


async def waiting(folder: Path, messages: int) -> None:
    """With very many messages in the outbox: a look, a claim of eight, and what is kept in memory."""
    db = await Database.open(f"sqlite+aiosqlite:///{folder / 'many.db'}")
    try:
        await fill(db, messages)
        now = datetime.now(UTC)
        before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        async with db.read() as conn:
            looks = [await outbox.ready(conn, now=now, limit=2000) for _ in range(ROUNDS)]
        heads, claims = looks[0].heads, []
        for start in range(0, 8 * 50, 8):
            async with db.write() as conn:
                claims.append(
                    await timed(outbox.take_turn(conn, [one.id for one in heads[start : start + 8]], now=now))
                )
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb) / 1024
    finally:
        await db.close()
    line(f"\n{messages:,} messages waiting for as many chats")
    table(
        ("", "ms"),
        ("a look (a page of 2,000 chats), processor", 1000 * median(one.cost_s for one in looks)),
        ("a claim of eight", 1000 * median(one[0] for one in claims)),
    )
    line(f"memory: {grown:.1f} MB more")


async def timed(work: object) -> tuple[float, float]:
    """Seconds, and seconds of a processor in this process."""
    begun, processor = time.perf_counter(), time.process_time()
    await work  # type: ignore[misc]
    return time.perf_counter() - begun, time.process_time() - processor


async def measure(messages: int, many: int, folder: Path, url: str) -> None:
    compile_catalogues(LOCALES)
    i18n = catalogues("en")
    db = await Database.open(f"sqlite+aiosqlite:///{folder / 'news.db'}")
    try:
        await unlimited(url, db, i18n, messages)
        await limited(url, db, i18n)
    finally:
        await db.close()
    await waiting(folder, many)


def main(messages: int = MESSAGES, many: int = WAITING) -> None:
    # As the bot does.
    sys.setswitchinterval(SWITCH_S)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    with TemporaryDirectory() as folder, telegram() as url:
        asyncio.run(measure(messages, many, Path(folder), url))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
