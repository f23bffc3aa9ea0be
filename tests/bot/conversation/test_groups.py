"""Let in, the bot says once what admins can do and is quiet; turned away it sleeps at once, and let back it goes on."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from storage import chats
from storage.schema import dialogues
from tests.bot.conversation.places import (
    ADMIN,
    CHANNEL,
    FORUM,
    GROUP,
    MAY_POST,
    MEMBER,
    Places,
    places_of,
    texts,
)
from tests.bot.conversation.talk import NOON, Talk, draft
from tests.telegram import TelegramServer

ONLY_ADMINS = "Это могут только администраторы группы."
GREETING = "Здравствуйте! Какие новости приносить сюда, решают администраторы"


@pytest.fixture
async def places(telegram: TelegramServer, talk: Talk) -> AsyncIterator[Places]:
    telegram.register(GROUP, type="supergroup", admins=[ADMIN], left=True)
    telegram.register(FORUM, type="supergroup", admins=[ADMIN], topics=[5, 6], left=True)
    telegram.register(CHANNEL, type="channel", admins=[ADMIN], left=True, name="Вести <&>")
    telegram.world.person(MEMBER)
    async with places_of(telegram, talk) as made:
        yield made


async def test_a_group_is_greeted_in_two_lines_in_the_language_of_whoever_let_the_bot_in(
    places: Places, telegram: TelegramServer
) -> None:
    telegram.admit(GROUP, by=MEMBER, language="ru")
    [greeting] = await places.handled()
    assert greeting.chat_id == GROUP
    assert greeting.text.startswith(GREETING)
    assert len(greeting.text.splitlines()) == 2
    known = await places.chat(GROUP)
    assert known
    assert (known.telegram_language, known.kind, known.next_due_at) == ("ru", "supergroup", None)


async def test_a_forum_is_told_of_its_topics(places: Places, telegram: TelegramServer) -> None:
    telegram.admit(FORUM, by=ADMIN, language="en")
    [greeting] = await places.handled()
    assert greeting.thread_id is None
    assert greeting.text.splitlines()[2].startswith("In a forum, send the command in the topic")


async def test_the_greeting_comes_once(places: Places, telegram: TelegramServer) -> None:
    telegram.admit(GROUP)
    await places.handled()
    telegram.dismiss(GROUP)
    telegram.admit(GROUP)
    telegram.admit(GROUP, rights=["can_manage_chat"])
    assert await places.handled() == []


async def test_who_is_turned_away_sleeps_at_once_and_wakes_when_let_back(
    places: Places, telegram: TelegramServer
) -> None:
    telegram.admit(FORUM)
    await places.say("/subscribe баку", user=ADMIN, chat=FORUM, thread=5)
    telegram.dismiss(FORUM)
    assert await places.handled() == []
    for thread in (0, 5):
        known = await places.chat(FORUM, thread=thread)
        assert known
        assert known.asleep
    telegram.admit(FORUM)
    await places.handled()
    for thread in (0, 5):
        known = await places.chat(FORUM, thread=thread)
        assert known
        assert not known.asleep
    assert await places.follows(FORUM, thread=5) == ["баку"]


async def test_a_topic_that_was_closed_before_stays_asleep(places: Places, telegram: TelegramServer) -> None:
    telegram.admit(FORUM)
    for thread in (5, 6):
        await places.say("/subscribe баку", user=ADMIN, chat=FORUM, thread=thread)
    async with places.talk.db.write() as conn:
        before = places.talk.now.replace(year=2024)
        await chats.fall_asleep(conn, FORUM, thread_id=6, why="TOPIC_CLOSED", now=before)
    telegram.dismiss(FORUM)
    telegram.admit(FORUM)
    await places.handled()
    asleep = {thread: (await places.chat(FORUM, thread=thread)) for thread in (0, 5, 6)}
    assert {thread: known.asleep for thread, known in asleep.items() if known} == {0: False, 5: False, 6: True}


async def test_a_person_who_blocks_the_bot_sleeps_and_hears_nothing_when_back(
    places: Places, telegram: TelegramServer
) -> None:
    await places.say("/subscribe баку")
    telegram.dismiss(MEMBER, by=MEMBER)
    assert await places.handled() == []
    known = await places.chat(MEMBER)
    assert known
    assert known.asleep
    telegram.admit(MEMBER, by=MEMBER)
    assert await places.handled() == []
    known = await places.chat(MEMBER)
    assert known
    assert not known.asleep


async def test_a_place_that_was_never_met_leaves_no_trace_when_it_goes(
    places: Places, telegram: TelegramServer
) -> None:
    telegram.dismiss(GROUP)
    await places.handled()
    assert await places.chat(GROUP) is None


async def test_a_silent_group_is_told_of_to_whoever_let_the_bot_in(places: Places, telegram: TelegramServer) -> None:
    telegram.world.chats[GROUP].silent = True
    await places.say("/start", user=MEMBER)
    telegram.admit(GROUP, by=MEMBER)
    [told] = await places.handled()
    assert told.chat_id == MEMBER
    assert "право публиковать" in told.text
    known = await places.chat(GROUP)
    assert known
    assert known.asleep


async def test_who_has_never_talked_to_the_bot_is_not_written_to(places: Places, telegram: TelegramServer) -> None:
    telegram.world.chats[GROUP].silent = True
    telegram.admit(GROUP, by=MEMBER)
    assert await places.handled() == []


async def test_a_channel_that_lets_the_bot_post_nothing_is_greeted_when_it_does(
    places: Places, telegram: TelegramServer
) -> None:
    await places.say("/start", user=ADMIN)
    telegram.admit(CHANNEL, by=ADMIN, rights=["can_manage_chat"])
    [told] = await places.handled()
    assert (told.chat_id, "Вести <&>" in told.text) == (ADMIN, True)
    assert await places.chat(CHANNEL) is None
    telegram.admit(CHANNEL, by=ADMIN, rights=MAY_POST)
    [greeting] = await places.handled()
    assert greeting.chat_id == ADMIN
    assert [button.text for button in greeting.buttons] == ["Настроить"]
    telegram.admit(CHANNEL, by=ADMIN, rights=["can_manage_chat"])
    [told] = await places.handled()
    known = await places.chat(CHANNEL)
    assert known
    assert known.asleep


async def test_readers_of_a_channel_hear_of_the_bot_only_where_nobody_else_can(
    places: Places, telegram: TelegramServer
) -> None:
    telegram.admit(CHANNEL, by=ADMIN, rights=MAY_POST)
    [greeting] = await places.handled()
    assert greeting.chat_id == CHANNEL
    assert "/channel" in greeting.text


async def test_an_upgraded_group_goes_on_under_its_new_id(places: Places, telegram: TelegramServer) -> None:
    telegram.register(-77, type="group", admins=[ADMIN])
    await places.say("/subscribe баку", user=ADMIN, chat=-77)
    telegram.upgrade(-77, to=-1000000000077)
    assert await places.handled() == []
    assert await places.chat(-77) is None
    assert await places.follows(-1000000000077) == ["баку"]
    known = await places.chat(-1000000000077)
    assert known
    assert known.kind == "supergroup"


@pytest.mark.parametrize("order", ["first", "between", "last"])
async def test_an_upgraded_group_is_not_greeted_again_whichever_update_comes_first(
    places: Places, telegram: TelegramServer, order: str
) -> None:
    telegram.register(-77, type="group", admins=[ADMIN])
    await places.say("/subscribe баку", user=ADMIN, chat=-77)
    telegram.upgrade(-77, to=-1000000000077)
    telegram.world.chats[-1000000000077].left = True
    telegram.admit(-1000000000077, by=ADMIN)
    pending = telegram.updates.pending
    pending.rotate({"first": 1, "between": 1, "last": 0}[order])
    if order == "between":
        pending[0], pending[1] = pending[1], pending[0]
    for number, update in enumerate(pending):
        update["update_id"] = 990_000_000 + number
    sent = await places.handled()
    assert [one for one in sent if not one.deleted] == []
    assert await places.follows(-1000000000077) == ["баку"]
    # A greeting that stands goes on standing.
    assert len(sent) == (order == "first")


async def test_a_greeting_is_remembered_where_it_may_have_to_go_and_no_longer(
    places: Places, telegram: TelegramServer
) -> None:
    telegram.register(-77, type="group", admins=[ADMIN], left=True)
    for place in (-77, CHANNEL, GROUP):
        telegram.admit(place, by=ADMIN)
        await places.handled()
    assert await remembered(places) == [GROUP]
    telegram.upgrade(-77, to=GROUP)
    await places.handled()
    assert await remembered(places) == []


async def remembered(places: Places) -> list[int]:
    async with places.talk.db.read() as conn:
        return list((await conn.execute(select(dialogues.c.telegram_id))).scalars())


async def test_a_group_that_was_greeted_and_is_upgraded_later_keeps_its_greeting(
    places: Places, telegram: TelegramServer
) -> None:
    telegram.register(-77, type="group", admins=[ADMIN], left=True)
    telegram.admit(-77, by=ADMIN)
    [greeting] = await places.handled()
    telegram.upgrade(-77, to=-1000000000077)
    assert await places.handled() == []
    assert not greeting.deleted


async def test_a_group_hears_nothing_until_an_admin_subscribes(places: Places, telegram: TelegramServer) -> None:
    telegram.admit(GROUP)
    await places.handled()
    for text in ("Привет!", "казахстан", "/kick someone", "/search@another_bot баку", "/help@another_bot"):
        assert await places.say(text, chat=GROUP) == []
    known = await places.chat(GROUP)
    assert known
    assert known.next_due_at is None
    await places.say("/subscribe баку", user=ADMIN, chat=GROUP)
    known = await places.chat(GROUP)
    assert known
    assert known.next_due_at


@pytest.mark.parametrize("text", ["Привет!", "/kick someone", "/search@another_bot баку", "/START@another_bot"])
async def test_what_is_said_to_others_leaves_no_trace(places: Places, telegram: TelegramServer, text: str) -> None:
    telegram.world.chats[GROUP].left = False
    assert await places.say(text, chat=GROUP) == []
    assert await places.chat(GROUP) is None


@pytest.mark.parametrize("text", ["/help", "/help@newsbot_under_test_bot", "/HELP@Newsbot_Under_Test_Bot"])
async def test_a_command_is_heard_with_our_name_and_with_none(
    places: Places, telegram: TelegramServer, text: str
) -> None:
    telegram.world.chats[GROUP].left = False
    [answer] = await places.say(text, chat=GROUP)
    assert answer.text.startswith("Что я умею")


async def test_an_unknown_command_with_our_name_is_answered(places: Places, telegram: TelegramServer) -> None:
    telegram.world.chats[GROUP].left = False
    [answer] = await places.say("/frobnicate@newsbot_under_test_bot", chat=GROUP)
    assert "/help" in answer.text
    [answer] = await places.say("/sourcehealth@newsbot_under_test_bot", chat=GROUP)
    assert "/help" in answer.text


async def test_members_languages_do_not_change_the_groups(places: Places, telegram: TelegramServer) -> None:
    telegram.admit(GROUP, by=ADMIN, language="ru")
    await places.handled()
    [answer] = await places.say("/latest", chat=GROUP, language="en")
    assert answer.text == "Статей пока нет."
    await places.say("/subscribe баку", user=ADMIN, chat=GROUP, language="en")
    [answer] = await places.say("/latest", chat=GROUP, language="en")
    assert answer.text == "Статей пока нет."
    await places.say("/language en", user=ADMIN, chat=GROUP)
    [answer] = await places.say("/latest", chat=GROUP, language="ru")
    assert answer.text == "There are no articles here yet."


async def test_a_group_that_nobody_let_the_bot_into_learns_its_language_from_its_first_admin(
    places: Places, telegram: TelegramServer
) -> None:
    telegram.world.chats[GROUP].left = False
    [answer] = await places.say("/latest", chat=GROUP, language="en")
    assert answer.text == "There are no articles here yet."
    [answer] = await places.say("/subscribe баку", chat=GROUP, language="en")
    known = await places.chat(GROUP)
    assert known
    assert known.telegram_language is None
    await places.say("/subscribe баку", user=ADMIN, chat=GROUP, language="ru")
    [answer] = await places.say("/latest", chat=GROUP, language="en")
    assert answer.text == "Статей пока нет."


async def test_a_new_topic_is_spoken_to_as_its_group_is(places: Places, telegram: TelegramServer) -> None:
    telegram.admit(FORUM, by=ADMIN, language="ru")
    await places.handled()
    [answer] = await places.say("/latest", chat=FORUM, thread=5, language="en")
    assert (answer.text, answer.thread_id) == ("Статей пока нет.", 5)


async def test_a_topic_has_its_own_subscriptions_and_general_its_own(places: Places, telegram: TelegramServer) -> None:
    telegram.admit(FORUM)
    await places.handled()
    [answer] = await places.say("/subscribe баку", user=ADMIN, chat=FORUM, thread=5)
    assert answer.thread_id == 5
    await places.say("/subscribe астана", user=ADMIN, chat=FORUM)
    assert await places.follows(FORUM) == ["астана"]
    assert await places.follows(FORUM, thread=5) == ["баку"]
    assert await places.follows(FORUM, thread=6) == []


async def test_a_thread_of_replies_is_no_topic(places: Places, telegram: TelegramServer) -> None:
    telegram.world.chats[GROUP].left = False
    [answer] = await places.say("/subscribe баку", user=ADMIN, chat=GROUP, message_thread_id=77)
    assert answer.thread_id is None
    assert await places.chat(GROUP, thread=77) is None
    assert await places.follows(GROUP) == ["баку"]


async def asked(places: Places, telegram: TelegramServer) -> Any:
    telegram.world.chats[GROUP].left = False
    [question] = await places.say("/subscribe", user=ADMIN, chat=GROUP)
    return question


async def test_a_command_without_words_asks_who_sent_it(places: Places, telegram: TelegramServer) -> None:
    question = await asked(places, telegram)
    assert question.versions[-1].markup == {"force_reply": True, "selective": True}
    assert question.reply_to is not None
    reply = telegram.world.message_json(question)
    assert await places.say("астана", user=MEMBER, chat=GROUP, reply_to_message=reply) == []
    [answer] = await places.say("баку", user=ADMIN, chat=GROUP, reply_to_message=reply)
    assert "Новая подписка" in answer.text
    assert await places.follows(GROUP) == ["баку"]
    assert await places.say("ещё", user=ADMIN, chat=GROUP, reply_to_message=reply) == []


async def test_a_member_is_asked_what_to_look_for(places: Places, telegram: TelegramServer) -> None:
    telegram.world.chats[GROUP].left = False
    [question] = await places.say("/search", user=MEMBER, chat=GROUP)
    reply = telegram.world.message_json(question)
    [answer] = await places.say("казахстан", user=MEMBER, chat=GROUP, reply_to_message=reply)
    assert "казахстан" in answer.text


async def test_what_answers_something_else_is_no_answer(places: Places, telegram: TelegramServer) -> None:
    await asked(places, telegram)
    [other] = await places.say("/latest", user=MEMBER, chat=GROUP)
    reply = telegram.world.message_json(other)
    assert await places.say("спасибо", user=ADMIN, chat=GROUP, reply_to_message=reply) == []
    assert await places.say("баку", user=ADMIN, chat=GROUP) == []
    assert await places.follows(GROUP) == []


async def test_who_is_no_admin_when_they_answer_changes_nothing(places: Places, telegram: TelegramServer) -> None:
    question = await asked(places, telegram)
    telegram.world.chats[GROUP].admins = frozenset()
    places.talk.now = places.talk.now.replace(hour=8)
    reply = telegram.world.message_json(question)
    [answer] = await places.say("баку", user=ADMIN, chat=GROUP, reply_to_message=reply)
    assert answer.text == ONLY_ADMINS


async def test_an_admin_who_is_asked_for_the_city_may_send_where_they_are(
    places: Places, telegram: TelegramServer
) -> None:
    telegram.world.chats[GROUP].left = False
    [shown] = await places.say("/timezone", user=ADMIN, chat=GROUP)
    await places.press(shown, "Другой город…", user=ADMIN)
    reply = telegram.world.message_json(telegram.sent[-1])
    baku = {"latitude": 40.4, "longitude": 49.9}
    assert await places.say(None, user=ADMIN, chat=GROUP, location=baku) == []
    assert await places.say(None, user=MEMBER, chat=GROUP, location=baku, reply_to_message=reply) == []
    [answer] = await places.say(None, user=ADMIN, chat=GROUP, location=baku, reply_to_message=reply)
    assert "Баку, UTC+4" in answer.text
    assert telegram.violations == []


async def test_who_presses_what_asks_is_asked_by_name(places: Places, telegram: TelegramServer) -> None:
    telegram.world.chats[GROUP].left = False
    [shown] = await places.say("/schedule", user=MEMBER, chat=GROUP)
    assert await places.press(shown, "Своё время…", user=MEMBER) == ONLY_ADMINS
    await places.press(shown, "Своё время…", user=ADMIN)
    question = telegram.sent[-1]
    assert any(entity.type == "text_link" for entity in question.entities)
    reply = telegram.world.message_json(question)
    [answer] = await places.say("07:45", user=ADMIN, chat=GROUP, reply_to_message=reply)
    assert "07:45" in answer.text


async def test_what_the_linked_channel_posts_is_no_command(places: Places, telegram: TelegramServer) -> None:
    telegram.world.chats[GROUP].left = False
    channel = telegram.world.chats[CHANNEL].as_json()
    forwarded: dict[str, Any] = {"sender_chat": channel, "is_automatic_forward": True}
    assert await places.say("/subscribe баку", user=777000, chat=GROUP, **forwarded) == []
    assert texts(await places.say("/subscribe баку", user=136817688, chat=GROUP, sender_chat=channel)) == [ONLY_ADMINS]


async def test_the_creator_is_an_admin(places: Places, telegram: TelegramServer) -> None:
    group = telegram.world.chats[GROUP]
    group.left, group.creator = False, MEMBER
    await places.say("/subscribe баку", user=MEMBER, chat=GROUP)
    assert await places.follows(GROUP) == ["баку"]


async def test_a_group_in_which_the_bot_may_not_answer_is_no_error(places: Places, telegram: TelegramServer) -> None:
    group = telegram.world.chats[GROUP]
    group.left, group.silent = False, True
    assert await places.say("/latest", chat=GROUP) == []


async def test_nobody_is_told_to_send_plain_words_where_they_are_not_heard(
    places: Places, telegram: TelegramServer, talk: Talk
) -> None:
    telegram.world.chats[GROUP].left = False
    # Too far apart to tell of one event.
    await talk.publish(
        [draft(f"Встреча {n}: Баку", "Делегации прибыли в Баку.", at=NOON - n * timedelta(hours=49)) for n in range(3)]
    )
    [greeting] = await places.say("/start", chat=GROUP)
    assert "/search баку найдёт новости" in greeting.text
    [help_] = await places.say("/help", chat=GROUP)
    assert "Сообщение без команды" not in help_.text
    await places.say("/subscribe баку", chat=GROUP, user=ADMIN)
    [home] = await places.say("/start", chat=GROUP)
    assert "просто пришлите слова" not in home.text
