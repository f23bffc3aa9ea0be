"""What is shown of articles: read once for all that are told of them, whichever queries they met."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from storage import articles as article_rows
from storage.driver import on_driver
from storage.excerpt import headline
from storage.hits import other_sources
from storage.language.document import load
from storage.models import Article, Hit
from storage.query import Query
from storage.schema import article_terms, articles
from storage.summary import summary


@dataclass(frozen=True, slots=True)
class Shown:
    """An article with its terms, and the names of the other sources that tell its story."""

    article: Article
    terms: bytes
    other_sources: tuple[str, ...]

    def hits(self, queries: Iterable[Query]) -> Iterator[Hit]:
        """Why each of these queries met it. Takes a fifth of a millisecond each, so keep it off the event loop."""
        document = article_rows.document(self.article, *load(self.terms))
        for query in queries:
            title, snippet = headline(query, self.article, document), summary(query, self.article, document)
            yield Hit(article=self.article, score=0.0, title=title, snippet=snippet, other_sources=self.other_sources)


async def shown(conn: AsyncConnection, article_ids: Sequence[int]) -> list[Shown]:
    """Those of the articles that are still there."""
    found = article_rows.selection().add_columns(article_terms.c.terms)
    own = found.join(article_terms, article_terms.c.article_id == articles.c.id).where(articles.c.id.in_(article_ids))
    rows = [(article_rows.article(row), row.terms) for row in await conn.execute(own)]
    others = await on_driver(conn, lambda driver: other_sources(driver, [article for article, _ in rows]))
    return [Shown(article, terms, others[article.id]) for article, terms in rows]
