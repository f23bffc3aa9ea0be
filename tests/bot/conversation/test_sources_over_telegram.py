"""Lists of sources go both ways as files of Telegram's."""

from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.enums import ParseMode

from bot.conversation.lists import LARGEST
from bot.sources import opml
from tests.bot.conversation.sources import everything
from tests.bot.conversation.talk import Talk
from tests.telegram import TelegramServer
from tests.telegram_client import client
from tests.telegram_readers import READER

LIST = b'<opml version="2.0"><body><outline text="Report &amp; Co" xmlUrl="https://report.az/rss"/></body></opml>'


@pytest.fixture
async def bot(telegram: TelegramServer, talk: Talk) -> AsyncIterator[Bot]:
    talk.configured(admin_ids=(READER,))
    async with client(telegram) as made:
        made.default = DefaultBotProperties(parse_mode=ParseMode.HTML, link_preview_is_disabled=True)
        yield made


async def answer(talk: Talk, bot: Bot) -> None:
    """Handles what people have sent."""
    for update in await bot.get_updates():
        await talk.dispatcher.feed_update(bot, update)
        await bot.get_updates(offset=update.update_id + 1)


async def test_list_is_taken_and_given_back_as_a_file(telegram: TelegramServer, talk: Talk, bot: Bot) -> None:
    telegram.send_file("sources.opml", LIST, content_type="text/x-opml")
    await answer(talk, bot)
    assert telegram.sent[0].text.startswith("Добавлено: 1, уже было: 0, не принято: 0.")
    telegram.press(telegram.sent[0], "‹ Все источники")
    await answer(talk, bot)
    telegram.press(telegram.sent[0], "Скачать список (OPML)")
    await answer(talk, bot)
    file = telegram.sent[1].file
    assert file is not None
    assert file.name == "sources.opml"
    assert opml.read(file.content) == opml.read(LIST)


async def test_large_file_is_left_where_it_is(telegram: TelegramServer, talk: Talk, bot: Bot) -> None:
    telegram.send_file("sources.opml", LIST + b" " * LARGEST)
    await answer(talk, bot)
    assert "слишком большой" in telegram.sent[0].text
    assert "getFile" not in [call.method for call in telegram.calls]
    assert await everything(talk) == []


async def test_file_that_telegram_does_not_give_is_apologised_for(
    telegram: TelegramServer, talk: Talk, bot: Bot
) -> None:
    telegram.send_file("sources.opml", LIST)
    telegram.fail_next("getFile", status=502, body="<html>")
    await answer(talk, bot)
    assert telegram.sent[0].text.startswith("У меня что-то пошло не так")
