"""/language and /settings, and the way from one room to another."""

from contextlib import suppress

from aiogram import Bot, Router
from aiogram.enums import ChatType
from aiogram.exceptions import TelegramAPIError
from aiogram.filters import CommandObject
from aiogram.types import BotCommandScopeChat, CallbackQuery, Message
from aiogram.utils.i18n import I18n
from aiogram.utils.i18n import gettext as _

from bot.commands import menu
from bot.conversation.filters import named
from bot.conversation.middlewares import Toast, Visit
from bot.conversation.schedule import schedule_view
from bot.conversation.schedule_words import in_words
from bot.conversation.subscriptions import listed
from bot.conversation.timezone import timezone_view, zone_line
from bot.conversation.views import View, answer, rewrite
from bot.keyboards import Open, Room, SetLanguage, button, choices, keyboard
from bot.languages import LANGUAGES
from storage import chats, subscriptions
from storage.database import Database


def router() -> Router:
    router = Router(name="settings")
    router.message.register(settings, named("settings"))
    router.message.register(language, named("language"))
    router.callback_query.register(choose_language, SetLanguage.filter())
    router.callback_query.register(open_room, Open.filter())
    return router


async def settings(message: Message, db: Database, visit: Visit) -> None:
    await answer(message, await settings_view(db, visit))


async def language(message: Message, command: CommandObject, db: Database, i18n: I18n, bot: Bot, visit: Visit) -> None:
    code = _meant(command.args or "")
    if code is None:
        await answer(message, language_view(visit.reader.language))
        return
    await set_language(db, visit, code)
    with i18n.use_locale(code):
        await message.answer(_("From now on I speak English."))
        await _show_menu(bot, message, i18n, code, visit)


async def choose_language(
    callback: CallbackQuery,
    callback_data: SetLanguage,
    message: Message,
    toast: Toast,
    db: Database,
    i18n: I18n,
    bot: Bot,
    visit: Visit,
) -> None:
    code = _meant(callback_data.code)
    if code is None:
        toast.text = _("I don't speak this language any more.")
        return
    await set_language(db, visit, code)
    with i18n.use_locale(code):
        toast.text = _("From now on I speak English.")
        await rewrite(message, language_view(code))
        await _show_menu(bot, message, i18n, code, visit)


async def open_room(callback: CallbackQuery, callback_data: Open, message: Message, db: Database, visit: Visit) -> None:
    match callback_data.room:
        case Room.SETTINGS:
            view = await settings_view(db, visit)
        case Room.SUBSCRIPTIONS:
            view = await listed(db, visit)
        case Room.SCHEDULE:
            view = schedule_view(visit.preferences, now=visit.now)
        case Room.TIMEZONE:
            view = timezone_view(visit.preferences, now=visit.now)
        case Room.LANGUAGE:
            view = language_view(visit.reader.language)
    await rewrite(message, view)


async def set_language(db: Database, visit: Visit, code: str) -> None:
    async with db.write() as conn:
        await chats.change(conn, visit.chat.id, language=code)


async def settings_view(db: Database, visit: Visit) -> View:
    async with db.read() as conn:
        count = len(await subscriptions.of_chat(conn, visit.chat.id))
    schedule = in_words(visit.preferences.schedule, language=visit.reader.language)
    lines = (
        _("<b>Language</b>: {name}.").format(name=LANGUAGES[visit.reader.language]),
        zone_line(visit.preferences, now=visit.now),
        _("<b>Digest</b>: {schedule}.").format(schedule=schedule),
        _("<b>Subscriptions</b>: {count}.").format(count=count),
    )
    labels = {
        Room.LANGUAGE: _("Language"),
        Room.TIMEZONE: _("Time zone"),
        Room.SCHEDULE: _("Digest time"),
        Room.SUBSCRIPTIONS: _("Subscriptions"),
    }
    doors = [button(label, Open(room=room)) for room, label in labels.items()]
    return View("\n".join(lines), keyboard([doors[:2], doors[2:]]))


def language_view(present: str) -> View:
    options = [(name, SetLanguage(code=code)) for code, name in LANGUAGES.items()]
    back = [button(_("‹ Settings"), Open(room=Room.SETTINGS))]
    text = _("<b>Language</b>: {name}.").format(name=LANGUAGES[present])
    return View(text, keyboard([choices(options, chosen=LANGUAGES[present]), back]))


def _meant(words: str) -> str | None:
    """A language by its code, or by its name in itself or in English."""
    said = words.strip().casefold()
    others = {"russian": "ru", "по-русски": "ru", "английский": "en"}
    names = {name.casefold(): code for code, name in LANGUAGES.items()} | {code: code for code in LANGUAGES} | others
    return names.get(said)


async def _show_menu(bot: Bot, message: Message, i18n: I18n, code: str, visit: Visit) -> None:
    """Telegram goes by its own language: only here does it learn of the one chosen with the bot."""
    scope = BotCommandScopeChat(chat_id=message.chat.id)
    is_admins_own = visit.rights.is_admin and message.chat.type == ChatType.PRIVATE
    with suppress(TelegramAPIError):
        await bot.set_my_commands(menu(i18n, code, admin=is_admins_own), scope=scope)
