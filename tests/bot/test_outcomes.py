"""What an error of a send means, and what becomes of the message."""

from dataclasses import replace
from datetime import timedelta

import pytest
from aiogram.exceptions import (
    ClientDecodeError,
    RestartingTelegram,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import SendMessage
from aiohttp import ClientConnectorDNSError, ClientOSError, ClientPayloadError, ServerDisconnectedError
from aiohttp.client_reqrep import ConnectionKey
from aiohttp_socks import ProxyConnectionError, ProxyError
from hypothesis import given
from hypothesis import strategies as st

from bot.outcomes import (
    FIRST_WAIT,
    LONGEST_WAIT,
    REASON_LIMIT,
    TRIED_FOR,
    Asleep,
    Interrupted,
    Lost,
    Moved,
    NotSent,
    Outcome,
    Refused,
    Sent,
    became,
    outcome,
    wait,
)
from storage.models import AttemptOutcome, Message, MessageState
from tests.bot.newsroom import NOON

METHOD = SendMessage(chat_id=1, text="Text")
HOST = ConnectionKey("api.telegram.org", 443, True, True, None, None, None)
MESSAGE = Message(
    id=5, chat_id=1, telegram_id=1, thread_id=0, part=1, html="Text", attempts=1, tried_at=NOON, composed_at=NOON
)


def network(cause: BaseException) -> TelegramNetworkError:
    """As aiogram wraps it."""
    error = TelegramNetworkError(METHOD, f"{type(cause).__name__}: {cause}")
    error.__cause__ = cause
    return error


def through_proxy(cause: Exception) -> TelegramNetworkError:
    error = ClientOSError()
    error.__cause__ = cause
    return network(error)


NO_DNS = ClientConnectorDNSError(HOST, OSError("no such host"))

KINDS: list[tuple[Exception, type[Outcome]]] = [
    (network(NO_DNS), NotSent),
    (through_proxy(ProxyConnectionError("refused")), NotSent),
    (ProxyError("no such host"), NotSent),
    (network(TimeoutError()), Lost),
    (network(TimeoutError()), Lost),
    (network(ServerDisconnectedError()), Lost),
    (network(ClientOSError(104, "Connection reset by peer")), Lost),
    (network(ClientPayloadError("not enough data")), Lost),
    (ConnectionResetError(), Lost),
    (ClientDecodeError("Failed to decode object", ValueError(), "<html>502</html>"), Lost),
    (ClientDecodeError("Failed to deserialize object", ValueError(), {"ok": False}), Lost),
    (ClientDecodeError("Failed to deserialize object", ValueError(), {"ok": True, "result": {}}), Sent),
    (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid"), Lost),
    (TelegramServerError(METHOD, "Internal Server Error"), NotSent),
    (TelegramServerError(METHOD, "Bad Gateway"), Lost),
    (TelegramServerError(METHOD, "Gateway Timeout"), Lost),
    (RestartingTelegram(METHOD, "restart"), NotSent),
    (TelegramRetryAfter(METHOD, "Too Many Requests", 40), NotSent),
    (TelegramUnauthorizedError(METHOD, "Unauthorized"), NotSent),
    (TelegramNotFound(METHOD, "Not Found"), NotSent),
    (TelegramConflictError(METHOD, "Conflict"), NotSent),
    (TelegramAPIError(METHOD, "I'm a teapot"), NotSent),
    (TelegramEntityTooLarge(METHOD, "Request Entity Too Large"), Refused),
    (TelegramBadRequest(METHOD, "Bad Request: message is too long"), Refused),
    (TelegramBadRequest(METHOD, "Bad Request: chat not found"), Asleep),
    (TelegramBadRequest(METHOD, "Bad Request: TOPIC_CLOSED"), Asleep),
    (TelegramForbiddenError(METHOD, "Forbidden: bot was kicked from the group chat"), Asleep),
    (TelegramForbiddenError(METHOD, "Forbidden: user is deactivated"), Asleep),
    (TelegramMigrateToChat(METHOD, "Bad Request", -1004), Moved),
]


@pytest.mark.parametrize(("error", "kind"), KINDS, ids=lambda one: getattr(one, "__name__", f"{one!r:.60}"))
def test_what_did_not_arrive_is_told_from_what_may_have(error: Exception, kind: type[Outcome]) -> None:
    assert type(outcome(error)) is kind


def test_what_is_about_all_messages_is_told_from_what_is_about_one() -> None:
    about_all = [how for error, _ in KINDS if isinstance(how := outcome(error), NotSent | Lost) and how.out_of_reach]
    assert outcome(network(NO_DNS)) in about_all
    assert outcome(network(TimeoutError())) in about_all
    assert outcome(TelegramRetryAfter(METHOD, "", 1)) not in about_all
    assert outcome(TelegramConflictError(METHOD, "Conflict")) not in about_all


def test_a_topic_that_is_closed_is_told_from_a_chat() -> None:
    for said, topic in (("TOPIC_CLOSED", True), ("message thread not found", True), ("chat not found", False)):
        assert outcome(TelegramBadRequest(METHOD, f"Bad Request: {said}")) == Asleep(f"Bad Request: {said}", topic)


def test_a_reason_is_one_line_in_telegrams_words_without_the_token() -> None:
    address = "https://api.telegram.org/bot4200000001:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc/sendMessage"
    found = outcome(network(TimeoutError(f"Timeout\non {address}" + "x" * 500)))
    assert isinstance(found, Lost)
    assert found.error.startswith("TimeoutError: Timeout on https://api.telegram.org/bot<token>/sendMessage")
    assert len(found.error) == REASON_LIMIT
    assert outcome(TelegramForbiddenError(METHOD, "Forbidden")) == Asleep("Forbidden")


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_waits_double_up_to_the_longest_with_half_of_each_left_to_chance(attempts: int, chance: float) -> None:
    longest = wait(attempts, chance=1)
    assert longest == min(FIRST_WAIT * 2 ** min(attempts - 1, 30), LONGEST_WAIT)
    assert longest / 2 <= wait(attempts, chance=chance) <= longest


@given(st.integers(1, 50), st.floats(0, 1), st.integers(1, 90_000))
def test_telegram_is_never_asked_before_the_time_it_named(attempts: int, chance: float, seconds: int) -> None:
    how = NotSent("Too Many Requests", at_least=timedelta(seconds=seconds))
    found = became(replace(MESSAGE, attempts=attempts), how, now=NOON, chance=chance)
    assert found.not_before == NOON + timedelta(seconds=seconds)


LATE = NOON + TRIED_FOR
SOON = LATE - timedelta(seconds=1)
PENDING, REFUSED, UNKNOWN = MessageState.PENDING, MessageState.REFUSED, MessageState.UNKNOWN


@pytest.mark.parametrize("doubtful", [False, True])
@pytest.mark.parametrize(
    ("how", "within_a_day", "after_it", "after_it_in_doubt"),
    [
        (Sent(), MessageState.SENT, MessageState.SENT, MessageState.SENT),
        (Refused("too long"), REFUSED, REFUSED, REFUSED),
        (Asleep("blocked"), PENDING, PENDING, PENDING),
        (Interrupted(), PENDING, PENDING, PENDING),
        (NotSent("refused"), PENDING, REFUSED, UNKNOWN),
        (Lost("timeout"), PENDING, UNKNOWN, UNKNOWN),
        (Moved("moved", -1004), PENDING, REFUSED, UNKNOWN),
    ],
)
def test_a_message_is_tried_for_a_day_and_is_unknown_then_where_it_may_have_arrived(
    *,
    how: Outcome,
    doubtful: bool,
    within_a_day: MessageState,
    after_it: MessageState,
    after_it_in_doubt: MessageState,
) -> None:
    message = replace(MESSAGE, attempts=20, doubtful=doubtful)
    soon, late = (became(message, how, now=now, chance=0.5) for now in (SOON, LATE))
    assert (soon.state, late.state) == (within_a_day, after_it_in_doubt if doubtful else after_it)
    assert (soon.not_before is not None) == (soon.state is PENDING)
    assert (soon.message_id, soon.number) == (5, 20)


def test_a_chat_that_falls_asleep_has_a_whole_day_when_it_wakes() -> None:
    found = became(MESSAGE, Asleep("blocked"), now=LATE, chance=0.5)
    assert (found.outcome, found.state, found.anew) == (AttemptOutcome.NOT_SENT, PENDING, True)


def test_what_a_sleeping_group_was_to_be_told_of_itself_is_no_news_when_it_wakes() -> None:
    found = became(replace(MESSAGE, composed_at=None), Asleep("TOPIC_CLOSED", topic=True), now=NOON, chance=0.5)
    assert found.state is REFUSED


def test_a_group_that_moved_is_served_at_once_and_not_again_and_again() -> None:
    first, again = (
        became(replace(MESSAGE, attempts=attempts), Moved("moved", -1004), now=NOON, chance=1) for attempts in (1, 5)
    )
    assert (first.not_before, again.not_before) == (NOON, NOON + FIRST_WAIT * 16)


def test_a_wait_that_no_calendar_holds_is_bounded() -> None:
    how = outcome(TelegramRetryAfter(METHOD, "Too Many Requests", 10**15))
    assert became(MESSAGE, how, now=NOON, chance=1).state is MessageState.PENDING
