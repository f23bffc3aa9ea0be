"""Where the bot is let in, turned away, blocked or let back, and groups that get a new id.

let in for the first time ──▶ one greeting; nothing else comes until an admin subscribes
turned away, or silenced ──▶ the chat sleeps at once ──let back──▶ it goes on, without a word
a new id ──▶ the chat goes on under it; Telegram may say first that the bot was let in there: then the greeting goes
"""

from contextlib import suppress
from typing import Final

import structlog
from aiogram import Bot, F, Router
from aiogram.enums import ChatType
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest, TelegramForbiddenError
from aiogram.fsm.context import FSMContext
from aiogram.fsm.storage.base import StorageKey
from aiogram.types import Chat, ChatMemberUpdated, Message, User
from aiogram.utils.i18n import I18n
from aiogram.utils.i18n import gettext as _

from bot.conversation.bans import Banned
from bot.conversation.elsewhere import marked_buttons
from bot.conversation.members import is_present, may_write
from bot.conversation.middlewares import Visit
from bot.conversation.rights import READS
from bot.conversation.views import View
from bot.keyboards import Open, Room, button, keyboard
from bot.languages import spoken
from bot.messages import clip, escape, inert
from storage import bans, chats, setups
from storage.database import Database

NAME_LIMIT = 60
# Under this name the greeting is remembered for a day.
GREETING: Final = "greeting"

log = structlog.get_logger(__name__)


def router() -> Router:
    router = Router(name="groups")
    router.my_chat_member.register(welcome, reaches, flags=READS)
    router.my_chat_member.register(fall_asleep, flags=READS)
    router.message.register(move, F.migrate_to_chat_id | F.migrate_from_chat_id, flags=READS)
    return router


async def reaches(event: ChatMemberUpdated) -> bool:
    """Whether the bot may write there now."""
    return may_write(event.new_chat_member, kind=event.chat.type)


async def welcome(
    event: ChatMemberUpdated, bot: Bot, state: FSMContext, db: Database, i18n: I18n, visit: Visit
) -> None:
    async with db.write() as conn:
        is_new = await chats.find(conn, event.chat.id) is None
        await chats.wake(conn, event.chat.id)
        language = event.from_user.language_code if is_new else None
        met = await chats.ensure(conn, event.chat.id, telegram_language=language, kind=event.chat.type, now=visit.now)
        if event.chat.type != ChatType.PRIVATE:
            await setups.record(conn, event.from_user.id, met.id, now=visit.now)
    if is_new and event.chat.type != ChatType.PRIVATE:
        greeting = await _greet(event, bot, db, i18n, visit)
        if greeting and event.chat.type == ChatType.SUPERGROUP:
            await _of_chat(state, bot, event.chat.id).update_data({GREETING: greeting.message_id})


async def fall_asleep(event: ChatMemberUpdated, bot: Bot, db: Database, i18n: I18n, visit: Visit) -> None:
    """The one who let the bot in without the right to write is told."""
    why = f"the bot is {event.new_chat_member.status} there and can't write"
    async with db.write() as conn:
        await chats.fall_asleep(conn, event.chat.id, why=why, now=visit.now)
    could_write = may_write(event.old_chat_member, kind=event.chat.type)
    was_there = is_present(event.old_chat_member) and not could_write
    if is_present(event.new_chat_member) and not was_there:
        with i18n.use_locale(await _language(db, event.from_user, visit)):
            await _tell(bot, event.from_user, View(_no_right(event.chat)))


async def move(message: Message, bot: Bot, state: FSMContext, db: Database, banned: Banned, visit: Visit) -> None:
    """Both the old and the new group say so: whichever comes first is enough."""
    old, new = message.migrate_from_chat_id or message.chat.id, message.migrate_to_chat_id or message.chat.id
    async with db.write() as conn:
        if await chats.find(conn, old):
            await chats.move(conn, old, to=new, now=visit.now)
            await chats.ensure(conn, new, kind=ChatType.SUPERGROUP, now=visit.now)
        is_banned = await bans.move(conn, old, to=new, now=visit.now)
    if is_banned:
        banned.add(new)
    remembered = _of_chat(state, bot, new)
    if greeting := await remembered.get_value(GREETING):
        await remembered.set_data({})
        with suppress(TelegramAPIError):
            await bot.delete_message(new, greeting)


def _of_chat(state: FSMContext, bot: Bot, chat_id: int) -> FSMContext:
    """What is remembered of the chat, whoever speaks there."""
    return FSMContext(storage=state.storage, key=StorageKey(bot_id=bot.id, chat_id=chat_id, user_id=chat_id))


async def _greet(event: ChatMemberUpdated, bot: Bot, db: Database, i18n: I18n, visit: Visit) -> Message | None:
    """A channel's readers need not hear of it, where whoever let the bot in can be told in private."""
    if event.chat.type == ChatType.CHANNEL:
        with i18n.use_locale(await _language(db, event.from_user, visit)):
            if await _tell(bot, event.from_user, _channel_in_private(event.chat, event.from_user)):
                return None
    try:
        return await bot.send_message(event.chat.id, _greeting(event.chat))
    except (TelegramBadRequest, TelegramForbiddenError) as error:
        log.info("greeting was not taken", chat=event.chat.id, answer=error.message)
        async with db.write() as conn:
            await chats.fall_asleep(conn, event.chat.id, why=error.message, now=visit.now)
        with i18n.use_locale(await _language(db, event.from_user, visit)):
            await _tell(bot, event.from_user, View(_no_right(event.chat)))
        return None


async def _tell(bot: Bot, person: User, view: View) -> bool:
    """In private, where they have talked to the bot before."""
    try:
        await bot.send_message(person.id, view.text, reply_markup=view.buttons)
    except TelegramAPIError as error:
        log.info("who let the bot in could not be told", answer=error.message)
        return False
    return True


async def _language(db: Database, person: User, visit: Visit) -> str:
    async with db.read() as conn:
        own = await chats.find(conn, person.id)
    chosen = (own.language, own.telegram_language) if own else ()
    return spoken(*chosen, person.language_code, visit.defaults.default_language)


def _greeting(chat: Chat) -> str:
    if chat.type == ChatType.CHANNEL:
        return _("Hello! Admins, post /subscribe and a topic here, or set me up in private with /channel.")
    lines = [
        _("Hello! Here admins choose which news I bring, and everybody may /search."),
        _("Admins: /subscribe and a topic begins, /schedule sets the times, /settings shows the rest."),
    ]
    if chat.is_forum:
        lines.append(_("In a forum, send the command in the topic where the news shall come."))
    return "\n".join(lines)


def _channel_in_private(chat: Chat, person: User) -> View:
    text = _("I can post in {chat} now. Choose here what I bring there, or post /subscribe and a topic in the channel.")
    shown = keyboard([[button(_("Set it up"), Open(room=Room.SETTINGS))]])
    assert shown
    return View(text.format(chat=_name(chat)), marked_buttons(shown, chat.id))


def _no_right(chat: Chat) -> str:
    return _("I am in {chat}, but I may not write there. Please give me the right to post messages.").format(
        chat=_name(chat)
    )


def _name(chat: Chat) -> str:
    return f"<b>{escape(clip(inert(chat.title or ''), NAME_LIMIT))}</b>"
