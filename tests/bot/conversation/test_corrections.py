"""A search whose words are corrected is answered in place."""

import itertools
from typing import Any

import pytest
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import EditMessageText, SendMessage
from aiogram.types import Chat, Message, Update, User

from bot.conversation import search
from bot.conversation.search import Answers
from tests.bot.conversation.talk import NOON, USER, Shown, Talk, draft


@pytest.fixture(autouse=True)
async def news(talk: Talk) -> None:
    await talk.publish([draft("Саммит в Баку"), draft("Форум в Астане", "Другие слова.")])


class Typist:
    """Says something, and then corrects it."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.message_id = 0

    async def says(self, text: str) -> list[Shown]:
        self.message_id = self.talk.session.next_message_id()
        return await self.talk.feed(self.talk.person.says(text, message_id=self.message_id, date=NOON))

    async def corrects(self, text: str) -> tuple[list[EditMessageText], list[SendMessage]]:
        edits, sent = self.talk.session.calls_of(EditMessageText), self.talk.session.calls_of(SendMessage)
        says = self.talk.person.says(text, message_id=self.message_id, date=NOON)
        await self.talk.feed(Update(update_id=says.update_id, edited_message=says.message))
        return edits, sent


@pytest.fixture
def typist(talk: Talk) -> Typist:
    return Typist(talk)


@pytest.mark.parametrize("form", ["{}", "/search {}"])
async def test_corrected_search_changes_its_answer(typist: Typist, form: str) -> None:
    await typist.says(form.format("саммит"))
    edits, sent = await typist.corrects(form.format("форум"))
    assert len(edits) == 1
    assert "Форум" in (edits[0].text or "")
    assert sent == []
    edits, sent = await typist.corrects(form.format("баку"))
    assert "Баку" in (edits[0].text or "")
    assert sent == []


async def test_same_words_again_leave_the_answer(typist: Typist) -> None:
    await typist.says("саммит")
    _edits, sent = await typist.corrects("саммит")
    assert sent == []


async def test_search_of_before_a_restart_is_answered_anew_and_then_in_place(typist: Typist) -> None:
    await typist.says("саммит")
    typist.talk.restarted()
    edits, sent = await typist.corrects("форум")
    assert (len(edits), len(sent)) == (0, 1)
    edits, sent = await typist.corrects("баку")
    assert (len(edits), len(sent)) == (1, 0)


async def test_answer_that_is_deleted_comes_anew(typist: Typist) -> None:
    def gone(method: Any) -> Exception:
        return TelegramBadRequest(method=method, message="Bad Request: message to edit not found")

    await typist.says("саммит")
    typist.talk.session.refuse(EditMessageText, gone)
    _edits, sent = await typist.corrects("форум")
    assert len(sent) == 1


async def test_words_that_could_not_be_read_are_answered_when_they_can(typist: Typist) -> None:
    await typist.says('"саммит')
    _edits, sent = await typist.corrects('"саммит"')
    assert "Саммит" in sent[0].text


def test_only_the_last_answers_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "REMEMBERED", 3)
    place, user = Chat(id=USER, type="private"), User(id=USER, is_bot=False, first_name="You")
    messages = [Message(message_id=number, date=NOON, chat=place, from_user=user) for number in range(6)]
    answers = Answers()
    for asked, answered in itertools.pairwise(messages):
        answers.remember(asked, answered)
    assert [answers.to(message) for message in messages] == [None, None, 3, 4, 5, None]
