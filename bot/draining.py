"""One drain of the outbox, from its first look to its last message; see `bot.delivery`."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import structlog
from aiogram import Bot
from sqlalchemy.exc import DBAPIError

from bot.backlog import Backlog
from bot.breaker import Breaker
from bot.ledger import Ended, Ledger
from bot.outcomes import Interrupted, Lost, NotSent, Outcome, Sent
from bot.pace import Pace, Urgency, urgency
from bot.sending import send
from storage import outbox
from storage.database import Database
from storage.errors import DatabaseError
from storage.models import Message
from storage.outbox import Page

# In flight at once: what a crash leaves in doubt.
IN_FLIGHT: Final = 8
# While sends are under way, the outbox is looked into as often as by the tick.
LOOK_AGAIN_S: Final = 1.0
# So many chats are looked up at once, and so many are known at most.
PAGE_SIZE, KNOWN = 2000, 20_000
# Where very many messages wait for chats that sleep, a look takes long: it gets one part in so many of a processor.
LONG_LOOK_S, SELDOM = 0.02, 20
# Whoever asked for a digest holds up what else their chat asks for meanwhile: so long is waited for the pace.
PATIENCE_S: Final = 10.0
# A drain that is broken off has so long to write down what it knows.
LAST_WORDS_S: Final = 2.0

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Shared:
    """What all drains share."""

    bot: Bot
    db: Database
    pace: Pace
    clock: Callable[[], datetime]
    ledger: Ledger
    breaker: Breaker
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(IN_FLIGHT))
    # Drains that wait for a place.
    queueing: int = 0
    # Messages put off because Telegram was out of reach; and those of them that are to be sent now, for it is back.
    put_off: set[int] = field(default_factory=set)
    hastened: set[int] = field(default_factory=set)
    # Until then nobody looks, by the monotonic clock.
    rest_until: float = 0.0
    is_stopped: bool = False


class Drain:
    """`only` names one Telegram id, or all but terminals."""

    def __init__(self, shared: Shared, *, only: int | None) -> None:
        self._shared = shared
        self._only = only
        self._backlog = Backlog(shared.pace.free_at)
        self._under_way: dict[int, Message] = {}
        self._woken = asyncio.Event()
        self._ended: list[Ended] = []
        self._places = 0
        self._attempts = 0
        # Behind which message the next page begins; None where all have been seen.
        self._after: int | None = 0
        self._look_at = 0.0
        self._begun_at = time.monotonic()
        # Whether something has become of a message since the last look.
        self._has_changed = True
        self._trouble: Exception | None = None

    async def run(self) -> int:
        """Returns the number of attempts; raises what the store raised, when what was under way has come to its end."""
        try:
            async with asyncio.TaskGroup() as group:
                while await self._goes_on():
                    for message in await self._turn():
                        self._under_way[message.id] = message
                        group.create_task(self._send(message))
                    await self._pause()
        except BaseException:
            await self._break_off()
            raise
        self._leave()
        if self._trouble:
            raise self._trouble
        return self._attempts

    async def _goes_on(self) -> bool:
        """Whether there is something left to do; looks for it where it is time to."""
        if self._may_claim():
            await self._look()
        is_left = self._ended and not self._trouble
        return bool(self._under_way or is_left or (self._may_claim() and self._is_worth_waiting()))

    def _is_worth_waiting(self) -> bool:
        """What one chat is to have at once is left to the tick where its pace wants too long."""
        at = self._backlog.next_at()
        is_soon = self._only is None or at is None or at <= self._begun_at + PATIENCE_S
        return bool(self._backlog and (self._backlog.ready or is_soon))

    def _may_claim(self) -> bool:
        return not self._shared.is_stopped and not self._trouble and bool(self._under_way or self._allowed(1))

    def _allowed(self, sends: int) -> int:
        in_flight = self._shared.ledger.held - len(self._ended)
        return self._shared.breaker.allows(sends, in_flight=in_flight)

    async def _look(self) -> None:
        """At the next page where all of this one is done with; at the first one again once in a while."""
        now, is_idle = time.monotonic(), not self._backlog.ready
        further = is_idle and self._after is not None and len(self._backlog) < KNOWN
        again = now >= self._look_at or (is_idle and not self._under_way and self._has_changed)
        may_rest = self._only is None
        if not (further or again) or (may_rest and now < self._shared.rest_until):
            return
        try:
            heads, cost_s = await self._page(self._after or 0 if further else 0)
        except (DatabaseError, DBAPIError) as error:
            self._trouble = error
            return
        self._backlog.add(heads)
        self._has_changed = False
        self._after = heads[-1].id if len(heads) == PAGE_SIZE else None
        self._look_at = now + max(LOOK_AGAIN_S, SELDOM * cost_s)
        if may_rest and cost_s > LONG_LOOK_S and not heads:
            self._shared.rest_until = now + SELDOM * cost_s

    async def _page(self, after: int) -> Page:
        async with self._shared.db.read() as conn:
            return await outbox.ready(conn, now=self._shared.clock(), limit=PAGE_SIZE, after=after, only=self._only)

    async def _turn(self) -> list[Message]:
        """One write: what has ended is settled, and what comes next is claimed."""
        heads = self._backlog.take(await self._room())
        ended = list(self._ended)
        if self._trouble or not (heads or ended):
            self._give_places_back()
            return []
        hasten = tuple(self._shared.hastened)
        try:
            turn = await self._shared.ledger.turn(ended, [head.id for head in heads], hasten=hasten, only=self._only)
        except Exception as error:
            # Whatever it is: what is under way comes to its end first, and is written down by the next drain.
            self._trouble = error
            return []
        if hasten:
            self._shared.hastened.difference_update(hasten)
            self._look_at = 0.0
        self._has_changed = True
        del self._ended[: len(ended)]
        for freed in {head.telegram_id for head in heads} - {message.telegram_id for message in turn.claimed}:
            self._backlog.free(freed)
        for message, _ in ended:
            self._backlog.free(message.telegram_id)
        self._backlog.add(turn.next)
        self._attempts += len(turn.claimed)
        self._give_places_back(begun=len(turn.claimed))
        return turn.claimed

    async def _room(self) -> int:
        """How many sends may begin; waits for a place where there is nothing else to do."""
        if not self._may_claim():
            return 0
        shared, busy = self._shared, len(self._under_way)
        wanted = self._allowed(min(self._backlog.ready, IN_FLIGHT - busy))
        # The places of what has ended are free as soon as that is settled; another drain may have waited for them.
        free = self._places - busy - (len(self._ended) if shared.queueing else 0)
        if wanted and not self._places:
            shared.queueing += 1
            try:
                await shared.places.acquire()
            finally:
                shared.queueing -= 1
            self._places, free = 1, 1
        while free < wanted and not shared.places.locked():
            await shared.places.acquire()
            self._places, free = self._places + 1, free + 1
        return max(min(free, wanted), 0)

    def _give_places_back(self, *, begun: int = 0) -> None:
        needed = len(self._under_way) + len(self._ended) + begun
        while self._places > needed:
            self._places -= 1
            self._shared.places.release()

    async def _send(self, message: Message) -> None:
        # What waits behind a broadcast is not to wait longer for it.
        can_wait = message.is_broadcast and message.is_last
        urgency.set(Urgency.BROADCAST if can_wait else Urgency.DIGEST)
        how = await send(self._shared.bot, message, now=self._shared.clock())
        del self._under_way[message.id]
        self._end(message, how)
        self._woken.set()

    async def _pause(self) -> None:
        """Until a send has ended, a chat is free again, or it is time to look."""
        # Without waiting only for what the next turn will do: nothing else runs before that.
        has_places = self._may_claim() and (not self._under_way or not self._shared.places.locked())
        if (self._ended and not self._trouble) or (self._backlog.ready and has_places and self._allowed(1)):
            return
        patience_s = LOOK_AGAIN_S
        if has_places and (at := self._backlog.next_at()) is not None:
            patience_s = min(patience_s, max(at - time.monotonic(), 0.0))
        self._woken.clear()
        timer = asyncio.get_running_loop().call_later(patience_s, self._woken.set)
        if self._under_way or self._backlog:
            await self._woken.wait()
        timer.cancel()

    def _end(self, message: Message, how: Outcome) -> None:
        self._ended.append((message, how))
        if not isinstance(how, Sent):
            # Among all chats there are many that have blocked the bot since it wrote to them last.
            level = "info" if message.is_broadcast else "warning"
            getattr(log, level)("message not sent", message=message.id, chat=message.place, error=how.error)
        shared = self._shared
        if isinstance(how, NotSent | Lost) and how.out_of_reach:
            shared.put_off.add(message.id)
            if shared.breaker.failed(message.id):
                log.warning("telegram is out of reach: one message at a time is tried")
            return
        if shared.breaker.answered():
            log.info("telegram answers again")
            shared.hastened |= shared.put_off
        shared.put_off.clear()

    async def _break_off(self) -> None:
        """Writes down at once what is known: there may be no other drain."""
        self._leave()
        if self._trouble is None:
            with suppress(DatabaseError, DBAPIError, TimeoutError):
                async with asyncio.timeout(LAST_WORDS_S):
                    await self._shared.ledger.settle_again()

    def _leave(self) -> None:
        self._ended += [(message, Interrupted()) for message in self._under_way.values()]
        self._under_way.clear()
        self._shared.ledger.keep(self._ended)
        self._ended = []
        self._give_places_back()
