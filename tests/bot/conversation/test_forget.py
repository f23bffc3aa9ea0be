"""/export and /forget: all that is stored about a chat, as a file; and nothing of it any more."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiogram.methods import DeleteMyCommands, SendDocument
from aiogram.types import BufferedInputFile
from sqlalchemy import insert, select, text

from storage import (
    bans,
    broadcasts,
    chats,
    dialogues,
    dossier,
    feedback,
    feeds,
    forgetting,
    saved,
    setups,
    shares,
    subscriptions,
)
from storage.database import Database
from storage.dialogues import Dialogue, Place
from storage.feedback import FeedbackKind
from storage.models import Chat
from storage.query import parse
from storage.schema import attempts, metadata, outbox, queries, updates
from storage.schema import bans as ban_rows
from storage.schema import broadcasts as broadcast_rows
from storage.schema import chats as chat_rows
from storage.schema import digests as digest_rows
from storage.schema import told as told_rows
from tests.bot.conversation.talk import NOON, Talk, draft

# Words that stand nowhere else, and ids that take six bytes or more in a row of SQLite's.
SECRET, OTHER = "кракозябра", "мелюзга"
BIG, STRANGER, CHANNEL = 5_123_456_789, 5_987_654_321, -1_007_777_777_777
FORGET = "Да, забыть всё"


@pytest.fixture
async def met(talk: Talk) -> Talk:
    """Somebody of whom the store holds a row in every table, beside somebody else."""
    talk.person.user_id = BIG
    await talk.publish([draft(f"Про {SECRET[:-1]}у в Баку", url="https://report.az/1")])
    await talk.say(f"/subscribe {SECRET}")
    await talk.say(f"/subscribe баку {SECRET}")
    await talk.say("/subscribe баку")
    await talk.say("/unsubscribe 2")
    await talk.say("/schedule 9:00")
    mine = await talk.chat()
    async with talk.db.write() as conn:
        other = await chats.ensure(conn, STRANGER, now=NOON)
        for query in ("баку", OTHER):
            await subscriptions.follow(conn, other.id, parse(query), now=NOON)
        for chat in (mine, other):
            await _filled(conn, chat.id, word=SECRET if chat is mine else OTHER)
        await feeds.add(conn, url="https://report.az/rss", title="Report", added_by=BIG, now=NOON)
        payload = json.dumps({"message": {"chat": {"id": mine.telegram_id}, "text": SECRET}})
        row = {"bot_id": 1, "received_at": NOON, "payload": payload}
        foreign = json.dumps({"message": {"chat": {"id": STRANGER}, "text": OTHER}})
        await conn.execute(insert(updates), [{**row, "update_id": 1}, {**row, "update_id": 2, "payload": foreign}])
        for person, chat, word in ((BIG, mine, SECRET), (STRANGER, other, OTHER)):
            await _administered(conn, person, chat, word=word)
    return talk


async def _filled(conn: Any, chat_id: int, *, word: str) -> None:
    await saved.save(conn, chat_id, 1, now=NOON)
    await feedback.give(conn, chat_id, 1, kind=FeedbackKind.LESS, now=NOON)
    made = {"chat_id": chat_id, "kind": "asked", "composed_at": NOON}
    digest = (await conn.execute(insert(digest_rows).values(**made).returning(digest_rows.c.id))).scalar_one()
    told = {"chat_id": chat_id, "story_id": 1, "digest_id": digest, "told_at": NOON, "place": 1}
    await conn.execute(insert(told_rows).values(**told, article_id=1))
    # Long enough for pages of its own.
    message = {"chat_id": chat_id, "digest_id": digest, "part": 1, "html": f"{word} " * 600, "not_before": NOON}
    sent = insert(outbox).values(**message, state="refused", error=f"{word} not found").returning(outbox.c.id)
    number = (await conn.execute(sent)).scalar_one()
    tried = {"message_id": number, "number": 1, "at": NOON, "outcome": "refused", "error": f"{word} not found"}
    await conn.execute(insert(attempts).values(**tried))


async def _administered(conn: Any, person: int, chat: Chat, *, word: str) -> None:
    """A channel that was set up, what was told everybody, whom they refused, and a question that is open."""
    channel = await chats.ensure(conn, CHANNEL, kind="channel", now=NOON)
    await setups.record(conn, person, channel.id, now=NOON)
    await shares.token_for(conn, chat.id, word, now=NOON)
    await broadcasts.draft(conn, f"{word} " * 600, by=person, now=NOON)
    await bans.add(conn, person + 1, by=person, now=NOON)
    await dialogues.save(conn, Place(chat.telegram_id, 0, person), Dialogue(NOON, None, {"said": word}))


async def rows(db: Database, table: Any) -> int:
    async with db.read() as conn:
        return len((await conn.execute(select(table))).all())


def found(folder: Path, *, telegram_id: int, word: str) -> set[str]:
    """Files of the store in which the bytes of this id, as digits or as SQLite writes it, or of this word stand."""
    written = telegram_id.to_bytes(6 if telegram_id < 1 << 47 else 8, "big")
    wanted = (str(telegram_id).encode(), written, word.encode(), word[:6].encode())
    files = [path for path in folder.iterdir() if path.name.startswith("news.db")]
    return {path.name for path in files if any(one in path.read_bytes() for one in wanted)}


def exported(talk_calls: list[SendDocument]) -> dict[str, Any]:
    [call] = talk_calls
    assert isinstance(call.document, BufferedInputFile)
    assert call.document.filename
    assert re.fullmatch(r"newsbot-\d{4}-\d\d-\d\d\.json", call.document.filename)
    told: dict[str, Any] = json.loads(call.document.data)
    return told


async def test_an_export_holds_everything_that_is_stored_about_the_chat(met: Talk) -> None:
    calls = met.session.calls_of(SendDocument)
    await met.say("/export")
    told = exported(calls)
    assert told["exported_at"] == "2025-12-06T07:00:00Z"
    assert told["chat"] == {
        "telegram_id": met.person.chat_id,
        "topic": None,
        "kind": "private",
        "met_at": "2025-12-06T07:00:00Z",
        "asleep": False,
        "asleep_why": None,
        "asleep_since": None,
    }
    assert "9:00" in told["settings"]["schedule"]
    assert [(one["query"], one["deleted_at"]) for one in told["subscriptions"]] == [
        ("баку", None),
        (f"баку {SECRET}", "2025-12-06T07:00:00Z"),
        (SECRET, None),
    ]
    headline = {"title": f"Про {SECRET[:-1]}у в Баку", "url": "https://report.az/1"}
    assert told["told"] == [{**headline, "told_at": "2025-12-06T07:00:00Z", "digest": 1, "shown": True}]
    assert told["saved"] == [{**headline, "saved_at": "2025-12-06T07:00:00Z"}]
    assert told["feedback"] == [{**headline, "given_at": "2025-12-06T07:00:00Z", "kind": "less"}]
    assert [one["error"] for one in told["messages"]] == [f"{SECRET} not found"]
    assert [one["outcome"] for one in told["attempts"]] == ["refused"]
    assert [one["url"] for one in told["sources_added"]] == ["https://report.az/rss"]
    assert [one["telegram_id"] for one in told["setups"]] == [CHANNEL]
    assert [(one["state"], one["html"][: len(SECRET)]) for one in told["broadcasts"]] == [("draft", SECRET)]
    assert [one["telegram_id"] for one in told["bans"]] == [BIG + 1]
    assert [one["query"] for one in told["shares"]] == [SECRET]
    assert [json.loads(one["data"]) for one in told["remembered"]] == [{"said": SECRET}]
    assert len(told["digests"]) == 1
    assert OTHER not in json.dumps(told, ensure_ascii=False)


async def test_every_table_that_refers_to_a_chat_is_in_the_export(met: Talk) -> None:
    """A table that comes later must not be overlooked; what a topic's members set up is told without their names."""
    calls = met.session.calls_of(SendDocument)
    await met.say("/export")
    names = {"outbox": "messages"}
    tables = metadata.sorted_tables
    refer = {table.name for table in tables if any(key.column.table is chat_rows for key in table.foreign_keys)}
    assert {names.get(name, name) for name in refer} | {"attempts"} <= exported(calls).keys()


async def test_a_terminal_prints_the_file(met: Talk) -> None:
    shown = "".join(one.text for one in await met.say("/export"))
    assert "newsbot-2025-12-06.json" in shown
    assert '"query": "баку"' in shown


async def test_forgetting_is_asked_for_first_and_says_what_goes(met: Talk) -> None:
    [asked] = await met.say("/forget")
    assert "удалено навсегда" in asked.text
    assert asked.buttons == (FORGET, "Нет")
    [kept] = await met.press("Нет")
    assert kept.text.startswith("Хорошо, всё остаётся как есть.")
    assert await rows(met.db, chat_rows) == 3


async def test_nothing_of_a_chat_is_left_when_it_is_forgotten_and_all_of_the_others_is(met: Talk) -> None:
    before = {table.name: await rows(met.db, table) for table in metadata.sorted_tables}
    menus = met.session.calls_of(DeleteMyCommands)
    await met.say("/forget")
    [done] = await met.press(FORGET)
    assert done.text.startswith("Готово: об этом чате я больше ничего не знаю.")
    assert len(menus) == 1
    after = {table.name: await rows(met.db, table) for table in metadata.sorted_tables}
    own = {"chats": 1, "subscriptions": 3, "queries": 2, "digests": 1, "told": 1, "saved": 1, "feedback": 1}
    assert {name: before[name] - after[name] for name in before if before[name] != after[name]} == own | {
        "outbox": 1,
        "attempts": 1,
        "shares": 1,
        "setups": 1,
        "broadcasts": 1,
        "dialogues": 1,
    }
    assert len(met.digests.forgotten) == 2
    async with met.db.read() as conn:
        payloads = (await conn.execute(select(updates.c.payload).order_by(updates.c.update_id))).scalars().all()
        assert await feeds.count_added_by(conn, BIG) == 0
        # Whom they refused stays refused, but nobody knows by whom.
        assert await bans.load(conn) == [BIG + 1, STRANGER + 1]
    assert payloads[0] is None
    assert OTHER in json.loads(payloads[1])["message"]["text"]


async def test_no_byte_of_a_forgotten_chat_is_left_in_any_file(met: Talk, tmp_path: Path) -> None:
    telegram_id = met.person.chat_id
    # The article says the word too, and stays.
    async with met.db.write() as conn:
        await conn.execute(text("UPDATE articles SET title = 'Про Баку'"))
    assert found(tmp_path, telegram_id=telegram_id, word=SECRET)
    await met.say("/forget")
    await met.press(FORGET)
    assert found(tmp_path, telegram_id=telegram_id, word=SECRET) == set()
    assert found(tmp_path, telegram_id=STRANGER, word=OTHER) == {"news.db"}


async def test_a_reader_that_needs_the_log_puts_off_its_end_alone(met: Talk, tmp_path: Path) -> None:
    await met.say("/forget")
    async with met.db.read() as conn:
        await conn.execute(select(chat_rows))
        [done] = await met.press(FORGET)
        assert done.text.startswith("Готово")
        assert "news.db-wal" in found(tmp_path, telegram_id=met.person.chat_id, word=SECRET)
    assert met.db.log_has_traces
    assert await met.db.empty_log()
    assert "news.db-wal" not in found(tmp_path, telegram_id=met.person.chat_id, word=SECRET)


async def test_a_forgotten_chat_is_a_stranger(met: Talk) -> None:
    await met.say("/trends")
    await met.say("/forget")
    await met.press(FORGET)
    met.now += timedelta(days=1)
    [greeted] = await met.say("/start")
    assert greeted.text.startswith("Здравствуйте")
    assert (await met.chat()).schedule is None
    [nothing] = await met.say("/subscriptions")
    assert nothing.text.startswith("Подписок пока нет.")


async def test_a_second_press_leaves_no_trace_either(met: Talk) -> None:
    await met.say("/forget")
    button = met.buttoned()
    await met.press_on(button, FORGET)
    await met.press_on(button, FORGET)
    assert await rows(met.db, chat_rows) == 2


async def test_the_next_query_is_met_though_the_newest_one_is_gone(met: Talk) -> None:
    """The percolator reads what changed after the last change that it has seen."""
    async with met.db.write() as conn:
        before = (await conn.execute(select(queries.c.changed).order_by(queries.c.changed.desc()))).scalars().first()
        mine = await chats.ensure(conn, met.person.chat_id, now=NOON)
        await subscriptions.follow(conn, mine.id, parse("последнее слово"), now=NOON)
    await met.say("/forget")
    await met.press(FORGET)
    async with met.db.write() as conn:
        other = await chats.ensure(conn, STRANGER, now=NOON)
        followed = await subscriptions.follow(conn, other.id, parse("новое слово"), now=NOON)
        changed = await subscriptions.changed_queries(conn, after=(before or 0) + 1, limit=10)
        left = (await conn.execute(select(queries.c.canonical))).scalars().all()
    assert followed.subscription.query_id in {row[0] for row in changed}
    assert not any("последн" in canonical for canonical in left)


async def test_a_topic_forgets_itself_alone_and_a_private_chat_all_there_is(talk: Talk) -> None:
    async with talk.db.write() as conn:
        one, other = [await chats.ensure(conn, -100, thread_id=topic, now=NOON) for topic in (5, 6)]
        assert await forgetting.rows_of(conn, -100, thread_id=5) == [one.id]
        assert await forgetting.rows_of(conn, -100, thread_id=None) == [one.id, other.id]
        await forgetting.forget(conn, [one.id], telegram_id=-100, user=None)
        assert await chats.find(conn, -100, thread_id=5) is None
        assert await chats.find(conn, -100, thread_id=6) == other


async def test_a_chat_that_was_set_up_does_not_tell_by_whom(met: Talk) -> None:
    async with met.db.read() as conn:
        channel = await chats.find(conn, CHANNEL)
        assert channel
        told = await dossier.of_chat(conn, channel.id, user=None)
    assert told["setups"] == [{"at": "2025-12-06T07:00:00Z"}] * 2
    assert str(BIG) not in json.dumps(told)


async def test_a_group_that_is_forgotten_takes_nothing_from_its_admins(met: Talk) -> None:
    async with met.db.write() as conn:
        ids = await forgetting.rows_of(conn, CHANNEL, thread_id=0)
        await forgetting.forget(conn, ids, telegram_id=CHANNEL, user=None)
        assert await setups.of_user(conn, BIG, limit=8) == []
        assert len((await conn.execute(select(broadcast_rows))).all()) == 2
        assert {row.by for row in await conn.execute(select(ban_rows))} == {BIG, STRANGER}
