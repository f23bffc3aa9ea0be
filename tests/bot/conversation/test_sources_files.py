"""Lists of sources that are sent to the bot as OPML files."""

from xml.sax.saxutils import quoteattr

import pytest
from aiogram.types import Chat as TelegramChat
from aiogram.types import Document

from bot.conversation.addsource import SOURCES_EACH
from bot.conversation.lists import LARGEST
from bot.conversation.source_files import BATCH
from tests.bot.conversation.sources import HOSTILE, as_admin, everything, source
from tests.bot.conversation.talk import NOON, USER, Talk

GROUP = TelegramChat(id=-100, type="supergroup", title="Новости")
NO_LIST = "Это не список источников. Я понимаю OPML — в таком виде его сохраняют программы для чтения лент."


def opml(*feeds: tuple[str, str]) -> bytes:
    lines = (f"<outline type='rss' text={quoteattr(title)} xmlUrl={quoteattr(url)}/>" for title, url in feeds)
    return f'<opml version="2.0"><body><outline text="Экономика">{"".join(lines)}</outline></body></opml>'.encode()


async def test_list_adds_what_is_new_and_names_what_is_refused(talk: Talk) -> None:
    as_admin(talk)
    await source(talk, "Report", "https://report.az/rss")
    file = opml(
        ("Azertac <&>", "https://azertac.az/rss"),
        ("Report", "https://report.az/rss"),
        ("Пароль & ключ", "https://me:secret{}a.az/rss".format("@")),
        ("Файл", "file:///etc/passwd"),
        ("Канал", "https://t.me/report_az"),
    )
    [answer] = await talk.send_file("sources.opml", file)
    assert answer.text == (
        "Добавлено: 2, уже было: 1, не принято: 2.\n"
        "• Пароль & ключ: в адресе есть имя пользователя или пароль\n"
        "• Файл: это не похоже на адрес ленты, сайта или канала\n"
        "Новые скоро прочитаю."
    )
    assert answer.buttons == ("‹ Все источники",)
    added = {feed.url: feed for feed in await everything(talk)}
    assert added.keys() == {"https://azertac.az/rss", "https://report.az/rss", "https://t.me/s/report_az"}
    new = added["https://azertac.az/rss"]
    assert (new.title, new.topic, new.added_by, new.next_at) == ("Azertac <&>", "Экономика", USER, NOON)


async def test_of_many_refused_the_first_are_named(talk: Talk) -> None:
    as_admin(talk)
    [answer] = await talk.send_file("a.XML", opml(*((f"Файл {number}", f"file:///{number}") for number in range(25))))
    lines = answer.text.splitlines()
    assert lines[0] == "Добавлено: 0, уже было: 0, не принято: 25."
    assert len(lines) == 12
    assert lines[-1] == "и ещё 15"


async def test_long_list_is_added_whole(talk: Talk) -> None:
    as_admin(talk)
    count = BATCH + 5
    [answer] = await talk.send_file("a.opml", opml(*((f"{n}", f"https://a.az/{n}") for n in range(count))))
    assert answer.text.startswith(f"Добавлено: {count}, уже было: 0, не принято: 0.")
    assert len(await everything(talk)) == count


@pytest.mark.parametrize("content", [b"<opml", b"", b"\xff\xfe\x00", b"<rss version='2.0'><channel/></rss>", b"hello"])
async def test_file_that_is_no_list_is_said_to_be_none(talk: Talk, content: bytes) -> None:
    as_admin(talk)
    assert [shown.text for shown in await talk.send_file("a.xml", content)] == [NO_LIST]


async def test_empty_list_adds_nothing(talk: Talk) -> None:
    as_admin(talk)
    [answer] = await talk.send_file("a.opml", b"<opml version='2.0'><body/></opml>")
    assert answer.text == "Добавлено: 0, уже было: 0, не принято: 0."


async def test_large_file_is_not_even_fetched(talk: Talk) -> None:
    as_admin(talk)
    [answer] = await talk.send_file("a.opml", opml(("a", "https://a.az/rss")), size=LARGEST + 1)
    assert answer.text == "Для списка этот файл слишком большой: я беру не больше 1000 кБ."
    assert await everything(talk) == []


async def test_others_may_send_no_list(talk: Talk) -> None:
    [answer] = await talk.send_file("a.opml", opml(("a", "https://a.az/rss")))
    assert answer.text.startswith("Добавлять источники здесь может только владелец бота.")
    assert await everything(talk) == []


async def test_list_of_somebody_who_may_add_ends_at_the_limit(talk: Talk) -> None:
    talk.configured(allow_user_sources=True)
    await source(talk, "Первая", added_by=USER)
    [answer] = await talk.send_file("a.opml", opml(*((f"Лента {n}", f"https://a.az/{n}") for n in range(25))))
    assert answer.text.startswith(f"Добавлено: {SOURCES_EACH - 1}, уже было: 0, не принято: 6.\n• Лента 19: больше 20")
    assert len(await everything(talk)) == SOURCES_EACH


async def test_what_is_known_already_does_not_count_against_the_limit(talk: Talk) -> None:
    talk.configured(allow_user_sources=True)
    feeds = [(f"Лента {n}", f"https://a.az/{n}") for n in range(SOURCES_EACH - 1)]
    await talk.send_file("a.opml", opml(*feeds))
    [answer] = await talk.send_file("a.opml", opml(("Новая", "https://b.az"), *feeds))
    assert answer.text.startswith(f"Добавлено: 1, уже было: {SOURCES_EACH - 1}, не принято: 0.")


async def test_other_files_are_answered_as_before(talk: Talk) -> None:
    as_admin(talk)
    [answer] = await talk.send_file("a.pdf", b"%PDF")
    assert answer.text.startswith("Пока я понимаю только текст.")
    nameless = Document(file_id="1", file_unique_id="1", file_size=5)
    assert (await talk.feed_message(document=nameless))[0].text.startswith("Пока я понимаю только текст.")
    named = Document(file_id="1", file_unique_id="1", file_size=5, file_name="a.opml")
    assert await talk.feed_message(chat=GROUP, document=named) == []


@pytest.mark.parametrize("title", HOSTILE)
async def test_strange_names_break_no_message(talk: Talk, title: str) -> None:
    as_admin(talk)
    clean = "".join(one for one in title if one.isprintable()) or "?"
    file = opml(*((clean, f"file:///{'ы' * 500}{number}") for number in range(12)), (clean, "https://a.az/rss"))
    [answer] = await talk.send_file("a.opml", file)
    assert answer.text.startswith("Добавлено: 1, уже было: 0, не принято: 12.")
