"""How often something may happen, for each of many keys."""

from hypothesis import given
from hypothesis import strategies as st

from bot.buckets import Buckets

ROUNDING_S = 1e-6


@given(
    interval_s=st.floats(0.01, 100),
    burst=st.floats(1, 20),
    waits=st.lists(st.tuples(st.integers(1, 3), st.floats(0, 50)), max_size=100),
)
def test_never_more_than_the_rate_and_the_burst_in_any_window(
    interval_s: float, burst: float, waits: list[tuple[int, float]]
) -> None:
    buckets, now = Buckets(interval_s, burst=burst), 0.0
    taken: dict[int, list[float]] = {1: [], 2: [], 3: []}
    for key, wait in waits:
        now += wait
        if buckets.free_at(key) <= now:
            buckets.take(key, now=now)
            taken[key].append(now)
    for times in taken.values():
        for begin in range(len(times)):
            for end in range(begin, len(times)):
                most = (times[end] - times[begin] + ROUNDING_S) / interval_s + burst
                assert end - begin + 1 <= most + ROUNDING_S


def test_a_new_key_has_its_burst_then_one_an_interval() -> None:
    buckets, now, taken = Buckets(2.0, burst=3), 10.0, []
    for _ in range(5):
        now = max(now, buckets.free_at(1))
        buckets.take(1, now=now)
        taken.append(now)
    assert taken == [10, 10, 10, 12, 14]
    assert buckets.free_at(2) < 10


def test_weight_takes_longer_to_come_back() -> None:
    buckets = Buckets(2.0, burst=1)
    buckets.take(1, now=0, weight=2)
    assert buckets.free_at(1) == 4


def test_keys_that_are_full_again_are_forgotten() -> None:
    buckets = Buckets(1.0, burst=3)
    for key in range(100_000):
        buckets.take(key, now=key / 30)
        assert len(buckets) <= 31
