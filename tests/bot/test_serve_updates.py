"""`newsbot run` and what comes to it, by polling and by webhook: in order, from nobody else, and through a change."""

import asyncio
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiogram.utils.i18n import I18n
from structlog.testing import capture_logs

from bot.config import Settings
from bot.serve import ServeError, serve
from tests.bot.serving import called, configured, serving, stop
from tests.bot.web.hooked import SECRET, URL, free_port
from tests.process import busy, until
from tests.telegram import TelegramServer
from tests.telegram_webhook import SECRET_HEADER

CHATS = range(1, 51)


@pytest.fixture
def polled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, i18n: I18n, telegram: TelegramServer) -> Settings:
    monkeypatch.chdir(tmp_path)
    return configured(telegram, tmp_path / "news.db", send_rate=0)


@pytest.fixture
def hooked(polled: Settings, telegram: TelegramServer, tmp_path: Path) -> Settings:
    telegram.webhook.port = free_port()
    there: dict[str, Any] = {"webhook_url": URL, "webhook_secret": SECRET, "webhook_port": telegram.webhook.port}
    return configured(telegram, tmp_path / "news.db", send_rate=0, **there)


@pytest.fixture(params=["polled", "hooked"])
def settings(request: pytest.FixtureRequest) -> Settings:
    chosen: Settings = request.getfixturevalue(request.param)
    return chosen


async def test_two_hundred_updates_of_fifty_chats_are_answered_in_order(
    settings: Settings, telegram: TelegramServer
) -> None:
    async with serving(settings, telegram):
        for turn in range(4):
            for chat in CHATS:
                telegram.say(f"/subscribe тема{turn}", user=chat)
        await telegram.wait_for(200, since=0, timeout_s=60)
    said = defaultdict(list)
    for message in telegram.sent:
        said[message.chat_id].append(next(word for word in message.text.split() if "тема" in word).rstrip("."))
    assert said == {chat: [f"тема{turn}" for turn in range(4)] for chat in CHATS}


async def test_a_press_is_handled_between_the_messages_around_it(polled: Settings, telegram: TelegramServer) -> None:
    async with serving(polled, telegram):
        telegram.say("/settings", user=1)
        shown = await telegram.wait_for(chat=1)
        for text in ("/subscribe один", "/subscribe два"):
            telegram.say(text, user=1)
        press = telegram.press(shown, 0)
        telegram.say("/subscribe три", user=1)
        await telegram.answered(press)
        await telegram.wait_for("три", chat=1)
    methods = [call.method for call in telegram.calls if call.method in ("sendMessage", "answerCallbackQuery")]
    assert methods[:3] == ["sendMessage"] * 3
    assert methods.index("answerCallbackQuery") in (3, 4)
    assert methods[-1] == "sendMessage"


async def test_an_answer_does_not_wait_for_the_store_that_another_process_writes_to(
    settings: Settings, telegram: TelegramServer, tmp_path: Path
) -> None:
    async with serving(settings, telegram):
        for user in (1, 2, 3):
            telegram.say("/help", user=user)
        await telegram.wait_for(3, since=0)
        await telegram.confirmed()
        async with busy(tmp_path / "news.db"):
            for user in (1, 2, 3):
                telegram.say("/help", user=user)
                await telegram.wait_for(chat=user, timeout_s=5)
            assert len(telegram.updates.pending) == 3


async def test_the_webhook_lets_nobody_else_in(hooked: Settings, telegram: TelegramServer) -> None:
    chat = {"id": 9, "type": "private", "first_name": "А"}
    forged = {"update_id": 1, "message": {"message_id": 1, "date": 0, "text": "/help SECRETWORDS", "chat": chat}}
    calls: list[dict[str, Any]] = [
        {"json": forged},
        {"json": forged, "headers": {SECRET_HEADER: "wrong"}},
        {"data": b"SECRETWORDS", "headers": {SECRET_HEADER: SECRET}},
    ]
    statuses = []
    with capture_logs() as logs:
        async with serving(hooked, telegram), aiohttp.ClientSession() as http:
            for call in calls:
                async with http.post(telegram.webhook.address, **call) as answer:
                    statuses.append(answer.status)
            telegram.say("/help", user=1)
            await telegram.wait_for(chat=1)
    assert statuses == [401, 401, 400]
    assert [message.chat_id for message in telegram.sent] == [1]
    assert "SECRETWORDS" not in str(logs)
    assert SECRET not in str(logs)


async def test_without_a_webhook_the_one_before_is_taken_back_and_nothing_lost(
    hooked: Settings, polled: Settings, telegram: TelegramServer
) -> None:
    async with serving(hooked, telegram):
        telegram.say("/help", user=1)
        await telegram.wait_for(chat=1)
    telegram.say("/help", user=2)
    async with serving(polled, telegram):
        await telegram.wait_for(chat=2)
        assert telegram.webhook.url == ""
    async with serving(hooked, telegram):
        telegram.say("/help", user=3)
        await telegram.wait_for(chat=3)
    assert Counter(message.chat_id for message in telegram.sent) == {1: 1, 2: 1, 3: 1}


async def test_health_is_told_before_telegram_answers(
    polled: Settings, telegram: TelegramServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()

    async def is_well() -> bool:
        try:
            async with aiohttp.request("GET", f"http://127.0.0.1:{port}/healthz") as answer:
                return answer.status == 200
        except aiohttp.ClientConnectorError:
            return False

    telegram.fail_next("getMe", drop="hang")
    bot = asyncio.create_task(serve(polled.model_copy(update={"metrics_port": port})))
    await until(is_well)
    assert not telegram.sent
    stop()
    await bot


async def test_figures_tell_of_updates_calls_ticks_sources_messages_and_size(
    polled: Settings, telegram: TelegramServer
) -> None:
    port, figures = free_port(), dict[str, float]()

    async def are_complete() -> bool:
        async with aiohttp.request("GET", f"http://127.0.0.1:{port}/metrics") as answer:
            assert answer.content_type == "text/plain"
            lines = [line for line in (await answer.text()).splitlines() if not line.startswith("#")]
        figures.update({name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)})
        return 'newsbot_tick_ended_seconds{tick="deliver"}' in figures and figures["newsbot_updates_handled_total"] == 2

    async with serving(polled.model_copy(update={"metrics_port": port}), telegram):
        telegram.say("/help")
        await telegram.wait_for()
        telegram.fail_next("sendMessage", status=403)
        telegram.say("/help", user=1)
        await called(telegram, "sendMessage", 2)
        await until(are_complete)
    assert figures["newsbot_updates_taken_total"] == 2
    assert figures['newsbot_telegram_calls_total{method="sendMessage",outcome="done"}'] == 1
    assert figures['newsbot_telegram_calls_total{method="sendMessage",outcome="refused"}'] == 1
    assert figures['newsbot_sources{state="live"}'] == 30
    assert (figures["newsbot_outbox_waiting"], figures["newsbot_outbox_given_up"]) == (0, 0)
    assert figures["newsbot_database_bytes"] > 100_000


async def test_a_port_that_is_taken_is_one_line(hooked: Settings, telegram: TelegramServer) -> None:
    both = hooked.model_copy(update={"metrics_port": hooked.webhook_port})
    with pytest.raises(ServeError, match=rf"\Aport {hooked.webhook_port} cannot be served: .*\Z"):
        await serve(both)
