"""The stories of a day, as a naive count over all articles has them."""

from collections.abc import AsyncIterator, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copyfile
from typing import NamedTuple

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.database import Database
from storage.models import Article
from storage.top import Told, newest, top
from tests.storage.builders import DAY, HOUR, NOW, STORY, draft, everything, put
from tests.storage.library import BEGIN, Library, fill


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def library(empty_store: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Library]:
    path = copyfile(empty_store, tmp_path_factory.mktemp("library") / "news.db")
    opened = await Database.open(f"sqlite+aiosqlite:///{path}")
    yield await fill(opened)
    await opened.close()


class Counted(NamedTuple):
    """By what the stories of a day are ordered."""

    sources: int
    articles: int
    newest: datetime


def counted(told: Iterable[Article]) -> dict[int, Counted]:
    """Each story of these articles, counted naively."""
    stories: dict[int, list[Article]] = {}
    for article in told:
        stories.setdefault(article.story_id, []).append(article)
    return {
        story_id: Counted(len({one.source.name for one in own}), len(own), max(one.published_at for one in own))
        for story_id, own in stories.items()
    }


@settings(deadline=None)
@given(
    since=st.integers(-1, 5 * 24).map(lambda hours: BEGIN + hours * HOUR),
    span=st.integers(0, 72),
    up_to=st.integers(0, 90),
    limit=st.integers(1, 7),
)
@pytest.mark.asyncio(loop_scope="module")
async def test_order_is_that_of_a_naive_count_page_by_page(
    library: Library, since: datetime, span: int, up_to: int, limit: int
) -> None:
    until, everything = since + span * HOUR, [article for article, _ in library.articles.values()]
    expected = counted(one for one in everything if since <= one.published_at <= until and one.id <= up_to)
    found: list[Told] = []
    async with library.database.read() as conn:
        for offset in range(0, len(expected) + limit, limit):
            page = await top(conn, since=since, until=until, up_to=up_to, limit=limit, offset=offset)
            assert page.total == len(expected)
            found += page.stories
    assert sorted(told.story_id for told in found) == sorted(expected)
    ranked = [expected[told.story_id] for told in found]
    assert ranked == sorted(expected.values(), reverse=True)
    assert [(len(told.sources), told.articles) for told in found] == [one[:2] for one in ranked]


async def test_sources_of_one_name_are_one_and_the_earliest_comes_first(database: Database) -> None:
    other = "Синоптики обещают мороз до двадцати градусов и метель на трассах северных областей. " * 3
    await put(
        database,
        draft("Дважды", other, url="https://a.az/1", source="Report", published_at=NOW),
        draft("И снова", other, url="https://b.az/1", source="Report", published_at=NOW),
        draft("Позже", STORY, url="https://a.az/2", source="Report", published_at=NOW - HOUR),
        draft("Раньше", STORY, url="https://c.az/2", source="Trend", published_at=NOW - 2 * HOUR),
    )
    async with database.read() as conn:
        found = (await top(conn, since=NOW - DAY, until=NOW, up_to=9, limit=5)).stories
    assert [(told.sources, told.articles) for told in found] == [(("Trend", "Report"), 2), (("Report",), 2)]


async def test_bounds_belong_to_the_day(database: Database) -> None:
    second = timedelta(seconds=1)
    for moment in (NOW - DAY - second, NOW - DAY, NOW - second):
        await put(database, draft(f"В {moment}", published_at=moment), now=NOW)
    async with database.read() as conn:
        assert (await top(conn, since=NOW - DAY, until=NOW - second, up_to=9, limit=5)).total == 2
        assert (await top(conn, since=NOW - DAY, until=NOW - 2 * second, up_to=9, limit=5)).total == 1


async def test_newest_is_looked_for_as_of_the_moment(database: Database) -> None:
    async with database.read() as conn:
        assert await newest(conn, until=NOW, up_to=9) is None
        assert (await top(conn, since=NOW - DAY, until=NOW, up_to=9, limit=5)).total == 0
    await put(database, draft("Раньше", published_at=NOW - DAY), draft("Позже", published_at=NOW))
    expected = sorted((article.published_at, article.id) for article in await everything(database))
    async with database.read() as conn:
        assert await newest(conn, until=NOW, up_to=9) == expected[1][0]
        assert await newest(conn, until=NOW - HOUR, up_to=9) == expected[0][0]
        assert await newest(conn, until=NOW, up_to=0) is None
