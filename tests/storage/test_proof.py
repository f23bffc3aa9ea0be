"""The proof holds where index and store agree, and names every way in which they don't."""

import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from storage import articles, index, proof
from storage.database import Database
from storage.errors import DatabaseError
from storage.language.document import analyse, dump
from storage.proof import Counts, Faults, Proof, prove
from tests.storage.builders import DAY, NOW, draft, put

NONE = Faults(0, ())
COLUMNS = ", ".join(index.COLUMNS)
PLACES = ", ".join("?" * len(index.COLUMNS))
ADD = f"INSERT INTO article_index(rowid, {COLUMNS}) VALUES (?, {PLACES})"
REMOVE = f"INSERT INTO article_index(article_index, rowid, {COLUMNS}) VALUES ('delete', ?, {PLACES})"


@pytest.fixture
async def store(database: Database) -> Database:
    """Four articles; the last is from before 1970, where docids are negative."""
    await put(
        database,
        draft("Саммит в Баку", "Президенты обсудили коридор.", language="ru", source="A"),
        draft("Саммит в Астане", "Министры обсудили порт.", language="ru", source="A"),
        draft("Форум", "Обсудили всё.", language="ru", source="B"),
        draft("Луна", "Человек ступил на неё.", language="ru", source="B", published_at=NOW - 365 * 60 * DAY),
    )
    return database


def entry(database: Database, article_id: int) -> list[Any]:
    """Docid and columns of an article as its stored terms say."""
    row = execute(
        database,
        "SELECT docid, title, text, language, source_id FROM articles WHERE id = ?",
        [article_id],
    )[0]
    docid, title, text, language, source_id = row
    return [docid, *index.columns(analyse(title, language), analyse(text, language), language, source_id).values()]


def execute(database: Database, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Past everything that keeps index and store in step."""
    with closing(sqlite3.connect(database.path)) as connection, connection:
        return connection.execute(statement, values).fetchall()


async def counted(database: Database) -> Counts:
    async with database.read() as conn:
        return await proof.counts(conn)


def test_an_empty_store_is_proved(store_path: Path) -> None:
    assert prove(store_path) == Proof(articles=0, terms=0, missing=NONE, stray=NONE, different=NONE)


async def test_what_was_stored_changed_and_deleted_is_proved(store: Database) -> None:
    await put(store, draft("Порт", "Было так.", url="https://a.az/1"))
    await put(store, draft("Порт", "Стало иначе.", url="https://a.az/1", published_at=NOW - DAY))
    async with store.write() as conn:
        await articles.delete(conn, [2])
    found = prove(store.path)
    assert found.holds
    assert (found.articles, found.missing, found.stray, found.different) == (4, NONE, NONE, NONE)
    assert found.terms == sum(len(str(text).split()) for one in (1, 3, 4, 5) for text in entry(store, one)[1:])
    assert await counted(store) == Counts(4, 4, 4)


async def test_more_than_a_page_is_proved(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "ARTICLES", 3)
    monkeypatch.setattr(proof, "POSTINGS", 7)
    await put(database, *(draft(f"Саммит {number}", "Коридор.", url=f"https://a.az/{number}") for number in range(10)))
    advanced: list[int] = []
    found = prove(database.path, advance=advanced.append)
    assert found.holds
    assert sum(advanced) == found.articles + found.terms
    assert len(advanced) > 10


async def test_an_entry_left_behind_by_a_deleted_article_is_stray(store: Database) -> None:
    left = entry(store, 2)
    async with store.write() as conn:
        await articles.delete(conn, [2])
    execute(store, ADD, left)
    found = prove(store.path)
    assert (found.missing, found.stray, found.different) == (NONE, Faults(1, (left[0],)), NONE)
    assert not found.holds
    assert await counted(store) == Counts(3, 3, 4)


async def test_an_article_without_an_entry_is_missing(store: Database) -> None:
    execute(store, REMOVE, entry(store, 3))
    found = prove(store.path)
    assert (found.missing, found.stray, found.different) == (Faults(1, (3,)), NONE, NONE)
    assert await counted(store) == Counts(4, 4, 3)


async def test_a_term_that_moved_to_another_article_is_found_in_both(store: Database) -> None:
    one, other = entry(store, 1), entry(store, 2)
    for before in (one, other):
        execute(store, REMOVE, before)
    moved = index.COLUMNS.index("title_forms") + 1
    one[moved], other[moved] = str(one[moved]).replace("баку", "астане"), str(other[moved]).replace("астане", "баку")
    for after in (one, other):
        execute(store, ADD, after)
    found = prove(store.path)
    assert (found.missing, found.stray, found.different) == (NONE, NONE, Faults(2, (1, 2)))
    assert (await counted(store)).agree


async def test_a_term_that_stands_in_another_column_is_found(store: Database) -> None:
    before = entry(store, 1)
    execute(store, REMOVE, before)
    title, text = index.COLUMNS.index("title_forms") + 1, index.COLUMNS.index("text_forms") + 1
    before[title], before[text] = str(before[title]).replace("баку", ""), f"{before[text]} баку"
    execute(store, ADD, before)
    assert prove(store.path).different == Faults(1, (1,))


async def test_what_a_wrong_delete_leaves_behind_is_found(store: Database) -> None:
    wrong = entry(store, 3)
    wrong[1] = "мимо"
    execute(store, REMOVE, wrong)
    found = prove(store.path)
    assert (found.missing, found.different) == (NONE, Faults(1, (3,)))


@pytest.mark.parametrize(
    "terms",
    [
        pytest.param(dump(analyse("Форум", "ru"), analyse("Иное.", "ru")), id="others"),
        pytest.param(dump(analyse("Форум", "ru"), analyse("Обсудили.", "ru")), id="fewer"),
        pytest.param(b"\xffgarbage", id="of no encoding"),
        pytest.param(b"\x03garbage", id="unreadable"),
        pytest.param(b"", id="empty"),
    ],
)
async def test_stored_terms_that_changed_are_found(store: Database, terms: bytes) -> None:
    execute(store, "UPDATE article_terms SET terms = ? WHERE article_id = ?", [terms, 3])
    found = prove(store.path)
    assert (found.missing, found.stray, found.different) == (NONE, NONE, Faults(1, (3,)))


async def test_stored_terms_that_are_lost_are_found(store: Database) -> None:
    execute(store, "DELETE FROM article_terms WHERE article_id = ?", [3])
    assert prove(store.path).different == Faults(1, (3,))
    assert await counted(store) == Counts(4, 3, 4)


@pytest.mark.parametrize(("column", "value"), [("language", "uk"), ("source_id", 1)])
async def test_a_language_or_source_that_changed_alone_is_found(store: Database, column: str, value: str | int) -> None:
    execute(store, f"UPDATE articles SET {column} = ? WHERE id = 3", [value])
    assert prove(store.path).different == Faults(1, (3,))


async def test_an_article_under_another_docid_is_missing_and_leaves_a_stray(store: Database) -> None:
    [docid, *_] = entry(store, 3)
    execute(store, "UPDATE articles SET docid = 5 WHERE id = 3", [])
    found = prove(store.path)
    assert (found.missing, found.stray, found.different) == (Faults(1, (3,)), Faults(1, (docid,)), NONE)


async def test_of_many_faults_the_lowest_are_named(database: Database) -> None:
    await put(database, *(draft(f"Саммит {number}", url=f"https://a.az/{number}") for number in range(9)))
    execute(database, "UPDATE article_terms SET terms = x'' WHERE article_id > 1", [])
    assert prove(database.path).different == Faults(8, (2, 3, 4, 5, 6))


async def test_the_proof_is_of_one_moment_and_disturbs_no_writer(store: Database) -> None:
    began, written = threading.Event(), threading.Event()

    def wait(count: int) -> None:
        began.set()
        assert written.wait(10)

    found: list[Proof] = []
    reading = threading.Thread(target=lambda: found.append(prove(store.path, advance=wait)))
    reading.start()
    assert began.wait(10)
    async with store.write() as conn:
        await articles.delete(conn, [1])
    await put(store, draft("Новое"))
    written.set()
    reading.join()
    assert found[0].holds
    assert (found[0].articles, prove(store.path).articles) == (4, 4)


def test_an_index_that_cannot_be_read_is_an_error(store_path: Path) -> None:
    with closing(sqlite3.connect(store_path)) as connection, connection:
        connection.execute("DROP TABLE article_index")
    with pytest.raises(DatabaseError, match=r"cannot read the index of .*news\.db"):
        prove(store_path)
