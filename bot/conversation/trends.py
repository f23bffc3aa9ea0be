"""/trends: a picture of how often queries are met, day by day; up to three beside one another.

    typed ──between commas──▶ queries ──storage.trends──▶ counts ──Painter──▶ photo, with the same in words below

The queries are read back from the caption by its buttons, as they are from a page of results.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

from aiogram import Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.filters import CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message
from aiogram.utils.chat_action import ChatActionSender
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from bot import render
from bot.chart import Chart, Line, Painter, in_blocks
from bot.conversation.filters import Question, named
from bot.conversation.middlewares import Toast, Visit
from bot.conversation.questions import ask, is_answer
from bot.conversation.rights import READS
from bot.conversation.search import found
from bot.conversation.views import View, answer, typed_in
from bot.conversation.wording import looking_for
from bot.keyboards import FollowShown, SearchShown, button, keyboard
from bot.messages import CAPTION_LIMIT, escape, visible_length
from bot.pictures import Picture
from storage import subscriptions
from storage.database import Database
from storage.errors import QueryError
from storage.expansions import Expansions
from storage.lexemes import QUOTES
from storage.query import parse
from storage.syntax import Query
from storage.trends import Trends, trends

# More lines are not told apart.
MOST: Final = 3

# What parts queries, outside quotes and brackets; a comma between digits is a part of a number.
_SIGN: Final = re.compile(
    rf"(?P<quoted>[{QUOTES}][^{QUOTES}]*[{QUOTES}]?)|(?P<open>\()|(?P<close>\))"
    r"|\n|(?<!\d),|,(?!\d)|(?<!\S)(?:vs\.?|versus)(?!\S)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Compared:
    """Queries as they were typed, what they mean, which of them the chat follows, and how often they are met."""

    queries: tuple[Query, ...]
    followed: tuple[bool, ...]
    trends: Trends


def router() -> Router:
    router = Router(name="trends")
    router.message.register(trends_command, named("trends"), flags=READS)
    router.message.register(trends_of_answer, Question.trends, is_answer, flags=READS)
    router.callback_query.register(search_shown, SearchShown.filter(), flags=READS)
    return router


async def trends_command(
    message: Message, command: CommandObject, state: FSMContext, db: Database, painter: Painter, visit: Visit
) -> None:
    if command.args:
        await show(message, command.args, db, painter, visit)
        return
    examples = _("middle corridor"), _("kazakhstan, azerbaijan")
    text = _("What shall I count? Send me one query, or up to three with commas between them: {one} or {several}.")
    one, several = map(render.typed, examples)
    await ask(message, state, Question.trends, text.format(one=one, several=several))


async def trends_of_answer(message: Message, state: FSMContext, db: Database, painter: Painter, visit: Visit) -> None:
    if await show(message, message.text or "", db, painter, visit):
        await state.set_state(None)


async def search_shown(
    callback: CallbackQuery,
    callback_data: SearchShown,
    message: Message,
    toast: Toast,
    db: Database,
    visit: Visit,
    expansions: Expansions,
) -> None:
    """One of the queries that the message shows, in a message of its own."""
    texts = typed_in(message)
    if callback_data.place >= len(texts):
        toast.text = _("This button no longer works. Please search again.")
        return
    await answer(message, await found(db, visit, expansions, texts[callback_data.place]))


async def show(message: Message, typed: str, db: Database, painter: Painter, visit: Visit) -> bool:
    """Whether what was typed could be answered; raises QueryError."""
    texts = queries_in(typed)
    if len(texts) > MOST:
        await message.answer(_("I can compare three queries at most. Please send fewer."))
        return False
    queries: dict[str, Query] = {}
    for query in map(parse, texts):
        queries.setdefault(query.canonical, query)
    compared = await compare(db, tuple(queries.values()), visit)
    drawn = charted(compared, visit)
    view = told(compared, drawn, visit)
    if any(map(any, compared.trends.counts)):
        await _send(message, drawn, view, painter)
    else:
        await answer(message, view)
    return True


def queries_in(typed: str) -> list[str]:
    """Parted by commas, lines or «vs», but neither within quotes nor in brackets; one at least."""
    parts, begin, depth = [], 0, 0
    for sign in _SIGN.finditer(typed):
        if sign["open"] or sign["close"]:
            depth = max(0, depth + (1 if sign["open"] else -1))
        elif not sign["quoted"] and not depth:
            parts.append(typed[begin : sign.start()].strip())
            begin = sign.end()
    return list(filter(None, [*parts, typed[begin:].strip()])) or [typed]


async def compare(db: Database, queries: Sequence[Query], visit: Visit) -> Compared:
    async with db.read() as conn:
        found = await trends(conn, queries, now=visit.now, zone=visit.reader.zone)
        followed = [await subscriptions.find(conn, visit.chat.id, query) is not None for query in queries]
    return Compared(tuple(queries), tuple(followed), found)


def charted(compared: Compared, visit: Visit) -> Chart:
    """The picture of it; one query alone stands in its title."""
    texts = [query.text for query in compared.queries]
    return Chart(
        title=texts[0] if len(texts) == 1 else "",
        unit=_("Articles a day"),
        days=compared.trends.days,
        lines=tuple(map(Line, texts, compared.trends.counts)),
        language=visit.reader.language,
    )


def told(compared: Compared, drawn: Chart, visit: Visit) -> View:
    """What the picture shows, in words, with its buttons; or why there is none. Raises QueryError where it is too long.

    The queries stand in it whole, for the buttons to read; what they were taken to mean is left out where there is no
    room for all of it.
    """
    lines = [_line(query, line.counts, drawn, visit) for query, line in zip(compared.queries, drawn.lines, strict=True)]
    meant = [words for query in compared.queries for words in looking_for(query)]
    text = _why_none(compared, drawn) or "\n".join([f"<b>{drawn.unit}</b> · {drawn.period}", *lines])
    if visible_length(text) > CAPTION_LIMIT:
        raise QueryError("too-long", text=compared.queries[-1].text, at=0)
    whole = "\n".join([text, *meant])
    return View(whole if visible_length(whole) <= CAPTION_LIMIT else text, keyboard(_buttons(compared)))


def _line(query: Query, counts: Sequence[int], drawn: Chart, visit: Visit) -> str:
    """«казахстан — 123 статьи, больше всего 5 ноября: 17»."""
    typed, total, most = render.typed(query.text), sum(counts), max(counts, default=0)
    if not total:
        return _("{query}: nothing").format(query=typed)
    zone = visit.reader.zone
    noon = datetime.combine(drawn.days[counts.index(most)], time(12), zone)
    text = ngettext(
        "{query}: {count} article, most on {day}: {most}", "{query}: {count} articles, most on {day}: {most}", total
    )
    day = render.day(noon, reader=visit.reader, now=visit.now)
    return text.format(query=typed, count=total, day=day, most=most)


def _why_none(compared: Compared, drawn: Chart) -> str | None:
    """Where there is nothing to draw."""
    typed = ", ".join(render.typed(query.text) for query in compared.queries)
    if not drawn.days:
        text = _("There are too many articles to look through for {query}. Add a word, or a time such as {period}.")
        return text.format(query=typed, period="last:3h")
    if not any(map(any, compared.trends.counts)):
        return _("Nothing found for {query} in this time: {period}").format(query=typed, period=drawn.period)
    return None


def _buttons(compared: Compared) -> list[list[InlineKeyboardButton]]:
    """For each query: to follow it unless that is so, and to search for it; a row each, for queries may be long."""
    rows: list[list[InlineKeyboardButton]] = []
    is_alone = len(compared.queries) == 1
    for place, (query, is_followed) in enumerate(zip(compared.queries, compared.followed, strict=True)):
        follow = _("Follow this") if is_alone else _("Follow: {query}").format(query=query.text)
        search = _("Show the stories") if is_alone else _("Stories: {query}").format(query=query.text)
        rows += [[] if is_followed else [button(follow, FollowShown(place=place))]]
        rows += [[button(search, SearchShown(place=place))]]
    return rows


async def _send(message: Message, drawn: Chart, view: View, painter: Painter) -> None:
    """As a photo, or as text where photos are not let in."""
    assert message.bot
    topic = message.message_thread_id if message.is_topic_message else None
    async with ChatActionSender.upload_photo(chat_id=message.chat.id, bot=message.bot, message_thread_id=topic):
        picture = Picture(await painter.paint(drawn), "trends.png", in_text=in_blocks(drawn))
    try:
        await message.answer_photo(picture, caption=view.text, reply_markup=view.buttons)
    except TelegramBadRequest:
        await message.answer(f"<pre>{escape(picture.in_text)}</pre>\n{view.text}", reply_markup=view.buttons)
