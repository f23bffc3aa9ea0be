"""Groups, forums and channels on the test server, and the people in them, as the dispatcher meets them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.enums import ParseMode

from bot.conversation.elsewhere import NamesElsewhere
from storage import chats, subscriptions
from storage.models import Chat
from tests.bot.conversation.talk import Talk
from tests.telegram import TelegramServer
from tests.telegram_client import client
from tests.telegram_world import SentMessage

GROUP, FORUM, CHANNEL, PRIVATE_CHANNEL = -51, -1000000000052, -1000000000053, -1009999999999
ADMIN, MEMBER, OWNER = 11, 12, 13
MAY_POST = ("can_manage_chat", "can_post_messages")
MAY_DELETE = (*MAY_POST, "can_delete_messages")


class Places:
    def __init__(self, telegram: TelegramServer, talk: Talk, bot: Bot) -> None:
        self.telegram, self.talk, self.bot = telegram, talk, bot

    async def say(self, text: str | None, *, user: int = MEMBER, **fields: Any) -> list[SentMessage]:
        """What is answered."""
        self.telegram.say(text, user=user, **fields)
        return await self.handled()

    async def press(self, on: SentMessage, button: str, *, user: int) -> str:
        """What is answered for a moment."""
        query = self.telegram.press(on, button, user=user)
        await self.handled()
        answer = self.telegram.world.callbacks[query].answer
        assert answer is not None
        return answer.text

    async def handled(self) -> list[SentMessage]:
        """What the bot sends while it handles what has come."""
        before = len(self.telegram.sent)
        while updates := await self.bot.get_updates(allowed_updates=self.talk.dispatcher.resolve_used_update_types()):
            for update in updates:
                await self.talk.dispatcher.feed_update(self.bot, update)
            await self.bot.get_updates(offset=updates[-1].update_id + 1, timeout=0)
        return self.telegram.sent[before:]

    def asked(self, method: str = "getChatMember") -> int:
        return sum(call.method.lower() == method.lower() for call in self.telegram.calls)

    async def chat(self, chat: int, *, thread: int = 0) -> Chat | None:
        async with self.talk.db.read() as conn:
            return await chats.find(conn, chat, thread_id=thread)

    async def follows(self, chat: int, *, thread: int = 0) -> list[str]:
        known = await self.chat(chat, thread=thread)
        async with self.talk.db.read() as conn:
            return [one.text for one in await subscriptions.of_chat(conn, known.id)] if known else []


@asynccontextmanager
async def places_of(telegram: TelegramServer, talk: Talk) -> AsyncIterator[Places]:
    async with client(telegram) as bot:
        bot.session.middleware(NamesElsewhere())
        bot.default = DefaultBotProperties(parse_mode=ParseMode.HTML, link_preview_is_disabled=True)
        yield Places(telegram, talk, bot)


def texts(messages: list[SentMessage]) -> list[str]:
    return [message.text for message in messages]
