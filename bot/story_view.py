"""Stories → blocks of Telegram HTML where they are listed: a story's page, a digest's list, the day's stories."""

from datetime import datetime
from typing import Final

from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from bot import render
from bot.messages import clip, escape, inert, italic, sendable_url
from bot.render import Reader
from storage.coverage import Coverage
from storage.models import Article, Excerpt
from storage.summary import lead
from storage.top import Told

# What is new stands in a sentence; feeds that know no full stop have longer ones.
DEVELOPMENT_LIMIT: Final = 260
# In lists of ten, headlines may take half of a message.
LISTED_LIMIT: Final = 160
MENTIONED_LIMIT: Final = 60


def headline(article: Article, *, limit: int = render.TITLE_LIMIT) -> str:
    """A link on one line; without a link where there is no address that Telegram takes."""
    text = _line(article.title, limit)
    address = sendable_url(article.url) if article.url else None
    return f'<a href="{escape(address)}">{text}</a>' if address else text


def head(coverage: Coverage, *, reader: Reader, now: datetime) -> str:
    """The head of a story's page: who tells it, and how it begins."""
    since = render.moment(coverage.earliest.published_at, reader=reader, now=now)
    told = _("{sources}, {articles}, since {when}").format(
        sources=in_sources(coverage.sources), articles=in_articles(coverage.articles), when=since
    )
    if coverage.articles == 1:
        told = render.byline(coverage.face, (coverage.face.source.name,), reader=reader, now=now)
    lines = (f"<b>{headline(coverage.face)}</b>", told, render.snippet(lead(coverage.face)))
    return "\n".join(filter(None, lines))


def in_page(article: Article, *, number: int, reader: Reader, now: datetime) -> str:
    """An article among those of its story: headline, source and time, and what it told first."""
    lines = [f"{number}. {headline(article)}", render.byline(article, (article.source.name,), reader=reader, now=now)]
    if article.development:
        lines.append(_("<b>New</b>: {sentence}").format(sentence=_line(article.development, DEVELOPMENT_LIMIT)))
    return "\n".join(lines)


def in_list(article: Article, *, number: int, shown: bool) -> str:
    """A story in the list of a digest; marked where the digest itself left it out."""
    marks = [] if shown else [italic(_("not shown"))]
    return " · ".join([f"{number}. {headline(article, limit=LISTED_LIMIT)}", *_source(article), *marks])


def in_top(told: Told, face: Article, *, number: int, reader: Reader, now: datetime) -> str:
    """A story of the day: headline, who told it, how many they are."""
    lines = [f"{number}. {headline(face)}", render.byline(face, told.sources, reader=reader, now=now)]
    if told.articles > 1:
        lines.append(f"{in_sources(len(told.sources))}, {in_articles(told.articles)}")
    return "\n".join(lines)


def mentioned(article: Article) -> str:
    """A headline within a sentence."""
    return f"«{_line(article.title, MENTIONED_LIMIT)}»"


def in_sources(count: int) -> str:
    return ngettext("{count} source", "{count} sources", count).format(count=count)


def in_articles(count: int) -> str:
    return ngettext("{count} article", "{count} articles", count).format(count=count)


def _source(article: Article) -> list[str]:
    name = clip(_plain_line(article.source.name), render.SOURCE_LIMIT)
    return [escape(inert(name))] if name else []


def _plain_line(text: str) -> str:
    return " ".join(text.split())


def _line(text: str, limit: int) -> str:
    return render.marked(Excerpt(text), limit=limit, marks=0)
