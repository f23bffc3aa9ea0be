"""A topic of a forum that was closed or deleted: it falls asleep, and the group is told once, in its general topic.

Where the general topic takes nothing either, the log alone is told: who a group's admins are, the bot does not know.
"""

from datetime import datetime

import structlog
from aiogram.utils.i18n import I18n
from aiogram.utils.i18n import gettext as _
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import clip, escape
from bot.preferences import Defaults, preferences
from storage import chats, outbox, subscriptions
from storage.models import Chat, Message, Part, Subscription

# What the topic followed is named, as far as there is room for it in a line or two.
NAMED = 5
NAME_LIMIT = 60

log = structlog.get_logger()


class ClosedTopics:
    """Speaks the language that the group has chosen in its general topic, or else in the topic itself."""

    def __init__(self, defaults: Defaults, i18n: I18n) -> None:
        self._defaults = defaults
        self._i18n = i18n

    async def closed(self, conn: AsyncConnection, message: Message, *, why: str, now: datetime) -> None:
        """Telegram took nothing for the topic of this message."""
        thread_id = message.thread_id
        fell = await chats.fall_asleep(conn, message.telegram_id, thread_id=thread_id, why=why, now=now)
        if not fell:
            return
        general = await chats.find(conn, message.telegram_id) if thread_id else None
        if thread_id and general is None:
            general = await chats.ensure(conn, message.telegram_id, now=now)
        if general is None or general.asleep:
            log.warning("topic takes nothing, and nobody can be told", chat=message.place, error=why)
            return
        topic = await chats.find(conn, message.telegram_id, thread_id=thread_id)
        assert topic, "it has just fallen asleep"
        followed = await subscriptions.of_chat(conn, topic.id)
        await outbox.enqueue(conn, general.id, [Part(self._text(topic, general, followed))], now=now)

    def _text(self, topic: Chat, general: Chat, followed: list[Subscription]) -> str:
        speaker = general if general.language else topic
        with self._i18n.context(), self._i18n.use_locale(preferences(speaker, self._defaults).language):
            return text(followed)


def text(followed: list[Subscription]) -> str:
    lines = [_("A topic of this group has been closed or deleted, so I can't write there any more.")]
    if followed:
        names = ", ".join(escape(clip(one.text, NAME_LIMIT)) for one in followed[:NAMED])
        more = ", …" if len(followed) > NAMED else ""
        lines.append(_("It followed: {names}.").format(names=names + more))
    lines.append(_("When the topic is open again, send any command there, and I go on. Or subscribe in another topic."))
    return "\n\n".join(lines)
