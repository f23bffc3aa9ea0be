"""What breaks, and what reaches the readers all the same: the real program on loopback, chat by chat.

    store with a morning's digests ──▶ the program in a process of its own ──▶ Telegram's server of the tests
                                         killed, starved, lied to               counts what each chat was given

`python -m tests.faults` runs every fault at its full size and prints a table; `python -m tests.faults NAME…` some of
them. The tests beside it run the same faults with fewer chats.
"""
