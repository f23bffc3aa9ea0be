"""How an attempt to send ended, and what becomes of the message.

    an error ──outcome──▶ Sent | Refused | Asleep | Moved | NotSent | Lost | Interrupted ──became──▶ storage's Attempt

Telegram knows no key by which a message sent twice would be one. So it is told apart what did not arrive (nothing was
connected, or Telegram itself said no) from what nobody can tell: the answer was lost, or a gateway answered in
Telegram's place. Both are tried again for a day; what may have arrived by then is unknown, and all else refused.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiohttp import ClientConnectorError, ConnectionTimeoutError
from aiohttp_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError

from storage.models import Attempt, AttemptOutcome, Message, MessageState

# Doubles with every attempt, up to the longest; half of it is left to chance, so that not all come at once.
FIRST_WAIT: Final = timedelta(seconds=2)
LONGEST_WAIT: Final = timedelta(minutes=10)
# What Telegram asks for is kept as far as this; beyond it no date can be computed.
LONGEST_RETRY_S: Final = 366 * 86_400
# From the first attempt on; the one that is made after it is the last.
TRIED_FOR: Final = timedelta(days=1)
REASON_LIMIT: Final = 300

# What Telegram says of a place where nothing may be written now, though the message is well formed.
CLOSED: Final = (
    "chat not found",
    "not enough rights",
    "have no rights",
    "need administrator rights",
    "CHAT_WRITE_FORBIDDEN",
    "bot is not a member",
    "bot was kicked",
    "PEER_ID_INVALID",
)
# The same of one topic of a forum.
CLOSED_TOPIC: Final = ("TOPIC_CLOSED", "TOPIC_DELETED", "message thread not found", "TOPIC_ID_INVALID")
# Whoever stands before Telegram may say so of a request that went through.
GATEWAY: Final = ("bad gateway", "gateway time")
# Nothing has been said to Telegram yet.
UNCONNECTED: Final = (ClientConnectorError, ConnectionTimeoutError, ProxyConnectionError, ProxyError, ProxyTimeoutError)

_TOKEN: Final = re.compile(r"bot\d+(?::|%3A)[\w-]+")


@dataclass(frozen=True, slots=True)
class Sent:
    """Telegram has it."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Telegram will never take this message."""

    error: str


@dataclass(frozen=True, slots=True)
class Asleep:
    """Telegram takes nothing for this chat, or this topic alone, until it writes again; then the message is sent."""

    error: str
    topic: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """The group has a new id; it was not sent."""

    error: str
    to: int


@dataclass(frozen=True, slots=True)
class NotSent:
    """It did not arrive; `at_least` is how long Telegram wants to be left alone. `out_of_reach`: it is about all."""

    error: str
    at_least: timedelta | None = None
    out_of_reach: bool = False


@dataclass(frozen=True, slots=True)
class Lost:
    """Nobody can tell whether it arrived."""

    error: str
    out_of_reach: bool = True


@dataclass(frozen=True, slots=True)
class Interrupted:
    """We broke it off ourselves; nobody can tell whether it arrived."""

    error: str = "interrupted"


@dataclass(frozen=True, slots=True)
class Unsettled:
    """It ended somehow, but writing that down raised a mistake of ours again and again; the error is its kind."""

    error: str


Outcome = Sent | Refused | Asleep | Moved | NotSent | Lost | Interrupted | Unsettled


def outcome(error: Exception) -> Outcome:
    """What an error of a send means."""
    reason = _reason(error)
    match error:
        case TelegramRetryAfter():
            return NotSent(reason, at_least=timedelta(seconds=min(error.retry_after, LONGEST_RETRY_S)))
        case TelegramMigrateToChat():
            return Moved(reason, error.migrate_to_chat_id)
        case TelegramForbiddenError():
            return Asleep(reason)
        case TelegramBadRequest():
            return _refusal(error.message, reason)
        case TelegramEntityTooLarge():
            return Refused(reason)
        case TelegramNetworkError():
            return _fault(error, reason)
        case TelegramServerError():
            gateway = any(words in error.message.lower() for words in GATEWAY)
            return Lost(reason) if gateway else NotSent(reason, out_of_reach=True)
        case TelegramUnauthorizedError() | TelegramNotFound():
            return NotSent(reason, out_of_reach=True)
        case TelegramAPIError():
            return NotSent(reason)
        case ClientDecodeError(data={"ok": True}):
            # It came in a shape that aiogram does not know, but it came.
            return Sent()
    return _fault(error, reason)


def became(message: Message, how: Outcome, *, now: datetime, chance: float) -> Attempt:
    """What is to be written down; `chance`, from 0 to 1, is how much of the wait that is left to it."""
    result, state, until = _written(message, how, now, chance)
    return Attempt(
        message_id=message.id,
        chat_id=message.chat_id,
        number=message.attempts,
        outcome=result,
        state=state,
        error=None if isinstance(how, Sent) else how.error,
        not_before=until if state is MessageState.PENDING else None,
        anew=isinstance(how, Asleep),
    )


def _written(
    message: Message, how: Outcome, now: datetime, chance: float
) -> tuple[AttemptOutcome, MessageState, datetime]:
    """Outcome, state, and until when it waits where it is pending."""
    until = now + wait(message.attempts, chance=chance)
    is_over = now - message.tried_at >= TRIED_FOR
    match how:
        case Sent():
            return AttemptOutcome.SENT, MessageState.SENT, now
        case Refused():
            return AttemptOutcome.REFUSED, MessageState.REFUSED, now
        case Asleep():
            # A chat that wakes wants its digests; that some topic was closed is no news by then.
            held = MessageState.PENDING if message.composed_at else MessageState.REFUSED
            return AttemptOutcome.NOT_SENT, held, now
        case Moved():
            # Told so again, there is no hurry.
            state = MessageState.PENDING if message.attempts == 1 or not is_over else _given_up(message, how)
            return AttemptOutcome.NOT_SENT, state, now if message.attempts == 1 else until
        case NotSent(_, at_least):
            state = _given_up(message, how) if is_over else MessageState.PENDING
            return AttemptOutcome.NOT_SENT, state, until if at_least is None else now + at_least
        case Lost():
            state = _given_up(message, how) if is_over else MessageState.PENDING
            return AttemptOutcome.LOST, state, until
        case Interrupted():
            # As what a crash leaves: no attempt has come to its end, so none can be the last.
            return AttemptOutcome.INTERRUPTED, MessageState.PENDING, now
        case Unsettled():
            return AttemptOutcome.LOST, MessageState.UNKNOWN, now


def wait(attempts: int, *, chance: float) -> timedelta:
    """Until the next attempt."""
    doublings = min(attempts - 1, 16)
    longest = min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)
    return longest * (0.5 + chance / 2)


def _given_up(message: Message, how: Outcome) -> MessageState:
    may_have_arrived = message.doubtful or isinstance(how, Lost)
    return MessageState.UNKNOWN if may_have_arrived else MessageState.REFUSED


def _refusal(said: str, reason: str) -> Outcome:
    if any(words in said for words in CLOSED_TOPIC):
        return Asleep(reason, topic=True)
    return Asleep(reason) if any(words in said for words in CLOSED) else Refused(reason)


def _fault(error: Exception, reason: str) -> Outcome:
    if any(isinstance(one, UNCONNECTED) for one in _causes(error)):
        return NotSent(reason, out_of_reach=True)
    return Lost(reason)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error:
        yield error
        error = error.__cause__


def _reason(error: Exception) -> str:
    """On one line, in Telegram's words where it said something, and without the token that an address may hold."""
    said = error.message if isinstance(error, TelegramAPIError) else f"{type(error).__name__}: {error}"
    return _TOKEN.sub("bot<token>", " ".join(said.split()))[:REASON_LIMIT]
