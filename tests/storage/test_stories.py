"""Which articles tell one story: as they are stored, whatever the batches, the processes and the order."""

import asyncio
import random
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from storage import articles
from storage.articles import Stored
from storage.database import Database
from storage.fingerprints import fingerprint
from storage.models import Draft
from storage.neighbours import Neighbour, Window
from storage.placing import Newcomer, Placing, placed
from storage.schema import stories as story_table
from tests.storage.builders import DAY, HOUR, NOW, STORY, draft, everything, put
from tests.storage.retold import (
    IN_AZERBAIJANI,
    IN_ENGLISH,
    IN_KAZAKH,
    MEETING,
    OTHERS,
    TEMPLATES,
    stories,
    tell,
    told,
)

FIRST, SECOND, *_ = MEETING


def at(one: Draft, hours: float) -> Draft:
    """Published so many hours before now."""
    return replace(one, published_at=NOW - hours * HOUR)


class StopError(Exception):
    """Ends a transaction."""


@asynccontextmanager
async def another(database: Database) -> AsyncIterator[Database]:
    """The same store, as another process has it."""
    opened = await Database.open(f"sqlite+aiosqlite:///{database.path}")
    yield opened
    await opened.close()


async def test_retellings_in_own_words_are_one_story_in_one_batch_and_in_many(database: Database) -> None:
    await tell(database, *MEETING)
    assert await stories(database) == [1] * 5
    later = [replace(at(one, 24 * 30), title=f"{one.title} накануне") for one in MEETING]
    for one in later:
        await tell(database, one)
    assert await stories(database) == [1] * 5 + [2] * 5


@pytest.mark.parametrize("retold", [IN_ENGLISH, IN_KAZAKH, IN_AZERBAIJANI], ids=["en", "kk", "az"])
async def test_retelling_in_another_language_is_carried_by_names_and_numbers(database: Database, retold: Draft) -> None:
    await tell(database, MEETING[1])
    await tell(database, retold)
    assert await stories(database) == [1, 1]


@pytest.mark.parametrize("pair", OTHERS.values(), ids=OTHERS)
async def test_events_that_differ_in_what_matters_are_two_stories(
    database: Database, pair: tuple[Draft, Draft]
) -> None:
    await tell(database, *pair)
    assert await stories(database) == [1, 2]


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
async def test_templates_of_different_days_are_as_many_stories(
    database: Database, template: Callable[[int], Draft]
) -> None:
    for day in (27, 28, 29, 30):
        await tell(database, template(day))
    assert await stories(database) == [1, 2, 3, 4]


async def test_bare_headline_joins_what_it_is_of(database: Database) -> None:
    await tell(database, FIRST, draft("Президенты Казахстана и Азербайджана встретились в Баку", source="Лента"))
    assert await stories(database) == [1, 1]


async def test_two_words_tell_nothing(database: Database) -> None:
    await tell(database, draft("Главное сегодня", "Новости часа."), draft("Главное сегодня", "Новости дня."))
    await tell(database, draft("Саммит в Баку", url="https://a.az/1"), draft("В Баку саммит", url="https://a.az/2"))
    assert await stories(database) == [1, 2, 3, 4]
    await tell(database, draft("Алиев, Токаев", MEETING[0].text, url="https://a.az/3"))
    await tell(database, draft("Алиев, Токаев", url="https://a.az/4"))
    assert await stories(database) == [1, 2, 3, 4, 5, 6]


async def test_equal_text_joins_however_old_it_is(database: Database) -> None:
    old = at(draft("Коридор", STORY, url="https://a.az/1"), 24 * 400)
    await tell(database, old, draft("Погода"), draft("Повторяем", STORY, url="https://a.az/2"))
    await tell(database, draft("Ещё раз", STORY, url="https://a.az/3"))
    assert await stories(database) == [1, 2, 1, 1]


@pytest.mark.parametrize(("hours", "expected"), [(47, 1), (49, 2)])
@pytest.mark.parametrize("is_one_batch", [True, False])
async def test_retellings_more_than_two_days_apart_are_two_stories(
    database: Database, hours: int, expected: int, is_one_batch: bool
) -> None:
    pair = at(FIRST, hours), at(SECOND, 0)
    for batch in [pair] if is_one_batch else zip(pair):
        await tell(database, *batch)
    assert await stories(database) == [1, expected]


@pytest.mark.parametrize("is_reversed", [False, True])
@pytest.mark.parametrize("is_remembered", [True, False])
async def test_story_lasts_three_days_at_most_whoever_stores(
    database: Database, is_reversed: bool, is_remembered: bool
) -> None:
    words = "берег", "ветер", "город", "дверь", "ель", "жаба", "завод", "ива", "кедр", "лампа"
    told_on = [
        replace(at(FIRST, 200 - 20 * number), title=f"{FIRST.title}: {word}", source=word)
        for number, word in enumerate(words)
    ]
    told_on = [replace(one, text=f"{one.text} {word}") for one, word in zip(told_on, words, strict=True)]
    for one in told_on[::-1] if is_reversed else told_on:
        await (tell if is_remembered else put)(database, one)
    times: dict[int, list[float]] = {}
    for article in await everything(database):
        times.setdefault(article.story_id, []).append((NOW - article.published_at) / HOUR)
    assert len(times) == 3
    assert max(max(found) - min(found) for found in times.values()) <= 72
    assert max(map(len, times.values())) == 4


@pytest.mark.parametrize("size", [1, 2, 7])
@pytest.mark.parametrize("order", ["0314256", "6251403", "4360125"])
async def test_order_and_size_of_batches_do_not_change_what_is_one_story(
    database: Database, order: str, size: int
) -> None:
    events = (*MEETING[:3], *OTHERS["place"], *OTHERS["person"])
    batch = [events[int(place)] for place in order]
    for at in range(0, len(batch), size):
        await tell(database, *batch[at : at + size])
    alone = {frozenset({one.title}) for one in events[3:]}
    assert await told(database) == {frozenset(one.title for one in MEETING[:3])} | alone


async def test_process_sees_what_others_store_meanwhile(database: Database) -> None:
    async with another(database) as other:
        await tell(database, FIRST)
        await tell(other, SECOND, *OTHERS["place"])
        await tell(database, MEETING[2], OTHERS["person"][0])
        await tell(other, MEETING[3], OTHERS["person"][1])
        assert await stories(database) == [1, 1, 2, 3, 1, 4, 1, 5]


async def test_batch_that_is_rolled_back_leaves_no_trace(database: Database) -> None:
    await tell(database, OTHERS["place"][0])
    brought = articles.analyse([FIRST, OTHERS["person"][0]])
    with suppress(StopError):
        async with database.write() as conn:
            assert await articles.store(conn, brought, now=NOW, remembered=database.remembered) == Stored(2, 0)
            raise StopError
    await tell(database, OTHERS["person"][1])
    await tell(database, SECOND)
    assert await stories(database) == [1, 2, 3]
    await tell(database, FIRST)
    assert await stories(database) == [1, 2, 3, 3]


async def test_batch_that_fails_while_it_is_placed_leaves_no_trace(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise StopError

    await tell(database, FIRST)
    with monkeypatch.context() as patched:
        patched.setattr(Window, "settle", fail)
        with pytest.raises(StopError):
            await tell(database, OTHERS["person"][0])
    await tell(database, SECOND, OTHERS["person"][1])
    assert await stories(database) == [1, 1, 2]


async def test_store_that_is_cancelled_while_it_is_placed_leaves_no_trace(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread that places it goes on beside what is stored next."""
    await tell(database, FIRST)
    is_placing, may_go_on, is_over = threading.Event(), threading.Event(), threading.Event()
    pushed, pop = Window.pushed, Window.pop

    def slow(self: Window, **options: Any) -> list[list[Neighbour]]:
        is_placing.set()
        may_go_on.wait(10)
        return pushed(self, **options)

    def last(self: Window) -> None:
        pop(self)
        if may_go_on.is_set():
            is_over.set()

    with monkeypatch.context() as patched:
        patched.setattr(Window, "pushed", slow)
        patched.setattr(Window, "pop", last)
        storing = asyncio.create_task(tell(database, OTHERS["person"][0]))
        await asyncio.to_thread(is_placing.wait, 10)
        storing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await storing
        patched.setattr(Window, "pushed", pushed)
        await tell(database, OTHERS["place"][0])
        await tell(database, OTHERS["place"][1])
        may_go_on.set()
        await asyncio.to_thread(is_over.wait, 10)
    await tell(database, SECOND, OTHERS["person"][1])
    assert await stories(database) == [1, 2, 3, 1, 4]
    window = database.remembered._window
    assert window
    assert len(window) == 3


async def test_deleted_story_is_told_no_more(database: Database) -> None:
    async with another(database) as other:
        await tell(database, FIRST)
        # Now the first is remembered.
        await tell(database, OTHERS["place"][0])
        async with other.write() as conn:
            await articles.delete(conn, [1])
        await tell(database, SECOND)
        assert await stories(database) == [2, 3]
        await tell(database, MEETING[2])
        assert await stories(database) == [2, 3, 3]


@pytest.mark.parametrize("is_remembered", [True, False])
async def test_changed_article_is_found_by_what_it_says_now(database: Database, is_remembered: bool) -> None:
    store = tell if is_remembered else put
    changed = draft("Урожай груш собрали раньше срока", "Садоводы убрали груши за неделю до дождей.", source="Первый")
    await store(database, replace(FIRST, url="https://a.az/1"))
    await store(database, OTHERS["place"][0])
    await store(database, replace(changed, url="https://a.az/1"))
    await store(database, replace(FIRST, text=f"{FIRST.text} Подробности позже.", source="Второй"))
    await store(database, draft("Груши убрали раньше дождей", "Урожай груш собран за неделю, говорят садоводы."))
    assert await stories(database) == [1, 2, 3, 1]


async def test_archive_in_random_order_of_years_is_told_as_in_order(database: Database) -> None:
    rng = random.Random(1)
    archive = [
        replace(one, published_at=NOW - year * 365 * DAY + hour * HOUR, title=f"{one.title}: {year_name}")
        for year, year_name in enumerate(["кедр", "ель", "ива", "дуб", "клён", "ясень"])
        for hour, one in enumerate(MEETING)
    ]
    rng.shuffle(archive)
    for at in range(0, len(archive), 4):
        await tell(database, *archive[at : at + 4])
    found = {(one.published_at.year, one.story_id) for one in await everything(database)}
    assert len(found) == 6
    assert len({story_id for _, story_id in found}) == 6


async def test_little_is_remembered_for_long(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.stories.MOST_ADDED", 10)
    for day in range(25):
        now = NOW + day * DAY
        await tell(database, draft(f"Сводка {chr(1072 + day % 32)} {day}", published_at=now), now=now)
    window = database.remembered._window
    assert window
    assert len(window) < 20


async def test_story_keeps_its_identity_while_it_grows(database: Database) -> None:
    for number, one in enumerate(MEETING, start=1):
        await tell(database, one)
        assert await stories(database) == [1] * number
    async with database.read() as conn:
        assert (await conn.execute(select(story_table.c.id))).scalars().all() == [1]


async def test_headlines_of_one_story_do_not_chain_to_another(database: Database) -> None:
    """What is like one of a story's articles alone is not of the story."""
    await tell(database, *MEETING)
    await tell(database, *OTHERS["person"])
    mixed = draft("Токаев принял посла Франции и вернулся из Баку", OTHERS["person"][0].text)
    await tell(database, mixed)
    assert (await stories(database))[-1] == 2


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["", "\x00", "😀" * 40, "я" * 100_000, "слово " * 17_000, "١٢٣ مرحبا بالعالم " * 9, "\u202e", "1" * 400]
        )
        | st.text(max_size=60),
        min_size=2,
        max_size=4,
    )
)
async def test_nonsense_is_stored_in_stories_of_its_own(texts: list[str]) -> None:
    newcomers = [
        Newcomer(1_000_000_000, 1, fingerprint(title, text, "ru"))
        for title, text in zip(texts, texts[::-1], strict=True)
    ]
    placings = placed(Window(), {}, newcomers)
    assert placings[0] == Placing(-1)
    assert all(one.story < 0 for one in placings)
