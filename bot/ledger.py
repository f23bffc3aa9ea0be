"""Writes down how sends ended, and claims what is sent next: one transaction for both, as many messages as there are.

    ended ──turn──▶ settled, and what that means for chats: asleep, moved ──▶ claimed

What could not be written down is kept, and written when the store can be written again. Where it is no fault of the
store's, each is written by itself, so that one holds up no other; after a few tries nobody can tell what became of it.
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Final, TypeAlias

import structlog
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.closed_topics import ClosedTopics
from bot.outcomes import Asleep, Moved, Outcome, Sent, Unsettled, became
from storage import chats, outbox
from storage.database import Database
from storage.errors import DatabaseError
from storage.models import Attempt, Message, MessageState
from storage.outbox import Turn

Ended: TypeAlias = tuple[Message, Outcome]

GIVEN_UP: Final = (MessageState.REFUSED, MessageState.UNKNOWN)
# So often it is tried to write down an outcome that raises a mistake of ours.
TRIES: Final = 3

log = structlog.get_logger()


class Ledger:
    """`chance` gives numbers from 0 to 1, for waits that are not to end all at once."""

    def __init__(
        self, db: Database, topics: ClosedTopics, *, clock: Callable[[], datetime], chance: Callable[[], float]
    ) -> None:
        self._db = db
        self._topics = topics
        self._clock = clock
        self._chance = chance
        # Claimed, and not settled: what a crash would leave in doubt.
        self._held: set[int] = set()
        self._unsettled: list[Ended] = []
        # What may have been claimed by a transaction of which nobody knows how it ended; it was not sent.
        self._unclaimed: set[int] = set()
        # How often writing down what became of a message has raised a mistake of ours.
        self._mistakes: Counter[int] = Counter()

    @property
    def held(self) -> int:
        """How many messages are claimed, and not settled."""
        return len(self._held)

    async def recover(self, *, only: int | None) -> int:
        """Frees what an interrupted run had claimed; returns how many."""
        async with self._db.write() as conn:
            return await outbox.recover(conn, now=self._clock(), only=only)

    async def turn(
        self, ended: Sequence[Ended], wanted: Sequence[int], *, hasten: Collection[int], only: int | None
    ) -> Turn:
        """Settles, and claims of the wanted messages what may still be sent; those put off are `hasten`ed."""
        now = self._clock()
        try:
            turn = await self._settled_and_claimed(ended, wanted, hasten=hasten, only=only, now=now)
        except BaseException:
            self._unclaimed.update(wanted)
            raise
        self._unclaimed.difference_update(wanted)
        self._held.difference_update(message.id for message, _ in ended)
        self._held.update(message.id for message in turn.claimed)
        return turn

    async def _settled_and_claimed(
        self, ended: Sequence[Ended], wanted: Sequence[int], *, hasten: Collection[int], only: int | None, now: datetime
    ) -> Turn:
        if not hasten and all(isinstance(how, Sent) for _, how in ended):
            return await self._db.transact(outbox.turn(wanted, now=now, ended=self._attempts(ended, now), only=only))
        async with self._db.write() as conn:
            turn = await self._turn(conn, ended, wanted, now=now, only=only)
            await outbox.hasten(conn, hasten, now=now)
            return turn

    def keep(self, ended: Sequence[Ended]) -> None:
        """To be written down later."""
        self._unsettled += ended

    async def settle_again(self) -> None:
        """Writes down what could not be: the disk was full, or another process held the store for too long."""
        if not self._unsettled and not self._unclaimed:
            return
        ended, self._unsettled = self._unsettled, []
        try:
            await self._settle(ended)
        except Exception as error:
            if not _is_mistake(error):
                self._unsettled += ended
                raise
            await self._settle_each(ended)
        except BaseException:
            self._unsettled += ended
            raise

    async def _settle(self, ended: Sequence[Ended]) -> None:
        async with self._db.write() as conn:
            # Another drain may have claimed some of them while this one waited for its turn to write.
            unclaimed = sorted(self._unclaimed - self._held)
            await outbox.give_back(conn, unclaimed)
            await self._turn(conn, ended, (), now=self._clock(), only=None)
        self._unclaimed.difference_update(unclaimed)
        for message, _ in ended:
            self._held.discard(message.id)
            self._mistakes.pop(message.id, None)

    async def _settle_each(self, ended: Sequence[Ended]) -> None:
        """One by one; those that raise a mistake of ours are kept."""
        left = list(ended)
        try:
            for one in ended:
                if await self._is_settled(one):
                    left.remove(one)
        finally:
            self._unsettled += left

    async def _is_settled(self, one: Ended) -> bool:
        """After a few tries it is, as unknown."""
        message, _ = one
        try:
            await self._settle([one])
        except Exception as error:
            if not _is_mistake(error):
                raise
            self._mistakes[message.id] += 1
            if self._mistakes[message.id] < TRIES:
                return False
            log.exception("outcome cannot be settled", message=message.id, chat=message.place)
            await self._settle([(message, Unsettled(f"not settled: {type(error).__name__}"))])
        return True

    async def _turn(
        self, conn: AsyncConnection, ended: Sequence[Ended], wanted: Sequence[int], *, now: datetime, only: int | None
    ) -> Turn:
        for message, how in ended:
            await self._consequences(conn, message, how, now)
        attempts = self._attempts(ended, now)
        places = {message.id: message.place for message, _ in ended if not message.is_broadcast}
        for one in attempts:
            if one.state in GIVEN_UP and one.message_id in places:
                log.error(
                    "message given up", message=one.message_id, chat=places[one.message_id], state=one.state.value
                )
        return await outbox.take_turn(conn, wanted, now=now, ended=attempts, only=only)

    def _attempts(self, ended: Sequence[Ended], now: datetime) -> list[Attempt]:
        return [became(message, how, now=now, chance=self._chance()) for message, how in ended]

    async def _consequences(self, conn: AsyncConnection, message: Message, how: Outcome, now: datetime) -> None:
        match how:
            case Asleep(why, topic=True):
                await self._topics.closed(conn, message, why=why, now=now)
            case Asleep(why):
                await chats.fall_asleep(conn, message.telegram_id, why=why, now=now)
            case Moved(_, to):
                await chats.move(conn, message.telegram_id, to=to, now=now)


def _is_mistake(error: Exception) -> bool:
    """Whether it is ours, and would come again however often it is tried; of the store's it is only what it forbids."""
    return isinstance(error, IntegrityError) or not isinstance(error, DatabaseError | DBAPIError)
