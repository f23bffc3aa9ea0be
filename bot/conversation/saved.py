"""/saved, and the stars under searches and the newest stories: a press keeps a story or lets it go, in place.

☆ 1 ◀──▶ ⭐ 1   under an answer: kept from now on, or no longer (☆ Save ◀──▶ ⭐ Saved where a story stands alone)
✕ 1 ◀──▶ ↩ 1   under the list: gone, or back at its old place; the list itself stays until it is turned
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from aiogram import Router
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message
from aiogram.utils.i18n import gettext as _
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import render
from bot.conversation.filters import named
from bot.conversation.middlewares import Toast, Visit
from bot.conversation.rights import CHANGES, READS
from bot.conversation.views import View, answer, rewrite
from bot.keyboards import Keep, SavedPage, carried, keyboard, pager, redrawn
from bot.messages import italic
from bot.story_buttons import keep_button
from storage import saved
from storage.database import Database
from storage.models import Article
from storage.saved import Kept

PAGE: Final = 5


def router() -> Router:
    router = Router(name="saved")
    router.message.register(saved_command, named("saved"), flags=READS)
    router.callback_query.register(turn_saved, SavedPage.filter(), flags=READS)
    router.callback_query.register(keep, Keep.filter(), flags=CHANGES)
    return router


async def saved_command(message: Message, db: Database, visit: Visit) -> None:
    await answer(message, await kept(db, visit))


async def turn_saved(
    callback: CallbackQuery, callback_data: SavedPage, message: Message, db: Database, visit: Visit
) -> None:
    await rewrite(message, await kept(db, visit, offset=callback_data.offset))


async def keep(
    callback: CallbackQuery, callback_data: Keep, message: Message, toast: Toast, db: Database, visit: Visit
) -> None:
    """Does what the button says, which may be done already where the message is old, and shows what is saved now.

    All stars are drawn anew: of two quick presses the second may know the message only as it was before the first.
    """
    pressed = callback_data
    async with db.write() as conn:
        is_changed = await _set(conn, visit, pressed)
        known = await saved.among(conn, visit.chat.id, {pressed.story, *(one.story for one in carried(message, Keep))})
    if (pressed.story in known) != pressed.kept:
        toast.text = story_gone()
        return
    toast.text = _said(pressed) if is_changed else _said_before(pressed)
    await message.edit_reply_markup(reply_markup=redrawn(message, Keep, lambda one: keep_button(one, known)))


async def stars(
    conn: AsyncConnection, visit: Visit, shown: Sequence[Article], *, first: int = 1
) -> list[InlineKeyboardButton]:
    """A row with a button for each story of an answer, numbered as they stand in it."""
    known = await saved.among(conn, visit.chat.id, [article.story_id for article in shown])
    return [
        keep_button(Keep(story=article.story_id, number=number, kept=True), known)
        for number, article in enumerate(shown, start=first)
    ]


async def kept(db: Database, visit: Visit, *, offset: int = 0) -> View:
    """A page of what the chat keeps; the last one where there are fewer by now."""
    async with db.read() as conn:
        total = await saved.count(conn, visit.chat.id)
        offset = min(offset, max(0, total - 1) // PAGE * PAGE)
        page = await saved.of_chat(conn, visit.chat.id, limit=PAGE, offset=offset)
    if not page:
        return View(_("Nothing is saved yet. Press ☆ under a search or /latest, and the story stays here for good."))
    numbered = list(enumerate(page, start=offset + 1))
    blocks = [
        f"{number}. {render.article(one.article, reader=visit.reader, now=visit.now)}" for number, one in numbered
    ]
    before = SavedPage(offset=max(0, offset - PAGE)) if offset else None
    after = SavedPage(offset=offset + PAGE) if offset + PAGE < total else None
    buttons = keyboard([pager(before, after), [_removal(number, one) for number, one in numbered]])
    legend = italic(_("Under this, ✕ and a number removes that story."))
    return View("\n\n".join([_("<b>Saved stories</b>: {count}").format(count=total), *blocks, legend]), buttons)


def story_gone() -> str:
    return _("This story is no longer here.")


async def _set(conn: AsyncConnection, visit: Visit, wanted: Keep) -> bool:
    if not wanted.kept:
        return await saved.unsave(conn, visit.chat.id, wanted.story)
    if wanted.since is None:
        return await saved.save(conn, visit.chat.id, wanted.story, now=visit.now)
    saved_at = min(visit.now, datetime.fromtimestamp(wanted.since, UTC))
    return await saved.restore(conn, visit.chat.id, wanted.story, saved_at=saved_at)


def _removal(number: int, one: Kept) -> InlineKeyboardButton:
    since, story_id = int(one.saved_at.timestamp()), one.article.story_id
    return keep_button(Keep(story=story_id, number=number, kept=False, since=since), {story_id})


def _said(done: Keep) -> str:
    if done.since is None:
        return _("Saved. All that you keep: /saved") if done.kept else _("No longer saved.")
    return _("Done, it is back.") if done.kept else _("No longer saved. A press on ↩ brings it back.")


def _said_before(done: Keep) -> str:
    return _("You keep this already: /saved") if done.kept else _("You don't keep this any more.")
