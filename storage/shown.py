"""What is shown of articles: read once for all that are told of them, whichever queries they met."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import articles as article_rows
from storage.closeness import closeness
from storage.driver import on_driver
from storage.hits import tellers
from storage.language.document import load
from storage.models import Article, Hit
from storage.query import Query
from storage.schema import article_terms, articles, stories
from storage.summary import told


@dataclass(frozen=True, slots=True)
class Shown:
    """An article with its terms, and its story: the article whose headline stands for it, and who tells it.

    `told_by` names the source of each of the story's articles, the earliest first.
    """

    article: Article
    terms: bytes
    face_id: int | None
    told_by: tuple[str, ...]

    @property
    def is_face(self) -> bool:
        """Whether its headline stands for the story; where none was chosen, each does."""
        return self.face_id in (None, self.article.id)

    @property
    def sources(self) -> tuple[str, ...]:
        """Each once, the earliest first."""
        return tuple(dict.fromkeys(self.told_by))

    def hits(self, queries: Iterable[Query]) -> Iterator[Hit]:
        """Why each of these queries met it. Takes a fifth of a millisecond each, so keep it off the event loop."""
        document = article_rows.document(self.article, *load(self.terms))
        others = tuple(name for name in self.sources if name != self.article.source.name)
        for query in queries:
            title, snippet = told(query, self.article, document)
            met = closeness(query, document, snippet)
            yield Hit(
                article=self.article, score=0.0, title=title, snippet=snippet, other_sources=others, closeness=met
            )


async def faces(conn: AsyncConnection, story_ids: Sequence[int]) -> dict[int, int]:
    """Story → the article whose headline stands for it, where one was chosen."""
    chosen = select(stories.c.id, stories.c.face_id).where(stories.c.id.in_(story_ids), stories.c.face_id.is_not(None))
    return {row.id: row.face_id for row in await conn.execute(chosen)}


async def shown(conn: AsyncConnection, article_ids: Sequence[int]) -> list[Shown]:
    """Those of the articles that are still there."""
    found = article_rows.selection().add_columns(article_terms.c.terms, stories.c.face_id)
    joined = found.join(article_terms, article_terms.c.article_id == articles.c.id)
    own = joined.join(stories, stories.c.id == articles.c.story_id).where(articles.c.id.in_(article_ids))
    rows = (await conn.execute(own)).all()
    told_by = await on_driver(conn, lambda driver: tellers(driver, {row.story_id for row in rows}))
    return [
        Shown(article_rows.article(row), row.terms, row.face_id, tuple(told_by.get(row.story_id, ()))) for row in rows
    ]
