"""Whatever people send, the bot answers only what Telegram takes, and never fails."""

import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.enums import ParseMode
from aiogram.types import Update
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.starter import starter_articles
from bot.well_formed import well_formed
from storage import articles
from tests.bot.conversation.hostile import (
    ADMIN,
    CHANNEL,
    FORUM,
    GROUP,
    READER,
    STRANGER,
    TOPIC,
    commands,
    messages,
    others,
    presses,
    texts,
)
from tests.bot.conversation.talk import Talk
from tests.bot.conversation.test_foreign import FOREIGN
from tests.telegram import TelegramServer
from tests.telegram_client import client
from tests.telegram_world import Callback, File, SentMessage

EACH = 10
ROUNDS = 100


@dataclass(slots=True)
class Attack:
    """Feeds updates to the bot over a server that is strict, and looks at what the bot says of them in its log."""

    talk: Talk
    bot: Bot
    telegram: TelegramServer
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def feed(self, kind: str, payload: dict[str, Any]) -> None:
        world = self.telegram.world
        if "message_id" in payload:
            world.heard.add((payload["chat"]["id"], payload["message_id"]))
        if kind == "inline_query":
            payload = payload | {"id": str(next(self.numbers))}
            world.inline_answers[payload["id"]] = None
        said = well_formed(json.dumps({"update_id": next(self.numbers), kind: payload}))
        update = Update.model_validate(said, context={"bot": self.bot})
        with capture_logs() as logs:
            await self.talk.dispatcher.feed_update(self.bot, update)
        assert not [log for log in logs if log["log_level"] in ("error", "critical")], payload
        assert self.telegram.violations == [], payload

    async def press(self, data: str, *, on: SentMessage | None, changes: dict[str, Any]) -> None:
        """On one of the bot's messages; on one too old to be shown to it where there is none."""
        number = next(self.numbers)
        place = {"id": READER, "type": "private", "first_name": "?"}
        shown = self.telegram.world.message_json(on) if on else {"message_id": 1, "date": 0, "chat": place}
        if on:
            self.telegram.world.callbacks[str(number)] = Callback(message=on, at=time.monotonic())
            shown |= {name: value for name, value in changes.items() if name in shown}
        else:
            asked = self.telegram.world.sent[0]
            self.telegram.world.callbacks[str(number)] = Callback(message=asked, at=time.monotonic())
        sender = {"id": on.chat_id if on and on.chat_id > 0 else READER, "is_bot": False, "first_name": "?"}
        payload = {"id": str(number), "from": sender, "chat_instance": "1", "data": data, "message": shown}
        await self.feed("callback_query", payload)
        assert self.telegram.world.callbacks[str(number)].answer, "the button would go on turning"


@pytest.fixture
async def attack(telegram: TelegramServer, talk: Talk) -> AsyncIterator[Attack]:
    talk.configured(admin_ids=(ADMIN,), allow_user_sources=True)
    for person in (READER, ADMIN, STRANGER):
        telegram.register(person)
    telegram.register(GROUP, type="supergroup")
    telegram.register(FORUM, type="supergroup", topics=[TOPIC])
    telegram.register(CHANNEL, type="channel")
    telegram.world.files["garbage"] = File(name="a.opml", content_type="text/xml", content=b"<opml>\x00\xff<!ENTITY")
    talk.digests.has_news = False
    async with talk.db.write() as conn:
        await articles.store(conn, articles.analyse(starter_articles()[:200]), now=talk.now)
    async with client(telegram) as bot:
        bot.default = DefaultBotProperties(parse_mode=ParseMode.HTML, link_preview_is_disabled=True)
        attack = Attack(talk, bot, telegram)
        place = {"id": READER, "type": "private", "first_name": "?"}
        sender = {"id": READER, "is_bot": False, "first_name": "?"}
        for number, text in enumerate(("/start", "казахстан", "/latest", "/subscribe баку", "/subs", "/trends баку")):
            message = {"message_id": 10_000 + number, "date": 1, "chat": place, "from": sender, "text": text}
            await attack.feed("message", message)
        yield attack


forever = settings(
    max_examples=ROUNDS // 4,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@forever
@given(given=st.lists(messages(), min_size=EACH, max_size=EACH))
async def test_whatever_is_said_is_answered_with_what_telegram_takes(
    attack: Attack, given: list[dict[str, Any]]
) -> None:
    for message in given:
        await attack.feed("message", message)


@forever
@given(given=st.lists(others(), min_size=EACH, max_size=EACH))
async def test_other_updates_are_answered_with_what_telegram_takes_or_passed_over(
    attack: Attack, given: list[tuple[str, dict[str, Any]]]
) -> None:
    for kind, payload in given:
        await attack.feed(kind, payload)


@forever
@given(given=st.lists(st.tuples(presses(), st.integers(0, 1000), texts(50)), min_size=EACH, max_size=EACH))
async def test_whatever_a_button_carries_its_press_is_answered(
    attack: Attack, given: list[tuple[str, int, str]]
) -> None:
    for data, number, text in given:
        sent = [message for message in attack.telegram.sent if message.chat_id > 0]
        on = sent[number % len(sent)] if number % 20 else None
        await attack.press(data, on=on, changes={"text": text, "entities": []} if number % 3 else {})


@forever
@given(given=st.lists(commands(), min_size=EACH, max_size=EACH))
async def test_whatever_follows_a_command_is_answered(attack: Attack, given: list[str]) -> None:
    place = {"id": ADMIN, "type": "private", "first_name": "?"}
    sender = {"id": ADMIN, "is_bot": False, "first_name": "?", "language_code": "en"}
    for text in given:
        number = next(attack.numbers)
        before = len(attack.telegram.calls)
        await attack.feed("message", {"message_id": number, "date": 1, "chat": place, "from": sender, "text": text})
        if "@other_bot" not in text:
            assert len(attack.telegram.calls) > before


async def test_a_button_of_any_kind_is_answered_under_a_picture_too(attack: Attack) -> None:
    picture = next(message for message in attack.telegram.sent if message.file)
    for data in FOREIGN:
        await attack.press(data.pack(), on=picture, changes={})
