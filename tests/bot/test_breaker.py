from bot.breaker import FIRST_WAIT_S, LONGEST_WAIT_S, MESSAGES, Breaker


class Room:
    def __init__(self) -> None:
        self.now = 0.0
        self.breaker = Breaker(clock=lambda: self.now, chance=lambda: 1.0)

    def open(self) -> None:
        for message in range(MESSAGES):
            self.breaker.failed(message)


def test_it_is_closed_until_several_messages_in_a_row_have_failed() -> None:
    room = Room()
    told = [room.breaker.failed(message) for message in range(MESSAGES + 1)]
    assert told == [False] * (MESSAGES - 1) + [True, False]


def test_one_message_that_fails_again_and_again_opens_nothing() -> None:
    room = Room()
    assert not any(room.breaker.failed(1) for _ in range(10 * MESSAGES))
    assert room.breaker.allows(8, in_flight=0) == 8


def test_an_answer_in_between_begins_the_count_anew() -> None:
    room = Room()
    for message in range(10 * MESSAGES):
        room.breaker.failed(message)
        assert not room.breaker.answered()
    assert not room.breaker.is_open


def test_while_it_is_open_one_at_a_time_is_tried_after_waits_that_double() -> None:
    room, waits = Room(), []
    room.open()
    for message in range(8):
        begun = room.now
        while not room.breaker.allows(8, in_flight=0):
            room.now += 0.5
        assert (room.breaker.allows(8, in_flight=0), room.breaker.allows(8, in_flight=1)) == (1, 0)
        waits.append(room.now - begun)
        room.breaker.failed(100 + message)
    assert waits[:4] == [FIRST_WAIT_S * factor for factor in (1, 2, 4, 8)]
    assert waits[-1] == LONGEST_WAIT_S


def test_an_answer_closes_it_and_says_so_once() -> None:
    room = Room()
    room.open()
    assert [room.breaker.answered(), room.breaker.answered()] == [True, False]
    assert room.breaker.allows(8, in_flight=3) == 8
