"""/subscriptions and the card of each: pause, instant or digest, latest matches, delete with undo."""

from typing import Final

from aiogram import Router
from aiogram.enums import ChatType
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext

from bot import render
from bot.conversation.digest import nothing_followed
from bot.conversation.elsewhere import shown
from bot.conversation.filters import named
from bot.conversation.middlewares import Toast, Visit
from bot.conversation.pause import paused_line
from bot.conversation.rights import CHANGES, READS
from bot.conversation.search import found
from bot.conversation.views import View, answer, rewrite
from bot.keyboards import (
    Ask,
    Card,
    Delete,
    ListPage,
    Room,
    SetInstant,
    SetPaused,
    ShowMatches,
    button,
    keyboard,
    pager,
)
from bot.subscription_buttons import SendList, card_buttons
from storage import subscriptions
from storage.database import Database
from storage.expansions import Expansions
from storage.models import Subscription

PAGE: Final = 8


def router() -> Router:
    router = Router(name="subscriptions")
    router.message.register(list_command, named("subscriptions"), flags=READS)
    router.callback_query.register(turn_list, ListPage.filter(), flags=READS)
    router.callback_query.register(show_card, Card.filter(), flags=READS)
    router.callback_query.register(set_paused, SetPaused.filter(), flags=CHANGES)
    router.callback_query.register(set_instant, SetInstant.filter(), flags=CHANGES)
    router.callback_query.register(show_matches, ShowMatches.filter(), flags=READS)
    return router


async def list_command(message: Message, db: Database, visit: Visit) -> None:
    await answer(message, await listed(db, visit))


async def turn_list(
    callback: CallbackQuery, callback_data: ListPage, message: Message, db: Database, visit: Visit
) -> None:
    await rewrite(message, await listed(db, visit, offset=callback_data.offset, deleting=callback_data.deleting))


async def show_card(
    callback: CallbackQuery, callback_data: Card, message: Message, toast: Toast, db: Database, visit: Visit
) -> None:
    async with db.read() as conn:
        subscription = await subscriptions.by_id(conn, callback_data.id, chat_id=visit.chat.id)
    await _rewrite_card(message, subscription, toast, visit)


async def set_paused(
    callback: CallbackQuery, callback_data: SetPaused, message: Message, toast: Toast, db: Database, visit: Visit
) -> None:
    id_, paused = callback_data.id, callback_data.paused
    async with db.write() as conn:
        subscription = await subscriptions.change(conn, id_, chat_id=visit.chat.id, paused=paused)
    await _rewrite_card(message, subscription, toast, visit)


async def set_instant(
    callback: CallbackQuery, callback_data: SetInstant, message: Message, toast: Toast, db: Database, visit: Visit
) -> None:
    id_, instant = callback_data.id, callback_data.instant
    async with db.write() as conn:
        subscription = await subscriptions.change(conn, id_, chat_id=visit.chat.id, instant=instant)
    await _rewrite_card(message, subscription, toast, visit)


async def show_matches(
    callback: CallbackQuery,
    callback_data: ShowMatches,
    message: Message,
    toast: Toast,
    db: Database,
    visit: Visit,
    expansions: Expansions,
) -> None:
    async with db.read() as conn:
        subscription = await subscriptions.by_id(conn, callback_data.id, chat_id=visit.chat.id)
    if subscription:
        await answer(message, await found(db, visit, expansions, subscription.text, by_date=True))
    else:
        toast.text = gone()


async def listed(db: Database, visit: Visit, *, offset: int = 0, deleting: bool = False) -> View:
    """A page of the list, numbered through as `/unsubscribe NUMBER` counts; a press adjusts, or deletes."""
    async with db.read() as conn:
        followed = await subscriptions.of_chat(conn, visit.chat.id)
    add = button(_("Add a topic"), Ask(about=Room.SUBSCRIPTIONS))
    if not followed:
        return View(nothing_followed(), keyboard([[add]]))
    # What was deleted meanwhile may have made the list shorter than the page that is asked for.
    offset = min(offset, (len(followed) - 1) // PAGE * PAGE)
    page = list(enumerate(followed[offset : offset + PAGE], start=offset + 1))
    lines = [f"{number}. {_line(subscription)}" for number, subscription in page]
    rows = [[_list_button(number, subscription, deleting=deleting)] for number, subscription in page]
    before = ListPage(offset=offset - PAGE, deleting=deleting) if offset >= PAGE else None
    after = ListPage(offset=offset + PAGE, deleting=deleting) if offset + PAGE < len(followed) else None
    last = [*([] if visit.in_private else [add]), button(_("As a file"), SendList())]
    text = "\n".join([_list_head(len(followed), deleting=deleting), *paused_line(visit), "", *lines])
    return View(text, keyboard([*rows, pager(before, after), [] if deleting else last]))


def card(subscription: Subscription, visit: Visit) -> View:
    since = render.day(subscription.created_at, reader=visit.reader, now=visit.now)
    lines = [
        _("You have followed {query} since {date}.").format(query=render.typed(subscription.text), date=since),
        _("It is paused: nothing comes from it.") if subscription.paused else _how_it_comes(subscription, visit),
    ]
    # In a channel nobody can be asked for other words.
    can_ask = visit.chat.kind != ChatType.CHANNEL or shown() is not None
    return View("\n".join([*lines, *paused_line(visit)]), card_buttons(subscription, can_ask=can_ask))


def gone() -> str:
    return _("You no longer follow this.")


async def _rewrite_card(message: Message, subscription: Subscription | None, toast: Toast, visit: Visit) -> None:
    if subscription:
        await rewrite(message, card(subscription, visit))
    else:
        toast.text = gone()


def _list_head(count: int, *, deleting: bool) -> str:
    if deleting:
        return _("What shall I stop following?")
    text = ngettext(
        "You follow {count} topic. Press it to adjust.", "You follow {count} topics. Press one to adjust.", count
    )
    return text.format(count=count)


def _list_button(number: int, subscription: Subscription, *, deleting: bool) -> InlineKeyboardButton:
    if deleting:
        return button(f"✕ {number}. {subscription.text}", Delete(id=subscription.id))
    return button(f"{number}. {subscription.text}", Card(id=subscription.id))


def _line(subscription: Subscription) -> str:
    marks = [_("paused")] if subscription.paused else [_("at once")] if subscription.instant else []
    return " · ".join([render.brief(subscription.text), *marks])


def _how_it_comes(subscription: Subscription, visit: Visit) -> str:
    if subscription.instant or visit.preferences.schedule.instant:
        return _("News about it comes at once.")
    return _("News about it comes in the digest.")
