"""A story's page, opened by a number under a digest, an answer or a list: all its articles, the earliest first."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from aiogram import Router
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import story_view
from bot.conversation.middlewares import Toast, Visit
from bot.conversation.rights import READS
from bot.conversation.saved import story_gone
from bot.conversation.views import View, answer_to, rewrite
from bot.keyboards import Keep, keyboard, pager
from bot.story_buttons import Less, ShowStory, StoryPage, keep_button, less_button, openings, why_button
from storage import coverage, feedback, saved, tellings
from storage.coverage import Coverage
from storage.database import Database
from storage.errors import FullError
from storage.feedback import FeedbackKind
from storage.models import Article

PAGE: Final = 5


def router() -> Router:
    router = Router(name="story")
    router.callback_query.register(show_story, ShowStory.filter(), flags=READS)
    router.callback_query.register(turn_story, StoryPage.filter(), flags=READS)
    return router


async def show_story(
    callback: CallbackQuery, callback_data: ShowStory, message: Message, toast: Toast, db: Database, visit: Visit
) -> None:
    """Opening it counts: more of such stories are wanted. In a group, where anybody opens stories, it does not."""
    pressed = callback_data
    if visit.in_private:
        # A full disk keeps nobody from reading.
        with suppress(FullError):
            async with db.write() as conn:
                await feedback.give(conn, visit.chat.id, pressed.story, kind=FeedbackKind.OPENED, now=visit.now)
    page = StoryPage(story=pressed.story, subscription=pressed.subscription, article=pressed.article, offset=0)
    if view := await story_page(db, visit, page):
        await answer_to(message, view)
    else:
        toast.text = story_gone()


async def turn_story(
    callback: CallbackQuery, callback_data: StoryPage, message: Message, toast: Toast, db: Database, visit: Visit
) -> None:
    if view := await story_page(db, visit, callback_data):
        await rewrite(message, view)
    else:
        toast.text = story_gone()


async def openings_of(conn: AsyncConnection, shown: Sequence[Article]) -> list[InlineKeyboardButton]:
    """A row that opens those stories of an answer that have more articles than the one shown, by their numbers."""
    known = await coverage.with_more(conn, {article.story_id for article in shown})
    stories = [
        (number, ShowStory(story=article.story_id))
        for number, article in enumerate(shown, start=1)
        if article.story_id in known
    ]
    return openings(stories)


async def story_page(db: Database, visit: Visit, shown: StoryPage) -> View | None:
    """The last page where there are fewer by now; None where the story is gone."""
    async with db.read() as conn:
        told_by = await coverage.coverage(conn, shown.story)
        if told_by is None:
            return None
        offset = min(shown.offset, told_by.articles - 1) // PAGE * PAGE
        page = await coverage.told_by(conn, shown.story, limit=PAGE, offset=offset)
        is_told = await tellings.of_story(conn, visit.chat.id, shown.story) is not None
        kept = await saved.among(conn, visit.chat.id, [shown.story])
        less = await feedback.among(conn, visit.chat.id, [shown.story], kind=FeedbackKind.LESS)
    own = [
        keep_button(Keep(story=shown.story, number=0, kept=True), kept),
        less_button(Less(story=shown.story, less=True), less),
    ]
    told = ShowStory(story=shown.story, subscription=shown.subscription, article=shown.article)
    why = [why_button(told)] if is_told or shown.subscription else []
    turns = _pager(shown, offset, told_by.articles)
    return View(_text(told_by, page, offset, visit), keyboard([turns, own, why]))


def _text(told_by: Coverage, page: list[Article], offset: int, visit: Visit) -> str:
    # A story of one article is that article.
    several = page if told_by.articles > 1 else []
    blocks = [
        story_view.in_page(article, number=number, reader=visit.reader, now=visit.now)
        for number, article in enumerate(several, start=offset + 1)
    ]
    return "\n\n".join([story_view.head(told_by, reader=visit.reader, now=visit.now), *blocks])


def _pager(shown: StoryPage, offset: int, count: int) -> list[InlineKeyboardButton]:
    before = shown.model_copy(update={"offset": offset - PAGE}) if offset else None
    after = shown.model_copy(update={"offset": offset + PAGE}) if offset + PAGE < count else None
    return pager(before, after)
