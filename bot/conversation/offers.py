"""What a query may have meant, under the answer: each guess as one would type it, and a button that searches for it.

Words that are times and nothing else may have meant the digest's.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from aiogram.enums import ChatType
from aiogram.types import InlineKeyboardButton
from aiogram.utils.i18n import gettext as _

from bot import render
from bot.conversation.middlewares import Visit
from bot.conversation.schedule_words import in_words
from bot.keyboards import MOST_CARRIED, Instead, OtherNames, SetSchedule, button
from bot.messages import utf16_length
from bot.timetable import ScheduleError, parse
from storage.widening import Wider

# Half of a message: a query may be long, and each guess repeats it.
LIMIT: Final = 2000


def offers(queries: Sequence[str], *, in_place: bool) -> tuple[list[str], list[list[InlineKeyboardButton]]]:
    """Blocks of the message and rows of buttons; the message keeps the guesses whole, for a label may be cut."""
    shown: list[str] = []
    for query in queries:
        if utf16_length("\n".join([*shown, query])) <= LIMIT:
            shown.append(query)
    if not shown:
        return [], []
    rows = [[button(query, Instead(place=place, in_place=in_place))] for place, query in enumerate(shown)]
    return ["\n".join([_("Perhaps you meant:"), *map(render.typed, shown)])], rows


def other_names(wider: Wider | None, *, offered: Sequence[str]) -> list[InlineKeyboardButton]:
    """A row that adds the other names of what is looked for, unless each of them is offered already."""
    if wider is None or {name.lower() for name in wider.names} <= {query.lower() for query in offered}:
        return []
    return [button(_("also: {names}").format(names=", ".join(wider.names)), OtherNames())]


def digest_times(text: str, visit: Visit) -> list[InlineKeyboardButton]:
    """A row that sets the digest to the times that the text is; in groups, where admins alone may, there is none."""
    if visit.chat.kind != ChatType.PRIVATE:
        return []
    present = visit.preferences.schedule
    try:
        meant = parse(text, keep=present, usual=visit.defaults.default_digest_time)
    except ScheduleError:
        return []
    if meant == present or len(str(meant)) > MOST_CARRIED:
        return []
    words = in_words(replace(meant, quiet=None), language=visit.reader.language)
    return [button(_("Digest: {schedule}").format(schedule=words), SetSchedule(text=str(meant), in_place=False))]
