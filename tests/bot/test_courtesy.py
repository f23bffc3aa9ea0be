"""Work in a thread stands aside while an update is answered, and is never held up for good."""

import asyncio
from typing import Any

import pytest
from aiogram.types import TelegramObject

from bot import courtesy
from bot.courtesy import Courtesy


class Handler:
    """Answers when it is told to."""

    def __init__(self) -> None:
        self.may_answer = asyncio.Event()

    async def __call__(self, event: TelegramObject, data: dict[str, Any]) -> str:
        await self.may_answer.wait()
        return "answer"


async def test_work_waits_until_every_answer_is_given() -> None:
    polite, first, second = Courtesy(), Handler(), Handler()
    done: list[str] = []
    answers = [asyncio.ensure_future(polite(handler, TelegramObject(), {})) for handler in (first, second)]
    await asyncio.sleep(0)
    work = asyncio.ensure_future(asyncio.to_thread(lambda: done.extend(polite.patiently("абв"))))
    first.may_answer.set()
    assert await answers[0] == "answer"
    await asyncio.sleep(0.01)
    assert not done
    second.may_answer.set()
    await asyncio.gather(work, answers[1])
    assert done == list("абв")


async def test_work_goes_on_where_answers_never_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courtesy, "PATIENCE_S", 0)
    polite = Courtesy()
    answer = asyncio.ensure_future(polite(Handler(), TelegramObject(), {}))
    await asyncio.sleep(0)
    assert list(polite.patiently("абв")) == list("абв")
    answer.cancel()


async def test_a_handler_that_fails_holds_nothing_up() -> None:
    async def fail(event: TelegramObject, data: dict[str, Any]) -> None:
        raise ValueError("казахстан")

    polite = Courtesy()
    with pytest.raises(ValueError, match="казахстан"):
        await polite(fail, TelegramObject(), {})
    assert polite._nobody_waits.is_set()


async def test_an_answer_that_needs_the_work_itself_does_not_wait_for_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def answer(event: TelegramObject, data: dict[str, Any]) -> list[str]:
        with polite.waived():
            return await asyncio.to_thread(lambda: list(polite.patiently("абв")))

    monkeypatch.setattr(courtesy, "PATIENCE_S", 60)
    polite = Courtesy()
    async with asyncio.timeout(10):
        assert await polite(answer, TelegramObject(), {}) == list("абв")
