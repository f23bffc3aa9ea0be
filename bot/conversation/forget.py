"""/forget: everything stored about the chat goes, once that is said to be meant; there is no way back."""

from aiogram import Bot, Router
from aiogram.exceptions import TelegramAPIError
from aiogram.fsm.context import FSMContext
from aiogram.types import BotCommandScopeChat, CallbackQuery, Message
from aiogram.utils.i18n import gettext as _

from bot.conversation.digest import Digests
from bot.conversation.filters import named
from bot.conversation.memory import Memory
from bot.conversation.middlewares import Visit
from bot.conversation.rights import CHANGES
from bot.conversation.views import View, answer, rewrite
from bot.keyboards import Forget, button, keyboard
from storage import forgetting
from storage.database import Database


def router() -> Router:
    router = Router(name="forget")
    router.message.register(ask, named("forget"), flags=CHANGES)
    router.callback_query.register(decide, Forget.filter(), flags=CHANGES)
    return router


async def ask(message: Message) -> None:
    await answer(message, _are_you_sure())


async def decide(
    callback: CallbackQuery,
    callback_data: Forget,
    message: Message,
    bot: Bot,
    state: FSMContext,
    db: Database,
    digests: Digests,
    visit: Visit,
) -> None:
    if not callback_data.sure:
        await rewrite(message, View(_("All right, everything stays as it is. What I keep: /privacy")))
        return
    await forget(db, digests, visit)
    if isinstance(state.storage, Memory):
        state.storage.forget(message.chat.id)
    await rewrite(message, View(_("Done: I know nothing of this chat any more. To begin anew: /start")))
    await _forget_menu(bot, message)


async def forget(db: Database, digests: Digests, visit: Visit) -> None:
    """In a private chat all there is with the person, elsewhere this one place: a topic is a chat of its own."""
    chat = visit.chat
    thread_id = None if visit.in_private else chat.thread_id
    async with db.write() as conn:
        ids = await forgetting.rows_of(conn, chat.telegram_id, thread_id=thread_id)
        user = visit.rights.user if visit.in_private else None
        gone = await forgetting.forget(conn, ids, telegram_id=chat.telegram_id, user=user)
    await digests.forget(gone)
    # Once more by the housekeeping: what is going on with this very update is written down in a moment, and emptied.
    db.log_has_traces = True
    await db.empty_log()


def _are_you_sure() -> View:
    text = _(
        "<b>Forget this chat?</b> Everything I keep about it is deleted for good: subscriptions, schedule, language, "
        "time zone, saved stories, what you marked, and what I have told you. Nobody can bring it back, and no digest "
        "comes any more. A copy for yourself first: /export"
    )
    yes, no = button(_("Yes, forget everything"), Forget(sure=True)), button(_("No"), Forget(sure=False))
    return View(text, keyboard([[yes], [no]]))


async def _forget_menu(bot: Bot, message: Message) -> None:
    """The one in the language that was chosen here."""
    try:
        await bot.delete_my_commands(scope=BotCommandScopeChat(chat_id=message.chat.id))
    except TelegramAPIError:
        return
