"""`newsbot run` as people meet it in private, in a group, in a forum and in a channel: over HTTP, from the first."""

from pathlib import Path

import pytest
from aiogram.utils.i18n import I18n

from bot.clock import utc_now
from bot.config import Settings
from storage import articles
from storage.database import Database
from storage.models import Draft
from tests.bot.serving import called, configured, serving
from tests.telegram import TelegramServer

ADMIN, MEMBER = 11, 12
GROUP, FORUM, CHANNEL = -51, -52, -1000000000053
TOPIC = 5


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, i18n: I18n, telegram: TelegramServer) -> Settings:
    monkeypatch.chdir(tmp_path)
    telegram.world.person(MEMBER)
    telegram.register(GROUP, type="group", admins=[ADMIN], left=True)
    telegram.register(FORUM, type="supergroup", admins=[ADMIN], topics=[TOPIC], left=True)
    telegram.register(CHANNEL, type="channel", admins=[ADMIN], username="vesti", left=True)
    return configured(telegram, tmp_path / "news.db")


async def publish(settings: Settings, title: str) -> None:
    db = await Database.open(settings.database_url)
    draft = Draft(title=title, text=f"{title}.", url=None, source="report.az", published_at=utc_now())
    async with db.write() as conn:
        await articles.store(conn, articles.analyse([draft]), now=utc_now())
    await db.close()


async def test_a_group_is_let_into_searched_set_up_and_upgraded(settings: Settings, telegram: TelegramServer) -> None:
    await publish(settings, "Казахстан открыл коридор")
    async with serving(settings, telegram):
        telegram.admit(GROUP, by=MEMBER)
        assert "/subscribe" in (await telegram.wait_for(chat=GROUP)).text
        telegram.say("/search@newsbot_under_test_bot казахстан", user=MEMBER, chat=GROUP)
        found = await telegram.wait_for("коридор", chat=GROUP)
        refused = await telegram.answered(telegram.press(found, "Подписаться", user=MEMBER))
        assert refused.text == "Это могут только администраторы группы."
        telegram.say("/subscribe", user=ADMIN, chat=GROUP)
        question = await telegram.wait_for(chat=GROUP)
        reply = telegram.world.message_json(question)
        telegram.say("казахстан", user=ADMIN, chat=GROUP, reply_to_message=reply)
        await telegram.wait_for("Новая подписка", chat=GROUP)
        telegram.upgrade(GROUP, to=-1000000000051)
        telegram.say("/subscriptions", user=MEMBER, chat=-1000000000051)
        assert "казахстан" in (await telegram.wait_for(chat=-1000000000051)).text


async def test_a_digest_goes_to_the_topic_in_which_it_was_set_up(settings: Settings, telegram: TelegramServer) -> None:
    async with serving(settings, telegram):
        telegram.admit(FORUM, by=ADMIN)
        await telegram.wait_for(chat=FORUM)
        telegram.say("/subscribe казахстан", user=ADMIN, chat=FORUM, thread=TOPIC)
        await telegram.wait_for("Новая подписка", chat=FORUM)
        telegram.say("/schedule сразу", user=ADMIN, chat=FORUM, thread=TOPIC)
        await telegram.wait_for(chat=FORUM)
        since = len(telegram.activity)
        await publish(settings, "Казахстан открыл коридор")
        told = await telegram.wait_for("коридор", chat=FORUM, since=since, timeout_s=15)
        assert told.thread_id == TOPIC
        assert [message.text for message in telegram.messages_to(FORUM) if "коридор" in message.text] == []


async def test_a_channel_is_set_up_in_private_and_by_a_post_and_gets_its_news(
    settings: Settings, telegram: TelegramServer
) -> None:
    rights = ["can_manage_chat", "can_post_messages", "can_delete_messages"]
    async with serving(settings, telegram):
        telegram.say("/start", user=ADMIN)
        await telegram.wait_for(chat=ADMIN)
        telegram.admit(CHANNEL, by=ADMIN, rights=rights)
        greeting = await telegram.wait_for(chat=ADMIN)
        telegram.press(greeting, "Настроить")
        opened = await telegram.wait_for("Часовой пояс", chat=ADMIN)
        assert opened.text.startswith("Для чата «Группа <&>»:")
        telegram.press(opened, "Время дайджеста")
        await telegram.wait_for(chat=ADMIN)
        await telegram.answered(telegram.press(opened, "Сразу"))
        telegram.say("/subscribe казахстан", chat=CHANNEL)
        await telegram.wait_for("Новая подписка", chat=CHANNEL)
        await called(telegram, "deleteMessage")
        since = len(telegram.activity)
        await publish(settings, "Казахстан открыл коридор")
        told = await telegram.wait_for("коридор", chat=CHANNEL, since=since, timeout_s=15)
        assert told.buttons == ()
        telegram.say("/subscriptions", user=ADMIN)
        assert "казахстан" not in (await telegram.wait_for(chat=ADMIN)).text


async def test_a_person_who_blocks_the_bot_is_let_alone_and_goes_on_when_back(
    settings: Settings, telegram: TelegramServer
) -> None:
    async with serving(settings, telegram):
        telegram.say("/subscribe казахстан", user=MEMBER)
        await telegram.wait_for(chat=MEMBER)
        telegram.say("/schedule сразу", user=MEMBER)
        await telegram.wait_for(chat=MEMBER)
        telegram.dismiss(MEMBER, by=MEMBER)
        await telegram.confirmed()
        since = len(telegram.activity)
        await publish(settings, "Казахстан открыл коридор")
        telegram.admit(MEMBER, by=MEMBER)
        await telegram.wait_for("коридор", chat=MEMBER, since=since, timeout_s=15)
        assert not [line for line in telegram.refused if "blocked" in line]
