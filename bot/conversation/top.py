"""/top: the stories of the last day, those that most sources tell first; where that is empty, of the newest day."""

from datetime import UTC, datetime, time, timedelta
from typing import Final, NamedTuple

from aiogram import Router
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message
from aiogram.utils.i18n import gettext as _
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import render, story_view
from bot.conversation.filters import named
from bot.conversation.middlewares import Visit
from bot.conversation.rights import READS
from bot.conversation.saved import stars
from bot.conversation.views import View, answer, rewrite
from bot.keyboards import TopPage, keyboard, pager
from bot.render import Reader
from bot.story_buttons import ShowStory, openings, signs
from storage import articles, coverage
from storage import top as top_stories
from storage.database import Database
from storage.models import Article
from storage.schema import seconds
from storage.top import Top

PAGE: Final = 5
DAY: Final = timedelta(days=1)


class _Shown(NamedTuple):
    """A page with the faces of its stories; `day` is the newest one where the last was empty."""

    page: Top
    faces: dict[int, Article]
    day: datetime | None


def router() -> Router:
    router = Router(name="top")
    router.message.register(top_command, named("top"), flags=READS)
    router.callback_query.register(turn_top, TopPage.filter(), flags=READS)
    return router


async def top_command(message: Message, db: Database, visit: Visit) -> None:
    await answer(message, await top(db, visit))


async def turn_top(
    callback: CallbackQuery, callback_data: TopPage, message: Message, db: Database, visit: Visit
) -> None:
    await rewrite(message, await top(db, visit, callback_data))


async def top(db: Database, visit: Visit, asked: TopPage | None = None) -> View:
    """A page of the day that had passed when the first one was made; the last one where there are fewer by now."""
    async with db.read() as conn:
        asked = asked or TopPage(offset=0, until=seconds(visit.now), up_to=await articles.newest_id(conn))
        shown = await _read(conn, asked, visit.reader)
        if asked.offset and not shown.page.stories:
            asked = asked.model_copy(update={"offset": max(0, shown.page.total - 1) // PAGE * PAGE})
            shown = await _read(conn, asked, visit.reader)
        if not shown.page.stories:
            return View(_("There are no articles here yet."))
        listed = [(told, shown.faces[told.story_id]) for told in shown.page.stories]
        keeps = await stars(conn, visit, [face for _told, face in listed], first=asked.offset + 1)
    numbered = list(enumerate(listed, start=asked.offset + 1))
    blocks = [
        story_view.in_top(told, face, number=number, reader=visit.reader, now=visit.now)
        for number, (told, face) in numbered
    ]
    opened = openings([(number, ShowStory(story=told.story_id)) for number, (told, _face) in numbered])
    turns = _pager(asked, shown.page.total)
    shown_text = "\n\n".join([_head(asked, shown, visit), *blocks, signs(has_openings=True)])
    return View(shown_text, keyboard([turns, opened, keeps]))


async def _read(conn: AsyncConnection, asked: TopPage, reader: Reader) -> _Shown:
    until, day = datetime.fromtimestamp(asked.until, UTC), None

    async def page(since: datetime) -> Top:
        return await top_stories.top(conn, since=since, until=until, up_to=asked.up_to, limit=PAGE, offset=asked.offset)

    found = await page(until - DAY)
    if not found.total and (newest := await top_stories.newest(conn, until=until, up_to=asked.up_to)):
        day = _day_of(newest, reader)
        found = await page(min(day, newest))
    faces = await coverage.faces(conn, [told.story_id for told in found.stories])
    return _Shown(found, faces, day)


def _day_of(newest: datetime, reader: Reader) -> datetime:
    """When the reader's day of this moment began; a date without a time, stored as midnight, is the same everywhere."""
    is_date = newest.time() == time(0)
    local = newest if is_date else newest.astimezone(reader.zone)
    return datetime.combine(local.date(), time(0), reader.zone)


def _head(asked: TopPage, shown: _Shown, visit: Visit) -> str:
    head = _("<b>The stories of the last 24 hours</b>")
    if shown.day is not None:
        day = render.day(shown.day, reader=visit.reader, now=visit.now)
        head = _("Nothing came out in the last 24 hours. <b>The stories of the newest day, {day}</b>").format(day=day)
    count, total = len(shown.page.stories), shown.page.total
    return head if count == total else f"{head} · {asked.offset + 1}–{asked.offset + count}/{total}"


def _pager(asked: TopPage, total: int) -> list[InlineKeyboardButton]:
    before = asked.model_copy(update={"offset": max(0, asked.offset - PAGE)}) if asked.offset else None
    after = asked.model_copy(update={"offset": asked.offset + PAGE}) if asked.offset + PAGE < total else None
    return pager(before, after)
