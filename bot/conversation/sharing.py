"""A subscription as a link: shown from its card, and followed by whoever opens it (`/start s_…`).

card ──Share──▶ link ──sent on──▶ /start s_… ──▶ followed, with what it would have caught ──▶ or not, after all
"""

from typing import Final
from urllib.parse import urlencode

from aiogram import Bot, F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message
from aiogram.utils.deep_linking import create_start_link
from aiogram.utils.i18n import gettext as _
from aiogram.utils.magic_filter import MagicFilter

from bot import links, render
from bot.conversation.filters import named
from bot.conversation.middlewares import Toast, Visit
from bot.conversation.rights import CHANGES, READS
from bot.conversation.subscribe import begun, follow
from bot.conversation.subscriptions import gone
from bot.conversation.views import View, answer
from bot.keyboards import Delete, button, keyboard
from bot.messages import clip, escape
from bot.subscription_buttons import Share
from storage import shares, subscriptions
from storage.database import Database
from storage.errors import QueryError
from storage.models import Subscription
from storage.query import parse

HAS_LINK: Final[MagicFilter] = F.text.regexp(rf"^/\S+\s+{links.PREFIX}")
# https://core.telegram.org/widgets/share#custom-buttons
SENDING_ON: Final = "https://t.me/share/url"


def router() -> Router:
    router = Router(name="sharing")
    router.message.register(follow_shared, named("start"), HAS_LINK, flags=CHANGES)
    router.callback_query.register(share, Share.filter(), flags=READS)
    return router


async def follow_shared(message: Message, command: CommandObject, db: Database, visit: Visit) -> None:
    """What no link of ours carries gets a sentence and is then a plain /start."""
    text = await shared(db, (command.args or "").strip())
    if text is None:
        await message.answer(_("This link does not lead anywhere any more."))
        raise SkipHandler
    start = await follow(db, visit, text)
    view = begun(start, visit)
    rows = view.buttons.inline_keyboard if view.buttons else []
    undo = [button(_("Don't follow"), Delete(id=start.subscription.id))] if start.is_new else []
    await answer(message, View(view.text, keyboard([*rows, undo])))


async def share(
    callback: CallbackQuery, callback_data: Share, message: Message, toast: Toast, bot: Bot, db: Database, visit: Visit
) -> None:
    async with db.read() as conn:
        subscription = await subscriptions.by_id(conn, callback_data.id, chat_id=visit.chat.id)
    if subscription is None:
        toast.text = gone()
        return
    await answer(message, _shown(subscription, await _link(bot, db, subscription, visit)))


async def shared(db: Database, carried: str) -> str | None:
    """The query behind a link; None where it is forged, or whoever shared it is gone, or it can't be read."""
    text = links.query_of(carried)
    if text is None and (token := links.token_of(carried)):
        async with db.read() as conn:
            text = await shares.text_of(conn, token)
    try:
        return parse(text).text if text else None
    except QueryError:
        return None


async def _link(bot: Bot, db: Database, subscription: Subscription, visit: Visit) -> str:
    carried = links.payload(subscription.text)
    if carried is None or links.query_of(carried) is None:
        async with db.write() as conn:
            token = await shares.token_for(conn, visit.chat.id, subscription.text, now=visit.now)
        carried = links.of_token(token)
    return await create_start_link(bot, carried)


def _shown(subscription: Subscription, link: str) -> View:
    text = _("Whoever opens this link follows {query} too:").format(query=render.typed(subscription.text))
    about = _("News about: {query}").format(query=clip(subscription.text, render.QUERY_LIMIT))
    address = f"{SENDING_ON}?{urlencode({'url': link, 'text': about})}"
    return View(f"{text}\n{escape(link)}", keyboard([[InlineKeyboardButton(text=_("Send to somebody"), url=address)]]))
