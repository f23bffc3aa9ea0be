"""The test server's updates, its waiting and the failures that a test can order."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiogram import Bot, Dispatcher
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramConflictError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.filters import Command
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update

from tests.telegram import TelegramServer
from tests.telegram_client import client
from tests.telegram_readers import READER, command_entities

GONE = aiohttp.ClientConnectorError


@pytest.fixture
async def bot(telegram: TelegramServer) -> AsyncIterator[Bot]:
    async with client(telegram) as bot:
        yield bot


def texts(updates: list[Update]) -> list[str | None]:
    return [update.message.text if update.message else update.event_type for update in updates]


async def test_updates_come_again_until_they_are_confirmed(telegram: TelegramServer, bot: Bot) -> None:
    first, second = telegram.say("1"), telegram.say("2")
    assert texts(await bot.get_updates()) == texts(await bot.get_updates()) == ["1", "2"]
    assert texts(await bot.get_updates(offset=first + 1)) == ["2"]
    assert texts(await bot.get_updates()) == ["2"]
    assert await bot.get_updates(offset=second + 1) == []


async def test_updates_are_paged_and_counted_from_the_end(telegram: TelegramServer, bot: Bot) -> None:
    for number in range(4):
        telegram.say(str(number))
    assert texts(await bot.get_updates(limit=2)) == ["0", "1"]
    assert texts(await bot.get_updates(offset=-2)) == ["2", "3"]
    assert texts(await bot.get_updates()) == ["2", "3"]


async def test_a_long_poll_ends_with_the_first_update_or_its_time(telegram: TelegramServer, bot: Bot) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=5))
    await telegram.world.until(lambda: telegram.calls or None, timeout_s=5)
    telegram.say("вот")
    assert texts(await poll) == ["вот"]
    assert await bot.get_updates(offset=-1, timeout=1) != []


async def test_an_empty_poll_ends_when_its_time_is_over(telegram: TelegramServer, bot: Bot) -> None:
    started = asyncio.get_running_loop().time()
    assert await bot.get_updates(timeout=1) == []
    assert asyncio.get_running_loop().time() - started >= 0.9


async def test_of_two_polls_the_older_meets_a_conflict(telegram: TelegramServer, bot: Bot) -> None:
    older = asyncio.create_task(bot.get_updates(timeout=5))
    await telegram.world.until(lambda: telegram.calls or None, timeout_s=5)
    newer = asyncio.create_task(bot.get_updates(timeout=5))
    with pytest.raises(TelegramConflictError, match="Conflict: terminated by other getUpdates request"):
        await older
    telegram.say("вот")
    assert texts(await newer) == ["вот"]


async def test_only_allowed_kinds_are_queued(telegram: TelegramServer, bot: Bot) -> None:
    await bot.get_updates(allowed_updates=["callback_query", "chat_member"])
    telegram.say("не слышно")
    telegram.push("chat_member", {})
    assert [next(reversed(update)) for update in telegram.updates.pending] == ["chat_member"]
    telegram.updates.pending.clear()
    await bot.get_updates(allowed_updates=[])
    telegram.say("слышно")
    telegram.push("chat_member", {})
    assert texts(await bot.get_updates()) == ["слышно"]


async def test_dropping_the_webhook_can_drop_what_waits(telegram: TelegramServer, bot: Bot) -> None:
    telegram.say("старое")
    await bot.delete_webhook()
    assert len(await bot.get_updates()) == 1
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/start", [(0, 6)]),
        ("/search@newsbot_under_test_bot саммит", [(0, 30)]),
        ("𝒜 /help", [(3, 5)]),
        ("и/или http://a.kz/start", []),
        ("/поиск", []),
        ("/start/x", []),
    ],
)
def test_commands_are_found_as_telegram_finds_them(text: str, found: list[tuple[int, int]]) -> None:
    assert [(entity["offset"], entity["length"]) for entity in command_entities(text)] == found


async def test_a_message_tells_who_where_and_in_which_language(telegram: TelegramServer, bot: Bot) -> None:
    telegram.register(-1007, type="supergroup", topics=[5])
    telegram.say("/start", user=7, language="kk")
    telegram.say("привет", user=7, chat=-1007, thread=5, language=None)
    telegram.say(None, location={"latitude": 43.2, "longitude": 76.9})
    private, group, place = [update.message for update in await bot.get_updates()]
    assert private is not None
    assert private.from_user is not None
    assert (private.chat.id, private.chat.type, private.from_user.language_code) == (7, "private", "kk")
    assert group is not None
    assert group.from_user is not None
    assert (group.chat.id, group.message_thread_id, group.from_user.language_code) == (-1007, 5, None)
    assert place is not None
    assert place.location is not None
    assert place.location.latitude == 43.2


async def test_a_channel_posts_without_an_author(telegram: TelegramServer, bot: Bot) -> None:
    telegram.register(-1008, type="channel")
    telegram.say("/subscribe саммит", chat=-1008)
    post = (await bot.get_updates())[0].channel_post
    assert post is not None
    assert post.sender_chat is not None
    assert (post.from_user, post.sender_chat.id) == (None, -1008)


async def test_only_a_button_that_is_shown_can_be_pressed(telegram: TelegramServer, bot: Bot) -> None:
    telegram.register(READER)
    row = [
        InlineKeyboardButton(text="Сайт", url="https://a.kz"),
        InlineKeyboardButton(text="Далее ▶", callback_data="next"),
    ]
    await bot.send_message(READER, "а", reply_markup=InlineKeyboardMarkup(inline_keyboard=[row]))
    sent = telegram.sent[0]
    absent: list[tuple[str | int, str]] = [("Назад", "0 buttons"), ("а", "2 buttons"), (2, "0 buttons")]
    for wanted, complaint in [*absent, ("Сайт", "tells the bot nothing")]:
        with pytest.raises(AssertionError, match=complaint):
            telegram.press(sent, wanted)
    telegram.press(sent, "Далее")
    pressed = (await bot.get_updates())[0].callback_query
    assert pressed is not None
    assert (pressed.data, pressed.from_user.id) == ("next", READER)
    await bot.edit_message_text("б", chat_id=READER, message_id=sent.message_id)
    with pytest.raises(AssertionError, match="0 buttons"):
        telegram.press(sent, "Далее")
    await bot.delete_message(READER, sent.message_id)
    with pytest.raises(AssertionError, match="deleted"):
        telegram.press(sent, 0)


async def test_a_flood_limit_falls_on_one_chat(telegram: TelegramServer, bot: Bot) -> None:
    for chat in (1, 2):
        telegram.register(chat)
    telegram.fail_next("sendMessage", chat_id=1, status=429, parameters={"retry_after": 7})
    await bot.send_message(2, "а")
    with pytest.raises(TelegramRetryAfter) as refusal:
        await bot.send_message(1, "а")
    assert refusal.value.retry_after == 7
    await bot.send_message(1, "а")
    assert [message.chat_id for message in telegram.sent] == [2, 1]
    assert telegram.refused == ["sendMessage: ordered: Too Many Requests: retry after 7"]


async def test_ordered_answers_reach_the_bot_as_telegrams_do(telegram: TelegramServer, bot: Bot) -> None:
    telegram.register(READER)
    telegram.fail_next("sendMessage", status=500, times=2)
    telegram.fail_next("sendMessage", status=502, body="<html>Bad Gateway</html>")
    telegram.fail_next("sendMessage", status=400, parameters={"migrate_to_chat_id": -1009})
    for error in (TelegramServerError, TelegramServerError, ClientDecodeError, TelegramMigrateToChat):
        with pytest.raises(error):
            await bot.send_message(READER, "а")
    await bot.send_message(READER, "а")
    assert len(telegram.sent) == 1


async def test_a_dropped_connection_hides_whether_the_message_arrived(telegram: TelegramServer, bot: Bot) -> None:
    telegram.register(READER)
    telegram.fail_next("sendMessage", drop="before")
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(READER, "потеряно")
    telegram.fail_next("sendMessage", drop="after")
    with pytest.raises(TelegramNetworkError) as lost:
        await bot.send_message(READER, "дошло")
    assert not isinstance(lost.value.__cause__, GONE)
    assert [message.text for message in telegram.sent] == ["дошло"]


async def test_a_request_can_hang_after_it_was_carried_out(telegram: TelegramServer, bot: Bot) -> None:
    telegram.register(READER)
    telegram.fail_next("sendMessage", drop="hang")
    with pytest.raises(TelegramNetworkError, match="timeout"):
        await bot.send_message(READER, "дошло", request_timeout=1)
    assert [message.text for message in telegram.sent] == ["дошло"]


async def test_an_unreachable_server_comes_back_at_the_same_address(telegram: TelegramServer, bot: Bot) -> None:
    await bot.get_me()
    async with telegram.unreachable():
        with pytest.raises(TelegramNetworkError) as refusal:
            await bot.get_me()
        assert isinstance(refusal.value.__cause__, GONE)
    assert (await bot.get_me()).is_bot


async def test_waiting_in_vain_tells_what_came_instead(telegram: TelegramServer, bot: Bot) -> None:
    telegram.say("/start")
    await bot.send_message(READER, "здравствуйте")
    with pytest.raises(AssertionError, match=r"'прощайте' did not come within 0.1 s\nshown in 1001: 'здравствуйте'"):
        await telegram.wait_for("прощайте", timeout_s=0.1)
    await bot.send_message(READER, "а", reply_markup=InlineKeyboardMarkup(inline_keyboard=[[go()]]))
    with pytest.raises(AssertionError, match="was not answered"):
        await telegram.answered(telegram.press(telegram.sent[1], 0), timeout_s=0.1)


def go() -> InlineKeyboardButton:
    return InlineKeyboardButton(text="Далее", callback_data="go")


def talker() -> Dispatcher:
    dispatcher = Dispatcher()

    @dispatcher.message(Command("start"))
    async def greet(message: Message) -> None:
        await message.answer("1", reply_markup=InlineKeyboardMarkup(inline_keyboard=[[go()]]))
        await message.answer("готово")

    @dispatcher.callback_query()
    async def turn(query: CallbackQuery, bot: Bot) -> None:
        assert query.message is not None
        await bot.edit_message_text("2", chat_id=query.message.chat.id, message_id=query.message.message_id)
        await query.answer("перевёрнуто")

    return dispatcher


async def test_a_polling_bot_is_talked_to(telegram: TelegramServer, bot: Bot) -> None:
    dispatcher = talker()
    polling = asyncio.create_task(dispatcher.start_polling(bot, handle_signals=False, polling_timeout=5))
    telegram.say("/start")
    first, second = await telegram.wait_for(2)
    assert (first.text, second.text) == ("1", "готово")
    query = telegram.press(first, "Далее")
    assert await telegram.wait_for(lambda message: message.text == "2") is first
    assert (await telegram.answered(query)).text == "перевёрнуто"
    assert await telegram.wait_for("готово", since=0) is second
    assert await telegram.wait_for(chat=READER, since=2) is first
    telegram.say("/start")
    assert await telegram.wait_for("готово") is not second
    await dispatcher.stop_polling()
    await polling
