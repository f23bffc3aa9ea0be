"""/subscribe, and every button that follows something: what it would have caught lately, and what comes next."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from bot import render
from bot.conversation.filters import PLAIN_TEXT, Question, ask, named
from bot.conversation.middlewares import Toast, Visit
from bot.conversation.offers import offers
from bot.conversation.schedule_words import next_digest
from bot.conversation.views import View, answer, typed_in
from bot.conversation.wording import looking_for
from bot.keyboards import Card, FollowShown, button, keyboard
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
    router.message.register(subscribe, named("subscribe"))
    router.message.register(subscribe_to_answer, Question.query, PLAIN_TEXT)
    router.callback_query.register(follow_shown, FollowShown.filter())
    return router


async def subscribe(message: Message, command: CommandObject, state: FSMContext, db: Database, visit: Visit) -> None:
    if command.args:
        await answer(message, begun(await follow(db, visit, command.args), visit))
        return
    await ask(state, Question.query, message)
    examples = ", ".join(render.typed(example) for example in (_("middle corridor"), _('"peace council"')))
    await message.answer(
        _("What would you like to follow? Send me words or a phrase: {examples}.").format(examples=examples)
    )


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
    """Raises QueryError. The first subscription of a chat sets its digests going."""
    query = parse(text)
    async with db.write() as conn:
        followed = await subscriptions.follow(conn, visit.chat.id, query, now=visit.now)
        if visit.chat.next_due_at is None:
            await chats.change(conn, visit.chat.id, next_due_at=visit.preferences.next_digest(after=visit.now))
    async with db.read() as conn:
        since = visit.now - LOOK_BACK
        recent = await search(
            conn, query, now=visit.now, limit=PREVIEW, sort=Sort.DATE, standing=True, since=since, counted=COUNTED
        )
        meant = () if recent.total else await nearest(conn, query, now=visit.now)
    subscription, is_new = followed.subscription, followed.is_new
    return Start(subscription=subscription, query=query, is_new=is_new, recent=recent, meant=meant)


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
    schedule = visit.preferences.schedule
    if schedule.instant:
        return _("I will write as soon as there is something new.")
    at = visit.preferences.next_digest(after=visit.now)
    if at is None:
        return _("Digests are switched off: /schedule turns them on, /digest shows what is new.")
    return " ".join([next_digest(at, reader=visit.reader, now=visit.now), _("Another time: /schedule")])
