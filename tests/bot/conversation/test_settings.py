"""/language and /settings."""

import pytest
from aiogram.methods import SetMyCommands

from tests.bot.conversation.talk import Talk


@pytest.mark.parametrize("words", ["en", "EN", "English", "английский", "ағылшынша", "İngilis dili", "in English"])
async def test_language_is_set_by_code_or_name_and_answers_in_it(talk: Talk, words: str) -> None:
    [answer] = await talk.say(f"/language {words}")
    assert answer.text == "From now on I speak English."
    assert (await talk.say("/latest"))[0].text == "There are no articles here yet."


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("казахский", "Енді қазақша сөйлеймін."),
        ("на казахском", "Енді қазақша сөйлеймін."),
        ("қазақша", "Енді қазақша сөйлеймін."),
        ("qazaq tili", "Енді қазақша сөйлеймін."),
        ("Azerbaijani", "Bundan sonra azərbaycanca danışıram."),
        ("азербайджанский", "Bundan sonra azərbaycanca danışıram."),
        ("Azərbaycan dili", "Bundan sonra azərbaycanca danışıram."),
        ("орысша", "Теперь я говорю по-русски."),
    ],
)
async def test_language_is_known_by_its_name_in_any_of_the_four(talk: Talk, words: str, answer: str) -> None:
    assert [shown.text for shown in await talk.say(f"/language {words}")] == [answer]


@pytest.mark.parametrize(("telegrams", "begins"), [("kk", "Тіл: Қазақша."), ("az", "Dil: Azərbaycanca.")])
async def test_telegrams_language_is_spoken_first(talk: Talk, telegrams: str, begins: str) -> None:
    talk.person.language = telegrams
    [view] = await talk.say("/settings")
    assert view.text.startswith(begins)


async def test_chosen_language_wins_over_telegrams(talk: Talk) -> None:
    await talk.say("/language en")
    talk.person.language = "ru"
    talk.restarted()
    assert (await talk.say("/latest"))[0].text == "There are no articles here yet."


async def test_language_set_by_mistake_is_left_by_a_press_on_the_earlier_ones_own_name(talk: Talk) -> None:
    [answer] = await talk.say("/language az")
    assert answer.buttons == ("Русский",)
    view, note = await talk.press("Русский")
    assert note.text == "Теперь я говорю по-русски."
    assert view.text.startswith("Язык")
    assert (await talk.say("/language ru"))[0].buttons == ()


@pytest.mark.parametrize("words", ["/language", "/language клингонский"])
async def test_languages_are_offered_as_buttons(talk: Talk, words: str) -> None:
    [view] = await talk.say(words)
    assert view.buttons == ("✓ Русский", "English", "Қазақша", "Azərbaycanca", "‹ Настройки")
    changed, note = await talk.press("English")
    assert changed.text == "Language: English."
    assert changed.buttons == ("Русский", "✓ English", "Қазақша", "Azərbaycanca", "‹ Settings")
    assert note.text == "From now on I speak English."


async def test_menu_of_the_chat_follows_its_language(talk: Talk) -> None:
    menus = talk.session.calls_of(SetMyCommands)
    await talk.say("/language en")
    [call] = menus
    assert call.commands[0].description == "begin, and pick topics"
    assert getattr(call.scope, "chat_id", None) == talk.person.chat_id


async def test_unknown_language_of_an_old_button_is_refused(talk: Talk) -> None:
    await talk.say("/language")
    [note] = await talk.press_data("g:tlh")
    assert note.text == "На этом языке я больше не говорю."


async def test_settings_show_everything_at_a_glance(talk: Talk) -> None:
    await talk.say("/subscribe саммит")
    [view] = await talk.say("/settings")
    assert view.text == (
        "Язык: Русский.\nЧасовой пояс: Алматы, UTC+5. Сейчас там 12:00.\nДайджест: каждый день в 09:00.\nПодписок: 1.\n"
        "Новостей на тему: все.\nЯзыки статей: все.\nКартинки: не показываю.\nОтметки: меньше такого — 0, открыто — 0."
    )


@pytest.mark.parametrize(
    ("door", "room"),
    [
        ("Язык", "Язык: Русский."),
        ("Часовой пояс", "Часовой пояс: Алматы"),
        ("Время дайджеста", "Дайджест: каждый день в 09:00."),
        ("Подписки", "Подписок пока нет."),
        ("Новостей на тему", "Новостей на тему: все."),
        ("Языки статей", "Языки статей: все."),
        ("Отметки", "Отметки: меньше такого — 0, открыто — 0."),
    ],
)
async def test_settings_lead_to_each_room(talk: Talk, door: str, room: str) -> None:
    await talk.say("/settings")
    [view] = await talk.press(door)
    assert view.text.startswith(room)


@pytest.mark.parametrize(
    "door", ["Язык", "Часовой пояс", "Время дайджеста", "Новостей на тему", "Отметки", "Языки статей"]
)
async def test_rooms_lead_back_to_the_settings(talk: Talk, door: str) -> None:
    [before] = await talk.say("/settings")
    await talk.press(door)
    assert await talk.press("‹ Настройки") == [before]


async def test_pictures_are_turned_on_and_off_in_place(talk: Talk) -> None:
    await talk.say("/settings")
    changed, note = await talk.press("Показывать картинки")
    assert "Картинки: показываю." in changed.text
    assert note.text == "Теперь новости приходят с картинкой."
    assert (await talk.chat()).images
    changed, note = await talk.press("Без картинок")
    assert "Картинки: не показываю." in changed.text
    assert note.text == "Картинок больше не будет."
    assert not (await talk.chat()).images


@pytest.mark.parametrize(
    ("label", "limit", "said"), [("3", 3, "3"), ("5", 5, "5"), ("10", 10, "10"), ("Все", None, "все")]
)
async def test_stories_of_a_topic_are_limited_by_a_button(talk: Talk, label: str, limit: int | None, said: str) -> None:
    await talk.say("/settings")
    await talk.press("Новостей на тему")
    await talk.press("5" if limit != 5 else "3")
    view, *_note = await talk.press(label)
    assert f"✓ {label}" in view.buttons
    assert view.text.startswith(f"Новостей на тему: {said}.")
    assert (await talk.chat()).topic_limit == limit


@pytest.mark.parametrize("data", ["tl:7", "tl:100", "tl:-1", "im:?", "o:nowhere"])
async def test_what_no_button_offers_is_not_set(talk: Talk, data: str) -> None:
    await talk.say("/settings")
    [note] = await talk.press_data(data)
    assert note.text == "Эта кнопка больше не работает. Что я умею: /help"
    chat = await talk.chat()
    assert (chat.topic_limit, chat.images) == (None, False)
