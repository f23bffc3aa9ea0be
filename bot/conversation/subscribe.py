"""/subscribe, and every button that follows something: what it would have caught lately, and what comes next."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from aiogram import F, Router
from aiogram.filters import CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import render
from bot.conversation.elsewhere import here_only
from bot.conversation.filters import Question, named
from bot.conversation.middlewares import Toast, Visit
from bot.conversation.mistakes import MOST_SUBSCRIPTIONS, LimitError
from bot.conversation.offers import offers
from bot.conversation.pause import paused_line
from bot.conversation.questions import ask, is_answer
from bot.conversation.rights import CHANGES
from bot.conversation.schedule_words import next_digest
from bot.conversation.views import View, answer, typed_in
from bot.conversation.wording import looking_for
from bot.keyboards import Ask, Card, FollowShown, Room, button, keyboard
from storage import chats, subscriptions
from storage.database import Database
from storage.models import Results, Subscription
from storage.query import parse
from storage.search import Sort, search
from storage.suggestions import nearest
from storage.syntax import Query

LOOK_BACK: Final = timedelta(days=7)
PREVIEW: Final = 3
# Phrases are counted up to here: each of their stories has to be looked through.
COUNTED: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A subscription that has just been asked for, and what it would have caught lately; where that is nothing,
    what may have been meant."""

    subscription: Subscription
    query: Query
    is_new: bool
    recent: Results
    meant: tuple[str, ...] = ()


def router() -> Router:
    router = Router(name="subscribe")
    router.message.register(subscribe, named("subscribe"), flags=CHANGES)
    router.message.register(subscribe_to_answer, Question.query, is_answer, flags=CHANGES)
    router.callback_query.register(ask_for_topic, Ask.filter(F.about == Room.SUBSCRIPTIONS), flags=CHANGES)
    router.callback_query.register(follow_shown, FollowShown.filter(), flags=CHANGES)
    return router


async def subscribe(message: Message, command: CommandObject, state: FSMContext, db: Database, visit: Visit) -> None:
    if command.args:
        await answer(message, begun(await follow(db, visit, command.args), visit))
    else:
        await ask(message, state, Question.query, _what_to_follow())


async def ask_for_topic(callback: CallbackQuery, state: FSMContext) -> None:
    await ask(callback, state, Question.query, _what_to_follow())


async def subscribe_to_answer(message: Message, state: FSMContext, db: Database, visit: Visit) -> None:
    start = await follow(db, visit, message.text or "")
    await state.set_state(None)
    await answer(message, begun(start, visit))


async def follow_shown(
    callback: CallbackQuery, callback_data: FollowShown, message: Message, toast: Toast, db: Database, visit: Visit
) -> None:
    texts = typed_in(message)
    if callback_data.place >= len(texts):
        toast.text = _("This button no longer works. Please search again.")
        return
    start = await follow(db, visit, texts[callback_data.place])
    if start.is_new:
        await answer(message, begun(start, visit))
    else:
        toast.text = _("You follow this already.")


async def follow(db: Database, visit: Visit, text: str) -> Start:
    """Raises QueryError, LimitError. The first subscription of a chat sets its digests going."""
    query = parse(text)
    async with db.write() as conn:
        followed = await subscriptions.follow(conn, visit.chat.id, query, now=visit.now)
        await keep_to_limit(conn, visit, is_more=followed.is_new)
        await set_going(conn, visit)
    async with db.read() as conn:
        since = visit.now - LOOK_BACK
        recent = await search(
            conn, query, now=visit.now, limit=PREVIEW, sort=Sort.DATE, standing=True, since=since, counted=COUNTED
        )
        meant = () if recent.total else await nearest(conn, query, now=visit.now)
    subscription, is_new = followed.subscription, followed.is_new
    return Start(subscription=subscription, query=query, is_new=is_new, recent=recent, meant=meant)


async def set_going(conn: AsyncConnection, visit: Visit) -> None:
    """A chat that follows something has a next digest, if any are to come."""
    chat = await chats.by_id(conn, visit.chat.id)
    if chat and chat.next_due_at is None:
        await chats.change(conn, visit.chat.id, next_due_at=visit.preferences.next_digest(after=visit.now))


async def keep_to_limit(conn: AsyncConnection, visit: Visit, *, is_more: bool) -> None:
    """Raises LimitError where the chat follows too much by now, which undoes what this transaction has done."""
    if is_more and await subscriptions.count_of_chat(conn, visit.chat.id) > MOST_SUBSCRIPTIONS:
        raise LimitError


def begun(start: Start, visit: Visit) -> View:
    """What is followed from now on, or has been all along."""
    query = render.typed(start.subscription.text)
    adjust = [button(_("Adjust"), Card(id=start.subscription.id))]
    if not start.is_new:
        text = (
            _("You follow {query} already, but it is paused.")
            if start.subscription.paused
            else _("You follow {query} already.")
        )
        return View(text.format(query=query), keyboard([adjust]))
    offered, rows = offers(start.meant, in_place=False)
    blocks = [render.story(hit, reader=visit.reader, now=visit.now) for hit in start.recent.hits]
    words = looking_for(start.query)
    followed, lately = _("Now you follow {query}.").format(query=query), _lately_text(start.recent)
    head = "\n".join([followed, *words, lately]) if words else f"{followed} {lately}"
    return View("\n\n".join([head, *blocks, _what_comes(visit), *offered]), keyboard([*rows, adjust]))


def _what_to_follow() -> str:
    examples = ", ".join(render.typed(example) for example in (_("middle corridor"), _('"peace council"')))
    return _("What would you like to follow? Send me words or a phrase: {examples}.").format(examples=examples)


def _lately_text(recent: Results) -> str:
    if not recent.total:
        return _("There was nothing about it in the last 7 days.")
    if recent.more:
        lately = ngettext(
            "There was more than {count} such story in the last 7 days:",
            "There were more than {count} such stories in the last 7 days:",
            recent.total,
        )
    else:
        lately = ngettext(
            "There was {count} such story in the last 7 days:",
            "There were {count} such stories in the last 7 days:",
            recent.total,
        )
    return lately.format(count=recent.total)


def _what_comes(visit: Visit) -> str:
    if visit.preferences.is_paused(visit.now):
        return "\n".join(paused_line(visit))
    if visit.preferences.schedule.instant:
        return _("I will write as soon as there is something new.")
    at = visit.preferences.next_digest(after=visit.now)
    if at is None:
        return _("Digests are switched off: /schedule turns them on, /digest shows what is new.")
    hint = here_only(_("Another time: /schedule"))
    return " ".join(filter(None, [next_digest(at, reader=visit.reader, now=visit.now), hint]))
