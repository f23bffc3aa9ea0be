"""The card of a source: what it is, how it fares, what is set, and buttons for whoever may change it."""

from datetime import datetime
from typing import Final

from aiogram.types import InlineKeyboardButton
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from bot import render
from bot.conversation.middlewares import Visit
from bot.conversation.source_words import ailment, name, name_of, pace
from bot.conversation.views import View
from bot.keyboards import (
    DeleteSource,
    LatestOfSource,
    ReviveSource,
    SetFullText,
    SourceCard,
    SourcesPage,
    button,
    keyboard,
)
from bot.messages import clip, escape, link
from storage.models import Feed, FeedState

ADDRESS_LIMIT: Final = 300


def card(feed: Feed, visit: Visit) -> View:
    rows = _changes(feed) if visit.rights.may_change(feed) else []
    latest = [button(_("Show the latest"), LatestOfSource(id=feed.id))]
    return View("\n".join(_facts(feed, visit)), keyboard([latest, *rows, all_sources()]))


def source_button(number: int, feed: Feed) -> InlineKeyboardButton:
    return button(f"{number}. {name_of(feed)}", SourceCard(id=feed.id))


def gone() -> str:
    return _("This source is no longer here.")


def not_allowed() -> str:
    return _("Only whoever runs this bot can change this source.")


def _facts(feed: Feed, visit: Visit) -> list[str]:
    """Lines of the card: what it is, how it fares, what is set."""
    address = f"<code>{escape(clip(feed.url, ADDRESS_LIMIT))}</code>"
    since = render.day(feed.added_at, reader=visit.reader, now=visit.now)
    lines = [bold_name(feed), address, _("Read since {date}.").format(date=since)]
    if visit.rights.is_admin and feed.added_by not in (None, visit.rights.user):
        lines.append(_("Added by the user {id}.").format(id=feed.added_by))
    if often := pace(feed, now=visit.now):
        lines.append(_("<b>It brings</b>: {pace}.").format(pace=often))
    lines += [*polls(feed, visit), *ails(feed, visit)]
    if feed.topic:
        lines.append(_("<b>Topic</b>: {topic}.").format(topic=escape(name(feed.topic, "?"))))
    if feed.full_text:
        lines.append(_("Where it brings only the beginning of an article, I read the rest on the site."))
    return lines


def polls(feed: Feed, visit: Visit) -> list[str]:
    """When it was read last, and when it will be asked next."""
    lines = [_("I have not managed to read it yet.")]
    if feed.succeeded_at:
        lines = [_("<b>Last read</b>: {when}.").format(when=_moment(feed.succeeded_at, visit))]
    if feed.next_at and feed.next_at <= visit.now:
        lines.append(_("It is about to be asked."))
    elif feed.next_at:
        lines.append(_("<b>Asked next</b>: {when}.").format(when=_moment(feed.next_at, visit)))
    return lines


def ails(feed: Feed, visit: Visit) -> list[str]:
    """What is wrong, how often and since when; nothing where all is well."""
    if feed.trouble is None:
        return []
    what = ailment(feed.trouble, feed.detail)
    trouble = [f"⚠ <b>{what[:1].upper()}{what[1:]}.</b>"]
    if feed.failing_since:
        trouble.append(_failures(feed.failures).format(count=feed.failures, date=_moment(feed.failing_since, visit)))
    if feed.state is FeedState.DEAD:
        trouble.append(_("It is asked once a day from now on."))
    if feed.state is FeedState.GONE:
        trouble.append(_("It is asked no more."))
    return trouble


def _failures(count: int) -> str:
    """A single one has no row, but a language may say 21 as it says one."""
    if count == 1:
        return _("1 failure, {date}.")
    return ngettext("{count} failure in a row since {date}.", "{count} failures in a row since {date}.", count)


def bold_name(feed: Feed) -> str:
    """A link to its address."""
    return f"<b>{link(name_of(feed), feed.url)}</b>"


def _changes(feed: Feed) -> list[list[InlineKeyboardButton]]:
    full = button(
        _("Only what the source sends") if feed.full_text else _("Read articles in full"),
        SetFullText(id=feed.id, full_text=not feed.full_text),
    )
    again = [button(_("Ask again now"), ReviveSource(id=feed.id, in_place=True))] if feed.trouble else []
    return [again, [full], [button(_("Delete"), DeleteSource(id=feed.id))]]


def all_sources() -> list[InlineKeyboardButton]:
    return [button(_("‹ All sources"), SourcesPage(offset=0))]


def _moment(at: datetime, visit: Visit) -> str:
    return render.moment(at, reader=visit.reader, now=visit.now)
