"""Hot statements are answered by the indexes meant for them."""

import re
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import articles, chats, digests, matches, outbox, renewal, subscriptions
from storage.database import Database
from storage.query import parse
from storage.search import matching, search
from tests.storage.builders import NOW, STORY, chat, draft, follow, match, put

Act = Callable[[AsyncConnection], Awaitable[object]]

# Tables that grow with the news or with the readers.
LARGE = ("articles", "article_terms", "stories", "matches", "subscriptions", "chats", "told", "outbox", "digests")
# Reading these through is what is asked for: they hold what is open or live, or are read only as far as needed.
OPEN = ("ix_articles_unmatched", "ix_outbox_open", "ix_subscriptions_query_id", "sqlite_autoindex_articles_2")


def store_again(conn: AsyncConnection) -> Awaitable[object]:
    known = draft("Саммит", url="https://a.az/1"), draft("Саммит", guid="1", source="A"), draft("Саммит")
    return articles.store(conn, articles.analyse(known), now=NOW)


def searched(query: str) -> Act:
    return lambda conn: search(conn, parse(query), now=NOW, limit=5)


@asynccontextmanager
async def _recorded(database: Database) -> AsyncIterator[list[tuple[str, Any]]]:
    """The statements that the writer runs meanwhile, with their values."""
    statements: list[tuple[str, Any]] = []

    def record(_conn: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        statements.append((statement, parameters[0] if many else parameters))

    async with database.write() as conn:
        engine = conn.engine.sync_engine
    event.listen(engine, "before_cursor_execute", record)
    yield statements
    event.remove(engine, "before_cursor_execute", record)


async def plan(database: Database, act: Act) -> list[str]:
    """How SQLite goes about the statements of the act, a line a step."""
    async with _recorded(database) as statements, database.write() as conn:
        await act(conn)
    with closing(sqlite3.connect(database.path)) as connection:
        return [
            f"{line[3]}"
            for statement, parameters in statements
            if re.match(r"SELECT|UPDATE|DELETE", statement)
            for line in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]


async def new_to_a_chat(conn: AsyncConnection) -> object:
    among = await digests.recent(conn, [1, 2], instant=False)
    return await digests.gather(conn, 1, among, instant=False)


@pytest.mark.parametrize(
    ("act", "steps"),
    [
        pytest.param(
            lambda conn: chats.due(conn, now=NOW, limit=10),
            ["SEARCH chats USING INDEX ix_chats_due (next_due_at<?)"],
            id="chats that are due",
        ),
        pytest.param(
            lambda conn: matches.unmatched(conn, limit=10),
            ["SCAN articles USING INDEX ix_articles_unmatched"],
            id="articles that wait for matching",
        ),
        pytest.param(
            lambda conn: matches.since(conn, 1),
            ["SEARCH matches USING INTEGER PRIMARY KEY (rowid>?)"],
            id="matches since a cursor",
        ),
        pytest.param(
            lambda conn: outbox.claim(conn, now=NOW, limit=10),
            ["SCAN outbox USING INDEX ix_outbox_open", "SEARCH outbox USING INTEGER PRIMARY KEY (rowid=?)"],
            id="messages to be sent",
        ),
        pytest.param(
            lambda conn: outbox.waiting(conn, 1),
            ["SEARCH outbox USING INDEX ix_outbox_open (chat_id=?)"],
            id="messages of a chat",
        ),
        pytest.param(
            store_again,
            [
                "SEARCH articles USING INDEX sqlite_autoindex_articles_1 (source_id=? AND guid=?)",
                "SEARCH articles USING INDEX sqlite_autoindex_articles_3 (url=?)",
                "SEARCH articles USING INDEX ix_articles_content_hash (content_hash=?)",
                "SEARCH articles USING INDEX ix_articles_text_hash (text_hash=?)",
            ],
            id="articles by guid, address, content",
        ),
        pytest.param(
            lambda conn: articles.delete(conn, [1]),
            ["SEARCH articles USING COVERING INDEX ix_articles_story_id (story_id=?)"],
            id="deleting an article",
        ),
        pytest.param(
            lambda conn: articles.latest(conn, limit=5),
            ["SEARCH articles_1 USING INDEX ix_articles_story_id (story_id=?)"],
            id="the latest articles",
        ),
        pytest.param(
            searched("саммит баку"),
            [
                "SCAN article_index VIRTUAL TABLE INDEX",
                "SEARCH articles USING INDEX sqlite_autoindex_articles_2 (docid=?)",
            ],
            id="a search by words",
        ),
        pytest.param(
            searched('"саммит баку" after:2025-01-01 -матч'),
            [
                "SCAN article_index VIRTUAL TABLE INDEX",
                "SEARCH articles USING INDEX sqlite_autoindex_articles_2 (docid=?)",
                "SEARCH article_terms USING INDEX sqlite_autoindex_article_terms_1 (article_id=?)",
            ],
            id="a search by a phrase and conditions",
        ),
        pytest.param(
            searched("source:report.az"),
            ["SEARCH articles USING INDEX sqlite_autoindex_articles_1 (source_id=?)"],
            id="a search by source",
        ),
        pytest.param(
            searched("last:7d lang:ru"),
            ["SCAN articles USING INDEX sqlite_autoindex_articles_2"],
            id="a search by other conditions, newest first",
        ),
        pytest.param(
            lambda conn: matching(conn, parse("саммит last:7d")),
            ["SCAN article_index VIRTUAL TABLE INDEX"],
            id="what a subscription would have caught",
        ),
        pytest.param(
            new_to_a_chat,
            [
                "SEARCH subscriptions USING INDEX sqlite_autoindex_subscriptions_1 (chat_id=?)",
                "SEARCH matches USING INTEGER PRIMARY KEY (rowid>?)",
                "SEARCH told USING",
            ],
            id="what is new to chats",
        ),
        pytest.param(
            lambda conn: subscriptions.of_chat(conn, 1),
            ["SEARCH subscriptions USING INDEX sqlite_autoindex_subscriptions_1 (chat_id=?)"],
            id="subscriptions of a chat",
        ),
        pytest.param(
            lambda conn: subscriptions.drop(conn, 1, [1], now=NOW),
            [
                "SEARCH subscriptions USING INDEX ix_subscriptions_deleted (deletion<?)",
                "SEARCH subscriptions USING COVERING INDEX ix_subscriptions_deleted",
                "SEARCH subscriptions USING INTEGER PRIMARY KEY (rowid=?)",
            ],
            id="deleting subscriptions",
        ),
        pytest.param(
            lambda conn: subscriptions.restore(conn, 1, 1),
            ["SEARCH subscriptions USING INDEX"],
            id="undoing it",
        ),
        pytest.param(
            subscriptions.live_queries,
            ["ix_subscriptions_query_id"],
            id="live queries",
        ),
        pytest.param(
            lambda conn: renewal.stale(conn, limit=10),
            [
                "ix_article_terms_analyser_article_id (analyser<?)",
                "SEARCH articles USING INTEGER PRIMARY KEY (rowid=?)",
            ],
            id="articles of an older analyser",
        ),
        pytest.param(
            renewal.next_query,
            ["SEARCH queries USING INDEX ix_queries_analyser (analyser<?)"],
            id="the query to be renewed next",
        ),
    ],
)
async def test_hot_statements_use_their_index(database: Database, act: Act, steps: list[str]) -> None:
    reader = await chat(database)
    await follow(database, reader, "саммит")
    await put(database, draft("Саммит в Баку", STORY, url="https://report.az/1", source="Report"))
    await match(database)
    found = await plan(database, act)
    for step in steps:
        assert any(step in line for line in found), found
    scanned = [line for line in found if re.match(rf"SCAN ({'|'.join(LARGE)})\b", line)]
    assert [line for line in scanned if not line.endswith(OPEN)] == []


async def test_search_reads_the_newest_first_without_sorting(database: Database) -> None:
    for query in ("саммит", '"саммит баку"', "lang:ru", "саммит OR source:a"):
        page = [line for line in await plan(database, searched(query)) if "ORDER BY" in line]
        assert page == [], query
