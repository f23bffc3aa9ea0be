"""Why a story came, in words: the subscription, its words and where they stand, sources, freshness, the rank."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from aiogram.utils.i18n import gettext as _
from babel.numbers import format_decimal

from bot import render, story_view
from bot.messages import clip, escape, inert
from bot.ranking import Contribution, Part
from bot.render import Reader
from bot.texts import N_
from storage.models import Article, Excerpt, Hit, Subscription

WORDS_LIMIT: Final = 200
# As far as points are told; what is less says nothing.
DIGITS: Final = 2

_NAMES: Final = {
    Part.SOURCES: N_("sources"),
    Part.FRESHNESS: N_("freshness"),
    Part.HEADLINE: N_("words in the headline"),
    Part.CLOSENESS: N_("words close together"),
    Part.FACE: N_("the headline that stands for the story"),
    Part.LEANING: N_("what you marked, opened and saved"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why an article was told: for which subscription, unless nobody's or one that is gone, and what makes its rank."""

    article: Article
    sources: int
    subscription: Subscription | None
    is_followed: bool
    is_told: bool
    hit: Hit | None
    parts: Sequence[Contribution]


def explained(reason: Reason, *, reader: Reader, now: datetime) -> str:
    when = render.moment(reason.article.published_at, reader=reader, now=now)
    told_by = _("Told by {sources}; this article is of {when}.")
    lines = [
        _("<b>Why this story</b>: {headline}").format(headline=story_view.headline(reason.article)),
        _followed(reason),
        *(_words(reason.hit) if reason.hit else ()),
        told_by.format(sources=story_view.in_sources(reason.sources), when=when),
    ]
    return "\n\n".join(["\n".join(lines), *([_rank(reason.parts, reader)] if reason.parts else [])])


def _followed(reason: Reason) -> str:
    if reason.subscription is None:
        if reason.is_told:
            return _("It came for a subscription that you have deleted since.")
        return _("None of your subscriptions brought it.")
    text = _("You follow {query}.") if reason.is_followed else _("You followed {query} then, and do no longer.")
    return text.format(query=render.brief(reason.subscription.text))


def _words(hit: Hit) -> list[str]:
    """Which words of the query stand where; those of the text are the ones in what is shown of it."""
    places = ((_("In the headline: {words}."), hit.title), (_("In the text: {words}."), hit.snippet))
    return [text.format(words=words) for text, excerpt in places if (words := _marked(excerpt))]


def _marked(excerpt: Excerpt) -> str:
    """The marked words as they stand there, each once."""
    words: dict[str, str] = {}
    for start, end in excerpt.marks:
        words.setdefault(excerpt.text[start:end].lower(), excerpt.text[start:end])
    named = inert(clip(", ".join(words.values()), WORDS_LIMIT))
    return f"<b>{escape(named)}</b>" if named else ""


def _rank(parts: Sequence[Contribution], reader: Reader) -> str:
    """The total and its parts, those of nothing left out; what is told adds up."""
    points = [(one.part, round(one.points, DIGITS)) for one in parts]
    total = _decimal(sum(one for _part, one in points), "0.00", reader)
    lines = [f"{_decimal(one, '+0.00;-0.00', reader)} {_(_NAMES[part])}" for part, one in points if one]
    return "\n".join([_("<b>Its rank</b>: {points}").format(points=total), *lines])


def _decimal(number: float, pattern: str, reader: Reader) -> str:
    return format_decimal(number, pattern, locale=reader.language)
