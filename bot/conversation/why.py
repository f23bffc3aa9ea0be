"""«Why» under a story: which subscription brought it, by which words, and what made its rank."""

import asyncio
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from aiogram import Router
from aiogram.types import CallbackQuery, Message
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import ranking, why_view
from bot.conversation.middlewares import Toast, Visit
from bot.conversation.rights import READS
from bot.conversation.saved import story_gone
from bot.conversation.views import View, answer_to
from bot.ranking import Signals
from bot.story_buttons import Why
from bot.why_view import Reason
from storage import coverage, feedback, subscriptions, tellings
from storage.database import Database
from storage.errors import QueryError
from storage.models import Hit, Subscription
from storage.query import parse_canonical
from storage.shown import Shown, shown
from storage.tellings import LastTelling


class _Known(NamedTuple):
    """What the store has of a telling; `was` is the subscription while it could be restored.

    The rank is that of the moment `as_of`, when the story was told by this article, and `leaning` the chat's by then:
    that the story was opened since, to ask for this, did not bring it.
    """

    shown: Shown
    telling: LastTelling | None
    follows: Subscription | None
    was: Subscription | None
    as_of: datetime
    leaning: float


def router() -> Router:
    router = Router(name="why")
    router.callback_query.register(why, Why.filter(), flags=READS)
    return router


async def why(
    callback: CallbackQuery, callback_data: Why, message: Message, toast: Toast, db: Database, visit: Visit
) -> None:
    async with db.read() as conn:
        known = await _read(conn, callback_data, visit)
    if known is None:
        toast.text = story_gone()
        return
    reason = await asyncio.to_thread(_reason, known)
    await answer_to(message, View(why_view.explained(reason, reader=visit.reader, now=visit.now)))


async def _read(conn: AsyncConnection, asked: Why, visit: Visit) -> _Known | None:
    """By the article and the subscription that the button names, or else those by which the story was told last; what
    is another story's or another chat's is passed over. None where the story is gone.
    """
    chat_id, telling = visit.chat.id, await tellings.of_story(conn, visit.chat.id, asked.story)
    faces = await coverage.faces(conn, [asked.story])
    if not faces:
        return None
    wishes = [asked.article, telling.article_id if telling else None, faces[asked.story].id]
    found = {one.article.id: one for one in await shown(conn, [one for one in wishes if one])}
    own = next(found[one] for one in wishes if one in found and found[one].article.story_id == asked.story)
    as_of = telling.told_at if telling and telling.article_id == own.article.id else visit.now
    subscription_id = asked.subscription or (telling.subscription_id if telling else None) or 0
    follows = await subscriptions.by_id(conn, subscription_id, chat_id=chat_id)
    was = follows or await subscriptions.by_id(conn, subscription_id, chat_id=chat_id, or_deleted=True)
    leanings = await feedback.leanings(conn, {chat_id: [asked.story]}, before=as_of)
    return _Known(own, telling, follows, was, as_of, leanings.get((chat_id, asked.story), 0.0))


def _reason(known: _Known) -> Reason:
    """Finding the words again takes a moment: off the event loop."""
    hit = _hit(known)
    return Reason(
        article=known.shown.article,
        sources=len(known.shown.sources),
        subscription=known.was,
        is_followed=known.follows is not None,
        is_told=known.telling is not None,
        hit=hit,
        parts=ranking.parts(_signals(known, hit)) if hit else (),
    )


def _hit(known: _Known) -> Hit | None:
    """None without a subscription, or where an older version wrote what cannot be read any more."""
    with suppress(QueryError):
        if known.was:
            return next(known.shown.hits([parse_canonical(known.was.canonical)]))
    return None


def _signals(known: _Known, hit: Hit) -> Signals:
    return ranking.signals(hit, is_face=known.shown.is_face, now=known.as_of, leaning=known.leaning)
