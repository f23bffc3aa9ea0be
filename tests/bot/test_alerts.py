"""How a chat gets what it is to be told at once: one by one, together, or later."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts import ALERTS_AN_HOUR, AN_HOUR, Later, Reason, Singly, Together, manner
from tests.bot.newsroom import MINUTE, NOON, SECOND

FULL = ALERTS_AN_HOUR


def ago(*minutes: float) -> list[datetime]:
    return [NOON - one * MINUTE for one in minutes]


def decided(stored: Sequence[datetime], told: Sequence[datetime] = (), *, quiet: bool = False) -> object:
    return manner(stored, told, was_quiet=lambda at: quiet and at < NOON - MINUTE, now=NOON)


@pytest.mark.parametrize(
    ("stored", "told", "quiet", "how"),
    [
        ([], [], False, Singly()),
        (ago(0), [], False, Singly()),
        (ago(0) * FULL, [], False, Singly()),
        (ago(0) * (FULL + 1), [], False, Together(Reason.MANY)),
        (ago(0), ago(1) * (FULL - 1), False, Singly()),
        (ago(0, 0), ago(1) * (FULL - 1), False, Together(Reason.MANY)),
        (ago(0), ago(10) * FULL, False, Later(NOON + 50 * MINUTE)),
        (ago(0), [*ago(10) * (FULL - 1), *ago(40)], False, Later(NOON + 20 * MINUTE)),
        (ago(0), ago(60) * FULL, False, Singly()),
        (ago(30, 20), ago(60) * FULL, False, Together(Reason.MANY)),
        (ago(30), ago(60) * FULL, False, Singly()),
        (ago(5, 0), [], True, Together(Reason.QUIET)),
        (ago(5), [], True, Singly()),
        (ago(5, 0), ago(10) * FULL, True, Later(NOON + 50 * MINUTE)),
    ],
    ids=[
        "nothing",
        "one",
        "as many as an hour takes",
        "more than an hour takes",
        "the last that the hour takes",
        "more than the hour has room for",
        "the hour is full",
        "until the oldest of the last ten is an hour old",
        "the hour has room again",
        "some that a full hour held back",
        "one that a full hour held back",
        "some that quiet hours held back",
        "one that quiet hours held back",
        "a full hour after quiet ones",
    ],
)
def test_manner(stored: Sequence[datetime], told: Sequence[datetime], quiet: bool, how: object) -> None:
    assert decided(stored, told, quiet=quiet) == how


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(1, 25)), max_size=40))
def test_no_hour_holds_more_messages_than_alerts_are_allowed_and_nothing_waits_for_longer(
    arrivals: list[tuple[int, int]],
) -> None:
    """Minutes between, and how many stories come together; looked at every minute."""
    coming = iter(arrivals)
    wait, number = next(coming, (1, 0))
    now, waiting, told, messages = NOON, list[datetime](), list[datetime](), list[datetime]()
    for _ in range(60 * 20):
        now += MINUTE
        wait -= 1
        if wait == 0:
            waiting += [now] * number
            wait, number = next(coming, (-1, 0))
        how = manner(waiting, told[:FULL], was_quiet=lambda at: False, now=now)
        if isinstance(how, Later):
            assert now < how.until <= now + AN_HOUR
            continue
        assert all(now - one <= AN_HOUR for one in waiting)
        messages += [now] * (1 if isinstance(how, Together) else len(waiting))
        told, waiting = [now] * len(waiting) + told, []
    assert all(now - one <= AN_HOUR for one in waiting)
    for at in messages:
        assert sum(at - AN_HOUR < one <= at for one in messages) <= FULL


def test_the_tenth_alert_counts_until_it_is_an_hour_old() -> None:
    told = [NOON - AN_HOUR + timedelta(seconds=1)] * FULL
    assert decided(ago(0), told) == Later(NOON + SECOND)
