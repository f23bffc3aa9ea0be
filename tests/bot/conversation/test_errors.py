"""What nobody else takes, and what happens when something breaks."""

from typing import Any

import pytest
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramNetworkError
from aiogram.methods import AnswerCallbackQuery, SendMessage
from aiogram.types import CallbackQuery, Chat, InaccessibleMessage, Location, PhotoSize, Sticker, Update
from structlog.testing import capture_logs

from storage import chats
from tests.bot.conversation.talk import Talk

STICKER = Sticker(file_id="1", file_unique_id="1", type="regular", width=1, height=1, is_animated=False, is_video=False)
BAKU = Location(latitude=40.4, longitude=49.9)
PHOTO = [PhotoSize(file_id="1", file_unique_id="1", width=1, height=1)]
GROUP = Chat(id=-100, type="supergroup", title="Новости")
TEXT_ONLY = "Пока я понимаю только текст. Напишите, что найти, или загляните в /help."


async def test_unknown_command_is_answered_with_help(talk: Talk) -> None:
    assert [shown.text for shown in await talk.say("/stats")] == ["Такой команды нет. Что я умею: /help"]


async def test_command_for_another_bot_is_unknown(talk: Talk) -> None:
    assert (await talk.say("/latest@other_bot"))[0].text.startswith("Такой команды нет.")


@pytest.mark.parametrize("content", [{"sticker": STICKER}, {"photo": PHOTO}, {"photo": PHOTO, "caption": "Баку"}])
async def test_other_content_gets_a_short_sentence(talk: Talk, content: dict[str, Any]) -> None:
    assert [shown.text for shown in await talk.feed_message(**content)] == [TEXT_ONLY]


async def test_location_that_moves_on_is_left_alone(talk: Talk) -> None:
    assert await talk.feed_message(location=BAKU, edited=True) == []


async def test_album_is_answered_once(talk: Talk) -> None:
    pictures = [await talk.feed_message(photo=PHOTO, media_group_id="7") for _ in range(3)]
    assert [len(answers) for answers in pictures] == [1, 0, 0]


async def test_service_messages_are_left_alone(talk: Talk) -> None:
    assert await talk.feed_message(group_chat_created=True) == []


async def test_edited_message_gets_a_short_sentence(talk: Talk) -> None:
    [answer] = await talk.feed_message(text="/subscribe баку", edited=True)
    assert answer.text.startswith("Исправления в сообщениях я не замечаю")


@pytest.mark.parametrize(
    "data", ["nonsense", "c:", "c:x", "c:99999999999999999999", "r:-5:0", "o:kitchen", "w|иногда|1"]
)
async def test_button_with_strange_data_never_fails(talk: Talk, data: str) -> None:
    await talk.say("/settings")
    presses = talk.session.calls_of(AnswerCallbackQuery)
    with capture_logs() as logs:
        shown = await talk.press_data(data)
    assert shown
    assert len(presses) == 1
    assert logs == []


async def test_button_on_a_message_too_old_to_read_says_so(talk: Talk) -> None:
    old = InaccessibleMessage(chat=Chat(id=talk.person.chat_id, type="private"), message_id=1, date=0)
    press = CallbackQuery(id="1", from_user=talk.person.user, chat_instance="1", message=old, data="o:settings")
    [note] = await talk.feed(Update(update_id=1, callback_query=press))
    assert note.is_note
    assert note.text.startswith("Сообщение слишком старое")


async def test_failure_is_apologised_for_and_logged_without_what_was_said(talk: Talk) -> None:
    await talk.say("/subscribe казахстан")
    talk.digests.fails = True
    with capture_logs() as logs:
        [answer] = await talk.say("/digest")
    assert answer.text == "У меня что-то пошло не так, ошибка записана. Попробуйте, пожалуйста, позже."
    [entry] = logs
    assert (entry["event"], entry["error"], entry["kind"]) == ("update failed", "RuntimeError", "message")
    assert "казахстан" not in str(logs)


async def test_failure_before_the_chat_is_known_answers_the_press(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    await talk.say("/settings")

    async def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(chats, "find", fail)
    with capture_logs():
        [note] = await talk.press("Язык")
    assert note.is_note
    assert note.text.startswith("У меня что-то пошло не так")


async def test_press_that_is_too_old_to_answer_is_carried_out(talk: Talk) -> None:
    await talk.say("/settings")
    refusal = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    talk.session.refuse(AnswerCallbackQuery, lambda method: TelegramBadRequest(method=method, message=refusal))
    with capture_logs() as logs:
        [view] = await talk.press("Язык")
    assert view.text == "Язык: Русский."
    assert logs == []


async def test_chat_that_blocked_the_bot_gets_no_second_try(talk: Talk) -> None:
    talk.session.refuse(SendMessage, lambda method: TelegramForbiddenError(method=method, message="blocked"))
    with capture_logs() as logs:
        assert await talk.say("/help") == []
    assert [entry["event"] for entry in logs] == ["chat is closed to the bot"]


async def test_network_failure_is_logged_and_ends_there(talk: Talk) -> None:
    talk.session.refuse(SendMessage, lambda method: TelegramNetworkError(method=method, message="gone"))
    with capture_logs() as logs:
        assert await talk.say("/help") == []
    assert [entry["error"] for entry in logs] == ["TelegramNetworkError"]


async def test_group_hears_commands_and_nothing_else(talk: Talk) -> None:
    assert (await talk.feed_message(chat=GROUP, text="/latest@newsbot"))[0].text == "Статей пока нет."
    assert await talk.feed_message(chat=GROUP, text="баку") == []
    assert await talk.feed_message(chat=GROUP, text="/weather") == []
    assert await talk.feed_message(chat=GROUP, sticker=STICKER) == []
    assert await talk.feed_message(chat=GROUP, text="/latest@other_bot") == []


async def test_group_is_not_known_before_it_speaks_to_the_bot(talk: Talk) -> None:
    await talk.feed_message(chat=GROUP, text="баку")
    async with talk.db.read() as conn:
        assert await chats.find(conn, GROUP.id) is None


async def test_question_in_a_group_waits_for_no_plain_text(talk: Talk) -> None:
    await talk.feed_message(chat=GROUP, text="/subscribe")
    assert await talk.feed_message(chat=GROUP, text="баку") == []


async def test_each_forum_topic_is_a_chat_of_its_own(talk: Talk) -> None:
    await talk.feed_message(chat=GROUP, text="/subscribe баку", message_thread_id=5, is_topic_message=True)
    async with talk.db.read() as conn:
        topic = await chats.find(conn, GROUP.id, thread_id=5)
        assert topic is not None
        assert await chats.find(conn, GROUP.id) is None


async def test_group_keeps_the_language_of_the_admin_who_set_it_up(talk: Talk) -> None:
    await talk.feed_message(chat=GROUP, text="/subscribe казахстан")
    talk.person.language = "en"
    assert (await talk.feed_message(chat=GROUP, text="/latest"))[0].text == "Статей пока нет."


async def test_sleeping_chat_wakes_when_it_writes(talk: Talk) -> None:
    await talk.say("/start")
    async with talk.db.write() as conn:
        await chats.change(conn, (await talk.chat()).id, asleep=True)
    await talk.say("/help")
    assert not (await talk.chat()).asleep


async def test_new_telegram_language_is_noticed(talk: Talk) -> None:
    await talk.say("/start")
    talk.person.language = "en"
    assert (await talk.say("/latest"))[0].text == "There are no articles here yet."


async def test_known_chat_costs_no_write(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    await talk.say("/start")

    def write() -> None:
        raise AssertionError("nothing has changed")

    monkeypatch.setattr(talk.db, "write", write)
    with capture_logs() as logs:
        assert len(await talk.say("/help")) == 1
    assert logs == []


async def test_an_error_that_nobody_foresaw_is_noted_by_its_kind(talk: Talk) -> None:
    noted: list[tuple[str, str]] = []
    await talk.say("/subscribe казахстан")
    talk.dispatcher["troubled"] = lambda where, error: noted.append((where, type(error).__name__))
    talk.digests.fails = True
    await talk.say("/digest")
    assert noted == [("message", "RuntimeError")]
