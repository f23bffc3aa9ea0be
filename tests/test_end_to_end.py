"""The whole bot as its users and its operator meet it: a process of its own, Telegram on the other side of HTTP."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.commands import COMMANDS
from bot.languages import LANGUAGES, LOCALES
from bot.locales.compile import compile_catalogues
from bot.starter import starter_articles
from storage import chats, outbox
from storage.database import Database
from tests.process import CHECKOUT, STOP_S, TOKEN, Bot, newsbot, running, started, until
from tests.telegram import TelegramServer
from tests.telegram_world import SentMessage

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

WITHIN_S = 15.0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def telegram() -> AsyncIterator[TelegramServer]:
    async with TelegramServer(TOKEN) as server:
        yield server
    assert server.violations == []


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(telegram: TelegramServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bot]:
    """A bot that serves all the tests here, each of them a reader of its own, over the starter articles."""
    compile_catalogues(LOCALES)
    database = tmp_path_factory.mktemp("bot") / "news.db"
    articles = str(CHECKOUT / "seeds" / "articles.jsonl")
    async with asyncio.TaskGroup() as group:
        imported = group.create_task(newsbot("import", articles, database=database))
        async with running(telegram, database) as made:
            assert (await imported).out.splitlines()[
                -1
            ] == f"imported {len(starter_articles())}, already known 0, refused 0"
            yield made
            ended = await made.stop()
    assert (ended.code, ended.took_s < STOP_S) == (0, True)
    assert TOKEN.partition(":")[2] not in ended.err
    assert [line for line in logged(ended.err) if line["level"] == "error"] == []


def logged(log: str) -> list[dict[str, str]]:
    """The lines of a log; all of it must be JSON, or somebody has written past it."""
    return [json.loads(line) for line in log.splitlines()]


def database(bot: Bot) -> Path:
    return bot.log_file.with_name("news.db")


async def say(telegram: TelegramServer, text: str, *, user: int, language: str = "ru") -> SentMessage:
    telegram.say(text, user=user, language=language)
    return await telegram.wait_for(chat=user)


async def press(telegram: TelegramServer, message: SentMessage, button: str | int) -> SentMessage:
    """Presses, and waits for the answer and for what is shown after it."""
    query = telegram.press(message, button)
    answer = await telegram.answered(query)
    assert answer.after_s < 5
    return await telegram.wait_for(chat=message.chat_id)


async def publish(bot: Bot, *titles: str) -> None:
    """Imports articles with a process of its own."""
    lines = [json.dumps({"title": title, "text": f"{title}.", "source": "report.az"}) for title in titles]
    done = await newsbot("import", "-", database=database(bot), given="\n".join(lines))
    assert done.out.splitlines()[-1] == f"imported {len(titles)}, already known 0, refused 0"


async def let_be_due(bot: Bot, *users: int) -> None:
    """Lets the next digest of these readers be due since an hour ago."""
    db = await Database.open(f"sqlite+aiosqlite:///{database(bot)}")
    async with db.write() as conn:
        for user in users:
            chat = await chats.find(conn, user)
            assert chat
            await chats.change(conn, chat.id, next_due_at=datetime.now(UTC) - timedelta(hours=1))
    await db.close()


async def nobody_is_due(bot: Bot) -> None:
    """Waits until every digest that is due has been composed and sent."""
    db = await Database.open(f"sqlite+aiosqlite:///{database(bot)}")

    async def all_is_done() -> bool:
        async with db.read() as conn:
            now = datetime.now(UTC)
            return (
                not await chats.due(conn, now=now, limit=1) and not (await outbox.ready(conn, now=now, limit=1)).heads
            )

    await until(all_is_done, patience_s=WITHIN_S)
    await db.close()


async def test_a_newcomer_finds_and_follows(telegram: TelegramServer, bot: Bot) -> None:
    user = 11
    greeting = await say(telegram, "/start", user=user)
    topics = [button.text for button in greeting.buttons if not button.text[0].isdigit()]
    assert topics
    found = await say(telegram, "казахстану", user=user)
    assert "Казахстан" in found.text
    assert any(entity.type == "bold" for entity in found.entities)
    assert any(entity.type == "text_link" for entity in found.entities)
    first = found.text
    turned = await press(telegram, found, "▶")
    assert (turned, turned.text == first) == (found, False)
    assert (await press(telegram, found, "◀")).text == first
    followed = await press(telegram, found, "Подписаться")
    assert "казахстану" in followed.text
    listed = await say(telegram, "/subscriptions", user=user)
    assert "казахстану" in listed.text


async def test_an_article_of_another_process_reaches_alerts_and_digests_once(
    telegram: TelegramServer, bot: Bot
) -> None:
    alerted, due, asking = 21, 22, 23
    for user in (alerted, due, asking):
        await say(telegram, '/subscribe "лунный трактор"', user=user)
    await say(telegram, "/schedule сразу", user=alerted)
    since = len(telegram.activity)
    await publish(bot, "Лунному трактору сменили колёса")
    begun = time.monotonic()
    alert = await telegram.wait_for("Лунному трактору", chat=alerted, since=since, timeout_s=WITHIN_S)
    assert alert.at - begun < WITHIN_S
    await let_be_due(bot, due)
    digest = await telegram.wait_for("Лунному трактору", chat=due, since=since, timeout_s=WITHIN_S)
    assert digest.text.startswith("Дайджест")
    assert "Лунному трактору" in (await say(telegram, "/digest", user=asking)).text
    assert "Лунному трактору" not in (await say(telegram, "/digest", user=due)).text
    await let_be_due(bot, alerted, due, asking)
    await nobody_is_due(bot)
    for user in (alerted, due, asking):
        told = [message for message in telegram.messages_to(user) if "Лунному трактору" in message.text]
        assert len(told) == 1


async def test_telegram_knows_the_menu_in_every_language(telegram: TelegramServer, bot: Bot) -> None:
    default = '{"type": "default"}'
    for language in ("", *LANGUAGES):
        menu = telegram.world.commands[default, language]
        assert [command["command"] for command in menu] == [command.name for command in COMMANDS]


async def test_every_command_of_the_menu_is_answered(telegram: TelegramServer, bot: Bot) -> None:
    for command in COMMANDS:
        for name in command.names:
            assert (await say(telegram, f"/{name}", user=31, language="en")).text


async def test_an_unknown_command_is_answered(telegram: TelegramServer, bot: Bot) -> None:
    assert "/help" in (await say(telegram, "/frobnicate now", user=41)).text


async def test_a_group_is_answered_when_it_addresses_the_bot(telegram: TelegramServer, bot: Bot) -> None:
    group = -51
    telegram.register(group, type="supergroup")
    telegram.say("казахстан", user=52, chat=group)
    telegram.say("/search@newsbot_under_test_bot казахстан", user=52, chat=group)
    await telegram.wait_for("Казахстан", chat=group)
    assert len(telegram.messages_to(group)) == 1


HOSTILE = {
    "half of a tag": "<b",
    "tags": "<b>казахстан</i> <a href='x'>",
    "entities": "&lt;b&gt; &nbsp; &#0; &",
    "emoji": "👨‍👩‍👧 🙂" * 40,
    "right to left": "\u202eказахстан\u202c مرحبا",
    "as long as can be": "слово " * 682 + "конец",
    "one word as long as can be": "я" * 4096,
    "signs as long as can be": "&<>" * 1365,
    "brackets": "((((((((" * 100,
    "quotes": '"«»„“',
    "nothing to see": "\u200b\u2060",
    "line ends": "а\r\nб\u2028в\x0b",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
async def test_whatever_is_said_gets_an_answer_that_telegram_takes(
    telegram: TelegramServer, bot: Bot, text: str
) -> None:
    user = 1000 + list(HOSTILE.values()).index(text)
    for command in ("", "/subscribe ", "/unsubscribe ", "/schedule ", "/timezone ", "/language ", "/"):
        assert (await say(telegram, (command + text)[:4096], user=user)).text
    await say(telegram, "/subscribe", user=user)
    assert (await say(telegram, text, user=user)).text
    assert telegram.violations == []


async def test_every_button_is_answered(telegram: TelegramServer, bot: Bot) -> None:
    user = 61
    for query in ("казахстан", "баку", "азербайджан"):
        await say(telegram, f"/subscribe {query}", user=user)
    for command in ("/start", "/settings", "/subscriptions", "/latest", "казахстан", "/unsubscribe all"):
        labels = [button.text for button in (await say(telegram, command, user=user)).buttons]
        assert labels
        for label in labels:
            message = await say(telegram, command, user=user)
            if label in [button.text for button in message.buttons]:
                answer = await telegram.answered(telegram.press(message, label))
                assert answer.after_s < 5
    assert telegram.violations == []


async def test_who_cannot_serve_says_so_in_one_line(telegram: TelegramServer, bot: Bot, tmp_path: Path) -> None:
    stranger = "1234567890:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-xy"
    async with (
        started(telegram, database(bot)) as second,
        started(telegram, tmp_path / "news.db", BOT_TOKEN=stranger) as unknown,
    ):
        endings = await asyncio.gather(second.end(), unknown.end())
    assert [(ending.code, ending.err.splitlines()) for ending in endings] == [
        (1, [f"newsbot: process {bot.process.pid} already serves {database(bot)}"]),
        (1, ["newsbot: BOT_TOKEN: Telegram does not know this token"]),
    ]
    assert (await say(telegram, "/start", user=71)).text


async def test_a_bot_waits_for_telegram_and_stops_in_time_though_a_send_hangs(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(TelegramServer(TOKEN))
        async with telegram.unreachable():
            bot = await stack.enter_async_context(started(telegram, tmp_path / "news.db"))
            await bot.says("telegram does not answer")
        telegram.say("/start")
        await telegram.wait_for()
        telegram.fail_next("sendMessage", drop="hang")
        telegram.say("/help")
        await telegram.wait_for()
        ended = await bot.stop()
        assert telegram.violations == []
    assert ended.code == 0
    assert TOKEN.partition(":")[2] not in ended.err
    assert {line["event"] for line in logged(ended.err)} >= {
        "telegram does not answer",
        "serving",
        "updates broken off",
    }
