"""/trends: a picture of how often queries are met, and the same in words."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import SendChatAction, SendMessage, SendPhoto
from aiogram.types import Chat as TelegramChat
from hypothesis import given
from hypothesis import strategies as st

from bot.chart import HEIGHT, WIDTH
from bot.conversation.trends import queries_in
from bot.keyboards import FollowShown, SearchShown
from bot.pictures import Picture
from storage import trends as counting
from storage.models import Draft
from tests.bot.conversation.talk import NOON, Talk, draft

DAY = timedelta(days=1)
PNG = b"\x89PNG\r\n\x1a\n"


def articles(*numbers: int, title: str = "Коридор расширяют", site: str = "report.az") -> list[Draft]:
    """So many articles on each of the last days, today's at the end."""
    return [
        draft(title, f"Шаг {ago}, {n}.", at=NOON - ago * DAY, url=f"https://{site}/{ago}/{n}")
        for ago, number in enumerate(reversed(numbers))
        for n in range(number)
    ]


async def test_a_picture_comes_with_the_same_in_words(talk: Talk) -> None:
    photos = talk.session.calls_of(SendPhoto)
    await talk.publish(articles(1, 0, 3, 1))
    [shown] = await talk.say("/trends коридоры")
    assert shown.text == (
        "▃·█▃\n3–6 дек. 2025\u202fг.\n\n"
        "Статей в день · 3–6 дек. 2025\u202fг.\n"
        "коридоры: 5 статей, больше всего 5 декабря: 3\n"
        "Ищу: коридор"
    )
    assert shown.buttons == ("Подписаться", "Показать новости")
    [photo] = photos
    assert isinstance(photo.photo, Picture)
    assert photo.photo.data.startswith(PNG)
    assert photo.photo.data[16:24] == WIDTH.to_bytes(4, "big") + HEIGHT.to_bytes(4, "big")


async def test_queries_are_drawn_beside_one_another(talk: Talk) -> None:
    await talk.publish([*articles(2, 0, 1), *articles(0, 1, title="Саммит в Баку", site="b.az")])
    [shown] = await talk.say("/trends коридор, саммит, единорог")
    assert shown.text == (
        "█·▄  коридор\n··▄  саммит\n···  единорог\n4–6 дек. 2025\u202fг.\n\n"
        "Статей в день · 4–6 дек. 2025\u202fг.\n"
        "коридор: 3 статьи, больше всего 4 декабря: 2\n"
        "саммит: 1 статья, больше всего 6 декабря: 1\n"
        "единорог: ничего"
    )
    assert shown.buttons[:2] == ("Подписаться: коридор", "Новости: коридор")
    assert len(shown.buttons) == 6


async def test_days_are_those_of_the_readers_clock_and_words_of_their_language(talk: Talk) -> None:
    # 03:00 on the 7th in Almaty, 22:00 on the 6th in London.
    talk.now = NOON + timedelta(hours=15)
    await talk.publish([draft("Коридор", at=talk.now)])
    assert "7 декабря: 1" in (await talk.say("/trends коридор"))[0].text
    await talk.say("/timezone Лондон")
    await talk.say("/language en")
    [shown] = await talk.say("/trends коридор")
    assert shown.text.endswith("Articles a day · Dec 6, 2025\nкоридор: 1 article, most on December 6: 1")
    assert shown.buttons == ("Follow this", "Show the stories")


async def test_without_a_query_it_is_asked_for(talk: Talk) -> None:
    await talk.publish(articles(1))
    [question] = await talk.say("/trends")
    assert question.text == (
        "Что посчитать? Напишите один запрос или до трёх через запятую: средний коридор или казахстан, азербайджан."
    )
    [mistake] = await talk.say('"коридор')
    assert mistake.text.endswith("Попробуйте ещё раз или нажмите /cancel.")
    assert "Сравнить можно не больше трёх" in (await talk.say("один, два, три, четыре"))[0].text
    assert "коридор: 1 статья" in (await talk.say("коридор"))[0].text
    assert (await talk.say("коридор"))[0].text.startswith("По запросу коридор — 1 новость")


async def test_what_is_asked_is_dropped_by_another_command(talk: Talk) -> None:
    await talk.say("/trends")
    await talk.say("/latest")
    assert (await talk.say("коридор"))[0].text.startswith("По запросу коридор ничего не нашлось.")


async def test_nothing_found_is_said_without_a_picture(talk: Talk) -> None:
    photos, actions = talk.session.calls_of(SendPhoto), talk.session.calls_of(SendChatAction)
    await talk.publish(articles(1, 1))
    [shown] = await talk.say("/trends единорог, фламинго")
    assert shown.text == "По запросу единорог, фламинго за это время ничего не нашлось: 5–6 дек. 2025\u202fг."
    assert shown.buttons[:2] == ("Подписаться: единорог", "Новости: единорог")
    assert photos == []
    assert "upload_photo" not in [action.action for action in actions]


async def test_more_than_can_be_looked_through_is_said(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "LOOKED_THROUGH", 2)
    await talk.publish(articles(3))
    [shown] = await talk.say('/trends "коридор расширяют"')
    assert shown.text.startswith('По запросу "коридор расширяют" пришлось бы просмотреть слишком много статей.')


async def test_telegram_is_told_that_a_picture_is_being_drawn(talk: Talk) -> None:
    actions = talk.session.calls_of(SendChatAction)
    await talk.publish(articles(1))
    await talk.say("/trends коридор")
    assert "upload_photo" in [action.action for action in actions]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ('/trends баку, "совет', 'Здесь кавычка открыта, но не закрыта:\n"совет'),
        ("/trends баку, (совет, мир", "Здесь скобка открыта, но не закрыта:\n(совет, мир"),
        ("/trends , ,", "В запросе нет слов для поиска: напишите хотя бы одно."),
        ("/trends раз, два, три, четыре", "Сравнить можно не больше трёх запросов. Напишите, пожалуйста, меньше."),
        ("/trends " + ", ".join(name * 90 for name in ("баку", "бакы", "бакс")), "Запрос слишком длинный"),
    ],
)
async def test_what_cannot_be_read_is_explained(talk: Talk, typed: str, sentence: str) -> None:
    [shown] = await talk.say(typed)
    assert shown.text.startswith(sentence)


async def test_a_long_query_leaves_no_room_for_what_it_was_taken_to_mean(talk: Talk) -> None:
    await talk.publish(articles(1))
    queries = [" OR ".join(["коридоры", *(f"{name}{n}" for n in range(22))]) for name in ("слова", "слово", "словом")]
    [shown] = await talk.say("/trends " + ", ".join(queries))
    assert "Ищу" not in shown.text
    assert all(query in shown.text for query in queries)


async def test_the_same_query_twice_is_one(talk: Talk) -> None:
    await talk.publish(articles(1))
    [shown] = await talk.say("/trends белый коридор, коридор белый, Коридор")
    assert "белый коридор: ничего" in shown.text
    assert "коридор белый" not in shown.text
    assert len(shown.buttons) == 4


async def test_a_button_follows_its_query(talk: Talk) -> None:
    await talk.publish(articles(1, 2))
    await talk.say('/trends "коридор расширяют", <b>саммит</b> &amp;')
    message = talk.buttoned()
    shown = await talk.press("Подписаться: <b>саммит</b> &amp;")
    assert shown[0].text.startswith("Новая подписка: <b>саммит</b> &amp;.")
    shown = await talk.press_on(message, 'Подписаться: "коридор расширяют"')
    assert shown[0].text.startswith('Новая подписка: "коридор расширяют".')
    [note] = await talk.press_on(message, 'Подписаться: "коридор расширяют"')
    assert (note.is_note, note.text) == (True, "Вы уже подписаны.")


async def test_what_is_followed_has_no_button_to_follow(talk: Talk) -> None:
    await talk.publish(articles(1))
    await talk.say("/subscribe коридор")
    assert (await talk.say("/trends КОРИДОР"))[0].buttons == ("Показать новости",)
    assert (await talk.say("/trends коридор, баку"))[0].buttons[:2] == ("Новости: коридор", "Подписаться: баку")


async def test_a_button_shows_the_stories_of_its_query(talk: Talk) -> None:
    await talk.publish(articles(1, 2))
    await talk.say("/trends единорог, коридор")
    talk.restarted()
    [page] = await talk.press("Новости: коридор")
    assert page.text.startswith("По запросу коридор — 3 новости\n")


@pytest.mark.parametrize("data", [FollowShown(place=1), SearchShown(place=1), SearchShown(place=99)])
async def test_a_button_without_its_query_says_so(talk: Talk, data: FollowShown | SearchShown) -> None:
    await talk.publish(articles(1))
    await talk.say("/trends коридор")
    [note] = await talk.press_data(data.pack())
    assert note.is_note
    assert "больше не работает" in note.text


async def test_buttons_to_follow_of_the_first_version_still_work(talk: Talk) -> None:
    await talk.say("коридор")
    assert (await talk.press_data("f"))[0].text.startswith("Новая подписка: коридор.")


async def test_groups_and_their_topics_are_answered_where_they_ask(talk: Talk) -> None:
    photos, actions = talk.session.calls_of(SendPhoto), talk.session.calls_of(SendChatAction)
    await talk.publish(articles(1))
    group = TelegramChat(id=-100, type="supergroup", title="Новости", is_forum=True)
    await talk.feed_message(
        chat=group, text="/trends@newsbot коридор", message_thread_id=5, is_topic_message=True, entities=None
    )
    assert [(one.chat_id, one.message_thread_id) for one in photos] == [(-100, 5)]
    assert {(one.chat_id, one.message_thread_id) for one in actions} == {(-100, 5)}


async def test_where_photos_are_not_let_in_the_curve_comes_as_text(talk: Talk) -> None:
    def refused(method: SendPhoto) -> Exception:
        return TelegramBadRequest(method=method, message="Bad Request: not enough rights to send photos to the chat")

    talk.session.refuse(SendPhoto, refused)
    messages = talk.session.calls_of(SendMessage)
    await talk.publish(articles(1, 0, 2))
    [shown] = await talk.say("/trends коридор")
    assert shown.text.startswith("▄·█\n4–6 дек. 2025\u202fг.\nСтатей в день")
    assert shown.buttons == ("Подписаться", "Показать новости")
    assert messages[0].text.startswith("<pre>▄·█\n")
    assert (await talk.press("Показать новости"))[0].text.startswith("По запросу коридор — 3 новости")


@pytest.mark.parametrize(
    ("typed", "queries"),
    [
        ("казахстан", ["казахстан"]),
        ("казахстан,азербайджан,  узбекистан", ["казахстан", "азербайджан", "узбекистан"]),
        ("казахстан vs азербайджан VS. узбекистан", ["казахстан", "азербайджан", "узбекистан"]),
        ("казахстан\nазербайджан\n\n", ["казахстан", "азербайджан"]),
        ('"баку, астана", «раз vs два»', ['"баку, астана"', "«раз vs два»"]),
        ("(баку, астана) OR ((а, б), в), г", ["(баку, астана) OR ((а, б), в)", "г"]),
        (") баку, астана", [") баку", "астана"]),
        ("рост 3,5, рост 4,5 %", ["рост 3,5", "рост 4,5 %"]),
        ("санкции против россии", ["санкции против россии"]),
        ("vsu, avs", ["vsu", "avs"]),
        (", ,", [", ,"]),
    ],
)
def test_queries_are_parted_outside_quotes_and_brackets(typed: str, queries: Sequence[str]) -> None:
    assert queries_in(typed) == queries


@given(st.lists(st.text("аб,\n vs.12", max_size=12).map(lambda text: f'"{text}"'), min_size=1, max_size=4))
def test_what_stands_in_quotes_is_never_parted(quoted: list[str]) -> None:
    assert queries_in(", ".join(quoted)) == quoted
    assert queries_in(" ".join(quoted)) == [" ".join(quoted)]
