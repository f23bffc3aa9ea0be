"""/stats: what an admin is told of how the bot is."""

from datetime import timedelta

import pytest
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import SendPhoto
from sqlalchemy import insert

from storage import chats
from storage.schema import digests, outbox
from tests.bot.conversation.talk import USER, Talk, draft
from tests.bot.newsroom import DAY, NOON


@pytest.fixture
async def admin(talk: Talk) -> Talk:
    talk.configured(admin_ids=(USER,))
    return talk


async def test_to_others_it_does_not_exist(talk: Talk) -> None:
    assert await talk.say("/stats") == await talk.say("/nonsense")


async def test_where_there_is_nothing_to_draw_it_is_told_in_words(admin: Talk) -> None:
    photos = admin.session.calls_of(SendPhoto)
    [told] = await admin.say("/stats")
    assert photos == []
    assert told.text.splitlines()[:4] == [
        "Как дела у бота",
        "Чаты: личные — 0, группы — 0, каналы — 0",
        "Из них получали дайджест за 7 дней — 0, спят — 0, на паузе — 0",
        "Подписки: 0, разных запросов: 0",
    ]


async def test_the_picture_has_the_figures_in_its_caption(admin: Talk) -> None:
    await admin.say("/subscribe баку")
    await admin.publish([draft(f"Баку {number}") for number in range(14)])
    admin.now += 3 * DAY
    photos = admin.session.calls_of(SendPhoto)
    [told] = await admin.say("/stats")
    assert len(photos) == 1
    lines = told.text.splitlines()
    begin = lines.index("Как дела у бота")
    assert lines[begin + 3 : begin + 8] == [
        "Подписки: 1, разных запросов: 1",
        "Статьи: в среднем за 7 дней — 2 в день, сегодня — 0",
        "Дайджесты: в среднем за 7 дней — 0 в день, сегодня — 0",
        "Сообщения: ждут — 0, отправлено из сегодняшних дайджестов — 0, не доставлены — 0",
        "Источники: работают — 0, с ошибками — 0",
    ]
    assert told.text.endswith("без перезапуска 3 дня")


async def test_where_photos_are_not_let_in_it_is_told_in_words(admin: Talk) -> None:
    await admin.publish([draft("Баку")])
    admin.session.refuse(SendPhoto, lambda method: TelegramBadRequest(method, "not enough rights"))
    [told] = await admin.say("/stats")
    assert told.text.startswith("·············█  статьи")
    assert "Как дела у бота" in told.text


async def test_digests_of_a_week_and_messages_by_what_became_of_them_are_counted(admin: Talk) -> None:
    states = [(timedelta(), ["pending"] * 3 + ["sent"] * 2 + ["refused"]), (3 * DAY, ["sent"]), (8 * DAY, ["sent"])]
    async with admin.db.write() as conn:
        # Digests are numbered in the order of time.
        for number, (ago, messages) in enumerate(reversed(states), 1):
            chat = await chats.ensure(conn, number, kind="private", now=NOON)
            made = {"chat_id": chat.id, "kind": "asked", "composed_at": admin.now - ago}
            await conn.execute(insert(digests).values(id=number, **made))
            for part, state in enumerate(messages, 1):
                message = {"chat_id": chat.id, "digest_id": number, "part": part, "html": "?", "not_before": NOON}
                await conn.execute(insert(outbox).values(**message, state=state))
    lines = (await admin.say("/stats"))[0].text.splitlines()
    assert "Из них получали дайджест за 7 дней — 2, спят — 0, на паузе — 0" in lines
    assert "Сообщения: ждут — 3, отправлено из сегодняшних дайджестов — 2, не доставлены — 1" in lines
