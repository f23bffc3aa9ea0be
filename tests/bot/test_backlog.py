from hypothesis import given
from hypothesis import strategies as st

from bot.backlog import Backlog
from storage.outbox import Head


class Clock:
    def __init__(self) -> None:
        self.now = 0.0
        self.free_at: dict[int, float] = {}

    def backlog(self) -> Backlog:
        return Backlog(lambda chat: self.free_at.get(chat, 0.0), clock=lambda: self.now)


def taken(backlog: Backlog, limit: int = 10) -> list[int]:
    return [head.id for head in backlog.take(limit)]


def test_messages_are_taken_in_their_order_and_each_once() -> None:
    backlog = Clock().backlog()
    backlog.add([Head(3, 30), Head(1, 10), Head(2, 20)])
    backlog.add([Head(1, 10)])
    assert [taken(backlog, 2), taken(backlog), taken(backlog)] == [[1, 2], [3], []]


def test_two_topics_of_a_forum_are_not_sent_to_at_once() -> None:
    backlog = Clock().backlog()
    backlog.add([Head(1, -5), Head(2, -5), Head(3, 7)])
    assert taken(backlog) == [1, 3]
    backlog.free(-5)
    assert taken(backlog) == [2]


def test_a_chat_that_wants_a_pause_holds_nobody_up_and_comes_in_its_time() -> None:
    clock = Clock()
    backlog = clock.backlog()
    clock.free_at[10] = 5.0
    backlog.add([Head(1, 10), Head(2, 20)])
    assert (taken(backlog), backlog.next_at(), backlog.ready) == ([2], 5.0, 0)
    clock.now = 5.0
    assert (backlog.ready, taken(backlog), len(backlog)) == (1, [1], 0)


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(1, 5)), unique_by=lambda head: head[0]), st.integers(1, 4))
def test_everything_is_taken_at_some_time_and_never_two_of_a_chat_at_once(
    heads: list[tuple[int, int]], limit: int
) -> None:
    backlog, seen = Clock().backlog(), list[int]()
    backlog.add(Head(*head) for head in heads)
    while found := backlog.take(limit):
        assert len({head.telegram_id for head in found}) == len(found) <= limit
        seen += [head.id for head in found]
        for head in found:
            backlog.free(head.telegram_id)
    assert sorted(seen) == sorted(head for head, _ in heads)
    assert len(backlog) == 0


def test_a_broadcast_comes_after_all_else() -> None:
    backlog = Backlog(lambda _: 0.0, clock=lambda: 0.0)
    backlog.add([Head(1, 10, can_wait=True), Head(3, 30), Head(2, 20)])
    assert [head.id for head in backlog.take(2)] == [2, 3]
    assert [head.id for head in backlog.take(2)] == [1]
