"""A person adds sources over real HTTP, with the real fetching and its worker process."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.fetching import opened
from tests.bot.conversation.sources import as_admin, everything
from tests.bot.conversation.talk import Talk
from tests.web import Reply, Web

ITEMS = "".join(
    f"<item><title>{title}</title><pubDate>Sat, 06 Dec 2025 0{hour}:00:00 GMT</pubDate></item>"
    for hour, title in enumerate(("Порт строят", "Саммит &amp; итоги", "Дождь"), start=1)
)
RSS = f"<rss version='2.0'><channel><title>Report &amp;amp; Co</title>{ITEMS}</channel></rss>".encode()
XML = {"Content-Type": "application/rss+xml"}
HTML = {"Content-Type": "text/html; charset=utf-8"}


@dataclass(slots=True)
class Rules:
    telegram_web_url: str
    allow_private_hosts: bool = True
    fetch_interval: timedelta = timedelta(minutes=10)
    fetch_max_interval: timedelta = timedelta(hours=6)
    keep_days: int = 90
    source_proxy: str | None = None


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    async with Web() as web:
        yield web


@pytest.fixture
async def admin(talk: Talk, web: Web, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Talk]:
    as_admin(talk)
    async with opened(talk.db, Rules(web.url), clock=lambda: talk.now) as fetching:
        monkeypatch.setattr(talk, "fetching", fetching)
        talk.restarted()
        yield talk


@contextmanager
def nothing_fails() -> Iterator[None]:
    with capture_logs() as logs:
        yield
    assert [line for line in logs if line["log_level"] == "error"] == []


async def test_source_is_added_searched_and_found_again(admin: Talk, web: Web) -> None:
    url = web.serve("/feed", Reply(body=RSS, headers=XML))
    with nothing_fails():
        [added] = await admin.say(f"/addsource {url}")
        assert added.text.startswith("Новый источник: Report & Co. В нём 3 статьи, самая свежая:\n\nДождь\n6 декабря,")
        [latest] = await admin.press("Показать последние")
        assert latest.text.startswith('По запросу source:"report co" — 3 новости')
        assert (await admin.say("саммиты"))[0].text.startswith("По запросу саммиты — 1 новость")
        assert (await admin.say(f"/addsource {url}"))[0].text.startswith("Этот источник я уже читаю.")
        [listed] = await admin.say("/sources")
    assert listed.buttons == ("1. Report & Co", "Скачать список (OPML)")


async def test_one_of_the_feeds_of_a_site_is_picked(admin: Talk, web: Web) -> None:
    links = "".join(
        f"<link rel=alternate type='application/rss+xml' title='{title}' href='/{title}.rss'>" for title in ("ru", "az")
    )
    site = web.serve("/", Reply(body=f"<html><head>{links}</head></html>".encode(), headers=HTML))
    web.serve("/az.rss", Reply(body=RSS, headers=XML))
    with nothing_fails():
        [choice] = await admin.say(f"/addsource {site}")
        assert choice.buttons == ("1. ru", "2. az")
        assert (await admin.press("2. az"))[2].text.startswith("Новый источник: Report & Co.")
    assert [feed.url for feed in await everything(admin)] == [f"{web.url}/az.rss"]


async def test_what_cannot_be_read_is_explained(admin: Talk, web: Web) -> None:
    page = web.serve("/page", Reply(body=b"<html><body>Hello</body></html>", headers=HTML))
    about = b"<html><body><div class='tgme_page'>Telegram: Contact @closed</div></body></html>"
    web.redirect("/s/closed", to=web.serve("/closed", Reply(body=about, headers=HTML)))
    expected = {
        page: "ленты там не нашлось",
        f"{web.url}/nothing": "сервер отвечает ошибкой 404",
        "@closed": "у этого канала Telegram нет открытой страницы",
        "https://t.me/+abcdef": "у этого канала Telegram нет открытой страницы",
        "http://me:secret{}a.az/rss".format("@"): "в адресе есть имя пользователя или пароль",
        "javascript:alert(1)": "это не похоже на адрес",
        "🙂" * 300: "это не похоже на адрес",
        "http://127.0.0.1:1/": "сервер недоступен",
    }
    with nothing_fails():
        for typed, said in expected.items():
            [answer] = await admin.say(f"/addsource {typed}")
            assert said in answer.text
    assert await everything(admin) == []


async def test_hostile_lists_are_refused_and_honest_ones_read(admin: Talk, web: Web) -> None:
    url = web.serve("/feed", Reply(body=RSS, headers=XML))
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE o [<!ENTITY l0 "ha">{laughs}]><opml><body><outline xmlUrl="&l11;"/></body></opml>'
    deep = "<opml version='2.0'><body>" + "<outline>" * 40_000
    with nothing_fails():
        for content in (bomb, deep):
            [answer] = await admin.send_file("a.opml", content.encode())
            assert answer.text.startswith(("Это не список источников.", "Добавлено: 0"))
        honest = f'<opml version="2.0"><body><outline text="Мои" xmlUrl="{url}"/></body></opml>'
        [answer] = await admin.send_file("a.opml", honest.encode())
    assert answer.text.startswith("Добавлено: 1, уже было: 0, не принято: 0.")
    assert [feed.title for feed in await everything(admin)] == ["Мои"]
