"""A picture of mentions goes out as a photo of Telegram's, and its buttons work on it."""

from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.enums import ParseMode

from tests.bot.conversation.talk import Talk, draft
from tests.telegram import TelegramServer
from tests.telegram_client import client


@pytest.fixture
async def bot(telegram: TelegramServer, talk: Talk) -> AsyncIterator[Bot]:
    await talk.publish([draft("Коридор расширяют", "В Баку подписали документ.", url="https://report.az/1")])
    async with client(telegram) as made:
        made.default = DefaultBotProperties(parse_mode=ParseMode.HTML, link_preview_is_disabled=True)
        yield made


async def answer(talk: Talk, bot: Bot) -> None:
    """Handles what people have sent."""
    for update in await bot.get_updates():
        await talk.dispatcher.feed_update(bot, update)
        await bot.get_updates(offset=update.update_id + 1)


async def test_photo_has_a_caption_and_buttons_that_work(telegram: TelegramServer, talk: Talk, bot: Bot) -> None:
    telegram.say("/trends единорог, коридор")
    await answer(talk, bot)
    [photo] = telegram.sent
    assert photo.file is not None
    assert photo.file.content.startswith(b"\x89PNG")
    assert photo.text.endswith("единорог: ничего\nкоридор: 1 статья, больше всего 6 декабря: 1")
    assert [call.method for call in telegram.calls].count("sendChatAction") == 1
    telegram.press(photo, "Новости: коридор")
    await answer(talk, bot)
    telegram.press(photo, "Подписаться: коридор")
    await answer(talk, bot)
    page, begun = telegram.sent[1:]
    assert page.text.startswith("По запросу коридор — 1 новость\n")
    assert begun.text.startswith("Новая подписка: коридор.")


async def test_photo_that_is_refused_comes_as_text(telegram: TelegramServer, talk: Talk, bot: Bot) -> None:
    telegram.fail_next("sendPhoto", status=400)
    telegram.say("/trends коридор")
    await answer(talk, bot)
    [shown] = telegram.sent
    assert shown.file is None
    assert shown.text.startswith("█\n6 дек. 2025\u202fг.\nСтатей в день")
