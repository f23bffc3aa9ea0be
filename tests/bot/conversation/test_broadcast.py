"""/broadcast: shown first, then told to all who want to hear, once, and stopped where it should be."""

import pytest
from aiogram.types import Chat as TelegramChat
from aiogram.types import Message, MessageEntity
from sqlalchemy import select

from bot.broadcasting import SHOWN_EVERY, Broadcasting
from bot.conversation.admin_buttons import Halt
from storage import broadcasts, chats, forgetting
from storage.database import Database
from storage.schema import broadcasts as broadcast_table
from storage.schema import outbox
from tests.bot.conversation.talk import USER, Talk
from tests.bot.newsroom import DAY, NOON, SECOND


@pytest.fixture
async def admin(talk: Talk) -> Talk:
    talk.configured(admin_ids=(USER,))
    return talk


async def meet(db: Database, *telegram_ids: int) -> None:
    async with db.write() as conn:
        for telegram_id in telegram_ids:
            await chats.ensure(conn, telegram_id, now=NOON)


def broadcasting(talk: Talk) -> Broadcasting:
    return Broadcasting(talk.bot, talk.db, talk.settings, talk.i18n)


async def waiting(db: Database) -> list[str]:
    async with db.read() as conn:
        return list((await conn.execute(select(outbox.c.html).order_by(outbox.c.id))).scalars())


async def settle(db: Database, *, state: str = "sent") -> None:
    async with db.write() as conn:
        await conn.execute(outbox.update().values(state=state))


async def test_to_others_it_does_not_exist(talk: Talk) -> None:
    assert await talk.say("/broadcast all") == await talk.say("/nonsense")
    assert await waiting(talk.db) == []


async def test_it_is_shown_as_it_will_look_and_told_to_all(admin: Talk) -> None:
    await meet(admin.db, 1, 2, -3)
    bold = MessageEntity(type="bold", offset=len("/broadcast 😀 ") + 1, length=5)
    preview, question = await admin.feed_message(text="/broadcast 😀 <b> & all", entities=[bold])
    assert preview.text == "😀 <b> & all"
    assert "3 чата" in question.text
    assert "личных 2, групп 1, каналов 0" in question.text
    [chosen] = await admin.press("Только личные")
    assert "2 чата" in chosen.text
    [under_way] = await admin.press("Отправить")
    assert under_way.text == "Рассылаю: получили 0 из 2. Дайджесты идут раньше."
    spread = broadcasting(admin)
    await spread.go_on(now=admin.now)
    await spread.go_on(now=admin.now)
    html = "😀 <b>&lt;b&gt; &amp;</b> all"
    assert await waiting(admin.db) == [html] * 2
    await settle(admin.db)
    admin.eyes.seen.clear()
    await spread.go_on(now=admin.now + SHOWN_EVERY)
    assert [(shown.text, shown.buttons) for shown in admin.eyes.seen] == [
        ("Сообщение разослано: его получили 2 из 2.", ())
    ]
    await spread.go_on(now=admin.now + DAY)
    assert len(await waiting(admin.db)) == 2


async def test_what_is_longer_than_a_message_is_refused(admin: Talk) -> None:
    [answer] = await admin.say("/broadcast " + "ы" * 4097)
    assert answer.text == "Это длиннее, чем может быть сообщение. Сократите, пожалуйста: /broadcast"


async def test_it_is_asked_for_where_there_are_no_words(admin: Talk) -> None:
    await meet(admin.db, 1)
    [asked] = await admin.say("/broadcast")
    assert asked.text.startswith("Что сообщить всем?")
    preview, question = await admin.say("Привет")
    assert (preview.text, question.buttons) == ("Привет", ("✓ Всем", "Только личные", "Отправить", "Отменить"))
    [gone] = await admin.press("Отменить")
    assert gone.text == "Хорошо, никто этого не получит."
    async with admin.db.read() as conn:
        assert (await conn.execute(select(broadcast_table))).all() == []


async def test_where_nobody_would_get_it_a_sentence_says_so(admin: Talk) -> None:
    _, question = await admin.say("/broadcast Привет")
    assert question.text == "Так это будет выглядеть. Но сейчас этого никто не получит: все эти чаты спят или на паузе."
    assert question.buttons == ("✓ Всем", "Только личные", "Отменить")


async def test_a_message_that_is_replied_to_is_told(admin: Talk) -> None:
    place = TelegramChat(id=admin.person.chat_id, type="private")
    italic = MessageEntity(type="italic", offset=0, length=6)
    replied = Message(message_id=900, date=admin.now, chat=place, text="Привет", entities=[italic])
    await meet(admin.db, 1)
    preview, _ = await admin.feed_message(text="/broadcast", reply_to_message=replied)
    assert preview.text == "Привет"
    await admin.press("Отправить")
    await broadcasting(admin).go_on(now=admin.now)
    assert await waiting(admin.db) == ["<i>Привет</i>"]


async def test_it_goes_on_after_a_restart_and_nobody_hears_it_twice(
    admin: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.broadcasting.PAGE", 2)
    await meet(admin.db, 1, 2, 3, 4)
    await admin.say("/broadcast Привет")
    await admin.press("Отправить")
    for _ in range(5):
        await broadcasting(admin).go_on(now=admin.now)
    assert len(await waiting(admin.db)) == 4


async def test_few_messages_wait_at_once(admin: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.broadcasting.PAGE", 2)
    monkeypatch.setattr("bot.broadcasting.WINDOW", 2)
    await meet(admin.db, 1, 2, 3, 4)
    await admin.say("/broadcast Привет")
    await admin.press("Отправить")
    for _ in range(3):
        await broadcasting(admin).go_on(now=admin.now)
    assert len(await waiting(admin.db)) == 2


async def test_stop_takes_back_what_is_not_sent(admin: Talk) -> None:
    """What is on its way arrives, and is counted."""
    await meet(admin.db, 1, 2, 3)
    await admin.say("/broadcast Привет")
    await admin.press("Отправить")
    await broadcasting(admin).go_on(now=admin.now)
    async with admin.db.write() as conn:
        for number, state in ((1, "sent"), (2, "sending")):
            await conn.execute(outbox.update().where(outbox.c.id == number).values(state=state))
    [stopped] = await admin.press("Остановить")
    assert stopped.text == "Остановлено: получили 2 чата, больше никто не получит."
    await broadcasting(admin).go_on(now=admin.now + DAY)
    assert len(await waiting(admin.db)) == 2


async def test_who_wakes_meanwhile_is_told_and_counted(admin: Talk) -> None:
    await meet(admin.db, 1, 2)
    async with admin.db.write() as conn:
        await chats.fall_asleep(conn, 2, why="blocked", now=NOON)
    await admin.say("/broadcast Привет")
    await admin.press("Отправить")
    await meet(admin.db, 2)
    spread = broadcasting(admin)
    await spread.go_on(now=admin.now)
    await settle(admin.db)
    admin.eyes.seen.clear()
    for _ in range(2):
        await spread.go_on(now=admin.now + SHOWN_EVERY)
    assert admin.eyes.seen[-1].text == "Сообщение разослано: его получили 2 из 2."


async def test_a_draft_cannot_be_stopped(admin: Talk) -> None:
    await meet(admin.db, 1)
    await admin.say("/broadcast Привет")
    assert [shown.text for shown in await admin.press_data(Halt(broadcast=1).pack())] == [
        "Это уже решено. Начать заново: /broadcast"
    ]
    await admin.press("Отправить")
    await broadcasting(admin).go_on(now=admin.now)
    assert len(await waiting(admin.db)) == 1


async def test_progress_is_shown_seldom(admin: Talk) -> None:
    await meet(admin.db, 1, 2)
    await admin.say("/broadcast Привет")
    await admin.press("Отправить")
    spread = broadcasting(admin)
    await spread.go_on(now=admin.now)
    await spread.go_on(now=admin.now)
    async with admin.db.write() as conn:
        await conn.execute(outbox.update().where(outbox.c.id == 1).values(state="sent"))
    admin.eyes.seen.clear()
    await spread.go_on(now=admin.now + SHOWN_EVERY / 2)
    assert admin.eyes.seen == []
    # What has not changed is not said again.
    for times in (1, 2, 3):
        await spread.go_on(now=admin.now + times * SHOWN_EVERY)
    assert [shown.text for shown in admin.eyes.seen] == ["Рассылаю: получили 1 из 2. Дайджесты идут раньше."]


async def test_an_old_button_says_that_it_is_decided(admin: Talk) -> None:
    await meet(admin.db, 1)
    await admin.say("/broadcast Привет")
    old = admin.buttoned()
    await admin.press("Отменить")
    for label in ("Отправить", "Отменить", "Только личные"):
        [toast] = await admin.press_on(old, label)
        assert toast.text == "Это уже решено. Начать заново: /broadcast"


async def test_what_a_forgotten_admin_has_begun_ends(admin: Talk) -> None:
    await meet(admin.db, 1)
    await admin.say("/broadcast Привет")
    await admin.press("Отправить")
    async with admin.db.write() as conn:
        await forgetting.forget(conn, [], telegram_id=admin.person.chat_id, user=USER)
    await broadcasting(admin).go_on(now=admin.now)
    assert await waiting(admin.db) == []


async def test_what_chats_that_sleep_have_not_taken_ends_it_after_two_days(admin: Talk) -> None:
    await meet(admin.db, 1)
    await admin.say("/broadcast Привет")
    # The two days begin with the press, not with the draft.
    admin.now += DAY
    await admin.press("Отправить")
    spread = broadcasting(admin)
    for later, is_under_way in ((0 * DAY, True), (2 * DAY, True), (2 * DAY + SECOND, False)):
        for _ in range(2):
            await spread.go_on(now=admin.now + later)
        async with admin.db.read() as conn:
            assert bool(await broadcasts.sending(conn)) is is_under_way
