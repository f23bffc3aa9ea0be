"""«Typing…» shows while an answer takes its time, and never behind it."""

import asyncio
from typing import Any

import pytest
from aiogram.exceptions import TelegramForbiddenError
from aiogram.methods import SendChatAction

from bot.conversation import typing
from tests.bot.conversation.talk import Talk


class SlowDigests:
    """Composes for as long as a test says."""

    def __init__(self, takes: asyncio.Event) -> None:
        self.takes = takes

    async def ask(self, *_: Any, **__: Any) -> bool:
        await self.takes.wait()
        return False

    async def deliver(self, *_: Any) -> None: ...

    async def forget(self, *_: Any) -> None: ...


@pytest.fixture
def slow(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    monkeypatch.setattr(typing, "PATIENCE_S", 0.01)
    monkeypatch.setattr(typing, "SHOWN_S", 0.01)
    takes = asyncio.Event()
    talk.dispatcher["digests"] = SlowDigests(takes)
    return takes


async def test_long_work_shows_typing_until_it_is_done(talk: Talk, slow: asyncio.Event) -> None:
    await talk.say("/subscribe саммит")
    shown = talk.session.calls_of(SendChatAction)
    answering = asyncio.create_task(talk.say("/digest"))
    async with asyncio.timeout(10):
        while len(shown) < 3:  # noqa: ASYNC110 - what is shown rings no bell
            await asyncio.sleep(0.005)
    assert {(call.chat_id, call.action) for call in shown} == {(talk.person.chat_id, "typing")}
    slow.set()
    assert await answering
    count = len(shown)
    await asyncio.sleep(0.05)
    assert len(shown) == count


async def test_what_is_answered_at_once_shows_none(talk: Talk) -> None:
    shown = talk.session.calls_of(SendChatAction)
    await talk.say("/help")
    assert shown == []


async def test_typing_that_telegram_refuses_costs_no_answer(talk: Talk, slow: asyncio.Event) -> None:
    talk.session.refuse(SendChatAction, lambda method: TelegramForbiddenError(method=method, message="Forbidden"))
    shown = talk.session.calls_of(SendChatAction)
    await talk.say("/subscribe саммит")
    answering = asyncio.create_task(talk.say("/digest"))
    async with asyncio.timeout(10):
        while not shown:  # noqa: ASYNC110 - what is shown rings no bell
            await asyncio.sleep(0.005)
    slow.set()
    assert await answering
