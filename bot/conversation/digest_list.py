"""The list of all stories of a digest, those too that it left out; opened under it, turned in place."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

from aiogram import Router
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from bot import render, story_view
from bot.conversation.middlewares import Toast, Visit
from bot.conversation.rights import READS
from bot.conversation.views import View, answer_to, rewrite
from bot.keyboards import keyboard, pager
from bot.story_buttons import DigestList, ShowStory, numbers
from storage import articles, coverage, tellings
from storage.database import Database
from storage.models import Article
from storage.tellings import Extent, LastTelling

PAGE: Final = 10


class _Row(NamedTuple):
    """A story of the list, and the article by which it was told; its face where that is gone."""

    telling: LastTelling
    article: Article


def router() -> Router:
    router = Router(name="digest list")
    router.callback_query.register(show_list, DigestList.filter(), flags=READS)
    return router


async def show_list(
    callback: CallbackQuery, callback_data: DigestList, message: Message, toast: Toast, db: Database, visit: Visit
) -> None:
    view = await digest_list(db, visit, callback_data)
    if view is None:
        toast.text = _("The stories of this digest are no longer here.")
    elif callback_data.turned:
        await rewrite(message, view)
    else:
        await answer_to(message, view)


async def digest_list(db: Database, visit: Visit, shown: DigestList) -> View | None:
    """A page, the last one where there are fewer by now; None where nothing of the digest is left."""
    composed_at = datetime.fromtimestamp(shown.at, UTC)
    async with db.read() as conn:
        digest_id = await tellings.digest_at(conn, visit.chat.id, composed_at)
        extent = await tellings.extent(conn, digest_id) if digest_id is not None else Extent(0, 0)
        if digest_id is None or not extent.stories:
            return None
        offset = min(shown.offset, extent.stories - 1) // PAGE * PAGE
        page = await tellings.of_digest(conn, digest_id, limit=PAGE, offset=offset)
        told = await articles.by_ids(conn, [one.article_id for one in page if one.article_id is not None])
        faces = await coverage.faces(conn, [one.story_id for one in page])
    rows = [_Row(one, told.get(one.article_id or 0) or faces[one.story_id]) for one in page]
    lines = [story_view.in_list(row.article, number=row.telling.place, shown=row.telling.shown) for row in rows]
    text = "\n".join([_head(extent, composed_at, visit), "", *lines, *_missing(extent)])
    return View(text, keyboard([*numbers([_opening(row) for row in rows]), _pager(shown, offset, extent)]))


def _head(extent: Extent, composed_at: datetime, visit: Visit) -> str:
    stories = ngettext("{count} story", "{count} stories", extent.stories).format(count=extent.stories)
    when = render.moment(composed_at, reader=visit.reader, now=visit.now)
    return _("<b>All of the digest</b> · {when} · {stories}").format(when=when, stories=stories)


def _missing(extent: Extent) -> Sequence[str]:
    """Numbers that are missing are explained, not closed up: the digest itself has them."""
    if extent.last_place <= extent.stories:
        return ()
    return "", _("The numbers that are missing have left the store, or came again in a later digest.")


def _opening(row: _Row) -> tuple[int, ShowStory]:
    one = row.telling
    data = ShowStory(story=one.story_id, subscription=one.subscription_id or 0, article=one.article_id or 0)
    return one.place, data


def _pager(shown: DigestList, offset: int, extent: Extent) -> list[InlineKeyboardButton]:
    before = DigestList(at=shown.at, offset=offset - PAGE, turned=True) if offset else None
    goes_on = offset + PAGE < extent.stories
    return pager(before, DigestList(at=shown.at, offset=offset + PAGE, turned=True) if goes_on else None)
