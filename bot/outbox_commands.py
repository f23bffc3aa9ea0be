"""What `newsbot outbox` and its commands do: the outbox as an operator sees it, and what was given up tried again."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from typer import echo

from bot.clock import utc_now
from bot.config import Settings
from bot.errors import one_line
from bot.operations import FAILURE, SUCCESS, open_store
from storage import outbox_report
from storage.outbox_report import GivenUp, Open, Sleeper, Waiting

NOTHING: Final = "nothing"


async def show_outbox(settings: Settings, *, limit: int, as_json: bool) -> None:
    async with open_store(settings) as db, db.read() as conn:
        waiting, asleep = await outbox_report.waiting(conn), await outbox_report.sleepers(conn)
        first = await outbox_report.first_open(conn, limit=limit)
        total, given_up = (
            await outbox_report.count_given_up(conn),
            await outbox_report.given_up(conn, limit=limit),
        )
    if as_json:
        _print_json("waiting", waiting, given_up=total, asleep=len(asleep))
        for kind, rows in (("open", first), ("asleep", asleep), ("given_up", given_up)):
            for row in rows:
                _print_json(kind, row)
        return
    for line in _lines(waiting, first, asleep, given_up, total):
        echo(line)


async def retry_messages(settings: Settings, ids: Sequence[int], *, every: bool) -> int:
    """Fails where one of the ids was not given up."""
    async with open_store(settings) as db, db.write() as conn:
        done = await outbox_report.retry(conn, None if every else ids, now=utc_now())
    echo(f"put back {len(done)}; they are sent when the bot runs, to chats that sleep when these write again")
    return _missing(ids, done, "was not given up")


async def drop_messages(settings: Settings, ids: Sequence[int], *, every: bool) -> int:
    """Fails where one of the ids is of no message that can be dropped."""
    async with open_store(settings) as db, db.write() as conn:
        done = await outbox_report.drop(conn, None if every else ids)
    echo(f"dropped {len(done)}")
    return _missing(ids, done, "neither waits nor was given up")


def _missing(ids: Sequence[int], done: Sequence[int], problem: str) -> int:
    missing = sorted({*ids} - {*done})
    for one in missing:
        echo(f"newsbot: message {one} {problem}", err=True)
    return FAILURE if missing else SUCCESS


def _lines(
    waiting: Waiting, first: Sequence[Open], asleep: Sequence[Sleeper], given_up: Sequence[GivenUp], total: int
) -> Iterator[str]:
    since = f", the oldest since {_minute(waiting.since)}" if waiting.since else ""
    held_back = f", {waiting.held_back} of them for chats that sleep" if waiting.held_back else ""
    yield f"waiting: {waiting.messages or NOTHING}{held_back}{since}"
    for message in first:
        broadcast = f", broadcast {message.broadcast_id}" if message.broadcast_id else ""
        yield f"   {message.id}: {message.state}, chat {_place(message)}{broadcast}, from {_minute(message.not_before)}"
    if waiting.messages > len(first):
        yield f"   … and {waiting.messages - len(first)} newer ones; --limit shows more"
    if waiting.sending:
        yield f"being sent: {waiting.sending}"
    if asleep:
        yield f"asleep: {len(asleep)}"
    by_reason = sorted(asleep, key=lambda one: one.why or "")
    for why, group in groupby(by_reason, key=lambda one: one.why or ""):
        several = list(group)
        ids = ", ".join(map(_place, several[:3])) + (", …" if len(several) > 3 else "")
        messages = sum(one.messages for one in several)
        yield f"   {len(several)} ({ids}), {messages} waiting: {one_line(why or 'for no known reason')}"
    yield f"given up: {total or NOTHING}"
    for one in given_up:
        attempts = f"{one.attempts} attempt{'' if one.attempts == 1 else 's'} since {_minute(one.tried_at)}"
        yield f"   {one.id}: {one.state}, chat {_place(one)}, {attempts}: {one_line(one.reason or 'no reason')}"
    if total > len(given_up):
        yield f"   … and {total - len(given_up)} older ones; --limit shows more"


def _place(one: Open | Sleeper | GivenUp) -> str:
    return f"{one.telegram_id}/{one.thread_id}" if one.thread_id else str(one.telegram_id)


def _minute(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else "?"


def _print_json(kind: str, row: Waiting | Open | Sleeper | GivenUp, **more: Any) -> None:
    echo(json.dumps({"kind": kind, **asdict(row), **more}, ensure_ascii=False, default=_iso))


def _iso(value: datetime) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")
