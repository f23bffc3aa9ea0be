"""The terminal chat: a session that shows what the bot sends, and a loop that feeds what is typed as updates.

line ──Update──▶ the dispatcher of `run` ──method──▶ ConsoleSession ──▶ Screen
#N ──the button's CallbackQuery──▶
"""

import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any, Final, cast

from aiogram import Bot, Dispatcher
from aiogram.client.default import Default
from aiogram.client.session.base import BaseSession
from aiogram.enums import ChatType, ParseMode
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import (
    AnswerCallbackQuery,
    EditMessageReplyMarkup,
    EditMessageText,
    GetMe,
    SendDocument,
    SendMessage,
    SendPhoto,
    TelegramMethod,
)
from aiogram.methods.base import TelegramType
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    Chat,
    Document,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    MessageEntity,
    PhotoSize,
    Update,
    User,
)
from aiogram.utils.i18n import I18n

from bot import markup
from bot.messages import CAPTION_LIMIT, TEXT_LIMIT, utf16_length
from bot.pictures import Picture
from bot.screens import Screen
from storage.chats import TERMINAL

# How many messages back a button can still be pressed; more than fit on anybody's screen.
REMEMBERED: Final = 200

_PRESS: Final = re.compile(r"#(\d{1,9})")
_COMMAND: Final = re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,32}(?:@\w+)?")
_UNSENDABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


# As a message has it that was sent with a photo; nobody asks a terminal for the file.
_NO_PHOTO: Final = PhotoSize(file_id="photo", file_unique_id="photo", width=1, height=1)


class ConsoleSession(BaseSession):
    """Carries the bot's calls to a screen instead of to Telegram, and answers as Telegram would."""

    def __init__(self, screen: Screen, *, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self.screen = screen
        self._clock = clock
        self._message_ids = count(1)
        self._messages: dict[int, Message] = {}
        self.language: str | None = None

    def next_message_id(self) -> int:
        """Messages of both sides are numbered through, as in any chat."""
        return next(self._message_ids)

    def buttoned(self) -> Message | None:
        """The newest message that has buttons."""
        return next((message for message in reversed(self._messages.values()) if message.reply_markup), None)

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109 - aiogram's signature
    ) -> TelegramType:
        if i18n := I18n.get_current(no_error=True):
            self.language = i18n.current_locale
        return cast(TelegramType, self._carry_out(bot, method))

    def _carry_out(self, bot: Bot, method: TelegramMethod[Any]) -> Any:
        match method:
            case SendMessage():
                return self._send(bot, method)
            case SendPhoto():
                return self._send_photo(bot, method)
            case SendDocument(document=BufferedInputFile() as file):
                return self._send_document(bot, method, file)
            case EditMessageText():
                return self._edit_text(bot, method)
            case EditMessageReplyMarkup():
                return self._edit_buttons(method)
            case AnswerCallbackQuery(text=text):
                if text:
                    self.screen.note(text)
            case GetMe():
                return User(id=bot.id, is_bot=True, first_name="newsbot", username="newsbot")
            case _ if method.__returning__ is not bool:
                raise TelegramBadRequest(method=method, message=f"a terminal cannot show {type(method).__name__}")
        return True

    def _send(self, bot: Bot, method: SendMessage) -> Message:
        marked = _read(bot, method, method.text, mode=method.parse_mode)
        message = self._sent(bot, method, text=marked.text, entities=markup.entities(marked) or None)
        self._show(message, marked)
        return message

    def _send_photo(self, bot: Bot, method: SendPhoto) -> Message:
        """The picture in text, where it has one, and its caption."""
        caption = _read(bot, method, method.caption or "", mode=method.parse_mode, limit=CAPTION_LIMIT)
        message = self._sent(
            bot, method, photo=[_NO_PHOTO], caption=caption.text, caption_entities=markup.entities(caption) or None
        )
        self._show(
            message, markup.after(method.photo.in_text, caption) if isinstance(method.photo, Picture) else caption
        )
        return message

    def _send_document(self, bot: Bot, method: SendDocument, file: BufferedInputFile) -> Message:
        """What stands with it, its name, and what it holds, which is text: nobody has to look for a file."""
        said = method.caption or ""
        caption = _read(bot, method, said, mode=method.parse_mode, limit=CAPTION_LIMIT).text if said else None
        document = Document(file_id="file", file_unique_id="file", file_name=file.filename)
        message = self._sent(bot, method, document=document, caption=caption)
        lines = filter(None, (caption, file.filename, file.data.decode()))
        self._show(message, markup.Marked("\n".join(lines)))
        return message

    def _sent(self, bot: Bot, method: SendMessage | SendPhoto | SendDocument, **content: Any) -> Message:
        buttons = method.reply_markup if isinstance(method.reply_markup, InlineKeyboardMarkup) else None
        return Message(
            message_id=self.next_message_id(),
            date=self._clock(),
            chat=Chat(id=int(method.chat_id), type=ChatType.PRIVATE),
            from_user=User(id=bot.id, is_bot=True, first_name="newsbot"),
            reply_markup=buttons,
            **content,
        ).as_(bot)

    def _edit_text(self, bot: Bot, method: EditMessageText) -> Message:
        known = self._known(method, method.message_id)
        marked = _read(bot, method, method.text or "", mode=method.parse_mode)
        changes = {
            "text": marked.text,
            "entities": markup.entities(marked) or None,
            "reply_markup": method.reply_markup,
        }
        message = self._changed(method, known, changes)
        self._show(message, marked)
        return message

    def _edit_buttons(self, method: EditMessageReplyMarkup) -> Message:
        known = self._known(method, method.message_id)
        message = self._changed(method, known, {"reply_markup": method.reply_markup})
        self._remember(message)
        if message.reply_markup:
            self.screen.buttons(message.reply_markup)
        return message

    def _known(self, method: TelegramMethod[Any], message_id: int | None) -> Message:
        known = self._messages.get(message_id or 0)
        if known is None:
            raise TelegramBadRequest(method=method, message="Bad Request: message to edit not found")
        return known

    def _changed(self, method: TelegramMethod[Any], known: Message, changes: dict[str, Any]) -> Message:
        if all(getattr(known, name) == value for name, value in changes.items()):
            raise TelegramBadRequest(method=method, message="Bad Request: message is not modified")
        return known.model_copy(update={**changes, "edit_date": int(self._clock().timestamp())})

    def _show(self, message: Message, marked: markup.Marked) -> None:
        self._remember(message)
        self.screen.message(marked, message.reply_markup)

    def _remember(self, message: Message) -> None:
        """An edited message counts as the newest: it is the one that was shown last."""
        self._messages.pop(message.message_id, None)
        self._messages[message.message_id] = message
        if len(self._messages) > REMEMBERED:
            del self._messages[next(iter(self._messages))]

    async def close(self) -> None:
        """Nothing is open."""

    def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        raise NotImplementedError("a terminal has no files")


@dataclass(slots=True, kw_only=True)
class Person:
    """Whoever sits at the terminal, as Telegram would describe them."""

    user_id: int
    language: str
    update_ids: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def chat_id(self) -> int:
        return TERMINAL + self.user_id

    @property
    def user(self) -> User:
        return User(id=self.user_id, is_bot=False, first_name="You", language_code=self.language)

    def says(self, text: str, *, message_id: int, date: datetime) -> Update:
        message = Message(
            message_id=message_id,
            date=date,
            chat=Chat(id=self.chat_id, type=ChatType.PRIVATE, first_name="You"),
            from_user=self.user,
            text=text,
            entities=_commands(text) or None,
        )
        return Update(update_id=next(self.update_ids), message=message)

    def presses(self, button: InlineKeyboardButton, *, on: Message) -> Update:
        number = next(self.update_ids)
        press = CallbackQuery(
            id=str(number), from_user=self.user, chat_instance=str(self.chat_id), message=on, data=button.callback_data
        )
        return Update(update_id=number, callback_query=press)


async def converse(
    bot: Bot,
    dispatcher: Dispatcher,
    *,
    person: Person,
    i18n: I18n,
    clock: Callable[[], datetime],
    after_update: Callable[[], Awaitable[None]],
) -> None:
    """Talks until the input ends; a line is read when the one before is answered, and `after_update` has run."""
    session = bot.session
    assert isinstance(session, ConsoleSession)
    async with aclosing(cast(AsyncGenerator[str, None], session.screen.lines())) as lines:
        async for line in lines:
            text = _UNSENDABLE.sub("", line).strip()
            update = _update(text, person=person, session=session, i18n=i18n, date=clock())
            if update:
                await dispatcher.feed_update(bot, update)
                await after_update()


def _update(text: str, *, person: Person, session: ConsoleSession, i18n: I18n, date: datetime) -> Update | None:
    """What Telegram would send; None where the line is empty or for the terminal alone, which answers it by itself."""
    press = _PRESS.fullmatch(text)
    if not press:
        return person.says(text, message_id=session.next_message_id(), date=date) if text else None
    message = session.buttoned()
    rows = message.reply_markup.inline_keyboard if message and message.reply_markup else []
    buttons, number = [button for row in rows for button in row], int(press[1])
    if message is None or not 0 < number <= len(buttons):
        session.screen.note(_missing(number, len(buttons), i18n=i18n, language=session.language or person.language))
        return None
    button = buttons[number - 1]
    if button.url:
        session.screen.note(button.url)
        return None
    return person.presses(button, on=message)


def _missing(number: int, there_are: int, *, i18n: I18n, language: str) -> str:
    _ = i18n.gettext
    if not there_are:
        return _("There are no buttons to press yet.", locale=language)
    if there_are == 1:
        text = _("There is no button #{number}: the last message has only #1.", locale=language)
    else:
        text = _("There is no button #{number}: the last message has #1 to #{count}.", locale=language)
    return text.format(number=number, count=there_are)


def _read(
    bot: Bot, method: TelegramMethod[Any], text: str, *, mode: str | Default | None, limit: int = TEXT_LIMIT
) -> markup.Marked:
    """The text as Telegram would show it; refused where Telegram would refuse it."""
    if isinstance(mode, Default):
        mode = bot.default.parse_mode
    try:
        marked = markup.read(text) if mode == ParseMode.HTML else markup.Marked(text)
    except markup.MarkupError as error:
        raise TelegramBadRequest(method=method, message=f"Bad Request: can't parse entities: {error}") from error
    if not 0 < utf16_length(marked.text) <= limit:
        raise TelegramBadRequest(method=method, message="Bad Request: message text is empty or too long")
    return marked


def _commands(text: str) -> list[MessageEntity]:
    return [
        MessageEntity(type="bot_command", offset=utf16_length(text[: found.start()]), length=len(found[0]))
        for found in _COMMAND.finditer(text)
    ]
