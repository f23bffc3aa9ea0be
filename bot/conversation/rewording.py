"""Other words for a subscription: it stays the same one, and what is new to the new words counts from then on."""

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from aiogram.utils.i18n import gettext as _

from bot import render
from bot.conversation.filters import Question
from bot.conversation.middlewares import Toast, Visit
from bot.conversation.questions import WHICH, ask, forget_question, is_answer
from bot.conversation.rights import CHANGES
from bot.conversation.subscriptions import card, gone
from bot.conversation.views import View, answer, rewrite
from bot.conversation.wording import looking_for
from bot.keyboards import Card, button, keyboard
from bot.subscription_buttons import Reword, UndoReword
from storage import subscriptions
from storage.database import Database
from storage.query import parse
from storage.subscriptions import Reworded
from storage.syntax import Query


def router() -> Router:
    router = Router(name="rewording")
    router.callback_query.register(ask_words, Reword.filter(), flags=CHANGES)
    router.callback_query.register(undo, UndoReword.filter(), flags=CHANGES)
    router.message.register(take_words, Question.rewording, is_answer, flags=CHANGES)
    return router


async def ask_words(
    callback: CallbackQuery,
    callback_data: Reword,
    toast: Toast,
    state: FSMContext,
    db: Database,
    visit: Visit,
) -> None:
    async with db.read() as conn:
        subscription = await subscriptions.by_id(conn, callback_data.id, chat_id=visit.chat.id)
    if subscription is None:
        toast.text = gone()
        return
    text = _("What shall I look for instead of {query}? Send me the new words, or /cancel.")
    question = text.format(query=render.typed(subscription.text))
    await ask(callback, state, Question.rewording, question, which=subscription.id)


async def take_words(message: Message, state: FSMContext, db: Database, visit: Visit) -> None:
    query = parse(message.text or "")
    id_ = await state.get_value(WHICH, 0)
    async with db.write() as conn:
        other = await subscriptions.find(conn, visit.chat.id, query)
        is_taken = other is not None and other.id != id_
        reworded = (
            None if is_taken else await subscriptions.reword(conn, id_, query, chat_id=visit.chat.id, now=visit.now)
        )
    if is_taken:
        text = _("You follow {query} already.").format(query=render.typed(query.text))
        await message.answer("\n".join([text, _("Try again, or /cancel.")]))
        return
    await state.set_state(None)
    await forget_question(state)
    await answer(message, _told(reworded, query) if reworded else View(gone()))


async def undo(
    callback: CallbackQuery, callback_data: UndoReword, message: Message, toast: Toast, db: Database, visit: Visit
) -> None:
    async with db.write() as conn:
        restored = await subscriptions.undo_reword(
            conn, callback_data.id, chat_id=visit.chat.id, deletion=callback_data.deletion
        )
    if restored is None:
        toast.text = _("This is back already, or it was changed too long ago to bring it back.")
        return
    toast.text = _("Done, the words are as they were.")
    await rewrite(message, card(restored, visit))


def _told(reworded: Reworded, query: Query) -> View:
    text = _("Now you follow {query} instead of {before}.").format(
        query=render.typed(reworded.subscription.text), before=render.typed(reworded.before)
    )
    id_, deletion = reworded.subscription.id, reworded.deletion
    undo = [button(_("Undo"), UndoReword(id=id_, deletion=deletion))] if deletion else []
    adjust = [button(_("Adjust"), Card(id=id_))]
    counts = _("What is new to these words counts from now on.")
    return View("\n".join([text, *looking_for(query), counts]), keyboard([undo, adjust]))
