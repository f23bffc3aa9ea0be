"""/addsource: what is at an address is read at once, and from then on.

/addsource ADDRESS ──▶ added, or known already: its card
                   ──▶ several feeds ──a press──▶ added
                   ──▶ what went wrong, and what to do next: FetchError, see errors
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final, Protocol

from aiogram import Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.filters import CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from aiogram.utils.chat_action import ChatActionSender
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from bot import render
from bot.adding import Several
from bot.conversation.filters import Question, named
from bot.conversation.memory import InOrder
from bot.conversation.middlewares import Toast, Visit, answer_press
from bot.conversation.questions import ask, expect, is_answer
from bot.conversation.rights import OPERATES
from bot.conversation.source_cards import bold_name, card
from bot.conversation.source_words import name
from bot.conversation.views import View, answer, typed_in
from bot.fetching import Added
from bot.keyboards import (
    AddShown,
    DeleteSource,
    LatestOfSource,
    SourceCard,
    button,
    keyboard,
    marked,
)
from bot.messages import italic, link, utf16_length
from bot.sources import addresses
from bot.sources.discover import MOST, Candidate
from bot.sources.opml import Outline
from bot.sources.query_lists import Listed
from bot.sources.trouble import FetchError, Trouble
from storage import feeds
from storage.database import Database
from storage.models import Draft

# Of whoever is not an admin.
SOURCES_EACH: Final = 20
# Ten candidates, each with its address in full, fit into a message; a longer one nobody could check.
ADDRESS_LIMIT: Final = 280
HEADLINE_LIMIT: Final = 200
LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


class Fetching(Protocol):
    """Reads what is at an address; the conversation asks for it."""

    async def add(self, typed: str, *, by: int | None, now: datetime) -> Added | Several:
        """Reads it from now on; several feeds, where a page names them. Raises FetchError."""

    async def outlines(self, data: bytes) -> tuple[Outline, ...]:
        """What an OPML file lists; raises SourceError."""

    async def listed(self, data: bytes, *, is_markup: bool) -> Listed:
        """The subscriptions that a file lists, which says of itself whether it is markup; raises SourceError."""


def router() -> Router:
    router = Router(name="addsource")
    router.message.register(addsource, named("addsource"), flags=OPERATES)
    router.message.register(add_answer, Question.source, is_answer, flags=OPERATES)
    router.callback_query.register(add_shown, AddShown.filter(), flags=OPERATES)
    return router


async def addsource(
    message: Message,
    command: CommandObject,
    state: FSMContext,
    order: InOrder,
    db: Database,
    fetching: Fetching,
    visit: Visit,
) -> None:
    if why_not := await refusal(db, visit) or _still_reading(order, state):
        await message.answer(why_not)
    elif command.args:
        try:
            async with order.aside(state.key):
                result = await _read(message, command.args, fetching, visit)
            view = told(result, visit)
        except FetchError:
            # The next message may be the right address, unless another question has been asked meanwhile.
            if await state.get_state() is None:
                await expect(message, state, Question.source)
            raise
        await answer(message, view)
    else:
        example = render.typed("/addsource report.az")
        text = _(
            "What shall I read? Send me the address of a feed or a site, or a public Telegram channel as @name.\n"
            "Or in one go: {command}"
        )
        await ask(message, state, Question.source, text.format(command=example))


async def add_answer(
    message: Message, state: FSMContext, order: InOrder, db: Database, fetching: Fetching, visit: Visit
) -> None:
    if reading := _still_reading(order, state):
        await message.answer(reading)
        return
    # A list of sources may have been sent since the question was asked.
    if why_not := await refusal(db, visit):
        view = View(why_not)
    else:
        async with order.aside(state.key):
            result = await _read(message, message.text or "", fetching, visit)
        view = told(result, visit)
    # Another question may have been asked meanwhile.
    if await state.get_state() == Question.source.state:
        await state.set_state(None)
    await answer(message, view)


async def add_shown(
    callback: CallbackQuery,
    callback_data: AddShown,
    message: Message,
    toast: Toast,
    state: FSMContext,
    order: InOrder,
    db: Database,
    fetching: Fetching,
    visit: Visit,
) -> None:
    offered = typed_in(message)
    if callback_data.place >= len(offered):
        toast.text = _("This button no longer works. Please send /addsource again.")
    elif why_not := await refusal(db, visit) or _still_reading(order, state):
        toast.text = why_not
    else:
        # Reading takes longer than a press waits.
        toast.text = _("Reading…")
        await answer_press(callback, toast)
        async with order.aside(state.key):
            result = await _read(message, offered[callback_data.place], fetching, visit)
        # Pressed twice, it is marked already.
        with suppress(TelegramBadRequest):
            await message.edit_reply_markup(reply_markup=marked(message, callback.data))
        await answer(message, told(result, visit))


async def refusal(db: Database, visit: Visit) -> str | None:
    """Why whoever asks can add no source here; None where they can."""
    if not visit.rights.may_add:
        return _("Here only whoever runs this bot can add sources. What I read: /sources")
    if await room(db, visit) == 0:
        return limit_reached()
    return None


def limit_reached() -> str:
    return _("You have added {count} sources, and more are not possible. Delete one first: /sources").format(
        count=SOURCES_EACH
    )


async def room(db: Database, visit: Visit) -> int | None:
    """How many more sources whoever asks can add; None where there is no limit."""
    if visit.rights.is_admin or visit.rights.user is None:
        return None
    async with db.read() as conn:
        return max(0, SOURCES_EACH - await feeds.count_added_by(conn, visit.rights.user))


def told(result: Added | Several, visit: Visit) -> View:
    """What was found."""
    if isinstance(result, Several):
        return _choice(result.candidates)
    return _begun(result, visit) if result.is_new else _known(result, visit)


def _still_reading(order: InOrder, state: FSMContext) -> str | None:
    """One address of a person's at a time: each may take a minute and more."""
    return _("I am still reading the last address. Please wait for it first.") if order.has_aside(state.key) else None


async def _read(message: Message, typed: str, fetching: Fetching, visit: Visit) -> Added | Several:
    assert message.bot
    topic = message.message_thread_id if message.is_topic_message else None
    async with ChatActionSender.typing(chat_id=message.chat.id, bot=message.bot, message_thread_id=topic):
        return await fetching.add(typed, by=visit.rights.user, now=visit.now)


def _choice(candidates: Sequence[Candidate]) -> View:
    """The addresses stand in the message, where a press reads them: they are too long for a button."""
    offered = [one for one in candidates[:MOST] if utf16_length(one.url) <= ADDRESS_LIMIT]
    if not offered:
        raise FetchError(Trouble.NO_FEED_FOUND)
    titles = [f"{place}. {name(one.title, one.url)}" for place, one in enumerate(offered, start=1)]
    blocks = [f"{link(title, one.url)}\n{render.typed(one.url)}" for title, one in zip(titles, offered, strict=True)]
    rows = [[button(title, AddShown(place=place))] for place, title in enumerate(titles)]
    head = [_("There are several feeds. Which one shall I read?")]
    if len(candidates) > MOST:
        head.append(_("Shown are the first {count}.").format(count=MOST))
    return View("\n\n".join([" ".join(head), *blocks]), keyboard(rows))


def _known(added: Added, visit: Visit) -> View:
    shown = card(added.feed, visit)
    return View("\n\n".join([_("I read this source already."), shown.text]), shown.buttons)


def _begun(added: Added, visit: Visit) -> View:
    feed, count = added.feed, len(added.drafts)
    head = _("New source: {name}.").format(name=bold_name(feed))
    if newest := max(added.drafts, key=lambda draft: draft.published_at or LONG_AGO, default=None):
        found = [" ".join([head, _holds(count)]), _headline(newest, visit)]
        found.append(_("All of it can be searched; what comes from now on goes into the digests, too."))
    else:
        is_channel = feed.url.startswith(addresses.TELEGRAM)
        remark = [_("Posts without text I don't read.")] if is_channel else []
        found = [" ".join([head, _("It holds no articles yet; I will look again soon."), *remark])]
    buttons = [
        [button(_("Show the latest"), LatestOfSource(id=feed.id))] if newest else [],
        [button(_("Adjust"), SourceCard(id=feed.id)), button(_("Delete"), DeleteSource(id=feed.id))],
    ]
    return View("\n\n".join(found), keyboard(buttons))


def _holds(count: int) -> str:
    """A single one is no newest, but a language may say 21 as it says one."""
    if count == 1:
        return _("It holds 1 article:")
    text = ngettext("It holds {count} article, the newest:", "It holds {count} articles, the newest:", count)
    return text.format(count=count)


def _headline(draft: Draft, visit: Visit) -> str:
    title = name(draft.title, "…", limit=HEADLINE_LIMIT)
    shown = [link(title, draft.url or "")]
    if draft.published_at:
        shown.append(italic(render.moment(draft.published_at, reader=visit.reader, now=visit.now)))
    return "\n".join(shown)
