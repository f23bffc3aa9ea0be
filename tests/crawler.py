"""A visitor who sends every command and presses every button there is, and says what is wrong with the answers.

    commands ──say──▶ messages ──a button of each shape──▶ press ──▶ messages … until nothing new is left to press

Buttons are of one shape where they carry the same kind of data, whatever its numbers. What would delete something may
be spared until the end, for it takes the others their ground.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from aiogram.filters.callback_data import CallbackData

from bot.keyboards import CHOSEN
from tests.telegram import TelegramServer
from tests.telegram_html import utf16_length
from tests.telegram_rules import Button, Keyboard
from tests.telegram_world import SentMessage

ANSWERED_S: Final = 20.0
# Of one shape so many are pressed; of ways between screens, and of stars, until there is something behind them.
EACH: Final = 1
MORE: Final = {"o": 6, "ks": 2, "y": 4}
MOST_PRESSES: Final = 400
SETTLED_S: Final = 0.5
# How many characters a label may have where so many stand in a row: what 320 pixels of a phone show uncut.
WIDEST: Final = {1: 60, 2: 20, 3: 14, 4: 4, 5: 4}
_COMMAND: Final = re.compile(r"(?<![\w/<])/[a-z]{2,}")
_NUMBER: Final = re.compile(r"\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a visitor talks to the bot."""

    chat: int
    user: int
    language: str
    is_private: bool = True
    thread: int | None = None


@dataclass(slots=True)
class Crawler:
    """One visitor; `faults` says what is wrong, `pressed` which buttons were pressed, by the prefix of their data."""

    telegram: TelegramServer
    place: Place
    # How what is sent or pressed begins after which nothing more is to be done.
    ends: Sequence[str] = ()
    # What is said after a press that asks for it, by the prefix of the button's data.
    answers: Mapping[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    pressed: Counter[str] = field(default_factory=Counter)
    _shapes: Counter[str] = field(default_factory=Counter)
    _pressed_on: set[tuple[int, str]] = field(default_factory=set)
    _seen: int = 0
    _messages: dict[int, SentMessage] = field(default_factory=dict)

    async def send_file(self, name: str, content: bytes) -> None:
        since, place = len(self.telegram.activity), self.place
        self.telegram.send_file(name, content, user=place.user, language=place.language)
        await self._answered(name, since)

    async def say(self, text: str) -> None:
        since = len(self.telegram.activity)
        place = self.place
        chat = None if place.is_private else place.chat
        self.telegram.say(text, user=place.user, chat=chat, thread=place.thread, language=place.language)
        await self._answered(text, since)

    async def _answered(self, text: str, since: int) -> None:
        place = self.place
        try:
            await self.telegram.wait_for(chat=place.chat, since=since, timeout_s=ANSWERED_S)
        except AssertionError:
            self.faults.append(f"{text!r} is not answered")
        shown = self._look()
        if shown and not text.startswith(tuple(self.ends)) and all(map(self._ends, shown)):
            self.faults.append(f"{text!r} leads nowhere: {shown[-1].text!r}")

    async def walk(self, *, sparing: Sequence[str] = ()) -> None:
        """Presses what there is, but no buttons of these prefixes."""
        # What was said last may still be being answered.
        await asyncio.sleep(SETTLED_S)
        self._look()
        for _ in range(MOST_PRESSES):
            found = self._next(sparing)
            if found:
                await self._press(*found)
                continue
            # What was pressed last may still change its message.
            await asyncio.sleep(SETTLED_S)
            if not self._look():
                return
        self.faults.append(f"more than {MOST_PRESSES} presses, and no end")

    def start_over(self) -> None:
        """Ways between screens are gone again, for there is more behind them by now."""
        self._shapes = Counter({shape: count for shape, count in self._shapes.items() if prefix(shape) not in MORE})

    async def _press(self, message: SentMessage, place: int, button: Button) -> None:
        data = button.callback_data or ""
        self._shapes[_shape(button)] += 1
        self._pressed_on.add(_spot(message, place, button))
        self.pressed[prefix(data)] += 1
        before = message.text
        query = self.telegram.press(message, place, user=self.place.user, language=self.place.language)
        try:
            answer = await self.telegram.answered(query, timeout_s=ANSWERED_S)
        except AssertionError:
            self.faults.append(f"{button.text!r} ({data}) is not answered")
            return
        shown = self._look()
        # What is chosen already stays so.
        if not shown and not answer.text and not button.text.startswith(CHOSEN):
            self.faults.append(f"{button.text!r} ({data}) under {before[:60]!r} does nothing")
        if shown and not answer.text and not data.startswith(tuple(self.ends)) and all(map(self._ends, shown)):
            self.faults.append(f"{button.text!r} ({data}) leads nowhere: {shown[-1].text!r}")

        if self.place.is_private and (words := self.answers.get(prefix(data))):
            await self.say(words)

    def _look(self) -> list[SentMessage]:
        """What was shown since the last look."""
        shown = [one for one in self.telegram.activity[self._seen :] if one.chat_id == self.place.chat]
        self._seen = len(self.telegram.activity)
        for message in shown:
            self._messages[message.message_id] = message
            self.faults += [f"{fault}: {message.text[:40]!r}" for fault in unreadable(message.keyboard)]
        return shown

    def _next(self, sparing: Sequence[str]) -> tuple[SentMessage, int, Button] | None:
        """A button of a shape that is not pressed yet, of the newest message that has one; what leads elsewhere only
        when nothing else is left, and then the way that was taken least.
        """
        ways = [
            (message, place, button)
            for message in reversed(list(self._messages.values()))
            for place, button in enumerate(() if message.deleted else message.buttons)
            if button.callback_data
            and prefix(button.callback_data) not in sparing
            and self._is_new(message, place, button)
        ]
        return min(ways, key=lambda way: self._shapes[_shape(way[2])] + 1 if _leads_away(way[2]) else 0, default=None)

    def _ends(self, message: SentMessage) -> bool:
        """Whether there is no way on from here: no button, no command, no question to be answered by a message."""
        asks = "?" in message.text and (self.place.is_private or "force_reply" in (message.versions[-1].markup or {}))
        is_file = message.file is not None
        return not (message.buttons or _COMMAND.search(message.text) or asks or is_file)

    def _is_new(self, message: SentMessage, place: int, button: Button) -> bool:
        data = button.callback_data or ""
        often = MORE.get(prefix(data), EACH)
        is_repeated = _spot(message, place, button) in self._pressed_on and not _leads_away(button)
        return not is_repeated and self._shapes[_shape(button)] < often


def unreadable(keyboard: Keyboard) -> Iterable[str]:
    """Rows that a narrow phone would cut."""
    for row in keyboard:
        widest = max(utf16_length(button.text) for button in row)
        if len(row) not in WIDEST or widest > WIDEST[len(row)]:
            yield f"the row {[button.text for button in row]} is too wide"


def prefix(data: str) -> str:
    return re.split(r"[:|]", data, maxsplit=1)[0]


def kinds() -> dict[str, str]:
    """Prefix → name of every kind of data that a button of the bot may carry."""
    return {kind.__prefix__: kind.__name__ for kind in _all(CallbackData) if kind.__module__.startswith("bot.")}


def _all(kind: type[CallbackData]) -> Iterator[type[CallbackData]]:
    for one in kind.__subclasses__():
        yield one
        yield from _all(one)


def _spot(message: SentMessage, place: int, button: Button) -> tuple[int, str]:
    """A button of a message; a star stays the same one when it is turned."""
    data = button.callback_data or ""
    return message.message_id, f"ks {place}" if prefix(data) == "ks" else data


def _leads_away(button: Button) -> bool:
    return (button.callback_data or "").startswith("o:")


def _shape(button: Button) -> str:
    data = button.callback_data or ""
    # What ends in a flag is pressed both ways.
    return f"{_NUMBER.sub('N', data[:-2])}{data[-2:] if data.endswith((':0', ':1')) else _NUMBER.sub('N', data[-2:])}"
