"""A channel is set up by what is posted in it, or from the private chat of one of its admins."""

from collections.abc import AsyncIterator
from typing import Any
from zoneinfo import available_timezones

import pytest
from aiogram.filters.callback_data import CallbackData
from sqlalchemy import select

from bot.conversation.elsewhere import mark, unmark
from bot.conversation.questions import ABOUT
from bot.keyboards import Keep, Open, ResultsPage, Room, SetLanguage, SetSchedule, SetZone, TopPage
from bot.story_buttons import ShowStory, StoryPage, Why
from storage import chats
from storage.chats import TERMINAL
from storage.errors import FullError
from storage.models import Chat
from storage.schema import dialogues
from tests.bot.conversation.places import (
    ADMIN,
    CHANNEL,
    FORUM,
    MAY_DELETE,
    MAY_POST,
    MEMBER,
    PRIVATE_CHANNEL,
    Places,
    places_of,
    texts,
)
from tests.bot.conversation.talk import Talk
from tests.telegram import TelegramServer
from tests.telegram_rules import CALLBACK_DATA_BYTES, Button
from tests.telegram_world import SentMessage

ONLY_ADMINS = "Это могут только администраторы канала."
HEAD = "Для чата «Вести <&>»:"
REFUSED = "Отсюда этот чат больше не изменить."


@pytest.fixture
async def places(telegram: TelegramServer, talk: Talk) -> AsyncIterator[Places]:
    telegram.register(CHANNEL, type="channel", admins=[ADMIN], bot_rights=MAY_POST, name="Вести <&>", username="vesti")
    telegram.register(PRIVATE_CHANNEL, type="channel", creator=ADMIN, admins=[ADMIN], bot_rights=MAY_POST, name="Тайна")
    telegram.register(FORUM, type="supergroup", admins=[ADMIN], topics=[5], name="Форум")
    telegram.world.person(MEMBER)
    async with places_of(telegram, talk) as made:
        yield made


async def opened(places: Places, name: str = "@vesti") -> SentMessage:
    """The channel's settings, in the private chat of its admin."""
    shown = await places.say(f"/channel {name}", user=ADMIN)
    assert len(shown) == 1
    return shown[0]


async def known(places: Places, chat: int = CHANNEL) -> Chat:
    found = await places.chat(chat)
    assert found
    return found


# What is posted in it.


async def test_a_channel_is_set_up_by_a_post_and_the_command_leaves_it(
    places: Places, telegram: TelegramServer
) -> None:
    telegram.world.chats[CHANNEL].bot_rights = frozenset(MAY_DELETE)
    [answer] = await places.say("/subscribe казахстан", chat=CHANNEL)
    assert answer.chat_id == CHANNEL
    assert "Новая подписка" in answer.text
    assert await places.follows(CHANNEL) == ["казахстан"]
    assert (await known(places)).kind == "channel"
    assert [chat for chat, _ in telegram.world.deleted] == [CHANNEL]


async def test_a_post_in_its_authors_name_is_an_admins_too(places: Places, telegram: TelegramServer) -> None:
    author = telegram.world.person(ADMIN)
    signed: dict[str, Any] = {"from": author, "sender_chat": author | {"type": "private"}}
    await places.say("/subscribe казахстан", chat=CHANNEL, **signed)
    assert await places.follows(CHANNEL) == ["казахстан"]


async def test_where_the_bot_may_not_delete_the_command_stays(places: Places, telegram: TelegramServer) -> None:
    assert len(await places.say("/subscribe казахстан", chat=CHANNEL)) == 1
    assert telegram.world.deleted == set()


async def test_other_posts_are_left_alone(places: Places, telegram: TelegramServer) -> None:
    telegram.world.chats[CHANNEL].bot_rights = frozenset(MAY_DELETE)
    origin = {"type": "hidden_user", "sender_user_name": "?", "date": 1}
    assert await places.say("Казахстан: итоги дня", chat=CHANNEL) == []
    assert await places.say("/subscribe@another_bot казахстан", chat=CHANNEL) == []
    assert await places.say("/publish", chat=CHANNEL) == []
    assert await places.say("/subscribe казахстан", chat=CHANNEL, forward_origin=origin) == []
    assert telegram.world.deleted == set()
    assert await places.chat(CHANNEL) is None


async def test_edited_posts_are_not_asked_for(places: Places) -> None:
    assert "edited_channel_post" not in places.talk.dispatcher.resolve_used_update_types()
    assert {"channel_post", "my_chat_member"} <= set(places.talk.dispatcher.resolve_used_update_types())


@pytest.mark.parametrize("text", ["/schedule 18:30", "/timezone Баку", "/language en", "/settings", "/subscriptions"])
async def test_every_setting_of_a_channel_can_be_posted(places: Places, text: str) -> None:
    [answer] = await places.say(text, chat=CHANNEL)
    assert answer.chat_id == CHANNEL


async def test_what_lacks_words_is_to_be_posted_with_them(places: Places, telegram: TelegramServer) -> None:
    [answer] = await places.say("/subscribe", chat=CHANNEL)
    assert "в одном посте с командой" in answer.text
    assert await places.say("казахстан", chat=CHANNEL) == []
    assert await places.follows(CHANNEL) == []


async def test_what_cannot_be_read_is_explained_in_the_channel(places: Places) -> None:
    [answer] = await places.say("/subscribe (баку", chat=CHANNEL)
    assert answer.chat_id == CHANNEL
    assert await places.follows(CHANNEL) == []


async def test_readers_of_a_channel_press_nothing(places: Places) -> None:
    [shown] = await places.say("/settings", chat=CHANNEL)
    assert await places.press(shown, "Подписки", user=MEMBER) == ONLY_ADMINS
    assert await places.press(shown, "Подписки", user=ADMIN) == ""


# From the private chat of an admin.


@pytest.mark.parametrize(
    "name", ["@vesti", "vesti", "https://t.me/vesti", "t.me/vesti", "https://t.me/vesti/17", "t.me/vesti?boost"]
)
async def test_channel_opens_the_channels_settings_in_private(places: Places, name: str) -> None:
    shown = await opened(places, name)
    assert shown.chat_id == ADMIN
    assert shown.text.splitlines()[0] == HEAD
    assert {"Подписки", "Время дайджеста", "Часовой пояс", "Язык"} <= {button.text for button in shown.buttons}
    assert (await known(places)).telegram_language == "ru"


async def test_every_button_under_it_is_for_the_channel(places: Places, telegram: TelegramServer) -> None:
    shown = await opened(places)
    for label in ("Время дайджеста", "‹ Настройки", "Время дайджеста"):
        carried = [unmark(button.callback_data or "") for button in shown.buttons]
        assert {one and one[0] for one in carried} == {CHANNEL}
        await places.press(shown, label, user=ADMIN)
        assert shown.text.splitlines()[0] == HEAD
        assert "/schedule" not in shown.text
    assert await places.press(shown, "Каждый час", user=ADMIN) == "Готово"
    assert (await known(places)).schedule
    own = await places.chat(ADMIN)
    assert own
    assert own.schedule is None


async def test_a_topic_is_added_to_the_channel_by_a_question(places: Places) -> None:
    shown = await opened(places)
    await places.press(shown, "Подписки", user=ADMIN)
    await places.press(shown, "Добавить тему", user=ADMIN)
    [answer] = await places.say("казахстан", user=ADMIN)
    assert answer.text.splitlines()[0] == HEAD
    assert await places.follows(CHANNEL) == ["казахстан"]
    assert await places.follows(ADMIN) == []
    await places.press(answer, "Настроить", user=ADMIN)
    await places.press(answer, "Приостановить", user=ADMIN)
    await places.press(answer, "Удалить", user=ADMIN)
    assert await places.follows(CHANNEL) == []
    await places.press(answer, "Вернуть", user=ADMIN)
    assert await places.follows(CHANNEL) == ["казахстан"]


async def test_what_cannot_be_read_keeps_the_question_about_the_channel(places: Places) -> None:
    shown = await opened(places)
    await places.press(shown, "Подписки", user=ADMIN)
    await places.press(shown, "Добавить тему", user=ADMIN)
    await places.say("(баку", user=ADMIN)
    places.talk.restarted()
    await places.say("баку", user=ADMIN)
    assert (await places.follows(CHANNEL), await places.follows(ADMIN)) == (["баку"], [])


async def test_a_command_is_for_the_chat_in_which_it_is_typed(places: Places) -> None:
    shown = await opened(places)
    await places.press(shown, "Подписки", user=ADMIN)
    await places.press(shown, "Добавить тему", user=ADMIN)
    await places.say("/subscribe астана", user=ADMIN)
    await places.say("/subscribe", user=ADMIN)
    await places.say("баку", user=ADMIN)
    assert await places.follows(CHANNEL) == []
    assert sorted(await places.follows(ADMIN)) == ["астана", "баку"]


async def test_after_the_answer_plain_text_is_a_search_again(places: Places) -> None:
    shown = await opened(places)
    await places.press(shown, "Время дайджеста", user=ADMIN)
    await places.press(shown, "Своё время…", user=ADMIN)
    assert "/schedule" not in places.telegram.sent[-1].text
    [answer] = await places.say("18:30", user=ADMIN)
    assert answer.text.splitlines()[0] == HEAD
    assert (await known(places)).schedule == "18:30"
    [answer] = await places.say("казахстан", user=ADMIN)
    assert HEAD not in answer.text


async def test_nothing_of_an_answered_question_is_kept(places: Places) -> None:
    shown = await opened(places)
    await places.press(shown, "Время дайджеста", user=ADMIN)
    await places.press(shown, "Своё время…", user=ADMIN)
    await places.say("18:30", user=ADMIN)
    async with places.talk.db.read() as conn:
        asked = await conn.execute(select(dialogues).where(dialogues.c.user_id == ADMIN))
        assert asked.all() == []


async def test_the_channels_language_is_chosen_and_the_admin_goes_on_in_their_own(places: Places) -> None:
    shown = await opened(places)
    await places.press(shown, "Язык", user=ADMIN)
    await places.press(shown, "English", user=ADMIN)
    assert (await known(places)).language == "en"
    assert shown.text.splitlines() == [HEAD, "Язык: English."]
    await places.press(shown, "‹ Настройки", user=ADMIN)
    assert "Язык: English." in shown.text
    own = await places.chat(ADMIN)
    assert own
    assert own.language is None


async def test_a_group_is_set_up_so_too(places: Places, telegram: TelegramServer) -> None:
    telegram.share_chat(FORUM, user=ADMIN, request_id=2)
    thanks, shown = await places.handled()
    assert thanks.versions[-1].markup == {"remove_keyboard": True}
    assert shown.text.splitlines()[0] == "Для чата «Форум»:"
    assert shown.text.splitlines()[-1] == "Это для общей темы. Для другой отправьте команды прямо в ней."


async def test_only_of_a_forum_topics_are_spoken_of(places: Places) -> None:
    assert "общей темы" not in (await opened(places)).text


# Who may not.


async def test_who_is_no_admin_of_it_is_told_so(places: Places) -> None:
    [answer] = await places.say("/channel @vesti", user=MEMBER)
    assert answer.text == "Настроить Вести <&> могут только его администраторы."
    assert await places.chat(CHANNEL) is None


async def test_a_channel_that_does_not_let_the_bot_post_is_named(places: Places, telegram: TelegramServer) -> None:
    for rights, left in ((("can_manage_chat",), False), ((), True)):
        telegram.world.chats[CHANNEL].bot_rights, telegram.world.chats[CHANNEL].left = frozenset(rights), left
        places.talk.now = places.talk.now.replace(minute=places.talk.now.minute + 1)
        [answer] = await places.say("/channel @vesti", user=ADMIN)
        assert answer.text.startswith("Сначала сделайте меня администратором Вести <&>")


@pytest.mark.parametrize("name", ["@nobody_here", "привет", "@", "https://t.me/joinchat/abc", "-100"])
async def test_what_is_no_channel_is_explained(places: Places, name: str) -> None:
    [answer] = await places.say(f"/channel {name}", user=ADMIN)
    assert answer.text.startswith("Не нахожу такого канала.")


async def test_a_private_channel_that_never_let_the_bot_in_is_not_found(
    places: Places, telegram: TelegramServer
) -> None:
    telegram.world.chats[PRIVATE_CHANNEL].left = True
    telegram.share_chat(PRIVATE_CHANNEL, user=ADMIN)
    _, answer = await places.handled()
    assert answer.text.startswith("Не нахожу такого канала.")


def forge(shown: SentMessage, data: str) -> SentMessage:
    """A button as somebody makes it up."""
    keyboard = ((Button(text="?", kind="callback_data", value=data),),)
    shown.versions[-1] = type(shown.versions[-1])(
        text=shown.text, html=shown.html, entities=(), keyboard=keyboard, markup=None, at=shown.at
    )
    return shown


@pytest.mark.parametrize("data", [SetLanguage(code="en"), SetSchedule(text="off", in_place=True)])
async def test_a_forged_button_is_refused_without_a_word_in_the_chat(places: Places, data: CallbackData) -> None:
    await opened(places)
    before = await known(places)
    [own] = await places.say("/settings", user=MEMBER)
    shown = forge(own, mark(CHANNEL, data.pack()))
    sent = len(places.telegram.activity)
    assert await places.press(shown, "?", user=MEMBER) == REFUSED
    assert await known(places) == before
    assert len(places.telegram.activity) == sent


@pytest.mark.parametrize("chat", [-404, 1 - TERMINAL])
async def test_of_a_chat_that_nobody_set_up_telegram_is_not_asked(places: Places, chat: int) -> None:
    [own] = await places.say("/settings", user=MEMBER)
    asked = places.asked() + places.asked("getChat")
    assert await places.press(forge(own, mark(chat, Open(room=Room.SETTINGS).pack())), "?", user=MEMBER) == REFUSED
    assert places.asked() + places.asked("getChat") == asked


async def test_a_button_for_another_chat_works_in_private_alone(places: Places) -> None:
    await opened(places)
    [shown] = await places.say("/settings", user=ADMIN, chat=FORUM)
    forged = forge(shown, mark(CHANNEL, SetLanguage(code="en").pack()))
    assert await places.press(forged, "?", user=ADMIN) == REFUSED


async def test_who_is_no_admin_any_more_changes_nothing(places: Places, telegram: TelegramServer) -> None:
    shown = await opened(places)
    await places.press(shown, "Время дайджеста", user=ADMIN)
    telegram.world.chats[CHANNEL].admins = frozenset()
    places.talk.now = places.talk.now.replace(minute=30)
    assert await places.press(shown, "Каждый час", user=ADMIN) == REFUSED
    assert (await known(places)).schedule is None


async def test_a_location_is_for_the_channel_whose_city_was_asked_for(places: Places, telegram: TelegramServer) -> None:
    shown = await opened(places)
    await places.press(shown, "Часовой пояс", user=ADMIN)
    await places.press(shown, "Другой город…", user=ADMIN)
    [_, answer] = await places.say(None, user=ADMIN, location={"latitude": 40.4, "longitude": 49.9})
    assert "Баку, UTC+4" in answer.text
    assert (await known(places)).timezone == "Asia/Baku"
    assert telegram.violations == []


async def test_an_answer_of_who_is_no_admin_any_more_changes_nothing(places: Places, telegram: TelegramServer) -> None:
    shown = await opened(places)
    await places.press(shown, "Подписки", user=ADMIN)
    await places.press(shown, "Добавить тему", user=ADMIN)
    telegram.world.chats[CHANNEL].admins = frozenset()
    places.talk.now = places.talk.now.replace(minute=30)
    [answer] = await places.say("казахстан", user=ADMIN)
    assert answer.text == REFUSED
    assert (await places.follows(CHANNEL), await places.follows(ADMIN)) == ([], [])


async def test_who_is_refused_as_they_answer_is_asked_no_more(places: Places, telegram: TelegramServer) -> None:
    shown = await opened(places)
    await places.press(shown, "Подписки", user=ADMIN)
    await places.press(shown, "Добавить тему", user=ADMIN)
    telegram.world.chats[CHANNEL].admins = frozenset()
    places.talk.now = places.talk.now.replace(minute=30)
    await places.say("казахстан", user=ADMIN)
    [answer] = await places.say("баку", user=ADMIN)
    assert answer.text != REFUSED
    async with places.talk.db.read() as conn:
        assert not any(ABOUT in data for data in (await conn.execute(select(dialogues.c.data))).scalars())


async def test_where_the_bot_may_not_post_any_more_nothing_is_changed(places: Places, telegram: TelegramServer) -> None:
    shown = await opened(places)
    telegram.world.chats[CHANNEL].bot_rights = frozenset(["can_manage_chat"])
    places.talk.now = places.talk.now.replace(minute=30)
    assert await places.press(shown, "Время дайджеста", user=ADMIN) == REFUSED


@pytest.mark.parametrize("method", ["getChat", "getChatMember"])
async def test_where_telegram_does_not_answer_it_is_to_be_tried_again(
    places: Places, telegram: TelegramServer, method: str
) -> None:
    shown = await opened(places)
    places.talk.now = places.talk.now.replace(minute=30)
    telegram.fail_next(method, status=502, body="<html>")
    assert "Попробуйте ещё раз" in await places.press(shown, "Время дайджеста", user=ADMIN)
    assert await places.press(shown, "Время дайджеста", user=ADMIN) == ""


# By Telegram's picker, and again.


async def test_channel_alone_offers_telegrams_picker(places: Places) -> None:
    [offer] = await places.say("/channel", user=ADMIN)
    markup = offer.versions[-1].markup
    assert markup
    [[channels, groups]] = markup["keyboard"]
    assert channels["request_chat"]["chat_is_channel"] is True
    assert channels["request_chat"]["user_administrator_rights"]["can_post_messages"] is True
    assert channels["request_chat"]["bot_administrator_rights"]["can_post_messages"] is True
    assert groups["request_chat"]["chat_is_channel"] is False


async def test_what_was_set_up_is_offered_again_the_last_first(places: Places, telegram: TelegramServer) -> None:
    await opened(places)
    telegram.share_chat(PRIVATE_CHANNEL, user=ADMIN)
    await places.handled()
    telegram.admit(FORUM, by=ADMIN)
    await places.handled()
    places.talk.now = places.talk.now.replace(year=places.talk.now.year + 1)
    places.talk.restarted()
    listed, _ = await places.say("/channel", user=ADMIN)
    assert [button.text for button in listed.buttons] == ["Форум", "Тайна", "Вести <&>"]
    await places.press(listed, "Тайна", user=ADMIN)
    assert listed.text.splitlines()[0] == "Для чата «Тайна»:"
    assert texts(await places.say("/channel", user=MEMBER))[0].startswith("В какой канал")


async def test_a_group_that_was_upgraded_is_offered_under_its_new_id(places: Places, telegram: TelegramServer) -> None:
    telegram.register(-77, type="group", admins=[ADMIN], name="Группа")
    telegram.share_chat(-77, user=ADMIN, request_id=2)
    await places.handled()
    telegram.upgrade(-77, to=-1000000000077)
    await places.handled()
    parameters = {"migrate_to_chat_id": -1000000000077}
    telegram.fail_next("getChat", chat_id=-77, status=400, description="Bad Request: upgraded", parameters=parameters)
    listed, _ = await places.say("/channel", user=ADMIN)
    await places.press(listed, "Группа", user=ADMIN)
    assert listed.text.splitlines()[0] == "Для чата «Группа»:"


async def test_what_was_set_up_is_in_the_export(places: Places, telegram: TelegramServer) -> None:
    await opened(places)
    [file] = await places.say("/export", user=ADMIN)
    assert file.file
    assert str(CHANNEL) in file.file.content.decode()


async def test_what_the_bot_has_left_is_not_offered(places: Places, telegram: TelegramServer) -> None:
    telegram.share_chat(PRIVATE_CHANNEL, user=ADMIN)
    await places.handled()
    telegram.dismiss(PRIVATE_CHANNEL)
    assert len(await places.say("/channel", user=ADMIN)) == 1


async def test_in_a_group_it_is_asked_for_in_private(places: Places) -> None:
    assert texts(await places.say("/channel @vesti", user=ADMIN, chat=FORUM)) == [
        "Пришлите мне /channel в личной переписке."
    ]


async def test_forgetting_the_private_chat_forgets_what_was_set_up_and_not_the_channel(places: Places) -> None:
    await opened(places)
    [question] = await places.say("/forget", user=ADMIN)
    await places.press(question, "Да, забыть всё", user=ADMIN)
    assert len(await places.say("/channel", user=ADMIN)) == 1
    assert await places.chat(CHANNEL)


async def test_where_the_disk_takes_nothing_the_settings_open_all_the_same(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    await opened(places)
    await places.say("/channel @vesti", user=ADMIN)

    def full() -> None:
        raise FullError("no room")

    monkeypatch.setattr(places.talk.db, "write", full)
    assert (await opened(places)).text.splitlines()[0] == HEAD


# What a button can hold.

# Ids of a store of ten billion rows.
LARGEST = 10**10 - 1
LONGEST = (
    StoryPage(story=LARGEST, subscription=LARGEST, article=LARGEST, offset=100_000),
    ShowStory(story=LARGEST, subscription=LARGEST, article=LARGEST),
    Why(story=LARGEST, subscription=LARGEST, article=LARGEST),
    Keep(story=LARGEST, number=100_000, kept=False, since=LARGEST // 2),
    ResultsPage(offset=100_000, by_date=False, up_to=LARGEST),
    TopPage(offset=100_000, until=LARGEST // 2, up_to=LARGEST),
    SetZone(key=max(available_timezones(), key=len)),
    SetSchedule(text="09:00 18:00", in_place=True),
)


@pytest.mark.parametrize("data", LONGEST, ids=lambda data: type(data).__name__)
def test_the_longest_button_has_room_for_its_chat(data: CallbackData) -> None:
    marked = mark(-(TERMINAL - 1), data.pack())
    assert len(marked.encode()) <= CALLBACK_DATA_BYTES
    assert unmark(marked) == (-(TERMINAL - 1), data.pack())


async def test_a_channel_that_slept_wakes_when_it_is_opened(places: Places) -> None:
    await opened(places)
    async with places.talk.db.write() as conn:
        await chats.fall_asleep(conn, CHANNEL, why="?", now=places.talk.now)
    await opened(places)
    assert not (await known(places)).asleep


async def test_what_would_be_seen_by_all_readers_is_not_sent_to_a_channel(places: Places) -> None:
    await places.say("/subscribe мир", chat=CHANNEL)
    [answer] = await places.say("/export", chat=CHANNEL)
    assert answer.text == "Здесь такой файл увидели бы все читатели, поэтому в каналы я его не отправляю."
