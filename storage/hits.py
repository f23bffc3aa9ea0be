"""What is shown of a search: the articles of a page, with what shows why the query found them."""

import json
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

from storage import articles as article_rows
from storage.excerpt import excerpts
from storage.language.document import Document, load
from storage.models import Article, Excerpt, Hit, Source
from storage.syntax import Query

_SHOWN = (
    "SELECT articles.id, articles.story_id, articles.source_id, sources.name, sources.host, articles.title,"
    " articles.text, articles.url, articles.author, articles.language, articles.published_at, articles.stored_at,"
    " articles.image, articles.development, article_terms.terms FROM json_each(:wanted) AS wanted"
    " CROSS JOIN articles ON articles.id = wanted.value CROSS JOIN sources ON sources.id = articles.source_id"
    " CROSS JOIN article_terms ON article_terms.article_id = articles.id"
)
_TOLD_BY = (
    "SELECT articles.story_id, sources.name FROM json_each(:wanted) AS wanted"
    " CROSS JOIN articles INDEXED BY ix_articles_story_id ON articles.story_id = wanted.value"
    " CROSS JOIN sources ON sources.id = articles.source_id ORDER BY articles.docid"
)


# Headline and text of an article, as a query has them shown.
Show: TypeAlias = Callable[[Query, Article, Document], tuple[Excerpt, Excerpt]]


def hits(
    driver: sqlite3.Connection, query: Query, scores: Mapping[int, float], *, show: Show = excerpts
) -> tuple[Hit, ...]:
    """The articles of these ids in this order, with what shows why the query found them."""
    if not scores:
        return ()
    shown = [_article(row) for row in driver.execute(_SHOWN, {"wanted": json.dumps(list(scores))})]
    others = other_sources(driver, [article for article, _ in shown])
    found = []
    for article, terms in shown:
        title, snippet = show(query, article, article_rows.document(article, *load(terms)))
        score, sources = round(scores[article.id], 4), others[article.id]
        found.append(Hit(article=article, score=score, title=title, snippet=snippet, other_sources=sources))
    return tuple(found)


def _article(row: tuple[Any, ...]) -> tuple[Article, bytes]:
    """The article and its stored terms."""
    article_id, story_id, source_id, name, host, title, text, url, author, language, published_at, stored_at, *rest = (
        row
    )
    image, development, terms = rest
    article = Article(
        id=article_id,
        story_id=story_id,
        source=Source(id=source_id, name=name, host=host),
        title=title,
        text=text,
        url=url,
        author=author,
        language=language,
        published_at=datetime.fromtimestamp(published_at, UTC),
        stored_at=datetime.fromtimestamp(stored_at, UTC),
        image=image,
        development=development,
    )
    return article, terms


def other_sources(driver: sqlite3.Connection, shown: Sequence[Article]) -> dict[int, tuple[str, ...]]:
    """Article → the names of the other sources that tell its story."""
    names = tellers(driver, {article.story_id for article in shown})
    return {
        article.id: tuple(dict.fromkeys(name for name in names[article.story_id] if name != article.source.name))
        for article in shown
    }


def tellers(driver: sqlite3.Connection, story_ids: Collection[int]) -> dict[int, list[str]]:
    """Story → the name of the source of each of its articles, the earliest first."""
    names: dict[int, list[str]] = {}
    for story_id, name in driver.execute(_TOLD_BY, {"wanted": json.dumps(sorted(story_ids))}):
        names.setdefault(story_id, []).append(name)
    return names
