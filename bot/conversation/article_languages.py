"""In which languages a chat wants its stories: one button each for those that articles come in, and one for all."""

from collections.abc import Iterable
from typing import Final

from aiogram import Router
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message
from aiogram.utils.i18n import gettext as _

from bot.conversation.middlewares import Visit
from bot.conversation.rights import CHANGES
from bot.conversation.views import View, rewrite
from bot.items import pages
from bot.keyboards import CHOSEN, Open, Room, SetArticleLanguage, button, keyboard
from bot.render import language_name
from storage import article_languages, chats
from storage.database import Database
from storage.models import Chat

# So many languages are offered, two in a row.
OFFERED: Final = 10


def router() -> Router:
    router = Router(name="article_languages")
    router.callback_query.register(set_language, SetArticleLanguage.filter(), flags=CHANGES)
    return router


async def set_language(
    callback: CallbackQuery, callback_data: SetArticleLanguage, message: Message, db: Database, visit: Visit
) -> None:
    chosen = changed(visit.chat.languages, callback_data)
    async with db.write() as conn:
        chat = await chats.change(conn, visit.chat.id, languages=",".join(sorted(chosen)) or None)
    await rewrite(message, await article_languages_view(db, chat, language=visit.reader.language))


def changed(chosen: frozenset[str], press: SetArticleLanguage) -> frozenset[str]:
    """None chosen means all, so that the last one taken away brings all back."""
    if not press.code:
        return frozenset()
    return chosen | {press.code} if press.wanted else chosen - {press.code}


async def article_languages_view(db: Database, chat: Chat, *, language: str) -> View:
    async with db.read() as conn:
        offered = await article_languages.most_common(conn, limit=OFFERED)
    codes = dict.fromkeys((*offered, *sorted(chat.languages)))
    toggles = [_toggle(code, is_chosen=code in chat.languages, language=language) for code in codes]
    everything = button(_mark(_("All"), is_chosen=not chat.languages), SetArticleLanguage(code="", wanted=True))
    back = button(_("‹ Settings"), Open(room=Room.SETTINGS))
    about = _(
        "I send you only stories told in the languages you choose; search finds all of them. "
        "What is left out meanwhile does not come later."
    )
    text = f"{languages_line(chat.languages, language=language)}\n\n{about}"
    return View(text, keyboard([*pages(toggles, 2), [everything], [back]]))


def languages_line(chosen: Iterable[str], *, language: str) -> str:
    names = ", ".join(language_name(code, language) for code in sorted(chosen))
    return _("<b>Languages of articles</b>: {names}.").format(names=names or _("all"))


def _toggle(code: str, *, is_chosen: bool, language: str) -> InlineKeyboardButton:
    label = _mark(language_name(code, language), is_chosen=is_chosen)
    return button(label, SetArticleLanguage(code=code, wanted=not is_chosen))


def _mark(label: str, *, is_chosen: bool) -> str:
    return f"{CHOSEN}{label}" if is_chosen else label
