"""Whom the operator has named, and how to speak with them."""

from bot.conversation.rights import Rules
from bot.languages import spoken
from storage import chats
from storage.database import Database


async def languages(db: Database, rules: Rules) -> dict[int, str]:
    """The language of each admin: that of their private chat, or the default where the bot has not met them."""
    found = {}
    async with db.read() as conn:
        for admin in rules.admin_ids:
            chat = await chats.find(conn, admin)
            wishes = (chat.language, chat.telegram_language) if chat else ()
            found[admin] = spoken(*wishes, rules.default_language)
    return found
