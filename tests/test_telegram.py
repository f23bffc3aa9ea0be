"""The test server takes and refuses messages as Telegram does: shown through aiogram, the bot's own client."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from aiogram import Bot
from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramForbiddenError
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity, ReplyParameters

from tests.telegram import TelegramServer
from tests.telegram_client import client, post, refusal
from tests.telegram_readers import READER
from tests.telegram_rules import Button

NOT_MODIFIED = "message is not modified: specified new message content and reply markup are exactly the same"


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    """A server that one reader has written to; unlike `telegram` it lets a test break the rules."""
    async with TelegramServer() as server:
        server.say("/start")
        yield server


@pytest.fixture
async def bot(server: TelegramServer) -> AsyncIterator[Bot]:
    async with client(server) as bot:
        yield bot


def keyboard(*rows: Sequence[InlineKeyboardButton]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[list(row) for row in rows])


def button(text: str = "Далее", **fields: Any) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=text, **(fields or {"callback_data": "next"}))


async def test_accepted_message_is_kept_as_a_reader_sees_it(server: TelegramServer, bot: Bot) -> None:
    buttons = keyboard([button(), button("Сайт", url="https://example.kz/")])
    source = "<b>Саммит</b> &amp; итоги"
    answer = await bot.send_message(READER, source, parse_mode=ParseMode.HTML, reply_markup=buttons)
    sent = server.messages_to(READER)[0]
    assert (sent.text, sent.html) == ("Саммит & итоги", source)
    assert [(entity.type, entity.offset, entity.length) for entity in sent.entities] == [("bold", 0, 6)]
    assert sent.keyboard == (
        (
            Button(text="Далее", kind="callback_data", value="next"),
            Button(text="Сайт", kind="url", value="https://example.kz/"),
        ),
    )
    assert (answer.message_id, answer.text) == (sent.message_id, sent.text)
    assert answer.reply_markup is not None
    assert answer.reply_markup.model_dump() == buttons.model_dump()
    assert server.violations == []


async def test_messages_are_sent_only_where_the_bot_was_met(server: TelegramServer, bot: Bot) -> None:
    assert await refusal(bot.send_message(2002, "привет")) == "Bad Request: chat not found"
    server.register(2002)
    server.register(-100500, type="channel", username="news_kz")
    await bot.send_message(2002, "привет")
    assert (await bot.send_message("@news_kz", "привет")).chat.id == -100500


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param("x" * 4097, "message is too long", id="one unit more"),
        pytest.param("𝒜" * 2049, "message is too long", id="two units a letter"),
        pytest.param(" \n ", "text must be non-empty", id="blank"),
        pytest.param("<b></b>", "text must be non-empty", id="nothing but tags"),
        pytest.param("<p>а</p>", 'can\'t parse entities: Unsupported start tag "p" at byte offset 0', id="tag"),
        pytest.param("а&nbsp;б", 'can\'t parse entities: Unsupported HTML entity "&nbsp;" at byte offset 2', id="nbsp"),
    ],
)
async def test_text_that_telegram_refuses(server: TelegramServer, bot: Bot, text: str, complaint: str) -> None:
    assert await refusal(bot.send_message(READER, text, parse_mode="HTML")) == f"Bad Request: {complaint}"
    assert server.violations == [f"sendMessage: Bad Request: {complaint}"]
    assert server.sent == []


async def test_length_counts_what_is_left_after_parsing(server: TelegramServer, bot: Bot) -> None:
    await bot.send_message(READER, f"<b>{'&amp;' * 4096}</b>", parse_mode="HTML")
    await bot.send_message(READER, "𝒜" * 2048)
    assert server.violations == []


async def test_an_empty_text_is_named(server: TelegramServer) -> None:
    empty = {"ok": False, "error_code": 400, "description": "Bad Request: message text is empty"}
    assert await post(server, "sendMessage", chat_id=READER, text="") == (400, empty)
    assert await post(server, "sendMessage", chat_id=READER) == (400, empty)


async def test_an_unknown_parse_mode_is_refused(bot: Bot) -> None:
    assert await refusal(bot.send_message(READER, "a", parse_mode="Wiki")) == "Bad Request: unsupported parse_mode"


async def test_entities_beyond_a_hundred_are_dropped_and_told(server: TelegramServer, bot: Bot) -> None:
    await bot.send_message(READER, "<b>а</b> " * 100, parse_mode="HTML")
    assert server.violations == []
    await bot.send_message(READER, "<b>а</b> " * 101, parse_mode="HTML")
    assert server.violations == ["sendMessage: 101 entities, of which 1 are dropped"]
    assert len(server.sent[1].entities) == 100


async def test_a_dropped_link_is_told(server: TelegramServer, bot: Bot) -> None:
    await bot.send_message(READER, '<a href="http://localhost/">а</a>', parse_mode="HTML")
    assert server.violations == ["sendMessage: a link that is dropped: 'http://localhost/': Wrong HTTP URL"]


async def test_given_entities_lie_within_the_text(server: TelegramServer, bot: Bot) -> None:
    await bot.send_message(READER, "саммит", entities=[MessageEntity(type="bold", offset=0, length=6)])
    assert [entity.type for entity in server.sent[0].entities] == ["bold"]
    await refusal(bot.send_message(READER, "саммит", entities=[MessageEntity(type="bold", offset=0, length=7)]))
    await refusal(bot.send_message(READER, "саммит", entities=[MessageEntity(type="loud", offset=0, length=6)]))
    assert len(server.violations) == 2


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        pytest.param({"callback_data": "ж" * 33}, "BUTTON_DATA_INVALID", id="66 bytes"),
        pytest.param(
            {"callback_data": ""},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
            id="nothing to do",
        ),
        pytest.param(
            {"callback_data": "a", "url": "https://a.kz"},
            "can't parse inline keyboard button: exactly one kind is allowed, found url, callback_data",
            id="two kinds",
        ),
        pytest.param(
            {"url": "http://localhost:8080/x"},
            "inline keyboard button URL 'http://localhost:8080/x' is invalid: Wrong HTTP URL",
            id="host without a dot",
        ),
        pytest.param(
            {"text": " ", "callback_data": "a"},
            "can't parse inline keyboard button: text must be non-empty",
            id="no text",
        ),
    ],
)
async def test_button_that_telegram_refuses(bot: Bot, fields: dict[str, Any], complaint: str) -> None:
    markup = keyboard([button(**fields)])
    assert await refusal(bot.send_message(READER, "а", reply_markup=markup)) == f"Bad Request: {complaint}"


async def test_the_largest_keyboard_passes_and_a_larger_one_does_not(server: TelegramServer, bot: Bot) -> None:
    widest = [button(callback_data="ж" * 32)] * 8
    await bot.send_message(READER, "а", reply_markup=keyboard(*[widest] * 12, widest[:4]))
    too_many = bot.send_message(READER, "а", reply_markup=keyboard(*[widest] * 12, widest[:5]))
    assert await refusal(too_many) == "Bad Request: REPLY_MARKUP_TOO_LONG"
    too_wide = bot.send_message(READER, "а", reply_markup=keyboard([*widest, button()]))
    assert await refusal(too_wide) == "Bad Request: REPLY_MARKUP_TOO_LONG"
    assert len(server.sent) == 1


async def test_markup_must_be_what_it_says(server: TelegramServer) -> None:
    malformed: list[Any] = [
        [],
        {"inline_keyboard": "x"},
        {"inline_keyboard": [{"text": "a"}]},
        {"inline_keyboard": [[{}]]},
        {"inline_keyboard": [["x"]]},
    ]
    for markup in malformed:
        status, _ = await post(server, "sendMessage", chat_id=READER, text="а", reply_markup=markup)
        assert status == 400
    status, answer = await post(server, "sendMessage", chat_id=READER, text="а", reply_markup="{")
    assert (status, answer["description"]) == (400, "Bad Request: can't parse reply_markup JSON object")


async def test_an_edit_replaces_text_and_keyboard(server: TelegramServer, bot: Bot) -> None:
    sent = await bot.send_message(READER, "1", reply_markup=keyboard([button()]))
    await bot.edit_message_text("2", chat_id=READER, message_id=sent.message_id)
    message = server.sent[0]
    assert [version.text for version in message.versions] == ["1", "2"]
    assert (message.text, message.keyboard, len(server.sent)) == ("2", (), 1)
    assert server.activity == [message, message]


async def test_an_edit_that_changes_nothing_is_refused_but_no_violation(server: TelegramServer, bot: Bot) -> None:
    buttons = keyboard([button()])
    sent = await bot.send_message(READER, "<b>1</b>", parse_mode="HTML", reply_markup=buttons)
    for edit in (
        sent.edit_text("<strong>1</strong>", parse_mode="HTML", reply_markup=buttons),
        sent.edit_reply_markup(reply_markup=buttons),
    ):
        assert NOT_MODIFIED in await refusal(edit)
    assert len(server.refused) == 2
    assert server.violations == []


async def test_only_own_messages_that_exist_are_edited(server: TelegramServer, bot: Bot) -> None:
    own = await bot.send_message(READER, "1")
    await bot.delete_message(READER, own.message_id)
    unknown = "message to edit not found"
    for message_id, complaint in [(own.message_id, unknown), (999, unknown), (1, "message can't be edited")]:
        edit = bot.edit_message_text("2", chat_id=READER, message_id=message_id)
        assert await refusal(edit) == f"Bad Request: {complaint}"
    gone = bot.delete_message(READER, own.message_id)
    assert await refusal(gone) == "Bad Request: message to delete not found"
    assert server.sent[0].deleted
    assert await bot.delete_message(READER, 1)


async def test_a_reply_names_a_message_that_exists(server: TelegramServer, bot: Bot) -> None:
    await bot.send_message(READER, "а", reply_parameters=ReplyParameters(message_id=1))
    missing = bot.send_message(READER, "а", reply_parameters=ReplyParameters(message_id=999))
    assert await refusal(missing) == "Bad Request: message to be replied not found"
    lenient = ReplyParameters(message_id=999, allow_sending_without_reply=True)
    await bot.send_message(READER, "а", reply_parameters=lenient)
    assert [message.reply_to for message in server.sent] == [1, None]


async def test_a_topic_is_one_of_the_forum(server: TelegramServer, bot: Bot) -> None:
    server.register(-1007, type="supergroup", topics=[5])
    await bot.send_message(-1007, "а", message_thread_id=5)
    for chat, topic in [(-1007, 6), (READER, 5)]:
        sent = bot.send_message(chat, "а", message_thread_id=topic)
        assert await refusal(sent) == "Bad Request: message thread not found"
    assert [message.text for message in server.messages_to(-1007, thread=5)] == ["а"]
    assert server.messages_to(-1007) == []


async def test_a_blocked_bot_is_told_so_until_the_reader_writes_again(server: TelegramServer, bot: Bot) -> None:
    server.blocked.add(READER)
    with pytest.raises(TelegramForbiddenError, match="Forbidden: bot was blocked by the user"):
        await bot.send_message(READER, "а")
    server.say("снова я")
    await bot.send_message(READER, "а")
    assert server.violations == []


async def test_a_pressed_button_is_answered_once(server: TelegramServer, bot: Bot) -> None:
    await bot.send_message(READER, "а", reply_markup=keyboard([button()]))
    query = server.press(server.sent[0], "Далее")
    assert await refusal(bot.answer_callback_query(query, "x" * 201)) == "Bad Request: MESSAGE_TOO_LONG"
    await bot.answer_callback_query(query, "x" * 200, show_alert=True)
    answer = await server.answered(query)
    assert (answer.text, answer.show_alert) == ("x" * 200, True)
    assert 0 <= answer.after_s < 5
    for again in (query, "no such query"):
        assert "query is too old" in await refusal(bot.answer_callback_query(again))
    assert len(server.violations) == 3


async def test_an_old_press_can_not_be_answered_and_that_is_no_violation(server: TelegramServer, bot: Bot) -> None:
    await bot.send_message(READER, "а", reply_markup=keyboard([button()]))
    query = server.press(server.sent[0], 0)
    server.expire(query)
    assert "query is too old and response timeout expired" in await refusal(bot.answer_callback_query(query))
    assert server.violations == []
