"""Commands posted in a channel: they work as everywhere, and leave the channel.

post ──▶ the handlers of messages ──▶ their answer ──▶ the command itself is deleted, where the bot may do that
"""

from contextlib import suppress
from typing import Any

from aiogram import Dispatcher, F, Router
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.exceptions import TelegramAPIError
from aiogram.types import Message

from bot.conversation.rights import READS


def router(dispatcher: Dispatcher) -> Router:
    """Whether a command changes anything its own handler says, and `Gate` looks at that one."""
    router = Router(name="posts")

    async def posted(post: Message, **data: Any) -> None:
        if await dispatcher.propagate_event("message", post, **data) is not UNHANDLED:
            with suppress(TelegramAPIError):
                await post.delete()

    router.channel_post.register(posted, F.text.startswith("/"), flags=READS)
    return router
