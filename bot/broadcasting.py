"""The spread tick: what the operator tells everybody goes into the outbox, a page of chats at a time.

    Send ──▶ a page each turn, while few of its messages wait ──▶ outbox ──▶ delivery, after all digests
               └──▶ the progress message, edited every few seconds, with a button to stop

Few at a time: the outbox stays small, digests overtake, and Stop takes back all but the last moment's.
"""

from datetime import datetime, timedelta
from typing import Final

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError
from aiogram.utils.i18n import I18n

from bot import admins
from bot.conversation.broadcast_views import progress_view
from bot.conversation.rights import Rules
from bot.unreachable import UNREACHABLE
from storage import broadcasts
from storage.broadcasts import Broadcast, Progress, State
from storage.database import Database

# So many messages of a broadcast may wait: half a minute's at Telegram's pace.
WINDOW: Final = 1000
# Chats looked at by one short transaction.
PAGE: Final = 500
# Telegram wants messages edited seldom.
SHOWN_EVERY: Final = timedelta(seconds=3)
# A message is tried for a day: what waits for longer is for chats that sleep.
OVER_AFTER: Final = timedelta(days=2)

log = structlog.get_logger()


class Broadcasting:
    def __init__(self, bot: Bot, db: Database, rules: Rules, i18n: I18n) -> None:
        self._bot = bot
        self._db = db
        self._rules = rules
        self._i18n = i18n
        # What each progress message said last, and when.
        self._shown: dict[int, tuple[datetime, str]] = {}

    async def go_on(self, *, now: datetime) -> None:
        async with self._db.read() as conn:
            under_way = await broadcasts.sending(conn)
        for one in under_way:
            await self._step(one, now)

    async def _step(self, one: Broadcast, now: datetime) -> None:
        async with self._db.read() as conn:
            waiting = await broadcasts.under_way(conn, one.id, now=now)
        if not one.complete and waiting < WINDOW:
            async with self._db.write() as conn:
                await broadcasts.put(conn, one.id, limit=PAGE, now=now)
        async with self._db.read() as conn:
            progress = await broadcasts.progress(conn, one.id)
            known = await broadcasts.find(conn, one.id)
        if known is None or known.state is not State.SENDING:
            return
        is_over = known.complete and (not progress.waiting or _is_late(known, now))
        if is_over:
            async with self._db.write() as conn:
                await broadcasts.end(conn, one.id)
        await self._show(known, progress, is_over=is_over, now=now)

    async def _show(self, one: Broadcast, progress: Progress, *, is_over: bool, now: datetime) -> None:
        """Where it has changed, and not again at once."""
        at, said = self._shown.get(one.id, (None, None))
        if at and not is_over and now - at < SHOWN_EVERY:
            return
        language = (await admins.languages(self._db, self._rules)).get(one.by, self._rules.default_language)
        with self._i18n.context(), self._i18n.use_locale(language):
            view = progress_view(one.id, progress, total=one.total, is_over=is_over, language=language)
        self._shown[one.id] = (now, view.text)
        if is_over:
            del self._shown[one.id]
        if view.text == said and not is_over:
            return
        try:
            await self._bot.edit_message_text(
                view.text, chat_id=one.by, message_id=one.message_id, reply_markup=view.buttons
            )
        except (TelegramAPIError, *UNREACHABLE) as error:
            log.info("progress not shown", broadcast=one.id, error=type(error).__name__)


def _is_late(one: Broadcast, now: datetime) -> bool:
    return one.begun_at is not None and now - one.begun_at > OVER_AFTER
