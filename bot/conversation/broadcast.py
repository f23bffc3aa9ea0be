"""/broadcast, for admins alone, in their private chat: a message to all chats, after a look at it and a question.

words, or a message replied to ──▶ a draft, shown as it will look ──Send──▶ on its way (`bot.broadcasting`)
"""

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from aiogram.utils.formatting import Text
from aiogram.utils.i18n import gettext as _

from bot.conversation.admin_buttons import Discard, Halt, Launch, Scope
from bot.conversation.broadcast_views import progress_view, question_view, stopped_view
from bot.conversation.filters import IN_PRIVATE, Question, by_admin, named
from bot.conversation.middlewares import Toast, Visit
from bot.conversation.questions import ask, is_answer
from bot.conversation.rights import OPERATES
from bot.conversation.views import View, answer, rewrite
from bot.messages import TEXT_LIMIT, visible_length
from storage import broadcasts
from storage.broadcasts import Progress
from storage.database import Database


def router() -> Router:
    router = Router(name="broadcast")
    router.message.register(broadcast, named("broadcast"), IN_PRIVATE, by_admin, flags=OPERATES)
    router.message.register(take_text, Question.broadcast, is_answer, by_admin, flags=OPERATES)
    router.callback_query.register(choose_scope, Scope.filter(), by_admin, flags=OPERATES)
    router.callback_query.register(launch, Launch.filter(), by_admin, flags=OPERATES)
    router.callback_query.register(discard, Discard.filter(), by_admin, flags=OPERATES)
    router.callback_query.register(halt, Halt.filter(), by_admin, flags=OPERATES)
    return router


async def broadcast(message: Message, command: CommandObject, state: FSMContext, db: Database, visit: Visit) -> None:
    replied = message.reply_to_message
    if html := _arguments(message) if command.args else replied.html_text if replied and replied.text else "":
        await _offer(message, html, db, visit)
        return
    text = _("What shall I tell everybody? Send me the text; I show it to you before anybody else.")
    await ask(message, state, Question.broadcast, text)


async def take_text(message: Message, state: FSMContext, db: Database, visit: Visit) -> None:
    await state.set_state(None)
    await _offer(message, message.html_text, db, visit)


async def choose_scope(
    callback: CallbackQuery, callback_data: Scope, message: Message, toast: Toast, db: Database, visit: Visit
) -> None:
    async with db.read() as conn:
        draft = await broadcasts.find(conn, callback_data.broadcast)
    if draft is None or draft.state is not broadcasts.State.DRAFT:
        toast.text = _gone()
        return
    await rewrite(message, await _question(db, visit, draft.id, only_private=callback_data.only_private))


async def launch(
    callback: CallbackQuery, callback_data: Launch, message: Message, toast: Toast, db: Database, visit: Visit
) -> None:
    number, only_private = callback_data.broadcast, callback_data.only_private
    async with db.read() as conn:
        total = (await broadcasts.audience(conn, only_private=only_private, now=visit.now)).all
    async with db.write() as conn:
        if not await broadcasts.begin(
            conn, number, message_id=message.message_id, only_private=only_private, total=total, now=visit.now
        ):
            toast.text = _gone()
            return
    nothing = Progress(0, 0, 0)
    await rewrite(message, progress_view(number, nothing, total=total, is_over=False, language=visit.reader.language))


async def discard(
    callback: CallbackQuery, callback_data: Discard, message: Message, toast: Toast, db: Database
) -> None:
    async with db.write() as conn:
        if not await broadcasts.discard(conn, callback_data.broadcast):
            toast.text = _gone()
            return
    await rewrite(message, View(_("All right, nobody gets it.")))


async def halt(
    callback: CallbackQuery, callback_data: Halt, message: Message, toast: Toast, db: Database, visit: Visit
) -> None:
    async with db.write() as conn:
        one = await broadcasts.find(conn, callback_data.broadcast)
        if one is None or one.state is broadcasts.State.DRAFT:
            toast.text = _gone()
            return
        await broadcasts.stop(conn, one.id)
        progress = await broadcasts.progress(conn, one.id)
    await rewrite(message, stopped_view(progress, language=visit.reader.language))


async def _offer(message: Message, html: str, db: Database, visit: Visit) -> None:
    """The message as everybody would get it, and the question below; a private chat has its person's id."""
    if visible_length(html) > TEXT_LIMIT:
        await message.answer(_("This is longer than a message may be. Please make it shorter: /broadcast"))
        return
    await message.answer(html)
    async with db.write() as conn:
        draft = await broadcasts.draft(conn, html, by=message.chat.id, now=visit.now)
    await answer(message, await _question(db, visit, draft.id, only_private=False))


async def _question(db: Database, visit: Visit, broadcast_id: int, *, only_private: bool) -> View:
    async with db.read() as conn:
        audience = await broadcasts.audience(conn, only_private=only_private, now=visit.now)
    return question_view(broadcast_id, audience, only_private=only_private, language=visit.reader.language)


def _arguments(message: Message) -> str:
    """What stands behind the command, formatted as it was typed."""
    text = message.text or ""
    begin = len(text) - len(text.split(maxsplit=1)[1])
    return Text.from_entities(text, message.entities or [])[begin:].as_html()


def _gone() -> str:
    return _("This has been decided already. Begin anew: /broadcast")
