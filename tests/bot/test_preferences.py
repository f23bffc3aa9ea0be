"""What holds for a chat."""

from datetime import UTC, date, datetime, time
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.languages import spoken
from bot.preferences import Defaults, preferences
from storage.models import Chat

NOW = datetime(2025, 12, 6, 7, 0, tzinfo=UTC)


def a_chat(**chosen: Any) -> Chat:
    unsaid: dict[str, Any] = {"telegram_language": None, "language": None, "timezone": None, "schedule": None}
    fixed = {"id": 1, "telegram_id": 1, "thread_id": 0, "next_due_at": None, "asleep": False, "instant": False}
    return Chat(**(fixed | unsaid | chosen))


def operator(language: str = "ru") -> Defaults:
    return SimpleNamespace(default_language=language, default_timezone="Asia/Baku", default_digest_time=time(7, 30))


def test_chat_that_has_not_said_gets_the_operators_choices() -> None:
    chosen = preferences(a_chat(), operator("en"))
    assert (chosen.language, chosen.zone, str(chosen.schedule)) == ("en", ZoneInfo("Asia/Baku"), "07:30")
    assert chosen.next_digest(after=NOW) == datetime(2025, 12, 7, 3, 30, tzinfo=UTC)


def test_own_choices_win() -> None:
    chat = a_chat(language="en", telegram_language="ru", timezone="Europe/Kyiv", schedule="mon 10:00")
    chosen = preferences(chat, operator())
    assert (chosen.language, chosen.zone, str(chosen.schedule)) == ("en", ZoneInfo("Europe/Kyiv"), "mon 10:00")


def test_switched_off_schedule_has_no_next_digest() -> None:
    assert preferences(a_chat(schedule="off"), operator()).next_digest(after=NOW) is None


def test_set_times_that_have_had_their_digest_are_passed_over() -> None:
    answered = frozenset({(date(2025, 12, 6), "12:00"), (date(2025, 12, 7), "18:00"), (date(2025, 12, 5), "18:00")})
    chosen = preferences(a_chat(schedule="12:00 18:00", answered=answered), operator())
    dues = chosen.next_dues(after=NOW, count=3)
    assert [f"{due.local_date} {due.slot}" for due in dues] == [
        "2025-12-06 18:00",
        "2025-12-07 12:00",
        "2025-12-08 12:00",
    ]
    assert chosen.next_digest(after=NOW) == datetime(2025, 12, 6, 14, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", ""])
def test_zone_that_is_no_more_gives_way_to_the_default(zone: str) -> None:
    assert preferences(a_chat(timezone=zone), operator()).zone == ZoneInfo("Asia/Baku")


@pytest.mark.parametrize(
    ("wishes", "language"),
    [
        (("en", "ru"), "en"),
        ((None, "RU"), "ru"),
        (("en-GB",), "en"),
        (("en_US",), "en"),
        (("de", None, "en"), "en"),
        (("kk",), "kk"),
        (("az-AZ", "ru"), "az"),
        (("uk",), "ru"),
        ((), "ru"),
    ],
)
def test_first_wish_that_can_be_spoken_is(wishes: tuple[str | None, ...], language: str) -> None:
    assert spoken(*wishes) == language
