"""/digest: what is new, right now."""

from datetime import datetime
from typing import Protocol

from aiogram import Router
from aiogram.types import Message
from aiogram.utils.i18n import gettext as _

from bot import render
from bot.conversation.filters import named
from bot.conversation.middlewares import Visit
from bot.conversation.schedule_words import next_digest
from storage import subscriptions
from storage.database import Database
from storage.models import Chat


class Digests(Protocol):
    """Composes and delivers; the conversation asks for both."""

    async def ask(self, chat: Chat, *, now: datetime) -> bool:
        """Puts what is new into the outbox; False where nothing is."""

    async def deliver(self, chat: Chat) -> None:
        """Sends what lies in the chat's outbox."""


def router() -> Router:
    router = Router(name="digest")
    router.message.register(digest, named("digest"))
    return router


async def digest(message: Message, db: Database, digests: Digests, visit: Visit) -> None:
    async with db.read() as conn:
        followed = await subscriptions.of_chat(conn, visit.chat.id)
    if not followed:
        await message.answer(nothing_followed())
    elif all(subscription.paused for subscription in followed):
        await message.answer(_("All your subscriptions are paused: /subscriptions"))
    elif await digests.ask(visit.chat, now=visit.now):
        await digests.deliver(visit.chat)
    else:
        await message.answer(_nothing_new(visit))


def nothing_followed() -> str:
    return _("You don't follow anything yet. Send /subscribe and a topic, for example:\n{example}").format(
        example=render.typed(_("/subscribe middle corridor"))
    )


def _nothing_new(visit: Visit) -> str:
    at = visit.preferences.next_digest(after=visit.now)
    after = [next_digest(at, reader=visit.reader, now=visit.now)] if at else []
    return " ".join([_("Nothing new so far."), *after])
