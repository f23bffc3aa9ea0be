"""What nobody else takes: unknown commands, old buttons, other content; and the one handler of errors."""

import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import structlog
from aiogram import Bot, F, Router
from aiogram.enums import ContentType
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest, TelegramForbiddenError, TelegramRetryAfter
from aiogram.filters import ExceptionTypeFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, ErrorEvent, InaccessibleMessage, Message, Update
from aiogram.utils.i18n import I18n
from aiogram.utils.i18n import gettext as _
from sqlalchemy.exc import IntegrityError

from bot.conversation.filters import IN_PRIVATE
from bot.conversation.heard import is_addressed
from bot.conversation.middlewares import Toast, Visit
from bot.conversation.mistakes import LimitError, sentence
from bot.conversation.rights import READS
from bot.outcomes import CLOSED
from bot.sources.trouble import FetchError
from bot.timetable import ScheduleError
from storage.chats import UNSTORED
from storage.errors import FullError, QueryError

# What a person sends that is not text; service messages (a pin, a new title) are left unanswered.
CONTENT: Final = {
    ContentType.ANIMATION,
    ContentType.AUDIO,
    ContentType.CHECKLIST,
    ContentType.CONTACT,
    ContentType.DICE,
    ContentType.DOCUMENT,
    ContentType.GAME,
    ContentType.PAID_MEDIA,
    ContentType.PHOTO,
    ContentType.POLL,
    ContentType.STICKER,
    ContentType.STORY,
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
    to_us = IN_PRIVATE | F.text.func(is_addressed)
    router.message.register(unknown_command, F.text.startswith("/"), to_us, flags=READS)
    router.message.register(other_content, IN_PRIVATE, F.content_type.in_(CONTENT), flags=READS)
    # A location that is shared live comes as one correction after another.
    router.edited_message.register(edited, IN_PRIVATE, ~F.location, flags=READS)
    router.callback_query.register(unknown_button, flags=READS)
    router.errors.register(explain, ExceptionTypeFilter(QueryError, ScheduleError, FetchError, LimitError))
    router.errors.register(no_room, ExceptionTypeFilter(FullError))
    router.errors.register(no_room, ExceptionTypeFilter(IntegrityError), of_a_stranger)
    router.errors.register(apologise)
    return router


async def unknown_command(message: Message) -> None:
    await message.answer(_("I don't know this command. What I can do: /help"))


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
    assert isinstance(error, QueryError | ScheduleError | FetchError | LimitError)
    if isinstance(error, LimitError):
        await state.set_state(None)
    with i18n.context(), i18n.use_locale(visit.reader.language):
        hint = [_("Try again, or /cancel.")] if await state.get_state() else []
        await _tell(bot, event.update, "\n".join([sentence(error), *hint]))


async def of_a_stranger(_: ErrorEvent, visit: Visit | None = None) -> bool:
    """Whether nobody is stored to whom what was to be stored would belong: there was no room for them either."""
    return visit is not None and visit.chat.id == UNSTORED


async def no_room(event: ErrorEvent, bot: Bot, i18n: I18n, visit: Visit | None = None) -> None:
    """The disk takes nothing more; whoever runs the bot has been told (`bot.watch`)."""
    with i18n.context(), i18n.use_locale(visit.reader.language if visit else i18n.default_locale):
        text = _("I can't keep anything just now: my disk is full. Searches work; please try this again later.")
        with suppress(TelegramAPIError):
            await _tell(bot, event.update, text)


async def apologise(
    event: ErrorEvent,
    bot: Bot,
    i18n: I18n,
    troubled: Callable[[str, Exception], None] | None,
    visit: Visit | None = None,
) -> None:
    """The last resort. The log gets kind and place; an error's own words may hold what was said, so they stay out."""
    error = event.exception
    if isinstance(error, TelegramBadRequest) and any(words in error.message for words in HARMLESS):
        return
    if isinstance(error, TelegramRetryAfter):
        # Given up by the session, with a line in the log; an apology would not get through either.
        return
    if isinstance(error, TelegramForbiddenError) or _is_closed(error):
        log.info("chat is closed to the bot", update=event.update.update_id)
        return
    log.error("update failed", **_cause(error), update=event.update.update_id, kind=event.update.event_type)
    if troubled:
        troubled(str(event.update.event_type), error)
    language = visit.reader.language if visit else i18n.default_locale
    with i18n.context(), i18n.use_locale(language), suppress(TelegramAPIError):
        text = _("Something went wrong on my side, and I have noted it. Please try again later.")
        if visit is None and event.update.callback_query:
            # It failed before anybody could answer the press.
            await event.update.callback_query.answer(text)
        else:
            await _tell(bot, event.update, text)


def _is_closed(error: Exception) -> bool:
    return isinstance(error, TelegramBadRequest) and any(words in error.message for words in CLOSED)


def _cause(error: Exception) -> dict[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES_LOGGED:]
    fields: dict[str, Any] = {
        "error": type(error).__name__,
        "at": [f"{frame.filename}:{frame.lineno}" for frame in frames],
    }
    return fields | ({"answer": error.message} if isinstance(error, TelegramAPIError) else {})


async def _tell(bot: Bot, update: Update, text: str) -> None:
    """In the place where the update came from."""
    message = update.callback_query.message if update.callback_query else update.event
    if isinstance(message, Message | InaccessibleMessage):
        topic = message.message_thread_id if isinstance(message, Message) and message.is_topic_message else None
        await bot.send_message(message.chat.id, text, message_thread_id=topic)
