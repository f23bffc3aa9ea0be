"""More on what somebody else has written: a post that is forwarded here, or a link alone.

post, or the headline behind the link, or the link's own words ──main words──▶ the page of a search
"""

from aiogram import F, Router
from aiogram.types import Message
from aiogram.utils.i18n import gettext as _
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import render
from bot.conversation.addsource import ADDRESS_LIMIT
from bot.conversation.filters import IN_PRIVATE, PLAIN_TEXT
from bot.conversation.middlewares import Visit
from bot.conversation.rights import READS
from bot.conversation.search import Answers, found
from bot.conversation.views import View, answer
from bot.gist import gists, link_in, slug, terms
from bot.keyboards import AddShown, button, keyboard
from bot.sources.clean import canonical_url
from storage import articles
from storage.database import Database
from storage.expansions import Expansions
from storage.index import counts
from storage.typed_words import match

# Words of more articles than this are all alike common.
COUNTED = 500


def router() -> Router:
    router = Router(name="more")
    router.message.register(more_on_this, IN_PRIVATE, F.forward_origin, F.text | F.caption, flags=READS)
    router.message.register(more_on_this, PLAIN_TEXT, F.text.func(link_in), flags=READS)
    return router


async def more_on_this(message: Message, answers: Answers, db: Database, visit: Visit, expansions: Expansions) -> None:
    said = message.text or message.caption or ""
    async with db.read() as conn:
        query = await _query(conn, said)
    if query is None:
        await answer(message, _unknown(link_in(said), visit))
        return
    view = await found(db, visit, expansions, query)
    head = _("More on this:")
    answers.remember(message, await answer(message, View(f"{head}\n{view.text}", view.buttons)))


def _unknown(link: str | None, visit: Visit) -> View:
    """Who may add sources may have meant the link to be one."""
    text = _("I can't tell what this is about. Send me a few words, and I will look for them.")
    if link is None or not visit.rights.may_add or len(link) > ADDRESS_LIMIT:
        return View(text)
    offered = _("Or shall I read this as a source? {address}").format(address=render.typed(link))
    return View(f"{text}\n{offered}", keyboard([[button(_("Add the source"), AddShown(place=0))]]))


async def _query(conn: AsyncConnection, text: str) -> str | None:
    """What asks for more on the text; None where it says too little."""
    link = link_in(text)
    # As addresses are stored: without what only counts who came from where.
    address = canonical_url(link) if link else None
    headline = await articles.title_of(conn, address) if address else None
    said = terms(headline or slug(link) if link else text)
    matches = {term.text: expression for term in said if (expression := match(term.text))}
    known = await counts(conn, matches.values(), most=COUNTED)
    queries = gists(said, {term: known.get(expression, 0) for term, expression in matches.items()})
    finding = {query: expression for query in queries if (expression := match(query))}
    there = await counts(conn, finding.values(), most=1)
    # The letters of a link may be in another script: words that nothing has say nothing to people either.
    otherwise = None if link and not headline else next(iter(queries), None)
    return next((query for query, expression in finding.items() if expression in there), otherwise)
