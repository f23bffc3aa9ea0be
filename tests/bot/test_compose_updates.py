"""What is written down of what was told; and that a told story comes again by what is new of it alone."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from bot.story_buttons import DigestList
from storage.models import Chat, Telling
from storage.schema import articles, digests, outbox, stories
from tests.bot.newsroom import DAY, HOUR, LONG, NINE, NOON, Newsroom, draft, lines

NEWS = "Стороны назвали дату."


async def told_once(room: Newsroom, **columns: Any) -> Chat:
    """A chat that was told of a story by its first article."""
    chat = await room.reader("каспийское", **columns)
    await room.publish(draft("Перевозки растут", LONG, url="https://report.az/1"))
    await room.compose(at=room.now if columns else NINE)
    return chat


async def goes_on(room: Newsroom, number: int = 2, *, sentence: str | None = NEWS) -> None:
    """Another article of the story, with something new or without."""
    await room.publish(draft("Дата названа", LONG, url=f"https://trend.az/{number}", source="trend.az"))
    if sentence:
        await room.develop(number, sentence)


async def sent(room: Newsroom, chat: Chat) -> list[Any]:
    async with room.db.read() as conn:
        return list(await conn.execute(select(outbox).where(outbox.c.chat_id == chat.id).order_by(outbox.c.id)))


async def test_what_is_new_of_a_told_story_comes_as_an_update_once(room: Newsroom) -> None:
    chat = await told_once(room)
    await goes_on(room)
    await room.compose(at=NINE + DAY)
    [_, text] = await room.texts(chat)
    assert lines(text)[0].endswith(" · 1 обновление · 2 статьи")
    assert lines(text)[-3:] == ["Дата названа", "report.az, trend.az · 7 декабря", f"Обновление: {NEWS}"]
    [telling] = await room.told(chat)
    assert telling == Telling(1, 2, telling.subscription_id, 1)
    await room.compose(at=NINE + 2 * DAY)
    assert not await room.ask(chat)


async def test_a_retelling_without_anything_new_does_not_come(room: Newsroom) -> None:
    chat = await told_once(room)
    await goes_on(room, sentence=None)
    await room.compose(at=NINE + DAY)
    assert len(await room.texts(chat)) == 1


async def test_what_was_new_when_a_chat_was_first_told_is_no_update(room: Newsroom) -> None:
    chat = await room.reader("каспийское")
    await room.publish(draft("Перевозки растут", LONG, url="https://report.az/1"))
    await goes_on(room)
    await room.compose(at=NINE)
    [text] = await room.texts(chat)
    assert "Обновление" not in text
    assert " · 1 новость · 2 статьи" in text
    await room.compose(at=NINE + DAY)
    assert len(await room.texts(chat)) == 1


async def test_an_alert_goes_on_at_once(room: Newsroom) -> None:
    chat = await told_once(room, schedule="instant", instant=True)
    room.now = NOON + HOUR
    await goes_on(room)
    await room.compose()
    assert [NEWS in text for text in await room.texts(chat)] == [False, True]


async def test_a_digest_leaves_out_what_an_alert_told(room: Newsroom) -> None:
    chat = await room.reader("каспийское")
    await room.follow(chat, "перевозки", instant=True)
    await room.publish(draft("Перевозки растут", LONG, url="https://report.az/1"))
    await room.compose()
    await goes_on(room)
    await room.compose()
    assert await room.slots(chat) == [("instant", None), ("instant", None)]
    await room.compose(at=NINE)
    assert len(await room.texts(chat)) == 2
    assert [telling.article_id for telling in await room.told(chat)] == [2]


async def test_the_face_of_a_story_is_shown_where_it_met_the_query(room: Newsroom) -> None:
    chat, other = await room.reader("каспийское", telegram_id=1), await room.reader("дата", telegram_id=2)
    await room.publish(draft("Перевозки растут", LONG, url="https://report.az/1"))
    await goes_on(room, sentence=None)
    async with room.db.write() as conn:
        await conn.execute(stories.update().values(face_id=1))
    await room.compose(at=NINE)
    assert [await room.count(one, "Перевозки растут") for one in (chat, other)] == [1, 0]
    assert [await room.count(one, "Дата названа") for one in (chat, other)] == [0, 1]


async def test_what_is_told_is_written_down_with_its_place_and_what_is_left_is_told_too(room: Newsroom) -> None:
    chat = await room.reader("казахстан", "баку", topic_limit=2)
    titles = ["Казахстан 1", "Баку 1", "Казахстан 2", "Казахстан 3"]
    await room.publish(*(draft(title, published_at=NOON - at * HOUR) for at, title in enumerate(titles, 1)))
    await room.compose(at=NINE)
    [text] = await room.texts(chat)
    assert [line for line in text.splitlines() if line[0:1].isdigit()] == [
        "1. Казахстан 1",
        "2. Казахстан 2",
        "3. Баку 1",
    ]
    assert "ещё 1 — ☰ Все" in text
    first, second = 1, 2
    assert await room.told(chat) == [
        Telling(1, 1, first, 1),
        Telling(3, 3, first, 2),
        Telling(2, 2, second, 3),
        Telling(4, 4, first, 4, shown=False),
    ]
    assert not await room.ask(chat)
    [row] = await sent(room, chat)
    *_, listed = [button for buttons in json.loads(row.buttons)["inline_keyboard"] for button in buttons]
    async with room.db.read() as conn:
        [composed_at] = (await conn.execute(select(digests.c.composed_at))).scalars()
    assert listed["text"] == "☰ Все, ещё 1"
    assert DigestList.unpack(listed["callback_data"]).at == int(composed_at.timestamp())


@pytest.mark.parametrize("images", [True, False])
async def test_pictures_come_where_they_are_wanted(room: Newsroom, images: bool) -> None:
    chat = await room.reader("казахстан", images=images)
    await room.follow(chat, "баку", instant=True)
    await room.publish("Казахстан", "Баку")
    async with room.db.write() as conn:
        await conn.execute(articles.update().values(image="https://report.az/1.jpg"))
    await room.compose(at=NINE - HOUR)
    await room.compose(at=NINE)
    previews = [row.preview for row in await sent(room, chat)]
    assert previews == (["https://report.az/1.jpg"] * 2 if images else [None] * 2)
