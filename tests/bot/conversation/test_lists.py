"""A chat's subscriptions as a file, and files of queries that are sent to the bot."""

import pytest
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import GetFile, SendDocument
from aiogram.types import BufferedInputFile

from bot.conversation import lists
from bot.sources.query_lists import MOST
from bot.subscription_buttons import FollowList
from storage import subscriptions
from storage.models import Subscription
from tests.bot.conversation.talk import Talk

HOSTILE = (
    *(b"<opml", b"<opml><body><outline/></body></opml>", b"<?xml version='1.0'?>", b"{}", b"{", b"[1]"),
    *(b'{"subscriptions": [{"query": 5}]}', b'{"subscriptions": {"query": "a"}}', b'{"subscriptions": [null]}'),
    *(b"", b"   \r\n\r\n", b"\x00" * 100, b"\xff\xfe\x00", b"\x89PNG\r\n\x00\x00", b"{" * 100_000, b"(" * 10_000),
    *("🙂\n‮متن‬\n-\n«»".encode(), b"<outline>" * 1000, b"<opml><body>" + b"<outline text='a'>" * 60),
    b'<!DOCTYPE a [<!ENTITY b "ccccccccc"><!ENTITY d "&b;&b;&b;">]><opml><body><outline text="&d;"/></body></opml>',
)


async def followed(talk: Talk) -> list[Subscription]:
    async with talk.db.read() as conn:
        return await subscriptions.of_chat(conn, (await talk.chat()).id)


async def texts(talk: Talk) -> list[str]:
    return [one.text for one in await followed(talk)]


async def sent_file(talk: Talk) -> tuple[str, bytes]:
    sent = talk.session.calls_of(SendDocument)
    await talk.say("/subscriptions")
    await talk.press("Файлом")
    [call] = sent
    assert isinstance(call.document, BufferedInputFile)
    return str(call.document.filename), call.document.data


async def test_topics_go_out_as_a_file_and_come_back_the_same(talk: Talk) -> None:
    for query in ('"совет мира" OR (каспий -нефть)', "title:саммит", "баку"):
        await talk.say(f"/subscribe {query}")
    await talk.say("/subscriptions")
    await talk.press("3. баку")
    await talk.press("Присылать сразу")
    await talk.press("Приостановить")
    before = await followed(talk)
    name, content = await sent_file(talk)
    assert name == "newsbot-2025-12-06.opml"
    await talk.say("/unsubscribe все")
    await talk.press("Да, от всех")
    [offer] = await talk.send_file(name, content)
    assert offer.text.splitlines()[0] == "Новых для вас тем в файле — 3:"
    await talk.press("Подписаться на все")
    after = await followed(talk)
    assert [(one.canonical, one.instant, one.paused) for one in after] == [
        (one.canonical, one.instant, one.paused) for one in before
    ]


async def test_file_tells_what_is_new_what_is_known_and_what_cannot_be_read(talk: Talk) -> None:
    await talk.say("/subscribe Казахстан")
    [offer] = await talk.send_file("темы.txt", "казахстаном\nбаку\n\n(каспий\nнефть, газ\nБаку\n".encode())
    assert offer.text == (
        "Новых для вас тем в файле — 2:\n• баку\n• нефть, газ\nУже есть в подписках: 1.\nНе понимаю:\n"
        "• (каспий: Здесь скобка открыта, но не закрыта"
    )
    assert offer.buttons == ("Подписаться на все", "Не сейчас")
    [done] = await talk.press("Подписаться на все")
    assert done.text == "Добавлены 2 подписки."
    assert await texts(talk) == ["Казахстан", "баку", "нефть, газ"]
    assert (await talk.chat()).next_due_at is not None


async def test_undo_ends_what_was_added_and_nothing_else(talk: Talk) -> None:
    await talk.say("/subscribe казахстан")
    await talk.send_file("a.txt", "баку\nташкент".encode())
    await talk.press("Подписаться на все")
    undoing = talk.buttoned()
    await talk.say("/subscribe астана")
    [undone] = await talk.press_on(undoing, "Не подписываться")
    assert undone.text.startswith("Удалены 2 подписки:")
    assert await texts(talk) == ["казахстан", "астана"]
    await talk.press("Вернуть")
    assert set(await texts(talk)) == {"казахстан", "баку", "ташкент", "астана"}


async def test_second_press_adds_nothing(talk: Talk) -> None:
    await talk.send_file("a.txt", "баку".encode())
    offer = talk.buttoned()
    await talk.press_on(offer, "Подписаться на все")
    [note] = await talk.press_on(offer, "Подписаться на все")
    assert note.text == "Вы уже подписаны."
    assert await texts(talk) == ["баку"]


async def test_not_now_follows_nothing(talk: Talk) -> None:
    await talk.send_file("a.txt", "баку".encode())
    [answer] = await talk.press("Не сейчас")
    assert (answer.text, answer.buttons) == ("Хорошо, забудем.", ())
    assert await followed(talk) == []


async def test_offer_outlives_a_restart(talk: Talk) -> None:
    await talk.send_file("a.txt", "баку".encode())
    talk.dispatcher = talk.restarted()
    await talk.dispatcher.emit_startup()
    await talk.press("Подписаться на все")
    assert await texts(talk) == ["баку"]


async def test_offer_of_another_file_asks_for_it_again(talk: Talk) -> None:
    await talk.send_file("a.txt", "баку".encode())
    [note] = await talk.press_data(FollowList(file="other", yes=True).pack())
    assert note.text == "Пришлите, пожалуйста, файл ещё раз."
    assert await followed(talk) == []


async def test_file_that_telegram_has_no_more_is_asked_for_again(talk: Talk) -> None:
    await talk.send_file("a.txt", "баку".encode())
    talk.session.refuse(GetFile, lambda method: TelegramBadRequest(method=method, message="file is gone"))
    [note] = await talk.press("Подписаться на все")
    assert note.text == "Пришлите, пожалуйста, файл ещё раз."


async def test_what_has_no_room_is_counted(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "MOST_SUBSCRIPTIONS", 3)
    await talk.say("/subscribe астана")
    [offer] = await talk.send_file("a.txt", "баку\nташкент\nбишкек\nкиев".encode())
    assert offer.text.splitlines() == [
        "Новых для вас тем в файле — 2:",
        "• баку",
        "• ташкент",
        "Не поместилось: 2. Подписок может быть не больше 3.",
    ]
    await talk.press("Подписаться на все")
    assert await texts(talk) == ["астана", "баку", "ташкент"]


async def test_file_without_news_has_no_buttons(talk: Talk) -> None:
    await talk.say("/subscribe баку")
    [answer] = await talk.send_file("a.txt", "Баку".encode())
    assert (answer.text, answer.buttons) == ("В этом файле для вас ничего нового.\nУже есть в подписках: 1.", ())


async def test_huge_list_is_taken_as_far_as_there_is_room(talk: Talk) -> None:
    lines = "\n".join(f"слово{number}" for number in range(MOST + 500))
    [offer] = await talk.send_file("a.txt", lines.encode())
    assert "Не поместилось: 2000." in offer.text


async def test_what_export_sends_is_taken_too(talk: Talk) -> None:
    await talk.say("/subscribe баку")
    await talk.say("/subscribe астана")
    await talk.say("/unsubscribe баку")
    sent = talk.session.calls_of(SendDocument)
    await talk.say("/export")
    assert isinstance(sent[0].document, BufferedInputFile)
    await talk.say("/unsubscribe астана")
    [offer] = await talk.send_file("newsbot.json", sent[0].document.data)
    assert offer.text == "Новая для вас тема в файле — 1:\n• астана"


@pytest.mark.parametrize("name", ["a.txt", "a.json", "a.opml"])
@pytest.mark.parametrize("content", HOSTILE, ids=range(len(HOSTILE)))
async def test_whatever_is_sent_gets_one_answer(talk: Talk, name: str, content: bytes) -> None:
    [answer] = await talk.send_file(name, content)
    assert answer.text
