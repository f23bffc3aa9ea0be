"""Whatever becomes of its attempts, every message comes to its end, in order, and none is lost.

random fates ──▶ a Telegram that deals them out, one for each attempt ◀── drains, restarts, time ──▶ what each chat got
"""

import asyncio
import contextlib
import shutil
from collections import deque
from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import timedelta
from enum import Enum, auto
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import SendMessage, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import Chat as TelegramChat
from aiogram.types import Message as TelegramMessage
from aiogram.utils.i18n import I18n
from aiohttp import ClientConnectionError, ConnectionTimeoutError
from filelock import FileLock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot.closed_topics import ClosedTopics
from bot.delivery import Delivery
from bot.draining import Drain
from bot.outcomes import LONGEST_WAIT
from bot.pace import Pace
from storage import chats, schema
from storage.database import Database
from storage.migrations import upgrade
from storage.turns import lock_path
from tests.bot.newsroom import NOON, Defaults, put_into_outbox

ENOUGH = 60


class Fate(Enum):
    """What becomes of one attempt."""

    ARRIVES = auto()
    NOT_CONNECTED = auto()
    CUT_BEFORE = auto()
    CUT_AFTER = auto()
    GARBAGE_AFTER = auto()
    SERVER_ERROR = auto()
    FLOOD = auto()
    REFUSED = auto()
    BLOCKED = auto()
    CRASH_BEFORE = auto()
    CRASH_AFTER = auto()


ARRIVING = {Fate.ARRIVES, Fate.CUT_AFTER, Fate.GARBAGE_AFTER, Fate.CRASH_AFTER}


class Crash(BaseException):
    """The process is killed."""


class Fates(BaseSession):
    """Telegram, as far as sends go: deals out fates until there are none left, and then all arrives."""

    def __init__(self, fates: Sequence[Fate]) -> None:
        super().__init__()
        self._fates = deque(fates)
        self.got: dict[int, list[str]] = {}
        self.dealt: dict[str, list[Fate]] = {}
        self._under_way: set[int] = set()

    async def close(self) -> None:
        """Nothing is open."""

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109 - as aiogram calls it
    ) -> TelegramType:
        assert isinstance(method, SendMessage)
        assert isinstance(method.chat_id, int)
        assert method.chat_id not in self._under_way, "two at once in one chat"
        self._under_way.add(method.chat_id)
        try:
            await asyncio.sleep(0)
            return self._deal(method)  # type: ignore[return-value]
        finally:
            self._under_way.discard(method.chat_id)

    def _deal(self, method: SendMessage) -> TelegramMessage:
        fate = self._fates.popleft() if self._fates else Fate.ARRIVES
        chat = method.chat_id
        assert isinstance(chat, int)
        self.dealt.setdefault(method.text, []).append(fate)
        if fate in ARRIVING:
            self.got.setdefault(chat, []).append(method.text)
        match fate:
            case Fate.ARRIVES:
                return TelegramMessage(message_id=1, date=NOON, chat=TelegramChat(id=chat, type="private"))
            case Fate.NOT_CONNECTED:
                raise TelegramNetworkError(method, "no way") from ConnectionTimeoutError()
            case Fate.CUT_BEFORE | Fate.CUT_AFTER:
                raise TelegramNetworkError(method, "cut") from ClientConnectionError()
            case Fate.GARBAGE_AFTER:
                raise ClientDecodeError("no JSON", ValueError(), "<html>")
            case Fate.SERVER_ERROR:
                raise TelegramServerError(method, "Internal Server Error")
            case Fate.FLOOD:
                raise TelegramRetryAfter(method, "slowly", 7)
            case Fate.REFUSED:
                raise TelegramBadRequest(method, "Bad Request: message is too long")
            case Fate.BLOCKED:
                raise TelegramForbiddenError(method, "Forbidden: bot was blocked by the user")
        raise Crash

    async def stream_content(self, *_: Any, **__: Any) -> AsyncGenerator[bytes, None]:
        yield b""


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "empty.db"
    upgrade(path, FileLock(lock_path(path)))
    return path


class Room:
    """A store with messages for some chats, and a bot over it that is started anew when it crashes."""

    def __init__(self, db: Database, telegram: Fates, i18n: I18n) -> None:
        self.db, self.now = db, NOON
        self._bot = Bot("42:fates", session=telegram)
        self._i18n = i18n
        self._delivery = self._start()

    def _start(self) -> Delivery:
        topics = ClosedTopics(Defaults(), self._i18n)
        return Delivery(self._bot, self.db, pace=Pace(0), topics=topics, clock=lambda: self.now)

    async def turn(self, *, wake: Sequence[int]) -> None:
        """Everybody writes, time passes, and the outbox is drained."""
        self.now += LONGEST_WAIT + timedelta(seconds=1)
        async with self.db.write() as conn:
            for telegram_id in wake:
                await chats.ensure(conn, telegram_id, now=self.now)
        try:
            await self._delivery.drain()
        except* Crash:
            self._delivery = self._start()
            await self._delivery.recover()

    async def states(self) -> Mapping[str, tuple[str, int, list[str]]]:
        """State, number of attempts, and the outcomes that are recorded of these, of each message by its text."""
        message, attempts = schema.outbox, schema.attempts
        recorded = func.group_concat(attempts.c.outcome)
        columns = select(message.c.html, message.c.state, message.c.attempts, recorded).group_by(message.c.id)
        async with self.db.read() as conn:
            rows = await conn.execute(columns.outerjoin_from(message, attempts))
            return {row[0]: (row[1], row[2], row[3].split(",") if row[3] else []) for row in rows}


async def play(folder: Path, sizes: Sequence[int], fates: Sequence[Fate], i18n: I18n) -> None:
    telegram = Fates(fates)
    db = await Database.open(f"sqlite+aiosqlite:///{folder / 'news.db'}")
    try:
        room = Room(db, telegram, i18n)
        wanted = {chat: [f"{chat}/{part}" for part in range(1, size + 1)] for chat, size in enumerate(sizes, 1)}
        for chat, texts in wanted.items():
            await put_into_outbox(db, chat, *texts, now=room.now)
        for _ in range(ENOUGH):
            with contextlib.suppress(TimeoutError):
                await room.turn(wake=list(wanted))
            states = await room.states()
            if not {"pending", "sending"} & {state for state, _, _ in states.values()}:
                break
        check(wanted, telegram, states)
    finally:
        await db.close()


def check(
    wanted: Mapping[int, Sequence[str]], telegram: Fates, states: Mapping[str, tuple[str, int, list[str]]]
) -> None:
    for chat, texts in wanted.items():
        got = telegram.got.get(chat, [])
        assert list(dict.fromkeys(got)) == [text for text in texts if text in got], "out of order"
        for text in texts:
            state, attempts, recorded = states[text]
            dealt = telegram.dealt[text]
            assert dealt[-1] in (Fate.ARRIVES, Fate.REFUSED)
            assert state == ("refused" if dealt[-1] is Fate.REFUSED else "sent")
            interrupted = recorded.count("interrupted")
            assert len(dealt) <= attempts <= len(dealt) + interrupted
            assert len(recorded) == (0 if attempts == 1 and state == "sent" else attempts)
            assert got.count(text) == sum(fate in ARRIVING for fate in dealt)
            assert got.count(text) <= 1 + recorded.count("lost") + interrupted


@given(st.lists(st.integers(1, 4), min_size=1, max_size=12), st.lists(st.sampled_from(Fate), max_size=40))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_message_arrives_in_order_whatever_becomes_of_its_attempts(
    tmp_path_factory: pytest.TempPathFactory, empty: Path, i18n: I18n, sizes: list[int], fates: list[Fate]
) -> None:
    async def write_nothing(_drain: Drain) -> None:
        """A drain that is broken off writes down what it knows; a process that is killed does not."""

    folder = tmp_path_factory.mktemp("fates")
    shutil.copyfile(empty, folder / "news.db")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Drain, "_break_off", write_nothing)
        asyncio.run(play(folder, sizes, fates, i18n))
    shutil.rmtree(folder)
