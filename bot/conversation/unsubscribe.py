"""/unsubscribe by query, by number or all at once, and the delete buttons; for a day it can be undone."""

from itertools import accumulate
from typing import Final

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from bot import render
from bot.conversation.digest import nothing_followed
from bot.conversation.filters import Question, named
from bot.conversation.middlewares import Toast, Visit
from bot.conversation.questions import expect, is_answered
from bot.conversation.rights import CHANGES, CHANGES_BY_WORDS
from bot.conversation.subscribe import keep_to_limit
from bot.conversation.subscriptions import gone, listed
from bot.conversation.views import View, answer, rewrite
from bot.keyboards import Delete, DeleteAll, Open, Room, Undo, button, keyboard
from bot.messages import visible_length
from storage import subscriptions
from storage.database import Database
from storage.models import Subscription
from storage.query import parse
from storage.subscriptions import Dropped

EVERYTHING: Final = {"all", "everything", "все", "всё"}
# UTF-16 units of a message that may go to the list of what was deleted; what does not fit is only counted.
LIST_LIMIT: Final = 3500


def router() -> Router:
    router = Router(name="unsubscribe")
    router.message.register(unsubscribe, named("unsubscribe"), flags=CHANGES_BY_WORDS)
    router.message.register(unsubscribe_from_answer, Question.unsubscribe, names_one, flags=CHANGES)
    router.callback_query.register(delete, Delete.filter(), flags=CHANGES)
    router.callback_query.register(delete_all, DeleteAll.filter(), flags=CHANGES)
    router.callback_query.register(undo, Undo.filter(), flags=CHANGES)
    return router


async def unsubscribe(message: Message, command: CommandObject, state: FSMContext, db: Database, visit: Visit) -> None:
    words = (command.args or "").strip()
    if not words:
        await expect(message, state, Question.unsubscribe)
    await answer(message, await _unsubscribed(db, visit, words))


async def names_one(message: Message, state: FSMContext) -> bool:
    """By its number, or all; a query in words is a search."""
    words = (message.text or "").strip()
    return await is_answered(message, state, is_understood=words.isdecimal() or words.casefold() in EVERYTHING)


async def unsubscribe_from_answer(message: Message, state: FSMContext, db: Database, visit: Visit) -> None:
    await state.set_state(None)
    await answer(message, await _unsubscribed(db, visit, (message.text or "").strip()))


async def _unsubscribed(db: Database, visit: Visit, words: str) -> View:
    async with db.read() as conn:
        followed = await subscriptions.of_chat(conn, visit.chat.id)
    if not followed:
        return View(nothing_followed())
    if not words:
        return await listed(db, visit, deleting=True)
    if words.casefold() in EVERYTHING:
        return _are_you_sure(len(followed))
    if one := meant(words, followed):
        return await stop_following(db, visit, [one.id]) or _not_followed(words)
    return _not_followed(words)


async def delete(
    callback: CallbackQuery, callback_data: Delete, message: Message, toast: Toast, db: Database, visit: Visit
) -> None:
    if view := await stop_following(db, visit, [callback_data.id]):
        await rewrite(message, view)
    else:
        toast.text = gone()


async def delete_all(
    callback: CallbackQuery, callback_data: DeleteAll, message: Message, db: Database, visit: Visit
) -> None:
    async with db.read() as conn:
        followed = await subscriptions.of_chat(conn, visit.chat.id) if callback_data.sure else []
    deleted = await stop_following(db, visit, [one.id for one in followed]) if followed else None
    await rewrite(message, deleted or await listed(db, visit))


async def undo(
    callback: CallbackQuery, callback_data: Undo, message: Message, toast: Toast, db: Database, visit: Visit
) -> None:
    async with db.write() as conn:
        restored = await subscriptions.restore(conn, visit.chat.id, callback_data.deletion)
        await keep_to_limit(conn, visit, is_more=bool(restored))
    toast.text = (
        _("Done, everything is back.")
        if restored
        else _("This is back already, or it was deleted too long ago to bring it back.")
    )
    await rewrite(message, await listed(db, visit))


def meant(words: str, followed: list[Subscription]) -> Subscription | None:
    """The one with this number in the list, or with this query; raises QueryError for what is neither."""
    number = int(words) if words.isdecimal() and len(words) < 10 else 0
    if 0 < number <= len(followed):
        return followed[number - 1]
    canonical = parse(words).canonical
    return next((subscription for subscription in followed if subscription.canonical == canonical), None)


async def stop_following(db: Database, visit: Visit, doomed: list[int]) -> View | None:
    """None where nothing of it is followed any more."""
    async with db.write() as conn:
        dropped = await subscriptions.drop(conn, visit.chat.id, doomed, now=visit.now)
    return _deleted(dropped) if dropped.subscriptions else None


def _deleted(dropped: Dropped) -> View:
    count = len(dropped.subscriptions)
    head = ngettext("You no longer follow {count} topic:", "You no longer follow {count} topics:", count)
    lines = _fitting([render.typed(subscription.text) for subscription in dropped.subscriptions])
    rest = [_("and {count} more").format(count=count - len(lines))] if len(lines) < count else []
    buttons = [
        [button(_("Undo"), Undo(deletion=dropped.deletion))],
        [button(_("‹ All subscriptions"), Open(room=Room.SUBSCRIPTIONS))],
    ]
    return View("\n".join([head.format(count=count), *lines, *rest]), keyboard(buttons))


def _fitting(lines: list[str]) -> list[str]:
    lengths = accumulate(visible_length(line) + 1 for line in lines)
    return [line for line, length in zip(lines, lengths, strict=True) if length <= LIST_LIMIT]


def _are_you_sure(count: int) -> View:
    question = ngettext("Stop following {count} topic?", "Stop following all {count} topics?", count).format(
        count=count
    )
    yes = _("Yes, all") if count > 1 else _("Yes")
    return View(question, keyboard([[button(yes, DeleteAll(sure=True)), button(_("No"), DeleteAll(sure=False))]]))


def _not_followed(words: str) -> View:
    if words.isdecimal():
        return View(_("There is no number {number} in your list: /subscriptions").format(number=render.brief(words)))
    return View(_("You don't follow {query}. What you follow: /subscriptions").format(query=render.typed(words)))
