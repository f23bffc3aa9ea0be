"""The headline that stands for a story."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from storage import articles
from storage.database import Database
from storage.faces import Headline, face
from storage.schema import stories
from tests.storage.builders import draft
from tests.storage.retold import MEETING, OTHERS, tell

CENTRAL = "Президенты Казахстана и Азербайджана подписали документы в Баку"


def chosen(*titles: str) -> str:
    return titles[face([Headline(place, title) for place, title in enumerate(titles)])]


def test_headline_that_says_what_most_of_them_say_is_chosen() -> None:
    others = (
        "Токаев прилетел в Баку",
        "Казахстан и Азербайджан подписали документы",
        "В Баку подписали документы",
    )
    assert chosen(*others, CENTRAL) == CENTRAL
    assert chosen(CENTRAL, *others) == CENTRAL


@pytest.mark.parametrize(
    "shouting",
    [
        f"{CENTRAL}!",
        f"{CENTRAL}?",
        f"Шок: {CENTRAL}",
        f"{CENTRAL} (видео)",
        f"Стало известно, {CENTRAL}",
        "ПРЕЗИДЕНТЫ КАЗАХСТАНА И АЗЕРБАЙДЖАНА ПОДПИСАЛИ ДОКУМЕНТЫ В БАКУ",
        f"СРОЧНО! {CENTRAL}",
    ],
)
def test_shouting_headline_is_not_chosen_though_it_came_first(shouting: str) -> None:
    assert chosen(shouting, CENTRAL, CENTRAL) == CENTRAL


def test_label_is_not_chosen() -> None:
    assert chosen("Документы Баку", CENTRAL) == CENTRAL


def test_the_first_of_equals_is_chosen() -> None:
    assert face([Headline(7, CENTRAL), Headline(3, CENTRAL)]) == 7
    assert face([Headline(5, "")]) == 5


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 99), st.text(max_size=40)), min_size=1, max_size=8))
def test_one_of_the_headlines_is_chosen(found: list[tuple[int, str]]) -> None:
    headlines = [Headline(*one) for one in found]
    assert face(headlines) in {one.article_id for one in headlines}


async def faces(database: Database) -> dict[int, int | None]:
    async with database.read() as conn:
        return {row.id: row.face_id for row in await conn.execute(select(stories.c.id, stories.c.face_id))}


async def test_face_is_chosen_anew_as_the_story_grows(database: Database) -> None:
    shouting = draft("Шок! Токаев в Баку: что стало известно?", MEETING[0].text)
    await tell(database, shouting, *OTHERS["place"])
    assert await faces(database) == {1: 1, 2: 2, 3: 3}
    await tell(database, *MEETING[1:])
    found = await faces(database)
    assert found[1] in {4, 5, 6, 7}
    assert found == {1: found[1], 2: 2, 3: 3}


async def test_story_of_a_deleted_face_is_told_by_another_when_it_grows(database: Database) -> None:
    await tell(database, MEETING[0])
    await tell(database, MEETING[1])
    first = (await faces(database))[1]
    assert first
    async with database.write() as conn:
        await articles.delete(conn, [first])
    await tell(database, MEETING[2])
    assert (await faces(database))[1] in {1, 2, 3} - {first}
