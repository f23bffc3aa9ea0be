"""/sources and the card of each: who sees what, and who may change it."""

from datetime import timedelta
from typing import Any

import pytest
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import SendDocument
from aiogram.types import BufferedInputFile
from aiogram.types import Chat as TelegramChat
from structlog.testing import capture_logs

from bot.conversation.addsource import SOURCES_EACH
from bot.keyboards import (
    DeleteSource,
    ExportSources,
    HealthPage,
    RestoreSource,
    ReviveSource,
    SetFullText,
    SourceCard,
    SourcesPage,
)
from bot.sources import opml
from bot.sources.trouble import Trouble
from storage import feeds
from storage.models import FeedState
from tests.bot.conversation.sources import HOSTILE, as_admin, dead, everything, fails, gone, known, note, source, view
from tests.bot.conversation.talk import NOON, USER, Talk, draft

GROUP = TelegramChat(id=-100, type="supergroup", title="Новости")
NOT_ALLOWED = "Менять этот источник может только владелец бота."


async def test_empty_list_says_who_adds_sources(talk: Talk) -> None:
    assert (await talk.say("/sources"))[0].text == "Источников пока нет. Источники добавляет владелец бота."
    as_admin(talk)
    assert (await talk.say("/sources"))[0].text == "Источников пока нет. Добавить: /addsource"


async def test_list_shows_how_much_each_brings_and_which_fails(talk: Talk) -> None:
    long_ago = NOON - timedelta(days=5)
    await source(talk, "Azertac", per_day=41.6, observed_since=long_ago)
    await source(talk, "Day.az", per_day=0.3, observed_since=long_ago)
    await source(talk, "Egemen", per_day=0.0, observed_since=long_ago, **fails())
    await source(talk, "Kapital", observed_since=NOON - timedelta(hours=5))
    [listed] = await talk.say("/sources")
    assert listed.text == (
        "Источники: 4\n\n"
        "1. Azertac · 42 статьи в день\n"
        "2. Day.az · 2 статьи в неделю\n"
        "3. Egemen · реже одной статьи в неделю · ⚠\n"
        "4. Kapital\n\n"
        "Источники добавляет владелец бота."
    )
    assert listed.buttons == ("1. Azertac", "2. Day.az", "3. Egemen", "4. Kapital")


async def test_list_turns_its_pages_in_place(talk: Talk) -> None:
    for number in range(10, 29):
        await source(talk, f"Лента {number}")
    [first] = await talk.say("/sources")
    assert first.buttons == (*(f"{number}. Лента {number + 9}" for number in range(1, 9)), "▶")
    [second] = await talk.press("▶")
    assert second.buttons == (*(f"{number}. Лента {number + 9}" for number in range(9, 17)), "◀", "▶")
    [last] = await talk.press("▶")
    assert last.buttons == (*(f"{number}. Лента {number + 9}" for number in range(17, 20)), "◀")
    assert await talk.press("◀") == [second]


async def test_page_of_a_list_that_got_shorter_is_its_last(talk: Talk) -> None:
    made = [await source(talk, f"Лента {number}") for number in range(10, 19)]
    await talk.say("/sources")
    async with talk.db.write() as conn:
        await feeds.remove(conn, made[0].id)
    assert "8. Лента 18" in (await talk.press("▶"))[0].text


async def test_card_tells_everybody_how_a_source_is(talk: Talk) -> None:
    feed = await source(talk, url="https://report.az/rss", per_day=40.0, observed_since=NOON - timedelta(days=5))
    await talk.say("/sources")
    [card] = await talk.press("1. Report.az")
    assert card.text == (
        "Report.az\nhttps://report.az/rss\nЧитаю с 27 ноября.\nПриносит: 40 статей в день.\n"
        "Последний раз прочитан: 6 декабря, 11:55.\nСледующая проверка: 6 декабря, 12:05."
    )
    assert card.links == (feed.url,)
    assert card.buttons == ("Показать последние", "‹ Все источники")


async def test_card_of_a_source_that_fails_says_why_in_words(talk: Talk) -> None:
    await source(talk, next_at=NOON, **fails(Trouble.STATUS, "503"))
    await talk.say("/sources")
    [card] = await talk.press("1. Report.az")
    assert card.text.endswith(
        "Сейчас проверю.\n⚠ Сервер отвечает ошибкой 503.\n10 неудачных попыток подряд, с 5 декабря, 12:00."
    )


async def test_card_of_a_dead_source_and_of_one_that_is_gone_say_what_becomes_of_them(talk: Talk) -> None:
    await source(talk, "Azertac", succeeded_at=None, **dead())
    await source(talk, "Day.az", **gone())
    await talk.say("/sources")
    [card] = await talk.press("1. Azertac")
    assert "Прочитать его пока не удалось." in card.text
    assert card.text.endswith(
        "⚠ Сервер слишком долго не отвечает.\n40 неудачных попыток подряд, с 2 декабря, 12:00."
        "\nТеперь проверяю его раз в сутки."
    )
    await talk.press("‹ Все источники")
    [card] = await talk.press("2. Day.az")
    assert card.text.endswith(
        "⚠ Сервер сообщает, что этот адрес удалён навсегда.\n10 неудачных попыток подряд, с 5 декабря, 12:00."
        "\nБольше я его не проверяю."
    )
    assert "Следующая проверка" not in card.text


@pytest.mark.parametrize(
    ("failures", "said"),
    [
        (1, "1 неудачная попытка, 6 декабря, 12:00."),
        (2, "2 неудачные попытки подряд, с 6 декабря, 12:00."),
        (5, "5 неудачных попыток подряд, с 6 декабря, 12:00."),
        (21, "21 неудачная попытка подряд, с 6 декабря, 12:00."),
    ],
)
async def test_failures_are_counted_as_russian_counts(talk: Talk, failures: int, said: str) -> None:
    await source(talk, trouble=Trouble.TIMEOUT.value, failures=failures, failing_since=NOON)
    await talk.say("/sources")
    [card] = await talk.press("1. Report.az")
    assert card.text.splitlines()[-1] == said


@pytest.mark.parametrize("trouble", [*Trouble, "something newer"])
async def test_every_trouble_has_a_russian_sentence(talk: Talk, trouble: str) -> None:
    await source(talk, trouble=trouble, detail=None, failures=1, failing_since=NOON)
    await talk.say("/sources")
    [card] = await talk.press("1. Report.az")
    [said] = [line for line in card.text.splitlines() if line.startswith("⚠ ")]
    assert said[2] in "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЭЮЯ"
    assert card.text.splitlines()[-1] == "1 неудачная попытка, 6 декабря, 12:00."


async def test_latest_of_a_source_are_found_by_its_name(talk: Talk) -> None:
    await source(talk, 'Report "Баку" — новости')
    await talk.publish([draft("Порт строят", source='Report "Баку" — новости'), draft("Дождь", source="Report")])
    await talk.say("/sources")
    await talk.press('1. Report "Баку" — новости')
    [found] = await talk.press("Показать последние")
    assert found.text.startswith('По запросу source:"report баку новости" — 1 новость')
    assert "Порт строят" in found.text


async def test_card_of_an_admin_shows_all_that_is_set_and_who_added_it(talk: Talk) -> None:
    as_admin(talk)
    await source(talk, topic="Экономика & порты", full_text=True, added_by=12345)
    await talk.say("/sources")
    [card] = await talk.press("1. Report.az")
    assert "Добавил пользователь 12345." in card.text
    assert "Тема: Экономика & порты." in card.text
    assert card.text.endswith("Если в ленте только начало статьи, остальное читаю на сайте.")
    assert card.buttons == ("Показать последние", "Не открывать статьи на сайте", "Удалить", "‹ Все источники")


async def test_full_text_is_switched_in_place(talk: Talk) -> None:
    as_admin(talk)
    feed = await source(talk)
    await talk.say("/sources")
    await talk.press("1. Report.az")
    [card] = await talk.press("Загружать статьи целиком")
    assert "Не открывать статьи на сайте" in card.buttons
    assert (await known(talk, feed)).full_text
    await talk.press("Не открывать статьи на сайте")
    assert not (await known(talk, feed)).full_text


@pytest.mark.parametrize("state", [fails(), dead(), gone()])
async def test_what_ails_is_asked_again_at_once(talk: Talk, state: dict[str, Any]) -> None:
    as_admin(talk)
    feed = await source(talk, **state)
    await talk.say("/sources")
    await talk.press("1. Report.az")
    pressed = await talk.press("Проверить сейчас")
    assert note(pressed) == "Сейчас проверю его снова."
    assert "⚠" not in view(pressed).text
    assert "Проверить сейчас" not in view(pressed).buttons
    revived = await known(talk, feed)
    assert (revived.state, revived.next_at, revived.failures) == (FeedState.LIVE, NOON, 0)


async def test_press_under_a_notice_asks_again_and_leaves_the_message(talk: Talk) -> None:
    as_admin(talk)
    feed = await source(talk, **gone())
    await talk.say("/sources")
    [said] = await talk.press_data(ReviveSource(id=feed.id, in_place=False).pack())
    assert (said.is_note, said.text) == (True, "Сейчас проверю его снова.")
    assert (await known(talk, feed)).state is FeedState.LIVE


async def test_deleted_source_comes_back_with_a_press(talk: Talk) -> None:
    as_admin(talk)
    feed = await source(talk)
    await talk.say("/sources")
    [card] = await talk.press("1. Report.az")
    [deleted] = await talk.press("Удалить")
    assert deleted.text == "Источник Report.az удалён. Всё, что из него пришло, останется."
    assert deleted.buttons == ("Вернуть", "‹ Все источники")
    assert await everything(talk) == []
    restored = await talk.press("Вернуть")
    assert note(restored) == "Готово, источник снова на месте."
    assert view(restored).buttons == card.buttons
    assert [one.id for one in await everything(talk)] == [feed.id]


async def test_button_of_a_source_that_is_no_longer_here_says_so(talk: Talk) -> None:
    as_admin(talk)
    feed = await source(talk)
    await talk.say("/sources")
    await talk.press("1. Report.az")
    card = talk.buttoned()
    async with talk.db.write() as conn:
        await feeds.remove(conn, feed.id)
    for label in ("Показать последние", "Загружать статьи целиком", "Удалить"):
        assert note(await talk.press_on(card, label)) == "Этого источника уже нет."
    for data in (SourceCard(id=99), RestoreSource(id=99), ReviveSource(id=99, in_place=True)):
        assert note(await talk.press_data(data.pack())) == "Этого источника уже нет."


async def test_who_added_a_source_may_change_it_where_everybody_may_add(talk: Talk) -> None:
    talk.configured(allow_user_sources=True)
    await source(talk, "Azertac", added_by=USER)
    await source(talk, "Day.az", added_by=USER + 1)
    await source(talk, "Egemen")
    await talk.say("/sources")
    [own] = await talk.press("1. Azertac")
    assert "Удалить" in own.buttons
    assert "Добавил" not in own.text
    for label in ("2. Day.az", "3. Egemen"):
        await talk.press("‹ Все источники")
        assert (await talk.press(label))[0].buttons == ("Показать последние", "‹ Все источники")


@pytest.mark.parametrize("settings", [{}, {"allow_user_sources": True}])
async def test_buttons_that_nobody_was_shown_change_nothing(talk: Talk, settings: dict[str, Any]) -> None:
    talk.configured(**settings)
    feed = await source(talk, **dead())
    await talk.say("/sources")
    for data in (
        DeleteSource(id=feed.id),
        SetFullText(id=feed.id, full_text=True),
        ReviveSource(id=feed.id, in_place=True),
        ReviveSource(id=feed.id, in_place=False),
        RestoreSource(id=feed.id),
    ):
        assert note(await talk.press_data(data.pack())) == NOT_ALLOWED
    for hidden in (ExportSources(), HealthPage(offset=0)):
        assert note(await talk.press_data(hidden.pack())).startswith("Эта кнопка больше не работает.")
    assert await known(talk, feed) == feed


async def test_deleted_source_comes_back_only_for_who_may_change_it(talk: Talk) -> None:
    feed = await source(talk)
    await talk.say("/sources")
    async with talk.db.write() as conn:
        await feeds.remove(conn, feed.id)
    assert note(await talk.press_data(RestoreSource(id=feed.id).pack())) == NOT_ALLOWED
    assert await everything(talk) == []


async def test_in_a_group_only_an_admin_changes_sources(talk: Talk) -> None:
    talk.configured(allow_user_sources=True)
    feed = await source(talk, added_by=USER)
    await talk.say("/sources")
    [card] = await talk.press("1. Report.az")
    assert "Удалить" in card.buttons
    in_group = talk.buttoned().model_copy(update={"chat": GROUP})
    assert note(await talk.press_on(in_group, "Удалить")) == NOT_ALLOWED
    as_admin(talk)
    await talk.press_on(in_group, "Удалить")
    assert (await known(talk, feed)).state is FeedState.REMOVED


async def test_all_sources_come_as_a_file(talk: Talk) -> None:
    as_admin(talk)
    made = [await source(talk, f"Лента {number}") for number in range(12)]
    sent = talk.session.calls_of(SendDocument)
    assert (await talk.say("/sources"))[0].buttons[-1] == "Скачать список (OPML)"
    await talk.press("Скачать список (OPML)")
    [call] = sent
    assert isinstance(call.document, BufferedInputFile)
    assert call.document.filename == "sources.opml"
    assert {one.url for one in opml.read(call.document.data)} == {feed.url for feed in made}


async def test_where_no_file_can_be_sent_it_says_how_else(talk: Talk) -> None:
    as_admin(talk)
    await source(talk)
    await talk.say("/sources")
    talk.session.refuse(SendDocument, lambda method: TelegramBadRequest(method=method, message="no files here"))
    assert note(await talk.press("Скачать список (OPML)")).endswith("newsbot source export")


@pytest.mark.parametrize("title", HOSTILE)
async def test_strange_names_break_no_message(talk: Talk, title: str) -> None:
    as_admin(talk)
    title = title.encode(errors="replace").decode()
    address = "https://report.az/" + "ы" * 3000
    for number in range(8):
        await source(talk, title, f"{address}{number}", **fails(Trouble.STATUS, title), topic=title)
    with capture_logs() as logs:
        assert len((await talk.say("/sourcehealth"))[0].buttons) == 6
        [listed] = await talk.say("/sources")
        assert len(listed.buttons) == 9
        [card] = await talk.press(listed.buttons[0])
        assert all(len(line) < 400 for line in card.text.splitlines())
        await talk.press("Показать последние")
        await talk.press_data(SourceCard(id=1).pack())
        await talk.press("Удалить")
        await talk.press("Вернуть")
    assert logs == []


async def test_name_that_shows_nothing_is_replaced_by_the_host(talk: Talk) -> None:
    await source(talk, " \u200b\u2066", "https://report.az/rss")
    assert (await talk.say("/sources"))[0].buttons == ("1. report.az",)


@pytest.mark.parametrize("data", [SourcesPage(offset=100_000), SourceCard(id=(1 << 63) - 1)])
async def test_data_from_far_away_breaks_nothing(talk: Talk, data: SourcesPage | SourceCard) -> None:
    await source(talk)
    await talk.say("/sources")
    with capture_logs() as logs:
        await talk.press_data(data.pack())
    # What is shown already is not shown again.
    assert [line["error"] for line in logs] == []


async def test_undo_does_not_go_around_the_limit(talk: Talk) -> None:
    talk.configured(allow_user_sources=True)
    for number in range(2 * SOURCES_EACH):
        feed = await source(talk, f"Источник {number}", f"https://a.az/{number}", added_by=USER)
        if number < SOURCES_EACH:
            async with talk.db.write() as conn:
                await feeds.remove(conn, feed.id)
    await talk.say("/sources")
    pressed = await talk.press_data(RestoreSource(id=1).pack())
    assert note(pressed) == "Вы уже добавили источников: 20. Это предел, удалите какой-нибудь: /sources"
    assert len(await everything(talk)) == SOURCES_EACH
