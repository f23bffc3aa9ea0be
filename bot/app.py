"""Composition root: everything is built here, passed down, and closed in reverse order.

settings ──▶ store, texts, Telegram (or a terminal) ──▶ fetching, matcher, composer, delivery ──▶ dispatcher
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from aiogram import Bot, Dispatcher
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.base import BaseSession
from aiogram.enums import ParseMode
from aiogram.utils.i18n import I18n

from bot.adding import Several
from bot.admins import Announcements
from bot.backups import Backups
from bot.broadcasting import Broadcasting
from bot.clock import utc_now
from bot.closed_topics import ClosedTopics
from bot.compose import Composer
from bot.config import Settings
from bot.conversation import Throttled, dispatcher
from bot.conversation.elsewhere import NamesElsewhere
from bot.courtesy import Courtesy
from bot.delivery import Delivery
from bot.fetching import Added, Fetching, opened
from bot.housekeeping import Housekeeping
from bot.intake import Intake
from bot.journal import Journal
from bot.languages import catalogues
from bot.matcher import Matcher
from bot.notices import Notices
from bot.pace import Pace, Paced
from bot.renewal import Renewal
from bot.sources.opml import Outline
from bot.sources.query_lists import Listed
from bot.troubles import Troubles
from bot.watch import Watch
from storage.database import Database
from storage.expansions import read as read_expansions
from storage.models import Chat, Part

# A thread that computes keeps the others from the interpreter for so long, ten times less than by Python's default: an
# answer changes threads with every statement.
SWITCH_S = 0.0005
CLOSE_S = 1.5

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The parts of a bot that is ready to work."""

    settings: Settings
    db: Database
    i18n: I18n
    bot: Bot
    dispatcher: Dispatcher
    intake: Intake
    journal: Journal
    matcher: Matcher
    composer: Composer
    delivery: Delivery
    fetching: Fetching
    notices: Notices
    renewal: Renewal
    housekeeping: Housekeeping
    courtesy: Courtesy
    watch: Watch
    backups: Backups
    broadcasting: Broadcasting
    troubles: Troubles

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

    async def look(self) -> None:
        await self.watch.look()

    async def spread(self) -> None:
        await self.broadcasting.go_on(now=utc_now())

    async def back_up(self) -> None:
        await self.backups.back_up(now=utc_now())


@asynccontextmanager
async def build(settings: Settings, *, token: str, session: BaseSession, only: int | None = None) -> AsyncIterator[App]:
    """An app over this session; `only` makes it compose and deliver for one Telegram chat alone."""
    sys.setswitchinterval(SWITCH_S)
    async with AsyncExitStack() as stack:
        db = await Database.open(settings.database_url)
        stack.push_async_callback(_close, db)
        stack.push_async_callback(session.close)
        # A terminal is no chat of Telegram's, and has none of its limits.
        pace = Pace(settings.send_rate if only is None else 0)
        session.middleware(NamesElsewhere())
        session.middleware(Paced(pace))
        properties = DefaultBotProperties(parse_mode=ParseMode.HTML, link_preview_is_disabled=True)
        bot = Bot(token, session=session, default=properties)
        i18n, expansions = catalogues(settings.default_language), read_expansions(settings.expansions_file)
        courtesy = Courtesy()
        fetching = await stack.enter_async_context(opened(db, settings, clock=utc_now, patiently=courtesy.patiently))
        matcher = Matcher(db, patiently=courtesy.patiently)
        composer = Composer(db, settings, i18n, only=only)
        delivery = Delivery(bot, db, pace=pace, topics=ClosedTopics(settings, i18n), clock=utc_now, only=only)
        digests = _Digests(matcher, composer, delivery, courtesy)
        announcements = Announcements(bot, db, settings, i18n)
        troubles = Troubles(announcements, clock=utc_now)
        throttled = Throttled(db=db, settings=settings, i18n=i18n, clock=time.monotonic)
        updates = dispatcher(
            db=db,
            digests=digests,
            fetching=_Sources(fetching, courtesy),
            expansions=expansions,
            i18n=i18n,
            settings=settings,
            clock=utc_now,
            # Through a pipe a person may say as much as they like.
            throttled=throttled if only is None else None,
            troubled=troubles.note,
        )
        updates.update.outer_middleware(courtesy)
        await delivery.recover()
        await updates.emit_startup()
        journal = Journal(db, bot.id, clock=utc_now)
        yield App(
            settings=settings,
            db=db,
            i18n=i18n,
            bot=bot,
            dispatcher=updates,
            intake=Intake(bot, updates, journal),
            journal=journal,
            matcher=matcher,
            composer=composer,
            delivery=delivery,
            fetching=fetching,
            notices=Notices(bot, db, settings, i18n),
            renewal=Renewal(db),
            housekeeping=Housekeeping(db, matcher, keep=timedelta(days=settings.keep_days) or None),
            courtesy=courtesy,
            watch=Watch(db, announcements),
            broadcasting=Broadcasting(bot, db, settings, i18n),
            troubles=troubles,
            backups=Backups(db.path, announcements, folder=settings.backup_dir, every=settings.backup_every),
        )


async def _close(db: Database) -> None:
    """In time: where another process writes for longer, the store is left as a crash would leave it, which is whole."""
    try:
        async with asyncio.timeout(CLOSE_S):
            await db.close()
    except TimeoutError:
        log.warning("another process writes to the store, it is left without being closed")


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

    async def preview(self, chat: Chat, *, now: datetime) -> Sequence[Part]:
        with self._courtesy.waived():
            await self._matcher.match()
        return await self._composer.preview(chat, now=now)

    async def deliver(self, chat: Chat) -> None:
        await self._delivery.drain(only=chat.telegram_id)

    async def forget(self, query_ids: Collection[int]) -> None:
        await self._matcher.forget(query_ids)


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

    async def listed(self, data: bytes, *, is_markup: bool) -> Listed:
        return await self._fetching.listed(data, is_markup=is_markup)
