"""Errors that nobody foresaw reach the admins, seldom, and without a word of anybody's."""

from datetime import datetime, timedelta

from bot.admins import Announcements
from bot.languages import LOCALES, catalogues
from bot.locales.compile import compile_catalogues
from bot.troubles import MOST_KINDS, QUIET, Troubles
from tests.bot.newsroom import NOON, SECOND


class Told(Announcements):
    """Keeps what was to be said."""

    def __init__(self, language: str = "en") -> None:
        self.language = language
        self.said: list[str] = []

    def add(self, say: object) -> None:
        assert callable(say)
        compile_catalogues(LOCALES)
        with catalogues(self.language).context():
            self.said.append(say())


class Clock:
    now = NOON

    def __call__(self) -> datetime:
        return self.now


def test_each_kind_is_told_once_an_hour_with_how_often_it_was() -> None:
    told, clock = Told(), Clock()
    troubles = Troubles(told, clock=clock)
    for minutes in (0, 1, 2):
        clock.now = NOON + timedelta(minutes=minutes)
        troubles.note("message", LookupError("what <b>was</b> said"))
    troubles.note("tick match", LookupError())
    clock.now = NOON + QUIET - SECOND
    troubles.note("message", LookupError())
    clock.now = NOON + QUIET
    troubles.note("message", LookupError())
    assert told.said == [
        "⚠ An error in the bot: <code>message: LookupError</code>. The log says more.",
        "⚠ An error in the bot: <code>tick match: LookupError</code>. The log says more.",
        "⚠ An error in the bot: <code>message: LookupError</code>, 4 times since I told you last. The log says more.",
    ]


def test_kinds_without_end_are_not_told() -> None:
    told = Told()
    troubles = Troubles(told, clock=Clock())
    for number in range(MOST_KINDS + 5):
        troubles.note(str(number), LookupError())
    assert len(told.said) == MOST_KINDS


def test_what_happened_before_is_counted_in_whole_sentences_of_each_language() -> None:
    """Also where the count ends in 1, for which Russian has the form of 1."""
    for count, said in ((1, "1 раз с"), (21, "21 раз с"), (32, "32 раза с"), (11, "11 раз с")):
        told, clock = Told("ru"), Clock()
        troubles = Troubles(told, clock=clock)
        for minutes in range(count):
            clock.now = NOON + timedelta(seconds=minutes)
            troubles.note("message", LookupError())
        clock.now = NOON + QUIET
        troubles.note("message", LookupError())
        assert told.said == [
            "⚠ Ошибка в боте: <code>message: LookupError</code>. Подробности в журнале.",
            f"⚠ Ошибка в боте: <code>message: LookupError</code>, {said} прошлого сообщения. Подробности в журнале.",
        ]
