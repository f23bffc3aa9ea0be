"""Who may be sent something next. Pure: seconds of the caller's clock come as arguments.

    join ──▶ a chat's line ──its own limits──▶ ready, by urgency ──the limit over all──▶ take_turn

A chat's line waits for its chat alone: those that are ready pass it by. Among these the more urgent go first and, of
equal urgency, those who came first; but urgency never takes every place: see PATIENCE.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from heapq import heappop, heappush
from math import inf
from typing import Final, TypeAlias

from bot.buckets import Buckets

# Telegram's: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
CHAT_INTERVAL_S: Final = 1.0
CHAT_BURST: Final = 3
GROUP_INTERVAL_S: Final = 3.0
GROUP_BURST: Final = 3
GROUP_MINUTE: Final = 20
MINUTE_S: Final = 60.0
# Over all: what a timer that rings late has missed is made up for, up to so much time.
LATENESS_S: Final = 0.1
# Chats refused within a few seconds: it is not about them, but about all.
MANY_CHATS, TOGETHER_S = 3, 5.0
LONGEST_PAUSE_S: Final = 60.0
# After a pause for all, this share of the rate, or of what share it was; then more and more, until it is whole.
SLOWED: Final = 0.5
SLOWEST: Final = 1 / 8
RECOVERY_S: Final = 60.0
# Chats without a line that are remembered for a limit or a refusal, before these are looked through.
REMEMBERED: Final = 1000


class Urgency(IntEnum):
    """The smaller goes first."""

    ANSWER = 0
    DIGEST = 1
    BROADCAST = 2


# So often the less urgent lets others go before itself; then it is its turn. Of the places over all, and of those of
# each chat, digests thus get one in five at least and broadcasts one in eleven, however many answers are asked for.
PATIENCE: Final = {Urgency.ANSWER: inf, Urgency.DIGEST: 3, Urgency.BROADCAST: 9}


@dataclass(eq=False, slots=True)
class Ticket:
    """One message that waits for its turn."""

    chat: int
    urgency: Urgency
    number: int
    # Its chat can't take it at once.
    is_held: bool


class _Shares:
    """Whose turn it is among the urgencies."""

    __slots__ = ("_passed_by",)

    def __init__(self) -> None:
        self._passed_by = [0] * len(Urgency)

    def choose(self, waiting: Iterable[Urgency]) -> Urgency | None:
        """Of these, in order; None of none."""
        some = list(waiting)
        return next((one for one in some if self.is_owed(one)), some[0] if some else None)

    def is_owed(self, urgency: Urgency) -> bool:
        return self._passed_by[urgency] >= PATIENCE[urgency]

    def gone(self, urgency: Urgency, *, before: Iterable[Urgency]) -> None:
        self._passed_by[urgency] = 0
        for other in before:
            self._passed_by[other] += other > urgency


# What a chat's line is in: one of the queues, at its key there.
Place: TypeAlias = tuple[int, float]
LATER: Final = len(Urgency)


@dataclass(eq=False, slots=True)
class _Line:
    """What is known of a chat: who waits for it, until when it is shut, when a group was sent its last messages."""

    # Lists, for they are short and there are many: an empty deque takes ten times as much room.
    waiting: tuple[list[Ticket], ...] = field(default_factory=lambda: tuple([] for _ in Urgency))
    shares: _Shares = field(default_factory=_Shares)
    shut_until: float = -inf
    minute: deque[float] | None = None
    place: Place | None = None

    def head(self) -> Ticket | None:
        urgency = self.shares.choose(one for one in Urgency if self.waiting[one])
        return None if urgency is None else self.waiting[urgency][0]

    def is_idle(self, now: float) -> bool:
        """Nothing would be different if it were forgotten."""
        recent = self.minute and self.minute[-1] + MINUTE_S > now
        return self.place is None and not any(self.waiting) and self.shut_until <= now and not recent


class _Limits:
    """What one chat may be sent, and what all may be; `rate` 0 allows everything."""

    def __init__(self, rate: float) -> None:
        self.is_on = rate > 0
        self._chats = Buckets(CHAT_INTERVAL_S, burst=CHAT_BURST)
        self._groups = Buckets(GROUP_INTERVAL_S, burst=GROUP_BURST)
        self._all = Buckets(1 / rate if rate else 0.0, burst=1 + rate * LATENESS_S)

    def chat_free_at(self, chat: int, line: _Line | None) -> float:
        free_at = max(self._chats.free_at(chat), self._groups.free_at(chat))
        if line and line.minute and len(line.minute) == GROUP_MINUTE:
            return max(free_at, line.minute[0] + MINUTE_S)
        return free_at

    def free_at(self) -> float:
        return self._all.free_at(0)

    def take(self, chat: int, line: _Line, *, share: float, now: float) -> None:
        if not self.is_on:
            return
        self._all.take(0, now=now, weight=1 / share)
        self._chats.take(chat, now=now)
        if chat < 0:
            self._groups.take(chat, now=now)
            line.minute = line.minute or deque(maxlen=GROUP_MINUTE)
            line.minute.append(now)


class _Brake:
    """A pause for all, when Telegram refuses several chats at once, and a slower pace after it."""

    def __init__(self) -> None:
        self._refusals: deque[tuple[float, int, float]] = deque()
        self._share = 1.0
        self.ends_at = -inf

    def refused(self, chat: int, retry_after_s: float, *, now: float) -> bool:
        """Whether this begins or prolongs a pause."""
        self._refusals.append((now, chat, retry_after_s))
        while self._refusals[0][0] < now - TOGETHER_S:
            self._refusals.popleft()
        if len({one for _, one, _ in self._refusals}) < MANY_CHATS:
            return False
        if self.ends_at <= now:
            self._share = max(self.share(now) * SLOWED, SLOWEST)
        longest = max(wait_s for _, _, wait_s in self._refusals)
        self.ends_at = max(self.ends_at, now + min(longest, LONGEST_PAUSE_S))
        self._refusals.clear()
        return True

    def share(self, now: float) -> float:
        """The part of the rate that may be used."""
        return min(1.0, self._share + (1 - self._share) * max(now - self.ends_at, 0.0) / RECOVERY_S)


class Waiting:
    """All who wait, and what they wait for."""

    def __init__(self, rate: float) -> None:
        self._limits = _Limits(rate)
        self._brake = _Brake()
        self._shares = _Shares()
        self._lines: dict[int, _Line] = {}
        # Of lines whose chat is free, by urgency and by the number of their head; and LATER, by the time it is free.
        self._queues: tuple[list[tuple[float, int]], ...] = tuple([] for _ in range(LATER + 1))
        self._tickets = 0
        self._look_at = REMEMBERED

    def __len__(self) -> int:
        """Chats that are remembered."""
        return len(self._lines)

    def passes(self, chat: int, *, now: float) -> bool:
        """Whether there is nothing to wait for: no limits, and nothing is shut."""
        line = self._lines.get(chat)
        return not self._limits.is_on and self.shut_until(chat) <= now and not (line and any(line.waiting))

    def join(self, chat: int, urgency: Urgency, *, now: float) -> Ticket:
        line = self._line(chat, now)
        self._tickets += 1
        is_held = any(line.waiting) or self._free_at(chat, line) > now
        ticket = Ticket(chat, urgency, self._tickets, is_held)
        line.waiting[urgency].append(ticket)
        self._place(chat, line, now)
        return ticket

    def leave(self, ticket: Ticket, *, now: float) -> None:
        line = self._lines[ticket.chat]
        line.waiting[ticket.urgency].remove(ticket)
        self._place(ticket.chat, line, now)

    def take_turn(self, *, now: float) -> Ticket | None:
        """Whoever may be sent now; its place is taken, over all and in its chat."""
        self._free(now)
        if self._open_at() > now:
            return None
        ready = [one for one in Urgency if self._first(one) is not None]
        urgency = self._shares.choose(ready)
        if urgency is None:
            return None
        _, chat = heappop(self._queues[urgency])
        line = self._lines[chat]
        line.place = None
        ticket = line.waiting[urgency].pop(0)
        self._shares.gone(urgency, before=ready)
        line.shares.gone(urgency, before=Urgency if ticket.is_held else ())
        self._limits.take(chat, line, share=self._brake.share(now), now=now)
        self._place(chat, line, now)
        return ticket

    def next_at(self) -> float | None:
        """When somebody may be sent, at the earliest; None while nobody waits."""
        times = [-inf for one in Urgency if self._first(one) is not None]
        if self._first(LATER) is not None:
            times.append(self._queues[LATER][0][0])
        return max(min(times), self._open_at()) if times else None

    def refused(self, chat: int, retry_after_s: float, *, now: float) -> bool:
        """Shuts the chat for so long; returns whether all pause."""
        line = self._line(chat, now)
        line.shut_until = max(line.shut_until, now + retry_after_s)
        self._place(chat, line, now)
        return self._brake.refused(chat, retry_after_s, now=now)

    def shut_until(self, chat: int | None) -> float:
        """Until when Telegram wants nothing for this chat, or for all."""
        line = None if chat is None else self._lines.get(chat)
        return max(line.shut_until if line else -inf, self._brake.ends_at)

    def free_at(self, chat: int) -> float:
        """When a chat may be sent a digest: where answers that wait would take its places for ever, at its next one."""
        line = self._lines.get(chat)
        if line and line.shares.is_owed(Urgency.DIGEST):
            return self.shut_until(chat)
        return max(self._free_at(chat, line), self._brake.ends_at)

    def _free_at(self, chat: int, line: _Line | None) -> float:
        return max(self._limits.chat_free_at(chat, line), line.shut_until if line else -inf)

    def _open_at(self) -> float:
        return max(self._limits.free_at(), self._brake.ends_at)

    def _place(self, chat: int, line: _Line, now: float) -> None:
        """Puts a line where it belongs; where it stood in a queue before, nobody finds it any more."""
        head, free_at = line.head(), self._free_at(chat, line)
        if head is None:
            # What lies in LATER is let lie, for whoever joins before its time.
            line.place = line.place if line.place and line.place[0] == LATER else None
            return
        place = (LATER, free_at) if free_at > now else (int(head.urgency), float(head.number))
        if place != line.place:
            line.place = place
            heappush(self._queues[place[0]], (place[1], chat))

    def _free(self, now: float) -> None:
        """Lines whose chats are free by now are ready."""
        while self._first(LATER) is not None and self._queues[LATER][0][0] <= now:
            _, chat = heappop(self._queues[LATER])
            line = self._lines[chat]
            line.place = None
            self._place(chat, line, now)

    def _first(self, queue: int) -> int | None:
        """The chat that is first in a queue, of those that still stand there."""
        entries = self._queues[queue]
        while entries:
            key, chat = entries[0]
            if (line := self._lines.get(chat)) and line.place == (queue, key):
                return chat
            heappop(entries)
        return None

    def _line(self, chat: int, now: float) -> _Line:
        if chat not in self._lines:
            self._forget(now)
            self._lines[chat] = _Line()
        return self._lines[chat]

    def _forget(self, now: float) -> None:
        if len(self._lines) < self._look_at:
            return
        self._lines = {chat: line for chat, line in self._lines.items() if not line.is_idle(now)}
        self._look_at = max(REMEMBERED, 2 * len(self._lines))
