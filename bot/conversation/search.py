"""/search, plain text and /latest: pages of stories that turn in place.

The query of a page is read back from the message itself, so that its buttons work for as long as the message exists.
"""

from collections import OrderedDict
from typing import Final

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from bot import render
from bot.conversation.filters import PLAIN_TEXT, Question, named
from bot.conversation.middlewares import Toast, Visit
from bot.conversation.offers import digest_times, offers, other_names
from bot.conversation.questions import ask, is_answer
from bot.conversation.rights import READS
from bot.conversation.saved import stars
from bot.conversation.story import openings_of
from bot.conversation.views import View, answer, rewrite, typed_in
from bot.conversation.wording import looking_for
from bot.keyboards import FollowShown, LatestPage, Open, ResultsPage, Room, button, keyboard, pager
from bot.story_buttons import signs
from storage import articles, subscriptions
from storage.database import Database
from storage.expansions import Expansions
from storage.models import Results
from storage.query import parse
from storage.search import Sort, search
from storage.suggestions import nearest
from storage.widening import widened

PAGE: Final = 5
# Whoever corrects words does so at once.
REMEMBERED: Final = 10_000


class Answers:
    """Which message answers which search, of the last ones; a restart forgets them."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[int, int], int] = OrderedDict()

    def remember(self, asked: Message, answered: Message) -> None:
        self._known[asked.chat.id, asked.message_id] = answered.message_id
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def to(self, asked: Message) -> int | None:
        return self._known.get((asked.chat.id, asked.message_id))


def router() -> Router:
    router = Router(name="search")
    router.message.register(search_command, named("search"), flags=READS)
    router.message.register(search_answer, Question.search, is_answer, flags=READS)
    router.message.register(latest_command, named("latest"), flags=READS)
    router.callback_query.register(turn_results, ResultsPage.filter(), flags=READS)
    router.callback_query.register(turn_latest, LatestPage.filter(), flags=READS)
    return router


def plain_router() -> Router:
    """Stands behind all others: what is no command and answers no question is a search."""
    router = Router(name="plain text")
    router.message.register(plain_text, PLAIN_TEXT, flags=READS)
    return router


async def search_command(
    message: Message,
    command: CommandObject,
    state: FSMContext,
    answers: Answers,
    db: Database,
    visit: Visit,
    expansions: Expansions,
) -> None:
    if command.args:
        answers.remember(message, await answer(message, await found(db, visit, expansions, command.args)))
    else:
        example = render.typed(_("/search middle corridor"))
        text = _("What shall I look for? For example:\n{example}").format(example=example)
        await ask(message, state, Question.search, text)


async def search_answer(
    message: Message, state: FSMContext, answers: Answers, db: Database, visit: Visit, expansions: Expansions
) -> None:
    answers.remember(message, await answer(message, await found(db, visit, expansions, message.text or "")))
    await state.set_state(None)


async def plain_text(message: Message, answers: Answers, db: Database, visit: Visit, expansions: Expansions) -> None:
    answers.remember(message, await answer(message, await found(db, visit, expansions, message.text or "")))


async def turn_results(
    callback: CallbackQuery,
    callback_data: ResultsPage,
    message: Message,
    toast: Toast,
    db: Database,
    visit: Visit,
    expansions: Expansions,
) -> None:
    if not (texts := typed_in(message)):
        toast.text = _("This button no longer works. Please search again.")
        return
    shown = await found(
        db,
        visit,
        expansions,
        texts[0],
        offset=callback_data.offset,
        by_date=callback_data.by_date,
        up_to=callback_data.up_to,
    )
    await rewrite(message, shown)


async def latest_command(message: Message, db: Database, visit: Visit) -> None:
    await answer(message, await newest(db, visit))


async def turn_latest(
    callback: CallbackQuery, callback_data: LatestPage, message: Message, db: Database, visit: Visit
) -> None:
    await rewrite(message, await newest(db, visit, offset=callback_data.offset, up_to=callback_data.up_to))


async def found(
    db: Database,
    visit: Visit,
    expansions: Expansions,
    text: str,
    *,
    offset: int = 0,
    by_date: bool = False,
    up_to: int = 0,
) -> View:
    """A page of what the query finds, or what it may have meant; raises QueryError.

    What comes after `up_to`, the newest article when the first page was made, shifts no page.
    """
    query = parse(text)
    sort = Sort.DATE if by_date else Sort.RELEVANCE
    async with db.read() as conn:
        up_to = up_to or await articles.newest_id(conn)
        results = await search(conn, query, now=visit.now, limit=PAGE, offset=offset, sort=sort, up_to=up_to)
        is_followed = await subscriptions.find(conn, visit.chat.id, query) is not None
        meant = () if results.total else await nearest(conn, query, now=visit.now)
        wider = await widened(conn, query, expansions)
        shown = [hit.article for hit in results.hits]
        opened, keeps = await openings_of(conn, shown), await stars(conn, visit, shown)
    if offset and not results.hits:
        # Fewer are left than when the button was made: the last page there is.
        last = max(0, results.total - 1) // PAGE * PAGE
        return await found(db, visit, expansions, text, offset=last, by_date=by_date, up_to=up_to)
    offered, rows = offers(meant, in_place=True)
    blocks = [render.story(hit, reader=visit.reader, now=visit.now) for hit in results.hits]
    follow = [] if is_followed else [button(_("Follow this"), FollowShown())]
    if is_followed and not results.total:
        follow = [button(_("‹ All subscriptions"), Open(room=Room.SUBSCRIPTIONS))]
    turns = _results_pager(results, ResultsPage(offset=offset, by_date=by_date, up_to=up_to))
    names = other_names(wider, offered=meant)
    buttons = keyboard([turns, *rows, names, follow, digest_times(text, visit), opened, keeps])
    head = "\n".join([_results_head(text, results, offset=offset, is_followed=is_followed), *looking_for(query)])
    legend = [signs(has_openings=bool(opened))] if keeps else []
    return View("\n\n".join([head, *blocks, *offered, *legend]), buttons)


async def newest(db: Database, visit: Visit, *, offset: int = 0, up_to: int = 0) -> View:
    """A page of the newest stories; whether there is another shows in the one that no longer fits."""
    async with db.read() as conn:
        up_to = up_to or await articles.newest_id(conn)
        page = await articles.latest(conn, limit=PAGE + 1, offset=offset, up_to=up_to)
        opened, keeps = await openings_of(conn, page[:PAGE]), await stars(conn, visit, page[:PAGE])
    if not page:
        return await newest(db, visit) if offset else View(_("There are no articles here yet."))
    blocks = [render.article(article, reader=visit.reader, now=visit.now) for article in page[:PAGE]]
    before = LatestPage(offset=max(0, offset - PAGE), up_to=up_to) if offset else None
    after = LatestPage(offset=offset + PAGE, up_to=up_to) if len(page) > PAGE else None
    buttons = keyboard([pager(before, after), opened, keeps])
    legend = signs(has_openings=bool(opened))
    return View("\n\n".join([_("<b>The newest stories</b>"), *blocks, legend]), buttons)


def _results_head(text: str, results: Results, *, offset: int, is_followed: bool) -> str:
    query = render.typed(text)
    if not results.total and is_followed:
        return _("Nothing found for {query} yet. You follow it: I will write when something comes.").format(query=query)
    if not results.total:
        nothing = _("Nothing found for {query}. Try other words, or follow it: I will write when something comes.")
        return nothing.format(query=query)
    if results.more:
        head = ngettext("More than {count} story for {query}", "More than {count} stories for {query}", results.total)
    else:
        head = ngettext("{count} story for {query}", "{count} stories for {query}", results.total)
    head = head.format(count=results.total, query=query)
    is_all = len(results.hits) == results.total and not results.more
    return head if is_all else f"{head} · {offset + 1}–{offset + len(results.hits)}"


def _results_pager(results: Results, shown: ResultsPage) -> list[InlineKeyboardButton]:
    end = shown.offset + len(results.hits)
    is_last = not results.hits or (end >= results.total and not results.more)
    before = shown.model_copy(update={"offset": max(0, shown.offset - PAGE)}) if shown.offset else None
    after = None if is_last else shown.model_copy(update={"offset": end})
    return pager(before, after)
