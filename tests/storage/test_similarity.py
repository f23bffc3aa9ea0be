"""How alike stories are in their words."""

import json

import pytest
from sqlalchemy import update

from storage.database import Database
from storage.fingerprints import fingerprint
from storage.schema import stories
from storage.segments import Row
from storage.similarity import cosines, similarities
from tests.shared import shared
from tests.storage.builders import DAY, NOW, draft, everything, put

MATCH = "Футболисты столичного клуба обыграли гостей в матче чемпионата, победный гол забил нападающий."
CUP = "В матче за кубок страны футболисты забили три гола, нападающий клуба стал лучшим игроком."
RATE = "Регулятор сохранил базовую ставку и повысил прогноз инфляции на будущий год."


# Too far apart to tell of one event.
NEWS = (
    draft("Победа в матче", MATCH, published_at=NOW),
    draft("Ставка", RATE, published_at=NOW),
    draft("Кубок по футболу", CUP, published_at=NOW - 5 * DAY),
)


async def alike(database: Database) -> dict[tuple[int, int], float]:
    async with database.read() as conn:
        return await similarities(conn, [1, 2, 3], [1, 2, 3, 99])


async def test_stories_on_one_subject_are_alike_and_others_are_left_out(database: Database) -> None:
    await put(database, *NEWS)
    assert [article.story_id for article in await everything(database)] == [1, 2, 3]
    found = await alike(database)
    assert found.keys() == {(1, 1), (2, 2), (3, 3), (1, 3), (3, 1)}
    assert [found[one, one] for one in (1, 2, 3)] == pytest.approx([1, 1, 1])
    assert 0.1 < found[1, 3] < 0.9
    assert found[1, 3] == pytest.approx(found[3, 1])


async def test_story_without_a_face_is_compared_by_its_earliest_article(database: Database) -> None:
    await put(database, *NEWS)
    expected = await alike(database)
    async with database.write() as conn:
        await conn.execute(update(stories).values(face_id=None))
    assert await alike(database) == expected


async def test_nothing_is_like_nothing(database: Database) -> None:
    await put(database, NEWS[0])
    async with database.read() as conn:
        assert await similarities(conn, [], [1]) == {}
        assert await similarities(conn, [1], []) == {}
        assert await similarities(conn, [1], [99]) == {}


def test_pairs_that_are_alike_are_mostly_of_one_topic() -> None:
    """Of Russian articles with a topic of eight."""
    topics, rows = list[str](), list[Row]()
    lines = shared("data", "cats_ru_gold.jsonl").read_text(encoding="utf-8").splitlines()
    for number, one in enumerate(map(json.loads, lines)):
        topics.append(one["cat"])
        rows.append(Row(0, 0, number, 0, fingerprint(one["title"], one["text"], "ru").packed))
    pairs = [(one, other) for one, other in cosines(rows, rows) if one < other]
    same = sum(topics[one] == topics[other] for one, other in pairs)
    assert len(pairs) > 100
    assert same / len(pairs) > 0.8
