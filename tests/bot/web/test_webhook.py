"""The webhook: only Telegram's updates come in, each once, and 200 is said of what is written alone."""

import asyncio
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import pytest
from aiogram import Bot
from structlog.testing import capture_logs

from bot.web import webhook as webhooks
from bot.web.serving import PortError, listening
from tests.bot.newsroom import Newsroom
from tests.bot.web.hooked import SECRET, URL, Hooked, hooked, says
from tests.process import busy
from tests.telegram import TelegramServer
from tests.telegram_client import client


@pytest.fixture
async def bot(telegram: TelegramServer) -> AsyncIterator[Bot]:
    async with client(telegram) as bot:
        yield bot


@pytest.fixture
async def hook(bot: Bot, room: Newsroom, telegram: TelegramServer) -> AsyncIterator[Hooked]:
    async with hooked(bot, room, telegram) as made:
        yield made


async def test_telegram_is_told_where_how_much_and_what(hook: Hooked, telegram: TelegramServer) -> None:
    [call] = [call for call in telegram.calls if call.method == "setWebhook"]
    assert call.params == {
        "url": URL,
        "secret_token": SECRET,
        "max_connections": "100",
        "allowed_updates": ["message"],
        "drop_pending_updates": False,
    }


async def test_updates_are_handled_in_order_and_answered_when_they_are_written(
    hook: Hooked, telegram: TelegramServer
) -> None:
    for number in range(20):
        telegram.say(str(number))
    await telegram.confirmed()
    assert hook.said == [str(number) for number in range(20)]
    assert telegram.webhook.answers == {200: 20}


@pytest.mark.parametrize(
    "secret",
    [None, "", "wrong", SECRET[:-1], SECRET + "a", "секрет"],
    ids=["none", "empty", "other", "less", "more", "ru"],
)
async def test_without_the_secret_nothing_is_taken(hook: Hooked, secret: str | None) -> None:
    with capture_logs() as logs:
        for _ in range(3):
            assert await hook.call(secret=secret, json=says(1, "secret words")) == 401
    assert hook.said == []
    # Whoever knocks all the time fills no log.
    assert [line["event"] for line in logs] == ["webhook call refused"]
    assert "secret words" not in str(logs)


REFUSED: dict[str, tuple[dict[str, Any], int]] = {
    "another path": ({"path": "/hook/8"}, 404),
    "the path with a slash behind, and no update": ({"path": "/hook/7/"}, 400),
    "a path below": ({"path": "/hook/7/8"}, 404),
    "another method": ({"method": "GET"}, 405),
    "nothing": ({"data": b""}, 400),
    "no JSON": ({"data": b"secret words"}, 400),
    "no UTF-8": ({"data": b'{"update_id": 1, "a": "\xff"}'}, 400),
    "a list": ({"data": b'[{"update_id": 1}]'}, 400),
    "a number": ({"data": b"7"}, 400),
    "no id": ({"data": b"{}"}, 400),
    "an id of words": ({"data": b'{"update_id": "secret words"}'}, 400),
    "an id that is too large": ({"data": b'{"update_id": 9223372036854775808}'}, 400),
    "a number without end": ({"data": b'{"update_id": ' + b"9" * 5000 + b"}"}, 400),
    "brackets without end": ({"data": b"[" * 200_000}, 400),
    "too much": ({"data": BytesIO(b'{"update_id": 1, "a": "' + b"a" * webhooks.LARGEST_BODY)}, 413),
}


@pytest.mark.parametrize(("request_", "status"), REFUSED.values(), ids=REFUSED.keys())
async def test_what_is_no_update_is_refused_and_not_repeated_in_the_log(
    hook: Hooked, request_: dict[str, Any], status: int
) -> None:
    with capture_logs() as logs:
        assert await hook.call(**request_) == status
    assert "secret words" not in str(logs)
    assert await hook.call(json=says(2, "next")) == 200
    assert hook.said == ["next"]


async def test_an_update_that_this_version_cannot_read_is_not_asked_for_again(hook: Hooked) -> None:
    assert await hook.call(json={"update_id": 1, "message": "secret words"}) == 200
    assert hook.said == []


async def test_repeated_and_simultaneous_deliveries_are_handled_once(hook: Hooked) -> None:
    hook.may_end.clear()
    update = says(1, "once")
    assert await asyncio.gather(*(hook.call(json=update) for _ in range(5))) == [200] * 5
    hook.may_end.set()
    assert await hook.call(json=update) == 200
    assert hook.said == ["once"]


async def test_while_the_store_is_busy_handlers_begin_and_200_waits(hook: Hooked, room: Newsroom) -> None:
    async with busy(room.db.path):
        calls = [asyncio.create_task(hook.call(json=update)) for update in [says(1, "a")] * 2 + [says(2, "b")]]
        async with asyncio.timeout(5):
            while len(hook.said) < 2:  # noqa: ASYNC110 - the handler rings no bell
                await asyncio.sleep(0.01)
        assert not any(call.done() for call in calls)
    assert await asyncio.gather(*calls) == [200] * 3
    assert sorted(hook.said) == ["a", "b"]


async def test_where_it_cannot_be_written_in_time_telegram_is_asked_to_come_again(
    hook: Hooked, room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = hook.webhook._journal.written
    monkeypatch.setattr(hook.webhook._journal, "written", lambda ids: written(ids, patience_s=0.1))
    async with busy(room.db.path):
        assert await hook.call(json=says(1, "a")) == 503
    assert await hook.call(json=says(1, "a")) in (200, 503)
    assert hook.said == ["a"]


async def test_a_body_that_never_ends_is_given_up(hook: Hooked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "BODY_S", 0.1)

    async def slowly() -> AsyncIterator[bytes]:
        yield b'{"update_id"'
        await asyncio.sleep(5)

    assert await hook.call(data=slowly()) == 408


async def test_from_the_stop_on_nothing_is_taken(bot: Bot, room: Newsroom, telegram: TelegramServer) -> None:
    async with hooked(bot, room, telegram) as hook:
        hook.webhook._stopping = True
        telegram.say("later")
        async with asyncio.timeout(5):
            while not telegram.webhook.answers[503]:  # noqa: ASYNC110 - an answer rings no bell
                await asyncio.sleep(0.01)
    assert hook.said == []
    async with hooked(bot, room, telegram) as hook:
        await telegram.confirmed()
        assert hook.said == ["later"]


async def test_somebody_else_s_change_is_mended_and_told(
    bot: Bot, room: Newsroom, telegram: TelegramServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "WATCH_S", 0.01)
    telegram.fail_next("setWebhook", status=502, body="<html>")
    with capture_logs() as logs:
        async with hooked(bot, room, telegram) as hook:
            await bot.delete_webhook()
            await telegram.world.until(lambda: telegram.webhook.url == URL or None, timeout_s=10)
            telegram.say("again")
            await telegram.confirmed()
    assert hook.said == ["again"]
    assert [line["event"] for line in logs] == [
        "cannot set the webhook",
        "webhook set",
        "somebody else changed the webhook, it is set again",
        "webhook set",
    ]
    assert SECRET not in str(logs)


async def test_what_telegram_says_of_its_last_failure_is_told_once(
    bot: Bot, room: Newsroom, telegram: TelegramServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "WATCH_S", 0.01)
    telegram.webhook._failure = (1, "Connection refused")
    with capture_logs() as logs:
        async with hooked(bot, room, telegram):
            await telegram.world.until(lambda: calls(telegram, "getWebhookInfo") > 3 or None, timeout_s=10)
    assert [line["error"] for line in logs if line["event"] == "telegram could not deliver"] == ["Connection refused"]


def calls(telegram: TelegramServer, method: str) -> int:
    return sum(call.method == method for call in telegram.calls)


async def test_a_port_that_is_taken_is_told_in_one_line(hook: Hooked) -> None:
    with pytest.raises(PortError, match=rf"\Aport {hook.port} cannot be served: .*in use"):
        async with listening(hook.webhook.handle, port=hook.port):
            pass
