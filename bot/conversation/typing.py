"""«Typing…» while an answer takes its time; nothing of it where the answer comes at once."""

import asyncio
from typing import Any, Final

from aiogram import BaseMiddleware, Bot
from aiogram.enums import ChatAction
from aiogram.exceptions import TelegramAPIError
from aiogram.types import CallbackQuery, Message, TelegramObject

from bot.conversation.middlewares import Handler
from bot.unreachable import UNREACHABLE

# Whoever waits no longer needs no sign.
PATIENCE_S: Final = 0.5
# Telegram shows it for five seconds: https://core.telegram.org/bots/api#sendchataction
SHOWN_S: Final = 4.5


class Typing(BaseMiddleware):
    """Its sign ends with the handler: none is sent behind the answer."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        message = event.message if isinstance(event, CallbackQuery) else event
        if not isinstance(message, Message):
            return await handler(event, data)
        showing = asyncio.create_task(_show(data["bot"], message))
        try:
            return await handler(event, data)
        finally:
            showing.cancel()
            await asyncio.wait([showing])


async def _show(bot: Bot, message: Message) -> None:
    topic = message.message_thread_id if message.is_topic_message else None
    await asyncio.sleep(PATIENCE_S)
    while True:
        try:
            await bot.send_chat_action(message.chat.id, ChatAction.TYPING, message_thread_id=topic)
        except (TelegramAPIError, *UNREACHABLE):
            return
        await asyncio.sleep(SHOWN_S)
