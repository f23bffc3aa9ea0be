"""Whose turn it is among all who wait to be sent something."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.waiting import (
    CHAT_BURST,
    GROUP_BURST,
    GROUP_MINUTE,
    LATENESS_S,
    LONGEST_PAUSE_S,
    REMEMBERED,
    Ticket,
    Urgency,
    Waiting,
)

ANSWER, DIGEST, BROADCAST = Urgency
ROUNDING_S = 1e-6
GROUP = -1001


class Clerk:
    """Calls all whose turn it is, at the times at which it comes."""

    def __init__(self, rate: float) -> None:
        self.now = 0.0
        self.waiting = Waiting(rate)
        self.called: list[tuple[float, Ticket]] = []

    def join(self, chat: int, urgency: Urgency = DIGEST, *, times: int = 1) -> None:
        for _ in range(times):
            self.waiting.join(chat, urgency, now=self.now)

    def call(self, *, until: float) -> None:
        while True:
            while ticket := self.waiting.take_turn(now=self.now):
                self.called.append((self.now, ticket))
            at = self.waiting.next_at()
            if at is None or at > until:
                self.now = until
                return
            self.now = max(self.now, at)

    def times(self, chat: int) -> list[float]:
        return [round(at, 3) for at, ticket in self.called if ticket.chat == chat]

    def order(self) -> list[Urgency]:
        return [ticket.urgency for _, ticket in self.called]


def test_a_chat_gets_three_at_once_then_one_a_second() -> None:
    clerk = Clerk(1000)
    clerk.join(1, times=6)
    clerk.call(until=100)
    assert clerk.times(1) == pytest.approx([0, 0, 0, 1, 2, 3], abs=0.01)


def test_a_group_gets_three_at_once_then_one_in_three_seconds_and_twenty_a_minute() -> None:
    clerk = Clerk(1000)
    clerk.join(GROUP, times=60)
    clerk.call(until=1000)
    times = clerk.times(GROUP)
    assert times[:5] == pytest.approx([0, 0, 0, 3, 6], abs=0.01)
    assert all(later - earlier >= 60 for earlier, later in zip(times, times[GROUP_MINUTE:], strict=False))
    assert times[-1] < 3 * 60


def test_a_chat_that_waits_delays_no_other() -> None:
    clerk = Clerk(1000)
    clerk.join(1, ANSWER, times=50)
    clerk.join(2, DIGEST)
    clerk.call(until=0.5)
    assert len(clerk.times(1)) == 3
    assert clerk.times(2) == pytest.approx([0], abs=0.01)


def test_the_rate_holds_over_all_chats() -> None:
    clerk = Clerk(10)
    for chat in range(1, 101):
        clerk.join(chat)
    clerk.call(until=100)
    assert max(at for at, _ in clerk.called) == pytest.approx(9.8)
    assert [ticket.chat for _, ticket in clerk.called] == list(range(1, 101))


def test_no_limit_is_no_limit_for_single_chats_neither() -> None:
    clerk = Clerk(0)
    clerk.join(1, times=100)
    clerk.join(GROUP, times=100)
    clerk.call(until=0)
    assert len(clerk.called) == 200
    assert clerk.waiting.free_at(GROUP) <= 0
    clerk.waiting.refused(1, 5, now=0)
    assert clerk.waiting.free_at(1) == 5


def test_answers_go_before_digests_and_these_before_broadcasts() -> None:
    clerk = Clerk(10)
    clerk.call(until=0)
    for chat, urgency in ((1, BROADCAST), (2, DIGEST), (3, ANSWER), (4, ANSWER)):
        clerk.join(chat, urgency)
    clerk.call(until=10)
    assert clerk.order() == [ANSWER, ANSWER, DIGEST, BROADCAST]


def test_urgency_counts_within_a_chat_too() -> None:
    clerk = Clerk(1000)
    clerk.join(1, DIGEST, times=4)
    clerk.join(1, ANSWER)
    clerk.call(until=10)
    assert clerk.order() == [ANSWER, DIGEST, DIGEST, DIGEST, DIGEST]


def test_endless_answers_to_many_leave_every_fifth_place_to_digests() -> None:
    clerk = Clerk(10)
    for chat in range(1, 1001):
        clerk.join(chat, ANSWER)
        clerk.join(chat + 1000, DIGEST)
        clerk.join(chat + 2000, BROADCAST)
    clerk.call(until=60)
    order = clerk.order()
    for begin in range(len(order) - 11):
        assert DIGEST in order[begin : begin + 5]
        assert BROADCAST in order[begin : begin + 11]
    assert Counter(order)[ANSWER] > len(order) * 0.6


@pytest.mark.parametrize("chat", [1, GROUP])
def test_endless_answers_to_one_chat_leave_places_to_its_own_digest(chat: int) -> None:
    clerk = Clerk(1000)
    clerk.join(chat, ANSWER, times=100)
    clerk.join(chat, DIGEST, times=10)
    clerk.call(until=150)
    assert clerk.order()[:50].count(DIGEST) >= (10 if chat > 0 else 8)


@pytest.mark.parametrize("chat", [1, GROUP])
def test_a_chat_under_endless_answers_is_told_to_be_free_for_its_digest(chat: int) -> None:
    """Who looks for a free chat, rather than waiting in its line, would never find one."""
    clerk, claimed = Clerk(1000), 0
    for second in range(60):
        clerk.join(chat, ANSWER, times=2)
        clerk.call(until=second + 0.5)
        if clerk.waiting.free_at(chat) <= clerk.now and claimed == clerk.order().count(DIGEST):
            clerk.join(chat, DIGEST)
            claimed += 1
        clerk.call(until=second + 1)
    assert clerk.order().count(DIGEST) >= 60 / (1 if chat > 0 else 3) / 5 - 1


def test_a_refusal_shuts_its_chat_alone() -> None:
    clerk = Clerk(1000)
    clerk.join(1)
    assert not clerk.waiting.refused(1, 30, now=0)
    clerk.join(2)
    assert (clerk.waiting.free_at(1), clerk.waiting.shut_until(1)) == (30, 30)
    clerk.call(until=100)
    assert clerk.times(1) == [30]
    assert clerk.times(2) == [0]


def test_a_chat_that_is_shut_while_it_is_ready_waits() -> None:
    clerk = Clerk(1)
    clerk.join(1, times=3)
    clerk.call(until=0.5)
    clerk.waiting.refused(1, 20, now=0.5)
    clerk.join(2, BROADCAST)
    clerk.call(until=100)
    assert clerk.times(1)[1:] == [20.5, 21.4]
    assert clerk.times(2) < [3.0]


def test_three_chats_refused_within_five_seconds_stop_all_for_the_longest_wait() -> None:
    clerk = Clerk(10)
    for chat, at, wait_s in ((1, 0, 3), (2, 2, 9), (3, 4, 2)):
        is_global = clerk.waiting.refused(chat, wait_s, now=at)
    assert is_global
    clerk.now = 4
    clerk.join(9, ANSWER)
    assert clerk.waiting.free_at(9) == 13
    clerk.call(until=100)
    assert clerk.times(9) == [13]


@pytest.mark.parametrize(
    "refusals",
    [
        pytest.param([(1, 0), (2, 0), (1, 1), (2, 2)], id="of two chats"),
        pytest.param([(1, 0), (2, 3), (3, 6), (4, 9)], id="now and then"),
    ],
)
def test_fewer_refusals_stop_only_their_chats(refusals: list[tuple[int, float]]) -> None:
    waiting = Waiting(30)
    assert not any(waiting.refused(chat, 60, now=at) for chat, at in refusals)
    assert waiting.free_at(9) <= 0


def test_a_pause_for_all_ends_in_time_though_one_chat_is_refused_for_hours() -> None:
    clerk = Clerk(10)
    for chat in (1, 2, 3):
        clerk.waiting.refused(chat, 40_000, now=0)
    assert clerk.waiting.free_at(9) == LONGEST_PAUSE_S
    assert clerk.waiting.free_at(1) == 40_000


def test_after_a_pause_the_rate_is_halved_and_recovers_within_a_minute() -> None:
    clerk = Clerk(20)
    for chat in (1, 2, 3):
        clerk.waiting.refused(chat, 5, now=0)
    for chat in range(10, 3000):
        clerk.join(chat)
    clerk.call(until=100)
    per_second = Counter(int(at) for at, _ in clerk.called)
    assert per_second[4] == 0
    assert 10 <= per_second[6] <= 11
    assert 14 <= per_second[35] <= 16
    assert 19 <= per_second[70] <= 21


def test_refusals_during_a_pause_prolong_it_and_slow_no_further() -> None:
    clerk = Clerk(20)
    for number in range(9):
        clerk.waiting.refused(number, 5 + number, now=0)
    for chat in range(10, 500):
        clerk.join(chat)
    clerk.call(until=15.2)
    assert min(at for at, _ in clerk.called) == 13
    assert 20 <= len(clerk.called) <= 25


def test_whoever_leaves_is_not_called() -> None:
    waiting = Waiting(1000)
    tickets = [waiting.join(1, DIGEST, now=0) for _ in range(2)]
    waiting.leave(tickets[0], now=0)
    assert waiting.take_turn(now=0) is tickets[1]
    assert waiting.take_turn(now=0) is None
    assert waiting.next_at() is None


def test_whoever_leaves_and_comes_back_again_and_again_leaves_nothing_behind() -> None:
    waiting = Waiting(1000)
    waiting.refused(1, 1000, now=0)
    for _ in range(1000):
        waiting.leave(waiting.join(1, ANSWER, now=0), now=0)
    assert sum(len(queue) for queue in waiting._queues) <= 1


def test_a_hundred_thousand_chats_are_forgotten_again() -> None:
    clerk = Clerk(30)
    for chat in range(1, 100_001):
        clerk.join(chat if chat % 2 else -chat)
        clerk.call(until=chat / 25)
        assert len(clerk.waiting) <= 3 * REMEMBERED
    assert sum(len(queue) for queue in clerk.waiting._queues) <= 10


def test_a_hundred_thousand_refusals_are_forgotten_when_they_are_over() -> None:
    waiting = Waiting(30)
    for chat in range(100_000):
        waiting.refused(chat, 3600, now=chat)
    assert len(waiting) <= 3 * 3600


def test_a_hundred_thousand_that_wait_at_once_are_called_in_order() -> None:
    clerk = Clerk(30)
    for chat in range(1, 100_001):
        clerk.join(chat)
    clerk.call(until=100)
    assert [ticket.chat for _, ticket in clerk.called] == list(range(1, len(clerk.called) + 1))
    assert 3000 <= len(clerk.called) <= 3010


EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("join"), st.sampled_from([1, 2, 3, -1, -2]), st.sampled_from(Urgency)),
        st.tuples(st.just("leave"), st.integers(0, 50), st.none()),
        st.tuples(st.just("refuse"), st.sampled_from([1, 2, 3, -1, -2]), st.floats(0.1, 100)),
        st.tuples(st.just("pass"), st.floats(0, 20), st.none()),
    ),
    max_size=80,
)


@given(rate=st.floats(0.2, 100), events=EVENTS)
def test_whatever_happens_no_limit_is_passed_and_nobody_is_forgotten(
    rate: float, events: list[tuple[str, float, Urgency | float]]
) -> None:
    clerk = Clerk(rate)
    joined: list[Ticket] = []
    left: set[Ticket] = set()
    shut: dict[int, float] = {}
    for kind, one, other in events:
        if kind == "join":
            assert isinstance(other, Urgency)
            joined.append(clerk.waiting.join(int(one), other, now=clerk.now))
        elif kind == "refuse":
            assert other is not None
            clerk.waiting.refused(int(one), other, now=clerk.now)
            shut[int(one)] = max(shut.get(int(one), 0), clerk.now + other)
        elif kind == "pass":
            called = len(clerk.called)
            clerk.call(until=clerk.now + one)
            for at, ticket in clerk.called[called:]:
                assert at >= shut.get(ticket.chat, 0)
        else:
            gone = {ticket for _, ticket in clerk.called} | left
            there = [ticket for ticket in joined if ticket not in gone]
            if there:
                left.add(there[int(one) % len(there)])
                clerk.waiting.leave(there[int(one) % len(there)], now=clerk.now)
    clerk.call(until=clerk.now + 10_000)
    assert {ticket for _, ticket in clerk.called} == set(joined) - left
    assert len(clerk.called) == len(joined) - len(left)
    _assert_within(clerk.called, 1 / rate, 1 + rate * LATENESS_S)
    for chat in {ticket.chat for ticket in joined}:
        own = [one for one in clerk.called if one[1].chat == chat]
        _assert_within(own, 1.0, CHAT_BURST)
        if chat < 0:
            _assert_within(own, 3.0, GROUP_BURST)
            assert all(later[0] - earlier[0] >= 60 for earlier, later in zip(own, own[20:], strict=False))


def _assert_within(called: list[tuple[float, Ticket]], interval_s: float, burst: float) -> None:
    times = [at for at, _ in called]
    for begin in range(len(times)):
        for end in range(begin, len(times)):
            assert end - begin + 1 <= (times[end] - times[begin]) / interval_s + burst + ROUNDING_S
