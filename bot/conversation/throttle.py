"""In front of everything: what one person or one group sends too much of is told them once, and not read.

update ──Throttled──▶ in order ──drop_flood──▶ Introduction …          too fast ──▶ one message; a press stops turning
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import structlog
from aiogram import BaseMiddleware, Bot
from aiogram.dispatcher.middlewares.user_context import EVENT_CONTEXT_KEY, EventContext
from aiogram.enums import ChatType
from aiogram.exceptions import TelegramAPIError
from aiogram.types import TelegramObject, Update
from aiogram.utils.i18n import I18n, ngettext

from bot.conversation.heard import concerns_us
from bot.conversation.middlewares import Handler
from bot.conversation.rights import Rules
from bot.languages import spoken
from bot.throttle import SHUT_S, Costs, Throttle
from storage import chats
from storage.database import Database

# What draws a picture, asks a site or composes counts as so many.
EXPENSIVE: Final = {"trends": 4, "addsource": 4, "digest": 4}
# A group's answers are everybody's: nobody is to take all of them.
IN_GROUP: Final = 4
# Under which name a question waits beside an update: whether its sender has been shut since it came.
IS_SHUT: Final = "is_shut"

log = structlog.get_logger(__name__)


class Throttled(BaseMiddleware):
    """Lets through what its sender, and the group, may have handled; the operator's admins may everything."""

    def __init__(self, *, db: Database, settings: Rules, i18n: I18n, clock: Callable[[], float]) -> None:
        self._db = db
        self._settings = settings
        self._i18n = i18n
        self._clock = clock
        self._throttle = Throttle()

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        context: EventContext = data[EVENT_CONTEXT_KEY]
        assert isinstance(event, Update)
        costs = self._costs(event, context) if await concerns_us(event, data["bot"]) else {}
        if shut := self._throttle.enter(costs, now=self._clock()):
            if shut.is_new:
                log.warning("too many updates: not read for a while", sender=shut.key, seconds=SHUT_S)
            return await self._refuse(event, context, data["bot"], is_told=shut.is_new)
        data[IS_SHUT] = lambda: self._throttle.is_shut(costs, now=self._clock())
        try:
            return await handler(event, data)
        finally:
            self._throttle.leave(costs)

    def _costs(self, event: Update, context: EventContext) -> Costs:
        """Nothing for what is not handled, or is an admin's."""
        chat, user = context.chat, context.user
        if user and user.id in self._settings.admin_ids:
            return {}
        if user and event.inline_query:
            # Every letter that is typed may be a query.
            return {user.id: 1}
        if chat is None:
            return {}
        cost = _cost(event)
        if chat.type == ChatType.PRIVATE:
            return {chat.id: cost}
        # Who writes in a group's or a channel's name shares an id with all who do.
        in_its_name = event.message is not None and event.message.sender_chat is not None
        return {user.id: cost * IN_GROUP, chat.id: cost} if user and not in_its_name else {chat.id: cost}

    async def _refuse(self, event: Update, context: EventContext, bot: Bot, *, is_told: bool) -> None:
        with suppress(TelegramAPIError):
            if event.callback_query:
                await event.callback_query.answer()
            if is_told and context.chat:
                text = await self._sentence(context)
                await bot.send_message(context.chat.id, text, message_thread_id=context.thread_id)

    async def _sentence(self, context: EventContext) -> str:
        assert context.chat is not None
        async with self._db.read() as conn:
            known = await chats.find(conn, context.chat.id, thread_id=context.thread_id or 0)
        chosen = (known.language, known.telegram_language) if known else ()
        told = context.user.language_code if context.user else None
        count = int(SHUT_S)
        with self._i18n.context(), self._i18n.use_locale(spoken(*chosen, told, self._settings.default_language)):
            return ngettext(
                "That was too fast for me. I read on in {count} second.",
                "That was too fast for me. I read on in {count} seconds.",
                count,
            ).format(count=count)


async def drop_flood(handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
    """At an update's turn in its chat: of a flood that was told meanwhile nothing more is answered."""
    if IS_SHUT not in data or not data[IS_SHUT]():
        return await handler(event, data)
    if isinstance(event, Update) and event.callback_query:
        with suppress(TelegramAPIError):
            await event.callback_query.answer()
    return None


def _cost(event: Update) -> int:
    message = event.message or event.channel_post
    text = (message and message.text) or ""
    command = text.split(maxsplit=1)[0].partition("@")[0].lower() if text.startswith("/") else ""
    return EXPENSIVE.get(command[1:], 1)
