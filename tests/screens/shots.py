"""What is shown: who follows what, and at which moment of the starter articles."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.screens.phone import Bubble, phone

ZONE = ZoneInfo("Asia/Almaty")
# What happened then has been reported for weeks.
DECEMBER = datetime(2024, 12, 4, 9, tzinfo=ZONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A picture: its name under docs/, and how it comes about."""

    name: str
    play: Callable[[], Coroutine[Any, Any, Sequence[Bubble]]]
    language: str = "ru"
    dark: bool = False


def may(day: int, hour: int) -> datetime:
    """In 2020, when most starter articles were published."""
    return datetime(2020, 5, day, hour, tzinfo=ZONE)


async def digest() -> Sequence[Bubble]:
    """Stories that several sources tell, by topics; one that two topics caught."""
    async with phone(language="ru", now=may(2, 9)) as own:
        await own.follow("магнитар OR астрономы", "казахстан", "барыс")
        await own.say("/schedule пн 9:00")
        return await own.until(may(4, 9))


async def update() -> Sequence[Bubble]:
    """A story that went on after it had been told, and a topic of which only so many stories are shown."""
    async with phone(language="ru", now=may(2, 9)) as own:
        await own.follow("баффет", "(covid OR пандемия) lang:ru")
        await own.choose(topic_limit=2)
        await own.say("/schedule 21:00")
        await own.until(may(2, 21))
        await own.say("/schedule пн 9:00")
        return await own.until(may(4, 9))


async def english() -> Sequence[Bubble]:
    """The same in English."""
    async with phone(language="en", now=may(2, 9)) as own:
        await own.follow("buffett", "lufthansa", "koalas OR microplastics")
        await own.until(may(3, 9))
        return await own.until(may(4, 9))


async def trends() -> Sequence[Bubble]:
    """Two queries beside one another."""
    async with phone(language="ru", now=DECEMBER) as own:
        return await own.say("/trends доллар, грузия")


async def trend() -> Sequence[Bubble]:
    async with phone(language="ru", now=DECEMBER) as own:
        return await own.say("/trends биткоин")


async def start() -> Sequence[Bubble]:
    """Topics of the day, one of which is followed, and then the times."""
    async with phone(language="ru", now=DECEMBER) as own:
        hello = await own.say("/start")
        return [*hello, *await own.press(_topic(hello))]


async def ready() -> Sequence[Bubble]:
    """A time is chosen, and the preview is there."""
    async with phone(language="ru", now=DECEMBER) as own:
        await own.press(_topic(await own.say("/start")))
        return await own.press("20:00")


async def search() -> Sequence[Bubble]:
    async with phone(language="ru", now=DECEMBER) as own:
        return await own.say("протесты в тбилиси")


async def settings() -> Sequence[Bubble]:
    async with phone(language="ru", now=DECEMBER) as own:
        await own.follow("грузия", "криптовалюта -биткоин")
        await own.say("/schedule будни 8:30")
        return await own.say("/settings")


def _topic(hello: Sequence[Bubble]) -> str:
    """The first of those offered."""
    return hello[-1].buttons[0][0]


SHOTS = (
    Shot(name="start", play=start),
    Shot(name="ready", play=ready),
    Shot(name="search", play=search, dark=True),
    Shot(name="settings", play=settings),
    Shot(name="digest", play=digest),
    Shot(name="digest-update", play=update, dark=True),
    Shot(name="digest-en", play=english, language="en"),
    Shot(name="trends", play=trends),
    Shot(name="trends-dark", play=trend, dark=True),
)
