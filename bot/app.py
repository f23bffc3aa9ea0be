"""Composition root: everything is built here, passed down, and closed in reverse order.

settings ──▶ store, texts, Telegram (or a terminal) ──▶ fetching, matcher, composer, delivery ──▶ dispatcher
"""

import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiogram import Bot, Dispatcher
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.base import BaseSession
from aiogram.enums import ParseMode
from aiogram.utils.i18n import I18n

from bot.adding import Several
from bot.clock import utc_now
from bot.compose import Composer
from bot.config import Settings
from bot.conversation import dispatcher
from bot.courtesy import Courtesy
from bot.delivery import Delivery
from bot.fetching import Added, Fetching, opened
from bot.housekeeping import Housekeeping
from bot.languages import catalogues
from bot.matcher import Matcher
from bot.notices import Notices
from bot.renewal import Renewal
from bot.sources.opml import Outline
from storage.database import Database
from storage.expansions import read as read_expansions
from storage.models import Chat

# A thread that computes keeps the others from the interpreter for so long, ten times less than by Python's default: an
# answer changes threads with every statement.
SWITCH_S = 0.0005


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The parts of a bot that is ready to work."""

    settings: Settings
    db: Database
    i18n: I18n
    bot: Bot
    dispatcher: Dispatcher
    matcher: Matcher
    composer: Composer
    delivery: Delivery
    fetching: Fetching
    notices: Notices
    renewal: Renewal
    housekeeping: Housekeeping
    courtesy: Courtesy

    async def fetch(self) -> None:
        await self.fetching.fetch_due(now=utc_now())

    async def match(self) -> None:
        await self.matcher.match()

    async def merge(self) -> None:
        await self.matcher.merge()

    async def compose(self) -> None:
        """Digests that are due, and what is to be told at once."""
        await self.composer.compose_due(now=utc_now())
        await self.composer.compose_alerts(now=utc_now())

    async def deliver(self) -> None:
        await self.delivery.drain()

    async def tell(self) -> None:
        await self.notices.tell()

    async def renew(self) -> None:
        await self.renewal.renew()

    async def tidy(self) -> None:
        await self.housekeeping.tidy(now=utc_now())


@asynccontextmanager
async def build(settings: Settings, *, token: str, session: BaseSession, only: int | None = None) -> AsyncIterator[App]:
    """An app over this session; `only` makes it compose and deliver for one Telegram chat alone."""
    sys.setswitchinterval(SWITCH_S)
    async with AsyncExitStack() as stack:
        db = await Database.open(settings.database_url)
        stack.push_async_callback(db.close)
        stack.push_async_callback(session.close)
        properties = DefaultBotProperties(parse_mode=ParseMode.HTML, link_preview_is_disabled=True)
        bot = Bot(token, session=session, default=properties)
        i18n, expansions = catalogues(settings.default_language), read_expansions(settings.expansions_file)
        courtesy = Courtesy()
        fetching = await stack.enter_async_context(opened(db, settings, clock=utc_now, patiently=courtesy.patiently))
        matcher = Matcher(db, patiently=courtesy.patiently)
        composer = Composer(db, settings, i18n, only=only)
        delivery = Delivery(bot, db, rate=settings.send_rate, clock=utc_now, only=only)
        digests = _Digests(matcher, composer, delivery, courtesy)
        updates = dispatcher(
            db=db,
            digests=digests,
            fetching=_Sources(fetching, courtesy),
            expansions=expansions,
            i18n=i18n,
            settings=settings,
            clock=utc_now,
        )
        updates.update.outer_middleware(courtesy)
        await delivery.recover()
        yield App(
            settings=settings,
            db=db,
            i18n=i18n,
            bot=bot,
            dispatcher=updates,
            matcher=matcher,
            composer=composer,
            delivery=delivery,
            fetching=fetching,
            notices=Notices(bot, db, settings, i18n),
            renewal=Renewal(db),
            housekeeping=Housekeeping(db, matcher, keep=timedelta(days=settings.keep_days) or None),
            courtesy=courtesy,
        )


class _Digests:
    """What the conversation asks for: see `bot.conversation.digest.Digests`."""

    def __init__(self, matcher: Matcher, composer: Composer, delivery: Delivery, courtesy: Courtesy) -> None:
        self._courtesy = courtesy
        self._matcher = matcher
        self._composer = composer
        self._delivery = delivery

    async def ask(self, chat: Chat, *, now: datetime) -> bool:
        # What was stored a moment ago counts, though no tick has met it yet.
        with self._courtesy.waived():
            await self._matcher.match()
        return await self._composer.ask(chat, now=now)

    async def deliver(self, chat: Chat) -> None:
        await self._delivery.drain(only=chat.telegram_id)


class _Sources:
    """What the conversation asks for: see `bot.conversation.addsource.Fetching`."""

    def __init__(self, fetching: Fetching, courtesy: Courtesy) -> None:
        self._courtesy = courtesy
        self._fetching = fetching

    async def add(self, typed: str, *, by: int | None, now: datetime) -> Added | Several:
        # Whoever waits for a source waits for its articles to be stored.
        with self._courtesy.waived():
            return await self._fetching.add(typed, by=by, now=now)

    async def outlines(self, data: bytes) -> tuple[Outline, ...]:
        return await self._fetching.outlines(data)
