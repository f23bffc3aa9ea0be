"""The terminal chat: what is typed becomes Telegram's updates, what the bot sends becomes text."""

import asyncio
import os
from datetime import UTC, datetime
from io import BytesIO, StringIO

import pytest
from aiogram import Bot, Dispatcher
from aiogram.client.default import DefaultBotProperties
from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramBadRequest
from aiogram.filters import Command
from aiogram.methods import SendVideo
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from aiogram.utils.i18n import I18n
from prompt_toolkit.application import create_app_session
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from prompt_toolkit.output.vt100 import Vt100_Output

from bot.console import REMEMBERED, ConsoleSession, Person, converse
from bot.messages import CAPTION_LIMIT
from bot.pictures import Picture
from bot.screens import Pipe, Screen, Terminal
from storage.chats import TERMINAL

NOW = datetime(2025, 12, 6, 7, 0, tzinfo=UTC)
BUTTONS = InlineKeyboardMarkup(
    inline_keyboard=[
        [InlineKeyboardButton(text="Раз", callback_data="one"), InlineKeyboardButton(text="Два", callback_data="two")],
        [InlineKeyboardButton(text="Сайт", url="https://a.kz")],
    ]
)


class Parrot:
    """A small bot of its own, which remembers the messages and presses that reached it."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.presses: list[CallbackQuery] = []
        self.dispatcher = Dispatcher()
        self.dispatcher.message.register(self.offer, Command("buttons"))
        self.dispatcher.message.register(self.offer_one, Command("button"))
        self.dispatcher.message.register(self.echo)
        self.dispatcher.callback_query.register(self.press)

    async def offer(self, message: Message) -> None:
        await message.answer("<b>Выберите</b>", reply_markup=BUTTONS)

    async def offer_one(self, message: Message) -> None:
        one = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Раз", callback_data="one")]])
        await message.answer("Выберите", reply_markup=one)

    async def echo(self, message: Message) -> None:
        self.messages.append(message)
        await message.answer(f'<a href="https://a.kz">{len(message.text or "")}</a> <i>знаков</i>')

    async def press(self, callback: CallbackQuery) -> None:
        self.presses.append(callback)
        assert isinstance(callback.message, Message)
        if callback.data == "one":
            await callback.answer("Готово")
            await callback.message.edit_text("Выбрано: раз", reply_markup=BUTTONS)
        else:
            await callback.answer()
            await callback.message.edit_reply_markup(reply_markup=None)


@pytest.fixture
def parrot() -> Parrot:
    return Parrot()


async def pipe(parrot: Parrot, i18n: I18n, typed: str | bytes, *, turns: list[int] | None = None) -> str:
    """The whole conversation, as a pipe shows it."""
    out = StringIO()
    stdin = BytesIO(typed if isinstance(typed, bytes) else typed.encode())
    await talk(parrot, i18n, Pipe(stdin, out), turns=turns)
    return out.getvalue()


async def talk(parrot: Parrot, i18n: I18n, screen: Screen, *, turns: list[int] | None = None) -> ConsoleSession:
    session = ConsoleSession(screen, clock=lambda: NOW)

    async def after_update() -> None:
        if turns is not None:
            turns.append(len(parrot.messages))

    person = Person(user_id=7, language="ru")
    await converse(
        a_bot(session), parrot.dispatcher, person=person, i18n=i18n, clock=lambda: NOW, after_update=after_update
    )
    return session


def a_bot(session: ConsoleSession) -> Bot:
    return Bot("1:test", session=session, default=DefaultBotProperties(parse_mode=ParseMode.HTML))


async def test_each_line_is_a_message_and_each_answer_a_paragraph(parrot: Parrot, i18n: I18n) -> None:
    assert await pipe(parrot, i18n, "баку\nсаммит") == "4 <https://a.kz> знаков\n\n6 <https://a.kz> знаков\n\n"


async def test_messages_come_from_one_private_chat_that_telegram_cannot_have(parrot: Parrot, i18n: I18n) -> None:
    await pipe(parrot, i18n, "баку")
    [message] = parrot.messages
    assert (message.chat.id, message.chat.type) == (TERMINAL + 7, "private")
    assert message.from_user is not None
    assert (message.from_user.id, message.from_user.language_code) == (7, "ru")


async def test_empty_lines_are_passed_over(parrot: Parrot, i18n: I18n) -> None:
    await pipe(parrot, i18n, "\n  \n\nбаку\n\n")
    assert [message.text for message in parrot.messages] == ["баку"]


async def test_bytes_that_are_no_text_are_replaced(parrot: Parrot, i18n: I18n) -> None:
    await pipe(parrot, i18n, b"\xef\xbb\xbf\xff\x00 \xd0\xb1\xd0\xb0\xd0\xba\xd1\x83\r\n")
    assert [message.text for message in parrot.messages] == ["� баку"]


async def test_commands_carry_their_entities(parrot: Parrot, i18n: I18n) -> None:
    await pipe(parrot, i18n, "🙂 /one a/two /three@bot")
    [message] = parrot.messages
    found = [(entity.type, entity.offset, entity.length) for entity in message.entities or ()]
    assert found == [("bot_command", 3, 4), ("bot_command", 14, 10)]


async def test_line_is_read_when_the_one_before_is_done_with(parrot: Parrot, i18n: I18n) -> None:
    turns: list[int] = []
    await pipe(parrot, i18n, "а\nб\nв\n", turns=turns)
    assert turns == [1, 2, 3]


async def test_buttons_are_numbered_through_the_rows(parrot: Parrot, i18n: I18n) -> None:
    assert await pipe(parrot, i18n, "/buttons") == "Выберите\n[#1 Раз] [#2 Два]\n[#3 Сайт]\n\n"


async def test_press_is_a_callback_of_the_message_and_its_edit_is_shown_anew(parrot: Parrot, i18n: I18n) -> None:
    shown = await pipe(parrot, i18n, "/buttons\n#1\n")
    assert shown.endswith("· Готово\n\nВыбрано: раз\n[#1 Раз] [#2 Два]\n[#3 Сайт]\n\n")
    [press] = parrot.presses
    assert press.data == "one"
    assert isinstance(press.message, Message)
    assert press.message.text == "Выберите"


async def test_button_with_an_address_shows_it(parrot: Parrot, i18n: I18n) -> None:
    assert (await pipe(parrot, i18n, "/buttons\n#3")).endswith("· https://a.kz\n\n")
    assert parrot.presses == []


async def test_press_counts_through_the_newest_message_that_has_buttons(parrot: Parrot, i18n: I18n) -> None:
    await pipe(parrot, i18n, "/buttons\nбаку\n#2\n")
    assert [press.data for press in parrot.presses] == ["two"]


async def test_number_without_a_button_says_what_is_there(parrot: Parrot, i18n: I18n) -> None:
    assert await pipe(parrot, i18n, "#1") == "· Пока нет кнопок, на которые можно нажать.\n\n"
    shown = await pipe(parrot, i18n, "/buttons\n#99\n#0")
    assert "· Кнопки #99 нет: в последнем сообщении они от #1 до #3.\n\n· Кнопки #0 нет" in shown
    assert parrot.presses == []


async def test_number_beside_the_only_button_names_that_one(parrot: Parrot, i18n: I18n) -> None:
    assert (await pipe(parrot, i18n, "/button\n#2")).endswith("· Кнопки #2 нет: в последнем сообщении только #1.\n\n")


async def test_buttons_that_were_taken_away_cannot_be_pressed(parrot: Parrot, i18n: I18n) -> None:
    assert (await pipe(parrot, i18n, "/buttons\n#2\n#2")).endswith("· Пока нет кнопок, на которые можно нажать.\n\n")


async def test_hash_before_a_word_is_a_message(parrot: Parrot, i18n: I18n) -> None:
    await pipe(parrot, i18n, "#баку\n#1а\n")
    assert [message.text for message in parrot.messages] == ["#баку", "#1а"]


async def test_conversation_ends_when_nobody_reads(parrot: Parrot, i18n: I18n) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as out:
        await talk(parrot, i18n, Pipe(BytesIO("а\nб\nв\n".encode()), out))
    assert [message.text for message in parrot.messages] == ["а"]


@pytest.fixture
def bot() -> Bot:
    return a_bot(ConsoleSession(Pipe(BytesIO(), StringIO()), clock=lambda: NOW))


async def test_edited_message_counts_as_the_newest(bot: Bot) -> None:
    session = bot.session
    assert isinstance(session, ConsoleSession)
    first = await bot.send_message(1, "а", reply_markup=BUTTONS)
    await bot.send_message(1, "б", reply_markup=BUTTONS)
    await first.edit_text("в", reply_markup=BUTTONS)
    newest = session.buttoned()
    assert newest is not None
    assert newest.text == "в"


async def test_edit_that_changes_nothing_is_refused_as_telegram_does(bot: Bot) -> None:
    message = await bot.send_message(1, "<b>а</b>", reply_markup=BUTTONS)
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await message.edit_text("<b>а</b>", reply_markup=BUTTONS)
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await message.edit_reply_markup(reply_markup=BUTTONS)
    assert isinstance(await message.edit_text("а", reply_markup=BUTTONS), Message)


@pytest.mark.parametrize("html", ["<p>а</p>", "<b>а", "", "а" * 4097])
async def test_text_that_telegram_would_refuse_is_refused(bot: Bot, html: str) -> None:
    with pytest.raises(TelegramBadRequest):
        await bot.send_message(1, html)


async def test_other_parse_modes_are_plain_text(bot: Bot) -> None:
    assert (await bot.send_message(1, "<b>", parse_mode=None)).text == "<b>"


async def test_sent_message_is_whole(bot: Bot) -> None:
    message = await bot.send_message(1, 'а <a href="https://a.kz">б</a>')
    assert (message.text, message.date, message.chat.id) == ("а б", NOW, 1)
    assert [(entity.type, entity.url) for entity in message.entities or ()] == [("text_link", "https://a.kz")]
    assert (await bot.me()).username == "newsbot"
    assert await bot.delete_message(1, message.message_id) is True


async def test_unknown_message_cannot_be_edited(bot: Bot) -> None:
    with pytest.raises(TelegramBadRequest, match="not found"):
        await bot.edit_message_text("а", chat_id=1, message_id=99)


async def test_what_a_terminal_cannot_show_is_refused(bot: Bot) -> None:
    with pytest.raises(TelegramBadRequest, match="SendVideo"):
        await bot(SendVideo(chat_id=1, video="x"))
    with pytest.raises(NotImplementedError):
        bot.session.stream_content("https://a.kz")
    await bot.session.close()


async def test_a_picture_is_shown_by_what_it_says_in_text(i18n: I18n) -> None:
    out = StringIO()
    session = ConsoleSession(Pipe(BytesIO(), out), clock=lambda: NOW)
    bot = Bot("1:test", session=session, default=DefaultBotProperties(parse_mode=ParseMode.HTML))
    picture = Picture(b"PNG", "a.png", in_text="▁█")
    caption = '<code>баку</code>: <a href="https://a.kz">7</a>'
    sent = await bot.send_photo(1, picture, caption=caption, reply_markup=BUTTONS)
    assert out.getvalue() == "▁█\n\nбаку: 7 <https://a.kz>\n[#1 Раз] [#2 Два]\n[#3 Сайт]\n\n"
    assert (sent.text, sent.caption) == (None, "баку: 7")
    assert [entity.extract_from("баку: 7") for entity in sent.caption_entities or ()] == ["баку", "7"]
    assert session.buttoned() == sent


async def test_of_another_picture_the_caption_alone_is_shown(bot: Bot) -> None:
    assert isinstance(bot.session, ConsoleSession)
    sent = await bot.send_photo(1, "file_id", caption="<b>Баку</b>")
    assert (sent.caption, bool(sent.photo)) == ("Баку", True)
    with pytest.raises(TelegramBadRequest, match="empty or too long"):
        await bot.send_photo(1, "file_id", caption="я" * (CAPTION_LIMIT + 1))


async def test_only_recent_messages_are_remembered(bot: Bot) -> None:
    first = await bot.send_message(1, "а", reply_markup=BUTTONS)
    for _ in range(REMEMBERED):
        await bot.send_message(1, "б")
    with pytest.raises(TelegramBadRequest, match="not found"):
        await first.edit_text("в")


async def test_terminal_shows_colour_links_and_buttons(
    parrot: Parrot, i18n: I18n, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    screen = StringIO()
    output = Vt100_Output(screen, lambda: Size(rows=40, columns=100))
    with create_pipe_input() as keys, create_app_session(input=keys, output=output):
        keys.send_text("/buttons\r#1\rбаку\r#99\r#2\r\x04")
        await talk(parrot, i18n, Terminal(hint="…"))
    shown = screen.getvalue()
    assert "\x1b[1mВыберите\x1b[0m" in shown
    assert "\x1b[32m[#1 Раз] [#2 Два]\x1b[0m" in shown
    assert "· Готово" in shown
    assert "https://a.kz" in shown
    assert "· Кнопки #99 нет" in shown


async def test_control_c_ends_the_terminal_chat(parrot: Parrot, i18n: I18n) -> None:
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        keys.send_text("\x03")
        await asyncio.wait_for(talk(parrot, i18n, Terminal(hint="…")), timeout=10)
    assert parrot.messages == []
