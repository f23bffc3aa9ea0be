"""What a query may have meant, under the answer: each guess as one would type it, and a button that searches for it."""

from collections.abc import Sequence
from typing import Final

from aiogram.types import InlineKeyboardButton
from aiogram.utils.i18n import gettext as _

from bot import render
from bot.keyboards import Instead, OtherNames, button
from bot.messages import utf16_length
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
