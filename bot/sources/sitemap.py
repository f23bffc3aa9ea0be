"""News sitemaps → drafts (https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap).

Headline, address, date and publication; there is no text. What other pages a sitemap lists are no articles.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bot.sources import clean, drafts, pictures, rows
from bot.sources.drafts import Contents, FeedError
from bot.sources.pictures import Picture
from storage.models import Draft


def read(document: str, *, base: str | None, most: int | None = None) -> Contents:
    """The articles that a news sitemap lists. FeedError for a list of sitemaps and for one without any headline."""
    root = _root(document)
    if _name(root) == "sitemapindex":
        raise FeedError("it lists sitemaps, not articles")
    listed = [element for element in root if _name(element) == "url"]
    news = [element for element in listed if _text(element, "{*}news/{*}title")]
    if listed and not news:
        raise FeedError("it is a sitemap of pages, not of news")
    contents = drafts.collect(news, lambda element: _draft(element, base or ""), most=most)
    return replace(contents, title=next(_publications(news), ""), kind="sitemap")


def _root(document: str) -> Any:
    # Few feeds are sitemaps, and whoever only imports texts needs none of it.
    from lxml import etree

    parser = etree.XMLParser(encoding="utf-8", recover=True, resolve_entities=False, no_network=True)
    root = etree.fromstring(document.encode(), parser)
    if root is None:
        raise FeedError("the sitemap is broken beyond use")
    return root


def _draft(element: Any, base: str) -> Draft:
    return drafts.make(
        title=_text(element, "{*}news/{*}title"),
        text="",
        url=clean.link(_raw(element, "{*}loc").strip(), base=base),
        source=_text(element, "{*}news/{*}publication/{*}name"),
        published_at=drafts.dated(rows.moment(_text(element, "{*}news/{*}publication_date"))),
        language=clean.language_code(_text(element, "{*}news/{*}publication/{*}language")),
        image=pictures.first([Picture(_raw(element, "{*}image/{*}loc").strip())], base=base),
    )


def _publications(news: list[Any]) -> Iterator[str]:
    return filter(None, (_text(element, "{*}news/{*}publication/{*}name") for element in news))


def _name(element: Any) -> str:
    """Without its namespace; empty for a comment."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _text(element: Any, path: str) -> str:
    return clean.line(clean.html(_raw(element, path)))


def _raw(element: Any, path: str) -> str:
    found = element.find(path)
    return "" if found is None else "".join(found.itertext())
