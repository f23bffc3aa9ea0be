"""/unsubscribe by query, by number or all at once, and the delete buttons; what is deleted can be brought back."""

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
from bot.conversation.filters import named
from bot.conversation.keyboards import Delete, DeleteAll, Open, Room, Undo, button, keyboard
from bot.conversation.middlewares import Toast, Visit
from bot.conversation.subscribe import follow
from bot.conversation.subscriptions import gone, listed
from bot.conversation.views import View, answer, rewrite, typed_in
from bot.messages import visible_length
from storage import subscriptions
from storage.database import Database
from storage.models import Subscription
from storage.query import parse
from storage.subscriptions import Dropped

EVERYTHING: Final = {"all", "everything", "все", "всё"}
# UTF-16 units of a message that may go to the list of what was deleted; what does not fit is only counted.
LIST_LIMIT: Final = 3500
# How many deletions of a chat are remembered as they were; older ones are followed anew by what the message says.
REMEMBERED: Final = 10


def router() -> Router:
    router = Router(name="unsubscribe")
    router.message.register(unsubscribe, named("unsubscribe"))
    router.callback_query.register(delete, Delete.filter())
    router.callback_query.register(delete_all, DeleteAll.filter())
    router.callback_query.register(undo, Undo.filter())
    return router


async def unsubscribe(message: Message, command: CommandObject, state: FSMContext, db: Database, visit: Visit) -> None:
    words = (command.args or "").strip()
    async with db.read() as conn:
        followed = await subscriptions.of_chat(conn, visit.chat.id)
    if not followed:
        view = View(nothing_followed())
    elif not words:
        view = await listed(db, visit, deleting=True)
    elif words.casefold() in EVERYTHING:
        view = _are_you_sure(len(followed))
    elif one := meant(words, followed):
        view = await _delete(db, state, visit, [one])
    else:
        view = _not_followed(words)
    await answer(message, view)


async def delete(
    callback: CallbackQuery,
    callback_data: Delete,
    message: Message,
    toast: Toast,
    state: FSMContext,
    db: Database,
    visit: Visit,
) -> None:
    async with db.read() as conn:
        subscription = await subscriptions.by_id(conn, callback_data.id, chat_id=visit.chat.id)
    if subscription:
        await rewrite(message, await _delete(db, state, visit, [subscription]))
    else:
        toast.text = gone()


async def delete_all(
    callback: CallbackQuery, callback_data: DeleteAll, message: Message, state: FSMContext, db: Database, visit: Visit
) -> None:
    async with db.read() as conn:
        followed = await subscriptions.of_chat(conn, visit.chat.id) if callback_data.sure else []
    await rewrite(message, await _delete(db, state, visit, followed) if followed else await listed(db, visit))


async def undo(
    callback: CallbackQuery,
    callback_data: Undo,
    message: Message,
    toast: Toast,
    state: FSMContext,
    db: Database,
    visit: Visit,
) -> None:
    if rows := (await _dropped(state)).get(callback_data.id):
        async with db.write() as conn:
            await subscriptions.restore(conn, rows)
    else:
        for text in typed_in(message):
            await follow(db, visit, text)
    toast.text = _("Done, it is back.")
    await rewrite(message, await listed(db, visit))


def meant(words: str, followed: list[Subscription]) -> Subscription | None:
    """The one with this number in the list, or with this query; raises QueryError for what is neither."""
    number = int(words) if words.isdecimal() and len(words) < 10 else 0
    if 0 < number <= len(followed):
        return followed[number - 1]
    canonical = parse(words).canonical
    return next((subscription for subscription in followed if subscription.canonical == canonical), None)


async def _delete(db: Database, state: FSMContext, visit: Visit, doomed: list[Subscription]) -> View:
    async with db.write() as conn:
        rows = await subscriptions.drop(conn, visit.chat.id, [subscription.id for subscription in doomed])
    remembered = {**await _dropped(state), doomed[0].id: rows}
    await state.update_data(dropped=dict(list(remembered.items())[-REMEMBERED:]))
    return _deleted(doomed)


async def _dropped(state: FSMContext) -> dict[int, list[Dropped]]:
    """What was deleted lately, by the id of the first of each deletion."""
    dropped: dict[int, list[Dropped]] = await state.get_value("dropped", {})
    return dropped


def _deleted(doomed: list[Subscription]) -> View:
    count = len(doomed)
    head = ngettext("You no longer follow {count} topic:", "You no longer follow {count} topics:", count)
    lines = _fitting([render.typed(subscription.text) for subscription in doomed])
    rest = [_("and {count} more").format(count=count - len(lines))] if len(lines) < count else []
    buttons = [
        [button(_("Undo"), Undo(id=doomed[0].id))],
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
    return View(
        question, keyboard([[button(_("Yes, all"), DeleteAll(sure=True)), button(_("No"), DeleteAll(sure=False))]])
    )


def _not_followed(words: str) -> View:
    text = _("You don't follow {query}. What you follow: /subscriptions").format(query=render.typed(words))
    return View(text)
