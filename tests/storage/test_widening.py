"""The other names of what a query names, and that a wider query never finds less."""

from itertools import product
from pathlib import Path

import pytest

from storage.database import Database
from storage.expansions import read
from storage.query import parse
from storage.widening import Wider, widened
from tests.storage.builders import NOW, document, draft, put

WHO = "всемирная организация здравоохранения"


async def wider(database: Database, query: str) -> Wider | None:
    async with database.read() as conn:
        return await widened(conn, parse(query), read())


@pytest.mark.parametrize(
    ("query", "text", "names"),
    [
        ("ВОЗ", 'ВОЗ OR "Всемирная организация здравоохранения"', ("Всемирная организация здравоохранения",)),
        ("воз вакцина", '(воз OR "Всемирная организация здравоохранения") вакцина', None),
        ('"ВОЗ" -футбол', '("ВОЗ" OR "Всемирная организация здравоохранения") -футбол', None),
        ("title:токаев OR title:казахстан", "title:токаев OR title:(казахстан OR Қазақстан)", None),
        ("Aliyev", "Aliyev OR Əliyev", ("Əliyev",)),
    ],
)
async def test_other_names_join_what_was_typed(
    query: str, text: str, names: tuple[str, ...] | None, news: Database
) -> None:
    found = await wider(news, query)
    assert found is not None
    assert found.text == text
    assert names in (None, found.names)
    assert parse(found.text)


@pytest.mark.parametrize(
    "query",
    ["саммит", "-ВОЗ саммит", "=воз", "воз*", '"саммит ВОЗ"', "source:ВОЗ", "НАТО", "токаев OR тоқаев", f"title:{WHO}"],
    ids=[
        "no name",
        "excluded",
        "exact",
        "prefix",
        "in a phrase",
        "source",
        "no other name there",
        "all there",
        "half in a headline",
    ],
)
async def test_names_are_not_added_where_they_do_not_belong(query: str, news: Database) -> None:
    assert await wider(news, query) is None


async def test_names_that_the_query_has_are_not_added_again(news: Database) -> None:
    first = await wider(news, "ВОЗ")
    assert first is not None
    assert await wider(news, first.text) is None


async def test_a_name_that_is_no_query_is_passed_over(news: Database, tmp_path: Path) -> None:
    table = tmp_path / "table.txt"
    table.write_text("токаев | в | -баку | OR | президент\n", encoding="utf-8")
    async with news.read() as conn:
        found = await widened(conn, parse("токаев"), read(table))
    assert found == Wider("токаев OR президент", ("президент",))


WORLD = (
    *(("ru", title) for title in ("ЕС и ЕАЭС", "Мать в суде ЕС", "Рад мир, ради ЕС", "ВОЗ: воз и рама", "Велик мир")),
    *(
        ("uk", title)
        for title in ("ЄС: рада й мати", "Суди Європейського союзу", "Вибори: ради ЄС, матері", "Велика рада")
    ),
    *(("kk", title) for title in ("Еуропалық одақ мата", "ЕО қаласы, одақ", "Қазақстан судың бетінде", "Дүние ЕО")),
    *(("az", title) for title in ("Avropa İttifaqı və ailə", "Avropa Birliyi: şəhər", "Əliyev Bakıda, ana", "aile")),
    *(("en", title) for title in ("The EU and a city", "European Union: ana and cities", "WHO are they")),
)
NAMED = (
    "ЄС",
    "ЕС",
    "ЕО",
    "EU",
    "ВОЗ",
    "WHO",
    "Европейский союз",
    "Європейський союз",
    "Еуропалық одақ",
    "Avropa Birliyi",
)
BESIDE = ("ради", "мати", "велика", "суды", "қаланың", "şəhərlər", "cities", "воз")
SHAPES = (
    *("{name}", "{word} {name}", "{name} {word}", '"{name}" {word}', "{word} OR {name}", "{word} {name} OR {word}"),
    *("{word} ({name} {word})", "title:{name} {word}", "{word} title:({name} OR {word})", "{name} -{word}"),
    *("{word} -({word} місто) {name} за неделю", "({word} OR {name}) {word}", "{name} місто OR {word} {name}"),
)


@pytest.fixture
async def world(database: Database) -> Database:
    await put(database, *(draft(title, language=language) for language, title in WORLD))
    return database


@pytest.mark.parametrize("shape", SHAPES)
async def test_a_wider_query_finds_all_that_the_query_finds(shape: str, world: Database) -> None:
    documents = [document(title, language=language) for language, title in WORLD]
    lost, offered = [], 0
    for name, word in product(NAMED, BESIDE):
        query = parse(shape.format(name=name, word=word))
        if found := await wider(world, query.text):
            offered += 1
            more = parse(found.text)
            matched = [one for one in documents if query.matches(one, now=NOW)]
            lost += [(query.text, found.text) for one in matched if not more.matches(one, now=NOW)]
    assert not lost
    assert offered


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("ради мира ЄС", "ради мира ЄС OR ради мира (ЕС"),
        ("ради мира ЕС", "ради мира (ЕС OR"),
    ],
)
async def test_a_name_whose_letters_tell_the_language_of_others_stays_beside_them(
    query: str, text: str, world: Database
) -> None:
    found = await wider(world, query)
    assert found is not None
    assert found.text.startswith(text)
