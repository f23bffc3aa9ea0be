"""Messages to be sent: rows written by the transaction that decided them, claimed before they are sent, settled after.

    pending ──claim──▶ sending ──settle──▶ sent | refused | unknown
       ▲                  │
       └──────────────────┘ not sent, or nobody can tell: again; found `sending` at the start: interrupted, again

A chat's messages keep their order: one waits until the one before it is settled. Which chats have something to be sent
is looked up by the page (`ready`); a claim looks at the rows it takes and no others. Every attempt but a first one that
succeeds is recorded. What the sender does for each message goes straight to the driver, in one hop for many messages.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.chats import TERMINAL
from storage.driver import fetch, on_driver
from storage.models import Attempt, AttemptOutcome, Message, MessageState, Part
from storage.schema import outbox, seconds

# Written out rather than bound, or SQLite could not tell that ix_outbox_open answers it.
_OPEN_STATES: Final = [MessageState.PENDING.value, MessageState.SENDING.value]
_OPEN: Final = outbox.c.state.in_(bindparam("open", _OPEN_STATES, expanding=True, literal_execute=True))

# A message that may be sent now, as far as it and its chat go.
_WILLING: Final = f"""
    message.state = 'pending' AND message.not_before <= :now AND NOT chat.asleep
    AND CASE WHEN :only IS NULL THEN chat.telegram_id < {TERMINAL} ELSE chat.telegram_id = :only END
"""
# Whether what comes next in a chat is a broadcast that nothing waits behind: all else goes before it.
_CAN_WAIT: Final = """
message.broadcast_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM outbox AS next
    WHERE next.chat_id = message.chat_id AND next.state IN ('pending', 'sending') AND next.id > message.id
)
"""
# The first open message of every chat in the order of messages, as far as `limit` willing ones; the sorting is left out
# by SQLite where the inner statement has no limit of its own.
_READY: Final = f"""
SELECT message.id, chat.telegram_id, {_CAN_WAIT}
FROM (
    SELECT min(id) AS id, chat_id FROM outbox WHERE state IN ('pending', 'sending') GROUP BY chat_id
    HAVING min(id) > :after ORDER BY 1 LIMIT -1
) AS first
CROSS JOIN chats AS chat ON chat.id = first.chat_id
CROSS JOIN outbox AS message ON message.id = first.id
WHERE {_WILLING}
LIMIT :limit
"""
_READY_OF_ONE: Final = f"""
SELECT message.id, chat.telegram_id, {_CAN_WAIT}
FROM chats AS chat
CROSS JOIN outbox AS message ON message.id = (
    SELECT min(id) FROM outbox WHERE chat_id = chat.id AND state IN ('pending', 'sending')
)
WHERE chat.telegram_id = :only AND message.id > :after AND {_WILLING}
ORDER BY message.id LIMIT :limit
"""
_CLAIMED: Final = f"""
SELECT
    message.id, message.chat_id, telegram_id, thread_id, message.part, message.html, message.buttons, message.preview,
    message.attempts + 1, coalesce(message.tried_at, :now), message.doubtful, digest.composed_at,
    NOT EXISTS (
        SELECT 1 FROM outbox AS next
        WHERE next.chat_id = message.chat_id AND next.state IN ('pending', 'sending') AND next.id > message.id
    ),
    message.broadcast_id IS NOT NULL
FROM json_each(:wanted) AS one
CROSS JOIN outbox AS message ON message.id = one.value
CROSS JOIN chats AS chat ON chat.id = message.chat_id
LEFT JOIN digests AS digest ON digest.id = message.digest_id
WHERE {_WILLING} AND NOT EXISTS (
    SELECT 1 FROM outbox AS earlier
    WHERE earlier.chat_id = message.chat_id AND earlier.state IN ('pending', 'sending') AND earlier.id < message.id
)
ORDER BY message.id
"""
_CLAIM: Final = """
UPDATE outbox SET state = 'sending', attempts = attempts + 1, tried_at = coalesce(tried_at, :now)
WHERE id IN (SELECT value FROM json_each(:claimed))
"""
# Of this very attempt: what is settled a second time, for nobody knew that it was, may have been claimed again.
_SENT: Final = """
UPDATE outbox SET state = 'sent', error = NULL, settled_at = ? WHERE id = ? AND state = 'sending' AND attempts = 1
"""
_SETTLE: Final = """
UPDATE outbox SET
    state = :state, error = :error, settled_at = :settled_at, not_before = coalesce(:not_before, not_before),
    tried_at = CASE WHEN :anew THEN NULL ELSE tried_at END, doubtful = doubtful OR :doubtful
WHERE id = :id AND state = 'sending' AND attempts = :number
"""
# The message may be gone: the chat asked to be forgotten.
_RECORD: Final = """
INSERT OR IGNORE INTO attempts (message_id, number, at, outcome, error)
SELECT id, :number, :at, :outcome, :error FROM outbox WHERE id = :id
"""
_NEXT: Final = f"""
SELECT message.id, chat.telegram_id, {_CAN_WAIT}
FROM outbox AS message CROSS JOIN chats AS chat ON chat.id = message.chat_id
WHERE message.id = (SELECT min(id) FROM outbox WHERE chat_id = :chat AND state IN ('pending', 'sending')) AND {_WILLING}
"""
# `state IN` is what makes SQLite see that ix_outbox_open answers it.
_INTERRUPTED: Final = f"""
state IN ('pending', 'sending') AND state = 'sending' AND (
    SELECT CASE WHEN :only IS NULL THEN telegram_id < {TERMINAL} ELSE telegram_id = :only END
    FROM chats WHERE chats.id = chat_id
)
"""


class Head(NamedTuple):
    """A message that is the next one of its chat, whose chat that is, and whether all others go before it."""

    id: int
    telegram_id: int
    can_wait: bool = False


class Page(NamedTuple):
    """What a look has found, and how many seconds of a processor it took."""

    heads: list[Head]
    cost_s: float


@dataclass(frozen=True, slots=True)
class Turn:
    """What one transaction of the sender gave: messages to be sent now, and what comes next in the chats settled."""

    claimed: list[Message]
    next: list[Head]


async def enqueue(conn: AsyncConnection, chat_id: int, parts: Sequence[Part], *, now: datetime) -> None:
    """Messages that belong to no digest."""
    pending = outbox.insert().values(chat_id=chat_id, state=MessageState.PENDING.value, not_before=now)
    rows = [{"part": number, **part._asdict()} for number, part in enumerate(parts, 1)]
    if rows:
        await conn.execute(pending, rows)


async def ready(conn: AsyncConnection, *, now: datetime, limit: int, after: int = 0, only: int | None = None) -> Page:
    """The next message of each chat that may be sent now, in their order, behind the message `after`.

    `only` names one Telegram id, or all but terminals. What is open is read through each time: a page costs half a
    millisecond for every thousand messages that wait, those of chats that sleep too.
    """
    statement = _READY if only is None else _READY_OF_ONE
    values = {"now": seconds(now), "limit": limit, "after": after, "only": only}

    def work(driver: sqlite3.Connection) -> Page:
        begun = time.thread_time()
        heads = [_head(row) for row in driver.execute(statement, values)]
        return Page(heads, time.thread_time() - begun)

    return await on_driver(conn, work)


def turn(
    wanted: Iterable[int] = (), *, now: datetime, ended: Sequence[Attempt] = (), only: int | None = None
) -> Callable[[sqlite3.Connection], Turn]:
    """A transaction: settles the attempts that have ended, and claims those of the wanted messages that may be sent."""
    values = {"now": seconds(now), "only": only}
    asked = json.dumps(list(wanted))

    def work(driver: sqlite3.Connection) -> Turn:
        _settle(driver, ended, seconds(now))
        chats = [{**values, "chat": chat} for chat in {one.chat_id for one in ended}]
        heads = [_head(row) for own in chats for row in driver.execute(_NEXT, own)]
        claimed = [_message(row) for row in driver.execute(_CLAIMED, {**values, "wanted": asked})]
        taken = json.dumps([message.id for message in claimed])
        driver.execute(_CLAIM, {**values, "claimed": taken})
        return Turn(claimed, heads)

    return work


async def take_turn(
    conn: AsyncConnection,
    wanted: Iterable[int] = (),
    *,
    now: datetime,
    ended: Sequence[Attempt] = (),
    only: int | None = None,
) -> Turn:
    """`turn`, as a part of another transaction."""
    return await on_driver(conn, turn(wanted, now=now, ended=ended, only=only))


async def give_back(conn: AsyncConnection, message_ids: Sequence[int]) -> None:
    """Claimed, perhaps, but never sent: as if it had not been."""
    back = "UPDATE outbox SET state = 'pending', attempts = attempts - 1 WHERE id = ? AND state = 'sending'"
    await on_driver(conn, lambda driver: driver.executemany(back, [(one,) for one in message_ids]))


async def hasten(conn: AsyncConnection, message_ids: Iterable[int], *, now: datetime) -> None:
    """Sends them at once that were put off."""
    soon = "UPDATE outbox SET not_before = ? WHERE id = ? AND state = 'pending' AND not_before > ?"
    rows = [(seconds(now), one, seconds(now)) for one in message_ids]
    await on_driver(conn, lambda driver: driver.executemany(soon, rows))


async def ahead(conn: AsyncConnection, *, now: datetime) -> list[int]:
    """What waits for a moment of a clock that was wrong: put in, or first tried, later than now."""
    statement = """
        SELECT id FROM outbox
        WHERE state IN ('pending', 'sending') AND state = 'pending' AND not_before > :now
        AND (tried_at IS NULL OR tried_at > :now)
    """
    return [one for (one,) in await fetch(conn, statement, {"now": seconds(now)})]


async def recover(conn: AsyncConnection, *, now: datetime, only: int | None = None) -> int:
    """Frees what an interrupted run had claimed; returns how many.

    Nobody can tell whether they arrived: each is marked so, and the attempt recorded.
    """
    values = {"now": seconds(now), "only": only}
    record = f"""
        INSERT INTO attempts (message_id, number, at, outcome)
        SELECT id, attempts, :now, 'interrupted' FROM outbox WHERE {_INTERRUPTED}
    """
    free = f"UPDATE outbox SET state = 'pending', doubtful = 1, error = 'interrupted' WHERE {_INTERRUPTED}"

    def work(driver: sqlite3.Connection) -> int:
        driver.execute(record, values)
        return driver.execute(free, values).rowcount

    return await on_driver(conn, work)


async def waiting(conn: AsyncConnection, chat_id: int) -> int:
    """How many messages of the chat are not settled."""
    own = select(func.count()).select_from(outbox).where(_OPEN, outbox.c.chat_id == chat_id)
    return (await conn.execute(own)).scalar_one()


def _settle(driver: sqlite3.Connection, ended: Sequence[Attempt], now: int) -> None:
    plain = [(now, one.message_id) for one in ended if _is_plain(one)]
    others = [_values(one, now) for one in ended if not _is_plain(one)]
    driver.executemany(_SENT, plain)
    driver.executemany(_SETTLE, others)
    driver.executemany(_RECORD, others)


def _is_plain(attempt: Attempt) -> bool:
    return attempt.outcome is AttemptOutcome.SENT and attempt.number == 1


def _values(attempt: Attempt, now: int) -> dict[str, Any]:
    # The store keeps whole seconds: rounded up, or Telegram would be asked before the time it named.
    until = attempt.not_before and ceil(attempt.not_before.timestamp())
    return {
        "id": attempt.message_id,
        "number": attempt.number,
        "at": now,
        "outcome": attempt.outcome.value,
        "error": attempt.error,
        "state": attempt.state.value,
        "settled_at": None if attempt.state is MessageState.PENDING else now,
        "not_before": until,
        "anew": attempt.anew,
        "doubtful": attempt.outcome in (AttemptOutcome.LOST, AttemptOutcome.INTERRUPTED),
    }


def _head(row: Sequence[Any]) -> Head:
    identity, telegram_id, can_wait = row
    return Head(identity, telegram_id, bool(can_wait))


def _message(row: Sequence[Any]) -> Message:
    (identity, chat_id, telegram_id, thread_id, part, html, buttons, preview, *more) = row
    attempts, tried, doubtful, made, last, broadcast = more
    return Message(
        id=identity,
        chat_id=chat_id,
        telegram_id=telegram_id,
        thread_id=thread_id,
        part=part,
        html=html,
        attempts=attempts,
        buttons=buttons,
        preview=preview,
        tried_at=datetime.fromtimestamp(tried, UTC),
        doubtful=bool(doubtful),
        composed_at=None if made is None else datetime.fromtimestamp(made, UTC),
        is_last=bool(last),
        is_broadcast=bool(broadcast),
    )
