"""A flood is told once and not read; nobody else notices."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiogram.exceptions import TelegramForbiddenError
from aiogram.methods import AnswerCallbackQuery, AnswerInlineQuery, SendMessage
from aiogram.types import CallbackQuery, Chat, InlineQuery, Message, Update, User
from structlog.testing import capture_logs

from bot.conversation import dispatcher
from bot.conversation.throttle import Throttled
from bot.throttle import MOST_UNDER_WAY, SHUT_S
from storage import chats
from tests.bot.conversation.talk import EXPANSIONS, NOON, USER, Talk

TOO_FAST = "Слишком быстро для меня. Читаю дальше через 10 секунд."
GROUP = Chat(id=-100500, type="supergroup", title="?")
ADMIN = 99


class Crowd:
    """Many people who write at once to a bot that throttles by a clock of the test's."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.now = 0.0
        self.number = 0
        self.sent = talk.session.calls_of(SendMessage)
        self.answered = talk.session.calls_of(AnswerCallbackQuery)
        self.offered = talk.session.calls_of(AnswerInlineQuery)
        talk.configured(admin_ids=(ADMIN,))
        throttled = Throttled(db=talk.db, settings=talk.settings, i18n=talk.i18n, clock=lambda: self.now)
        self.dispatcher = dispatcher(
            db=talk.db,
            digests=talk.digests,
            fetching=talk.fetching,
            expansions=EXPANSIONS,
            i18n=talk.i18n,
            settings=talk.settings,
            clock=lambda: talk.now,
            throttled=throttled,
        )

    def says(self, text: str, *, user: int = USER, chat: Chat | None = None, **fields: Any) -> Update:
        self.number += 1
        sender = User(id=user, is_bot=False, first_name="?", language_code="ru")
        place = chat or Chat(id=user, type="private")
        message = Message(message_id=self.number, date=NOON, chat=place, from_user=sender, text=text, **fields)
        return Update(update_id=self.number, message=message)

    def asks(self, query: str, *, user: int = USER) -> Update:
        self.number += 1
        sender = User(id=user, is_bot=False, first_name="?", language_code="ru")
        asked = InlineQuery(id=str(self.number), from_user=sender, query=query, offset="")
        return Update(update_id=self.number, inline_query=asked)

    def presses(self, data: str, *, user: int = USER) -> Update:
        on = self.says("?", user=user).message
        sender = User(id=user, is_bot=False, first_name="?", language_code="ru")
        press = CallbackQuery(id=str(self.number), from_user=sender, chat_instance="1", message=on, data=data)
        return Update(update_id=self.number, callback_query=press)

    async def feed(self, *updates: Update) -> None:
        """All at once."""
        await self.dispatcher.emit_startup()
        await asyncio.gather(*(self.dispatcher.feed_update(self.talk.bot, update) for update in updates))

    def texts(self, chat: int = USER) -> list[str]:
        return [call.text for call in self.sent if call.chat_id == chat]


@pytest.fixture
def crowd(talk: Talk) -> Crowd:
    return Crowd(talk)


async def test_a_flood_costs_one_answer_and_is_told(crowd: Crowd) -> None:
    with capture_logs() as logs:
        await crowd.feed(*(crowd.says("/cancel") for _ in range(100)))
    assert sorted(text == TOO_FAST for text in crowd.texts()) == [False, True]
    assert [(log["event"], log["sender"]) for log in logs] == [("too many updates: not read for a while", USER)]


async def test_it_is_read_on_when_the_time_is_over_and_not_before(crowd: Crowd) -> None:
    await crowd.feed(*(crowd.says("/cancel") for _ in range(100)))
    before = len(crowd.texts())
    crowd.now = SHUT_S - 1
    await crowd.feed(crowd.says("/cancel"))
    assert len(crowd.texts()) == before
    crowd.now = SHUT_S
    await crowd.feed(crowd.says("/cancel"))
    assert len(crowd.texts()) == before + 1


async def test_a_flood_delays_nobody(crowd: Crowd) -> None:
    others = [crowd.says("/cancel", user=user) for user in range(1000, 1010)]
    await crowd.feed(*(crowd.says("/cancel") for _ in range(100)), *others)
    assert [len(crowd.texts(user)) for user in range(1000, 1010)] == [1] * 10


async def test_it_is_told_in_the_language_of_whoever_floods(crowd: Crowd) -> None:
    async with crowd.talk.db.write() as conn:
        chat = await chats.ensure(conn, USER, telegram_language="ru", now=NOON)
        await chats.change(conn, chat.id, language="en")
    await crowd.feed(*(crowd.says("/cancel") for _ in range(30)))
    assert "That was too fast for me. I read on in 10 seconds." in crowd.texts()


async def test_presses_too_many_are_answered_without_a_word(crowd: Crowd) -> None:
    await crowd.feed(*(crowd.presses("garbage") for _ in range(60)))
    assert len(crowd.answered) == 60
    assert [call.text for call in crowd.answered].count(None) == 59
    assert crowd.texts() == [TOO_FAST]


@pytest.mark.parametrize("command", ["/trends x", "/TRENDS@bot x", "/addsource x", "/digest"])
async def test_what_is_expensive_is_stopped_sooner(crowd: Crowd, command: str) -> None:
    for too_many in (0, 1):
        said = len(crowd.texts())
        await crowd.feed(*(crowd.says(command.replace("@bot", "")) for _ in range(MOST_UNDER_WAY // 4 + too_many)))
        assert (TOO_FAST in crowd.texts()[said:]) == bool(too_many)


async def test_admins_of_the_operator_are_never_stopped(crowd: Crowd) -> None:
    await crowd.feed(*(crowd.says("/cancel", user=ADMIN) for _ in range(100)))
    assert len(crowd.texts(ADMIN)) == 100


async def test_one_who_floods_a_group_is_stopped_without_the_group(crowd: Crowd) -> None:
    flood = [crowd.says("/latest", chat=GROUP) for _ in range(30)]
    await crowd.feed(*flood, crowd.says("/latest", user=8, chat=GROUP))
    assert len(crowd.texts(GROUP.id)) == 1 + 1 + 1


async def test_a_group_that_floods_is_stopped_without_its_people(crowd: Crowd) -> None:
    await crowd.feed(*(crowd.says("/latest", user=user, chat=GROUP) for user in range(100, 150)))
    assert len(crowd.texts(GROUP.id)) == 1 + 1
    await crowd.feed(crowd.says("/cancel", user=149))
    assert len(crowd.texts(149)) == 1


async def test_who_writes_in_a_groups_name_pays_for_the_group_alone(crowd: Crowd) -> None:
    elsewhere = Chat(id=-100501, type="supergroup", title="?")
    for group, times in ((GROUP, 50), (elsewhere, 1)):
        await crowd.feed(*(crowd.says("/latest", user=1087968824, chat=group, sender_chat=group) for _ in range(times)))
    assert len(crowd.texts(elsewhere.id)) == 1


async def test_what_is_said_in_a_group_and_not_to_the_bot_counts_for_nothing(crowd: Crowd) -> None:
    await crowd.feed(*(crowd.says("hello", chat=GROUP) for _ in range(100)))
    assert crowd.texts(GROUP.id) == []


async def test_a_chat_that_is_closed_to_the_bot_is_not_told(crowd: Crowd) -> None:
    handled: list[int] = []

    async def refuse(make_request: Callable[..., Awaitable[Any]], bot: Any, method: Any) -> Any:
        handled.append(1)
        raise TelegramForbiddenError(method, "Forbidden: bot was blocked by the user")

    crowd.talk.session.middleware(refuse)
    with capture_logs() as logs:
        await crowd.feed(*(crowd.says("/cancel") for _ in range(30)))
    assert handled
    assert not [log for log in logs if log["log_level"] == "error"]


async def test_in_a_terminal_a_hundred_lines_are_answered(talk: Talk) -> None:
    sent = talk.session.calls_of(SendMessage)
    for _ in range(100):
        await talk.say("/cancel")
    assert len(sent) == 100


async def test_inline_queries_too_many_are_left_without_an_answer_and_nobody_elses_are(crowd: Crowd) -> None:
    """Telegram shows what it has; an answer with nothing would be shown instead, for a while."""
    typed = 60
    with capture_logs() as logs:
        await crowd.feed(*(crowd.asks("с" * length) for length in range(typed)), crowd.asks("саммит", user=8))
    answered = {call.inline_query_id for call in crowd.offered}
    assert 1 <= len(answered) < typed // 2
    assert str(crowd.number) in answered
    assert crowd.texts() == []
    assert [(log["event"], log["sender"]) for log in logs] == [("too many updates: not read for a while", USER)]
    crowd.now += SHUT_S + 60
    await crowd.feed(crowd.asks("саммит"))
    assert str(crowd.number) in {call.inline_query_id for call in crowd.offered}
