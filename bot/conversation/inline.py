"""`@bot query` in any chat: stories to send there. Whoever asks may be a stranger, and stays one.

The answer holds nothing that is a chat's own: only what anybody's search finds, told in the asker's language and by
their clock. Telegram keeps it for the asker alone, since both differ from one to another.
"""

import re
from typing import Final, NamedTuple

from aiogram import Router
from aiogram.types import InlineQuery, InlineQueryResultArticle, InlineQueryResultsButton, InputTextMessageContent
from aiogram.utils.i18n import gettext as _

from bot import links, render
from bot.conversation.middlewares import Visit
from bot.conversation.mistakes import sentence
from bot.conversation.rights import READS
from bot.messages import clip, plain, sendable_url
from storage import articles
from storage.database import Database
from storage.errors import QueryError
from storage.models import Article, Hit
from storage.query import parse
from storage.search import search
from storage.summary import lead

PAGE: Final = 20
# For so long Telegram answers the same person's same query by itself.
CACHED_S: Final = 60
# Nobody scrolls further through what lies above a keyboard.
DEEPEST: Final = 500
# A list shows two lines below a headline.
DESCRIPTION_LIMIT: Final = 160
BUTTON_LIMIT: Final = 60
# What `/start` is given by the button; it means nothing there.
OPENED: Final = "inline"

_OFFSET: Final = re.compile(r"(\d{1,3}):(\d{1,18})", re.ASCII)


class Page(NamedTuple):
    """What is offered, where the next page begins, and the way into the bot: a label, and what it is given there."""

    results: list[InlineQueryResultArticle]
    next_offset: str = ""
    door: tuple[str, str] | None = None


def router() -> Router:
    router = Router(name="inline")
    router.inline_query.register(offer, flags=READS)
    return router


async def offer(inline_query: InlineQuery, db: Database, visit: Visit) -> None:
    text = inline_query.query.strip()
    offset, up_to = _begin(inline_query.offset)
    page = await (_found(db, visit, text, offset, up_to) if text else _newest(db, visit, offset, up_to))
    door = InlineQueryResultsButton(text=page.door[0], start_parameter=page.door[1]) if page.door else None
    await inline_query.answer(
        list(page.results), cache_time=CACHED_S, is_personal=True, next_offset=page.next_offset, button=door
    )


async def _found(db: Database, visit: Visit, text: str, offset: int, up_to: int) -> Page:
    try:
        query = parse(text)
    except QueryError as error:
        return Page([], door=(clip(sentence(error).partition("\n")[0].rstrip(":"), BUTTON_LIMIT), OPENED))
    async with db.read() as conn:
        up_to = up_to or await articles.newest_id(conn)
        results = await search(conn, query, now=visit.now, limit=PAGE, offset=offset, up_to=up_to)
    if not results.hits and not offset:
        return Page([], door=(_("Nothing yet: follow it in the bot"), links.payload(text) or OPENED))
    end = offset + len(results.hits)
    is_more = bool(results.hits) and (results.more or results.total > end)
    return Page([_hit(hit, visit) for hit in results.hits], _next(end, up_to, is_more=is_more))


async def _newest(db: Database, visit: Visit, offset: int, up_to: int) -> Page:
    """With nothing typed: the newest stories, and the way into the bot."""
    async with db.read() as conn:
        up_to = up_to or await articles.newest_id(conn)
        page = await articles.latest(conn, limit=PAGE + 1, offset=offset, up_to=up_to)
    shown = [_article(article, visit) for article in page[:PAGE]]
    return Page(shown, _next(offset + PAGE, up_to, is_more=len(page) > PAGE), (_("Open the bot"), OPENED))


def _begin(offset: str) -> tuple[int, int]:
    """Where a page begins, and the newest article when the first one was made; the first page for anything else."""
    read = _OFFSET.fullmatch(offset)
    return (min(int(read[1]), DEEPEST), int(read[2])) if read else (0, 0)


def _next(offset: int, up_to: int, *, is_more: bool) -> str:
    return f"{offset}:{up_to}" if is_more and offset < DEEPEST else ""


def _hit(hit: Hit, visit: Visit) -> InlineQueryResultArticle:
    names = (hit.article.source.name, *hit.other_sources)
    return _result(hit.article, names, render.story(hit, reader=visit.reader, now=visit.now), hit.snippet.text, visit)


def _article(article: Article, visit: Visit) -> InlineQueryResultArticle:
    html = render.article(article, reader=visit.reader, now=visit.now)
    return _result(article, (article.source.name,), html, lead(article).text, visit)


def _result(
    article: Article, sources: tuple[str, ...], html: str, snippet: str, visit: Visit
) -> InlineQueryResultArticle:
    byline = plain(render.byline(article, sources, reader=visit.reader, now=visit.now))
    return InlineQueryResultArticle(
        id=str(article.id),
        title=clip(" ".join(article.title.split()), render.TITLE_LIMIT),
        description=clip(f"{byline}\n{' '.join(snippet.split())}", DESCRIPTION_LIMIT),
        thumbnail_url=sendable_url(article.image) if article.image else None,
        input_message_content=InputTextMessageContent(message_text=html),
    )
