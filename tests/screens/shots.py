"""What is shown: who follows what, and at which moment of the starter articles."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.screens.phone import Bubble, phone

ZONE = ZoneInfo("Asia/Almaty")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A picture: its name under docs/, and how it comes about."""

    name: str
    play: Callable[[], Coroutine[Any, Any, Sequence[Bubble]]]
    language: str = "ru"
    dark: bool = False


def at(day: int, clock: str) -> datetime:
    """A moment of May 2020, when most starter articles were published."""
    hour, _, minute = clock.partition(":")
    return datetime(2020, 5, day, int(hour), int(minute), tzinfo=ZONE)


async def morning() -> Sequence[Bubble]:
    """Topics with a story that several sources tell, and others."""
    async with phone(language="ru", now=at(2, "8:00")) as own:
        for query in ("баффет", "астрономы OR магнитар", "казахстан"):
            await own.say(f"/subscribe {query}")
        await own.until(at(3, "9:00"))
        return await own.until(at(4, "9:00"))


async def update() -> Sequence[Bubble]:
    """A story that went on after it had been told."""
    async with phone(language="ru", now=at(2, "8:00")) as own:
        for query in ("шахматы OR карлсен", "грузия мвф", "аэрофлот OR lufthansa OR авиакомпании"):
            await own.say(f"/subscribe {query}")
        await own.until(at(3, "9:00"))
        return await own.until(at(4, "9:00"))


async def english() -> Sequence[Bubble]:
    async with phone(language="en", now=at(2, "8:00")) as own:
        for query in ("airlines OR lufthansa", "tesla OR electricity", "record"):
            await own.say(f"/subscribe {query}")
        return await own.until(at(4, "9:00"))


SHOTS = (
    Shot(name="digest", play=morning),
    Shot(name="digest-dark", play=update, dark=True),
    Shot(name="digest-en", play=english, language="en"),
)
