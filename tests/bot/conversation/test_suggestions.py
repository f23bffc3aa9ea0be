"""What a query may have meant, offered as buttons under searches and subscriptions."""

from datetime import timedelta

import pytest
from aiogram.types import Chat as TelegramChat

from bot.conversation.offers import LIMIT
from bot.messages import utf16_length
from storage import articles
from tests.bot.conversation.talk import NOON, Talk, draft

# Too far apart to tell of one event.
APART = timedelta(hours=49)
NEWS = [
    draft("Токаев прибыл в Баку", "Президент Казахстана обсудил Средний коридор.", url="https://report.az/1"),
    draft("Токаев о коридоре", "Казахстан развивает Средний коридор.", at=NOON - APART, url="https://report.az/2"),
    draft("ВОЗ о вакцине", "Всемирная организация здравоохранения одобрила вакцину.", url="https://report.az/3"),
    draft(
        "Вакцина в пути",
        "Всемирная организация здравоохранения отправила её.",
        at=NOON - APART,
        url="https://report.az/4",
    ),
]


@pytest.fixture
async def news(talk: Talk) -> Talk:
    await talk.publish(NEWS)
    return talk


@pytest.mark.parametrize("typed", ["njrftd", "/search njrftd", "Tokayev", "токаеев"])
async def test_a_search_without_hits_offers_what_the_store_has(typed: str, news: Talk) -> None:
    [answer] = await news.say(typed)
    query = typed.removeprefix("/search ")
    offered = "Токаев" if query == "Tokayev" else "токаев"
    assert answer.text == (
        f"По запросу {query} ничего не нашлось. "
        "Попробуйте другие слова или подпишитесь — напишу, когда что-нибудь появится.\n\n"
        f"Возможно, вы имели в виду:\n{offered}"
    )
    assert answer.buttons == (offered, "Подписаться")


async def test_a_press_searches_for_it_in_the_same_message(news: Talk) -> None:
    await news.say('"средний коридорр" -футбол')
    message = news.buttoned()
    [page] = await news.press('"средний коридор" -футбол')
    assert page.text.startswith('По запросу "средний коридор" -футбол — 2 новости')
    assert page.buttons == ("Подписаться", "☆ 1", "☆ 2")
    assert news.buttoned().message_id == message.message_id
    [followed] = await news.press("Подписаться")
    assert followed.text.startswith('Новая подписка: "средний коридор" -футбол.')


async def test_an_offer_works_after_a_restart_and_when_the_store_has_changed(news: Talk) -> None:
    await news.say("njrftd")
    async with news.db.write() as conn:
        await articles.delete(conn, [1, 2])
    news.restarted()
    [page] = await news.press("токаев")
    assert page.text.startswith("По запросу токаев ничего не нашлось.")


async def test_a_button_without_its_offer_says_so(news: Talk) -> None:
    await news.say("njrftd")
    shorn = news.buttoned().model_copy(update={"entities": None})
    [note] = await news.press_on(shorn, "токаев")
    assert note.is_note
    assert "больше не работает" in note.text
    [note] = await news.press_data("i:7:1")
    assert note.is_note


@pytest.mark.parametrize("data", ["i:-1:1", "i:100000:1", "i:x:1", "i", "n:1"])
async def test_data_that_no_button_carries_is_refused(data: str, news: Talk) -> None:
    await news.say("njrftd")
    [note] = await news.press_data(data)
    assert note.is_note


async def test_a_found_query_is_not_second_guessed(news: Talk) -> None:
    [page] = await news.say("токаев")
    assert "Возможно" not in page.text
    assert page.buttons == ("Подписаться", "☆ 1", "☆ 2")
    [page] = await news.say("токаев OR короидор")
    assert "Возможно" not in page.text


async def test_long_queries_are_offered_whole_though_their_labels_are_cut(news: Talk) -> None:
    others = " ".join(f"-слово{number}" for number in range(20))
    [answer] = await news.say(f"токаеев {others}")
    assert answer.text.endswith(f"\nтокаев {others}")
    [label, _] = answer.buttons
    assert label.endswith("…")
    [page] = await news.press(label)
    assert page.text.startswith(f"По запросу токаев {others} — 2 новости")


async def test_offers_keep_to_a_part_of_the_message(talk: Talk) -> None:
    await talk.publish([draft(f"{word} {number}") for word in ("Цена", "Жена", "Лена", "Вена") for number in range(2)])
    assert len((await talk.say("яена"))[0].buttons) == 5
    [answer] = await talk.say("яена " + "😀" * 490)
    offered = answer.text.partition("имели в виду:\n")[2]
    assert offered
    assert utf16_length(offered) <= LIMIT
    assert len(answer.buttons) == len(offered.splitlines()) + 1


async def test_another_name_is_offered_beside_hits_and_added_by_a_press(news: Talk) -> None:
    [page] = await news.say("ВОЗ")
    assert page.text.startswith("По запросу ВОЗ — 1 новость")
    assert page.buttons == ("ещё: Всемирная организация здравоохранения", "Подписаться", "☆ 1")
    [wider] = await news.press("ещё: Всемирная организация здравоохранения")
    assert wider.text.startswith('По запросу ВОЗ OR "Всемирная организация здравоохранения" — 2 новости')
    assert wider.buttons == ("Подписаться", "☆ 1", "☆ 2")


async def test_another_name_is_offered_where_nothing_is_found(news: Talk) -> None:
    [answer] = await news.say("ДДСҰ")
    assert answer.buttons == ("ещё: ВОЗ, Всемирная организация здравоохранения", "Подписаться")
    [page] = await news.press("ещё: ВОЗ, Всемирная организация здравоохранения")
    assert page.text.startswith('По запросу ДДСҰ OR ВОЗ OR "Всемирная организация здравоохранения" — 2 новости')


async def test_a_name_is_offered_once(news: Talk) -> None:
    [answer] = await news.say("Қазақстан")
    assert answer.buttons == ("Казахстан", "Подписаться")


async def test_names_that_are_gone_say_so(news: Talk) -> None:
    await news.say("ВОЗ")
    async with news.db.write() as conn:
        await articles.delete(conn, [3, 4])
    [note] = await news.press("ещё: Всемирная организация здравоохранения")
    assert note.is_note
    assert "больше не работает" in note.text


async def test_a_subscription_to_what_nothing_has_offers_the_same(news: Talk) -> None:
    [answer] = await news.say("/subscribe токаеев")
    assert answer.text.startswith("Новая подписка: токаеев.")
    assert answer.text.endswith("\n\nВозможно, вы имели в виду:\nтокаев")
    assert answer.buttons == ("токаев", "Настроить")
    confirmation = news.buttoned()
    [page] = await news.press("токаев")
    assert page.text.startswith("По запросу токаев — 2 новости")
    assert news.buttoned().message_id != confirmation.message_id


async def test_a_member_of_a_group_is_offered_what_anyone_is(news: Talk) -> None:
    group = TelegramChat(id=-100, type="supergroup", title="Group")
    [answer] = await news.feed_message(chat=group, text="/search njrftd")
    assert answer.buttons == ("токаев", "Подписаться")


@pytest.mark.parametrize(
    ("language", "typed", "label"),
    [
        ("ru", "каждый день в 8 утра", "Дайджест: каждый день в 08:00"),
        ("en", "weekdays at 8:30", "Digest: on weekdays at 08:30"),
        ("kk", "күн сайын таңғы 8-де", "Дайджест: күн сайын 08:00"),
        ("az", "hər gün saat 8-də", "Dayjest: hər gün saat 08:00"),
    ],
)
async def test_times_alone_are_offered_for_the_digest(language: str, typed: str, label: str, news: Talk) -> None:
    await news.say(f"/language {language}")
    [page] = await news.say(typed)
    assert label in page.buttons
    [done] = [shown for shown in await news.press(label) if not shown.is_note]
    assert label in done.text


@pytest.mark.parametrize("typed", ["каждый день в 9", "Токаев", "9:00 и саммит"])
async def test_no_times_are_offered_where_there_are_none_or_the_present_ones(typed: str, news: Talk) -> None:
    [page] = await news.say(typed)
    assert not any(label.startswith("Дайджест") for label in page.buttons)


async def test_no_times_are_offered_in_a_group(news: Talk) -> None:
    group = TelegramChat(id=-100, type="supergroup", title="Новости")
    [page] = await news.feed_message(text="/search каждый день в 8 утра", chat=group)
    assert not any(label.startswith("Дайджест") for label in page.buttons)
