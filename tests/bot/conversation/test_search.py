"""/search, plain text and /latest, with their pages."""

from datetime import timedelta

import pytest

from bot.keyboards import ResultsPage
from storage import articles
from storage import search as searching
from tests.bot.conversation.talk import NOON, Talk, draft

CORRIDOR = [
    draft(
        f"Коридор расширяют: шаг {number}",
        f"Документ {number}.",
        at=NOON - timedelta(hours=number),
        url=f"https://report.az/{number}",
    )
    for number in range(12)
]
# The buttons that save the stories of a full page.
STARS = ("☆ 1", "☆ 2", "☆ 3", "☆ 4", "☆ 5")


@pytest.mark.parametrize("words", ["/search коридоры", "/SEARCH коридоры", "коридоры", "/search@newsbot коридоры"])
async def test_stories_are_found_by_any_form_with_or_without_the_command(talk: Talk, words: str) -> None:
    await talk.publish(CORRIDOR[:1])
    [page] = await talk.say(words)
    assert page.text == (
        "По запросу коридоры — 1 новость\nИщу: коридор\n\n"
        "Коридор расширяют: шаг 0\nreport.az · 1 минуту назад\nДокумент 0.\n\nКнопка ☆ с номером сохранит новость."
    )
    assert page.links == ("https://report.az/0",)
    assert page.bold == ("Коридор",)
    assert page.buttons == ("Подписаться", "☆ 1")


async def test_pages_turn_in_place_and_back(talk: Talk) -> None:
    await talk.publish(CORRIDOR)
    [first] = await talk.say("коридор")
    assert first.text.startswith("По запросу коридор — 12 новостей · 1–5")
    assert first.buttons == ("▶", "Подписаться", *STARS)
    message = talk.buttoned()
    [second] = await talk.press("▶")
    assert second.text.startswith("По запросу коридор — 12 новостей · 6–10")
    assert second.buttons == ("◀", "▶", "Подписаться", *STARS)
    [last] = await talk.press("▶")
    assert last.text.startswith("По запросу коридор — 12 новостей · 11–12")
    assert last.buttons == ("◀", "Подписаться", "☆ 1", "☆ 2")
    assert (await talk.press("◀"))[0].text == second.text
    turned = talk.buttoned()
    assert turned.message_id == message.message_id


async def test_pages_turn_after_a_restart(talk: Talk) -> None:
    await talk.publish(CORRIDOR)
    await talk.say('"коридор расширяют" -"<b>футбол</b>"')
    talk.restarted()
    [page] = await talk.press("▶")
    assert page.text.startswith('По запросу "коридор расширяют" -"<b>футбол</b>" — 12 новостей · 6–10')


@pytest.mark.parametrize(("counted", "said"), [(5, "больше 5 новостей"), (11, "больше 11 новостей")])
async def test_more_stories_than_are_counted_are_told_to_be_more(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, counted: int, said: str
) -> None:
    monkeypatch.setattr(searching, "COUNTED", counted)
    await talk.publish(CORRIDOR)
    [page] = await talk.say("коридор")
    assert page.text.startswith(f"По запросу коридор — {said} · 1–5\n")


async def test_page_of_a_message_without_its_query_says_so(talk: Talk) -> None:
    await talk.publish(CORRIDOR)
    await talk.say("коридор")
    message = talk.buttoned()
    shorn = message.model_copy(update={"entities": None})
    [note] = await talk.press_on(shorn, "▶")
    assert note.is_note
    assert "больше не работает" in note.text


@pytest.mark.parametrize("words", ["коридор", "/latest"])
async def test_page_that_is_gone_is_the_last_one_there_is(talk: Talk, words: str) -> None:
    await talk.publish(CORRIDOR[:6])
    await talk.say(words)
    async with talk.db.write() as conn:
        await articles.delete(conn, [3])
    [page] = await talk.press("▶")
    assert page.text.count("шаг") == 5
    assert "▶" not in page.buttons


@pytest.mark.parametrize("words", ["коридор", "/latest"])
async def test_what_comes_meanwhile_shifts_no_page(talk: Talk, words: str) -> None:
    await talk.publish(CORRIDOR)
    shown = [(await talk.say(words))[0].text]
    shown += [(await talk.press("▶"))[0].text for _ in range(2)]
    later = [
        draft(f"Коридор: новое {n}", f"Новое {n}.", at=NOON - timedelta(minutes=n), url=f"https://a.az/{n}")
        for n in range(3)
    ]
    again = [(await talk.say(words))[0].text]
    await talk.publish(later)
    again += [(await talk.press("▶"))[0].text for _ in range(2)]
    assert again == shown
    [fresh] = await talk.say(words)
    assert "новое 0" in fresh.text


async def test_buttons_of_the_first_version_turn_what_there_is_now(talk: Talk) -> None:
    await talk.publish(CORRIDOR)
    await talk.say("/latest")
    [second] = await talk.press_data("l:5")
    assert "шаг 5\n" in second.text
    assert ResultsPage.unpack("r:5:1") == ResultsPage(offset=5, by_date=True, up_to=0)


async def test_nothing_found_offers_to_follow(talk: Talk) -> None:
    [answer] = await talk.say("единорог")
    assert answer.text.startswith("По запросу единорог ничего не нашлось.")
    assert answer.buttons == ("Подписаться",)


async def test_followed_query_has_no_button_to_follow(talk: Talk) -> None:
    await talk.say("/subscribe белый единорог")
    [answer] = await talk.say("ЕДИНОРОГ белый")
    assert answer.buttons == ("‹ Все подписки",)


async def test_search_without_words_shows_how(talk: Talk) -> None:
    [answer] = await talk.say("/search")
    assert answer.text == "Что найти? Например:\n/search средний коридор"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ('баку "совет', 'Здесь кавычка открыта, но не закрыта:\n"совет'),
        ("баку (совет", "Здесь скобка открыта, но не закрыта:\n(совет"),
        ("баку)", "У этой закрывающей скобки нет открывающей:\nбаку)"),
        (
            "-футбол",
            "Понятно, что исключить, но непонятно, что искать. Добавьте хотя бы одно слово без минуса:\n-футбол",
        ),
        ("after:завтра", "Это не похоже на дату (например, 2025-12-31):\nзавтра"),
        (
            "слово " * 100,
            "Запрос слишком длинный — сократите его, пожалуйста: не больше 500 знаков, 50 слов и 20 скобок "
            "друг в друге.",
        ),
        ("...", "В запросе нет слов для поиска: напишите хотя бы одно."),
    ],
)
async def test_query_that_cannot_be_read_is_explained(talk: Talk, query: str, sentence: str) -> None:
    [answer] = await talk.say(query)
    assert answer.text == sentence


async def test_latest_turns_through_all_stories(talk: Talk) -> None:
    await talk.publish(CORRIDOR)
    [first] = await talk.say("/latest")
    assert first.text.startswith("Последние новости\n\nКоридор расширяют: шаг 0\n")
    assert first.buttons == ("▶", *STARS)
    [second] = await talk.press("▶")
    assert "шаг 5\n" in second.text
    [last] = await talk.press("▶")
    assert "шаг 11\n" in last.text
    assert last.buttons == ("◀", "☆ 1", "☆ 2")


async def test_latest_of_an_empty_store_says_so(talk: Talk) -> None:
    [answer] = await talk.say("/latest")
    assert answer.text == "Статей пока нет."


async def test_dates_follow_the_chats_zone_and_language(talk: Talk) -> None:
    late = NOON - timedelta(days=1, hours=11)  # 01:00 in Almaty, 00:00 in Baku
    await talk.publish([draft("Коридор", at=late), draft("Коридор закрыт", at=late - timedelta(minutes=1))])
    await talk.say("/timezone Баку")
    await talk.say("/language en")
    [page] = await talk.say("коридор")
    assert page.text.splitlines()[0] == "2 stories for коридор"
    bylines = [line for line in page.text.splitlines() if line.startswith("report.az")]
    assert bylines == ["report.az · December 5", "report.az · December 4"]
