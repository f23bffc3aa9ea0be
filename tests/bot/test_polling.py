"""When a feed is asked next, when it is given up, and when its new address is believed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import polling
from bot.polling import DAY, JITTER, Bounds, Success, failed, habitual, news, succeeded
from bot.sources.trouble import FetchError, Trouble
from storage.models import Feed, FeedState, NoticeKind

NOW = datetime(2025, 12, 6, 7, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
BOUNDS = Bounds(10 * MINUTE, 6 * HOUR)
OLD, NEW = "https://a.az/rss", "https://a.az/feed"
TIMEOUT = FetchError(Trouble.TIMEOUT)

spans = st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=400))
chances = st.floats(0, 1)


def feed(**columns: Any) -> Feed:
    given = {"id": 1, "url": OLD, "host": "a.az", "title": "A", "topic": None, "full_text": False, "added_by": None}
    return Feed(**{**given, "added_at": NOW - 9 * DAY, "state": FeedState.LIVE, "begun": True, **columns})


def met(new: int = 0, **given: Any) -> Success:
    return Success(**{"etag": None, "last_modified": None, "checksum": b"c", "items": b"", "new": new, **given})


def poll(known: Feed, success: Success, *, now: datetime = NOW, chance: float = 0.0) -> Feed:
    return succeeded(known, success, now=now, bounds=BOUNDS, chance=chance)


def fail(known: Feed, error: FetchError = TIMEOUT, *, now: datetime = NOW, chance: float = 0.0) -> Feed:
    return failed(known, error, now=now, bounds=BOUNDS, chance=chance)


def wait(polled: Feed) -> timedelta:
    assert polled.next_at
    assert polled.asked_at
    return polled.next_at - polled.asked_at


def watched(per_day: float, days: float = 3) -> Feed:
    """A feed of known habits, read an hour ago."""
    return feed(per_day=per_day, observed_since=NOW - days * DAY, succeeded_at=NOW - HOUR)


def test_until_a_day_of_its_habits_is_known_a_feed_is_asked_as_often_as_may_be() -> None:
    known = feed(begun=False)
    for hours in range(24):
        known = poll(known, met(), now=NOW + hours * HOUR)
        assert wait(known) == BOUNDS.shortest
    assert wait(poll(known, met(), now=NOW + DAY)) == BOUNDS.longest


@pytest.mark.parametrize(
    ("per_day", "expected"),
    [
        (0, 6 * HOUR),
        (0.01, 6 * HOUR),
        (0.25, 3 * HOUR),
        (1, 90 * MINUTE),
        (9, 30 * MINUTE),
        (900, 10 * MINUTE),
    ],
)
def test_a_feed_of_known_habits_is_asked_by_the_square_root_of_them(per_day: float, expected: timedelta) -> None:
    assert habitual(watched(per_day), now=NOW, bounds=BOUNDS) == expected


def test_a_steady_feed_is_counted_right_however_often_it_is_asked() -> None:
    known = feed(begun=False)
    for hour in range(0, 24 * 20, 2):
        known = poll(known, met(new=1), now=NOW + hour * HOUR)
    assert known.per_day == pytest.approx(12, rel=0.02)


def test_what_the_first_fetch_brings_says_nothing_of_habits() -> None:
    assert poll(feed(begun=False), met(new=200)).per_day == 0


def test_a_feed_that_grows_busy_is_noticed_within_days() -> None:
    known = watched(1, days=30)
    for day in range(1, 4):
        known = poll(known, met(new=48), now=NOW + day * DAY)
    assert wait(known) < HOUR / 2


@given(st.lists(st.floats(0.2, 80), min_size=2, max_size=8), st.integers(0, 7), st.integers(0, 7), st.floats(0.01, 0.2))
def test_no_other_use_of_as_many_requests_tells_the_average_article_sooner(
    habits: list[float], one: int, other: int, share: float
) -> None:
    def delay(waits: list[float]) -> float:
        return sum(per_day * wait for per_day, wait in zip(habits, waits, strict=True))

    ours = [habitual(watched(per_day), now=NOW, bounds=BOUNDS) / MINUTE for per_day in habits]
    requests = [1 / wait for wait in ours]
    moved = share * requests[one % len(habits)]
    requests[one % len(habits)] -= moved
    requests[other % len(habits)] += moved
    assert delay(ours) <= delay([1 / rate for rate in requests]) * (1 + 1e-6)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"ttl": 2 * HOUR}, 2 * HOUR),
        ({"fresh_for": 3 * HOUR, "ttl": HOUR}, 3 * HOUR),
        ({"ttl": 10 * DAY}, 6 * HOUR),
        ({"ttl": MINUTE}, 10 * MINUTE),
    ],
)
def test_the_next_poll_waits_for_what_document_and_server_ask_within_bounds(
    asked: dict[str, Any], expected: timedelta
) -> None:
    assert wait(poll(watched(900), met(**asked))) == expected


@given(spans, spans, st.floats(0, 1e6), chances, st.integers(0, 10**6))
def test_a_poll_that_went_well_is_repeated_within_the_bounds(
    ttl: timedelta, fresh_for: timedelta, per_day: float, chance: float, new: int
) -> None:
    polled = poll(watched(per_day), met(new=new, ttl=ttl, fresh_for=fresh_for), chance=chance)
    assert BOUNDS.shortest <= wait(polled) <= BOUNDS.longest * (1 + JITTER)
    assert polled.per_day >= 0


@given(st.lists(st.tuples(st.timedeltas(timedelta(0), 5 * DAY), st.booleans(), st.sampled_from(Trouble)), max_size=40))
def test_whatever_happens_a_feed_is_asked_again_unless_it_is_gone(
    story: list[tuple[timedelta, bool, Trouble]],
) -> None:
    known, now = feed(begun=False), NOW
    for gap, is_well, trouble in story:
        now += gap
        known = poll(known, met(), now=now) if is_well else fail(known, FetchError(trouble), now=now)
        if known.state is FeedState.GONE:
            assert known.next_at is None
        else:
            assert wait(known) <= max(DAY, BOUNDS.longest)
            assert wait(known) >= BOUNDS.shortest
        assert (known.trouble is None) == (known.failures == 0) == (known.failing_since is None) == is_well


def test_failures_wait_double_up_to_the_longest() -> None:
    known, waits = feed(), []
    for minute in range(8):
        known = fail(known, now=NOW + minute * MINUTE)
        waits.append(wait(known) / MINUTE)
    assert waits == [10, 20, 40, 80, 160, 320, 360, 360]


def test_a_server_that_asks_to_wait_is_left_alone_for_a_day_at_most() -> None:
    limited = FetchError(Trouble.LIMITED, retry_after=2 * HOUR)
    assert wait(fail(feed(), limited)) == 2 * HOUR
    assert wait(fail(feed(), FetchError(Trouble.LIMITED, retry_after=99 * DAY))) == DAY


def test_a_feed_dies_after_three_days_of_failures_is_asked_daily_and_told_of_once() -> None:
    known, told = feed(), []
    for hour in range(0, 24 * 6, 6):
        after = fail(known, now=NOW + hour * HOUR)
        told += [(hour, *one) for one in news(known, after)]
        known = after
    assert told == [(72, NoticeKind.DIED, "")]
    assert (known.state, wait(known)) == (FeedState.DEAD, DAY)


def test_a_night_without_polls_kills_no_feed() -> None:
    known = fail(feed(failing_since=NOW - 4 * DAY, failures=1))
    assert known.state is FeedState.LIVE


def test_a_dead_feed_that_answers_is_live_again_and_told_of() -> None:
    dead = feed(state=FeedState.DEAD, failures=20, failing_since=NOW - 9 * DAY, trouble="timeout", detail="")
    known = poll(dead, met())
    assert (known.state, known.failures, known.trouble) == (FeedState.LIVE, 0, None)
    assert list(news(dead, known)) == [(NoticeKind.REVIVED, None)]


def test_a_feed_that_is_gone_is_told_of_and_asked_no_more() -> None:
    known = fail(feed(), FetchError(Trouble.GONE))
    assert (known.state, known.next_at) == (FeedState.GONE, None)
    assert list(news(feed(), known)) == [(NoticeKind.GONE, "")]


def test_a_permanent_redirect_is_adopted_when_it_has_lasted() -> None:
    first = poll(feed(etag="e"), met(moved_to=NEW, etag="e"))
    assert (first.url, first.moved_to, first.moved_since) == (OLD, NEW, NOW)
    second = poll(first, met(moved_to=NEW, etag="e"), now=NOW + 2 * DAY)
    assert (second.url, second.moved_since) == (OLD, NOW)
    third = poll(second, met(moved_to=NEW, etag="e"), now=NOW + 3 * DAY)
    assert (third.url, third.moved_to, third.etag) == (NEW, None, None)
    assert list(news(second, third)) == [(NoticeKind.MOVED, NEW)]


def test_a_redirect_that_goes_away_or_elsewhere_counts_from_the_beginning() -> None:
    first = poll(feed(), met(moved_to=NEW))
    assert poll(first, met(), now=NOW + 4 * DAY).moved_since is None
    elsewhere = poll(first, met(moved_to=f"{NEW}2"), now=NOW + 4 * DAY)
    assert (elsewhere.url, elsewhere.moved_since) == (OLD, NOW + 4 * DAY)


def test_feeds_that_were_added_together_are_spread_by_chance() -> None:
    assert wait(poll(feed(), met(), chance=1.0)) == BOUNDS.shortest * (1 + JITTER)
    assert polling.JITTER > 0


def test_a_clock_that_was_set_back_does_no_harm() -> None:
    known = replace(watched(4), succeeded_at=NOW + DAY)
    assert poll(known, met(new=1)).per_day > 0


def test_years_of_silence_are_no_trouble() -> None:
    known, now = watched(1, days=30), NOW
    while now < NOW + 800 * DAY:
        known = poll(known, met(), now=now)
        assert known.next_at
        now = known.next_at
    assert wait(known) == BOUNDS.longest
