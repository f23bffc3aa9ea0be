"""Sources in words: their names, how much they bring, what ails them, and what can be done about it."""

import unicodedata
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from bot.messages import clip, escape, inert
from bot.polling import knows_habits
from bot.sources.trouble import SENTENCES, FetchError, Trouble
from bot.texts import N_
from storage.language.tokens import tokenise
from storage.models import Feed

NAME_LIMIT: Final = 60
DETAIL_LIMIT: Final = 120
# Words of a name that a query for its articles repeats: enough to tell it apart, and never too long a query.
WORDS_ASKED: Final = 4

# Marks that turn the direction of what follows them, in the names of others too.
_TURNS: Final = dict.fromkeys((0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))

_LOOK_CLOSER: Final = N_("Perhaps the site has another feed: look there for a link named RSS, and send me its address.")
_LATER: Final = N_("Does it open in a browser? If so, try again a little later.")
_WHAT_I_READ: Final = N_(
    "I read feeds (RSS, Atom, JSON Feed), sites that have one, and public Telegram channels: send me the address or "
    "the @name."
)
# What a parser says of a document, in English, is for the log and the command line.
WHAT_AILS: Final = SENTENCES | {Trouble.NOT_A_FEED: N_("what is there is no feed that I can read")}
# What whoever typed the address can do next.
ADVICE: Final = {
    Trouble.ADDRESS: _WHAT_I_READ,
    Trouble.CREDENTIALS: N_("Everybody here may see a source's address, so send me one that needs no password."),
    Trouble.FORBIDDEN: N_("I only read what is open to everybody on the Internet."),
    Trouble.DNS: N_("Please check how it is spelled."),
    Trouble.LIMITED: N_("Please try again later."),
    Trouble.NO_PREVIEW: N_("I only read channels that are public, and no groups."),
    Trouble.NOT_A_FEED: _LOOK_CLOSER,
    Trouble.NO_FEED_FOUND: _LOOK_CLOSER,
    Trouble.GONE: _LOOK_CLOSER,
    Trouble.TOO_LARGE: _LOOK_CLOSER,
    Trouble.PARSER: _LOOK_CLOSER,
}


def name(title: str, host: str, *, limit: int = NAME_LIMIT) -> str:
    """What a feed calls itself, on one line and of bounded length; its host where that shows nothing. Plain text."""
    # Only so much of it is looked at: an operator's own list may hold a name of megabytes.
    shown = " ".join("".join(map(_seen, title[: 20 * limit].translate(_TURNS))).split())
    return inert(clip(shown if any(map(_has_shape, shown)) else host, limit))


def name_of(feed: Feed, *, limit: int = NAME_LIMIT) -> str:
    return name(feed.title, feed.host, limit=limit)


def pace(feed: Feed, *, now: datetime) -> str:
    """How much it brings; nothing before it has been watched for long enough."""
    if not knows_habits(feed, now=now):
        return ""
    if (a_day := round(feed.per_day)) >= 1:
        return ngettext("{count} article a day", "{count} articles a day", a_day).format(count=a_day)
    if (a_week := round(feed.per_day * 7)) >= 1:
        return ngettext("{count} article a week", "{count} articles a week", a_week).format(count=a_week)
    return _("less than an article a week")


def ailment(trouble: str | None, detail: str | None) -> str:
    """What is wrong, as HTML that begins a sentence and does not end it; "" where nothing is."""
    if trouble is None:
        return ""
    # A newer version may have written a kind that this one does not know.
    text = _(WHAT_AILS[Trouble(trouble)]) if trouble in WHAT_AILS else _("it cannot be read")
    return escape(text.format(detail=name(detail or "?", "?", limit=DETAIL_LIMIT)))


def explained(error: FetchError) -> str:
    """Why a source could not be added, and what to do next."""
    what = ailment(error.trouble, error.detail)
    return f"{_('That did not work: {trouble}.').format(trouble=what)} {_(ADVICE.get(error.trouble, _LATER))}"


def query(feed: Feed) -> str:
    """What finds the articles of this source."""
    tokens = list(tokenise(feed.title)) or list(tokenise(urlsplit(feed.url).hostname or feed.host))
    return f'source:"{" ".join(token.form for token in tokens[:WORDS_ASKED])}"'


def _seen(character: str) -> str:
    """Controls of all kinds and what breaks a line as spaces."""
    return " " if unicodedata.category(character) in {"Cc", "Zl", "Zp", "Zs"} else character


def _has_shape(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNSP" and character not in "\u2800\ufffc"
