"""What nobody else takes: unknown commands, old buttons, other content; and the one handler of errors."""

import traceback
from contextlib import suppress
from typing import Any, Final

import structlog
from aiogram import Bot, F, Router
from aiogram.enums import ContentType
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest, TelegramForbiddenError
from aiogram.filters import ExceptionTypeFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, ErrorEvent, Message, Update
from aiogram.utils.i18n import I18n
from aiogram.utils.i18n import gettext as _

from bot.conversation.filters import IN_PRIVATE
from bot.conversation.memory import Crowded
from bot.conversation.middlewares import Toast, Visit
from bot.conversation.mistakes import sentence
from bot.sources.trouble import FetchError
from bot.timetable import ScheduleError
from storage.errors import QueryError

# What a person sends that is not text; service messages (a pin, a new title) are left unanswered.
CONTENT: Final = {
    ContentType.ANIMATION,
    ContentType.AUDIO,
    ContentType.CHECKLIST,
    ContentType.CONTACT,
    ContentType.DICE,
    ContentType.DOCUMENT,
    ContentType.GAME,
    ContentType.LOCATION,
    ContentType.PAID_MEDIA,
    ContentType.PHOTO,
    ContentType.POLL,
    ContentType.STICKER,
    ContentType.STORY,
    ContentType.VENUE,
    ContentType.VIDEO,
    ContentType.VIDEO_NOTE,
    ContentType.VOICE,
}
# Telegram's words for what has no consequence: the message shows what it should, or the press was too long ago.
HARMLESS: Final = ("message is not modified", "query is too old", "message to edit not found")
FRAMES_LOGGED: Final = 8

log = structlog.get_logger(__name__)


def router() -> Router:
    router = Router(name="errors")
    router.message.register(unknown_command, F.text.startswith("/"), IN_PRIVATE)
    router.message.register(location, IN_PRIVATE, F.location)
    router.message.register(other_content, IN_PRIVATE, F.content_type.in_(CONTENT))
    # A location that is shared live comes as one correction after another.
    router.edited_message.register(edited, IN_PRIVATE, ~F.location)
    router.callback_query.register(unknown_button)
    router.errors.register(explain, ExceptionTypeFilter(QueryError, ScheduleError, FetchError))
    router.errors.register(pass_over, ExceptionTypeFilter(Crowded))
    router.errors.register(apologise)
    return router


async def unknown_command(message: Message) -> None:
    await message.answer(_("I don't know this command. What I can do: /help"))


async def location(message: Message) -> None:
    await message.answer(_("I can't read locations yet. Send me the city: /timezone Baku"))


async def other_content(message: Message, state: FSMContext) -> None:
    if message.media_group_id:
        # An album comes as a message for each picture; one answer is enough.
        if await state.get_value("album") == message.media_group_id:
            return
        await state.update_data(album=message.media_group_id)
    await message.answer(_("I only understand text so far. Send me words to look for, or /help."))


async def edited(message: Message) -> None:
    await message.answer(_("I don't follow corrections: please send it as a new message."))


async def unknown_button(callback: CallbackQuery, toast: Toast) -> None:
    toast.text = _("This button no longer works. What I can do: /help")


async def explain(event: ErrorEvent, bot: Bot, i18n: I18n, state: FSMContext, visit: Visit) -> None:
    """What cannot be read is explained; a question that waits for it goes on waiting."""
    error = event.exception
    assert isinstance(error, QueryError | ScheduleError | FetchError)
    with i18n.context(), i18n.use_locale(visit.reader.language):
        hint = [_("Try again, or /cancel.")] if await state.get_state() else []
        await _tell(bot, event.update, "\n".join([sentence(error), *hint]))


async def pass_over(event: ErrorEvent) -> None:
    """One of too many; a button that was pressed would go on turning."""
    if press := event.update.callback_query:
        with suppress(TelegramAPIError):
            await press.answer()


async def apologise(event: ErrorEvent, bot: Bot, i18n: I18n, visit: Visit | None = None) -> None:
    """The last resort. The log gets kind and place; an error's own words may hold what was said, so they stay out."""
    error = event.exception
    if isinstance(error, TelegramBadRequest) and any(words in error.message for words in HARMLESS):
        return
    if isinstance(error, TelegramForbiddenError):
        log.info("chat is closed to the bot", update=event.update.update_id)
        return
    log.error("update failed", **_cause(error), update=event.update.update_id, kind=event.update.event_type)
    language = visit.reader.language if visit else i18n.default_locale
    with i18n.context(), i18n.use_locale(language), suppress(TelegramAPIError):
        text = _("Something went wrong on my side, and I have noted it. Please try again later.")
        if visit is None and event.update.callback_query:
            # It failed before anybody could answer the press.
            await event.update.callback_query.answer(text)
        else:
            await _tell(bot, event.update, text)


def _cause(error: Exception) -> dict[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES_LOGGED:]
    fields: dict[str, Any] = {
        "error": type(error).__name__,
        "at": [f"{frame.filename}:{frame.lineno}" for frame in frames],
    }
    return fields | ({"answer": error.message} if isinstance(error, TelegramAPIError) else {})


async def _tell(bot: Bot, update: Update, text: str) -> None:
    """In the place where the update came from."""
    message = update.callback_query.message if update.callback_query else update.message or update.edited_message
    if message:
        topic = message.message_thread_id if isinstance(message, Message) and message.is_topic_message else None
        await bot.send_message(message.chat.id, text, message_thread_id=topic)
