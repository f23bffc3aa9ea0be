"""In a group only its admins change anything; members search, read and turn pages."""

import importlib
import inspect
import pkgutil
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiogram import Bot, Router
from aiogram.client.default import DefaultBotProperties
from aiogram.dispatcher.event.handler import HandlerObject
from aiogram.enums import ParseMode
from aiogram.filters.callback_data import CallbackData, CallbackQueryFilter

import bot as package
from bot.conversation.elsewhere import NamesElsewhere
from bot.conversation.members import REMEMBERED
from bot.conversation.rights import Effect
from storage import chats, saved, subscriptions
from tests.bot.conversation.talk import Talk, draft
from tests.telegram import TelegramServer
from tests.telegram_client import client
from tests.telegram_world import SentMessage

GROUP, ADMIN, MEMBER, ANONYMOUS, CHANNEL_BOT = -51, 11, 12, 1087968824, 136817688
ONLY_ADMINS = "Это могут только администраторы группы."
TRY_AGAIN = "Telegram сейчас не говорит мне, администратор ли вы здесь. Попробуйте ещё раз."

READ_BY_PRESS = {
    *("Open", "ResultsPage", "Instead", "OtherNames", "LatestPage", "TopPage", "SavedPage", "SearchShown", "ListPage"),
    *(
        "Card",
        "SendList",
        "Share",
        "ShowMatches",
        "SourcesPage",
        "SourceCard",
        "LatestOfSource",
        "ShowStory",
        "StoryPage",
        "DigestList",
        "Why",
    ),
}
OPERATED_BY_PRESS = {
    *("SetFullText", "ReviveSource", "DeleteSource", "RestoreSource", "AddShown", "ExportSources", "HealthPage"),
    *("Scope", "Launch", "Discard", "Halt", "Ban", "Unban", "BansPage"),
}


def handlers(router: Router, kind: str) -> list[HandlerObject]:
    own = list(router.observers[kind].handlers)
    return own + [handler for sub in router.sub_routers for handler in handlers(sub, kind)]


def effects(talk: Talk) -> dict[str, set[Effect]]:
    """By what a button carries."""
    found: dict[str, set[Effect]] = {}
    for handler in handlers(talk.dispatcher, "callback_query"):
        for one in handler.filters or ():
            if isinstance(one.callback, CallbackQueryFilter):
                found.setdefault(one.callback.callback_data.__name__, set()).add(handler.flags["effect"])
    return found


async def test_every_handler_says_whether_it_changes_anything(talk: Talk) -> None:
    updates = set(talk.dispatcher.resolve_used_update_types())
    registered = [one for kind in updates for one in handlers(talk.dispatcher, kind)]
    assert len(registered) > 60
    silent = [one.callback.__qualname__ for one in registered if not isinstance(one.flags.get("effect"), Effect)]
    assert silent == []


async def test_every_button_that_is_not_known_to_read_is_for_admins(talk: Talk) -> None:
    buttons = {
        name
        for module in pkgutil.walk_packages(package.__path__, "bot.")
        if "keyboards" in module.name or "buttons" in module.name
        for name, value in vars(importlib.import_module(module.name)).items()
        if inspect.isclass(value) and issubclass(value, CallbackData) and value is not CallbackData
    }
    found = effects(talk)
    assert found.keys() == buttons
    for name, some in found.items():
        wanted = (
            Effect.READS if name in READ_BY_PRESS else Effect.OPERATES if name in OPERATED_BY_PRESS else Effect.CHANGES
        )
        assert some == {wanted}, name


@pytest.fixture
async def bot(telegram: TelegramServer, talk: Talk) -> AsyncIterator[Bot]:
    telegram.register(GROUP, type="supergroup", admins=[ADMIN], topics=[5])
    telegram.world.person(MEMBER)
    await talk.publish([draft(f"Казахстан {number}", at=talk.now - timedelta(hours=number)) for number in range(1, 9)])
    async with client(telegram) as made:
        made.session.middleware(NamesElsewhere())
        made.default = DefaultBotProperties(parse_mode=ParseMode.HTML, link_preview_is_disabled=True)
        yield made


class Group:
    def __init__(self, telegram: TelegramServer, talk: Talk, bot: Bot) -> None:
        self.telegram, self.talk, self.bot = telegram, talk, bot

    async def say(self, text: str, *, user: int = MEMBER, **fields: Any) -> str:
        """What is answered."""
        self.telegram.say(text, user=user, chat=GROUP, **fields)
        before = len(self.telegram.sent)
        await self._handle()
        return "\n".join(message.text for message in self.telegram.sent[before:])

    async def press(self, button: str, *, user: int = MEMBER, on: SentMessage | None = None) -> str:
        """What is answered for a moment."""
        query = self.telegram.press(on or self.buttoned(), button, user=user)
        await self._handle()
        answer = self.telegram.world.callbacks[query].answer
        assert answer is not None
        return answer.text

    def buttoned(self) -> SentMessage:
        return next(message for message in reversed(self.telegram.sent) if message.buttons)

    def asked(self) -> int:
        return sum(call.method.lower() == "getchatmember" for call in self.telegram.calls)

    async def follows(self, *, thread: int = 0) -> list[str]:
        async with self.talk.db.read() as conn:
            chat = await chats.find(conn, GROUP, thread_id=thread)
            return [one.text for one in await subscriptions.of_chat(conn, chat.id)] if chat else []

    async def _handle(self) -> None:
        for update in await self.bot.get_updates():
            await self.talk.dispatcher.feed_update(self.bot, update)
            await self.bot.get_updates(offset=update.update_id + 1)


@pytest.fixture
def group(telegram: TelegramServer, talk: Talk, bot: Bot) -> Group:
    return Group(telegram, talk, bot)


@pytest.mark.parametrize(
    "words",
    [
        *(
            "/search казахстан",
            "/latest",
            "/top",
            "/trends казахстан",
            "/subscriptions",
            "/saved",
            "/settings",
            "/help",
        ),
        *("/schedule", "/timezone", "/language", "/sources", "/unsubscribe", "/start", "/cancel", "/privacy"),
    ],
)
async def test_a_member_reads_and_telegram_is_not_asked(group: Group, words: str) -> None:
    assert ONLY_ADMINS not in await group.say(words)
    assert group.asked() == 0


@pytest.mark.parametrize(
    "words",
    [
        *("/subscribe баку", "/subscribe", "/unsubscribe all", "/schedule off", "/timezone Баку", "/language en"),
        "/digest",
    ],
)
async def test_a_member_changes_nothing(group: Group, words: str) -> None:
    assert await group.say(words) == ONLY_ADMINS
    assert await group.follows() == []


async def test_an_admin_changes_what_the_group_follows(group: Group) -> None:
    assert "Новая подписка" in await group.say("/subscribe казахстан", user=ADMIN)
    assert await group.follows() == ["казахстан"]


async def test_an_admin_of_another_group_is_none_here(group: Group, telegram: TelegramServer) -> None:
    telegram.register(-52, type="supergroup", admins=[MEMBER])
    assert await group.say("/subscribe казахстан") == ONLY_ADMINS


async def test_the_operator_is_no_admin_of_a_group_by_that(group: Group, talk: Talk) -> None:
    talk.configured(admin_ids=(MEMBER,))
    assert await group.say("/subscribe казахстан") == ONLY_ADMINS


async def test_an_anonymous_admin_writes_as_the_group(group: Group, telegram: TelegramServer) -> None:
    as_group = telegram.world.chats[GROUP].as_json()
    assert "Новая подписка" in await group.say("/subscribe казахстан", user=ANONYMOUS, sender_chat=as_group)
    assert group.asked() == 0


async def test_a_member_who_writes_as_a_channel_is_a_member(group: Group) -> None:
    channel = {"id": -1001, "type": "channel", "title": "Канал"}
    assert await group.say("/subscribe казахстан", user=CHANNEL_BOT, sender_chat=channel) == ONLY_ADMINS
    assert group.asked() == 0


async def test_the_id_of_anonymous_admins_alone_opens_nothing(group: Group) -> None:
    assert await group.say("/subscribe казахстан", user=ANONYMOUS) == ONLY_ADMINS


@pytest.mark.parametrize("button", ["Подписаться", "☆ 1"])
async def test_a_member_who_presses_what_changes_is_told_so(group: Group, talk: Talk, button: str) -> None:
    await group.say("/search казахстан")
    assert await group.press(button) == ONLY_ADMINS
    assert await group.follows() == []
    async with talk.db.read() as conn:
        chat = await chats.find(conn, GROUP)
        assert chat
        assert await saved.count(conn, chat.id) == 0
    assert await group.press(button, user=ADMIN) != ONLY_ADMINS


async def test_a_member_turns_pages(group: Group) -> None:
    await group.say("/latest")
    first = group.buttoned().text
    assert await group.press("▶") == ""
    assert group.buttoned().text != first
    assert group.asked() == 0


async def test_buttons_of_the_settings_open_for_members_and_change_for_admins(group: Group) -> None:
    await group.say("/settings")
    assert await group.press("Время дайджеста") == ""
    assert await group.press("Каждый час") == ONLY_ADMINS
    assert await group.press("Каждый час", user=ADMIN) == "Готово"


async def test_a_topic_of_a_forum_is_its_admins_too(group: Group) -> None:
    assert await group.say("/subscribe казахстан", thread=5) == ONLY_ADMINS
    await group.say("/subscribe казахстан", user=ADMIN, thread=5)
    assert (await group.follows(), await group.follows(thread=5)) == ([], ["казахстан"])


@pytest.mark.parametrize("failure", [{"status": 502, "body": "<html>"}, {"drop": "before"}, {"status": 429}])
async def test_where_telegram_does_not_answer_nothing_is_changed(
    group: Group, telegram: TelegramServer, failure: dict[str, Any]
) -> None:
    telegram.fail_next("getChatMember", **failure)
    assert await group.say("/subscribe казахстан", user=ADMIN) == TRY_AGAIN
    assert await group.follows() == []
    await group.say("/subscribe казахстан", user=ADMIN)
    assert await group.follows() == ["казахстан"]


async def test_who_is_no_admin_any_more_is_refused_after_some_seconds(
    group: Group, telegram: TelegramServer, talk: Talk
) -> None:
    await group.say("/subscribe казахстан", user=ADMIN)
    await group.say("/subscribe баку", user=ADMIN)
    assert group.asked() == 1
    telegram.world.chats[GROUP].admins = frozenset()
    talk.now += REMEMBERED
    assert await group.say("/subscribe грузия", user=ADMIN) == ONLY_ADMINS


async def test_a_clock_that_is_set_back_prolongs_no_rights(group: Group, telegram: TelegramServer, talk: Talk) -> None:
    await group.say("/subscribe казахстан", user=ADMIN)
    telegram.world.chats[GROUP].admins = frozenset()
    talk.now -= timedelta(days=1)
    assert await group.say("/subscribe грузия", user=ADMIN) == ONLY_ADMINS


async def test_in_private_telegram_is_not_asked(group: Group, telegram: TelegramServer) -> None:
    telegram.say("/subscribe казахстан", user=MEMBER)
    await group._handle()
    assert "Новая подписка" in telegram.sent[-1].text
    assert group.asked() == 0
