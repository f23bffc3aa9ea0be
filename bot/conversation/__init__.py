"""The conversation: every command, button and plain word of a chat.

update ─▶ middlewares: who, when, in which language ─▶ the topics' routers, plain text last ─▶ errors: the rest
"""

from collections.abc import Callable
from datetime import datetime

from aiogram import Dispatcher
from aiogram.utils.i18n import I18n

from bot.chart import Painter
from bot.conversation import (
    addsource,
    digest,
    digest_list,
    errors,
    feedback,
    meant,
    saved,
    schedule,
    search,
    settings,
    source_files,
    source_health,
    sources,
    start,
    story,
    subscribe,
    subscriptions,
    timezone,
    top,
    trends,
    unsubscribe,
    why,
)
from bot.conversation.addsource import Fetching
from bot.conversation.digest import Digests
from bot.conversation.memory import InOrder, Memory
from bot.conversation.middlewares import Introduction, Presses, drop_question
from bot.conversation.rights import Rules
from storage.database import Database
from storage.expansions import Expansions

__all__ = ["Digests", "Fetching", "Rules", "dispatcher"]

TOPICS = (
    *(start, subscribe, subscriptions, unsubscribe, digest, schedule, timezone, settings, saved, search, meant),
    *(sources, addsource, source_files, source_health),
    *(top, story, digest_list, why, feedback, trends),
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
) -> Dispatcher:
    """A new dispatcher with routers of its own; updates of one person are handled in the order in which they came."""
    order = InOrder()
    made = Dispatcher(
        storage=Memory(),
        events_isolation=order,
        order=order,
        db=db,
        digests=digests,
        fetching=fetching,
        expansions=expansions,
        painter=Painter(),
        i18n=i18n,
    )
    made.update.outer_middleware(Introduction(db=db, settings=settings, i18n=i18n, clock=clock))
    made.callback_query.middleware(Presses())
    made.callback_query.middleware(drop_question)
    made.message.middleware(drop_question)
    made.include_routers(*(topic.router() for topic in TOPICS), search.plain_router(), errors.router())
    return made
