"""How much is read of one person, and of one group."""

from bot.throttle import A_SECOND, MOST_AT_ONCE, MOST_UNDER_WAY, SHUT_S, Shut, Throttle

ONE = {1: 1}


def test_so_much_may_wait_to_be_handled_and_no_more() -> None:
    throttle = Throttle()
    assert [throttle.enter(ONE, now=0) for _ in range(MOST_UNDER_WAY)] == [None] * MOST_UNDER_WAY
    assert throttle.enter(ONE, now=0) == Shut(1, is_new=True)
    assert throttle.enter(ONE, now=1) == Shut(1, is_new=False)
    assert throttle.enter({2: 1}, now=1) is None
    for _ in range(MOST_UNDER_WAY):
        throttle.leave(ONE)
    assert throttle.enter(ONE, now=SHUT_S - 1) == Shut(1, is_new=False)
    assert throttle.enter(ONE, now=SHUT_S) is None


def test_who_waits_for_each_answer_is_stopped_only_by_the_many() -> None:
    throttle, read, now = Throttle(), 0, 0.0
    for _ in range(1000):
        now += 0.01
        if throttle.enter(ONE, now=now) is None:
            read += 1
            throttle.leave(ONE)
    assert MOST_AT_ONCE <= read <= MOST_AT_ONCE + 11 * A_SECOND


def test_what_is_expensive_counts_more() -> None:
    throttle = Throttle()
    assert [throttle.enter({1: 4}, now=0) for _ in range(6)] == [None] * 5 + [Shut(1, is_new=True)]


def test_a_group_is_shut_without_its_people_and_they_without_it() -> None:
    throttle = Throttle()
    for person in range(MOST_UNDER_WAY):
        assert throttle.enter({person + 1: 4, -1: 1}, now=0) is None
    assert throttle.enter({100: 4, -1: 1}, now=0) == Shut(-1, is_new=True)
    assert throttle.enter({100: 1}, now=0) is None
    for _ in range(4):
        throttle.enter({200: 4, -2: 1}, now=0)
    assert throttle.enter({200: 4, -2: 1}, now=0) is None
    assert throttle.enter({200: 4, -2: 1}, now=0) == Shut(200, is_new=True)
    assert throttle.enter({201: 4, -2: 1}, now=0) is None


def test_what_costs_nothing_is_never_stopped() -> None:
    throttle = Throttle()
    assert all(throttle.enter({}, now=0) is None for _ in range(1000))


def test_a_hundred_thousand_people_are_forgotten_again() -> None:
    throttle = Throttle()
    for person in range(100_000):
        throttle.enter({person: 1}, now=person / 100)
        throttle.leave({person: 1})
        assert len(throttle) <= 30
