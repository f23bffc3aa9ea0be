"""Forwarded posts and links alone are answered with more on them."""

from typing import Any

import pytest
from aiogram.types import MessageOriginHiddenUser

from tests.bot.conversation.talk import NOON, Talk, draft

ORIGIN = MessageOriginHiddenUser(date=NOON, sender_user_name="?")
LINK = "https://report.az/most"
POST = "Строители открыли мост через Урал. " + "Переправа больше не нужна никому. " * 110


@pytest.fixture
async def told(talk: Talk) -> Talk:
    await talk.publish([draft("Мост через Урал открыли строители", url=LINK)])
    return talk


@pytest.mark.parametrize("kind", ["text", "caption"])
async def test_forwarded_post_is_answered_with_what_is_like_it(told: Talk, kind: str) -> None:
    post: dict[str, Any] = {kind: POST}
    [page] = await told.feed_message(forward_origin=ORIGIN, **post)
    assert page.text.startswith("Похожее на это:\nПо запросу ")
    assert "Мост через Урал" in page.text
    assert "Подписаться" in page.buttons


@pytest.mark.parametrize("link", [LINK, f"{LINK}?utm_source=telegram", f"{LINK}#comments"])
async def test_link_that_is_known_is_answered_with_what_is_like_its_story(told: Talk, link: str) -> None:
    [page] = await told.say(link)
    assert page.text.startswith("Похожее на это:\nПо запросу ")
    assert page.links == (LINK,)


async def test_words_of_an_unknown_link_are_looked_for(told: Talk) -> None:
    await told.publish([draft("Bridge opened", url="https://report.az/bridge")])
    await told.say("/language en")
    [page] = await told.say("https://news.example/2026/new-bridge-4")
    assert page.text.startswith("More on this:\n1 story for bridge")


@pytest.mark.parametrize("text", ["https://news.example/1", "https://news.example/zqxj-wvut"])
async def test_link_that_says_nothing_is_answered_with_advice(told: Talk, text: str) -> None:
    [answer] = await told.say(text)
    assert answer.text == "Не пойму, о чём это. Напишите несколько слов, и я поищу."


async def test_words_around_a_link_are_searched_as_typed(told: Talk) -> None:
    [page] = await told.say("мост")
    assert page.text.startswith("По запросу мост — 1 новость")
