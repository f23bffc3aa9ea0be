"""What is shown of a search: the articles of a page, with what shows why the query found them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from storage import articles as article_rows
from storage.excerpt import excerpts
from storage.index import fetch
from storage.language.document import load
from storage.models import Article, Hit, Source
from storage.syntax import Query

# Excerpts take about half a millisecond each: between so many, others have their turn.
SHOWN_AT_ONCE = 50

_SHOWN = (
    "SELECT articles.id, articles.story_id, articles.source_id, sources.name, sources.host, articles.title,"
    " articles.text, articles.url, articles.author, articles.language, articles.published_at, articles.stored_at,"
    " article_terms.terms FROM json_each(:wanted) AS wanted"
    " CROSS JOIN articles ON articles.id = wanted.value CROSS JOIN sources ON sources.id = articles.source_id"
    " CROSS JOIN article_terms ON article_terms.article_id = articles.id"
)
_TOLD_BY = (
    "SELECT articles.story_id, sources.name FROM json_each(:wanted) AS wanted"
    " CROSS JOIN articles INDEXED BY ix_articles_story_id ON articles.story_id = wanted.value"
    " CROSS JOIN sources ON sources.id = articles.source_id ORDER BY articles.docid"
)


async def hits(conn: AsyncConnection, query: Query, scores: Mapping[int, float]) -> tuple[Hit, ...]:
    """The articles of these ids in this order, with what shows why the query found them."""
    found: list[Hit] = []
    for start in range(0, len(scores), SHOWN_AT_ONCE):
        ids = list(scores)[start : start + SHOWN_AT_ONCE]
        shown = [_article(row) for row in await fetch(conn, _SHOWN, {"wanted": json.dumps(ids)})]
        others = await other_sources(conn, [article for article, _ in shown])
        found += [_hit(query, article, terms, scores[article.id], others[article.id]) for article, terms in shown]
    return tuple(found)


def _article(row: tuple[Any, ...]) -> tuple[Article, bytes]:
    """The article and its stored terms."""
    article_id, story_id, source_id, name, host, title, text, url, author, language, published_at, stored_at, terms = (
        row
    )
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
    )
    return article, terms


def _hit(query: Query, article: Article, terms: bytes, score: float, others: tuple[str, ...]) -> Hit:
    title, snippet = excerpts(query, article, article_rows.document(article, *load(terms)))
    return Hit(article=article, score=round(score, 4), title=title, snippet=snippet, other_sources=others)


async def other_sources(conn: AsyncConnection, shown: Sequence[Article]) -> dict[int, tuple[str, ...]]:
    """Article → the names of the other sources that tell its story."""
    rows: Iterable[tuple[int, str]] = await fetch(
        conn, _TOLD_BY, {"wanted": json.dumps([article.story_id for article in shown])}
    )
    names: dict[int, list[str]] = {}
    for story_id, name in rows:
        names.setdefault(story_id, []).append(name)
    return {
        article.id: tuple(dict.fromkeys(name for name in names[article.story_id] if name != article.source.name))
        for article in shown
    }
