"""/sources and the card of each: how it is, and for whoever may: full text, ask again, delete with undo.

/sources ◀──▶ card ──▶ deleted ──undo──▶ card
"""

import asyncio
from typing import Final

from aiogram import Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile, CallbackQuery, Message
from aiogram.utils.i18n import gettext as _
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversation.addsource import SOURCES_EACH, limit_reached
from bot.conversation.filters import by_admin, named
from bot.conversation.middlewares import Toast, Visit
from bot.conversation.rights import OPERATES, READS
from bot.conversation.search import found
from bot.conversation.source_cards import all_sources, bold_name, card, gone, not_allowed, source_button
from bot.conversation.source_words import name_of, pace, query
from bot.conversation.views import View, answer, rewrite
from bot.keyboards import (
    DeleteSource,
    ExportSources,
    LatestOfSource,
    RestoreSource,
    ReviveSource,
    SetFullText,
    SourceCard,
    SourcesPage,
    button,
    keyboard,
    pager,
)
from bot.messages import escape
from bot.sources import opml
from storage import feeds
from storage.database import Database
from storage.expansions import Expansions
from storage.models import Feed, FeedState

PAGE: Final = 8
FILE: Final = "sources.opml"


def router() -> Router:
    router = Router(name="sources")
    router.message.register(list_command, named("sources"), flags=READS)
    router.callback_query.register(turn_list, SourcesPage.filter(), flags=READS)
    router.callback_query.register(show_card, SourceCard.filter(), flags=READS)
    router.callback_query.register(show_latest, LatestOfSource.filter(), flags=READS)
    router.callback_query.register(set_full_text, SetFullText.filter(), flags=OPERATES)
    router.callback_query.register(revive, ReviveSource.filter(), flags=OPERATES)
    router.callback_query.register(delete, DeleteSource.filter(), flags=OPERATES)
    router.callback_query.register(restore, RestoreSource.filter(), flags=OPERATES)
    router.callback_query.register(export, ExportSources.filter(), by_admin, flags=OPERATES)
    return router


async def list_command(message: Message, db: Database, visit: Visit) -> None:
    await answer(message, await listed(db, visit))


async def turn_list(
    callback: CallbackQuery, callback_data: SourcesPage, message: Message, db: Database, visit: Visit
) -> None:
    await rewrite(message, await listed(db, visit, offset=callback_data.offset))


async def show_card(
    callback: CallbackQuery, callback_data: SourceCard, message: Message, toast: Toast, db: Database, visit: Visit
) -> None:
    async with db.read() as conn:
        feed = await present(conn, callback_data.id)
    await _rewrite_card(message, feed, toast, visit)


async def show_latest(
    callback: CallbackQuery,
    callback_data: LatestOfSource,
    message: Message,
    toast: Toast,
    db: Database,
    visit: Visit,
    expansions: Expansions,
) -> None:
    async with db.read() as conn:
        feed = await present(conn, callback_data.id)
    if feed:
        await answer(message, await found(db, visit, expansions, query(feed), by_date=True))
    else:
        toast.text = gone()


async def set_full_text(
    callback: CallbackQuery, callback_data: SetFullText, message: Message, toast: Toast, db: Database, visit: Visit
) -> None:
    async with db.write() as conn:
        if not (feed := await _changeable(conn, callback_data.id, toast, visit)):
            return
        feed = await feeds.change(conn, feed.id, full_text=callback_data.full_text)
    await _rewrite_card(message, feed, toast, visit)


async def revive(
    callback: CallbackQuery, callback_data: ReviveSource, message: Message, toast: Toast, db: Database, visit: Visit
) -> None:
    async with db.write() as conn:
        if not (feed := await _changeable(conn, callback_data.id, toast, visit)):
            return
        feed = await feeds.revive(conn, feed.id, now=visit.now)
    toast.text = _("I will ask it again in a moment.")
    if callback_data.in_place:
        await _rewrite_card(message, feed, toast, visit)


async def delete(
    callback: CallbackQuery, callback_data: DeleteSource, message: Message, toast: Toast, db: Database, visit: Visit
) -> None:
    async with db.write() as conn:
        if not (feed := await _changeable(conn, callback_data.id, toast, visit)):
            return
        await feeds.remove(conn, feed.id)
    text = _("The source {name} is deleted. What it has brought stays here.").format(name=bold_name(feed))
    await rewrite(message, View(text, keyboard([[button(_("Undo"), RestoreSource(id=feed.id))], all_sources()])))


async def restore(
    callback: CallbackQuery, callback_data: RestoreSource, message: Message, toast: Toast, db: Database, visit: Visit
) -> None:
    async with db.write() as conn:
        known = await feeds.by_id(conn, callback_data.id)
        if known and not visit.rights.may_change(known):
            toast.text = not_allowed()
            return
        if (
            known
            and not visit.rights.is_admin
            and await feeds.count_added_by(conn, known.added_by or 0) >= SOURCES_EACH
        ):
            toast.text = limit_reached()
            return
        feed = await feeds.restore(conn, callback_data.id, now=visit.now)
    toast.text = _("Done, the source is back.")
    await _rewrite_card(message, feed, toast, visit)


async def export(callback: CallbackQuery, message: Message, toast: Toast, db: Database) -> None:
    async with db.read() as conn:
        everything = await feeds.everything(conn)
    written = await asyncio.to_thread(opml.write, everything)
    try:
        await message.answer_document(BufferedInputFile(written.encode(), FILE))
    except TelegramBadRequest:
        # A terminal takes no files, nor do some groups.
        toast.text = _("I cannot send a file here. On the command line: newsbot source export")


async def listed(db: Database, visit: Visit, *, offset: int = 0) -> View:
    """A page of all sources by name; the last one where there are fewer by now."""
    async with db.read() as conn:
        total = await feeds.count(conn)
        offset = min(offset, max(0, total - 1) // PAGE * PAGE)
        page = list(enumerate(await feeds.page(conn, limit=PAGE, offset=offset), start=offset + 1))
    if not page:
        return View(" ".join([_("I read no sources yet."), _how_to_add(visit)]))
    lines = [f"{number}. {_line(feed, visit)}" for number, feed in page]
    rows = [[source_button(number, feed)] for number, feed in page]
    before = SourcesPage(offset=max(0, offset - PAGE)) if offset else None
    after = SourcesPage(offset=offset + PAGE) if offset + PAGE < total else None
    file = [button(_("Send me all as a file"), ExportSources())] if visit.rights.is_admin else []
    head = _("<b>Sources</b>: {count}").format(count=total)
    text = "\n\n".join([head, "\n".join(lines), _how_to_add(visit)])
    return View(text, keyboard([*rows, pager(before, after), file]))


async def present(conn: AsyncConnection, feed_id: int) -> Feed | None:
    """The source of this id, unless it has been deleted."""
    feed = await feeds.by_id(conn, feed_id)
    return feed if feed and feed.state is not FeedState.REMOVED else None


async def _changeable(conn: AsyncConnection, feed_id: int, toast: Toast, visit: Visit) -> Feed | None:
    """The source, if whoever pressed may change it; else the toast says why not."""
    feed = await present(conn, feed_id)
    if feed is None:
        toast.text = gone()
    elif not visit.rights.may_change(feed):
        toast.text, feed = not_allowed(), None
    return feed


async def _rewrite_card(message: Message, feed: Feed | None, toast: Toast, visit: Visit) -> None:
    if feed:
        await rewrite(message, card(feed, visit))
    else:
        toast.text = gone()


def _how_to_add(visit: Visit) -> str:
    if visit.rights.may_add:
        return _("To add one: /addsource")
    return _("Whoever runs this bot adds them.")


def _line(feed: Feed, visit: Visit) -> str:
    return " · ".join(filter(None, [escape(name_of(feed)), pace(feed, now=visit.now), "⚠" if feed.trouble else ""]))
