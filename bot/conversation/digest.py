"""/digest: what is new, right now."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from aiogram import Router
from aiogram.types import Message
from aiogram.utils.i18n import gettext as _

from bot import render
from bot.conversation.elsewhere import shown
from bot.conversation.filters import named
from bot.conversation.middlewares import Visit
from bot.conversation.rights import CHANGES
from bot.conversation.schedule_words import next_digest
from bot.keyboards import Open, Room, button, keyboard
from storage import subscriptions
from storage.database import Database
from storage.models import Chat, Part


class Digests(Protocol):
    """Composes and delivers; the conversation asks for both."""

    async def ask(self, chat: Chat, *, now: datetime) -> bool:
        """Puts what is new into the outbox; False where nothing is."""

    async def preview(self, chat: Chat, *, now: datetime) -> Sequence[Part]:
        """What would be in it, which does not count as sent; empty where nothing is new."""

    async def deliver(self, chat: Chat) -> None:
        """Sends what lies in the chat's outbox."""

    async def forget(self, query_ids: Collection[int]) -> None:
        """Leaves out queries that are no longer in the store."""


def router() -> Router:
    router = Router(name="digest")
    router.message.register(digest, named("digest"), flags=CHANGES)
    return router


async def digest(message: Message, db: Database, digests: Digests, visit: Visit) -> None:
    await show_news(message, db, digests, visit)


async def show_news(message: Message, db: Database, digests: Digests, visit: Visit) -> None:
    """A digest of what is new, or why there is none."""
    async with db.read() as conn:
        followed = await subscriptions.of_chat(conn, visit.chat.id)
    if not followed:
        await message.answer(nothing_followed())
    elif all(subscription.paused for subscription in followed):
        await message.answer(_("All your subscriptions are paused: /subscriptions"))
    elif await digests.ask(visit.chat, now=visit.now):
        await digests.deliver(visit.chat)
    else:
        topics = keyboard([[button(_("My topics"), Open(room=Room.SUBSCRIPTIONS))]])
        await message.answer(_nothing_new(visit), reply_markup=topics)


def nothing_followed() -> str:
    if shown():
        return _("Nothing is followed there yet.")
    return _("You don't follow anything yet. Send /subscribe and a topic, for example:\n{example}").format(
        example=render.typed(_("/subscribe middle corridor"))
    )


def _nothing_new(visit: Visit) -> str:
    at = visit.preferences.next_digest(after=visit.now)
    after = [next_digest(at, reader=visit.reader, now=visit.now)] if at else []
    return " ".join([_("Nothing new so far."), *after])
