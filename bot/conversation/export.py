"""/export: everything stored about the chat, as one JSON file."""

import json
from typing import Any

from aiogram import Router
from aiogram.enums import ChatType
from aiogram.types import BufferedInputFile, Message
from aiogram.utils.i18n import gettext as _
from babel.numbers import format_decimal

from bot.conversation.filters import named
from bot.conversation.middlewares import Visit
from bot.conversation.rights import CHANGES
from storage import dossier
from storage.database import Database


def router() -> Router:
    router = Router(name="export")
    router.message.register(export, named("export"), flags=CHANGES)
    return router


async def export(message: Message, db: Database, visit: Visit) -> None:
    if message.chat.type == ChatType.CHANNEL:
        await message.answer(_("All readers would see such a file here, so I send none to channels."))
        return
    user = visit.rights.user if visit.in_private else None
    async with db.read() as conn:
        kept = await dossier.of_chat(conn, visit.chat.id, user=user)
    caption = _("Everything I keep about this chat. What that is for: /privacy; to have it deleted: /forget")
    if kept["only_the_newest"]:
        shown = format_decimal(dossier.MOST, locale=visit.reader.language)
        more = _("There was too much for one file: of each kind it holds the newest {count}.")
        caption = f"{caption}\n{more.format(count=shown)}"
    name = f"newsbot-{visit.now:%Y-%m-%d}.json"
    await message.answer_document(BufferedInputFile(_written(kept, visit), name), caption=caption)


def _written(kept: dict[str, Any], visit: Visit) -> bytes:
    exported = {"exported_at": visit.now.strftime("%Y-%m-%dT%H:%M:%SZ"), **kept}
    return json.dumps(exported, ensure_ascii=False, indent=1).encode()
