"""What the user is told of the words that a query looks for, where these are not the ones typed."""

from typing import Final

from aiogram.utils.i18n import gettext as _

from bot.messages import clip, inert, italic
from storage.syntax import Query

WORDS_LIMIT: Final = 200


def looking_for(query: Query) -> list[str]:
    """One line, or none where the words say so themselves: «Ищу: совет, мир»."""
    if not query.is_reworded:
        return []
    words = clip(", ".join(query.looks_for()), WORDS_LIMIT)
    return [italic(_("Looking for: {words}").format(words=inert(words)))]
