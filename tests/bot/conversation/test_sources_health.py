"""/sourcehealth: for admins alone, what ails and since when."""

from datetime import timedelta

import pytest
from aiogram.methods import SetMyCommands

from bot.commands import ADMIN_COMMANDS
from storage import feeds
from tests.bot.conversation.sources import as_admin, dead, fails, gone, source
from tests.bot.conversation.talk import NOON, USER, Talk


async def test_for_others_the_command_does_not_exist(talk: Talk) -> None:
    talk.configured(admin_ids=(USER + 1,), allow_user_sources=True)
    unknown = await talk.say("/nonsense")
    assert await talk.say("/sourcehealth") == unknown
    assert "sourcehealth" not in (await talk.say("/help"))[0].text


async def test_admin_finds_it_in_the_help(talk: Talk) -> None:
    as_admin(talk)
    assert "/sourcehealth — состояние источников" in (await talk.say("/help"))[0].text


async def test_menu_of_an_admin_keeps_it_in_another_language(talk: Talk) -> None:
    menus = talk.session.calls_of(SetMyCommands)
    await talk.say("/language en")
    as_admin(talk)
    await talk.say("/language en")
    others, own = [{command.command: command.description for command in call.commands} for call in menus]
    assert own.pop("sourcehealth") == "how the sources are"
    assert own.keys() - others.keys() == {command.name for command in ADMIN_COMMANDS} - {"sourcehealth"}


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "Источники: работают — 0, с ошибками — 0, давно не отвечают — 0, закрыты — 0. Источников пока нет."),
        (2, "Источники: работают — 2, с ошибками — 0, давно не отвечают — 0, закрыты — 0. Всё в порядке."),
    ],
)
async def test_where_nothing_ails_it_says_so(talk: Talk, count: int, said: str) -> None:
    as_admin(talk)
    for number in range(count):
        await source(talk, f"Лента {number}")
    assert [(shown.text, shown.buttons) for shown in await talk.say("/sourcehealth")] == [(said, ())]


async def test_what_ails_is_listed_the_worst_first(talk: Talk) -> None:
    as_admin(talk)
    await source(talk, "Azertac")
    await source(talk, "Report", **fails())
    await source(talk, "Trend", **dead())
    await source(talk, "Turan", **gone())
    [health] = await talk.say("/sourcehealth")
    assert health.text.split("\n\n") == [
        "Источники: работают — 1, с ошибками — 1, давно не отвечают — 1, закрыты — 1.",
        "1. Turan\n⚠ Сервер сообщает, что этот адрес удалён навсегда.\n"
        "10 неудачных попыток подряд, с 5 декабря, 12:00.\nБольше я его не проверяю.\n"
        "Последний раз прочитан: 6 декабря, 11:55.",
        "2. Trend\n⚠ Сервер слишком долго не отвечает.\n40 неудачных попыток подряд, с 2 декабря, 12:00.\n"
        "Теперь проверяю его раз в сутки.\nПоследний раз прочитан: 6 декабря, 11:55.\n"
        "Следующая проверка: 7 декабря, 08:00.",
        "3. Report\n⚠ Сервер отвечает ошибкой 404.\n10 неудачных попыток подряд, с 5 декабря, 12:00.\n"
        "Последний раз прочитан: 6 декабря, 11:55.\nСледующая проверка: 6 декабря, 12:05.",
    ]
    assert health.buttons == ("1. Turan", "2. Trend", "3. Report")
    [card] = await talk.press("2. Trend")
    assert "Проверить сейчас" in card.buttons


async def test_pages_turn_in_place_and_get_fewer_without_harm(talk: Talk) -> None:
    as_admin(talk)
    made = [
        await source(talk, f"Лента {number:02}", **fails(failing_since=NOON - timedelta(days=30 - number)))
        for number in range(11)
    ]
    [first] = await talk.say("/sourcehealth")
    assert first.buttons == (*(f"{number}. Лента {number - 1:02}" for number in range(1, 6)), "▶")
    await talk.press("▶")
    second = talk.buttoned()
    [last] = await talk.press("▶")
    assert last.buttons == ("11. Лента 10", "◀")
    async with talk.db.write() as conn:
        for feed in made[:3]:
            await feeds.revive(conn, feed.id, now=NOON)
    [page] = await talk.press_on(second, "▶")
    assert page.buttons == ("6. Лента 08", "7. Лента 09", "8. Лента 10", "◀")
