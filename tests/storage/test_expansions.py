"""The table of names that mean one thing."""

from pathlib import Path

import pytest

from storage.errors import ExpansionsError
from storage.expansions import PACKAGED, Expansions, read
from storage.query import parse


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "table.txt"


def others(expansions: Expansions, words: str) -> list[tuple[int, int, list[str]]]:
    found = expansions.find(words.split())
    return [(one.start, one.stop, [name.text for name in one.others]) for one in found]


def written(table: Path, *lines: str) -> Expansions:
    table.write_text("\n".join(lines), encoding="utf-8")
    return read(table)


def test_a_line_is_one_thing_with_its_names(table: Path) -> None:
    expansions = written(table, "# сообщества", "", " ЕАЭС |  Евразийский  экономический союз| EAEU ", "\tСНГ|CIS")
    assert [[name.text for name in names] for names in expansions.things] == [
        ["ЕАЭС", "Евразийский экономический союз", "EAEU"],
        ["СНГ", "CIS"],
    ]


def test_names_stand_for_one_another(table: Path) -> None:
    expansions = written(table, "ЕАЭС | Евразийский экономический союз | EAEU", "Союз | Union")
    assert others(expansions, "саммит еаэс") == [(1, 2, ["Евразийский экономический союз", "EAEU"])]
    assert others(expansions, "евразийский экономический союз") == [
        (0, 3, ["ЕАЭС", "EAEU"]),
        (2, 3, ["Union"]),
    ]
    assert others(expansions, "экономический форум") == []


def test_the_longest_name_comes_first(table: Path) -> None:
    expansions = written(table, "Совет | Council", "Совет мира | Peace Council")
    assert [names for _, _, names in others(expansions, "совет мира")] == [["Peace Council"], ["Council"]]


@pytest.mark.parametrize("words", ["евразийского экономического союза", "евразийскому экономическому союзу"])
def test_a_name_is_known_in_any_form(words: str) -> None:
    assert [found[:2] for found in others(read(), words)] == [(0, 3)]


def test_short_names_are_known_as_they_are(table: Path) -> None:
    expansions = written(table, "МИД | Министерство иностранных дел", "ЕС | Евросоюз")
    assert others(expansions, "мидии есть") == []


def test_the_packaged_table_can_be_searched_for() -> None:
    things = read().things
    assert 40 <= len(things) <= 100
    for names in things:
        assert all(parse(name.as_query) for name in names), names
    forms = [name.forms for names in things for name in names]
    assert len(forms) == len(set(forms))


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("ЕАЭС", "Евразийский экономический союз"),
        ("ВОЗ", "Всемирная организация здравоохранения"),
        ("BMT", "Birləşmiş Millətlər Təşkilatı"),
        ("БҰҰ", "Біріккен Ұлттар Ұйымы"),
        ("США", "ABŞ"),
        ("АҚШ", "USA"),
        ("Казахстан", "Қазақстан"),
        ("Əliyev", "Алиев"),
    ],
)
def test_the_packaged_table_knows_the_names_of_the_region(name: str, other: str) -> None:
    [found] = read().find([token.lower() for token in name.split()])
    assert other in [one.text for one in found.others]


@pytest.mark.parametrize(
    "line",
    [
        "ЕАЭС",
        "ЕАЭС |",
        "ЕАЭС | еаэс",
        'ВОЗ | "Всемирная"',
        "a | (b)",
        "… | ВОЗ",
        "ВОЗ | " + "слово " * 11,
        "а | " + "б" * 101,
    ],
    ids=["one name", "empty", "the same", "quotes", "brackets", "no word", "many words", "long"],
)
def test_a_line_that_is_no_such_thing_is_named(line: str, table: Path) -> None:
    with pytest.raises(ExpansionsError, match=r"table\.txt:2: expected two or more names"):
        written(table, "# a comment", line)


@pytest.mark.parametrize("content", [None, b"\xff\xfe"], ids=["missing", "not UTF-8"])
def test_a_file_that_cannot_be_read_is_named(content: bytes | None, table: Path) -> None:
    if content is not None:
        table.write_bytes(content)
    with pytest.raises(ExpansionsError, match=r"table\.txt: the table of expansions cannot be read"):
        read(table)


def test_the_packaged_table_stands_beside_its_reader() -> None:
    assert PACKAGED.is_file()
