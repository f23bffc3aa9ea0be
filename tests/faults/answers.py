"""Telegram misbehaves: it refuses, answers nonsense, cuts connections, is gone; and chats are not what they were."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.draining import IN_FLIGHT
from tests.faults.morning import Account, Morning, account
from tests.faults.runs import Telegram, run, until_over
from tests.telegram import TelegramServer

SEND: Final = "sendMessage"
HTML: Final = "<html><head><title>502 Bad Gateway</title></head><body><h1>502</h1></body></html>"
# Each chat meets its fault so often in a row, and some of them another one after it.
TIMES: Final = (1, 2)
# An hour in six seconds: by the program's clock alone.
FAST: Final = 600.0
# Ten minutes in ten seconds.
SLOWER: Final = 60.0
AWAY_S: Final = 600.0


@dataclass(frozen=True, slots=True)
class Met:
    """What reached the readers, and how many sends were carried out though their answer was lost."""

    account: Account
    answers_lost: int

    @property
    def holds(self) -> bool:
        return self.account.holds and self.account.repeated <= self.answers_lost


Order = Callable[[TelegramServer, int], None]


def refuses(retry_after: int) -> Order:
    """429 for this chat."""
    return lambda telegram, chat: telegram.fail_next(
        SEND, chat_id=chat, status=429, parameters={"retry_after": retry_after}, times=1
    )


def fails(status: int, body: str | None = None) -> Order:
    return lambda telegram, chat: telegram.fail_next(SEND, chat_id=chat, status=status, body=body, times=TIMES[1])


def cuts(when: str) -> Order:
    """The connection, before the request is carried out or after it was."""
    return lambda telegram, chat: telegram.fail_next(SEND, chat_id=chat, drop=when, times=TIMES[0])  # type: ignore[arg-type]


ORDERS: Final[dict[str, Order]] = {
    "429 for a second": refuses(1),
    "429 for a minute": refuses(60),
    "429 for an hour": refuses(3600),
    "500": fails(500),
    "502 with HTML": fails(502, HTML),
    "garbage": fails(200, "\x00\x01 not JSON"),
    "empty answer": fails(200, ""),
    "reset before acceptance": cuts("before"),
    "reset after acceptance": cuts("after"),
}
# Carried out, whatever was answered.
ACCEPTED: Final = {"reset after acceptance"}


async def script(told: Morning, telegram: Telegram, names: Sequence[str], *, seed: int = 1) -> Met:
    """Every chat meets one of these faults, at one of its messages."""
    chosen = random.Random(seed)
    lost = 0
    for place, chat in enumerate(told.chats):
        name = names[place % len(names)]
        lost += name in ACCEPTED
        ORDERS[name](telegram, chat)
    chosen.shuffle(telegram._failures)
    async with run(told, telegram, "--speed", str(FAST)) as bot:
        await until_over(told, bot)
    return Met(await account(told, telegram), lost)


async def silent(told: Morning, telegram: Telegram, *, chats: int = 6) -> Met:
    """To some of the sends nobody ever answers, though they were carried out: each ends by a time-out."""
    for chat in told.chats[:chats]:
        telegram.fail_next(SEND, chat_id=chat, drop="hang")
    async with run(told, telegram) as bot:
        await until_over(told, bot)
    return Met(await account(told, telegram), chats)


async def gone(told: Morning, telegram: Telegram) -> Met:
    """Nobody listens for ten minutes, by the program's clock, in the midst of a morning."""
    async with run(told, telegram, "--speed", str(SLOWER)) as bot:
        await telegram.half(told)
        async with telegram.unreachable():
            await asyncio.sleep(AWAY_S / SLOWER)
        await until_over(told, bot)
    # Connections are cut in the midst of answers: what was in flight is in doubt.
    return Met(await account(told, telegram), IN_FLIGHT)


async def blocked(told: Morning, telegram: Telegram, *, share: float = 0.05) -> tuple[Met, Met]:
    """Some chats have blocked the bot: the others have all; and then these too, when they write again."""
    sleepers = told.chats[: max(1, round(len(told.chats) * share))]
    telegram.blocked.update(sleepers)
    async with run(told, telegram) as bot:
        await until_over(told, bot)
    others = Met(await account(told, telegram, without=sleepers), 0)
    for chat in sleepers:
        telegram.say("/help", user=chat)
    async with run(told, telegram) as bot:
        await telegram.confirmed(timeout_s=60)
        await asyncio.sleep(2)
        await until_over(told, bot)
    return others, Met(await account(told, telegram), 0)


async def migrated(told: Morning, telegram: Telegram) -> Met:
    """Every chat is a group that becomes a supergroup when it has had the first message of its digest."""
    moved = {chat: chat - 1_000_000_000_000 for chat in told.chats}

    def move() -> None:
        chat = telegram.sent[-1].chat_id
        if chat in moved and moved[chat] not in telegram.world.chats:
            telegram.register(moved[chat], type="supergroup")
            parameters = {"migrate_to_chat_id": moved[chat]}
            words = "Bad Request: group chat was upgraded to a supergroup chat"
            telegram.fail_next(SEND, chat_id=chat, status=400, description=words, parameters=parameters, times=1000)

    telegram.has_accepted = move
    async with run(told, telegram) as bot:
        await until_over(told, bot)
    home = {new: old for old, new in moved.items()}
    for message in telegram.sent:
        message.chat_id = home.get(message.chat_id, message.chat_id)
    return Met(await account(told, telegram), 0)
