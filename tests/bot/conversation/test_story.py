"""A story's page, and the ways to it."""

import pytest
from aiogram.methods import AnswerCallbackQuery, SendMessage
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from bot.story_buttons import Less, ShowStory, StoryPage, Why
from storage import articles, feedback, saved
from storage.feedback import FeedbackKind
from storage.schema import articles as article_rows
from storage.schema import stories
from tests.bot.conversation.stories import open_story, told
from tests.bot.conversation.talk import NOON, Shown, Talk
from tests.storage.telling import tell

LEAD = "Новый портовый терминал в Актау примет первые контейнеры весной, сообщили строители причала."
GONE = "Этой новости здесь уже нет."


def note(shown: list[Shown]) -> str:
    [text] = [one.text for one in shown if one.is_note]
    return text


async def opened(talk: Talk) -> list[int]:
    """The stories that the chat is known to have opened."""
    async with talk.db.read() as conn:
        given = await feedback.of_chat(conn, (await talk.chat()).id, limit=10)
    return [one.article.story_id for one in given if one.kind is FeedbackKind.OPENED]


@pytest.mark.parametrize("words", ["/latest", "терминал", "/top"])
async def test_number_under_an_answer_opens_all_articles_in_the_order_of_time(talk: Talk, words: str) -> None:
    await talk.publish(told("порт", 1, 30, 2, sources=2))
    await talk.say(words)
    answer = talk.buttoned()
    sent = talk.session.calls_of(SendMessage)
    [page] = await talk.press("☰ 1")
    assert page.text == (
        f"Порт: сообщение 2\n2 источника, 3 статьи, с 5 декабря, 06:00\n{LEAD}\n\n"
        "1. Порт: сообщение 2\nГазета 2 · 5 декабря\n\n"
        "2. Порт: сообщение 3\nГазета 1 · 2 часа назад\n\n"
        "3. Порт: сообщение 1\nГазета 1 · 1 час назад"
    )
    assert page.links == ("https://s0.az/2", "https://s0.az/2", "https://s0.az/3", "https://s0.az/1")
    assert page.buttons == ("☆ Сохранить", "Меньше такого")
    assert sent[0].reply_parameters
    assert sent[0].reply_parameters.message_id == answer.message_id
    assert await opened(talk) == [1]


async def test_story_of_one_article_has_no_number(talk: Talk) -> None:
    await talk.publish([*told("порт", 1, 2), *told("матч", 3)])
    [page] = await talk.say("/latest")
    assert page.buttons == ("☰ 1", "☆ 1", "☆ 2")
    [page] = await talk.say("стадион")
    assert page.buttons == ("Подписаться", "☆ 1")


async def test_face_that_was_chosen_is_the_head_of_the_page(talk: Talk) -> None:
    await talk.publish(told("порт", 1, 2))
    async with talk.db.write() as conn:
        await conn.execute(update(stories).values(face_id=1))
    await talk.say("/latest")
    [page] = await talk.press("☰ 1")
    assert page.text.startswith(
        f"Порт: сообщение 1\n2 источника, 2 статьи, с 6 декабря, 10:00\n{LEAD}\n\n1. Порт: сообщение 2\n"
    )
    assert page.bold[0] == "Порт: сообщение 1"


async def test_what_an_article_told_first_is_marked(talk: Talk) -> None:
    await talk.publish(told("порт", 1, 2))
    async with talk.db.write() as conn:
        newest = update(article_rows).where(article_rows.c.id == 1)
        await conn.execute(newest.values(development="Терминал открыли <раньше> срока."))
    await talk.say("/latest")
    [page] = await talk.press("☰ 1")
    assert page.text.endswith("Газета 1 · 1 час назад\nНовое: Терминал открыли <раньше> срока.")


async def test_pages_turn_in_place(talk: Talk) -> None:
    await open_story(talk, *range(12, 0, -1))
    message = talk.buttoned()
    [second] = await talk.press("▶")
    assert second.text.startswith(
        f"Порт: сообщение 1\n9 источников, 12 статей, с 6 декабря, 00:00\n{LEAD}\n\n6. Порт: сообщение 6\n"
    )
    assert second.buttons == ("◀", "▶", "☆ Сохранить", "Меньше такого")
    [last] = await talk.press("▶")
    assert "12. Порт: сообщение 12\n" in last.text
    assert last.buttons == ("◀", "☆ Сохранить", "Меньше такого")
    assert (await talk.press("◀"))[0] == second
    assert talk.buttoned().message_id == message.message_id
    assert await opened(talk) == [1]


async def test_page_beyond_the_last_is_the_last(talk: Talk) -> None:
    await open_story(talk, *range(12, 0, -1))
    for offset in (11, 12, 99_999):
        [page] = await talk.press_data(StoryPage(story=1, subscription=0, article=0, offset=offset).pack())
        assert "\n\n11. Порт: сообщение 11\n" in page.text
        await talk.press("◀")


async def test_story_is_saved_and_waved_away_in_place_on_every_page(talk: Talk) -> None:
    await open_story(talk, *range(6, 0, -1))
    buttons, said = await talk.press("☆ Сохранить")
    assert said.text == "Новость сохранена. Всё сохранённое: /saved"
    assert buttons.buttons == ("▶", "⭐ Сохранено", "Меньше такого")
    buttons, _said = await talk.press("Меньше такого")
    assert buttons.buttons == ("▶", "⭐ Сохранено", "✓ Меньше такого")
    assert (await talk.press("▶"))[0].buttons == ("◀", "⭐ Сохранено", "✓ Меньше такого")
    await talk.press("⭐ Сохранено")
    assert (await talk.press("◀"))[0].buttons == ("▶", "☆ Сохранить", "✓ Меньше такого")
    async with talk.db.read() as conn:
        assert await saved.count(conn, (await talk.chat()).id) == 0


async def test_story_that_was_told_says_why(talk: Talk) -> None:
    await talk.publish(told("порт", 1, 2))
    await talk.say("/latest")
    assert "Почему" not in (await talk.press("☰ 1"))[0].buttons
    await tell(talk.db, await talk.chat(), [1], at=NOON)
    await talk.say("/latest")
    assert "Почему" in (await talk.press("☰ 1"))[0].buttons


@pytest.mark.parametrize(
    "data", [ShowStory(story=99).pack(), StoryPage(story=99, subscription=0, article=0, offset=5).pack()]
)
async def test_story_that_never_was_is_said_to_be_gone(talk: Talk, data: str) -> None:
    await talk.publish(told("порт", 1, 2))
    await talk.say("/latest")
    assert note(await talk.press_data(data)) == GONE
    assert await opened(talk) == []


async def test_story_that_is_deleted_meanwhile_is_said_to_be_gone(talk: Talk) -> None:
    await open_story(talk, *range(6, 0, -1))
    page = talk.buttoned()
    async with talk.db.write() as conn:
        await articles.delete(conn, range(1, 7))
    assert note(await talk.press_on(page, "▶")) == GONE
    assert note(await talk.press_on(page, "☆ Сохранить")) == GONE
    assert note(await talk.press_on(page, "Меньше такого")) == GONE


async def test_every_press_is_answered_once(talk: Talk) -> None:
    answers = talk.session.calls_of(AnswerCallbackQuery)
    await open_story(talk, *range(6, 0, -1))
    for label in ("▶", "☆ Сохранить", "Меньше такого", "◀"):
        await talk.press(label)
    assert len(answers) == 5


@pytest.mark.parametrize("data", ["y:1:0", "y:-1:0:0", "y:9223372036854775808:0:0", "yp:1:0:0:-1", "yl:1:x", "yd::0:0"])
async def test_data_that_no_button_carries_changes_nothing(talk: Talk, data: str) -> None:
    await talk.publish(told("порт", 1, 2))
    await talk.say("/latest")
    assert "больше не работает" in note(await talk.press_data(data))
    assert await opened(talk) == []


@given(story=st.integers(0, (1 << 63) - 1), subscription=st.integers(0, 1 << 40), article=st.integers(0, 1 << 40))
def test_data_of_a_story_fits_a_button_and_comes_back(story: int, subscription: int, article: int) -> None:
    for data in (
        ShowStory(story=story, subscription=subscription, article=article),
        StoryPage(story=story, subscription=subscription, article=article, offset=100_000),
        Why(story=story, subscription=subscription, article=article),
        Less(story=story, less=True),
    ):
        packed = data.pack()
        assert len(packed.encode()) <= 64
        assert type(data).unpack(packed) == data
