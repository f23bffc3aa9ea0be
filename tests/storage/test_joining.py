"""A lone report joins the story that turns out to be its own, and nothing is lost by it."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import articles, feedback, saved
from storage.database import Database
from storage.feedback import FeedbackKind
from storage.models import Draft
from storage.schema import digests, fingerprints, told
from storage.schema import stories as story_rows
from tests.storage.builders import DAY, HOUR, NOW, chat, draft, everything, put
from tests.storage.retold import stories

ROADS = "Аким области рассказал о ремонте сельских дорог вокруг райцентра"
ROADS_TEXT = "Ремонт начнут весной, асфальт уложат на сорока участках. Подрядчиков выберут на открытом конкурсе."
SCHOOLS = "Новые школы построят в пяти посёлках у северной границы"
SCHOOLS_TEXT = "Учеников примут первого сентября. Учителям обещают служебное жильё и подъёмные выплаты."
ROADS_ALONE = draft(ROADS, ROADS_TEXT, published_at=NOW - 3 * HOUR)
SCHOOLS_ALONE = draft(SCHOOLS, SCHOOLS_TEXT, published_at=NOW - 2 * HOUR)
BOTH = draft(f"{ROADS}, {SCHOOLS.lower()}", f"{ROADS_TEXT} {SCHOOLS_TEXT}", published_at=NOW - HOUR)


async def one_by_one(database: Database, *drafts: Draft) -> None:
    for one in drafts:
        async with database.write() as conn:
            await articles.store(conn, articles.analyse([one]), now=NOW, remembered=database.remembered)


async def count(database: Database) -> int:
    async with database.read() as conn:
        return (await conn.execute(select(func.count()).select_from(story_rows))).scalar_one()


async def test_lone_reports_are_one_story_when_one_comes_that_has_both(database: Database) -> None:
    await one_by_one(database, ROADS_ALONE, SCHOOLS_ALONE)
    assert await stories(database) == [1, 2]
    await one_by_one(database, BOTH)
    assert len(set(await stories(database))) == await count(database) == 1


async def test_of_one_batch_too(database: Database) -> None:
    await put(database, ROADS_ALONE, SCHOOLS_ALONE, BOTH)
    assert len(set(await stories(database))) == await count(database) == 1


async def test_what_comes_next_belongs_to_it_in_this_process_and_in_another(database: Database) -> None:
    other = await Database.open(f"sqlite+aiosqlite:///{database.path}")
    await one_by_one(other, ROADS_ALONE)
    await one_by_one(database, SCHOOLS_ALONE, BOTH)
    await one_by_one(other, draft(f"Подробности: {ROADS.lower()}", ROADS_TEXT, published_at=NOW))
    await one_by_one(database, draft(f"Подробности: {SCHOOLS.lower()}", SCHOOLS_TEXT, published_at=NOW))
    await other.close()
    assert len(set(await stories(database))) == 1


async def save(conn: AsyncConnection, chat_id: int, story: int) -> object:
    return await saved.save(conn, chat_id, story, now=NOW)


async def wave_away(conn: AsyncConnection, chat_id: int, story: int) -> object:
    return await feedback.give(conn, chat_id, story, kind=FeedbackKind.LESS, now=NOW)


async def tell(conn: AsyncConnection, chat_id: int, story: int) -> object:
    await conn.execute(insert(digests).values(id=1, chat_id=chat_id, kind="asked", composed_at=NOW))
    return await conn.execute(insert(told).values(chat_id=chat_id, story_id=story, digest_id=1, told_at=NOW))


@pytest.mark.parametrize("know", [save, wave_away, tell])
async def test_a_story_that_somebody_knows_stays(
    database: Database, know: Callable[[AsyncConnection, int, int], Awaitable[object]]
) -> None:
    reader = await chat(database)
    await one_by_one(database, ROADS_ALONE, SCHOOLS_ALONE)
    async with database.write() as conn:
        for story in (1, 2):
            if know is not tell or story == 1:
                await know(conn, reader.id, story)
    await one_by_one(database, BOTH)
    assert {1} <= set(await stories(database))
    assert await count(database) == len(set(await stories(database)))


async def test_no_article_of_it_is_lost_that_an_older_version_stored(database: Database) -> None:
    """Equal texts are one story however far apart, and the old one cannot be compared."""
    long = f"{SCHOOLS_TEXT} " * 3
    await one_by_one(database, draft(SCHOOLS, long, url="https://a.az/old", published_at=NOW - 100 * DAY))
    async with database.write() as conn:
        await conn.execute(delete(fingerprints))
    database.remembered = type(database.remembered)()
    await one_by_one(
        database,
        ROADS_ALONE,
        draft(SCHOOLS, long, url="https://a.az/new", published_at=NOW - 2 * HOUR),
        draft(BOTH.title, f"{ROADS_TEXT} {long}", published_at=NOW - HOUR),
    )
    assert len(await everything(database)) == 4
    assert await count(database) == len(set(await stories(database)))


async def test_a_batch_of_many_days_may_join_what_its_older_part_belongs_to(database: Database) -> None:
    await one_by_one(
        database,
        draft(ROADS, ROADS_TEXT, published_at=NOW - 3.9 * DAY),
        draft(SCHOOLS, SCHOOLS_TEXT, published_at=NOW - 3.8 * DAY),
    )
    await put(
        database,
        draft(
            "Что ещё решили на заседании правительства сегодня днём",
            "Обсудили бюджет, налоги и сборы.",
            published_at=NOW,
        ),
        draft(BOTH.title, BOTH.text, published_at=NOW - 3.7 * DAY),
        draft(f"Подробности: {SCHOOLS.lower()}", SCHOOLS_TEXT, published_at=NOW - 4.2 * DAY),
        draft(f"Подробности: {ROADS.lower()}", ROADS_TEXT, published_at=NOW - 4.3 * DAY),
    )
    assert len(await everything(database)) == 6
