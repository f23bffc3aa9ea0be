"""Drafts come in by batches, and what is known is known before anything is analysed."""

import asyncio
import gc
import threading
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.ingest import BATCH, ingest
from storage import articles
from storage.articles import Stored
from storage.database import Database
from storage.errors import DatabaseError
from storage.models import Article, Draft

NOW = datetime(2025, 12, 6, 7, 0, tzinfo=UTC)

drafts = st.builds(
    Draft,
    title=st.sampled_from(["Саммит", "Матч"]),
    text=st.sampled_from(["", "в Баку"]),
    url=st.sampled_from([None, "https://a.az/1", "https://a.az/2"]),
    guid=st.sampled_from([None, "1", "2"]),
    source=st.sampled_from(["A", "B"]),
)


async def opened(path: Path) -> Database:
    return await Database.open(f"sqlite+aiosqlite:///{path}")


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    database = await opened(tmp_path / "news.db")
    yield database
    await database.close()


@pytest.fixture
def analysed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The headlines of what was analysed."""
    seen: list[str] = []
    analyse = articles.analyse

    def watch(drafts: Iterable[Draft]) -> list[articles.Analysed]:
        found = analyse(drafts)
        seen.extend(one.draft.title for one in found)
        return found

    monkeypatch.setattr(articles, "analyse", watch)
    return seen


async def everything(database: Database) -> list[Article]:
    async with database.read() as conn:
        return await articles.export(conn, after=0, limit=10_000)


async def unnumbered(database: Database) -> list[Article]:
    return [replace(article, source=replace(article.source, id=0)) for article in await everything(database)]


async def test_what_is_known_is_not_analysed_again(db: Database, analysed: list[str]) -> None:
    known = [Draft(title="Саммит", url="https://a.az/1"), Draft(title="Матч", guid="1", source="A"), Draft(title="Без")]
    assert await ingest(db, known, now=NOW) == Stored(3, 0)
    analysed.clear()
    assert await ingest(db, known, now=NOW) == Stored(0, 3)
    assert analysed == []


async def test_what_is_new_or_changed_is_analysed(db: Database, analysed: list[str]) -> None:
    known = [Draft(title="Саммит", url="https://a.az/1"), Draft(title="Матч")]
    await ingest(db, known, now=NOW)
    analysed.clear()
    brought = [*known, Draft(title="Саммит отложен", url="https://a.az/1"), Draft(title="Новый")]
    assert await ingest(db, brought, now=NOW) == Stored(2, 2)
    assert analysed == ["Саммит", "Саммит отложен", "Новый"]
    assert [article.title for article in await everything(db)] == ["Саммит отложен", "Матч", "Новый"]


async def test_more_than_a_batch_is_stored_and_counted(db: Database) -> None:
    many = [Draft(title=f"Новость {number}") for number in range(2 * BATCH + 50)]
    assert await ingest(db, many[BATCH:], now=NOW) == Stored(BATCH + 50, 0)
    assert await ingest(db, many, now=NOW) == Stored(BATCH, BATCH + 50)
    assert len(await everything(db)) == len(many)


async def test_long_articles_make_smaller_batches(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes, analyse = [], articles.analyse

    def watch(drafts: Iterable[Draft]) -> list[articles.Analysed]:
        sizes.append(len(found := analyse(drafts)))
        return found

    monkeypatch.setattr(articles, "analyse", watch)
    monkeypatch.setattr("bot.ingest.CHARACTERS", 1000)
    many = [Draft(title=f"{number:04}", text="а" * length) for number, length in enumerate([396, 496, 96, 5000, 1, 1])]
    assert await ingest(db, many, now=NOW) == Stored(6, 0)
    assert sizes == [3, 1, 2]


async def test_cancelled_it_ends_within_an_article(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()
    taken, analyse = [], articles.analyse

    def patiently(drafts: Iterable[Draft]) -> Iterator[Draft]:
        for draft in drafts:
            taken.append(draft.title)
            if len(taken) == 3:
                begun.set()
                go_on.wait(10)
            yield draft

    def watch(drafts: Iterable[Draft]) -> list[articles.Analysed]:
        found = analyse(drafts)
        ended.set()
        return found

    monkeypatch.setattr(articles, "analyse", watch)
    many = [Draft(title=f"Новость {number}") for number in range(BATCH)]
    task = asyncio.create_task(ingest(db, many, now=NOW, patiently=patiently))
    assert await asyncio.to_thread(begun.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    go_on.set()
    assert await asyncio.to_thread(ended.wait, 10)
    assert len(taken) == 3
    assert await everything(db) == []


async def test_drafts_are_let_go_of_when_they_are_stored(db: Database) -> None:
    await ingest(db, [Draft(title="Прощание", text=text) for text in "абв"], now=NOW)
    gc.collect()
    assert [one.text for one in gc.get_objects() if isinstance(one, Draft) and one.title == "Прощание"] == []


async def test_nothing_is_stored_of_nothing(db: Database) -> None:
    assert await ingest(db, [], now=NOW) == Stored(0, 0)


@settings(max_examples=30, deadline=None)
@given(st.lists(drafts, max_size=4), st.lists(drafts, max_size=6))
@example(
    [Draft(title="Саммит", guid="1", source="A")],
    [
        Draft(title="Матч", guid="1", source="A"),
        Draft(title="Саммит"),
        Draft(title="Саммит", guid="1", source="A"),
    ],
)
def test_knowing_first_makes_no_difference_to_what_is_stored(before: list[Draft], brought: list[Draft]) -> None:
    async def stored(name: str, *, at_once: bool) -> tuple[Stored, list[Article]]:
        """A source has a number as soon as a draft names it, be it known or not: the only difference."""
        database = await opened(Path(folder, name))
        try:
            await ingest(database, before, now=NOW)
            if not at_once:
                return await ingest(database, brought, now=NOW), await unnumbered(database)
            async with database.write() as conn:
                counts = await articles.store(conn, articles.analyse(brought), now=NOW)
            return counts, await unnumbered(database)
        finally:
            await database.close()

    with TemporaryDirectory() as folder:
        assert asyncio.run(stored("known first", at_once=False)) == asyncio.run(stored("at once", at_once=True))


@settings(max_examples=40, deadline=None)
@given(st.lists(drafts, max_size=3), st.lists(drafts, max_size=8))
@example(
    [Draft(title="Саммит", url="https://a.az/1")],
    [Draft(title="Матч", url="https://a.az/1"), Draft(title="Саммит", url="https://a.az/1")],
)
def test_what_is_being_stored_counts_for_the_batch_behind_it(before: list[Draft], brought: list[Draft]) -> None:
    async def stored(name: str, *, batched: bool) -> tuple[int, list[Article]]:
        database = await opened(Path(folder, name))
        try:
            await ingest(database, before, now=NOW)
            parts = [brought] if batched else [[draft] for draft in brought]
            analyse = articles.analyse if batched else None
            counts = [await ingest(database, part, now=NOW, analyse=analyse) for part in parts]
            return sum(count.imported for count in counts), await unnumbered(database)
        finally:
            await database.close()

    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        patched.setattr("bot.ingest.BATCH", 1)
        assert asyncio.run(stored("batches.db", batched=True)) == asyncio.run(stored("alone.db", batched=False))


async def test_a_store_that_fails_ends_the_import_with_its_error(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object, **__: object) -> Stored:
        raise DatabaseError("disk full")

    monkeypatch.setattr(articles, "store", fail)
    many = [Draft(title=f"Новость {number}") for number in range(3 * BATCH)]
    with pytest.raises(DatabaseError):
        await ingest(db, many, now=NOW)
