"""Which of two presses are one: the same button by the same person, while the first is under way."""

import asyncio
from typing import Any

import pytest
from aiogram import Bot
from aiogram.methods import AnswerCallbackQuery, TelegramMethod
from aiogram.types import CallbackQuery, Chat, Message, Update, User

from bot.conversation.doubles import Doubles
from tests.bot.newsroom import NOON


class Pressed:
    """What is let through, and for which presses nothing but an answer is left."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.doubles, self.go_on = Doubles(), asyncio.Event()
        self.handled: list[str] = []
        self.answered: list[str] = []
        self.bot = Bot("42:TEST")

        async def answer(_bot: Bot, method: TelegramMethod[Any], **_: Any) -> None:
            assert isinstance(method, AnswerCallbackQuery)
            self.answered.append(method.callback_query_id)

        monkeypatch.setattr(Bot, "__call__", answer)

    async def press(self, name: str, data: str = "a", *, user: int = 1, message: int = 1) -> None:
        on = Message(message_id=message, date=NOON, chat=Chat(id=5, type="group"))
        presser = User(id=user, is_bot=False, first_name="?")
        press = CallbackQuery(id=name, from_user=presser, chat_instance="1", message=on, data=data).as_(self.bot)

        async def handle(_event: object, _data: object) -> None:
            self.handled.append(name)
            await self.go_on.wait()

        await self.doubles(handle, Update(update_id=1, callback_query=press), {})


@pytest.fixture
def pressed(monkeypatch: pytest.MonkeyPatch) -> Pressed:
    return Pressed(monkeypatch)


async def at_once(pressed: Pressed, *presses: dict[str, Any]) -> None:
    async with asyncio.TaskGroup() as group:
        for number, press in enumerate(presses):
            group.create_task(pressed.press(str(number), **press))
        await asyncio.sleep(0)
        pressed.go_on.set()


async def test_the_same_press_at_once_is_answered_and_not_handled(pressed: Pressed) -> None:
    await at_once(pressed, {}, {}, {})
    assert (pressed.handled, pressed.answered) == (["0"], ["1", "2"])


@pytest.mark.parametrize(
    "other", [{"data": "b"}, {"user": 2}, {"message": 2}], ids=["another button", "another person", "another message"]
)
async def test_what_differs_is_handled(pressed: Pressed, other: dict[str, Any]) -> None:
    await at_once(pressed, {}, other)
    assert (pressed.handled, pressed.answered) == (["0", "1"], [])


async def test_after_another_button_the_same_one_is_meant_again(pressed: Pressed) -> None:
    await at_once(pressed, {}, {"data": "b"}, {}, {})
    assert (pressed.handled, pressed.answered) == (["0", "1", "2"], ["3"])


async def test_when_the_first_is_done_the_same_press_is_a_new_one(pressed: Pressed) -> None:
    pressed.go_on.set()
    await pressed.press("0")
    await pressed.press("1")
    assert (pressed.handled, pressed.answered) == (["0", "1"], [])
    assert pressed.doubles._last == {}
