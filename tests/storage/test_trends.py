"""Counts a day are those of the articles that `Query.matches` means, by the day that the reader's calendar shows."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from shutil import copyfile
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from hypothesis import example, given, settings
from hypothesis import strategies as st

from storage import articles, schema
from storage import trends as counting
from storage.database import Database
from storage.query import parse
from storage.syntax import Query
from storage.trends import Trends, trends
from tests.storage.builders import DAY, HOUR, NOW, draft, everything, put
from tests.storage.library import BATCHES, BEGIN, Library, fill
from tests.storage.strategies import queries

pytestmark = pytest.mark.asyncio(loop_scope="module")

UTC_ZONE = ZoneInfo("UTC")
ZONES = [
    ZoneInfo(name)
    for name in ("UTC", "Asia/Almaty", "America/New_York", "Asia/Kathmandu", "Pacific/Chatham", "Pacific/Kiritimati")
]
NOWS = [*BATCHES, BEGIN + 30 * HOUR, BEGIN + 400 * DAY]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def library(empty_store: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Library]:
    path = copyfile(empty_store, tmp_path_factory.mktemp("library") / "news.db")
    database = await Database.open(f"sqlite+aiosqlite:///{path}")
    yield await fill(database)
    await database.close()


async def counted(
    database: Database, *asked: Query | str, now: datetime = NOW, zone: ZoneInfo = UTC_ZONE, days: int = 30
) -> Trends:
    meant = [parse(one) if isinstance(one, str) else one for one in asked]
    async with database.read() as conn:
        return await trends(conn, meant, now=now, zone=zone, days=days)


def naive(library: Library, query: Query, days: Sequence[date], *, now: datetime, zone: ZoneInfo) -> tuple[int, ...]:
    meant = [library.articles[article_id][0].published_at for article_id in library.meant(query, now=now)]
    found = Counter(published_at.astimezone(zone).date() for published_at in meant)
    return tuple(found[day] for day in days)


@settings(max_examples=150, deadline=None)
@given(
    asked=st.lists(queries, min_size=1, max_size=3),
    now=st.sampled_from(NOWS),
    zone=st.sampled_from(ZONES),
    days=st.integers(1, 40),
)
@example(asked=[parse("ка*"), parse('"казахстан токаев"')], now=BATCHES[2], zone=ZONES[1], days=30)
async def test_counts_are_those_of_the_articles_that_the_query_means(
    library: Library, asked: list[Query], now: datetime, zone: ZoneInfo, days: int
) -> None:
    found = await counted(library.database, *asked, now=now, zone=zone, days=days)
    assert found.counts == tuple(naive(library, query, found.days, now=now, zone=zone) for query in asked)
    assert 1 <= len(found.days) <= days
    assert list(found.days) == [found.days[-1] - ago * DAY for ago in reversed(range(len(found.days)))]


@settings(max_examples=100, deadline=None)
@given(asked=queries, most=st.integers(0, 60))
async def test_days_that_would_take_too_long_are_left_out_and_the_others_are_exact(
    library: Library, monkeypatch_module: pytest.MonkeyPatch, asked: Query, most: int
) -> None:
    now, zone = BATCHES[2], ZONES[1]
    whole = await counted(library.database, asked, "токаев", now=now, zone=zone)
    with monkeypatch_module.context() as patch:
        patch.setattr(counting, "LOOKED_THROUGH", most)
        patch.setattr(counting, "READ", most)
        found = await counted(library.database, asked, "токаев", now=now, zone=zone)
    left = len(whole.days) - len(found.days)
    assert found == Trends(whole.days[left:], tuple(row[left:] for row in whole.counts))


@pytest.fixture(scope="module")
def monkeypatch_module() -> pytest.MonkeyPatch:
    return pytest.MonkeyPatch()


async def test_a_word_that_the_index_knows_is_counted_without_bound(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = await counted(library.database, "токаев", '"казахстан токаев"', now=BATCHES[2])
    monkeypatch.setattr(counting, "LOOKED_THROUGH", 0)
    monkeypatch.setattr(counting, "READ", 0)
    assert await counted(library.database, "токаев", now=BATCHES[2]) == Trends(whole.days, whole.counts[:1])
    assert await counted(library.database, '"казахстан токаев"', now=BATCHES[2]) == Trends((), ((),))


async def published(database: Database, *moments: datetime, now: datetime = NOW) -> None:
    """An article about Baku at each of the moments."""
    await put(
        database,
        *(draft("Баку", f"{at}", url=f"https://a.az/{n}", published_at=at) for n, at in enumerate(moments)),
        now=now,
    )


def at(day: date, hour: int = 0, minute: int = 0, *, zone: ZoneInfo, fold: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone, fold=fold).astimezone(UTC)


@pytest.mark.parametrize("zone", ZONES, ids=str)
async def test_a_day_begins_at_the_readers_midnight(database: Database, zone: ZoneInfo) -> None:
    today = date(2025, 11, 28)
    midnight = at(today, zone=zone)
    await published(database, midnight - timedelta(seconds=1), midnight, midnight + DAY - timedelta(seconds=1))
    found = await counted(database, "баку", '"баку"', now=midnight + 2 * HOUR, zone=zone)
    assert found == Trends((today - DAY, today), ((1, 2), (1, 2)))


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        pytest.param(ZoneInfo("Europe/Berlin"), date(2025, 10, 26), 25, id="clocks go back"),
        pytest.param(ZoneInfo("Europe/Berlin"), date(2025, 3, 30), 23, id="clocks go forward"),
        pytest.param(ZoneInfo("Africa/Cairo"), date(2025, 4, 25), 23, id="there is no midnight"),
        pytest.param(ZoneInfo("Africa/Cairo"), date(2025, 10, 30), 25, id="the last hour comes twice"),
        pytest.param(ZoneInfo("America/Havana"), date(2025, 11, 2), 25, id="the first hour comes twice"),
    ],
)
async def test_a_day_has_as_many_hours_as_the_clock_gives_it(
    database: Database, zone: ZoneInfo, day: date, hours: int
) -> None:
    noon = at(day, 12, zone=zone)
    around = [noon + step * HOUR / 2 for step in range(-60, 61)]
    await published(database, *around)
    found = await counted(database, "баку", '"баку"', now=noon + 31 * HOUR, zone=zone)
    by_day = Counter(moment.astimezone(zone).date() for moment in around)
    assert by_day[day] == 2 * hours
    assert found == Trends(tuple(sorted(by_day)), (tuple(by_day[one] for one in sorted(by_day)),) * 2)


async def test_a_day_that_the_calendar_left_out_is_empty(database: Database) -> None:
    """Samoa went over the date line: after the 29th of December 2011 came the 31st."""
    zone = ZoneInfo("Pacific/Apia")
    days = [date(2011, 12, day) for day in (29, 30, 31)]
    await published(database, at(days[0], 12, zone=zone), at(days[2], 12, zone=zone))
    found = await counted(database, "баку before:2011-12-30", now=NOW, zone=zone)
    assert found == Trends(tuple(days), ((1, 0, 1),))


async def test_the_last_days_end_today_though_nothing_has_come(database: Database) -> None:
    await published(database, NOW - 4 * DAY, NOW - 3 * DAY)
    found = await counted(database, "баку", days=5)
    assert (found.days[0], found.days[-1], found.counts) == (date(2025, 11, 27), date(2025, 12, 1), ((1, 1, 0, 0, 0),))


async def test_days_begin_with_what_the_store_has_of_them(database: Database) -> None:
    """One article of long ago does not make a young store an old one."""
    await published(database, NOW - 400 * DAY, NOW - 3 * DAY)
    assert (await counted(database, "астана")).days[0] == date(2025, 11, 28)
    assert (await counted(database, "астана", days=2)).days == (date(2025, 12, 1),)


@pytest.mark.parametrize("query", ["баку", '"баку"', "after:2020-01-01"])
async def test_an_empty_store_has_one_day(database: Database, query: str) -> None:
    assert await counted(database, query) == Trends((NOW.date(),), ((0,),))


@pytest.mark.parametrize(
    ("query", "first", "counts"),
    [
        pytest.param("баку last:2d", date(2025, 11, 29), (1, 1, 1), id="the last hours"),
        pytest.param("баку after:2025-11-29", date(2025, 11, 29), (1, 1, 1), id="after a date"),
        pytest.param("баку before:2025-11-28", date(2025, 10, 30), (*(1,) * 30,), id="before a date"),
        pytest.param("баку before:1500-01-01", date(1600, 1, 1), (0,), id="before there was news"),
        pytest.param("баку after:9999-12-31", date(2025, 12, 1), (0,), id="after all that is known"),
        pytest.param("баку after:2025-11-29 before:2025-11-20", date(2025, 11, 20), (0,), id="never"),
    ],
)
async def test_what_a_query_says_of_the_date_bounds_the_days(
    database: Database, query: str, first: date, counts: tuple[int, ...]
) -> None:
    await published(database, *(NOW - ago * DAY for ago in range(60)))
    found = await counted(database, query)
    assert (found.days[0], found.counts) == (first, (counts,))


@pytest.mark.parametrize("query", ["баку", '"баку"'])
async def test_a_query_of_the_last_hours_means_a_part_of_the_first_day(database: Database, query: str) -> None:
    await published(database, NOW - 2 * DAY - HOUR, NOW - 2 * DAY + HOUR, NOW - HOUR)
    assert (await counted(database, f"{query} last:48h")).counts == ((1, 0, 1),)


@pytest.mark.parametrize("query", ["after:2020-01-01", 'after:2020-01-01 -"баку астана"'])
async def test_the_first_place_of_a_day_belongs_to_that_day_alone(database: Database, query: str) -> None:
    today = datetime(2025, 12, 1, tzinfo=UTC)
    await published(database, today - DAY, today)
    async with database.write() as conn:
        first = int(today.timestamp()) << articles.DOCID_BITS
        await conn.execute(schema.articles.update().where(schema.articles.c.id == 2).values(docid=first))
    assert (await counted(database, query)).counts == ((1, 1),)
    tomorrow = await counted(database, query, now=today - HOUR)
    assert (tomorrow.days[-1], tomorrow.counts) == (date(2025, 11, 30), ((1,),))


async def test_queries_share_their_days(database: Database) -> None:
    await published(database, *(NOW - ago * DAY for ago in range(10)))
    found = await counted(database, "баку last:2d", "баку before:2025-11-28", "баку", days=6)
    assert found.counts == ((0, 0, 0, 1, 1, 1), (1, 1, 1, 0, 0, 0), (1,) * 6)


async def test_articles_are_counted_rather_than_stories(database: Database) -> None:
    copies = [draft("Баку", "Один текст", url=f"https://{name}.az/", published_at=NOW - HOUR) for name in "abc"]
    await put(database, *copies)
    assert len({one.story_id for one in await everything(database)}) == 1
    assert (await counted(database, "баку")).counts == ((3,),)


async def test_what_left_the_store_is_not_counted(database: Database) -> None:
    await published(database, NOW, NOW - HOUR)
    async with database.write() as conn:
        await articles.delete(conn, [1])
    assert (await counted(database, "баку", '"баку"')).counts == ((1,), (1,))
