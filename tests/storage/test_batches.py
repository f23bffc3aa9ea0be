"""How drafts are cut into batches makes no difference, and what is imported again changes nothing."""

from collections.abc import AsyncIterator
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from storage import articles
from storage.articles import Stored
from storage.database import Database
from storage.models import Draft
from storage.schema import articles as article_table
from storage.schema import sources
from tests.storage.builders import DAY, NOW, draft, everything, put

drafts = st.builds(
    Draft,
    title=st.sampled_from(["Саммит", "Матч"]),
    text=st.sampled_from(["", "в Баку", "в Астане"]),
    url=st.sampled_from([None, "https://a.az/1", "https://a.az/2"]),
    guid=st.sampled_from([None, "1", "2"]),
    source=st.sampled_from(["A", "B"]),
    published_at=st.sampled_from([None, NOW - DAY]),
)
# A guid that comes with different addresses names two articles: such a batch may change what it brought before.
_IDENTITIES = (
    {"source": "A", "guid": "1", "url": "https://a.az/1"},
    {"source": "A", "guid": "2"},
    {"source": "B", "url": "https://a.az/1"},
    {"source": "B", "guid": "1", "url": "https://a.az/2"},
    {"source": "B"},
)
plain_drafts = st.builds(
    lambda identity, title, text: draft(title, text, **identity),
    st.sampled_from(_IDENTITIES),
    st.sampled_from(["Саммит", "Матч"]),
    st.sampled_from(["", "в Баку"]),
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def reused(empty_store: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    """A store for many examples; each begins by emptying it."""
    path = copyfile(empty_store, tmp_path_factory.mktemp("batches") / "news.db")
    database = await Database.open(f"sqlite+aiosqlite:///{path}")
    yield database
    await database.close()


async def empty(database: Database) -> None:
    stored = [article.id for article in await everything(database)]
    async with database.write() as conn:
        await articles.delete(conn, stored)


async def rows(database: Database) -> list[tuple[Any, ...]]:
    """Identities and contents of the stored articles."""
    columns = (article_table.c.guid, article_table.c.url, article_table.c.title, article_table.c.text, sources.c.name)
    joined = article_table.join(sources, sources.c.id == article_table.c.source_id)
    async with database.read() as conn:
        found = await conn.execute(select(*columns).select_from(joined).order_by(article_table.c.id))
        return [tuple(row) for row in found]


@pytest.mark.asyncio(loop_scope="module")
@settings(max_examples=35, deadline=None)
@given(st.lists(drafts, min_size=1, max_size=5))
@example([draft(url="https://a.az/1", guid="1", source="A"), draft("Другой", guid="1", source="A")])
@example([draft(url="https://a.az/1", text="в Баку"), draft(url="https://a.az/1"), draft(text="в Баку")])
async def test_one_batch_stores_what_single_drafts_would(reused: Database, brought: list[Draft]) -> None:
    await empty(reused)
    await put(reused, *brought)
    at_once = await rows(reused)
    await empty(reused)
    for one in brought:
        await put(reused, one)
    assert await rows(reused) == at_once


@pytest.mark.asyncio(loop_scope="module")
@settings(max_examples=50, deadline=None)
@given(st.lists(plain_drafts, min_size=1, max_size=7))
async def test_importing_a_batch_again_changes_nothing(reused: Database, brought: list[Draft]) -> None:
    await empty(reused)
    first = await put(reused, *brought)
    stored = await rows(reused)
    assert first.imported + first.known == len(brought)
    assert await put(reused, *brought, now=NOW + DAY) == Stored(0, len(brought))
    assert await rows(reused) == stored


@pytest.mark.asyncio(loop_scope="module")
@settings(max_examples=35, deadline=None)
@given(st.lists(drafts, max_size=4), st.lists(drafts, min_size=1, max_size=5))
@example(
    [draft("Саммит", url="https://a.az/1")], [draft("Саммит"), draft("Матч", url="https://a.az/1"), draft("Саммит")]
)
async def test_leaving_out_what_is_known_makes_no_difference(
    reused: Database, stored: list[Draft], brought: list[Draft]
) -> None:
    await empty(reused)
    await put(reused, *stored)
    whole = await put(reused, *brought)
    expected = await rows(reused)
    await empty(reused)
    await put(reused, *stored)
    async with reused.read() as conn:
        left = await articles.unknown(conn, brought)
    assert (await put(reused, *left)).imported == whole.imported
    assert await rows(reused) == expected


async def test_what_is_known_as_it_is_need_not_be_analysed(database: Database) -> None:
    first, second = draft("Саммит", url="https://a.az/1"), draft("Матч", url="https://a.az/2")
    changed, new = draft("Матч отложен", url="https://a.az/2"), draft("Погода")
    await put(database, first, second)
    async with database.read() as conn:
        assert await articles.unknown(conn, [first, second]) == []
        assert await articles.unknown(conn, [first, changed, new]) == [changed, new]
        assert await articles.unknown(conn, [second, changed]) == [second, changed]
        assert await articles.unknown(conn, []) == []


async def test_a_new_article_keeps_the_identity_it_came_with_first(database: Database) -> None:
    first = draft("Саммит", url="https://a.az/1", guid="1", source="A", published_at=NOW - DAY)
    moved = draft("Саммит, обновлено", url="https://a.az/moved", guid="1", source="A")
    retold = draft("Саммит, итоги", url="https://a.az/1", guid="7", source="B")
    assert await put(database, first, moved, retold) == Stored(3, 0)
    assert await rows(database) == [("1", "https://a.az/1", "Саммит, итоги", "", "A")]
    [stored] = await everything(database)
    assert stored.published_at == NOW - DAY


async def test_an_address_that_a_moved_article_names_may_belong_to_another(database: Database) -> None:
    await put(database, draft("Матч", url="https://a.az/2"))
    first = draft("Саммит", url="https://a.az/1", guid="1", source="A")
    assert await put(database, first, draft("Саммит, итоги", url="https://a.az/2", guid="1", source="A")) == Stored(
        2, 0
    )
    assert [article.title for article in await everything(database)] == ["Матч", "Саммит, итоги"]


async def test_what_a_batch_changes_and_puts_back_is_known(database: Database) -> None:
    stored = draft("Саммит", url="https://a.az/1")
    await put(database, stored)
    assert await put(database, draft("Саммит отложен", url="https://a.az/1"), stored) == Stored(0, 2)
    assert [article.title for article in await everything(database)] == ["Саммит"]
