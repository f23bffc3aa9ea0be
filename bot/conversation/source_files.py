"""Lists of sources as OPML files: sent to the bot they are added, without being read at once; see also `sources`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from aiogram.types import Message
from aiogram.utils.i18n import gettext as _
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversation.addsource import SOURCES_EACH, Fetching, refusal, room
from bot.conversation.middlewares import Visit
from bot.conversation.source_cards import all_sources
from bot.conversation.source_words import ailment, name
from bot.conversation.views import View, answer
from bot.keyboards import keyboard
from bot.messages import escape
from bot.sources import addresses
from bot.sources.drafts import SourceError
from bot.sources.opml import Outline
from bot.sources.trouble import FetchError
from storage import feeds
from storage.database import Database
from storage.models import FeedState

# Of those refused so many are named.
SHOWN: Final = 10
# Nobody waits for the writer longer than for these.
BATCH: Final = 100


@dataclass(slots=True)
class Taken:
    """What became of a list, and of each that was refused: what it is called and why, as HTML."""

    added: int = 0
    known: int = 0
    refused: list[str] = field(default_factory=list)


async def take_feeds(message: Message, data: bytes, db: Database, fetching: Fetching, visit: Visit) -> None:
    """Adds the feeds of a file that was sent, and says what became of them."""
    if why_not := await refusal(db, visit):
        await message.answer(why_not)
        return
    try:
        outlines = await fetching.outlines(data)
    except SourceError:
        await message.answer(_("This file is no list of sources: I take OPML, as feed readers export it."))
        return
    await answer(message, _told(await take(db, outlines, visit)))


async def take(db: Database, outlines: Sequence[Outline], visit: Visit) -> Taken:
    """Adds what is not known yet, as far as whoever sent it may."""
    taken, left = Taken(), await room(db, visit)
    for start in range(0, len(outlines), BATCH):
        async with db.write() as conn:
            for outline in outlines[start : start + BATCH]:
                await _take(conn, outline, taken, visit, is_full=taken.added == left)
    return taken


async def _take(conn: AsyncConnection, outline: Outline, taken: Taken, visit: Visit, *, is_full: bool) -> None:
    try:
        url = addresses.understand(outline.url)
    except FetchError as error:
        taken.refused.append(_refused(outline, ailment(error.trouble, error.detail)))
        return
    if is_full and not await _is_read(conn, url):
        reason = _("the limit of {count} sources is reached").format(count=SOURCES_EACH)
        taken.refused.append(_refused(outline, reason))
        return
    title = outline.title or feeds.host(url)
    by, now = visit.rights.user, visit.now
    _feed, is_new = await feeds.add(conn, url=url, title=title, topic=outline.topic, added_by=by, now=now)
    taken.added, taken.known = taken.added + is_new, taken.known + (not is_new)


async def _is_read(conn: AsyncConnection, url: str) -> bool:
    known = await feeds.by_url(conn, url)
    return known is not None and known.state is not FeedState.REMOVED


def _refused(outline: Outline, reason: str) -> str:
    return f"• {escape(name(outline.title, outline.url))}: {reason}"


def _told(taken: Taken) -> View:
    head = _("Added {added}, already known {known}, refused {refused}.").format(
        added=taken.added, known=taken.known, refused=len(taken.refused)
    )
    listed, more = taken.refused[:SHOWN], len(taken.refused) - SHOWN
    rest = [_("and {count} more").format(count=more)] if more > 0 else []
    soon = [_("I will read the new ones in a moment.")] if taken.added else []
    return View("\n".join([head, *listed, *rest, *soon]), keyboard([all_sources()]))
