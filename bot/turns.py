"""Whose turn it is: the chats that digests are made for, as they stand in the store right before.

Gathered, Items ──turns──▶ Batch: what each chat has chosen, leans to and was alerted of; whose hours are quiet
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeAlias

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.alerts import ALERTS_AN_HOUR
from bot.items import Items
from bot.preferences import Defaults, Preferences, preferences
from bot.timetable import quiet_ends
from storage import chats, digests, feedback
from storage.models import Chat, DigestKind
from storage.planning import Gathered

# Chat id → until when nothing is pushed to it.
Held: TypeAlias = dict[int, datetime]


class Turn(NamedTuple):
    """A chat that is composed for: what it has chosen, what is new to it, to which of that it leans, and when it was
    alerted last.
    """

    chat: Chat
    chosen: Preferences
    gathered: Gathered
    leanings: Mapping[int, float]
    alerted: Sequence[datetime]


@dataclass(frozen=True, slots=True)
class Batch:
    """Chats composed for in one transaction; `held` are those with quiet hours, served when these are over."""

    kind: DigestKind
    now: datetime
    turns: tuple[Turn, ...]
    held: Held


async def turns(
    conn: AsyncConnection,
    gathered: Sequence[Gathered],
    kind: DigestKind,
    items: Items,
    *,
    defaults: Defaults,
    now: datetime,
) -> Batch:
    """Without chats that are not to be served any more, or are told otherwise, since they were planned for."""
    known = await chats.by_ids(conn, [one.chat_id for one in gathered])
    chosen = {
        chat.id: own
        for chat in known.values()
        if _is_waiting(chat, kind, now) and chat.languages == items.languages.get(chat.id, frozenset())
        if (own := preferences(chat, defaults)).reader == items.readers.get(chat.id)
    }
    held = {} if kind is DigestKind.ASKED else _quiet(chosen, now)
    served = {one.chat_id: one for one in gathered if one.chat_id in chosen.keys() - held.keys()}
    leanings = await _leanings(conn, {chat_id: items.stories(chat_id) for chat_id in served})
    alerted = await _alerted(conn, served) if kind is DigestKind.INSTANT else {}
    return Batch(
        kind,
        now,
        tuple(
            Turn(known[one], chosen[one], own, leanings.get(one, {}), alerted.get(one, ()))
            for one, own in served.items()
        ),
        held,
    )


def _is_waiting(chat: Chat, kind: DigestKind, now: datetime) -> bool:
    if kind is DigestKind.ASKED:
        return True
    is_due = chat.next_due_at is not None and chat.next_due_at <= now
    is_paused = chat.paused_until is not None and chat.paused_until > now
    return not chat.asleep and not is_paused and (kind is DigestKind.INSTANT or is_due)


def _quiet(chosen: Mapping[int, Preferences], now: datetime) -> Held:
    """Chat → when the quiet hours that hold now are over."""
    ends = ((chat_id, quiet_ends(one.schedule, one.zone, now)) for chat_id, one in chosen.items())
    return {chat_id: end for chat_id, end in ends if end}


async def _leanings(conn: AsyncConnection, told: Mapping[int, Set[int]]) -> dict[int, dict[int, float]]:
    """Chat → story → how much it leans to it, of those where that is known."""
    by_chat: dict[int, dict[int, float]] = {}
    for (chat_id, story_id), leaning in (await feedback.leanings(conn, told)).items():
        by_chat.setdefault(chat_id, {})[story_id] = leaning
    return by_chat


async def _alerted(conn: AsyncConnection, served: Mapping[int, Gathered]) -> dict[int, Sequence[datetime]]:
    """Chat → when it was told its last alerts, of those that have news."""
    news = [chat_id for chat_id, own in served.items() if own.fresh]
    return {chat_id: await digests.alerted(conn, chat_id, limit=ALERTS_AN_HOUR) for chat_id in news}
