"""`newsbot chat`: the whole bot in a terminal, over the starter articles when the store is empty.

What is due is composed and shown after each line, so that a pipe's input gives the same output every time, and while
the next one is awaited.
"""

import asyncio
import sys
from datetime import timedelta

from bot.app import App, build
from bot.clock import utc_now
from bot.config import Settings
from bot.console import ConsoleSession, Person, converse
from bot.ingest import ingest
from bot.scheduler import Scheduler
from bot.screens import Pipe, Screen, Terminal
from bot.starter import starter_articles
from storage import articles
from storage.chats import TERMINAL
from storage.database import Database

# aiogram wants a token of the right shape; this one opens nothing.
NO_TOKEN = "1:terminal"
TICK = timedelta(seconds=2)
# Once a day does something; a pipe has ended by then.
TIDY_AFTER = timedelta(seconds=30)
# Nothing in a terminal takes longer than the store does.
PATIENCE = timedelta(seconds=5)


async def chat(settings: Settings, *, user_id: int, language: str) -> None:
    """Converses until the input ends."""
    person = Person(user_id=user_id, language=language)
    piped = not (sys.stdin.isatty() and sys.stdout.isatty())
    screen: Screen = Pipe(sys.stdin.buffer, sys.stdout) if piped else Terminal(hint="/start")
    session = ConsoleSession(screen, clock=utc_now)
    async with build(settings, token=NO_TOKEN, session=session, only=TERMINAL + user_id) as app:
        await _load_starter_articles(app.db)
        turns = _Turns(app)
        scheduler = Scheduler(
            {
                "fetch": (TICK, app.fetch),
                "turn": (TICK, turns.take),
                "renew": (TICK, app.renew),
                "tidy": (TIDY_AFTER, app.tidy),
            }
        )
        scheduler.start()
        # Whoever interrupts it waits for nothing.
        patience = timedelta(0)
        try:
            await converse(
                app.bot, app.dispatcher, person=person, i18n=app.i18n, clock=utc_now, after_update=turns.take
            )
            patience = PATIENCE
        finally:
            app.housekeeping.stop()
            await scheduler.stop(patience=patience)


class _Turns:
    """All ticks in a row, one turn at a time: what was begun is shown before the next line is read."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._lock = asyncio.Lock()

    async def take(self) -> None:
        async with self._lock:
            if self._app.db.damaged.done():
                raise self._app.db.damaged.result()
            await self._app.match()
            await self._app.compose()
            await self._app.deliver()


async def _load_starter_articles(db: Database) -> None:
    async with db.read() as conn:
        is_empty = not await articles.count(conn)
    if is_empty:
        await ingest(db, starter_articles(), now=utc_now())
