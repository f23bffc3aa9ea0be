"""The notice tick: what became of sources is told to the admins, once, and in one message however many they are.

    fetch ──notices──▶ tell ──a message for each admin──▶ dropped

A notice waits until every admin has been told, or has turned out to take no messages.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import structlog
from aiogram import Bot
from aiogram.utils.i18n import I18n, ngettext
from aiogram.utils.i18n import gettext as _

from bot import admins
from bot.admins import Outcome
from bot.conversation.rights import Rules
from bot.conversation.source_words import ailment, name
from bot.conversation.views import View
from bot.keyboards import ReviveSource, button, keyboard
from bot.messages import clip, link
from storage import notices
from storage.database import Database
from storage.models import Notice, NoticeKind

# All that an outage of everything brings.
AT_ONCE: Final = 10_000
# Of each kind so many are named: all four kinds together stay within a message.
SHOWN: Final = 6
NAME_LIMIT: Final = 40
ADDRESS_LIMIT: Final = 80
BUTTONS: Final = 8

log = structlog.get_logger()


class Notices:
    """Tells what waits; whom it has told already it remembers until all have been told."""

    def __init__(self, bot: Bot, db: Database, rules: Rules, i18n: I18n) -> None:
        self._bot = bot
        self._db = db
        self._rules = rules
        self._i18n = i18n
        self._told: defaultdict[int, set[int]] = defaultdict(set)

    async def tell(self) -> None:
        """Where nobody can be told, the log is."""
        async with self._db.read() as conn:
            waiting = await notices.waiting(conn, limit=AT_ONCE)
        if not waiting:
            return
        spoken = await admins.languages(self._db, self._rules)
        outcomes = [await self._tell(admin, language, waiting) for admin, language in spoken.items()]
        if Outcome.LATER in outcomes:
            return
        if Outcome.TOLD not in outcomes:
            _log(waiting)
        async with self._db.write() as conn:
            await notices.drop(conn, [notice.id for notice in waiting])
        self._told.clear()

    async def _tell(self, admin: int, language: str, waiting: Sequence[Notice]) -> Outcome:
        news = [notice for notice in waiting if notice.id not in self._told[admin]]
        with self._i18n.context(), self._i18n.use_locale(language):
            view = view_of(news)
        outcome = await admins.tell(self._bot, admin, view) if news else Outcome.TOLD
        if outcome is Outcome.TOLD:
            self._told[admin].update(notice.id for notice in news)
        return outcome


def view_of(news: Sequence[Notice]) -> View:
    """The news by kind, the grave first; a press asks a source again."""
    blocks = [_block(kind, [notice for notice in news if notice.kind is kind]) for kind in HEADS]
    grave = {notice.feed_id: notice for notice in news if notice.kind in (NoticeKind.DIED, NoticeKind.GONE)}
    rows = [
        [button(_("Ask again: {name}").format(name=_name(notice)), ReviveSource(id=feed_id, in_place=False))]
        for feed_id, notice in list(grave.items())[:BUTTONS]
    ]
    return View("\n\n".join([*filter(None, blocks), _("How all of them are: /sourcehealth")]), keyboard(rows))


def _block(kind: NoticeKind, news: Sequence[Notice]) -> str:
    if not news:
        return ""
    more = len(news) - SHOWN
    rest = [_("and {count} more").format(count=more)] if more > 0 else []
    return "\n".join([HEADS[kind](len(news)), *(f"• {_line(notice)}" for notice in news[:SHOWN]), *rest])


def _line(notice: Notice) -> str:
    shown = link(_name(notice), notice.url)
    match notice.kind:
        case NoticeKind.DIED:
            return ": ".join(filter(None, [shown, ailment(notice.trouble, notice.detail)]))
        case NoticeKind.MOVED if notice.detail:
            return f"{shown}: {link(clip(notice.detail, ADDRESS_LIMIT), notice.detail)}"
    return shown


def _name(notice: Notice) -> str:
    return name(notice.title, notice.url, limit=NAME_LIMIT)


def _died(count: int) -> str:
    return ngettext(
        "⚠ <b>{count} source has not answered for days.</b> I ask it once a day from now on:",
        "⚠ <b>{count} sources have not answered for days.</b> I ask each once a day from now on:",
        count,
    ).format(count=count)


def _gone(count: int) -> str:
    return ngettext(
        "⛔ <b>{count} source is gone for good,</b> its server says. I ask it no more:",
        "⛔ <b>{count} sources are gone for good,</b> their servers say. I ask them no more:",
        count,
    ).format(count=count)


def _moved(count: int) -> str:
    return ngettext(
        "➡ <b>{count} source has moved.</b> I read it at its new address:",
        "➡ <b>{count} sources have moved.</b> I read them at their new addresses:",
        count,
    ).format(count=count)


def _revived(count: int) -> str:
    return ngettext("✅ <b>{count} source answers again:</b>", "✅ <b>{count} sources answer again:</b>", count).format(
        count=count
    )


HEADS: Final = {
    NoticeKind.DIED: _died,
    NoticeKind.GONE: _gone,
    NoticeKind.MOVED: _moved,
    NoticeKind.REVIVED: _revived,
}


def _log(waiting: Sequence[Notice]) -> None:
    for notice in waiting:
        log.warning(
            "source", became=notice.kind.value, source=notice.title, url=notice.url, trouble=notice.trouble or ""
        )
