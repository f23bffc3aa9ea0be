"""What a chat keeps, and what becomes of it when stories go."""

from datetime import timedelta

from storage import articles, chats, saved
from storage.database import Database
from storage.models import Chat
from tests.storage.builders import HOUR, NOW, STORY, chat, draft, everything, put


async def keep(database: Database, by: Chat, *story_ids: int) -> None:
    """Saves the stories one after another, all in the same second."""
    async with database.write() as conn:
        for story_id in story_ids:
            assert await saved.save(conn, by.id, story_id, now=NOW)


async def titles(database: Database, by: Chat, *, limit: int = 10, offset: int = 0) -> list[str]:
    async with database.read() as conn:
        return [one.article.title for one in await saved.of_chat(conn, by.id, limit=limit, offset=offset)]


async def test_the_story_saved_last_comes_first_and_pages_are_cut_from_that(database: Database) -> None:
    await put(database, draft("Первая"), draft("Вторая"), draft("Третья"))
    reader = await chat(database)
    await keep(database, reader, 2, 3, 1)
    assert await titles(database, reader) == ["Первая", "Третья", "Вторая"]
    assert await titles(database, reader, limit=1, offset=1) == ["Третья"]
    async with database.read() as conn:
        assert await saved.count(conn, reader.id) == 3
        [newest, *_] = await saved.of_chat(conn, reader.id, limit=1)
    assert newest.saved_at == NOW + timedelta(seconds=2)


async def test_a_story_is_saved_once_and_keeps_its_place(database: Database) -> None:
    await put(database, draft("Первая"), draft("Вторая"))
    reader = await chat(database)
    await keep(database, reader, 1, 2)
    async with database.write() as conn:
        assert not await saved.save(conn, reader.id, 1, now=NOW + HOUR)
    assert await titles(database, reader) == ["Вторая", "Первая"]


async def test_a_story_that_does_not_exist_is_not_saved(database: Database) -> None:
    reader = await chat(database)
    async with database.write() as conn:
        assert not await saved.save(conn, reader.id, 404, now=NOW)
        assert not await saved.restore(conn, reader.id, 404, saved_at=NOW)
        assert await saved.count(conn, reader.id) == 0


async def test_what_is_let_go_is_gone_and_only_once(database: Database) -> None:
    await put(database, draft("Первая"), draft("Вторая"))
    reader = await chat(database)
    await keep(database, reader, 1, 2)
    async with database.write() as conn:
        assert await saved.unsave(conn, reader.id, 1)
        assert not await saved.unsave(conn, reader.id, 1)
    assert await titles(database, reader) == ["Вторая"]


async def test_what_is_restored_comes_back_to_its_place(database: Database) -> None:
    await put(database, draft("Первая"), draft("Вторая"), draft("Третья"))
    reader = await chat(database)
    await keep(database, reader, 1, 2, 3)
    async with database.write() as conn:
        [_, second, _] = await saved.of_chat(conn, reader.id, limit=3)
        await saved.unsave(conn, reader.id, 2)
        assert await saved.restore(conn, reader.id, 2, saved_at=second.saved_at)
        assert not await saved.restore(conn, reader.id, 2, saved_at=NOW + HOUR)
    assert await titles(database, reader) == ["Третья", "Вторая", "Первая"]


async def test_each_chat_keeps_its_own(database: Database) -> None:
    await put(database, draft("Первая"), draft("Вторая"))
    one, other = await chat(database, 1), await chat(database, 2)
    await keep(database, one, 1)
    await keep(database, other, 2)
    async with database.write() as conn:
        assert await saved.among(conn, one.id, [1, 2, 404]) == {1}
        assert await saved.among(conn, one.id, []) == frozenset()
        assert not await saved.unsave(conn, one.id, 2)
    assert await titles(database, other) == ["Вторая"]


async def test_a_story_of_several_articles_is_told_by_its_newest(database: Database) -> None:
    await put(
        database,
        draft("Поздняя", STORY, source="A", published_at=NOW),
        draft("Ранняя", STORY, source="B", published_at=NOW - HOUR),
    )
    reader = await chat(database)
    [story_id] = {article.story_id for article in await everything(database)}
    await keep(database, reader, story_id)
    assert await titles(database, reader) == ["Поздняя"]
    async with database.write() as conn:
        await articles.delete(conn, [1])
    assert await titles(database, reader) == ["Ранняя"]


async def test_a_story_that_is_deleted_is_saved_by_nobody(database: Database) -> None:
    await put(database, draft("Первая"), draft("Вторая"))
    reader = await chat(database)
    await keep(database, reader, 1, 2)
    async with database.write() as conn:
        await articles.delete(conn, [1])
        assert await saved.count(conn, reader.id) == 1
    assert await titles(database, reader) == ["Вторая"]


async def test_a_supergroup_that_keeps_stories_does_not_give_way(database: Database) -> None:
    await put(database, draft("Первая"))
    group, supergroup = await chat(database, -5), await chat(database, -100)
    await keep(database, supergroup, 1)
    async with database.write() as conn:
        await chats.move(conn, group.telegram_id, to=supergroup.telegram_id, now=NOW)
    assert await titles(database, supergroup) == ["Первая"]
