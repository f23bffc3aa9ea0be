"""/sourcehealth, for admins alone: how many sources are well, and what ails the others."""

from typing import Final

from aiogram import Router
from aiogram.types import CallbackQuery, Message
from aiogram.utils.i18n import gettext as _

from bot.conversation.filters import by_admin, named
from bot.conversation.middlewares import Visit
from bot.conversation.rights import OPERATES
from bot.conversation.source_cards import ails, bold_name, polls, source_button
from bot.conversation.views import View, answer, rewrite
from bot.keyboards import HealthPage, keyboard, pager
from storage import feeds
from storage.database import Database
from storage.feeds import Health
from storage.models import Feed

PAGE: Final = 5


def router() -> Router:
    router = Router(name="source health")
    router.message.register(health_command, named("sourcehealth"), by_admin, flags=OPERATES)
    router.callback_query.register(turn_health, HealthPage.filter(), by_admin, flags=OPERATES)
    return router


async def health_command(message: Message, db: Database, visit: Visit) -> None:
    await answer(message, await health(db, visit))


async def turn_health(
    callback: CallbackQuery, callback_data: HealthPage, message: Message, db: Database, visit: Visit
) -> None:
    await rewrite(message, await health(db, visit, offset=callback_data.offset))


async def health(db: Database, visit: Visit, *, offset: int = 0) -> View:
    """The counts, and a page of those that ail, the worst first; the last page where there are fewer by now."""
    async with db.read() as conn:
        counts = await feeds.health(conn)
        ailing = counts.failing + counts.dead + counts.gone
        offset = min(offset, max(0, ailing - 1) // PAGE * PAGE)
        page = list(enumerate(await feeds.ailing(conn, limit=PAGE, offset=offset), start=offset + 1))
    blocks = [_counted(counts), *(_block(number, feed, visit) for number, feed in page)]
    before = HealthPage(offset=max(0, offset - PAGE)) if offset else None
    after = HealthPage(offset=offset + PAGE) if offset + PAGE < ailing else None
    buttons = keyboard([*([source_button(number, feed)] for number, feed in page), pager(before, after)])
    return View("\n\n".join(blocks), buttons)


def _counted(counts: Health) -> str:
    live, failing, dead, gone = counts
    text = _("<b>Sources</b>: {live} live, {failing} failing, {dead} dead, {gone} gone.")
    well = [] if failing or dead or gone else [_("All is well.") if live else _("I read no sources yet.")]
    return " ".join([text.format(live=live, failing=failing, dead=dead, gone=gone), *well])


def _block(number: int, feed: Feed, visit: Visit) -> str:
    return "\n".join([f"{number}. {bold_name(feed)}", *ails(feed, visit), *polls(feed, visit)])
