"""/saved, and the stars under searches and the newest stories."""

from datetime import timedelta

import pytest
from aiogram.methods import AnswerCallbackQuery

from bot.keyboards import Keep
from storage import articles, saved
from tests.bot.conversation.talk import NOON, Shown, Talk, draft

NEWS = [
    draft(
        f"Порт строят: день {number}",
        f"Смена {number}.",
        at=NOON - timedelta(hours=number),
        url=f"https://a.az/{number}",
    )
    for number in range(1, 13)
]


def note(shown: list[Shown]) -> str:
    [text] = [one.text for one in shown if one.is_note]
    return text


def buttons(shown: list[Shown]) -> tuple[str, ...]:
    [labels] = [one.buttons for one in shown if one.buttons]
    return labels


async def kept(talk: Talk) -> list[str]:
    """The headlines that the chat keeps, in the order of the list."""
    async with talk.db.read() as conn:
        return [one.article.title for one in await saved.of_chat(conn, (await talk.chat()).id, limit=100)]


async def keep_all(talk: Talk) -> None:
    """Saves all twelve."""
    await talk.publish(NEWS)
    await talk.say("/latest")
    for is_last in (False, False, True):
        for place in [label for label in buttons_of(talk) if label.startswith("☆")]:
            await talk.press(place)
        if not is_last:
            await talk.press("▶")


def buttons_of(talk: Talk) -> tuple[str, ...]:
    markup = talk.buttoned().reply_markup
    assert markup
    return tuple(button.text for row in markup.inline_keyboard for button in row)


async def test_empty_list_says_how_to_save(talk: Talk) -> None:
    [answer] = await talk.say("/saved")
    assert answer.text == (
        "Пока ничего не сохранено. Нажмите ☆ под найденным или под /latest — и новость останется здесь насовсем."
    )
    assert answer.buttons == ()


@pytest.mark.parametrize("words", ["порт", "/latest"])
async def test_star_under_an_answer_keeps_the_story_and_says_so(talk: Talk, words: str) -> None:
    await talk.publish(NEWS)
    [page] = await talk.say(words)
    assert page.buttons[-5:] == ("☆ 1", "☆ 2", "☆ 3", "☆ 4", "☆ 5")
    pressed = await talk.press("☆ 2")
    assert note(pressed) == "Новость сохранена. Всё сохранённое: /saved"
    assert buttons(pressed)[-5:] == ("☆ 1", "⭐ 2", "☆ 3", "☆ 4", "☆ 5")
    assert len(await kept(talk)) == 1
    assert (await kept(talk))[0] in page.text


async def test_star_pressed_again_lets_the_story_go(talk: Talk) -> None:
    await talk.publish(NEWS[:1])
    await talk.say("/latest")
    await talk.press("☆ 1")
    pressed = await talk.press("⭐ 1")
    assert note(pressed) == "Новость убрана из сохранённых."
    assert buttons(pressed) == ("☆ 1",)
    assert await kept(talk) == []


async def test_stars_show_what_is_saved_on_every_page_and_after_a_restart(talk: Talk) -> None:
    await talk.publish(NEWS)
    await talk.say("/latest")
    await talk.press("☆ 3")
    talk.restarted()
    [found] = await talk.say('"день 3"')
    assert found.buttons[-1] == "⭐ 1"
    await talk.say("/latest")
    assert (await talk.press("▶"))[0].buttons[-5:] == ("☆ 1", "☆ 2", "☆ 3", "☆ 4", "☆ 5")
    assert (await talk.press("◀"))[0].buttons[-5:] == ("☆ 1", "☆ 2", "⭐ 3", "☆ 4", "☆ 5")


async def test_list_shows_the_story_saved_last_first(talk: Talk) -> None:
    await talk.publish(NEWS[:2])
    await talk.say("/latest")
    await talk.press("☆ 1")
    await talk.press("☆ 2")
    [listed] = await talk.say("/saved")
    assert listed.text == (
        "Сохранённые новости: 2\n\n"
        "1. Порт строят: день 2\nreport.az · 2 часа назад\n\n"
        "2. Порт строят: день 1\nreport.az · 1 час назад\n\nКнопка ✕ с номером уберёт новость."
    )
    assert listed.links == ("https://a.az/2", "https://a.az/1")
    assert listed.buttons == ("✕ 1", "✕ 2")


async def test_list_turns_its_pages_in_place(talk: Talk) -> None:
    await keep_all(talk)
    [first] = await talk.say("/saved")
    message = talk.buttoned()
    assert first.text.startswith("Сохранённые новости: 12\n\n1. Порт строят: день 12\n")
    assert first.buttons == ("▶", *(f"✕ {number}" for number in range(1, 6)))
    [second] = await talk.press("▶")
    assert "\n\n6. Порт строят: день 7\n" in second.text
    assert second.buttons == ("◀", "▶", *(f"✕ {number}" for number in range(6, 11)))
    [last] = await talk.press("▶")
    assert last.buttons == ("◀", "✕ 11", "✕ 12")
    assert (await talk.press("◀"))[0] == second
    assert talk.buttoned().message_id == message.message_id


async def test_page_of_a_list_that_got_shorter_is_its_last(talk: Talk) -> None:
    await keep_all(talk)
    await talk.say("/saved")
    await talk.press("▶")
    listed = talk.buttoned()
    async with talk.db.write() as conn:
        await articles.delete(conn, [1, 2, 3])
    [page] = await talk.press_on(listed, "▶")
    assert page.text.startswith("Сохранённые новости: 9\n")
    assert page.buttons == ("◀", *(f"✕ {number}" for number in range(6, 10)))


async def test_story_is_removed_from_the_list_and_comes_back_to_its_place(talk: Talk) -> None:
    await keep_all(talk)
    before = await kept(talk)
    await talk.say("/saved")
    removed = await talk.press("✕ 2")
    assert note(removed) == "Новость убрана. Передумаете — нажмите ↩."
    assert buttons(removed) == ("▶", "✕ 1", "↩ 2", "✕ 3", "✕ 4", "✕ 5")
    assert await kept(talk) == [before[0], *before[2:]]
    talk.restarted()
    talk.now += timedelta(days=3)
    restored = await talk.press("↩ 2")
    assert note(restored) == "Готово, новость снова на месте."
    assert buttons(restored) == ("▶", *(f"✕ {number}" for number in range(1, 6)))
    assert await kept(talk) == before


async def test_place_in_the_future_is_that_of_now(talk: Talk) -> None:
    await talk.publish(NEWS[:1])
    await talk.say("/latest")
    await talk.press_data(Keep(story=1, number=1, kept=True, since=(1 << 33) - 1).pack())
    async with talk.db.read() as conn:
        [one] = await saved.of_chat(conn, (await talk.chat()).id, limit=1)
    assert one.saved_at == talk.now


async def test_stars_of_an_old_message_say_what_happened_meanwhile(talk: Talk) -> None:
    await talk.publish(NEWS[:1])
    await talk.say("/latest")
    old = talk.buttoned()
    await talk.say("порт")
    await talk.press("☆ 1")
    assert note(await talk.press_on(old, "☆ 1")) == "Эта новость уже сохранена: /saved"
    assert await kept(talk) == [NEWS[0].title]
    starred = talk.buttoned()
    await talk.say("/saved")
    await talk.press("✕ 1")
    again = await talk.press_on(starred, "⭐ 1")
    assert note(again) == "Эта новость уже убрана из сохранённых."
    assert buttons(again) == ("☆ 1",)


@pytest.mark.parametrize("label", ["☆ 1", "↩ 1"])
async def test_story_that_is_deleted_meanwhile_is_said_to_be_gone(talk: Talk, label: str) -> None:
    await talk.publish(NEWS[:1])
    await talk.say("/latest")
    if label == "↩ 1":
        await talk.press("☆ 1")
        await talk.say("/saved")
        await talk.press("✕ 1")
    async with talk.db.write() as conn:
        await articles.delete(conn, [1])
    assert note(await talk.press(label)) == "Этой новости здесь уже нет."
    assert await kept(talk) == []


async def test_two_quick_presses_keep_the_story(talk: Talk) -> None:
    await talk.publish(NEWS[:1])
    await talk.say("/latest")
    shown = talk.buttoned()
    await talk.press_on(shown, "☆ 1")
    assert note(await talk.press_on(shown, "☆ 1")) == "Эта новость уже сохранена: /saved"
    assert await kept(talk) == [NEWS[0].title]


async def test_quick_presses_of_two_stars_show_both(talk: Talk) -> None:
    await talk.publish(NEWS)
    await talk.say("/latest")
    as_it_was = talk.buttoned()
    await talk.press_on(as_it_was, "☆ 1")
    assert buttons(await talk.press_on(as_it_was, "☆ 2")) == ("▶", "⭐ 1", "⭐ 2", "☆ 3", "☆ 4", "☆ 5")


async def test_each_chat_keeps_its_own(talk: Talk) -> None:
    await talk.publish(NEWS[:1])
    await talk.say("/latest")
    await talk.press("☆ 1")
    talk.person.user_id += 1
    assert (await talk.say("/saved"))[0].text.startswith("Пока ничего не сохранено.")
    assert "☆ 1" in (await talk.say("/latest"))[0].buttons


@pytest.mark.parametrize(
    "data", ["ks:9223372036854775808:1:1:", "ks:1:1:1:99999999999", "ks:1:1:1:-1", "ks::1:1:", "k:-1"]
)
async def test_data_that_no_button_carries_changes_nothing(talk: Talk, data: str) -> None:
    await talk.publish(NEWS[:1])
    await talk.say("/latest")
    assert "больше не работает" in note(await talk.press_data(data))
    assert await kept(talk) == []


def test_the_longest_data_fits_a_button() -> None:
    largest = Keep(story=(1 << 63) - 1, number=100_000, kept=False, since=(1 << 33) - 1)
    assert len(largest.pack().encode()) <= 64


async def test_every_press_is_answered_once(talk: Talk) -> None:
    await talk.publish(NEWS[:1])
    await talk.say("/latest")
    answers = talk.session.calls_of(AnswerCallbackQuery)
    await talk.press("☆ 1")
    await talk.press("⭐ 1")
    assert len(answers) == 2
