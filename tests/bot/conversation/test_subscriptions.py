"""/subscriptions, the card of each, and /unsubscribe."""

from datetime import timedelta

import pytest

from storage import subscriptions
from tests.bot.conversation.talk import Talk, draft


async def follow(talk: Talk, *queries: str) -> None:
    for query in queries:
        await talk.say(f"/subscribe {query}")


async def test_empty_list_says_how_to_begin(talk: Talk) -> None:
    [answer] = await talk.say("/subscriptions")
    assert answer.text == "Подписок пока нет. Напишите /subscribe и тему, например:\n/subscribe средний коридор"


async def test_nothing_to_unsubscribe_from_says_how_to_begin(talk: Talk) -> None:
    [answer] = await talk.say("/unsubscribe all")
    assert answer.text.startswith("Подписок пока нет.")


async def test_page_of_a_list_that_got_shorter_is_its_last(talk: Talk) -> None:
    await follow(talk, *(f"тема{number}" for number in range(1, 10)))
    await talk.say("/subs")
    listed = talk.buttoned()
    await talk.say("/unsubscribe 9")
    [page] = await talk.press_on(listed, "▶")
    assert page.buttons == (*(f"{number}. тема{number}" for number in range(1, 9)), "Файлом")


async def test_list_is_numbered_in_the_order_in_which_it_grew(talk: Talk) -> None:
    await follow(talk, "саммит", '"совет мира"')
    [answer] = await talk.say("/subs")
    assert answer.text == 'У вас 2 подписки. Нажмите на любую, чтобы настроить.\n\n1. саммит\n2. "совет мира"'
    assert answer.buttons == ("1. саммит", '2. "совет мира"', "Файлом")


async def test_number_sent_after_the_question_is_what_to_stop(talk: Talk) -> None:
    for query in ("саммит", "форум"):
        await talk.say(f"/subscribe {query}")
    await talk.say("/unsubscribe")
    [deleted] = await talk.say("2")
    assert deleted.text.startswith("Удалена 1 подписка:\nфорум")
    assert (await talk.say("1"))[0].text.startswith("По запросу 1")


async def test_words_sent_after_the_question_what_to_stop_are_a_search(talk: Talk) -> None:
    await talk.say("/subscribe саммит")
    await talk.say("/unsubscribe")
    assert (await talk.say("саммит"))[0].text.startswith("По запросу саммит")
    assert (await talk.say("1"))[0].text.startswith("По запросу 1")


async def test_long_list_turns_its_pages(talk: Talk) -> None:
    await follow(talk, *(f"тема{number}" for number in range(1, 11)))
    [first] = await talk.say("/subs")
    assert first.buttons == (*(f"{number}. тема{number}" for number in range(1, 9)), "▶", "Файлом")
    [second] = await talk.press("▶")
    assert second.buttons == ("9. тема9", "10. тема10", "◀", "Файлом")


async def test_list_of_the_longest_queries_fits_a_message(talk: Talk) -> None:
    await follow(talk, *(f"т{number} " + "длинное" * 70 for number in range(8)))
    [answer] = await talk.say("/subs")
    assert len(answer.buttons) == 9


async def test_card_opens_in_place_and_leads_back(talk: Talk) -> None:
    await follow(talk, "саммит")
    await talk.say("/subs")
    [card] = await talk.press("саммит")
    assert card.text == "Вы подписаны на саммит с 6 декабря.\nНовости приходят в дайджесте."
    assert card.buttons == (
        *("Приостановить", "Присылать сразу", "Показать последние", "Изменить слова", "Поделиться"),
        *("Удалить", "‹ Все подписки"),
    )
    [back] = await talk.press("‹ Все подписки")
    assert back.text.startswith("У вас 1 подписка.")


async def test_pause_and_resume(talk: Talk) -> None:
    await follow(talk, "саммит")
    await talk.press("Настроить")
    [paused] = await talk.press("Приостановить")
    assert "Подписка на паузе" in paused.text
    assert (await talk.say("/subs"))[0].text.endswith("1. саммит · на паузе")
    await talk.press("саммит")
    [resumed] = await talk.press("Возобновить")
    assert "Новости приходят в дайджесте." in resumed.text


async def test_instant_and_back_to_the_digest(talk: Talk) -> None:
    await follow(talk, "саммит")
    await talk.press("Настроить")
    [instant] = await talk.press("Присылать сразу")
    assert "Новости приходят сразу." in instant.text
    assert (await talk.say("/subs"))[0].text.endswith("1. саммит · сразу")
    await talk.press("саммит")
    [digest] = await talk.press("Присылать в дайджесте")
    assert "Новости приходят в дайджесте." in digest.text


async def test_latest_matches_are_a_search_of_their_own(talk: Talk) -> None:
    await talk.publish([draft(f"Саммит {number}") for number in range(6)])
    await follow(talk, "саммит")
    await talk.press("Настроить")
    [matches] = await talk.press("Показать последние")
    assert matches.text.startswith("По запросу саммит — 6 новостей · 1–5")
    assert matches.buttons == ("▶", "☆ 1", "☆ 2", "☆ 3", "☆ 4", "☆ 5")


async def test_deleted_subscription_comes_back_as_it_was(talk: Talk) -> None:
    await follow(talk, "саммит", "форум")
    await talk.press("Настроить")
    await talk.press("Приостановить")
    [deleted] = await talk.press("Удалить")
    assert deleted.text == "Удалена 1 подписка:\nфорум"
    assert deleted.buttons == ("Вернуть", "‹ Все подписки")
    note, restored = sorted(await talk.press("Вернуть"), key=lambda shown: not shown.is_note)
    assert note.text == "Готово, всё вернул."
    assert restored.text.endswith("1. саммит\n2. форум · на паузе")


async def test_undo_after_a_restart_brings_all_back_as_it_was(talk: Talk) -> None:
    await follow(talk, *(f"т{number} " + "длинное" * 60 for number in range(44)), "саммит")
    await talk.press("Настроить")
    await talk.press("Присылать сразу")
    async with talk.db.read() as conn:
        before = await subscriptions.of_chat(conn, (await talk.chat()).id)
    await talk.say("/unsubscribe all")
    await talk.press("Да, от всех")
    talk.restarted()
    talk.now += timedelta(hours=23)
    await talk.press("Вернуть")
    async with talk.db.read() as conn:
        assert await subscriptions.of_chat(conn, (await talk.chat()).id) == before
    assert before[-1].instant


@pytest.mark.parametrize("again", ["press", "subscribe"])
async def test_undo_of_what_is_back_already_says_so(talk: Talk, again: str) -> None:
    await follow(talk, "саммит")
    await talk.say("/unsubscribe 1")
    deleted = talk.buttoned()
    await (talk.press("Вернуть") if again == "press" else talk.say("/subscribe саммит"))
    note = next(shown for shown in await talk.press_on(deleted, "Вернуть") if shown.is_note)
    assert note.text == "Вернуть не получится: всё уже на месте или удалено слишком давно."
    assert (await talk.say("/subs"))[0].text.endswith("1. саммит")


async def test_undo_after_days_is_too_late(talk: Talk) -> None:
    await follow(talk, "саммит", "форум")
    await talk.say("/unsubscribe саммит")
    deleted = talk.buttoned()
    talk.now += timedelta(days=2)
    await talk.say("/unsubscribe форум")
    listed, note = sorted(await talk.press_on(deleted, "Вернуть"), key=lambda shown: shown.is_note)
    assert note.text == "Вернуть не получится: всё уже на месте или удалено слишком давно."
    assert listed.text.startswith("Подписок пока нет.")


@pytest.mark.parametrize("query", ["саммит", "форум"])
async def test_each_undo_brings_back_its_own(talk: Talk, query: str) -> None:
    await follow(talk, "саммит", "форум")
    deleted = {}
    for doomed in ("саммит", "форум"):
        await talk.say(f"/unsubscribe {doomed}")
        deleted[doomed] = talk.buttoned()
    await talk.press_on(deleted[query], "Вернуть")
    assert (await talk.say("/subs"))[0].text.endswith(f"\n\n1. {query}")


@pytest.mark.parametrize("words", ["2", "форум", "ФОРУМ"])
async def test_unsubscribe_by_number_or_query(talk: Talk, words: str) -> None:
    await follow(talk, "саммит", "форум")
    [answer] = await talk.say(f"/unsubscribe {words}")
    assert answer.text == "Удалена 1 подписка:\nфорум"
    assert (await talk.say("/subs"))[0].text.endswith("1. саммит")


async def test_number_beyond_the_list_is_a_query(talk: Talk) -> None:
    await follow(talk, "саммит", "2025")
    assert (await talk.say("/unsubscribe 2025"))[0].text == "Удалена 1 подписка:\n2025"
    assert (await talk.say("/unsubscribe 3"))[0].text == "Номера 3 в списке подписок нет: /subscriptions"


async def test_unsubscribe_of_an_unreadable_query_is_explained(talk: Talk) -> None:
    await follow(talk, "саммит")
    assert (await talk.say('/unsubscribe "саммит'))[0].text.startswith("Здесь кавычка открыта")


async def test_unsubscribe_without_words_offers_the_list(talk: Talk) -> None:
    await follow(talk, "саммит", "форум")
    [answer] = await talk.say("/unsubscribe")
    assert answer.buttons == ("✕ 1. саммит", "✕ 2. форум")
    assert (await talk.press("саммит"))[0].text == "Удалена 1 подписка:\nсаммит"


@pytest.mark.parametrize("words", ["all", "все", "ВСЁ"])
async def test_unsubscribe_from_all_asks_first(talk: Talk, words: str) -> None:
    await follow(talk, "саммит", "форум")
    [question] = await talk.say(f"/unsubscribe {words}")
    assert question.text == "Отписаться от всех 2 тем?"
    assert len((await talk.press("Нет"))[0].buttons) == 3
    await talk.say(f"/unsubscribe {words}")
    [answer] = await talk.press("Да, от всех")
    assert answer.text == "Удалены 2 подписки:\nсаммит\nфорум"
    await talk.press("Вернуть")
    assert len((await talk.say("/subs"))[0].buttons) == 3


async def test_many_long_deleted_queries_fit_a_message(talk: Talk) -> None:
    await follow(talk, *(f"т{number} " + "длинное" * 60 for number in range(12)))
    await talk.say("/unsubscribe all")
    [answer] = await talk.press("Да, от всех")
    assert "и ещё 4" in answer.text
    await talk.press("Вернуть")
    assert (await talk.say("/subs"))[0].text.startswith("У вас 12 подписок.")


@pytest.mark.parametrize("label", ["Приостановить", "Присылать сразу", "Показать последние", "Удалить"])
async def test_button_of_a_subscription_that_is_gone_says_so(talk: Talk, label: str) -> None:
    await follow(talk, "саммит")
    await talk.press("Настроить")
    card = talk.buttoned()
    await talk.say("/unsubscribe саммит")
    [note] = await talk.press_on(card, label)
    assert note.is_note
    assert note.text == "Этой подписки уже нет."


async def test_card_of_a_subscription_that_is_gone_says_so(talk: Talk) -> None:
    await follow(talk, "саммит", "форум")
    await talk.say("/subs")
    listed = talk.buttoned()
    await talk.say("/unsubscribe саммит")
    [note] = await talk.press_on(listed, "саммит")
    assert note.text == "Этой подписки уже нет."


async def test_nobody_touches_the_subscriptions_of_another_chat(talk: Talk) -> None:
    await follow(talk, "саммит")
    await talk.press("Настроить")
    card = talk.buttoned()
    talk.person.user_id += 1
    [note] = await talk.press_on(
        card.model_copy(update={"chat": card.chat.model_copy(update={"id": talk.person.chat_id})}), "Удалить"
    )
    assert note.text == "Этой подписки уже нет."
    talk.person.user_id -= 1
    assert (await talk.say("/subs"))[0].text.endswith("1. саммит")


async def test_all_deleted_meanwhile_leaves_the_empty_list(talk: Talk) -> None:
    await follow(talk, "саммит")
    await talk.say("/unsubscribe all")
    question = talk.buttoned()
    await talk.say("/unsubscribe 1")
    [answer] = await talk.press_on(question, "Да")
    assert answer.text.startswith("Подписок пока нет.")
