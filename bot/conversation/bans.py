"""/ban and /unban, for admins alone; and the door in front of everything that nobody who is banned gets through.

update ──Banned──▶ throttle, order, …          banned: silence, whatever it is: words, presses, inline queries
"""

import re
from typing import Any, Final

from aiogram import BaseMiddleware, Router
from aiogram.dispatcher.middlewares.user_context import EVENT_CONTEXT_KEY, EventContext
from aiogram.filters import CommandObject
from aiogram.types import (
    CallbackQuery,
    Message,
    MessageOriginChannel,
    MessageOriginChat,
    MessageOriginUser,
    TelegramObject,
    Update,
)
from aiogram.utils.i18n import gettext as _

from bot import render
from bot.conversation.admin_buttons import Ban, BansPage, Unban
from bot.conversation.filters import IN_PRIVATE, by_admin, named
from bot.conversation.middlewares import Handler, Toast, Visit
from bot.conversation.rights import OPERATES, Rules
from bot.conversation.views import View, answer, rewrite
from bot.keyboards import button, keyboard, pager
from storage import bans
from storage.database import Database

PAGE: Final = 6
_ID: Final = re.compile(r"-?\d{1,15}")


class Banned(BaseMiddleware):
    """Who is banned is read once, and known from then on: nobody else's update waits for it."""

    def __init__(self, db: Database, rules: Rules) -> None:
        self._db = db
        self._rules = rules
        self._ids: set[int] | None = None

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        if self._ids is None:
            await self.load()
        if self._ids and self._is_banned(event, data[EVENT_CONTEXT_KEY]):
            return None
        return await handler(event, data)

    async def load(self) -> None:
        async with self._db.read() as conn:
            self._ids = set(await bans.load(conn))

    def is_admin(self, telegram_id: int) -> bool:
        return telegram_id in self._rules.admin_ids

    def add(self, telegram_id: int) -> None:
        self._ids = {*(self._ids or ()), telegram_id}

    def discard(self, telegram_id: int) -> None:
        self._ids = {*(self._ids or ())} - {telegram_id}

    def _is_banned(self, event: TelegramObject, context: EventContext) -> bool:
        """An admin gets through, wherever they are."""
        assert self._ids is not None
        user, chat = context.user, context.chat
        if user and self.is_admin(user.id):
            return False
        message = event.message if isinstance(event, Update) else None
        speaker = message.sender_chat if message else None
        return any(one is not None and one.id in self._ids for one in (user, chat, speaker))


def router() -> Router:
    router = Router(name="bans")
    router.message.register(ban_command, named("ban"), IN_PRIVATE, by_admin, flags=OPERATES)
    router.message.register(unban_command, named("unban"), IN_PRIVATE, by_admin, flags=OPERATES)
    router.callback_query.register(ban_again, Ban.filter(), by_admin, flags=OPERATES)
    router.callback_query.register(unban_pressed, Unban.filter(), by_admin, flags=OPERATES)
    router.callback_query.register(turn_bans, BansPage.filter(), by_admin, flags=OPERATES)
    return router


async def ban_command(message: Message, command: CommandObject, db: Database, banned: Banned, visit: Visit) -> None:
    if not command.args and not message.reply_to_message:
        await answer(message, await _listed(db))
        return
    meant = _meant(message, command)
    await answer(message, _not_understood() if meant is None else await ban(db, banned, visit, meant))


async def unban_command(message: Message, command: CommandObject, db: Database, banned: Banned) -> None:
    if not command.args and not message.reply_to_message:
        await answer(message, await _listed(db))
        return
    meant = _meant(message, command)
    await answer(message, _not_understood() if meant is None else await unban(db, banned, meant))


async def ban_again(
    callback: CallbackQuery, callback_data: Ban, message: Message, db: Database, banned: Banned, visit: Visit
) -> None:
    await rewrite(message, await ban(db, banned, visit, callback_data.telegram_id))


async def unban_pressed(
    callback: CallbackQuery, callback_data: Unban, message: Message, toast: Toast, db: Database, banned: Banned
) -> None:
    done = await unban(db, banned, callback_data.telegram_id)
    if callback_data.in_list:
        toast.text = _("Done")
        done = await _listed(db, let_in=callback_data.telegram_id)
    await rewrite(message, done)


async def turn_bans(callback: CallbackQuery, callback_data: BansPage, message: Message, db: Database) -> None:
    await rewrite(message, await _listed(db, offset=callback_data.offset))


async def ban(db: Database, banned: Banned, visit: Visit, telegram_id: int) -> View:
    if banned.is_admin(telegram_id):
        return View(_("This is an admin: whoever is named in ADMIN_IDS can't be banned."))
    async with db.write() as conn:
        await bans.add(conn, telegram_id, by=visit.rights.user or 0, now=visit.now)
    banned.add(telegram_id)
    text = _("{id} is banned: I answer nothing and send nothing there.").format(id=render.typed(str(telegram_id)))
    return View(text, keyboard([[button(_("Undo"), Unban(telegram_id=telegram_id))]]))


async def unban(db: Database, banned: Banned, telegram_id: int) -> View:
    async with db.write() as conn:
        was_banned = await bans.drop(conn, telegram_id)
    banned.discard(telegram_id)
    shown = render.typed(str(telegram_id))
    if not was_banned:
        return View(_("{id} is not banned. All who are: /ban").format(id=shown))
    text = _("{id} is heard again. What was missed comes with the next digest.").format(id=shown)
    return View(text, keyboard([[button(_("Undo"), Ban(telegram_id=telegram_id))]]))


async def _listed(db: Database, *, offset: int = 0, let_in: int | None = None) -> View:
    """Who was `let_in` by a press can be banned again by another."""
    back = [button(_("Undo"), Ban(telegram_id=let_in))] if let_in is not None else []
    async with db.read() as conn:
        everybody = await bans.load(conn)
    if not everybody:
        text = _("Nobody is banned. To ban somebody, send {example}.").format(example=render.typed("/ban 12345"))
        return View(text, keyboard([back]))
    offset = min(offset, (len(everybody) - 1) // PAGE * PAGE)
    page = everybody[offset : offset + PAGE]
    rows = [[button(_("Unban {id}").format(id=one), Unban(telegram_id=one, in_list=True))] for one in page]
    before = BansPage(offset=max(0, offset - PAGE)) if offset else None
    after = BansPage(offset=offset + PAGE) if offset + PAGE < len(everybody) else None
    text = _("<b>Banned:</b> {count}. Press one to let it in again.").format(count=len(everybody))
    return View(text, keyboard([*rows, back, pager(before, after)]))


def _meant(message: Message, command: CommandObject) -> int | None:
    """Whom the words name, or who has written what was forwarded and is replied to."""
    if command.args:
        return int(command.args) if _ID.fullmatch(command.args.strip()) else None
    origin = message.reply_to_message.forward_origin if message.reply_to_message else None
    match origin:
        case MessageOriginUser():
            return origin.sender_user.id
        case MessageOriginChat():
            return origin.sender_chat.id
        case MessageOriginChannel():
            return origin.chat.id
    return None


def _not_understood() -> View:
    text = _(
        "Send me the number of a person or a chat, such as {example}, or reply to what they wrote, forwarded here."
    )
    return View(text.format(example=render.typed("/ban 12345")))
