"""/ban and /unban: whoever is banned meets silence, and is sent nothing."""

from typing import Any

import pytest
from aiogram.types import Chat as TelegramChat
from aiogram.types import Message, MessageOriginChannel, MessageOriginUser, Update, User
from sqlalchemy import select

from bot.conversation.admin_buttons import BansPage, TelegramId
from storage import bans, chats
from storage.database import Database
from storage.schema import bans as ban_rows
from tests.bot.conversation.talk import USER, Talk
from tests.bot.newsroom import NOON, SECOND

OTHER = 55


@pytest.fixture
async def admin(talk: Talk) -> Talk:
    talk.configured(admin_ids=(USER,))
    return talk


async def other_says(talk: Talk, text: str = "/help", *, user: int = OTHER, chat: int = OTHER) -> int:
    """How many messages are the answer."""
    sender = User(id=user, is_bot=False, first_name="?", language_code="ru")
    place = TelegramChat(id=chat, type="private" if chat > 0 else "group", title="?")
    message = Message(message_id=talk.session.next_message_id(), date=talk.now, chat=place, from_user=sender, text=text)
    return len(await talk.feed(Update(update_id=next(talk.person.update_ids), message=message)))


async def is_asleep(db: Database, telegram_id: int = OTHER) -> bool:
    async with db.read() as conn:
        found = await chats.find(conn, telegram_id)
    assert found
    return found.asleep


async def test_to_others_it_does_not_exist(talk: Talk) -> None:
    assert await talk.say("/ban 5") == await talk.say("/unban 5") == await talk.say("/nonsense")


async def test_whoever_is_banned_is_not_answered_and_sleeps_until_that_is_over(admin: Talk) -> None:
    assert await other_says(admin) == 1
    [done] = await admin.say(f"/ban {OTHER}")
    assert done.text == "55 заблокирован: я ничего не отвечаю и не присылаю туда."
    assert (await other_says(admin), await other_says(admin, chat=-9), await is_asleep(admin.db)) == (0, 0, True)
    assert await other_says(admin, user=56, chat=56) == 1
    admin.restarted()
    assert await other_says(admin) == 0
    [undone] = await admin.say(f"/unban {OTHER}")
    assert undone.text == "55 снова получает ответы. Пропущенное придёт со следующим дайджестом."
    assert (await is_asleep(admin.db), await other_says(admin)) == (False, 1)


async def test_who_speaks_in_the_name_of_a_banned_channel_is_not_answered(admin: Talk) -> None:
    """In a group, as Telegram brings it: from an account that all channels share."""
    message = Message(
        message_id=admin.session.next_message_id(),
        date=admin.now,
        chat=TelegramChat(id=-9, type="supergroup", title="?"),
        from_user=User(id=136817688, is_bot=True, first_name="Channel"),
        sender_chat=TelegramChat(id=-1005, type="channel", title="?"),
        text="/search казахстан",
    )

    async def said() -> int:
        return len(await admin.feed(Update(update_id=next(admin.person.update_ids), message=message)))

    assert await said() == 1
    await admin.say("/ban -1005")
    assert await said() == 0


async def test_in_a_chat_that_is_banned_nobody_but_an_admin_is_answered(admin: Talk) -> None:
    await admin.say("/ban -9")
    assert await other_says(admin, chat=-9) == 0
    assert await other_says(admin, chat=-9, user=USER) == 1


async def test_an_admin_who_is_answered_in_a_banned_chat_does_not_wake_it(admin: Talk) -> None:
    await other_says(admin, chat=-9)
    await admin.say("/ban -9")
    assert await other_says(admin, chat=-9, user=USER) == 1
    assert await is_asleep(admin.db, -9)


async def test_a_ban_goes_with_a_group_that_gets_a_new_id(admin: Talk) -> None:
    await other_says(admin, chat=-9)
    await admin.say("/ban -9")
    place = TelegramChat(id=-1000000000009, type="supergroup", title="?")
    await admin.feed_message(chat=place, migrate_from_chat_id=-9)
    assert (await is_asleep(admin.db, place.id), await other_says(admin, chat=place.id)) == (True, 0)
    await admin.say(f"/unban {place.id}")
    assert (await is_asleep(admin.db, place.id), await other_says(admin, chat=place.id)) == (False, 1)


async def test_a_ban_and_its_end_are_undone_by_a_button(admin: Talk) -> None:
    await admin.say(f"/ban {OTHER}")
    await admin.press("Вернуть")
    assert await other_says(admin) == 1
    await admin.press("Вернуть")
    assert await other_says(admin) == 0


async def test_admins_are_not_banned(admin: Talk) -> None:
    [refused] = await admin.say(f"/ban {USER}")
    assert refused.text.startswith("Это администратор")
    async with admin.db.read() as conn:
        assert await bans.load(conn) == []


async def test_a_chat_that_slept_before_sleeps_on(admin: Talk) -> None:
    await other_says(admin)
    async with admin.db.write() as conn:
        await chats.fall_asleep(conn, OTHER, why="blocked", now=NOON)
    await admin.say(f"/ban {OTHER}")
    await admin.say(f"/unban {OTHER}")
    assert await is_asleep(admin.db)


async def test_alone_it_lists_who_is_banned_and_lets_them_in(admin: Talk) -> None:
    [nobody] = await admin.say("/ban")
    assert nobody.text == "Никто не заблокирован. Чтобы заблокировать, пришлите /ban 12345."
    for number in range(7):
        await admin.say(f"/ban {100 + number}")
    [first] = await admin.say("/unban")
    assert first.text == "Заблокированы: 7. Нажмите, чтобы разблокировать."
    assert len(first.buttons) == 7
    await admin.press("▶")
    await admin.press("106")
    async with admin.db.read() as conn:
        assert await bans.load(conn) == [100, 101, 102, 103, 104, 105]
    await admin.press("Вернуть")
    async with admin.db.read() as conn:
        assert sorted(await bans.load(conn)) == [100, 101, 102, 103, 104, 105, 106]


async def test_whoever_was_let_in_last_can_be_banned_again(admin: Talk) -> None:
    await admin.say(f"/ban {OTHER}")
    await admin.say("/ban")
    view, _ = await admin.press(str(OTHER))
    assert view.text.startswith("Никто не заблокирован.")
    assert view.buttons == ("Вернуть",)
    await admin.press("Вернуть")
    assert await other_says(admin) == 0


@pytest.mark.parametrize("words", ["somebody", "1 2", "12345678901234567"])
async def test_what_is_no_number_is_explained(admin: Talk, words: str) -> None:
    assert (await admin.say(f"/ban {words}"))[0].text.startswith("Пришлите номер")
    assert (await admin.say(f"/unban {words}"))[0].text.startswith("Пришлите номер")


@pytest.mark.parametrize(
    ("origin", "meant"),
    [
        (MessageOriginUser(date=NOON, sender_user=User(id=OTHER, is_bot=False, first_name="?")), OTHER),
        (MessageOriginChannel(date=NOON, chat=TelegramChat(id=-1007, type="channel"), message_id=1), -1007),
        (None, None),
    ],
    ids=["person", "channel", "not forwarded"],
)
async def test_a_reply_to_what_was_forwarded_bans_who_wrote_it(
    admin: Talk, origin: Any, meant: TelegramId | None
) -> None:
    place = TelegramChat(id=admin.person.chat_id, type="private")
    forwarded = Message(message_id=900, date=NOON, chat=place, text="?", forward_origin=origin)
    await admin.feed_message(text="/ban", reply_to_message=forwarded)
    async with admin.db.read() as conn:
        assert await bans.load(conn) == ([meant] if meant else [])


async def test_who_has_banned_somebody_is_kept(admin: Talk) -> None:
    await admin.say(f"/ban {OTHER}")
    async with admin.db.read() as conn:
        assert [(row.telegram_id, row.by) for row in await conn.execute(select(ban_rows))] == [(OTHER, USER)]


async def test_a_page_that_is_there_no_more_is_the_last_one(admin: Talk) -> None:
    for number in range(1001, 1008):
        await admin.say(f"/ban {number}")
        admin.now += SECOND
    await admin.say("/ban")
    [page] = await admin.press_data(BansPage(offset=18).pack())
    assert page.buttons == ("Разблокировать 1001", "◀")
