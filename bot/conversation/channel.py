"""/channel: a channel or a group set up from the private chat of one of its admins, by name or by Telegram's picker."""

from contextlib import suppress
from itertools import count
from typing import Final

from aiogram import Bot, F, Router
from aiogram.enums import ChatType
from aiogram.filters import CommandObject
from aiogram.types import (
    ChatAdministratorRights,
    ChatFullInfo,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    KeyboardButtonRequestChat,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from aiogram.utils.i18n import gettext as _

from bot import render
from bot.conversation.acting import Acting, WhyNot, look_up
from bot.conversation.elsewhere import mark, showing
from bot.conversation.filters import IN_PRIVATE, named
from bot.conversation.gate import untold
from bot.conversation.middlewares import Visit
from bot.conversation.rights import READS
from bot.conversation.settings import settings_view
from bot.conversation.views import View, answer
from bot.keyboards import Open, Room, button
from bot.messages import bold, clip, inert
from bot.unreachable import UNREACHABLE
from storage import setups
from storage.database import Database
from storage.errors import FullError

LINKS: Final = ("https://t.me/", "http://t.me/", "t.me/")
NAME_LIMIT: Final = 60
# The last ones that were set up; more don't fit on a screen.
OFFERED: Final = 8


def router() -> Router:
    router = Router(name="channel")
    router.message.register(channel, named("channel"), IN_PRIVATE, flags=READS)
    router.message.register(only_in_private, named("channel"), flags=READS)
    router.message.register(picked, F.chat_shared, IN_PRIVATE, flags=READS)
    return router


async def channel(
    message: Message, command: CommandObject, bot: Bot, acting: Acting, db: Database, visit: Visit
) -> None:
    """Nothing of the private chat changes; whether the other may be changed is looked into by `Acting`."""
    if command.args:
        await _open(message, _name_in(command.args), bot, acting, db, visit)
        return
    if rows := [[button] for button in await _known(bot, db, visit)]:
        await message.answer(_("You have set these up:"), reply_markup=InlineKeyboardMarkup(inline_keyboard=rows))
    text = _("Which channel or group shall I bring news to? Choose it below, or send me its name: {command}")
    await message.answer(text.format(command=render.typed(_("/channel @name"))), reply_markup=_picker())


async def only_in_private(message: Message) -> None:
    await message.answer(_("Please send me /channel in our private chat."))


async def picked(message: Message, bot: Bot, acting: Acting, db: Database, visit: Visit) -> None:
    assert message.chat_shared
    await message.answer(_("Thank you, let me see."), reply_markup=ReplyKeyboardRemove())
    await _open(message, message.chat_shared.chat_id, bot, acting, db, visit)


async def _open(message: Message, chat: int | str, bot: Bot, acting: Acting, db: Database, visit: Visit) -> None:
    try:
        found = await look_up(bot, chat)
        admitted = await acting.admit(bot, found, visit) if found else WhyNot.UNKNOWN
    except UNREACHABLE:
        await message.answer(untold())
        return
    if isinstance(admitted, WhyNot):
        await message.answer(_why_not(admitted, found))
        return
    # Where the disk takes nothing it is not offered again, and no more than that.
    with suppress(FullError):
        async with db.write() as conn:
            await setups.record(conn, message.chat.id, admitted.visit.chat.id, now=visit.now)
    with showing(admitted.elsewhere):
        view = await settings_view(db, admitted.visit)
        await answer(message, _of_forum(view) if found and found.is_forum else view)


def _of_forum(view: View) -> View:
    hint = _("This is for the general topic. For another one, send the commands in it.")
    return View(f"{view.text}\n\n{hint}", view.buttons)


async def _known(bot: Bot, db: Database, visit: Visit) -> list[InlineKeyboardButton]:
    """Called as they are called now; those that the bot has left are not offered."""
    buttons = []
    async with db.read() as conn:
        known = await setups.of_user(conn, visit.chat.telegram_id, limit=OFFERED)
    for chat_id in known:
        if found := await look_up(bot, chat_id):
            label = button(_title(found), Open(room=Room.SETTINGS))
            buttons.append(label.model_copy(update={"callback_data": mark(found.id, label.callback_data or "")}))
    return buttons


def _why_not(why: WhyNot, found: ChatFullInfo | None) -> str:
    match why:
        case WhyNot.BOT_IS_MUTE if found and found.type == ChatType.CHANNEL:
            text = _("First make me an admin of {chat} who may post messages, then send this again.")
        case WhyNot.BOT_IS_MUTE:
            text = _("First add me to {chat}, where I need the right to write, then send this again.")
        case WhyNot.NO_ADMIN:
            text = _("Only admins of {chat} can set it up.")
        case WhyNot.UNKNOWN:
            text = _("I can't find this channel. Is its name right, and am I one of its admins?")
    return text.format(chat=bold(_title(found)) if found else "")


def _title(found: ChatFullInfo) -> str:
    return clip(inert(found.title or ""), NAME_LIMIT)


def _name_in(words: str) -> str:
    """`@name`, however it was written."""
    name = words.split(maxsplit=1)[0]
    for link in LINKS:
        name = name.removeprefix(link)
    return "@" + name.removeprefix("@").partition("/")[0].partition("?")[0]


def _picker() -> ReplyKeyboardMarkup:
    """Telegram's own choice: of channels where the bot becomes an admin by it, and of groups where it is a member."""
    numbers = count(1)
    channels = KeyboardButtonRequestChat(
        request_id=next(numbers),
        chat_is_channel=True,
        user_administrator_rights=_rights(can_post_messages=True, can_delete_messages=True, can_promote_members=True),
        bot_administrator_rights=_rights(can_post_messages=True, can_delete_messages=True),
    )
    groups = KeyboardButtonRequestChat(
        request_id=next(numbers),
        chat_is_channel=False,
        user_administrator_rights=_rights(),
        bot_is_member=True,
    )
    buttons = [
        KeyboardButton(text=_("Choose a channel"), request_chat=channels),
        KeyboardButton(text=_("Choose a group"), request_chat=groups),
    ]
    return ReplyKeyboardMarkup(keyboard=[buttons], resize_keyboard=True, one_time_keyboard=True)


def _rights(
    *, can_post_messages: bool = False, can_delete_messages: bool = False, can_promote_members: bool = False
) -> ChatAdministratorRights:
    return ChatAdministratorRights(
        is_anonymous=False,
        can_manage_chat=True,
        can_delete_messages=can_delete_messages,
        can_manage_video_chats=False,
        can_restrict_members=False,
        can_promote_members=can_promote_members,
        can_change_info=False,
        can_invite_users=False,
        can_post_stories=False,
        can_edit_stories=False,
        can_send_welcome_messages=False,
        can_delete_stories=False,
        can_post_messages=can_post_messages,
    )
