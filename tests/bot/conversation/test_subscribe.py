"""/subscribe and the buttons that follow something."""

from datetime import timedelta

import pytest

from storage import search as searching
from storage import subscriptions
from storage.models import Subscription
from storage.query import MOST_CHARACTERS
from tests.bot.conversation.talk import NOON, Talk, draft


async def followed(talk: Talk) -> list[Subscription]:
    async with talk.db.read() as conn:
        return await subscriptions.of_chat(conn, (await talk.chat()).id)


async def test_subscription_shows_what_the_last_week_would_have_brought(talk: Talk) -> None:
    days = (0, 1, 2, 3, 6, 8)
    await talk.publish([draft(f"Саммит, день {day}", at=NOON - timedelta(days=day)) for day in days])
    [answer] = await talk.say("/subscribe саммиты")
    paragraphs = answer.text.split("\n\n")
    assert paragraphs[0] == "Новая подписка: саммиты.\nИщу: саммит\nЗа последние 7 дней нашлось 5 таких новостей:"
    assert [paragraph.splitlines()[0] for paragraph in paragraphs[1:4]] == [f"Саммит, день {day}" for day in (0, 1, 2)]
    assert paragraphs[4] == "Ближайший дайджест — завтра в 09:00. Другое время: /schedule"
    assert [subscription.text for subscription in await followed(talk)] == ["саммиты"]


@pytest.mark.parametrize(("counted", "said"), [(5, "больше 5 таких новостей"), (21, "больше 21 такой новости")])
async def test_of_a_week_that_brought_more_than_is_counted_it_says_so(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, counted: int, said: str
) -> None:
    monkeypatch.setattr(searching, "COUNTED", counted)
    await talk.publish([draft(f"Саммит, день {number}", at=NOON) for number in range(counted + 1)])
    [answer] = await talk.say("/subscribe саммит")
    assert f"За последние 7 дней нашлось {said}:" in answer.text


async def test_subscription_that_caught_nothing_lately_says_so(talk: Talk) -> None:
    [answer] = await talk.say("/sub саммит")
    assert answer.text.startswith("Новая подписка: саммит. За последние 7 дней таких новостей не было.")


async def test_query_of_the_greatest_length_is_followed_like_any_other(talk: Talk) -> None:
    query = " ".join(f"саммит{number}" for number in range(1010, 1055))
    assert MOST_CHARACTERS - len("() last:7d") < len(query) <= MOST_CHARACTERS
    [answer] = await talk.say(f"/subscribe {query}")
    assert answer.text.startswith("Новая подписка: саммит1010 ")
    assert len(await followed(talk)) == 1


async def test_first_subscription_sets_the_digests_going(talk: Talk) -> None:
    await talk.say("/start")
    assert (await talk.chat()).next_due_at is None
    await talk.say("/subscribe саммит")
    assert (await talk.chat()).next_due_at == NOON + timedelta(hours=21)


async def test_equal_query_is_not_followed_twice(talk: Talk) -> None:
    await talk.say("/subscribe саммит баку")
    [answer] = await talk.say("/subscribe  БАКУ саммит")
    assert answer.text == "Такая подписка уже есть: саммит баку."
    assert len(await followed(talk)) == 1


async def test_paused_subscription_is_named_so(talk: Talk) -> None:
    await talk.say("/subscribe саммит")
    await talk.press("Настроить")
    await talk.press("Приостановить")
    [answer] = await talk.say("/subscribe саммит")
    assert answer.text == "Такая подписка уже есть: саммит. Она на паузе."


async def test_without_a_query_it_is_asked_for(talk: Talk) -> None:
    [question] = await talk.say("/subscribe")
    assert question.text.startswith("На что подписаться?")
    [answer] = await talk.say("саммит")
    assert answer.text.startswith("Новая подписка: саммит.")
    [search] = await talk.say("форум")
    assert search.text.startswith("По запросу форум")


async def test_question_goes_on_after_a_mistake(talk: Talk) -> None:
    await talk.say("/subscribe")
    [mistake] = await talk.say('"саммит')
    assert mistake.text == 'Здесь кавычка открыта, но не закрыта:\n"саммит\nПопробуйте ещё раз или нажмите /cancel.'
    [answer] = await talk.say("саммит")
    assert answer.text.startswith("Новая подписка")


async def test_cancel_drops_the_question(talk: Talk) -> None:
    await talk.say("/subscribe")
    assert [shown.text for shown in await talk.say("/cancel")] == ["Хорошо, забудем."]
    assert (await talk.say("саммит"))[0].text.startswith("По запросу саммит")
    assert [shown.text for shown in await talk.say("/cancel")] == ["Отменять нечего. Что я умею: /help"]


async def test_other_command_drops_the_question(talk: Talk) -> None:
    await talk.say("/subscribe")
    await talk.say("/latest")
    assert (await talk.say("саммит"))[0].text.startswith("По запросу саммит")


async def test_press_of_a_button_drops_the_question(talk: Talk) -> None:
    await talk.say("/settings")
    await talk.say("/subscribe")
    await talk.press("Язык")
    assert (await talk.say("саммит"))[0].text.startswith("По запросу саммит")


async def test_button_under_a_search_follows_that_very_query(talk: Talk) -> None:
    await talk.say('"Совет <Мира>" last:3d')
    talk.restarted()
    [answer] = await talk.press("Подписаться")
    assert answer.text.startswith('Новая подписка: "Совет <Мира>" last:3d.')
    assert [subscription.text for subscription in await followed(talk)] == ['"Совет <Мира>" last:3d']


async def test_button_pressed_twice_says_that_it_is_followed(talk: Talk) -> None:
    await talk.say("саммит")
    message = talk.buttoned()
    await talk.press_on(message, "Подписаться")
    [note] = await talk.press_on(message, "Подписаться")
    assert note.is_note
    assert note.text == "Вы уже подписаны."


async def test_button_under_a_message_without_its_query_says_so(talk: Talk) -> None:
    await talk.say("саммит")
    [note] = await talk.press_on(talk.buttoned().model_copy(update={"entities": None}), "Подписаться")
    assert note.is_note
    assert "больше не работает" in note.text


async def test_switched_off_digests_are_pointed_out(talk: Talk) -> None:
    await talk.say("/schedule off")
    [answer] = await talk.say("/subscribe саммит")
    assert answer.text.endswith("Дайджест выключен: включить — /schedule, посмотреть новое — /digest.")
    assert (await talk.chat()).next_due_at is None


async def test_instant_schedule_promises_news_at_once(talk: Talk) -> None:
    await talk.say("/schedule сразу")
    [answer] = await talk.say("/subscribe саммит")
    assert answer.text.endswith("Напишу, как только выйдет что-то новое.")
