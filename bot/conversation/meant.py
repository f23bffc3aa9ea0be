"""Buttons of what a query may have meant: another query instead of it, or with the other names of what it names."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message
from aiogram.utils.i18n import gettext as _

from bot.conversation.middlewares import Toast, Visit
from bot.conversation.rights import READS
from bot.conversation.search import found
from bot.conversation.views import answer, rewrite, typed_in
from bot.keyboards import Instead, OtherNames
from storage.database import Database
from storage.expansions import Expansions
from storage.query import parse
from storage.widening import widened


def router() -> Router:
    router = Router(name="meant")
    router.callback_query.register(search_instead, Instead.filter(), flags=READS)
    router.callback_query.register(add_names, OtherNames.filter(), flags=READS)
    return router


async def search_instead(
    callback: CallbackQuery,
    callback_data: Instead,
    message: Message,
    toast: Toast,
    db: Database,
    visit: Visit,
    expansions: Expansions,
) -> None:
    """The message shows the query that found nothing, and behind it the offers."""
    offered = typed_in(message)[1:]
    if callback_data.place >= len(offered):
        toast.text = _("This button no longer works. Please search again.")
        return
    show = rewrite if callback_data.in_place else answer
    await show(message, await found(db, visit, expansions, offered[callback_data.place]))


async def add_names(
    callback: CallbackQuery, message: Message, toast: Toast, db: Database, visit: Visit, expansions: Expansions
) -> None:
    texts = typed_in(message)
    async with db.read() as conn:
        wider = await widened(conn, parse(texts[0]), expansions) if texts else None
    if wider is None:
        toast.text = _("This button no longer works. Please search again.")
        return
    await rewrite(message, await found(db, visit, expansions, wider.text))
