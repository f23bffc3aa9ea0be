"""/top: the day's stories by how many tell them."""

from datetime import UTC, datetime, timedelta

import pytest
from aiogram.types import Chat as TelegramChat

from storage import articles
from tests.bot.conversation.stories import HOUR, TEXTS, told
from tests.bot.conversation.talk import Talk, draft

GROUP = TelegramChat(id=-100, type="supergroup", title="Новости")
SIGNS = "\n\nКнопка ☆ с номером сохранит новость, ☰ покажет все её статьи."


async def test_stories_that_most_sources_tell_come_first(talk: Talk) -> None:
    await talk.publish([*told("матч", 1), *told("порт", 2, 3, 5, sources=2), *told("выборы", 4, 6, 8)])
    [page] = await talk.say("/top")
    assert page.text == (
        "Главное за сутки\n\n"
        "1. Выборы: сообщение 3\nГазета 3, Газета 2, Газета 1 · 8 часов назад\n3 источника, 3 статьи\n\n"
        "2. Порт: сообщение 3\nГазета 1, Газета 2 · 5 часов назад\n2 источника, 3 статьи\n\n"
        f"3. Матч: сообщение 1\nГазета 1 · 1 час назад{SIGNS}"
    )
    assert page.buttons == ("☰ 1", "☰ 2", "☰ 3", "☆ 1", "☆ 2", "☆ 3")


async def test_only_what_was_published_in_the_last_day_counts(talk: Talk) -> None:
    await talk.publish([*told("порт", 1, 30, 40, 50), *told("матч", 2, 3), *told("выборы", 25)])
    [page] = await talk.say("/top")
    assert "Матч" in page.text.split("\n\n")[1]
    assert "Порт" in page.text.split("\n\n")[2]
    assert "Выборы" not in page.text


async def test_pages_turn_in_place_and_number_through(talk: Talk) -> None:
    await talk.publish([one for hour, word in enumerate(TEXTS) for one in told(word, hour)])
    [first] = await talk.say("/top")
    message = talk.buttoned()
    assert first.text.startswith("Главное за сутки · 1–5/6\n\n1. Порт")
    assert first.buttons[:2] == ("▶", "☰ 1")
    [second] = await talk.press("▶")
    assert second.text == f"Главное за сутки · 6–6/6\n\n6. Банк: сообщение 1\nГазета 1 · 5 часов назад{SIGNS}"
    assert second.buttons == ("◀", "☰ 6", "☆ 6")
    assert (await talk.press("◀"))[0] == first
    assert talk.buttoned().message_id == message.message_id


async def test_what_comes_meanwhile_shifts_no_page(talk: Talk) -> None:
    await talk.publish([one for hour, word in enumerate(TEXTS) for one in told(word, hour)])
    await talk.say("/top")
    talk.now += 23 * HOUR
    await talk.publish([draft("Совсем новое", "О совсем новом.", at=talk.now)])
    [second] = await talk.press("▶")
    assert "6. Банк: сообщение 1" in second.text
    [fresh] = await talk.say("/top")
    assert fresh.text.startswith("Главное за сутки\n\n1. Совсем новое\n")


async def test_page_that_is_gone_is_the_last_one_there_is(talk: Talk) -> None:
    await talk.publish([one for hour, word in enumerate(TEXTS) for one in told(word, hour)])
    await talk.say("/top")
    async with talk.db.write() as conn:
        await articles.delete(conn, [1, 2])
    [page] = await talk.press("▶")
    assert page.text.startswith("Главное за сутки\n\n1. Выборы")
    assert page.text.count("сообщение") == 4


async def test_empty_day_gives_way_to_the_newest_one(talk: Talk) -> None:
    await talk.publish([*told("матч", 100), *told("порт", 49, 48), *told("выборы", 59), *told("погода", 61)])
    [page] = await talk.say("/top")
    assert page.text.startswith(
        "За последние сутки новостей не было. Главное за самый свежий день, 4 декабря\n\n1. Порт: сообщение 1\n"
    )
    # The day is that of the reader's clock: it began at 19:00 in UTC.
    assert "Выборы" in page.text
    assert "Погода" not in page.text


async def test_newest_day_of_dates_without_times_is_the_same_everywhere(talk: Talk) -> None:
    midnight = datetime(2025, 12, 3, tzinfo=UTC)
    await talk.publish(
        [draft("По дате", "О дате.", at=midnight), draft("Накануне", "О кануне.", at=midnight - timedelta(hours=12))]
    )
    for zone in ("Asia/Almaty", "America/New_York"):
        await talk.say(f"/timezone {zone}")
        [page] = await talk.say("/top")
        assert page.text == (
            "За последние сутки новостей не было. Главное за самый свежий день, 3 декабря\n\n"
            f"1. По дате\nreport.az · 3 декабря{SIGNS}"
        )


@pytest.mark.parametrize("words", ["/top", "/TOP", "/top лишнее"])
async def test_top_of_an_empty_store_says_so(talk: Talk, words: str) -> None:
    [answer] = await talk.say(words)
    assert answer.text == "Статей пока нет."


async def test_group_asks_by_name(talk: Talk) -> None:
    await talk.publish(told("порт", 1, 2))
    [page] = await talk.feed_message(chat=GROUP, text="/top@newsbot")
    assert page.text.startswith("Главное за сутки\n\n1. Порт")
    await talk.press_on(talk.buttoned(), "☰ 1")
    assert await talk.feed_message(chat=GROUP, text="/top@otherbot") == []


@pytest.mark.parametrize("data", ["tp:0:0:0", "tp:5:8589934591:0", "tp:0:1:9"])
async def test_moment_without_articles_says_so(talk: Talk, data: str) -> None:
    await talk.publish(told("порт", 1, 2))
    await talk.say("/top")
    [page] = await talk.press_data(data)
    assert page.text == "Статей пока нет."
