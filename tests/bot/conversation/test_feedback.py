"""«Less of this», and what the settings show of it."""

import pytest
from aiogram.types import Chat as TelegramChat

from bot.story_buttons import Less
from storage import articles
from tests.bot.conversation.stories import open_story, told
from tests.bot.conversation.talk import Shown, Talk

GROUP = TelegramChat(id=-100, type="supergroup", title="Новости")
LESS = (
    "Похожие новости будут идти ниже, но ни одна не пропадёт. Нажмите ещё раз, чтобы отменить; все отметки: /settings"
)


async def marks(talk: Talk) -> str:
    """The line of the settings."""
    return (await talk.say("/settings"))[0].text.splitlines()[-1]


async def test_press_says_what_it_does_and_how_to_undo_it(talk: Talk) -> None:
    await open_story(talk, 1, 2)
    buttons, said = await talk.press("Меньше такого")
    assert said == Shown(LESS, is_note=True)
    assert buttons.buttons == ("☆ Сохранить", "✓ Меньше такого")
    buttons, said = await talk.press("✓ Меньше такого")
    assert said.text == "Отменено: похожие новости идут как прежде."
    assert buttons.buttons == ("☆ Сохранить", "Меньше такого")
    assert await marks(talk) == "Отметки: меньше такого — 0, открыто — 1. Последнее: «Порт: сообщение 2»."


async def test_second_press_on_an_old_message_does_no_harm(talk: Talk) -> None:
    await open_story(talk, 1, 2)
    as_it_was = talk.buttoned()
    await talk.press_on(as_it_was, "Меньше такого")
    [said] = await talk.press_on(as_it_was, "Меньше такого")
    assert said.text == LESS
    assert (await marks(talk)).startswith("Отметки: меньше такого — 1, открыто — 1.")


async def test_less_hides_nothing(talk: Talk) -> None:
    await open_story(talk, 1, 2)
    await talk.press("Меньше такого")
    assert "Порт" in (await talk.say("/latest"))[0].text
    assert "Порт" in (await talk.say("терминал"))[0].text
    assert "Порт" in (await talk.say("/top"))[0].text


async def test_settings_name_what_was_marked_last(talk: Talk) -> None:
    await talk.publish([*told("порт", 1, 2), *told("матч", 3, 4), *told("музей", 5, 6)])
    for number in (1, 2, 3):
        talk.now = talk.now.replace(minute=number)
        await talk.say("/latest")
        await talk.press(f"☰ {number}")
    await talk.press("Меньше такого")
    assert await marks(talk) == (
        "Отметки: меньше такого — 1, открыто — 3. Последнее: «Музей: сообщение 2», «Музей: сообщение 2»."
    )
    [view] = await talk.press("Отметки")
    assert view.text == (
        "Отметки: меньше такого — 1, открыто — 3.\n\n"
        "«Музей: сообщение 2» — меньше такого\n«Музей: сообщение 2» — открыта\n"
        "«Матч: сообщение 2» — открыта\n«Порт: сообщение 2» — открыта\n\n"
        "«Меньше такого», а также открытые и сохранённые новости немного меняют то, что идёт первым. "
        "Ничего не скрывается."
    )
    assert view.buttons == ("Забыть всё это", "‹ Настройки")


async def test_all_is_forgotten_after_a_question(talk: Talk) -> None:
    await open_story(talk, 1, 2)
    await talk.say("/settings")
    [room] = await talk.press("Отметки")
    [question] = await talk.press("Забыть всё это")
    assert question.text == "Забыть, какие новости вы открывали и каких хотели меньше? Отменить это нельзя."
    assert question.buttons == ("Да, забыть", "Нет")
    assert await talk.press("Нет") == [room]
    await talk.press("Забыть всё это")
    view, said = await talk.press("Да, забыть")
    assert said.text == "Забыто: новости идут так, как если бы вы ничего не отмечали."
    assert view.text.startswith("Отметки: меньше такого — 0, открыто — 0.\n\n«Меньше такого», а также")
    assert view.buttons == ("‹ Настройки",)
    assert await marks(talk) == "Отметки: меньше такого — 0, открыто — 0."


async def test_story_that_is_gone_is_marked_no_more(talk: Talk) -> None:
    await open_story(talk, 1, 2)
    await talk.press("Меньше такого")
    page = talk.buttoned()
    async with talk.db.write() as conn:
        await articles.delete(conn, [1, 2])
    assert await marks(talk) == "Отметки: меньше такого — 0, открыто — 0."
    said = (await talk.press_on(page, "✓ Меньше такого"))[-1]
    assert said.text == "Отменено: похожие новости идут как прежде."


@pytest.mark.parametrize("data", [Less(story=99, less=True).pack(), Less(story=(1 << 63) - 1, less=True).pack()])
async def test_story_that_never_was_is_said_to_be_gone(talk: Talk, data: str) -> None:
    await open_story(talk, 1, 2)
    [said] = await talk.press_data(data)
    assert said.text == "Этой новости здесь уже нет."


async def test_each_chat_marks_for_itself(talk: Talk) -> None:
    await open_story(talk, 1, 2)
    await talk.press("Меньше такого")
    talk.person.user_id += 1
    assert await marks(talk) == "Отметки: меньше такого — 0, открыто — 0."
    await talk.say("/latest")
    assert (await talk.press("☰ 1"))[0].buttons == ("☆ Сохранить", "Меньше такого")
    [view] = await talk.feed_message(chat=GROUP, text="/settings@newsbot")
    assert view.text.endswith("Отметки: меньше такого — 0, открыто — 0.")
