"""`@bot query` in any chat: stories to send, the way into the bot, and nothing of anybody's own."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiogram.methods import AnswerInlineQuery
from aiogram.types import InlineQueryResultArticle, InputTextMessageContent
from sqlalchemy import func, select
from structlog.testing import capture_logs

from bot import links
from bot.conversation.inline import DEEPEST, PAGE
from storage import chats, feedback, saved
from storage.feedback import FeedbackKind
from storage.models import Draft
from storage.schema import chats as chat_rows
from tests.bot.conversation.places import MEMBER, Places, places_of
from tests.bot.conversation.talk import NOON, USER, Talk, draft
from tests.telegram import TelegramServer

STRANGER = 4711


def offered(answer: AnswerInlineQuery) -> list[InlineQueryResultArticle]:
    return [result for result in answer.results if isinstance(result, InlineQueryResultArticle)]


def titles(answer: AnswerInlineQuery) -> list[str]:
    return [result.title for result in offered(answer)]


def stories(count: int) -> list[Draft]:
    moments = (NOON - timedelta(minutes=number) for number in range(count))
    return [draft(f"Саммит {number}", f"слово{number} " * 9, at=at) for number, at in enumerate(moments)]


async def rows(talk: Talk) -> int:
    async with talk.db.read() as conn:
        return (await conn.execute(select(func.count()).select_from(chat_rows))).scalar_one()


async def test_story_is_offered_with_its_source_date_and_words(talk: Talk) -> None:
    await talk.publish([draft("Саммит в Баку", "На саммите решили строить порт.", url="https://report.az/1")])
    answer = await talk.ask_inline("порт")
    [result] = offered(answer)
    assert result.title == "Саммит в Баку"
    assert result.description == "report.az · 1 минуту назад\nНа саммите решили строить порт."
    content = result.input_message_content
    assert isinstance(content, InputTextMessageContent)
    assert content.message_text.startswith('<a href="https://report.az/1">Саммит в Баку</a>\n<i>report.az')
    assert answer.button is None


async def test_picture_of_an_article_is_its_thumbnail(talk: Talk) -> None:
    await talk.publish(
        [
            Draft(title="Саммит", published_at=NOON, source="a.example", image="https://a.example/1.jpg"),
            Draft(title="Форум", published_at=NOON, source="a.example"),
        ]
    )
    found = {result.title: result.thumbnail_url for result in offered(await talk.ask_inline(""))}
    assert found == {"Саммит": "https://a.example/1.jpg", "Форум": None}


@pytest.mark.parametrize("query", ["саммит", ""])
async def test_pages_follow_one_another_whatever_comes_meanwhile(talk: Talk, query: str) -> None:
    await talk.publish(stories(PAGE + 5))
    first = await talk.ask_inline(query)
    assert len(first.results) == PAGE
    await talk.publish([draft("Саммит новый", "совсем другое")])
    second = await talk.ask_inline(query, offset=first.next_offset or "")
    assert second.next_offset == ""
    assert sorted(titles(first) + titles(second)) == sorted(f"Саммит {number}" for number in range(PAGE + 5))


@pytest.mark.parametrize("offset", ["x", "-5:1", "9" * 60, "20", "20:", "²:1"])
async def test_forged_offset_is_the_first_page(talk: Talk, offset: str) -> None:
    await talk.publish(stories(2))
    assert titles(await talk.ask_inline("саммит", offset=offset)) == titles(await talk.ask_inline("саммит"))


async def test_nobody_pages_without_an_end(talk: Talk) -> None:
    await talk.publish(stories(2))
    answer = await talk.ask_inline("саммит", offset=f"{DEEPEST + 100}:9")
    assert (answer.results, answer.next_offset) == ([], "")


async def test_nothing_typed_offers_the_newest_and_opens_the_bot(talk: Talk) -> None:
    await talk.publish(stories(3))
    answer = await talk.ask_inline(" ")
    assert titles(answer) == ["Саммит 0", "Саммит 1", "Саммит 2"]
    assert answer.button
    assert (answer.button.text, answer.button.start_parameter) == ("Открыть бота", "inline")


async def test_opened_bot_greets(talk: Talk) -> None:
    [greeting] = await talk.say("/start inline")
    assert greeting.text.startswith("Здравствуйте!")


async def test_query_that_cannot_be_read_is_explained_on_the_button(talk: Talk) -> None:
    answer = await talk.ask_inline('"саммит')
    assert (answer.results, answer.button and answer.button.text) == ([], "Здесь кавычка открыта, но не закрыта")


async def test_nothing_found_leads_to_following_it(talk: Talk) -> None:
    answer = await talk.ask_inline("саммит")
    assert answer.button
    assert answer.button.text == "Пока ничего: подписаться в боте"
    assert links.query_of(answer.button.start_parameter or "") == "саммит"


async def test_query_too_long_for_a_link_opens_the_bot(talk: Talk) -> None:
    answer = await talk.ask_inline("саммит " * 20)
    assert answer.button
    assert answer.button.start_parameter == "inline"


async def test_stranger_who_asks_is_not_met(talk: Talk) -> None:
    await talk.publish(stories(1))
    assert titles(await talk.ask_inline("саммит", user=STRANGER)) == ["Саммит 0"]
    assert await rows(talk) == 0


@pytest.mark.parametrize(("language", "label"), [("ru", "Открыть бота"), ("en", "Open the bot")])
async def test_stranger_is_answered_in_their_own_language(talk: Talk, language: str, label: str) -> None:
    answer = await talk.ask_inline("", user=STRANGER, language=language)
    assert answer.button
    assert answer.button.text == label


async def test_language_chosen_with_the_bot_holds_elsewhere_too(talk: Talk) -> None:
    async with talk.db.write() as conn:
        known = await chats.ensure(conn, STRANGER, telegram_language="ru", now=NOON)
        await chats.change(conn, known.id, language="en")
    answer = await talk.ask_inline("", user=STRANGER, language="ru")
    assert answer.button
    assert answer.button.text == "Open the bot"


async def test_answer_is_kept_for_the_asker_alone_and_for_a_minute(talk: Talk) -> None:
    answer = await talk.ask_inline("")
    assert (answer.is_personal, answer.cache_time) == (True, 60)


async def test_what_somebody_follows_keeps_and_dislikes_shows_in_nobodys_answer(talk: Talk) -> None:
    """Not in their own either: what they send from there is seen by others."""
    await talk.publish(stories(PAGE + 1))
    before = [await talk.ask_inline(query, user=STRANGER) for query in ("саммит", "")]
    await talk.say("/subscribe саммит")
    await talk.say("/schedule 8:30")
    known = await talk.chat()
    async with talk.db.write() as conn:
        await saved.save(conn, known.id, 1, now=NOON)
        await feedback.give(conn, known.id, 2, kind=FeedbackKind.LESS, now=NOON)
        await chats.change(conn, known.id, languages="kk", paused_until=NOON + timedelta(days=1))
    for user in (USER, STRANGER):
        after = [await talk.ask_inline(query, user=user) for query in ("саммит", "")]
        assert [one.results for one in after] == [one.results for one in before]
        assert all(one.is_personal for one in after)


class Asked:
    """What the strict server was answered, by the whole of the bot."""

    def __init__(self, places: Places, telegram: TelegramServer) -> None:
        self.places, self.telegram = places, telegram

    async def __call__(self, query: str, *, user: int = MEMBER, offset: str = "") -> list[str] | None:
        """Headlines; None where there was no answer."""
        number = self.telegram.inline(query, user=user, offset=offset)
        assert await self.places.handled() == []
        results = self.telegram.world.inline_answers[number]
        return None if results is None else [result["title"] for result in results]


@pytest.fixture
async def asked(telegram: TelegramServer, talk: Talk) -> AsyncIterator[Asked]:
    telegram.world.person(MEMBER)
    async with places_of(telegram, talk) as places:
        yield Asked(places, telegram)


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("саммит " * 36 + "сами", id="256 characters"),
        pytest.param("с" * 256, id="one word of 256"),
        pytest.param("🎉🇰🇿👨‍👩‍👧", id="emoji"),
        pytest.param("🎉" * 128, id="emoji without end"),
        pytest.param("قمة باكو", id="from right to left"),
        pytest.param("\u202eсаммит\u202c \u2067باكو", id="signs that turn text round"),
        pytest.param("\u200b\u2060", id="nothing that can be seen"),
        pytest.param("«" * 256, id="quotes"),
        pytest.param("(" * 256, id="brackets"),
        pytest.param("-саммит", id="an exclusion alone"),
        pytest.param("a OR " * 51 + "b", id="alternatives"),
    ],
)
async def test_whatever_is_typed_is_answered_within_telegrams_limits(asked: Asked, talk: Talk, query: str) -> None:
    await talk.publish(stories(2))
    assert len(query) <= 256
    assert await asked(query) is not None


async def test_pages_reach_every_story_over_http(asked: Asked, talk: Talk, telegram: TelegramServer) -> None:
    await talk.publish(stories(2 * PAGE + 5))
    found: list[str] = []
    offset, pages = "", 0
    while offset or not pages:
        found += await asked("саммит", offset=offset) or []
        [*_, call] = [call for call in telegram.calls if call.method.lower() == "answerinlinequery"]
        offset, pages = call.params.get("next_offset", ""), pages + 1
    assert sorted(found) == sorted(f"Саммит {number}" for number in range(2 * PAGE + 5))
    assert pages == 3


async def test_whoever_is_banned_is_offered_nothing_and_nothing_fails(
    asked: Asked, talk: Talk, telegram: TelegramServer
) -> None:
    await talk.publish(stories(1))
    talk.configured(admin_ids=(USER,))
    await talk.say(f"/ban {MEMBER}")
    calls = len(telegram.calls)
    with capture_logs() as logs:
        assert (await asked("саммит"), await asked("")) == (None, None)
    assert {call.method for call in telegram.calls[calls:]} == {"getUpdates"}
    assert [log for log in logs if log["log_level"] in ("warning", "error")] == []
    assert await asked("саммит", user=STRANGER) == ["Саммит 0"]
    await talk.say(f"/unban {MEMBER}")
    assert await asked("саммит") == ["Саммит 0"]
