"""How much chats lean to stories that are like those they spoke of."""

from collections.abc import Collection, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import feedback, saved
from storage.database import Database
from storage.feedback import FeedbackKind, leaning, leanings
from storage.models import Chat
from tests.storage.builders import HOUR, NOW, chat, draft, put

# Cosines: a half, two fifths, and all that there is of likeness.
ALIKE = {(3, 1): 0.125, (3, 2): 0.1, (4, 2): 0.9}
PLACES = ("порт", "матч", "съезд", "музей")


@pytest.fixture
async def reader(database: Database, monkeypatch: pytest.MonkeyPatch) -> Chat:
    """A chat of a store of four stories, the third of which is like the first two."""

    async def similarities(
        conn: AsyncConnection, story_ids: Collection[int], to: Collection[int]
    ) -> dict[tuple[int, int], float]:
        return {pair: one for pair, one in ALIKE.items() if pair[0] in story_ids and pair[1] in to}

    monkeypatch.setattr(feedback, "similarities", similarities)
    await put(database, *(draft(f"{word}", f"О {word}.") for word in PLACES))
    return await chat(database)


async def give(database: Database, chat: Chat, story_id: int, kind: FeedbackKind, *, hour: int = 0) -> None:
    async with database.write() as conn:
        await feedback.give(conn, chat.id, story_id, kind=kind, now=NOW + hour * HOUR)


async def of(database: Database, chat: Chat) -> dict[int, float]:
    async with database.read() as conn:
        found = await leanings(conn, {chat.id: [1, 3, 4], chat.id + 1: [1, 3, 4]})
    assert {chat_id for chat_id, _ in found} <= {chat.id}
    return {story_id: points for (_, story_id), points in found.items()}


async def test_nothing_said_is_no_leaning(database: Database, reader: Chat) -> None:
    assert await of(database, reader) == {}


async def test_story_is_drawn_by_what_was_opened_and_pushed_by_what_was_waved_away(
    database: Database, reader: Chat
) -> None:
    await give(database, reader, 1, FeedbackKind.OPENED)
    assert await of(database, reader) == pytest.approx({1: 0.3, 3: 0.15})
    await give(database, reader, 2, FeedbackKind.LESS)
    assert await of(database, reader) == pytest.approx({1: 0.3, 3: 0.15 - 0.4, 4: -1.0})


async def test_saved_story_says_more_than_one_that_was_opened(database: Database, reader: Chat) -> None:
    await give(database, reader, 1, FeedbackKind.OPENED, hour=1)
    async with database.write() as conn:
        await saved.save(conn, reader.id, 1, now=NOW)
    assert await of(database, reader) == pytest.approx({1: 0.6, 3: 0.3})


@pytest.mark.parametrize("opened_at", [0, 2])
async def test_story_that_was_opened_and_waved_away_is_waved_away(
    database: Database, reader: Chat, opened_at: int
) -> None:
    await give(database, reader, 1, FeedbackKind.OPENED, hour=opened_at)
    await give(database, reader, 1, FeedbackKind.LESS, hour=1)
    assert await of(database, reader) == pytest.approx({1: -1.0, 3: -0.5})


async def test_what_was_said_long_ago_gives_way(
    database: Database, reader: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feedback, "LAST", 1)
    await give(database, reader, 1, FeedbackKind.OPENED)
    await give(database, reader, 2, FeedbackKind.LESS, hour=1)
    assert await of(database, reader) == pytest.approx({3: -0.4, 4: -1.0})


async def test_what_is_taken_back_says_nothing(database: Database, reader: Chat) -> None:
    await give(database, reader, 2, FeedbackKind.LESS)
    async with database.write() as conn:
        await feedback.take_back(conn, reader.id, 2, kind=FeedbackKind.LESS)
    assert await of(database, reader) == {}


likenesses = st.dictionaries(st.integers(0, 9), st.floats(0, 1))


@given(
    said=st.dictionaries(st.integers(0, 9), st.sampled_from([feedback.LESS, feedback.SAVED, feedback.OPENED])),
    alike=likenesses,
)
def test_leaning_is_bounded_and_goes_where_the_words_point(
    said: Mapping[int, float], alike: Mapping[int, float]
) -> None:
    found = leaning(said, alike)
    assert -1 <= found <= 1
    met = {said[story_id] for story_id in said.keys() & alike.keys()}
    assert found <= 0 or any(weight > 0 for weight in met)
    assert found >= 0 or any(weight < 0 for weight in met)
    unspoken = {story_id: weight for story_id, weight in said.items() if story_id not in alike}
    assert leaning(unspoken, alike) == 0
