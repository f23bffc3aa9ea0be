"""What a chat was told, read back."""

from datetime import timedelta

from storage import tellings
from storage.database import Database
from storage.models import DigestKind
from storage.tellings import Extent
from tests.storage.builders import NOW, chat, draft, put
from tests.storage.telling import tell

SECOND = timedelta(seconds=1)


async def test_digest_is_found_by_chat_and_second(database: Database) -> None:
    one, other = await chat(database), await chat(database, 2)
    await put(database, *(draft(f"{word}", f"О {word}.") for word in ("порт", "матч", "съезд")))
    digest_id = await tell(database, one, [1, 2], at=NOW)
    await tell(database, other, [3], at=NOW)
    await tell(database, one, [3], at=NOW + SECOND, kind=DigestKind.INSTANT)
    async with database.read() as conn:
        assert await tellings.digest_at(conn, one.id, NOW) == digest_id
        assert await tellings.digest_at(conn, one.id, NOW + SECOND) is None
        assert await tellings.digest_at(conn, one.id, NOW - SECOND) is None


async def test_stories_of_a_digest_come_by_place_page_by_page(database: Database) -> None:
    reader = await chat(database)
    await put(database, *(draft(f"{word}", f"О {word}.") for word in ("порт", "матч", "съезд")))
    digest_id = await tell(database, reader, [3, 1, 2], at=NOW, hidden={1})
    async with database.read() as conn:
        page = await tellings.of_digest(conn, digest_id, limit=2)
        page += await tellings.of_digest(conn, digest_id, limit=2, offset=2)
        assert await tellings.extent(conn, digest_id) == Extent(stories=3, last_place=3)
        assert await tellings.of_story(conn, reader.id, 1) == page[1]
        assert await tellings.of_story(conn, reader.id, 4) is None
    assert [(one.story_id, one.place, one.shown) for one in page] == [(3, 1, True), (1, 2, False), (2, 3, True)]


async def test_what_came_again_since_is_in_the_later_digest_alone(database: Database) -> None:
    reader = await chat(database)
    await put(database, draft("порт", "О порте."), draft("матч", "О матче."))
    earlier = await tell(database, reader, [1, 2], at=NOW)
    later = await tell(database, reader, [1], at=NOW + SECOND)
    async with database.read() as conn:
        assert await tellings.extent(conn, earlier) == Extent(stories=1, last_place=2)
        assert await tellings.extent(conn, later) == Extent(stories=1, last_place=1)
        assert await tellings.extent(conn, later + 1) == Extent(stories=0, last_place=0)
