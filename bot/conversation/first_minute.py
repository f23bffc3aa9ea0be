"""The first minute: topics of today to tap, a time to tap, a preview of the digest; who returns is told where they are.

/start ──nothing followed──▶ topics ──a tap each──▶ times ──a tap──▶ «Готово», and what a digest would hold by now
   └─────something followed──▶ home: what is followed, when it comes, what is new
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from aiogram import Router
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from bot import render
from bot.conversation.digest import Digests, show_news
from bot.conversation.middlewares import Toast, Visit
from bot.conversation.pause import paused_line
from bot.conversation.rights import CHANGES
from bot.conversation.schedule import set_schedule
from bot.conversation.schedule_words import in_words, next_digest
from bot.conversation.subscribe import follow
from bot.conversation.views import View, rewrite
from bot.keyboards import (
    CHOSEN,
    FirstTime,
    FollowTopic,
    News,
    Open,
    Room,
    button,
    carried,
    choices,
    keyboard,
    label_of,
)
from bot.messages import clip
from bot.preferences import Preferences
from bot.timetable import parse
from bot.topical import Topical
from storage import subscriptions
from storage.database import Database
from storage.models import Subscription

NAMED: Final = 5
NAME_LIMIT: Final = 40


def router() -> Router:
    router = Router(name="first minute")
    router.callback_query.register(follow_topic, FollowTopic.filter(), flags=CHANGES)
    router.callback_query.register(choose_first_time, FirstTime.filter(), flags=CHANGES)
    router.callback_query.register(tell_news, News.filter(), flags=CHANGES)
    return router


async def welcome(db: Database, topical: Topical, visit: Visit) -> View:
    """What /start shows."""
    async with db.read() as conn:
        followed = await subscriptions.of_chat(conn, visit.chat.id)
    if followed:
        return home(followed, visit)
    return greeting(await topical.offered(visit.chat, visit.reader.language, now=visit.now), visit)


async def follow_topic(callback: CallbackQuery, message: Message, toast: Toast, db: Database, visit: Visit) -> None:
    topic = label_of(message, callback.data)
    if topic is None:
        toast.text = _("This button no longer works. Please send /start again.")
        return
    begin = await follow(db, visit, topic)
    async with db.read() as conn:
        followed = await subscriptions.of_chat(conn, visit.chat.id)
    if not begin.is_new:
        toast.text = _("You follow this already.")
    await rewrite(message, choosing(_offered(message), followed, visit))


async def choose_first_time(
    callback: CallbackQuery, callback_data: FirstTime, message: Message, db: Database, digests: Digests, visit: Visit
) -> None:
    chosen = await set_schedule(db, visit, callback_data.text)
    async with db.read() as conn:
        followed = await subscriptions.of_chat(conn, visit.chat.id)
    await rewrite(message, ready(followed, chosen, visit))
    if any(not subscription.paused for subscription in followed):
        await _show_preview(message, digests, visit)


async def tell_news(callback: CallbackQuery, message: Message, db: Database, digests: Digests, visit: Visit) -> None:
    await show_news(message, db, digests, visit)


def greeting(topics: Sequence[str], visit: Visit) -> View:
    """With the times at once where there is nothing to choose from."""
    hello = _("Hello! I read the news and send you what you follow: when it suits you, and nothing twice.")
    own = render.typed(_("/subscribe middle corridor"))
    if not topics:
        text = _("There are no articles here yet, but you can follow a topic already: {own}").format(own=own)
        return View("\n\n".join([hello, text, _("<b>When shall the digest come?</b>")]), keyboard(_times(visit)))
    choose = _("<b>What would you like to follow?</b> This is in the news now: press one topic or several.")
    words = topics[0].lower()
    other = _("Or send me words of your own: {example} finds news, {own} follows a topic.").format(
        example=render.typed(words if visit.in_private else f"/search {words}"), own=own
    )
    return View("\n\n".join([hello, choose, other]), _topic_buttons(topics, ()))


def choosing(topics: Sequence[str], followed: Sequence[Subscription], visit: Visit) -> View:
    """Once a topic is followed: what else there is, and when the digest is to come."""
    parts = (
        _("You follow: {topics}.").format(topics=_names(followed)),
        _("<b>When shall the digest come?</b> Press a time, or add another topic first."),
    )
    return View("\n\n".join(parts), _topic_buttons(topics, followed, _times(visit)))


def ready(followed: Sequence[Subscription], chosen: Preferences, visit: Visit) -> View:
    at = chosen.next_digest(after=visit.now)
    lines = [
        _("<b>Done!</b> Your digest: {schedule}.").format(schedule=_schedule(chosen, visit)),
        *([next_digest(at, reader=visit.reader, now=visit.now)] if at else []),
    ]
    follows = _("You follow: {topics}.").format(topics=_names(followed)) if followed else _nothing_chosen()
    return View("\n\n".join(["\n".join(lines), follows]), _doors())


def home(followed: Sequence[Subscription], visit: Visit) -> View:
    count = len(followed)
    text = ngettext("You follow {count} topic: {topics}.", "You follow {count} topics: {topics}.", count)
    at = visit.preferences.next_digest(after=visit.now)
    comes = (
        next_digest(at, reader=visit.reader, now=visit.now)
        if at
        else _("<b>Digest</b>: {schedule}.").format(schedule=_schedule(visit.preferences, visit))
    )
    lines = (
        text.format(count=count, topics=_names(followed)),
        *(paused_line(visit) or [comes]),
        # Elsewhere what is not said to us is none of our business.
        *([_("Send me words, and I search for them.")] if visit.in_private else []),
    )
    return View("\n\n".join(lines), _doors(has_news=True))


async def _show_preview(message: Message, digests: Digests, visit: Visit) -> None:
    """What /digest would show; it does not count as sent."""
    parts = await digests.preview(visit.chat, now=visit.now)
    if not parts:
        await message.answer(_("There is no news on these topics yet. I will write as soon as a digest has some."))
    for part in parts:
        buttons = InlineKeyboardMarkup.model_validate_json(part.buttons) if part.buttons else None
        await message.answer(part.html, reply_markup=buttons)


def _nothing_chosen() -> str:
    return _("You follow nothing yet. Send /subscribe and a topic, for example: {example}").format(
        example=render.typed(_("/subscribe middle corridor"))
    )


def _schedule(preferences: Preferences, visit: Visit) -> str:
    return in_words(preferences.schedule, language=visit.reader.language)


def _names(followed: Sequence[Subscription]) -> str:
    """The newest few, and how many more there are."""
    named = ", ".join(render.typed(clip(one.text, NAME_LIMIT)) for one in followed[-NAMED:])
    return f"{named} +{len(followed) - NAMED}" if len(followed) > NAMED else named


def _offered(message: Message) -> list[str]:
    """The topics on the message's buttons."""
    return [label_of(message, data.pack()) or "" for data in carried(message, FollowTopic)]


def _topic_buttons(
    topics: Sequence[str], followed: Sequence[Subscription], times: Sequence[Sequence[InlineKeyboardButton]] = ()
) -> InlineKeyboardMarkup | None:
    own = {one.text for one in followed}
    rows = [
        [button(f"{CHOSEN if topic in own else ''}{topic}", FollowTopic(place=place))]
        for place, topic in enumerate(topics)
    ]
    return keyboard([*rows, *times])


def _times(visit: Visit) -> list[list[InlineKeyboardButton]]:
    """The usual times, what holds by now marked; all others are a word to /schedule."""
    rows = (
        (("08:00", "08:00"), ("09:00", "09:00"), ("20:00", "20:00")),
        ((_("9:00 + 18:00"), "09:00 18:00"), (_("At once"), "instant")),
    )
    present = str(replace(visit.preferences.schedule, quiet=None))
    return [
        choices(
            [(label, FirstTime(text=text)) for label, text in row],
            chosen=next((label for label, text in row if str(parse(text)) == present), None),
        )
        for row in rows
    ]


def _doors(*, has_news: bool = False) -> InlineKeyboardMarkup | None:
    """Where to from here."""
    news = [button(_("What is new"), News())] if has_news else []
    topics = button(_("My topics"), Open(room=Room.SUBSCRIPTIONS))
    return keyboard([news, [topics, button(_("Settings"), Open(room=Room.SETTINGS))]])
