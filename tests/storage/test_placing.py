"""How surely an article tells a story, by how alike its articles are and how long nobody has told it."""

from collections.abc import Sequence

import pytest

from storage.database import Database
from storage.fingerprints import fingerprint
from storage.models import Draft
from storage.neighbours import Neighbour
from storage.placing import BRIDGED, NIGHT_S, SAME, Extent, Newcomer, links
from tests.storage.builders import DAY, HOUR, NOW, draft
from tests.storage.retold import stories, tell

MORNING = 1_000_000
HOUR_S = 3600
OWN, OTHER = 1, 2
NEWCOMER = Newcomer(MORNING, OWN, fingerprint("Снег убрали с улиц", "Техника вышла ночью на все дороги города.", "ru"))


def neighbour(likeness: float, *, hours: float = 0, sound: float = 0, source: int = OTHER) -> Neighbour:
    return Neighbour(
        id=1,
        story=1,
        source=source,
        same_language=True,
        has_lead=True,
        is_telling=True,
        gap_s=int(hours * HOUR_S),
        words=likeness,
        title=likeness,
        sound=sound,
        names=0,
        shared_names=0,
        other_numbers=False,
        other_names=False,
    )


def link(found: Sequence[Neighbour], *, rested: float, size: int = 0) -> float:
    """With the story of these neighbours, of which the last was told so many hours before the newcomer."""
    last = MORNING - int(rested * HOUR_S)
    extent = Extent(size or len(found), last - HOUR_S, last)
    return links(found, {1: extent}, NEWCOMER)[1]


def test_more_is_asked_of_what_comes_after_a_rest() -> None:
    found = [neighbour(0.3, hours=20)]
    asked = [link(found, rested=hours) for hours in (0, 6, 12, 20)]
    assert asked == sorted(set(asked), reverse=True)
    assert asked[0] > SAME > asked[-1]


def test_a_story_that_others_went_on_telling_has_not_rested() -> None:
    went_on = {1: Extent(2, MORNING - 30 * HOUR_S, MORNING + HOUR_S)}
    alone = {1: Extent(2, MORNING - 30 * HOUR_S, MORNING - 25 * HOUR_S)}
    found = [neighbour(0.32, hours=25), neighbour(0.32, hours=26)]
    assert links(found, went_on, NEWCOMER)[1] > SAME > links(found, alone, NEWCOMER)[1]


def test_a_story_rests_before_its_first_article_as_after_its_last() -> None:
    found, rested_s = [neighbour(0.4)], NIGHT_S
    before = {1: Extent(1, MORNING + rested_s, MORNING + rested_s)}
    after = {1: Extent(1, MORNING - rested_s, MORNING - rested_s)}
    assert links(found, before, NEWCOMER) == links(found, after, NEWCOMER)


@pytest.mark.parametrize(("rested", "is_told"), [(11, True), (13, False)])
def test_after_a_night_some_articles_alike_are_not_enough(rested: float, is_told: bool) -> None:
    found = [neighbour(0.4, hours=rested)] * 3 + [neighbour(0.05, hours=rested)] * 5
    assert (link(found, rested=rested) >= SAME) is is_told


def test_after_a_night_what_is_like_the_whole_story_is_enough() -> None:
    assert link([neighbour(0.4, hours=13)] * 8, rested=13, size=30) >= SAME


@pytest.mark.parametrize(
    ("source", "sound", "rested", "is_told"),
    [(OWN, 0.8, 13, False), (OWN, 0.6, 13, True), (OTHER, 0.8, 13, True), (OWN, 0.8, 11, True)],
    ids=["its own headline again", "a headline of its own", "the headline of another", "in one night"],
)
def test_no_source_tells_an_event_again_under_the_headline_of_the_day_before(
    source: int, sound: float, rested: float, is_told: bool
) -> None:
    found = [neighbour(0.8, hours=rested, sound=sound, source=source), neighbour(0.8, hours=rested)]
    assert (link(found, rested=rested) >= BRIDGED) is is_told


def nightly(day: int, streets: str, metres: int) -> list[Draft]:
    """What the city reports every morning, and who prints it."""
    at = NOW + day * DAY
    return [
        draft(
            "Снег за ночь вывезли с улиц Астаны, сообщил акимат",
            f"Техника очистила улицы {streets}. За город вывезли {metres} кубометров снега, сообщил акимат.",
            source="Акимат",
            published_at=at,
        ),
        draft(
            f"Снег за ночь вывезли с улиц {streets} в Астане",
            f"Техника вывезла за город {metres} кубометров снега, сообщил акимат столицы.",
            source="Лента",
            published_at=at + HOUR,
        ),
        draft(
            "Акимат: за ночь с улиц Астаны вывезли снег",
            f"Улицы {streets} очистила техника, за город вывезли {metres} кубометров.",
            source="Город",
            published_at=at + 2 * HOUR,
        ),
    ]


async def test_report_of_every_night_is_a_story_of_each_night(database: Database) -> None:
    for number, streets in enumerate(["Абая и Кенесары", "Сарыарка и Мангилик Ел", "Женис и Богенбай"]):
        await tell(database, *nightly(number, streets, 12_000 + 1_700 * number), now=NOW + 3 * DAY)
    assert await stories(database) == [1, 1, 1, 2, 2, 2, 3, 3, 3]


async def test_lone_report_of_the_day_before_joins_no_story_of_today(database: Database) -> None:
    headline = "Акимат рассказал, с каких улиц Астаны ночью вывезли снег"
    street, other = "Техника прошла по проспекту Кенесары до набережной.", "Колонна убирала сугробы у вокзала и рынка."
    await tell(
        database,
        draft(headline, street, source="Акимат", published_at=NOW - 20 * HOUR),
        draft("Колонна машин убирала сугробы у вокзала и рынка", other, source="Лента", published_at=NOW),
        draft(headline, other, source="Акимат", published_at=NOW + HOUR),
        now=NOW + DAY,
    )
    assert await stories(database) == [1, 2, 2]
