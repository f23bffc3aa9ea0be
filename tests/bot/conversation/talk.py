"""A person who talks to the bot in a test: the real dispatcher over a real store, a session as strict as Telegram.

talk.say("/latest") ─▶ what the bot showed, message by message; talk.press("▶") ─▶ the same after a press
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from typing import Any, TypeVar, cast

from aiogram import Bot, Dispatcher
from aiogram.client.default import DefaultBotProperties
from aiogram.enums import ParseMode
from aiogram.methods import (
    AnswerCallbackQuery,
    AnswerInlineQuery,
    EditMessageText,
    GetChatMember,
    GetFile,
    SendDocument,
    SendMessage,
    SendPhoto,
    TelegramMethod,
)
from aiogram.methods.base import TelegramType
from aiogram.types import Chat as TelegramChat
from aiogram.types import (
    ChatMemberMember,
    ChatMemberOwner,
    Document,
    File,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQuery,
    Message,
    Update,
    User,
)
from aiogram.utils.i18n import I18n

from bot.adding import Several
from bot.console import ConsoleSession, Person
from bot.conversation import dispatcher
from bot.conversation.elsewhere import NamesElsewhere
from bot.fetching import Added
from bot.markup import Marked
from bot.sources import opml, query_lists
from bot.sources.opml import Outline
from bot.sources.query_lists import Listed
from bot.sources.trouble import FetchError, Trouble
from storage import articles, chats, feeds
from storage.database import Database
from storage.expansions import read as read_expansions
from storage.models import Chat, Draft, Part
from tests.telegram_html import parse_html, utf16_length

NOON = datetime(2025, 12, 6, 7, 0, tzinfo=UTC)  # a Saturday, 12:00 in Almaty
USER = 7
EXPANSIONS = read_expansions()

Method = TypeVar("Method", bound=TelegramMethod[Any])


@dataclass(frozen=True, slots=True)
class Defaults:
    """The operator's settings as far as a conversation knows them."""

    default_language: str = "ru"
    default_timezone: str = "Asia/Almaty"
    default_digest_time: time = time(9)
    admin_ids: tuple[int, ...] = ()
    allow_user_sources: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """What the person sees: a message, or (`is_note`) the short answer to a press."""

    text: str
    buttons: tuple[str, ...] = ()
    bold: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    is_note: bool = False


class Eyes:
    """A screen that remembers what it was shown."""

    def __init__(self) -> None:
        self.seen: list[Shown] = []

    def message(self, marked: Marked, buttons: InlineKeyboardMarkup | None) -> None:
        bold = tuple(marked.text[span.start : span.end] for span in marked.spans if span.kind == "bold")
        links = tuple(span.url for span in marked.spans if span.url)
        self.seen.append(Shown(marked.text, _labels(buttons), bold, links))

    def buttons(self, buttons: InlineKeyboardMarkup) -> None:
        self.seen.append(Shown("", _labels(buttons)))

    def note(self, text: str) -> None:
        self.seen.append(Shown(text, is_note=True))

    async def lines(self) -> AsyncIterator[str]:
        """Nothing is typed here: a test feeds the updates itself."""
        lines: tuple[str, ...] = ()
        for line in lines:
            yield line


class StrictSession(ConsoleSession):
    """Refuses to pass on what Telegram would refuse, cut or pass over in silence."""

    def __init__(self, eyes: Eyes, *, clock: Callable[[], datetime]) -> None:
        super().__init__(eyes, clock=clock)
        self._recorded: list[tuple[type[TelegramMethod[Any]], list[Any]]] = []
        self._refusals: dict[type[TelegramMethod[Any]], Callable[[Any], Exception]] = {}
        self.files: dict[str, bytes] = {}
        self.admins = {USER}

    def calls_of(self, kind: type[Method]) -> list[Method]:
        """A list that grows with every call of this kind from now on."""
        calls: list[Method] = []
        self._recorded.append((kind, calls))
        return calls

    def refuse(self, kind: type[TelegramMethod[Any]], error: Callable[[Any], Exception]) -> None:
        self._refusals[kind] = error

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109 - aiogram's
    ) -> TelegramType:
        for kind, calls in self._recorded:
            if isinstance(method, kind):
                calls.append(method)
        if refusal := self._refusals.get(type(method)):
            raise refusal(method)
        if isinstance(method, SendMessage | EditMessageText):
            parsed = parse_html(method.text or "")
            assert not parsed.remarks
            assert 0 < utf16_length(parsed.text) <= 4096
            assert len(parsed.entities) <= 100
        if isinstance(method, SendPhoto):
            parsed = parse_html(method.caption or "")
            assert not parsed.remarks
            assert utf16_length(parsed.text) <= 1024
        if isinstance(method, AnswerCallbackQuery):
            assert len(method.text or "") <= 200
        markup = getattr(method, "reply_markup", None)
        for button in _all_buttons(markup) if isinstance(markup, InlineKeyboardMarkup) else ():
            assert button.url or 1 <= len((button.callback_data or "").encode()) <= 64
        if isinstance(method, GetChatMember):
            user = User(id=method.user_id, is_bot=False, first_name="?")
            if method.user_id in self.admins:
                return cast(TelegramType, ChatMemberOwner(user=user, is_anonymous=False))
            return cast(TelegramType, ChatMemberMember(user=user))
        if isinstance(method, GetFile):
            return cast(TelegramType, File(file_id=method.file_id, file_unique_id="1", file_path=method.file_id))
        if isinstance(method, SendDocument):
            assert utf16_length(parse_html(method.caption or "").text) <= 1024
        return await super().make_request(bot, method, timeout)

    async def stream_content(self, url: str, *_: Any, **__: Any) -> AsyncGenerator[bytes, None]:
        """What a person has sent; the address ends with the file's id."""
        yield self.files[url.rpartition("/")[2]]


@dataclass(slots=True)
class Digests:
    """Has news or not, and remembers for whom it was asked."""

    has_news: bool = True
    asked: list[int] = field(default_factory=list)
    previewed: list[int] = field(default_factory=list)
    delivered: list[int] = field(default_factory=list)
    forgotten: list[int] = field(default_factory=list)
    fails: bool = False

    async def ask(self, chat: Chat, *, now: datetime) -> bool:
        if self.fails:
            raise RuntimeError("казахстан")
        self.asked.append(chat.telegram_id)
        return self.has_news

    async def preview(self, chat: Chat, *, now: datetime) -> Sequence[Part]:
        self.previewed.append(chat.telegram_id)
        return [Part("<b>Preview</b>")] if self.has_news else []

    async def deliver(self, chat: Chat) -> None:
        self.delivered.append(chat.telegram_id)

    async def forget(self, query_ids: Collection[int]) -> None:
        self.forgotten += query_ids


class Fetching:
    """Finds at an address what a test has put there: a title and drafts, several feeds, or what is wrong."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.web: dict[str, tuple[str, Sequence[Draft]] | Several | FetchError] = {}
        self.asked: list[str] = []

    async def add(self, typed: str, *, by: int | None, now: datetime) -> Added | Several:
        self.asked.append(typed)
        found = self.web.get(typed, FetchError(Trouble.NO_FEED_FOUND))
        if isinstance(found, FetchError):
            raise found
        if isinstance(found, Several):
            return found
        title, drafts = found
        async with self.db.write() as conn:
            feed, is_new = await feeds.add(conn, url=typed, title=title, added_by=by, now=now)
            stored = await articles.store(conn, articles.analyse(drafts), now=now, backlog=True)
        return Added(feed, is_new, tuple(drafts), stored.imported)

    async def outlines(self, data: bytes) -> tuple[Outline, ...]:
        return opml.read(data)

    async def listed(self, data: bytes, *, is_markup: bool) -> Listed:
        return query_lists.read(data, is_markup=is_markup)


class Talk:
    """One private chat; `now` is the bot's clock."""

    def __init__(self, db: Database, i18n: I18n, *, language: str = "ru") -> None:
        self.now = NOON
        self.db = db
        self.digests = Digests()
        self.fetching = Fetching(db)
        self.settings = Defaults()
        self.i18n = i18n
        self.eyes = Eyes()
        self.session = StrictSession(self.eyes, clock=lambda: self.now)
        self.session.middleware(NamesElsewhere())
        properties = DefaultBotProperties(parse_mode=ParseMode.HTML, link_preview_is_disabled=True)
        self.bot = Bot("1:test", session=self.session, default=properties)
        self.person = Person(user_id=USER, language=language)
        self.dispatcher = self.restarted()

    def configured(self, **settings: Any) -> None:
        """The bot, restarted with these settings."""
        self.settings = replace(self.settings, **settings)
        self.restarted()

    def restarted(self) -> Dispatcher:
        """A dispatcher without memory, as after a restart."""
        self.dispatcher = dispatcher(
            db=self.db,
            digests=self.digests,
            fetching=self.fetching,
            expansions=EXPANSIONS,
            i18n=self.i18n,
            settings=self.settings,
            clock=lambda: self.now,
        )
        return self.dispatcher

    async def say(self, text: str) -> list[Shown]:
        message_id = self.session.next_message_id()
        return await self.feed(self.person.says(text, message_id=message_id, date=self.now))

    async def send_file(self, name: str, content: bytes, *, size: int | None = None) -> list[Shown]:
        self.session.files[name] = content
        size = len(content) if size is None else size
        document = Document(file_id=name, file_unique_id="1", file_name=name, file_size=size)
        return await self.feed_message(document=document)

    async def ask_inline(
        self, query: str, *, user: int = USER, offset: str = "", language: str | None = None
    ) -> AnswerInlineQuery:
        """What the bot offers for `@bot query` in some other chat."""
        asker = User(id=user, is_bot=False, first_name="You", language_code=language or self.person.language)
        number = next(self.person.update_ids)
        asked = InlineQuery(id=str(number), from_user=asker, query=query, offset=offset)
        answers = self.session.calls_of(AnswerInlineQuery)
        assert await self.feed(Update(update_id=number, inline_query=asked)) == []
        [answer] = answers
        return answer

    async def press(self, label: str) -> list[Shown]:
        """Presses the button in the newest message that has buttons; its label may begin with a mark."""
        return await self.press_on(self.buttoned(), label)

    async def press_on(self, message: Message, label: str) -> list[Shown]:
        assert message.reply_markup is not None
        fitting = [button for button in _all_buttons(message.reply_markup) if button.text.endswith(label)]
        assert fitting, f"no button {label!r} among {_labels(message.reply_markup)}"
        return await self.feed(self.person.presses(fitting[0], on=message))

    async def press_data(self, data: str) -> list[Shown]:
        """Presses a button that carries this, on the newest message that has buttons."""
        button = InlineKeyboardButton(text="?", callback_data=data)
        return await self.feed(self.person.presses(button, on=self.buttoned()))

    def buttoned(self) -> Message:
        message = self.session.buttoned()
        assert message is not None
        return message

    async def feed(self, update: Update) -> list[Shown]:
        self.eyes.seen.clear()
        await self.dispatcher.feed_update(self.bot, update)
        return list(self.eyes.seen)

    async def feed_message(
        self, *, chat: TelegramChat | None = None, edited: bool = False, **fields: Any
    ) -> list[Shown]:
        """A message of another kind, or from another chat."""
        place = chat or TelegramChat(id=self.person.chat_id, type="private")
        sender = User(id=USER, is_bot=False, first_name="You", language_code=self.person.language)
        message = Message(
            message_id=self.session.next_message_id(), date=self.now, chat=place, from_user=sender, **fields
        )
        number = next(self.person.update_ids)
        if edited:
            return await self.feed(Update(update_id=number, edited_message=message))
        return await self.feed(Update(update_id=number, message=message))

    async def chat(self) -> Chat:
        async with self.db.read() as conn:
            chat = await chats.find(conn, self.person.chat_id)
        assert chat is not None
        return chat

    async def publish(self, drafts: Sequence[Draft]) -> None:
        async with self.db.write() as conn:
            await articles.store(conn, articles.analyse(drafts), now=self.now)


def draft(
    title: str, text: str = "", *, at: datetime = NOON, source: str = "report.az", url: str | None = None
) -> Draft:
    return Draft(title=title, text=text, url=url, source=source, published_at=at)


def _labels(buttons: InlineKeyboardMarkup | None) -> tuple[str, ...]:
    return tuple(button.text for button in _all_buttons(buttons)) if buttons else ()


def _all_buttons(buttons: InlineKeyboardMarkup) -> list[Any]:
    return [button for row in buttons.inline_keyboard for button in row]
