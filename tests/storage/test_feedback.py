"""What a chat says of stories, and what is forgotten of it."""

from storage import articles, feedback
from storage.database import Database
from storage.feedback import FeedbackKind
from tests.storage.builders import HOUR, NOW, chat, draft, put

LESS, OPENED = FeedbackKind.LESS, FeedbackKind.OPENED


async def said(database: Database, chat_id: int) -> list[tuple[str, FeedbackKind]]:
    async with database.read() as conn:
        return [(one.article.title, one.kind) for one in await feedback.of_chat(conn, chat_id, limit=10)]


async def give(database: Database, chat_id: int, story_id: int, kind: FeedbackKind, *, hour: int = 0) -> bool:
    async with database.write() as conn:
        return await feedback.give(conn, chat_id, story_id, kind=kind, now=NOW + hour * HOUR)


async def test_what_was_said_last_comes_first(database: Database) -> None:
    reader = await chat(database)
    await put(database, draft("Порт", "О порте."), draft("Матч", "О матче."))
    await give(database, reader.id, 1, OPENED)
    await give(database, reader.id, 2, LESS, hour=1)
    await give(database, reader.id, 1, OPENED, hour=2)
    assert await said(database, reader.id) == [("Порт", OPENED), ("Матч", LESS)]
    async with database.read() as conn:
        assert await feedback.count(conn, reader.id) == {LESS: 1, OPENED: 1}
        assert await feedback.among(conn, reader.id, [1, 2], kind=LESS) == {2}
        assert len(await feedback.of_chat(conn, reader.id, limit=1)) == 1


async def test_nothing_is_said_of_a_story_that_is_gone(database: Database) -> None:
    reader = await chat(database)
    assert not await give(database, reader.id, 1, LESS)
    await put(database, draft("Порт", "О порте."))
    assert await give(database, reader.id, 1, LESS)
    async with database.write() as conn:
        await articles.delete(conn, [1])
    assert await said(database, reader.id) == []


async def test_each_kind_is_taken_back_by_itself(database: Database) -> None:
    reader = await chat(database)
    await put(database, draft("Порт", "О порте."))
    await give(database, reader.id, 1, OPENED)
    await give(database, reader.id, 1, LESS)
    async with database.write() as conn:
        assert await feedback.take_back(conn, reader.id, 1, kind=LESS)
        assert not await feedback.take_back(conn, reader.id, 1, kind=LESS)
    assert await said(database, reader.id) == [("Порт", OPENED)]


async def test_reset_forgets_one_chat_alone(database: Database) -> None:
    one, other = await chat(database), await chat(database, 2)
    await put(database, draft("Порт", "О порте."))
    await give(database, one.id, 1, LESS)
    await give(database, one.id, 1, OPENED)
    await give(database, other.id, 1, LESS)
    async with database.write() as conn:
        assert await feedback.reset(conn, one.id) == 2
    assert (await said(database, one.id), await said(database, other.id)) == ([], [("Порт", LESS)])
