"""The conversation: every command, button and plain word of a chat.

update ─▶ bans, throttle, order ─▶ who, when, in which language ─▶ the topics' routers, plain text last ─▶ errors
"""

from collections.abc import Callable
from datetime import datetime

from aiogram import Dispatcher
from aiogram.utils.i18n import I18n

from bot.chart import Painter
from bot.conversation import (
    addsource,
    article_languages,
    bans,
    broadcast,
    channel,
    corrections,
    digest,
    digest_list,
    errors,
    export,
    feedback,
    first_minute,
    forget,
    groups,
    inline,
    lists,
    meant,
    more,
    pause,
    posts,
    rewording,
    saved,
    schedule,
    search,
    settings,
    sharing,
    source_health,
    sources,
    start,
    stats,
    story,
    subscribe,
    subscriptions,
    timezone,
    top,
    trends,
    unsubscribe,
    why,
)
from bot.conversation.acting import Acting
from bot.conversation.addsource import Fetching
from bot.conversation.bans import Banned
from bot.conversation.digest import Digests
from bot.conversation.doubles import Doubles
from bot.conversation.gate import Gate
from bot.conversation.members import Members
from bot.conversation.memory import Dialogues, InOrder, Memory
from bot.conversation.middlewares import Introduction, Presses, drop_question
from bot.conversation.rights import Rules
from bot.conversation.search import Answers
from bot.conversation.throttle import Throttled, drop_flood
from bot.conversation.typing import Typing
from bot.topical import Topical
from storage.database import Database
from storage.expansions import Expansions

__all__ = ["Digests", "Fetching", "Rules", "Throttled", "dispatcher"]

TOPICS = (
    *(sharing, start, first_minute, subscribe, subscriptions, rewording, unsubscribe, digest, schedule, pause),
    *(timezone, settings, saved, search, corrections, meant, article_languages),
    *(sources, addsource, lists, source_health),
    *(broadcast, bans, stats),
    *(inline, top, story, digest_list, why, feedback, trends, export, forget),
    *(groups, channel, more),
)


def dispatcher(
    *,
    db: Database,
    digests: Digests,
    fetching: Fetching,
    expansions: Expansions,
    i18n: I18n,
    settings: Rules,
    clock: Callable[[], datetime],
    throttled: Throttled | None = None,
    troubled: Callable[[str, Exception], None] | None = None,
) -> Dispatcher:
    """A new dispatcher with routers of its own; updates of one chat are handled in the order in which they came.

    Without `throttled` everything is read, however fast it comes. `troubled` is told of errors that nobody foresaw.
    """
    order, memory, banned = InOrder(), Memory(db, clock=clock), Banned(db, settings)
    members = Members()
    acting = Acting(members, db)
    made = Dispatcher(
        storage=memory,
        events_isolation=order,
        # Put in its place below: what is not read needs no order.
        disable_fsm=True,
        order=order,
        acting=acting,
        banned=banned,
        db=db,
        digests=digests,
        fetching=fetching,
        expansions=expansions,
        painter=Painter(),
        answers=Answers(),
        topical=Topical(db),
        begun=clock(),
        troubled=troubled,
        i18n=i18n,
    )
    made.fsm = Dialogues(memory, order)
    made.startup.register(memory.load)
    made.startup.register(banned.load)
    made.update.outer_middleware(banned)
    if throttled:
        made.update.outer_middleware(throttled)
    made.update.outer_middleware(Doubles())
    made.update.outer_middleware(made.fsm)
    made.update.outer_middleware(drop_flood)
    made.update.outer_middleware(Introduction(db=db, settings=settings, i18n=i18n, clock=clock))
    made.callback_query.outer_middleware(acting)
    made.message.outer_middleware(acting)
    made.callback_query.middleware(Presses())
    typing = Typing()
    for observer in (made.message, made.edited_message, made.callback_query):
        observer.middleware(typing)
    gate = Gate(members)
    made.callback_query.middleware(gate)
    made.message.middleware(gate)
    made.callback_query.middleware(drop_question)
    made.message.middleware(drop_question)
    made.include_routers(*(topic.router() for topic in TOPICS), search.plain_router(), errors.router())
    made.include_router(posts.router(made))
    return made
