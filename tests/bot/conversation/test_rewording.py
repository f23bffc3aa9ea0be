"""Other words for a subscription: it stays the same one, and can be brought back as it was."""

from datetime import timedelta

from sqlalchemy import select

from storage import dialogues, subscriptions
from storage.models import Subscription
from storage.schema import subscriptions as rows
from tests.bot.conversation.talk import Talk, draft


async def followed(talk: Talk) -> list[Subscription]:
    async with talk.db.read() as conn:
        return await subscriptions.of_chat(conn, (await talk.chat()).id)


async def state_of(talk: Talk, id_: int) -> tuple[int, int]:
    async with talk.db.read() as conn:
        row = (await conn.execute(select(rows.c.after_article, rows.c.cursor).where(rows.c.id == id_))).one()
    return row.after_article, row.cursor


async def asked(talk: Talk, query: str = "самит") -> str:
    await talk.say(f"/subscribe {query}")
    await talk.press("Настроить")
    [question] = await talk.press("Изменить слова")
    return question.text


async def test_words_are_asked_for_and_taken(talk: Talk) -> None:
    assert await asked(talk) == "Что искать вместо самит? Пришлите новые слова или /cancel."
    [before] = await followed(talk)
    [told] = await talk.say("саммит")
    assert told.text.startswith("Теперь вы подписаны на саммит вместо самит.")
    assert told.buttons == ("Вернуть", "Настроить")
    [after] = await followed(talk)
    assert (after.id, after.text, after.created_at) == (before.id, "саммит", before.created_at)


async def test_what_was_stored_before_is_not_new_to_the_new_words(talk: Talk) -> None:
    await asked(talk)
    await talk.publish([draft("Саммит в Баку")])
    await talk.say("саммит")
    [after] = await followed(talk)
    assert await state_of(talk, after.id) == (1, 0)


async def test_undone_words_go_on_from_where_they_stood(talk: Talk) -> None:
    await asked(talk)
    [before] = await followed(talk)
    stood = await state_of(talk, before.id)
    await talk.publish([draft("Самит в Баку")])
    await talk.say("саммит")
    note, card = sorted(await talk.press("Вернуть"), key=lambda shown: not shown.is_note)
    assert note.text == "Готово, слова прежние."
    assert card.text.startswith("Вы подписаны на самит")
    assert await followed(talk) == [before]
    assert await state_of(talk, before.id) == stood


async def test_words_are_brought_back_once(talk: Talk) -> None:
    await asked(talk)
    await talk.say("саммит")
    told = talk.buttoned()
    await talk.press("Вернуть")
    [note] = await talk.press_on(told, "Вернуть")
    assert note.text.startswith("Всё уже на месте")


async def test_words_followed_anew_meanwhile_are_not_brought_back(talk: Talk) -> None:
    await asked(talk)
    await talk.say("саммит")
    told = talk.buttoned()
    await talk.say("/subscribe самит")
    [note] = await talk.press_on(told, "Вернуть")
    assert note.is_note
    assert [one.text for one in await followed(talk)] == ["саммит", "самит"]


async def test_same_words_written_otherwise_need_no_undoing(talk: Talk) -> None:
    await asked(talk, "саммит баку")
    [told] = await talk.say("Саммит  Баку")
    assert told.buttons == ("Настроить",)
    assert [one.text for one in await followed(talk)] == ["Саммит  Баку"]


async def test_words_that_are_followed_already_are_asked_for_again(talk: Talk) -> None:
    await talk.say("/subscribe форум")
    await asked(talk)
    [answer] = await talk.say("форум")
    assert answer.text == "Такая подписка уже есть: форум.\nПопробуйте ещё раз или нажмите /cancel."
    [told] = await talk.say("саммит")
    assert told.text.startswith("Теперь вы подписаны на саммит вместо самит.")


async def test_words_that_cannot_be_read_are_asked_for_again(talk: Talk) -> None:
    await asked(talk)
    [answer] = await talk.say('"саммит')
    assert answer.text.startswith("Здесь кавычка открыта")
    await talk.say("саммит")
    assert [one.text for one in await followed(talk)] == ["саммит"]


async def test_words_may_stay_as_they_are(talk: Talk) -> None:
    await asked(talk)
    await talk.say("/cancel")
    await talk.say("саммит")
    assert [one.text for one in await followed(talk)] == ["самит"]
    async with talk.db.read() as conn:
        assert await dialogues.load(conn, since=talk.now - timedelta(days=1)) == {}


async def test_what_was_deleted_meanwhile_gets_no_new_words(talk: Talk) -> None:
    await asked(talk)
    async with talk.db.write() as conn:
        await conn.execute(rows.delete())
    [answer] = await talk.say("саммит")
    assert answer.text == "Этой подписки уже нет."
    [note] = await talk.press_data("cw:1")
    assert note.is_note
