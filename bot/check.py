"""`newsbot check`: whether configuration, store, sources, index and Telegram are in order, a line for each."""

import asyncio
import os
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from typer import echo

from bot.config import ConfigError, Settings, load
from bot.errors import one_line, way_back
from bot.operations import FAILURE, SUCCESS, open_store, progress
from bot.source_lines import name, state, trouble
from storage import articles, backup, chats, feeds, renewal, sources, subscriptions
from storage.database import Database
from storage.errors import CorruptError, StorageError
from storage.migrations import HEAD, current

if TYPE_CHECKING:
    from storage.proof import Faults

WAY_BACK = (
    "the way back is a backup; without one, `newsbot export` and `newsbot import` carry all articles into a new store,"
    " and chats and subscriptions stay behind"
)
# So many sources that ail are named.
AILING = 5


async def check(database: str | None, *, index: bool = False, own: bool = False) -> int:
    """One line for each thing that is looked at; fails where one of them is not in order. `index` reads all of it; with
    `own`, as the containers ask, sources that are dead or gone are told and fail nothing, as it is not the bot that
    ails, and the store is not read through.
    """
    try:
        settings = load(database_url=database)
    except ConfigError as error:
        for line in error.lines:
            echo(f"configuration: {line}")
        return FAILURE
    echo("configuration: in order")
    store, telegram = await _check_store(settings, index=index, own=own), await _check_telegram(settings)
    return SUCCESS if store and telegram else FAILURE


async def _check_store(settings: Settings, *, index: bool, own: bool) -> bool:
    try:
        async with open_store(settings) as db:
            async with db.read() as conn:
                counts = (
                    f"{await articles.count(conn)} articles, {await chats.count(conn)} chats, "
                    f"{await subscriptions.count(conn)} subscriptions"
                )
                echo(f"database: in order, {db.path}: {counts}")
                is_sound = own or await _read_through(db)
                echo(f"migrations: in order, at {current(db.path)}, the newest being {HEAD}")
                are_read = await _check_sources(conn) or own
                is_whole = await _check_index(conn)
            if index:
                is_whole = await _prove_index(db) and is_whole
    except CorruptError as error:
        echo(one_line(f"database: {error}; {way_back()}"))
        return False
    except (StorageError, DBAPIError) as error:
        echo(one_line(f"database: {error.orig if isinstance(error, DBAPIError) else error}"))
        return False
    if not os.access(db.path, os.W_OK):
        echo(f"database: {db.path} can be read, but not be written to")
        return False
    return are_read and is_whole and is_sound


async def _read_through(db: Database) -> bool:
    """Reads every page; that takes a second for each gigabyte or so, and the containers ask every few minutes."""
    with progress("reading"):
        fault = await asyncio.to_thread(backup.first_fault, db.path)
    if fault:
        echo(one_line(f"database: {db.path} is damaged: {fault}; {way_back()}"))
    return fault is None


async def _check_sources(conn: AsyncConnection) -> bool:
    """Whether none is dead or gone. One that fails is told only: most come back by themselves."""
    health, origins = await feeds.health(conn), await sources.count(conn)
    counts = f"{health.live} live, {health.failing} failing, {health.dead} dead, {health.gone} gone"
    echo(f"sources: {counts}; articles came from {origins}")
    ailing = await feeds.ailing(conn, limit=AILING)
    for feed in ailing:
        echo(one_line(f"sources: {feed.id} {name(feed)}, {state(feed)}: {trouble(feed)}"))
    if (more := health.failing + health.dead + health.gone - len(ailing)) > 0:
        echo(f"sources: and {more} more, see newsbot source list")
    return not health.dead and not health.gone


async def _check_index(conn: AsyncConnection) -> bool:
    """What can be said of the index by counting, which is quick."""
    from storage import proof  # numpy takes a tenth of a second to load

    counts, waiting = await proof.counts(conn), await renewal.waiting(conn)
    if counts.agree:
        echo(f"index: in order by number, {counts.entries} entries")
    else:
        echo(f"index: {counts.entries} entries and {counts.terms} stored terms for {counts.articles} articles")
    left = f"{waiting.articles} articles and {waiting.queries} queries wait" if any(waiting) else "nothing waits"
    echo(f"analyser: {left} to be analysed anew")
    return counts.agree


async def _prove_index(db: Database) -> bool:
    """Compares every term, in a thread: it reads for minutes where there are a million articles."""
    from storage import proof

    with progress("comparing") as advance:
        proved = await asyncio.to_thread(proof.prove, db.path, advance=advance)
    echo(f"index: compared, {proved.terms} terms of {proved.articles} articles")
    _print_faults("articles that are missing from it", "ids", proved.missing)
    _print_faults("entries that belong to no article", "docids", proved.stray)
    _print_faults("articles whose entry differs from their stored terms", "ids", proved.different)
    if not proved.holds:
        echo(f"index: {WAY_BACK}")
    return proved.holds


def _print_faults(what: str, numbers: str, faults: "Faults") -> None:
    if faults.count:
        more = ", …" if len(faults.first) < faults.count else ""
        echo(f"index: {faults.count} {what}, {numbers} {', '.join(map(str, faults.first))}{more}")


async def _check_telegram(settings: Settings) -> bool:
    if settings.bot_token is None:
        echo("Telegram: left out, there is no BOT_TOKEN")
        return True
    from bot.serve import ServeError, whoami  # aiogram takes seconds to load

    try:
        echo(f"Telegram: in order, this is @{await whoami(settings)}")
    except (ServeError, ConfigError) as error:
        echo(f"Telegram: {error}")
        return False
    return True
