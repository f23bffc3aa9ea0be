"""`newsbot chat`: the whole bot in a terminal, over the starter articles when the store is empty.

With a pipe, everything that is due is composed and shown after each line, so that the same input gives the same output;
at a terminal the ticks run as they do for Telegram, for this chat alone.
"""

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
        scheduler = Scheduler({"turn": (TICK, lambda: _turn(app))})
        if not piped:
            scheduler.start()
        await converse(
            app.bot, app.dispatcher, person=person, i18n=app.i18n, clock=utc_now, after_update=lambda: _turn(app)
        )
        if not piped:
            await scheduler.stop(patience=PATIENCE)


async def _turn(app: App) -> None:
    await app.match()
    await app.compose()
    await app.deliver()


async def _load_starter_articles(db: Database) -> None:
    async with db.read() as conn:
        is_empty = not await articles.count(conn)
    if is_empty:
        await ingest(db, starter_articles(), now=utc_now())
