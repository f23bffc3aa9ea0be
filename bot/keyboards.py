"""Buttons and what they carry. A button's data comes back from the user's side: it is checked, and may be years old."""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Annotated, Final, Self, TypeVar

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, Message
from pydantic import Field

# What SQLite can hold as an integer, and how far anybody pages.
Id = Annotated[int, Field(ge=0, lt=1 << 63)]
Offset = Annotated[int, Field(ge=0, le=100_000)]
Place = Annotated[int, Field(ge=0, lt=100)]
# Seconds since 1970, to the year 2242.
Second = Annotated[int, Field(ge=0, lt=1 << 33)]

CHOSEN = "✓ "
LABEL_LIMIT = 60

_Data = TypeVar("_Data", bound=CallbackData)


class Room(StrEnum):
    """The messages that open one another in place."""

    SETTINGS = "settings"
    SUBSCRIPTIONS = "subs"
    SCHEDULE = "schedule"
    TIMEZONE = "timezone"
    LANGUAGE = "language"
    TOPIC_LIMIT = "limit"
    FEEDBACK = "feedback"
    ARTICLE_LANGUAGES = "langs"


class Open(CallbackData, prefix="o"):
    room: Room


class Ask(CallbackData, prefix="a"):
    """Asks for what the room's own buttons do not offer."""

    about: Room


class ResultsPage(CallbackData, prefix="r"):
    """Another page of the query that stands in the message; `up_to` is the newest article when the first was made."""

    offset: Offset
    by_date: bool
    # Buttons of the first version have none.
    up_to: Id = 0

    @classmethod
    def unpack(cls, value: str) -> Self:
        return super().unpack(f"{value}:0" if value.count(":") == 2 else value)


class Instead(CallbackData, prefix="i"):
    """Searches for one of the queries that the message offers; in place of it where it is an answer to a search."""

    place: Place
    in_place: bool


class OtherNames(CallbackData, prefix="n"):
    """Searches for the other names, too, of what the query in the message names."""


class LatestPage(CallbackData, prefix="l"):
    """Another page of the newest stories; `up_to` as above."""

    offset: Offset
    up_to: Id = 0

    @classmethod
    def unpack(cls, value: str) -> Self:
        return super().unpack(f"{value}:0" if value.count(":") == 1 else value)


class TopPage(CallbackData, prefix="tp"):
    """Another page of the day's stories, as of the second `until`; `up_to` as above."""

    offset: Offset
    until: Second
    up_to: Id


class SavedPage(CallbackData, prefix="k"):
    offset: Offset


class Keep(CallbackData, prefix="ks"):
    """Keeps a story, or lets it go; `since` where it stands in the list, to bring it back to its place.

    `number` is the story's in the message, 0 where there is no other.
    """

    story: Id
    number: Offset
    kept: bool
    since: Second | None = None


class FollowShown(CallbackData, prefix="f"):
    """Follows the query that stands in the message, or one of them."""

    # Buttons of the first version have none.
    place: Place = 0

    @classmethod
    def unpack(cls, value: str) -> Self:
        return super().unpack(f"{value}:0" if ":" not in value else value)


class SearchShown(CallbackData, prefix="q"):
    """Searches for one of the queries that stand in the message."""

    place: Place


class FollowTopic(CallbackData, prefix="t"):
    """Follows what is written on the button."""

    place: int


class FirstTime(CallbackData, prefix="ft", sep="|"):
    """The first time that a newcomer chooses for digests."""

    text: str


class News(CallbackData, prefix="dn"):
    """Tells what is new since the last digest."""


class ListPage(CallbackData, prefix="s"):
    """Another page of what is followed; `deleting` where a press deletes."""

    offset: Offset
    deleting: bool


class Card(CallbackData, prefix="c"):
    id: Id


class SetPaused(CallbackData, prefix="cp"):
    id: Id
    paused: bool


class SetInstant(CallbackData, prefix="ci"):
    id: Id
    instant: bool


class ShowMatches(CallbackData, prefix="cm"):
    id: Id


class Delete(CallbackData, prefix="cd"):
    id: Id


class DeleteAll(CallbackData, prefix="da"):
    sure: bool


class Undo(CallbackData, prefix="u"):
    """Brings back what was deleted together."""

    deletion: Id


# A button carries 64 bytes, its kind and its place among them.
MOST_CARRIED: Final = 58


class SetSchedule(CallbackData, prefix="w", sep="|"):
    """`in_place` where the button stands under the schedule itself."""

    text: str
    in_place: bool


class Pause(CallbackData, prefix="pa"):
    """Pauses the chat for so many days; 0 until it is resumed."""

    days: Place


class PauseAgain(CallbackData, prefix="pu"):
    """Pauses the chat as it was paused before, up to this second; 0 until it is resumed."""

    until: Second


class Resume(CallbackData, prefix="pr"):
    """Ends the chat's pause."""


class SetZone(CallbackData, prefix="z", sep="|"):
    key: str


class SetLanguage(CallbackData, prefix="g"):
    code: str


class SetArticleLanguage(CallbackData, prefix="al"):
    """Whether stories in this language (ISO 639-1) are wanted; an empty one for all."""

    code: Annotated[str, Field(pattern="^([a-z]{2,3})?$")]
    wanted: bool


class SetImages(CallbackData, prefix="im"):
    """Whether what is sent shows pictures."""

    wanted: bool


class SetTopicLimit(CallbackData, prefix="tl"):
    """How many stories of a topic a digest shows at once; 0 for all."""

    limit: Place


class ResetFeedback(CallbackData, prefix="fr"):
    """Forgets what the chat said of stories, once it is `sure`; asked before."""

    sure: bool


class Forget(CallbackData, prefix="fg"):
    """Forgets everything of the chat, once it is `sure`; asked before."""

    sure: bool


class SourcesPage(CallbackData, prefix="sp"):
    offset: Offset


class SourceCard(CallbackData, prefix="sc"):
    id: Id


class LatestOfSource(CallbackData, prefix="sl"):
    """Searches for what came from the source."""

    id: Id


class SetFullText(CallbackData, prefix="sf"):
    id: Id
    full_text: bool


class ReviveSource(CallbackData, prefix="sr"):
    """Asks a source again at once; `in_place` where the button stands under its card."""

    id: Id
    in_place: bool


class DeleteSource(CallbackData, prefix="sd"):
    id: Id


class RestoreSource(CallbackData, prefix="su"):
    """Brings back a source that was deleted."""

    id: Id


class AddShown(CallbackData, prefix="sa"):
    """Adds one of the addresses that the message offers."""

    place: Place


class ExportSources(CallbackData, prefix="se"):
    """Sends all sources as a file."""


class HealthPage(CallbackData, prefix="sh"):
    offset: Offset


def button(text: str, data: CallbackData) -> InlineKeyboardButton:
    shown = text if len(text) <= LABEL_LIMIT else text[: LABEL_LIMIT - 1] + "…"
    return InlineKeyboardButton(text=shown, callback_data=data.pack())


def keyboard(rows: Iterable[Sequence[InlineKeyboardButton]]) -> InlineKeyboardMarkup | None:
    """The rows that have a button; None where no row has."""
    filled = [list(row) for row in rows if row]
    return InlineKeyboardMarkup(inline_keyboard=filled) if filled else None


def pager(before: CallbackData | None, after: CallbackData | None) -> list[InlineKeyboardButton]:
    """◀ ▶, as far as there is something in that direction."""
    turns = (("◀", before), ("▶", after))
    return [button(sign, data) for sign, data in turns if data]


def choices(options: Sequence[tuple[str, CallbackData]], *, chosen: str | None = None) -> list[InlineKeyboardButton]:
    """A button for each label, the chosen one marked."""
    return [button(f"{CHOSEN}{label}" if label == chosen else label, data) for label, data in options]


def label_of(message: Message, data: str | None) -> str | None:
    """What is written on the button that carries `data`, without its mark."""
    labels = (pressed.text for row in _rows(message) for pressed in row if pressed.callback_data == data)
    return next((label.removeprefix(CHOSEN) for label in labels), None)


def marked(message: Message, data: str | None) -> InlineKeyboardMarkup | None:
    """The message's buttons, the one that carries `data` marked as chosen."""
    return _changed(message, lambda shown: _mark(shown) if shown.callback_data == data else shown)


def carried(message: Message, kind: type[_Data]) -> list[_Data]:
    """What the buttons of this kind carry."""
    return [data for row in _rows(message) for shown in row if (data := _carries(shown, kind))]


def redrawn(
    message: Message, kind: type[_Data], draw: Callable[[_Data], InlineKeyboardButton]
) -> InlineKeyboardMarkup | None:
    """The message's buttons, those of this kind drawn anew."""
    return _changed(message, lambda shown: draw(data) if (data := _carries(shown, kind)) else shown)


def _carries(shown: InlineKeyboardButton, kind: type[_Data]) -> _Data | None:
    try:
        return kind.unpack(shown.callback_data or "")
    except (TypeError, ValueError):
        return None


def _rows(message: Message) -> list[list[InlineKeyboardButton]]:
    return message.reply_markup.inline_keyboard if message.reply_markup else []


def _changed(
    message: Message, change: Callable[[InlineKeyboardButton], InlineKeyboardButton]
) -> InlineKeyboardMarkup | None:
    return keyboard([[change(shown) for shown in row] for row in _rows(message)])


def _mark(shown: InlineKeyboardButton) -> InlineKeyboardButton:
    return shown.model_copy(update={"text": CHOSEN + shown.text.removeprefix(CHOSEN)})
