"""What changes, fails or is asked while a batch is made loses nothing and harms nobody else."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection
from structlog.testing import capture_logs

from bot import items
from bot.compose import Composer
from bot.digest import Topic
from bot.items import Items
from storage import digests, retention
from storage.digests import Outcome
from storage.models import Part
from storage.shown import Shown, shown
from tests.bot.newsroom import HOUR, MINUTE, NINE, SECOND, Newsroom


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], Awaitable[object]]]:
    """What happens, one after another, each time that what is told has been read and is not committed yet."""
    happening: list[Callable[[], Awaitable[object]]] = []
    read = Items.read

    async def interrupted(*arguments: Any, **options: Any) -> Items:
        items = await read(*arguments, **options)
        if happening:
            await happening.pop(0)()
        return items

    monkeypatch.setattr(Items, "read", interrupted)
    return happening


async def test_what_is_paused_meanwhile_is_not_told(
    room: Newsroom, meanwhile: list[Callable[[], Awaitable[object]]]
) -> None:
    chat, other = await room.reader(telegram_id=1), await room.reader("казахстан", telegram_id=2)
    followed = await room.follow(chat, "казахстан")
    await room.publish("Казахстан")
    meanwhile.append(lambda: room.change(followed, paused=True))
    await room.compose(at=NINE)
    assert [len(await room.texts(one)) for one in (chat, other)] == [0, 1]
    await room.change(followed, paused=False)
    await room.compose(at=NINE + 3 * SECOND)
    assert [len(await room.texts(one)) for one in (chat, other)] == [1, 1]
    assert await room.slots(chat) == [("scheduled", "2025-12-07 09:00")]


async def test_a_chat_that_changes_its_language_meanwhile_reads_in_the_new_one(
    room: Newsroom, meanwhile: list[Callable[[], Awaitable[object]]]
) -> None:
    chat = await room.reader("казахстан")
    await room.publish("Казахстан")
    meanwhile.append(lambda: room.change_chat(chat, language="en"))
    await room.compose(at=NINE)
    assert await room.texts(chat) == []
    await room.compose(at=NINE + 3 * SECOND)
    [text] = await room.texts(chat)
    assert text.startswith("Digest")


async def test_a_chat_that_falls_asleep_or_changes_its_schedule_meanwhile_is_not_told(
    room: Newsroom, meanwhile: list[Callable[[], Awaitable[object]]]
) -> None:
    asleep, later = await room.reader("казахстан", telegram_id=1), await room.reader("казахстан", telegram_id=2)
    await room.publish("Казахстан")

    async def change() -> None:
        await room.change_chat(asleep, asleep=True)
        await room.change_chat(later, schedule="18:00", next_due_at=NINE + 9 * HOUR)

    meanwhile.append(change)
    await room.compose(at=NINE)
    assert await room.texts() == []
    assert (await room.known(later)).next_due_at == NINE + 9 * HOUR


async def test_a_question_is_answered_in_the_middle_of_a_long_turn(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.compose.BATCH", 1)
    has_begun, commit = asyncio.Event(), digests.commit

    async def begin(*arguments: Any, **options: Any) -> Outcome:
        has_begun.set()
        return await commit(*arguments, **options)

    monkeypatch.setattr(digests, "commit", begin)
    readers = [await room.reader("казахстан", telegram_id=number) for number in range(1, 21)]
    await room.publish("Казахстан")
    room.now = NINE
    turn = asyncio.create_task(room.compose())
    await has_begun.wait()
    assert await room.ask(readers[-1])
    served = len(await room.texts())
    await turn
    assert served < len(readers)
    assert [await room.count(reader, "Казахстан") for reader in readers] == [1] * len(readers)


async def test_one_chat_that_fails_harms_no_other_of_its_batch(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    readers = [await room.reader("казахстан", telegram_id=number) for number in range(1, 8)]
    await room.publish("Казахстан")
    render, broken = Composer._render, readers[3].id

    def fail(self: Composer, topics: Sequence[Topic], *rest: Any, now: datetime) -> list[Part]:
        if topics[0].subscription.chat_id == broken:
            raise ValueError("cannot be told")
        return render(self, topics, *rest, now=now)

    monkeypatch.setattr(Composer, "_render", fail)
    with capture_logs() as logs:
        await room.compose(at=NINE)
    assert [len(await room.texts(reader)) for reader in readers] == [1, 1, 1, 0, 1, 1, 1]
    assert [line["chat"] for line in logs if line["log_level"] == "error"] == [broken]
    monkeypatch.undo()
    await room.compose(at=NINE + 10 * MINUTE)
    assert [len(await room.texts(reader)) for reader in readers] == [1] * 7


async def test_texts_are_held_page_by_page_and_each_is_read_once_for_all(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = []
    read = shown

    async def listening(conn: AsyncConnection, article_ids: Sequence[int]) -> list[Shown]:
        pages.append(list(article_ids))
        return await read(conn, article_ids)

    monkeypatch.setattr(items, "shown", listening)
    monkeypatch.setattr(items, "PAGE", 3)
    readers = [await room.reader("казахстан", telegram_id=number) for number in range(1, 4)]
    await room.publish(*(f"Казахстан {number}" for number in range(8)))
    await room.compose(at=NINE)
    assert pages == [[1, 2, 3], [4, 5, 6], [7, 8]]
    assert [await room.count(reader, "Казахстан 7") for reader in readers] == [1, 1, 1]


async def test_what_is_removed_while_a_digest_is_composed_is_left_out(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = await room.reader("казахстан")
    await room.publish("Казахстан вчера", "Казахстан сегодня")
    read = Items.read

    async def removed_meanwhile(*given: Any, **more: Any) -> Items:
        found = await read(*given, **more)
        async with room.db.write() as conn:
            await retention.drop_articles(conn, [1])
        return found

    monkeypatch.setattr(Items, "read", removed_meanwhile)
    assert await room.ask(chat)
    [text] = await room.texts(chat)
    assert "Казахстан сегодня" in text
    assert "Казахстан вчера" not in text
