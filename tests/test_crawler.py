"""Every command is sent and every kind of button pressed, in every language, in private, groups, forums; channels."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import bot.conversation
from bot.commands import ADMIN_COMMANDS, COMMANDS
from bot.ingest import ingest
from bot.languages import LANGUAGES, LOCALES
from bot.locales.compile import compile_catalogues
from bot.starter import starter_articles
from storage import chats, feedback, feeds, saved
from storage.database import Database
from storage.feedback import FeedbackKind
from storage.models import Draft
from tests.crawler import Crawler, Place, kinds
from tests.process import TOKEN, running
from tests.telegram import TelegramServer
from tests.web import Reply, Web

pytestmark = pytest.mark.slow

assert bot.conversation

SOURCES = 10
RETOLD = 7
ARGUMENTS = {
    "search": ("казахстан", "казхстан", "rfpf[cnfy", "ЕАЭС", "last:30d"),
    "trends": ("грузия, казахстан", "казахстан"),
    "subscribe": ("казахстан", "грузия", "rfpf[cnfy", "last:30d", *(f"слово{number}" for number in range(6))),
    "unsubscribe": ("1", "all", "единорог"),
    "schedule": ("9:00 18:30", "никогда в жизни"),
    "timezone": ("Баку", "Гдетотам"),
    "language": ("неведомый",),
    "addsource": ("PAGE", "ничего"),
}
POSTS = ("/subscribe казахстан", "/subscriptions", "/schedule 9:00", "/digest", "/unsubscribe 1")
FAILING = {"failures": 3, "trouble": "connect"}
# These take away what other buttons need; another language is tried last, too.
DELETING = ("cd", "da", "fr", "fg", "sd", "g", "al")
# Said after the button that asks for it.
ANSWERS = {"cw": "другие слова"}
# Is there only while a broadcast goes on, which here is over at once.
NOT_MET = {"Halt"}
BANNED = range(9001, 9013)
# After these there is nothing more to do: what was set is set, what was asked is told, what is wrong is named.
ENDS = (
    "/schedule ",
    "/timezone ",
    "/addsource",
    "Всем привет",
    "/broadcast",
    "/ban",
    "/resume",
    "yw:",
    "bh:",
    "bd:",
    "pr",
)
FEED = """<rss version="2.0"><channel><title>{name}</title><item><title>{name}: новость</title>
<link>https://example.org/{name}</link></item></channel></rss>"""
PAGE = """<html><head><link rel="alternate" type="application/rss+xml" href="/one.xml" title="One">
<link rel="alternate" type="application/rss+xml" href="/two.xml" title="Two"></head><body>…</body></html>"""


async def stock(path: Path) -> None:
    """A store with the starter articles, a story that many tell, and sources of which none is there."""
    db, now = await Database.open(f"sqlite+aiosqlite:///{path}"), datetime.now(UTC)
    text = "Учёные подняли со дна Каспийского моря корабль с грузом амфор; ему две тысячи лет, и он почти цел. " * 3
    told = [
        Draft(
            title="Со дна Каспия подняли корабль", text=text, url=f"https://{n}.example.org/ship", source=f"Газета {n}"
        )
        for n in range(RETOLD)
    ]
    today = [
        Draft(title=f"{name} сегодня", text=f"{name}: новость дня.", source=name) for name in ("Сад", "Порт", "Цирк")
    ]
    await ingest(db, [*starter_articles(), *told, *today], now=now)
    async with db.write() as conn:
        for number in range(SOURCES):
            added, _ = await feeds.add(conn, url=f"http://127.0.0.1:9/{number}", title=f"Источник {number}", now=now)
            await feeds.change(conn, added.id, next_at=now + timedelta(days=1), **FAILING, failing_since=now)
    await db.close()


def places(telegram: TelegramServer) -> list[Place]:
    """A visitor for each language, in private and in a group of their own, every other one with topics."""
    found: list[Place] = []
    for number, language in enumerate(LANGUAGES):
        user, group, is_forum = 5001 + number, -100_200 - number, bool(number % 2)
        telegram.register(group, type="supergroup", admins=[user], topics=[7] if is_forum else [])
        found.append(Place(chat=user, user=user, language=language))
        thread = 7 if is_forum else None
        found.append(Place(chat=group, user=user, language=language, is_private=False, thread=thread))
    return found


def channel(telegram: TelegramServer) -> Place:
    """Where there are no buttons: each command brings along what it needs."""
    place = Place(chat=-100_300, user=5001, language="ru", is_private=False)
    telegram.register(place.chat, type="channel", admins=[place.user], username="crawled")
    return place


async def administer(crawler: Crawler) -> None:
    """What reaches all chats comes when nobody else is there."""
    for text in (
        "/broadcast",
        "Всем привет",
        "/ban",
        *(f"/ban {stranger}" for stranger in BANNED),
        "/unban",
        "/ban",
    ):
        await crawler.say(text)
    await crawler.walk(sparing=("bl",))
    await crawler.say("/broadcast Ещё раз")
    await crawler.walk()


async def post(crawler: Crawler) -> None:
    for text in POSTS:
        await crawler.say(text)


async def furnish(store: Path, place: Place) -> None:
    """The visitor has saved more than a page holds, and opened some of it."""
    db, now = await Database.open(f"sqlite+aiosqlite:///{store}"), datetime.now(UTC)
    async with db.write() as conn:
        chat = await chats.find(conn, place.chat, thread_id=place.thread or 0)
        assert chat
        for story in range(1, 9):
            await saved.save(conn, chat.id, story, now=now)
            await feedback.give(conn, chat.id, story, kind=FeedbackKind.OPENED, now=now)
    await db.close()


async def crawl(crawler: Crawler, store: Path, page: str) -> None:
    for command in (*COMMANDS, *ADMIN_COMMANDS):
        # What admins ask is answered in private.
        if command.name == "stats" and not crawler.place.is_private:
            continue
        if command.name in ("unsubscribe", "forget", "broadcast", "ban", "unban"):
            continue
        for name in command.names:
            await crawler.say(f"/{name}")
        for argument in ARGUMENTS.get(command.name, ()):
            await crawler.say(f"/{command.name} {page if argument == 'PAGE' else argument}")
    if crawler.place.is_private:
        await crawler.send_file("темы.txt", "корабль\nпорт\nсад".encode())
    for text in ("/search каспий", "/digest", "/start"):
        await crawler.say(text)
    await crawler.walk(sparing=DELETING)
    await furnish(store, crawler.place)
    crawler.start_over()
    for text in ("/saved", "/sourcehealth", "/settings"):
        await crawler.say(text)
    await crawler.walk(sparing=DELETING)
    for argument in ("", *ARGUMENTS["unsubscribe"]):
        await crawler.say(f"/unsubscribe {argument}")
    crawler.start_over()
    for text in ("/settings", "/forget"):
        await crawler.say(text)
    await crawler.walk()


async def test_every_button_and_command_is_answered_and_leads_on(tmp_path: Path) -> None:
    compile_catalogues(LOCALES)
    store = tmp_path / "news.db"
    await stock(store)
    async with TelegramServer(TOKEN) as telegram, Web() as web:
        page = web.serve("/page", Reply(body=PAGE.encode(), headers={"Content-Type": "text/html"}))
        for name in ("one", "two"):
            web.serve(f"/{name}.xml", Reply(body=FEED.format(name=name).encode()))
        crawlers = [Crawler(telegram, place, ENDS, ANSWERS) for place in places(telegram)]
        poster = Crawler(telegram, channel(telegram), (*ENDS, *POSTS))
        admins = ",".join(str(crawler.place.user) for crawler in crawlers)
        settings = {"ADMIN_IDS": admins, "ALLOW_PRIVATE_HOSTS": "true", "SOURCE_PROXY": "", "DEFAULT_LANGUAGE": "en"}
        async with running(telegram, store, **settings) as served:
            async with asyncio.TaskGroup() as visits:
                for crawler in crawlers:
                    visits.create_task(crawl(crawler, store, page))
                visits.create_task(post(poster))
            await administer(crawlers[0])
            await served.stop()
            errors = [line for line in map(json.loads, served.log.splitlines()) if line["level"] == "error"]
        faults = [f"{crawler.place}: {fault}" for crawler in (*crawlers, poster) for fault in crawler.faults]
        pressed = {prefix for crawler in crawlers for prefix in crawler.pressed}
        assert errors == []
        assert telegram.violations == []
        assert faults == []
        assert {name for prefix, name in kinds().items() if prefix not in pressed} - NOT_MET == set()
