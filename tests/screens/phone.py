"""A phone on which somebody talks to the bot: the real dispatcher, matcher, composer and delivery, over a real store.

phone.say("/digest") ─▶ bubbles          phone.until(moment) ─▶ what is published and due by then, in its order
"""

from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aiogram import Bot
from aiogram.client.default import Default, DefaultBotProperties
from aiogram.enums import ParseMode
from aiogram.methods import EditMessageText, SendMessage, SendPhoto, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import BufferedInputFile, InlineKeyboardMarkup, Message
from aiogram.utils.i18n import I18n

from bot.closed_topics import ClosedTopics
from bot.compose import Composer
from bot.console import ConsoleSession, Person
from bot.conversation import dispatcher
from bot.delivery import Delivery
from bot.ingest import ingest
from bot.languages import catalogues
from bot.locales.compile import compile_catalogues
from bot.matcher import Matcher
from bot.messages import escape
from bot.pace import Pace
from bot.starter import starter_articles
from storage import chats
from storage.database import Database
from storage.expansions import read as read_expansions
from storage.models import Chat, Draft, Part
from tests.bot.conversation.talk import Eyes

LOCALES = Path(__file__).parents[2] / "bot" / "locales"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """A message as it is shown; `html` is Telegram's, `buttons` are labels by rows, `photo` is a picture's bytes."""

    html: str
    at: datetime
    own: bool = False
    buttons: tuple[tuple[str, ...], ...] = ()
    photo: bytes | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """The operator's, as far as a conversation knows them."""

    default_language: str = "ru"
    default_timezone: str = "Asia/Almaty"
    default_digest_time: time = time(9)
    admin_ids: tuple[int, ...] = ()
    allow_user_sources: bool = False


class Camera(ConsoleSession):
    """Keeps every message by its number, as it looks after the last edit."""

    def __init__(self, phone: "Phone") -> None:
        super().__init__(Eyes(), clock=lambda: phone.now)
        self.taken: dict[int, Bubble] = {}
        self._phone = phone

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109 - aiogram's signature
    ) -> TelegramType:
        answer = await super().make_request(bot, method, timeout)
        if isinstance(method, SendMessage | EditMessageText) and isinstance(answer, Message):
            self._take(answer, method, method.text or "")
        if isinstance(method, SendPhoto) and isinstance(answer, Message):
            assert isinstance(method.photo, BufferedInputFile)
            self._take(answer, method, method.caption or "", photo=method.photo.data)
        return answer

    def _take(self, answer: Message, method: Any, text: str, *, photo: bytes | None = None) -> None:
        is_html = isinstance(method.parse_mode, Default) or method.parse_mode == ParseMode.HTML
        markup = method.reply_markup
        rows = markup.inline_keyboard if isinstance(markup, InlineKeyboardMarkup) else ()
        self.taken[answer.message_id] = Bubble(
            html=text if is_html else escape(text),
            at=self._phone.now,
            buttons=tuple(tuple(button.text for button in row) for row in rows),
            photo=photo,
        )


class _Digests:
    """What the conversation asks for: see `bot.conversation.digest.Digests`."""

    def __init__(self, phone: "Phone") -> None:
        self._phone = phone

    async def ask(self, chat: Chat, *, now: datetime) -> bool:
        await self._phone.matcher.match()
        return await self._phone.composer.ask(chat, now=now)

    async def preview(self, chat: Chat, *, now: datetime) -> Sequence[Part]:
        await self._phone.matcher.match()
        return await self._phone.composer.preview(chat, now=now)

    async def deliver(self, chat: Chat) -> None:
        await self._phone.delivery.drain(only=chat.telegram_id)

    async def forget(self, query_ids: Collection[int]) -> None:
        await self._phone.matcher.forget(query_ids)


class Phone:
    """One private chat; `now` is the clock of the bot and of the news: only what was published by then is stored."""

    def __init__(self, db: Database, i18n: I18n, *, language: str, now: datetime, **settings: Any) -> None:
        self.now = now
        self.db = db
        self.camera = Camera(self)
        self.person = Person(user_id=1, language=language)
        properties = DefaultBotProperties(parse_mode=ParseMode.HTML, link_preview_is_disabled=True)
        self.bot = Bot("1:phone", session=self.camera, default=properties)
        chosen, only = replace(Settings(), **settings), self.person.chat_id
        self.matcher = Matcher(db)
        self.composer = Composer(db, chosen, i18n, only=only)
        topics = ClosedTopics(chosen, i18n)
        self.delivery = Delivery(self.bot, db, pace=Pace(0), topics=topics, clock=lambda: self.now, only=only)
        self.dispatcher = dispatcher(
            db=db,
            digests=_Digests(self),
            fetching=None,  # type: ignore[arg-type]  # nobody adds a source here
            expansions=read_expansions(),
            i18n=i18n,
            settings=chosen,
            clock=lambda: self.now,
        )
        self._to_come = list(_in_time(starter_articles(), after=datetime.min.replace(tzinfo=UTC)))

    async def say(self, text: str) -> list[Bubble]:
        """What was said, and the answers."""
        number = self.camera.next_message_id()
        self.camera.taken[number] = Bubble(html=escape(text), at=self.now, own=True)
        await self.dispatcher.feed_update(self.bot, self.person.says(text, message_id=number, date=self.now))
        return self.since(number)

    async def press(self, label: str) -> list[Bubble]:
        """The message as the press has left it, and what came with it."""
        message = self.camera.buttoned()
        assert message
        assert message.reply_markup
        buttons = [one for row in message.reply_markup.inline_keyboard for one in row if one.text.endswith(label)]
        await self.dispatcher.feed_update(self.bot, self.person.presses(buttons[0], on=message))
        return self.since(message.message_id)

    async def follow(self, *queries: str) -> None:
        for query in queries:
            await self.say(f"/subscribe {query}")

    async def choose(self, **columns: Any) -> None:
        """What the chat has chosen in its settings."""
        async with self.db.write() as conn:
            chat = await chats.ensure(conn, self.person.chat_id, now=self.now)
            await chats.change(conn, chat.id, **columns)

    async def until(self, moment: datetime) -> list[Bubble]:
        """Lets time pass: news is published at its own time, then what is due comes; what came with it."""
        seen = self.camera.next_message_id()
        while self._to_come and self._to_come[0][0] <= moment:
            self.now, draft = self._to_come.pop(0)
            await ingest(self.db, [draft], now=self.now)
        await self.matcher.match()
        self.now = moment
        await self.composer.compose_due(now=self.now)
        await self.composer.compose_alerts(now=self.now)
        await self.delivery.drain()
        return self.since(seen)

    def since(self, number: int) -> list[Bubble]:
        return [bubble for known, bubble in sorted(self.camera.taken.items()) if known >= number]


@asynccontextmanager
async def phone(*, language: str, now: datetime, **settings: Any) -> AsyncIterator[Phone]:
    """A new one, over a store with what was published by now."""
    compile_catalogues(LOCALES)
    with TemporaryDirectory() as folder:
        db = await Database.open(f"sqlite+aiosqlite:///{folder}/news.db")
        try:
            opened = Phone(db, catalogues("ru"), language=language, now=now, **settings)
            await opened.until(now)
            yield opened
        finally:
            await db.close()


def _in_time(drafts: list[Draft], *, after: datetime) -> Iterator[tuple[datetime, Draft]]:
    """Those with a date, as they were published."""
    dated = ((draft.published_at, draft) for draft in drafts if draft.published_at and draft.published_at > after)
    return iter(sorted(dated, key=lambda pair: pair[0]))
