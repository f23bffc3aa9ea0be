"""Who tells a story: its face, its articles in time."""

from sqlalchemy import update

from storage import articles, coverage
from storage.database import Database
from storage.schema import stories
from tests.storage.builders import HOUR, NOW, STORY, draft, everything, put

TOLD = [
    draft(
        f"Заголовок {hours}",
        STORY,
        url=f"https://a.az/{hours}",
        source=f"Газета {hours % 2}",
        published_at=NOW - hours * HOUR,
    )
    for hours in (1, 3, 2)
]


async def test_articles_come_in_the_order_of_time_page_by_page(database: Database) -> None:
    await put(database, *TOLD)
    async with database.read() as conn:
        first = await coverage.told_by(conn, 1, limit=2)
        rest = await coverage.told_by(conn, 1, limit=2, offset=2)
    assert [article.title for article in first + rest] == ["Заголовок 3", "Заголовок 2", "Заголовок 1"]


async def test_coverage_counts_sources_by_name(database: Database) -> None:
    await put(database, *TOLD)
    async with database.read() as conn:
        found = await coverage.coverage(conn, 1)
        assert await coverage.coverage(conn, 2) is None
    assert found
    assert (found.sources, found.articles, found.earliest.title) == (2, 3, "Заголовок 3")


async def face(database: Database) -> str:
    async with database.read() as conn:
        return (await coverage.faces(conn, [1, 2]))[1].title


async def test_face_is_the_article_that_was_chosen_else_the_earliest(database: Database) -> None:
    await put(database, *TOLD)
    assert await face(database) == "Заголовок 3"
    async with database.write() as conn:
        await conn.execute(update(stories).values(face_id=1))
    assert await face(database) == "Заголовок 1"


async def test_face_that_is_gone_or_tells_another_story_is_none(database: Database) -> None:
    await put(database, *TOLD, draft("Другое", "О другом."))
    async with database.write() as conn:
        await conn.execute(update(stories).where(stories.c.id == 1).values(face_id=1))
        await articles.delete(conn, [1])
    assert await face(database) == "Заголовок 3"
    async with database.write() as conn:
        await conn.execute(update(stories).where(stories.c.id == 1).values(face_id=4))
    assert await face(database) == "Заголовок 3"


async def test_stories_of_several_articles_are_known(database: Database) -> None:
    await put(database, *TOLD, draft("Другое", "О другом."))
    known = {article.story_id for article in await everything(database)}
    async with database.read() as conn:
        assert await coverage.with_more(conn, known) == {1}
        assert await coverage.with_more(conn, []) == frozenset()
