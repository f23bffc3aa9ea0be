"""/language and /settings, and the way from one room to another."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

from aiogram import Bot, Router
from aiogram.enums import ChatType
from aiogram.exceptions import TelegramAPIError
from aiogram.filters import CommandObject
from aiogram.types import BotCommandScopeChat, CallbackQuery, Message
from aiogram.utils.i18n import I18n
from aiogram.utils.i18n import gettext as _

from bot.commands import menu
from bot.conversation.article_languages import article_languages_view, languages_line
from bot.conversation.elsewhere import shown
from bot.conversation.feedback import counted, feedback_view
from bot.conversation.filters import named
from bot.conversation.middlewares import Toast, Visit
from bot.conversation.pause import paused_line
from bot.conversation.rights import CHANGES, CHANGES_BY_WORDS, READS
from bot.conversation.schedule import schedule_view
from bot.conversation.schedule_words import in_words
from bot.conversation.subscriptions import listed
from bot.conversation.timezone import timezone_view, zone_line
from bot.conversation.views import View, answer, rewrite
from bot.items import pages
from bot.keyboards import Open, Room, SetImages, SetLanguage, SetTopicLimit, button, choices, keyboard
from bot.languages import LANGUAGES, meant
from bot.preferences import preferences
from bot.story_view import mentioned
from storage import chats, feedback, subscriptions
from storage.database import Database
from storage.feedback import Given

# How many stories of a topic a digest may show at once, beside all.
TOPIC_LIMITS: Final = (3, 5, 10)
# So many of the stories on which there is feedback are named in the settings.
FEEDBACK_SHOWN: Final = 2


def router() -> Router:
    router = Router(name="settings")
    router.message.register(settings, named("settings"), flags=READS)
    router.message.register(language, named("language"), flags=CHANGES_BY_WORDS)
    router.callback_query.register(choose_language, SetLanguage.filter(), flags=CHANGES)
    router.callback_query.register(open_room, Open.filter(), flags=READS)
    router.callback_query.register(set_images, SetImages.filter(), flags=CHANGES)
    router.callback_query.register(set_topic_limit, SetTopicLimit.filter(), flags=CHANGES)
    return router


async def settings(message: Message, db: Database, visit: Visit) -> None:
    await answer(message, await settings_view(db, visit))


async def language(message: Message, command: CommandObject, db: Database, i18n: I18n, bot: Bot, visit: Visit) -> None:
    code = meant(command.args or "")
    if code is None:
        await answer(message, language_view(visit.reader.language))
        return
    await set_language(db, visit, code)
    before = visit.reader.language
    back = [button(LANGUAGES[before], SetLanguage(code=before))] if before != code else []
    with i18n.use_locale(code):
        await answer(message, View(_("From now on I speak English."), keyboard([back])))
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
    code = meant(callback_data.code)
    if code is None:
        toast.text = _("I don't speak this language any more.")
        return
    await set_language(db, visit, code)
    if shown():
        # Another chat's: it is talked of in the language of whoever reads here.
        await rewrite(message, language_view(code))
        return
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
            view = language_view(chosen_language(visit))
        case Room.TOPIC_LIMIT:
            view = topic_limit_view(visit.chat.topic_limit)
        case Room.FEEDBACK:
            view = await feedback_view(db, visit)
        case Room.ARTICLE_LANGUAGES:
            view = await article_languages_view(db, visit.chat, language=visit.reader.language)
    await rewrite(message, view)


async def set_images(
    callback: CallbackQuery, callback_data: SetImages, message: Message, toast: Toast, db: Database, visit: Visit
) -> None:
    async with db.write() as conn:
        chat = await chats.change(conn, visit.chat.id, images=callback_data.wanted)
    toast.text = _("Alerts and digests come with a picture now.") if chat.images else _("No more pictures.")
    await rewrite(message, await settings_view(db, replace(visit, chat=chat)))


async def set_topic_limit(
    callback: CallbackQuery, callback_data: SetTopicLimit, message: Message, toast: Toast, db: Database, visit: Visit
) -> None:
    limit = callback_data.limit or None
    if limit not in (None, *TOPIC_LIMITS):
        toast.text = _("This button no longer works. What I can do: /help")
        return
    async with db.write() as conn:
        chat = await chats.change(conn, visit.chat.id, topic_limit=limit)
    toast.text = _("Done")
    await rewrite(message, topic_limit_view(chat.topic_limit))


async def set_language(db: Database, visit: Visit, code: str) -> None:
    async with db.write() as conn:
        await chats.change(conn, visit.chat.id, language=code)


async def settings_view(db: Database, visit: Visit) -> View:
    async with db.read() as conn:
        count = len(await subscriptions.of_chat(conn, visit.chat.id))
        said = await feedback.count(conn, visit.chat.id)
        latest = await feedback.of_chat(conn, visit.chat.id, limit=FEEDBACK_SHOWN)
    schedule = in_words(visit.preferences.schedule, language=visit.reader.language)
    lines = (
        _("<b>Language</b>: {name}.").format(name=LANGUAGES[chosen_language(visit)]),
        zone_line(visit.preferences, now=visit.now),
        _("<b>Digest</b>: {schedule}.").format(schedule=schedule),
        *paused_line(visit),
        _("<b>Subscriptions</b>: {count}.").format(count=count),
        _limit_line(visit.chat.topic_limit),
        languages_line(visit.chat.languages, language=visit.reader.language),
        _("<b>Pictures</b>: shown.") if visit.chat.images else _("<b>Pictures</b>: not shown."),
        " ".join([counted(said), *([_last_of(latest)] if latest else [])]),
    )
    labels = {
        Room.LANGUAGE: _("Language"),
        Room.TIMEZONE: _("Time zone"),
        Room.SCHEDULE: _("Digest time"),
        Room.SUBSCRIPTIONS: _("Subscriptions"),
        Room.TOPIC_LIMIT: _("Stories per topic"),
        Room.FEEDBACK: _("Feedback"),
        Room.ARTICLE_LANGUAGES: _("Article languages"),
    }
    doors = [button(label, Open(room=room)) for room, label in labels.items()]
    images = button(
        _("Hide pictures") if visit.chat.images else _("Show pictures"), SetImages(wanted=not visit.chat.images)
    )
    return View("\n".join(lines), keyboard([doors[:2], doors[2:4], doors[4:6], [*doors[6:], images]]))


def topic_limit_view(present: int | None) -> View:
    labels = {0: _("All")} | {limit: str(limit) for limit in TOPIC_LIMITS}
    options = [(label, SetTopicLimit(limit=limit)) for limit, label in labels.items()]
    back = [button(_("‹ Settings"), Open(room=Room.SETTINGS))]
    about = _("How many new stories of a topic a digest shows at once. The others stay one press away, in its list.")
    chosen = labels.get(present or 0, str(present))
    everything, *some = choices(options, chosen=chosen)
    return View("\n\n".join([_limit_line(present), about]), keyboard([[everything], some, back]))


def _limit_line(present: int | None) -> str:
    return _("<b>Stories per topic</b>: {count}.").format(count=_("all") if present is None else present)


def _last_of(latest: Sequence[Given]) -> str:
    return _("Last: {headlines}.").format(headlines=", ".join(mentioned(one.article) for one in latest))


def chosen_language(visit: Visit) -> str:
    """The chat's own, in whichever it is talked of."""
    return preferences(visit.chat, visit.defaults).language if shown() else visit.reader.language


def language_view(present: str) -> View:
    options = [(name, SetLanguage(code=code)) for code, name in LANGUAGES.items()]
    back = [button(_("‹ Settings"), Open(room=Room.SETTINGS))]
    text = _("<b>Language</b>: {name}.").format(name=LANGUAGES[present])
    return View(text, keyboard([*pages(choices(options, chosen=LANGUAGES[present]), 2), back]))


async def _show_menu(bot: Bot, message: Message, i18n: I18n, code: str, visit: Visit) -> None:
    """Telegram goes by its own language: only here does it learn of the one chosen with the bot."""
    scope = BotCommandScopeChat(chat_id=message.chat.id)
    is_admins_own = visit.rights.is_admin and message.chat.type == ChatType.PRIVATE
    with suppress(TelegramAPIError):
        await bot.set_my_commands(menu(i18n, code, admin=is_admins_own), scope=scope)
