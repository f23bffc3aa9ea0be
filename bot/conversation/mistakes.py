"""What the user is told of a query, a schedule or a source that cannot be read: what is wrong, and where."""

from typing import Final

from aiogram.utils.i18n import gettext as _

from bot import render
from bot.conversation.source_words import explained
from bot.sources.trouble import FetchError
from bot.texts import N_
from bot.timetable import ScheduleError
from storage.errors import QueryError
from storage.query import DEEPEST, MOST_CHARACTERS, MOST_PREFIXES, MOST_WORDS

# Nobody reads what so many bring; each of them is looked at for every digest.
MOST_SUBSCRIPTIONS: Final = 500

QUERY_SENTENCES: Final = {
    "empty": N_("There is no word to look for: send me at least one."),
    "too-long": N_(
        "The query is too long: please make it shorter, at most {characters} characters, {words} words and {deep} "
        "brackets within one another."
    ),
    "unclosed-quote": N_("A quotation mark is opened here but never closed:"),
    "empty-quotes": N_("There is no word between the quotation marks:"),
    "unclosed-bracket": N_("A bracket is opened here but never closed:"),
    "stray-bracket": N_("This closing bracket has no opening one:"),
    "empty-brackets": N_("There is nothing in the brackets:"),
    "only-exclusions": N_("I know what to leave out, but not what to look for. Add at least one word without a minus:"),
    "only-function-words": N_("These words are in every text. Add at least one that says what it is about:"),
    "missing-operand": N_("A word is missing next to this:"),
    "missing-value": N_("Something has to follow the colon:"),
    "bad-date": N_("This is not a date such as 2025-12-31:"),
    "bad-period": N_("This is not a period such as 7d:"),
    "bad-language": N_("This is not a language code such as ru or en:"),
    "bad-source": N_("This is not the name or the address of a source:"),
    "many-prefixes": N_("A query may have {prefixes} words with an asterisk; this is one too many:"),
    "short-prefix": N_("At least two letters have to stand before the asterisk:"),
    "stray-asterisk": N_("The asterisk may only stand at the end of a word:"),
    "bad-exact": N_("A word has to follow the equals sign:"),
}
SCHEDULE_SENTENCES: Final = {
    "empty": N_("Send me a time, for example 9:00."),
    "unknown": N_("I don't understand this part of the schedule:"),
    "bad_time": N_("There is no such time on the clock:"),
    "range": N_("A digest comes at a time, not from one to another; only quiet hours are a range:"),
    "no_time": N_("Here are days but no time for them:"),
    "no_day": N_("On which day of the week? For example: mon 10:00"),
    "interval": N_("I can do days of the week, times and every few hours, such as mon,wed,fri 9:00, but not this:"),
    "conflict": N_("This contradicts what stands before it:"),
    "too_many": N_("These are more times than I can keep, from here on:"),
    "quiet_incomplete": N_("Quiet hours need a beginning and an end, for example quiet 23:00-07:00. Here:"),
    "quiet_equal": N_("These quiet hours end where they begin:"),
}


class LimitError(Exception):
    """A chat follows as many topics as one may."""


def sentence(error: QueryError | ScheduleError | FetchError | LimitError) -> str:
    """One sentence, and on the next line the piece that it is about; of a source, what can be done."""
    if isinstance(error, LimitError):
        text = _("You can follow {count} topics, and more are not possible. Delete one first: /subscriptions")
        return text.format(count=MOST_SUBSCRIPTIONS)
    if isinstance(error, FetchError):
        return explained(error)
    if isinstance(error, QueryError):
        text, place = QUERY_SENTENCES[error.code], _place(error)
    else:
        text, place = SCHEDULE_SENTENCES[error.code], error.fragment
    said = _(text).format(characters=MOST_CHARACTERS, words=MOST_WORDS, deep=DEEPEST, prefixes=MOST_PREFIXES)
    return f"{said}\n{render.brief(place)}" if place and text.endswith(":") else said


def _place(error: QueryError) -> str:
    """The trouble in its surroundings where it is a single sign that says little alone."""
    return error.fragment if len(error.fragment) > 1 else error.text[max(0, error.at - 30) : error.at + 1]
