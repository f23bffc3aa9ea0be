"""Short ways to what tests of the store need: drafts, stored articles, documents, chats."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import event

from storage import articles, chats, matches, sources, subscriptions
from storage.articles import Stored
from storage.database import Database
from storage.language.document import Document, analyse
from storage.models import Article, Chat, Draft, Source, Subscription
from storage.percolator import Percolator
from storage.query import parse

NOW = datetime(2025, 12, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

# Long enough to tell a story by itself.
STORY = "Президенты двух стран договорились развивать перевозки через Каспийское море. " * 4


def draft(title: str = "Заголовок", text: str = "", **columns: Any) -> Draft:
    return Draft(title=title, text=text, **columns)


async def put(database: Database, *drafts: Draft, now: datetime = NOW) -> Stored:
    """Stores the drafts as one batch."""
    async with database.write() as conn:
        return await articles.store(conn, articles.analyse(drafts), now=now)


async def everything(database: Database) -> list[Article]:
    """All stored articles in order of arrival."""
    async with database.read() as conn:
        return await articles.export(conn, after=0, limit=10_000)


async def chat(database: Database, telegram_id: int = 1, **columns: Any) -> Chat:
    """A chat with these columns."""
    async with database.write() as conn:
        made = await chats.ensure(conn, telegram_id, now=NOW)
        return await chats.change(conn, made.id, **columns) if columns else made


async def follow(database: Database, chat: Chat, query: str, *, now: datetime = NOW) -> Subscription:
    """The chat's subscription to the query."""
    async with database.write() as conn:
        return (await subscriptions.follow(conn, chat.id, parse(query), now=now)).subscription


async def match(database: Database) -> None:
    """Lets all waiting articles meet all live queries."""
    percolator = Percolator()
    async with database.write() as conn:
        standing = await subscriptions.changed_queries(conn, after=0, limit=10_000)
        percolator.update({query_id: clauses or "" for query_id, _, clauses, _ in standing})
        waiting = await matches.unmatched(conn, limit=10_000)
        found = [(one, percolator.match(one.document, now=one.stored_at)) for one in waiting]
        await matches.record(conn, found)


def document(title: str = "", text: str = "", *, language: str = "ru", **fields: Any) -> Document:
    """What queries see of an article; `source` and `host` name where it is from."""
    source = Source(id=1, name=fields.get("source", ""), host=fields.get("host", ""))
    published_at = fields.get("published_at", NOW)
    return Document(analyse(title, language), analyse(text, language), language, sources.words(source), published_at)


@asynccontextmanager
async def statements(database: Database) -> AsyncIterator[list[str]]:
    """The statements that the writer runs meanwhile; one for many rows stands once."""
    run: list[str] = []

    def record(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        run.append(statement)

    async with database.write() as conn:
        engine = conn.engine.sync_engine
    event.listen(engine, "before_cursor_execute", record)
    yield run
    event.remove(engine, "before_cursor_execute", record)
