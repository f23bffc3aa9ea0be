"""Hot statements are answered by the indexes meant for them."""

import re
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from zoneinfo import ZoneInfo

import aiosqlite
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import (
    article_languages,
    articles,
    bans,
    broadcasts,
    chats,
    coverage,
    dialogues,
    digests,
    feedback,
    feeds,
    figures,
    matches,
    outbox,
    outbox_report,
    renewal,
    retention,
    saved,
    setups,
    stories,
    subscriptions,
    tellings,
    updates,
)
from storage.database import Database
from storage.digests import Composed
from storage.feedback import FeedbackKind
from storage.fingerprints import fingerprint
from storage.models import Attempt, AttemptOutcome, Chat, DigestKind, MessageState, Part, Slot, Telling
from storage.placing import Newcomer
from storage.planning import Planner
from storage.query import parse
from storage.schema import articles as article_table
from storage.schema import matches as match_table
from storage.schema import seconds
from storage.search import matching, search
from storage.shown import shown
from storage.stories import Stories
from storage.top import newest, top
from storage.trends import trends
from tests.storage.builders import DAY, NOW, STORY, chat, draft, follow, match, put

ALIKE = Chat(
    id=1,
    telegram_id=1,
    thread_id=0,
    telegram_language=None,
    language=None,
    timezone=None,
    schedule=None,
    instant=False,
    next_due_at=NOW,
    asleep=False,
)

Act = Callable[[AsyncConnection], Awaitable[object]]

# Tables that grow with the news or with the readers.
LARGE = (
    "articles",
    "article_terms",
    "stories",
    "matches",
    "subscriptions",
    "chats",
    "told",
    "outbox",
    "digests",
    "saved",
    "feedback",
    "fingerprints",
    "f",
    "updates",
    "setups",
)
# Reading these through is what is asked for: they hold what is open or live, or are read only as far as needed.
OPEN = (
    "ix_articles_unmatched",
    "ix_outbox_open",
    "ix_updates_unhandled",
    "ix_outbox_given_up",
    "ix_subscriptions_query_id",
    "ix_articles_candidates",
    "COVERING INDEX sqlite_autoindex_articles_2",
    "COVERING INDEX ix_subscriptions_followed",
)


def store_again(conn: AsyncConnection) -> Awaitable[object]:
    known = draft("Саммит", url="https://a.az/1"), draft("Саммит", guid="1", source="A"), draft("Саммит")
    return articles.store(conn, articles.analyse(known), now=NOW)


async def leaning_after_feedback(conn: AsyncConnection) -> object:
    await feedback.give(conn, 1, 1, kind=FeedbackKind.LESS, now=NOW)
    return await feedback.leanings(conn, {1: [1]})


async def a_turn(conn: AsyncConnection) -> object:
    plain = Attempt(message_id=3, chat_id=1, number=1, state=MessageState.SENT, outcome=AttemptOutcome.SENT)
    again = replace(plain, state=MessageState.PENDING, outcome=AttemptOutcome.LOST)
    return await outbox.take_turn(conn, [1, 2], now=NOW, ended=[plain, again])


async def a_page_of_a_broadcast(conn: AsyncConnection) -> None:
    made = await broadcasts.draft(conn, "?", by=1, now=NOW)
    await broadcasts.begin(conn, made.id, message_id=1, only_private=False, total=1, now=NOW)
    await broadcasts.put(conn, made.id, limit=10, now=NOW)


def searched(query: str) -> Act:
    return lambda conn: search(conn, parse(query), now=NOW, limit=5)


def counted_by_day(query: str) -> Act:
    return lambda conn: trends(conn, [parse(query)], now=NOW, zone=ZoneInfo("Asia/Almaty"))


@asynccontextmanager
async def _recorded(database: Database) -> AsyncIterator[list[str]]:
    """The statements that the writer's connection runs meanwhile, their values filled in; not those of its index."""
    statements: list[str] = []
    async with database.write() as conn:
        driver = (await conn.get_raw_connection()).driver_connection
    assert isinstance(driver, aiosqlite.Connection)
    await driver.set_trace_callback(statements.append)
    yield statements
    await driver.set_trace_callback(lambda _statement: None)


async def plan(database: Database, act: Act) -> list[str]:
    """How SQLite goes about the statements of the act, a line a step."""
    async with _recorded(database) as statements, database.write() as conn:
        await act(conn)
    own = [statement for statement in statements if "'article_index_" not in statement]
    with closing(sqlite3.connect(database.path)) as connection:
        return [
            f"{line[3]}"
            for statement in own
            if re.match(r"\s*(SELECT|UPDATE|DELETE|INSERT)", statement)
            for line in connection.execute(f"EXPLAIN QUERY PLAN {statement}")
        ]


def new_to_chats(*, instant: bool) -> Act:
    return lambda conn: Planner(instant=instant).plan(conn, [1, 2])


async def going_on(conn: AsyncConnection) -> object:
    """A story that was told has something new."""
    gathered = (await Planner(instant=False).plan(conn, [1])).of(1)
    composed = Composed(
        kind=DigestKind.ASKED,
        slot=None,
        tellings=(Telling(1, 0, 1, 1),),
        subscription_ids=frozenset(),
        messages=(Part(""),),
    )
    await digests.commit(conn, {1: (replace(gathered, looked_at=()), composed)}, now=NOW)
    await conn.execute(match_table.update().where(match_table.c.article_id == 1).values(development=True))
    return await Planner(instant=False).plan(conn, [1])


async def a_digest(conn: AsyncConnection) -> object:
    """Composed of what is new to the chat."""
    gathered = (await Planner(instant=False).plan(conn, [1])).of(1)
    await subscriptions.by_ids(conn, [1])
    composed = Composed(
        kind=DigestKind.SCHEDULED,
        slot=Slot(local_date=NOW.date(), name="09:00"),
        tellings=(Telling(1, 1, 1, 1),),
        subscription_ids=frozenset({1}),
        messages=(Part("<b>новости</b>"),),
    )
    await digests.commit(conn, {1: (gathered, composed)}, now=NOW)
    await chats.by_ids(conn, [1])
    await chats.set_due(conn, {1: NOW})
    return await shown(conn, [1])


async def placed_twice(conn: AsyncConnection) -> object:
    """By a process that remembers nothing, then by what was stored since."""
    newcomers, remembered = [Newcomer(seconds(NOW), 1, fingerprint("Саммит", "", "ru"))], Stories()
    await remembered.place(conn, newcomers)
    return await remembered.place(conn, newcomers)


@pytest.mark.parametrize(
    ("act", "steps"),
    [
        pytest.param(
            placed_twice,
            [
                # The greatest of each is at the end.
                "SEARCH fingerprints",
                "SEARCH articles USING COVERING INDEX sqlite_autoindex_articles_2",
                "SEARCH articles USING COVERING INDEX ix_articles_candidates (docid>? AND docid<?)",
                "SEARCH f USING INDEX sqlite_autoindex_fingerprints_1 (article_id=?)",
                "INDEX 2",
                "SEARCH f USING INTEGER PRIMARY KEY (rowid>?)",
                "SEARCH articles USING INTEGER PRIMARY KEY (rowid=?)",
                "SEARCH stories USING INTEGER PRIMARY KEY (rowid=?)",
            ],
            id="the story of an article",
        ),
        pytest.param(
            lambda conn: stories.set_faces(conn, [1]),
            [
                "SEARCH articles USING INDEX ix_articles_story_id (story_id=?)",
                "SEARCH stories USING INTEGER PRIMARY KEY (rowid=?)",
            ],
            id="the face of a story",
        ),
        pytest.param(
            lambda conn: chats.due(conn, now=NOW, limit=10),
            ["SEARCH chats USING INDEX ix_chats_due (next_due_at<?)"],
            id="chats that are due",
        ),
        pytest.param(
            lambda conn: chats.retime(conn, [(ALIKE, NOW)]),
            ["SEARCH chats USING INDEX ix_chats_due (next_due_at=?)"],
            id="chats that are due at another time",
        ),
        pytest.param(
            lambda conn: feeds.due(conn, now=NOW, limit=100, without=["a.az"]),
            ["SEARCH feeds USING COVERING INDEX ix_feeds_due (next_at<?)"],
            id="feeds that are due",
        ),
        pytest.param(
            lambda conn: matches.unmatched(conn, limit=10),
            ["SCAN articles USING INDEX ix_articles_unmatched"],
            id="articles that wait for matching",
        ),
        pytest.param(
            going_on,
            ["VIRTUAL TABLE INDEX 1:", "SEARCH told USING PRIMARY KEY (chat_id=? AND story_id=?)"],
            id="what is new of told stories",
        ),
        pytest.param(
            lambda conn: digests.alerted(conn, 1, limit=10),
            [
                "SEARCH digests USING INDEX sqlite_autoindex_digests_1 (chat_id=? AND local_date=? AND slot=?)",
                "SEARCH told USING COVERING INDEX ix_told_digest_id (digest_id=?)",
            ],
            id="what a chat was alerted of last",
        ),
        pytest.param(
            lambda conn: matches.since(conn, 1),
            ["SEARCH matches USING INTEGER PRIMARY KEY (rowid>?)"],
            id="matches since a cursor",
        ),
        pytest.param(
            lambda conn: outbox.ready(conn, now=NOW, limit=10),
            ["SCAN outbox USING INDEX ix_outbox_open", "SEARCH message USING INTEGER PRIMARY KEY (rowid=?)"],
            id="messages to be sent",
        ),
        pytest.param(
            lambda conn: outbox.ready(conn, now=NOW, limit=10, only=1),
            [
                "SEARCH chat USING INDEX sqlite_autoindex_chats_1 (telegram_id=?)",
                "SEARCH message USING INTEGER PRIMARY KEY (rowid=?)",
                "SEARCH outbox USING INDEX ix_outbox_open (chat_id=?)",
            ],
            id="messages to be sent to a chat",
        ),
        pytest.param(
            a_turn,
            [
                "SEARCH outbox USING INTEGER PRIMARY KEY (rowid=?)",
                "SEARCH message USING INTEGER PRIMARY KEY (rowid=?)",
                "SEARCH outbox USING INDEX ix_outbox_open (chat_id=?)",
                "SEARCH earlier USING INDEX ix_outbox_open (chat_id=? AND id<?)",
                "SEARCH next USING INDEX ix_outbox_open (chat_id=? AND id>?)",
            ],
            id="messages claimed and settled",
        ),
        pytest.param(
            lambda conn: outbox_report.given_up(conn, limit=10),
            ["USING INDEX ix_outbox_given_up", "SEARCH attempts USING PRIMARY KEY (message_id=?)"],
            id="messages that were given up",
        ),
        pytest.param(
            outbox_report.waiting,
            ["SCAN outbox USING INDEX ix_outbox_open"],
            id="how many messages wait",
        ),
        pytest.param(
            outbox_report.count_open,
            ["SCAN outbox USING INDEX ix_outbox_open"],
            id="how many messages are open",
        ),
        pytest.param(
            lambda conn: outbox.ahead(conn, now=NOW),
            ["USING INDEX ix_outbox_open"],
            id="messages of a clock that was wrong",
        ),
        pytest.param(
            lambda conn: outbox.recover(conn, now=NOW),
            ["USING INDEX ix_outbox_open"],
            id="messages that were interrupted",
        ),
        pytest.param(
            lambda conn: outbox.waiting(conn, 1),
            ["SEARCH outbox USING INDEX ix_outbox_open (chat_id=?)"],
            id="messages of a chat",
        ),
        pytest.param(
            lambda conn: updates.known(conn, 1, [7, 8]),
            ["SEARCH updates USING PRIMARY KEY (bot_id=? AND update_id=?)"],
            id="updates that are known",
        ),
        pytest.param(
            lambda conn: updates.newest(conn, 1),
            ["SEARCH updates USING"],
            id="the newest update",
        ),
        pytest.param(
            lambda conn: updates.handled(conn, 1, [7, 8]),
            ["SEARCH updates USING PRIMARY KEY (bot_id=? AND update_id=?)"],
            id="updates that were handled",
        ),
        pytest.param(
            lambda conn: updates.begin_again(conn, 1),
            ["updates USING INDEX ix_updates_unhandled"],
            id="updates that are unhandled",
        ),
        pytest.param(
            lambda conn: updates.drop_old(conn, before=NOW),
            ["SEARCH updates USING COVERING INDEX ix_updates_received_at (received_at<?)"],
            id="updates that are old",
        ),
        pytest.param(
            lambda conn: dialogues.drop_old(conn, before=NOW),
            ["SEARCH dialogues USING COVERING INDEX ix_dialogues_changed_at (changed_at<?)"],
            id="questions that are old",
        ),
        pytest.param(
            figures.followed,
            ["USING COVERING INDEX ix_subscriptions_followed"],
            id="how many subscriptions there are",
        ),
        pytest.param(
            lambda conn: figures.articles_by_day(conn, [NOW - DAY, NOW]),
            ["SEARCH articles USING INTEGER PRIMARY KEY (rowid>?)"],
            id="how many articles came in a day",
        ),
        pytest.param(
            lambda conn: figures.told_since(conn, NOW),
            ["SEARCH digests USING INTEGER PRIMARY KEY (rowid>?)"],
            id="how many chats were told",
        ),
        pytest.param(
            lambda conn: figures.sent_since(conn, NOW),
            ["SEARCH outbox USING INDEX ix_outbox_digest_id (digest_id>?)"],
            id="how many messages were sent",
        ),
        pytest.param(
            outbox_report.count_given_up,
            ["USING INDEX ix_outbox_given_up"],
            id="how many messages were given up",
        ),
        pytest.param(
            bans.load,
            ["SCAN bans"],
            id="who is banned",
        ),
        pytest.param(
            lambda conn: bans.drop(conn, 1),
            ["SEARCH bans USING PRIMARY KEY (telegram_id=?)", "SEARCH chats USING INDEX sqlite_autoindex_chats_1"],
            id="who is let in again",
        ),
        pytest.param(
            lambda conn: setups.of_user(conn, 1, limit=8),
            ["SEARCH setups USING PRIMARY KEY (user_id=?)", "SEARCH chats USING INTEGER PRIMARY KEY (rowid=?)"],
            id="chats that somebody has set up",
        ),
        pytest.param(
            lambda conn: broadcasts.progress(conn, 1),
            ["SEARCH outbox USING COVERING INDEX ix_outbox_broadcast_id (broadcast_id=?)"],
            id="how far a broadcast is",
        ),
        pytest.param(
            a_page_of_a_broadcast,
            [
                "SEARCH chats USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)",
                "SEARCH chats_1 USING INDEX sqlite_autoindex_chats_1 (telegram_id=? AND thread_id<?)",
                "SEARCH chats_2 USING COVERING INDEX sqlite_autoindex_chats_1 (telegram_id=?)",
                "SEARCH outbox USING INDEX sqlite_autoindex_outbox_1 (chat_id=? AND digest_id=?)",
            ],
            id="the next chats of a broadcast",
        ),
        pytest.param(
            lambda conn: broadcasts.under_way(conn, 1, now=NOW),
            [
                "SEARCH outbox USING INDEX ix_outbox_broadcast_id (broadcast_id=? AND state=?)",
                "SEARCH chats USING INTEGER PRIMARY KEY (rowid=?)",
            ],
            id="what waits of a broadcast",
        ),
        pytest.param(
            lambda conn: broadcasts.stop(conn, 1),
            [
                "SEARCH broadcasts USING INTEGER PRIMARY KEY (rowid=?)",
                "SEARCH outbox USING INDEX ix_outbox_broadcast_id (broadcast_id=? AND state=?)",
            ],
            id="what is taken back",
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
            [
                "SCAN articles USING COVERING INDEX ix_articles_candidates",
                "SEARCH articles_1 USING INDEX ix_articles_story_id (story_id=?)",
            ],
            id="the latest articles",
        ),
        pytest.param(
            searched("саммит баку"),
            [
                "SCAN article_index VIRTUAL TABLE INDEX",
                "SEARCH articles USING COVERING INDEX ix_articles_candidates (docid=? AND id<?)",
                "SEARCH articles USING INTEGER PRIMARY KEY (rowid=?)",
                "SEARCH article_terms USING INDEX sqlite_autoindex_article_terms_1 (article_id=?)",
                "SEARCH articles USING INDEX ix_articles_story_id (story_id=?)",
            ],
            id="a search by words",
        ),
        pytest.param(
            searched('"саммит баку" after:2025-01-01 -матч'),
            [
                "SCAN article_index VIRTUAL TABLE INDEX",
                "SEARCH articles USING COVERING INDEX ix_articles_candidates (docid=? AND id<?)",
                "SEARCH article_terms USING INDEX sqlite_autoindex_article_terms_1 (article_id=?)",
            ],
            id="a search by a phrase and conditions",
        ),
        pytest.param(
            searched("source:report.az -lang:kk"),
            [
                "SCAN article_index VIRTUAL TABLE INDEX",
                "SEARCH articles USING COVERING INDEX ix_articles_candidates (docid=? AND id<?)",
            ],
            id="a search by source and language",
        ),
        pytest.param(
            searched("last:7d"),
            ["SEARCH articles USING COVERING INDEX ix_articles_candidates (docid>? AND docid<?)"],
            id="a search by dates, newest first",
        ),
        pytest.param(
            counted_by_day("саммит"),
            [
                "SEARCH articles USING COVERING INDEX sqlite_autoindex_articles_2",
                "SCAN article_index VIRTUAL TABLE INDEX",
            ],
            id="how often a word is met",
        ),
        pytest.param(
            counted_by_day("after:2025-01-01"),
            ["SEARCH articles USING COVERING INDEX ix_articles_candidates (docid>? AND docid<?)"],
            id="how many articles a day there are",
        ),
        pytest.param(
            counted_by_day('"саммит баку"'),
            [
                "SCAN article_index VIRTUAL TABLE INDEX",
                "SEARCH articles USING COVERING INDEX ix_articles_candidates (docid=? AND id<?)",
                "SEARCH article_terms USING INDEX sqlite_autoindex_article_terms_1 (article_id=?)",
            ],
            id="how often a phrase is met",
        ),
        pytest.param(
            lambda conn: matching(conn, parse("саммит last:7d")),
            [
                "SCAN article_index VIRTUAL TABLE INDEX",
                "SEARCH articles USING COVERING INDEX ix_articles_candidates (docid=? AND id<?)",
                "SEARCH whole USING INTEGER PRIMARY KEY (rowid=?)",
            ],
            id="what a subscription would have caught",
        ),
        pytest.param(
            new_to_chats(instant=False),
            [
                "SEARCH subscriptions USING COVERING INDEX ix_subscriptions_followed (chat_id=?)",
                "SEARCH matches USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)",
                "SEARCH told USING PRIMARY KEY (chat_id=? AND story_id>?)",
            ],
            id="what is new to chats",
        ),
        pytest.param(
            new_to_chats(instant=True),
            [
                "SEARCH subscriptions USING INDEX sqlite_autoindex_subscriptions_1 (chat_id=?)",
                "SEARCH chats USING INTEGER PRIMARY KEY (rowid=?)",
            ],
            id="what is to be told at once",
        ),
        pytest.param(
            lambda conn: digests.awaiting_alerts(conn, now=NOW),
            [
                "SEARCH subscriptions USING INDEX ix_subscriptions_instant (instant=? AND cursor<?)",
                "SEARCH chats USING INDEX ix_chats_instant (instant=?)",
                "SEARCH subscriptions USING COVERING INDEX ix_subscriptions_followed (chat_id=?)",
            ],
            id="chats that await alerts",
        ),
        pytest.param(
            a_digest,
            [
                "SEARCH subscriptions USING INTEGER PRIMARY KEY (rowid=?)",
                "SEARCH chats USING INTEGER PRIMARY KEY (rowid=?)",
                "SEARCH articles USING INTEGER PRIMARY KEY (rowid=?)",
                "SEARCH articles USING INDEX ix_articles_story_id (story_id=?)",
            ],
            id="a digest",
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
            lambda conn: saved.of_chat(conn, 1, limit=5),
            [
                "SEARCH saved USING PRIMARY KEY (chat_id=?)",
                "SEARCH articles USING INDEX ix_articles_story_id (story_id=?)",
            ],
            id="saved stories",
        ),
        pytest.param(
            lambda conn: saved.among(conn, 1, [1, 2]),
            ["SEARCH saved USING COVERING INDEX ix_saved_story_id (story_id=? AND chat_id=?)"],
            id="which stories are saved",
        ),
        pytest.param(
            lambda conn: saved.save(conn, 1, 1, now=NOW),
            ["SEARCH saved USING PRIMARY KEY (chat_id=?)"],
            id="saving a story",
        ),
        pytest.param(
            lambda conn: article_languages.of_stories(conn, [1, 2]),
            ["articles USING INDEX ix_articles_story_id (story_id=?)"],
            id="in which languages stories are told",
        ),
        pytest.param(
            lambda conn: article_languages.most_common(conn, limit=10),
            # Of the newest alone, as the limit says.
            ["SCAN articles USING COVERING INDEX sqlite_autoindex_articles_2", "SEARCH articles USING INTEGER PRIMARY"],
            id="languages to choose among",
        ),
        pytest.param(
            lambda conn: top(conn, since=NOW - DAY, until=NOW, up_to=9, limit=5),
            [
                "SEARCH articles USING COVERING INDEX ix_articles_candidates (docid>? AND docid<?)",
                "SEARCH articles USING INDEX ix_articles_story_id (story_id=? AND rowid<?)",
            ],
            id="the stories of the day",
        ),
        pytest.param(
            lambda conn: newest(conn, until=NOW, up_to=9),
            ["SEARCH articles USING COVERING INDEX ix_articles_candidates (docid<?)"],
            id="when the newest article was published",
        ),
        pytest.param(
            lambda conn: coverage.coverage(conn, 1),
            [
                "SEARCH stories USING INTEGER PRIMARY KEY (rowid=?)",
                "SEARCH articles USING INTEGER PRIMARY KEY (rowid=?)",
                "SEARCH articles USING INDEX ix_articles_story_id (story_id=?)",
            ],
            id="who tells a story",
        ),
        pytest.param(
            lambda conn: coverage.with_more(conn, [1, 2]),
            ["SEARCH articles_1 USING COVERING INDEX ix_articles_story_id (story_id=?)"],
            id="stories of several articles",
        ),
        pytest.param(
            lambda conn: tellings.of_story(conn, 1, 1),
            ["SEARCH told USING PRIMARY KEY (chat_id=? AND story_id=?)"],
            id="how a story was told",
        ),
        pytest.param(
            lambda conn: tellings.digest_at(conn, 1, NOW),
            ["SEARCH digests USING INDEX sqlite_autoindex_digests_1 (chat_id=?)"],
            id="the digest of a second",
        ),
        pytest.param(
            lambda conn: tellings.of_digest(conn, 1, limit=10),
            ["SEARCH told USING INDEX ix_told_digest_id (digest_id=?)"],
            id="the stories of a digest",
        ),
        pytest.param(
            lambda conn: feedback.of_chat(conn, 1, limit=10),
            ["SEARCH feedback USING PRIMARY KEY (chat_id=?)"],
            id="feedback of a chat",
        ),
        pytest.param(
            lambda conn: feedback.among(conn, 1, [1, 2], kind=FeedbackKind.LESS),
            ["SEARCH feedback USING"],
            id="of which stories a chat wants less",
        ),
        pytest.param(
            leaning_after_feedback,
            [
                "SEARCH feedback USING PRIMARY KEY (chat_id=?)",
                "SEARCH saved USING PRIMARY KEY (chat_id=?)",
                "SEARCH stories USING INTEGER PRIMARY KEY (rowid=?)",
                "SEARCH f USING INDEX sqlite_autoindex_fingerprints_1 (article_id=?)",
            ],
            id="to which stories chats lean",
        ),
        pytest.param(
            lambda conn: subscriptions.changed_queries(conn, after=1, limit=10),
            ["SEARCH queries USING INDEX ix_queries_changed (changed>?)"],
            id="changed queries",
        ),
        pytest.param(
            lambda conn: retention.old_articles(conn, after=0, before=NOW),
            [
                "SEARCH articles USING INTEGER PRIMARY KEY (rowid>?)",
                "SEARCH saved USING INDEX ix_saved_story_id (story_id=?)",
            ],
            id="articles that are old",
        ),
        pytest.param(
            lambda conn: retention.drop_told(conn, [1]),
            [
                "SEARCH told USING COVERING INDEX ix_told_story_id (story_id=?)",
                "SEARCH articles USING INTEGER PRIMARY KEY (rowid=?)",
            ],
            id="whom the stories of old articles were told to",
        ),
        pytest.param(
            lambda conn: retention.drop_articles(conn, [1]),
            [
                "SEARCH article_terms USING INDEX sqlite_autoindex_article_terms_1 (article_id=?)",
                "SEARCH stories USING INTEGER PRIMARY KEY (rowid=?)",
            ],
            id="deleting old articles",
        ),
        pytest.param(
            lambda conn: retention.drop_matches(conn, upto=5),
            ["SEARCH matches USING INTEGER PRIMARY KEY (rowid<?)"],
            id="deleting matches that all have passed",
        ),
        pytest.param(
            lambda conn: retention.old_digests(conn, after=0, before=NOW),
            [
                "SEARCH digests USING INTEGER PRIMARY KEY (rowid>?)",
                "SEARCH told USING INDEX ix_told_digest_id (digest_id=?)",
                "SEARCH outbox USING INDEX ix_outbox_digest_id (digest_id=?)",
            ],
            id="digests that are old",
        ),
        pytest.param(
            lambda conn: retention.drop_digests(conn, [1]),
            ["SEARCH digests USING INTEGER PRIMARY KEY (rowid=?)"],
            id="deleting old digests",
        ),
        pytest.param(
            lambda conn: retention.unfollowed_queries(conn, after=0),
            [
                "SEARCH queries USING INTEGER PRIMARY KEY (rowid>?)",
                "SEARCH subscriptions USING INDEX ix_subscriptions_query_id (query_id=?)",
            ],
            id="queries that nobody follows",
        ),
        pytest.param(
            lambda conn: retention.drop_queries(conn, [1]),
            ["SEARCH queries USING INTEGER PRIMARY KEY (rowid=?)"],
            id="deleting queries that nobody follows",
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


def test_what_stories_are_told_by_stands_before_the_text() -> None:
    """SQLite follows a long row page by page up to what is asked for, and no farther."""
    columns = [column.name for column in article_table.columns]
    assert {"id", "docid", "source_id", "story_id", "title"} <= set(columns[: columns.index("text")])


async def test_search_reads_the_newest_first_without_sorting(database: Database) -> None:
    for query in ("саммит", '"саммит баку"', "lang:ru", "саммит OR source:a", "last:7d -саммит", "са* матч"):
        page = [line for line in await plan(database, searched(query)) if "ORDER BY" in line]
        assert page == [], query
