"""A chat's subscriptions as a file to pass on, and files of queries that are sent to the bot.

list ──As a file──▶ OPML ──sent to the bot──▶ what is in it ──Follow all──▶ followed, with an undo of just these
"""

import asyncio
from collections.abc import Iterable
from typing import Final, NamedTuple

from aiogram import Bot, F, Router
from aiogram.enums import ChatType
from aiogram.exceptions import TelegramBadRequest
from aiogram.fsm.context import FSMContext
from aiogram.types import BufferedInputFile, CallbackQuery, Message
from aiogram.utils.i18n import gettext as _
from aiogram.utils.i18n import ngettext
from aiogram.utils.magic_filter import MagicFilter

from bot import render
from bot.conversation.addsource import Fetching
from bot.conversation.filters import IN_PRIVATE
from bot.conversation.middlewares import Toast, Visit
from bot.conversation.mistakes import MOST_SUBSCRIPTIONS, sentence
from bot.conversation.rights import CHANGES, READS
from bot.conversation.source_files import take_feeds
from bot.conversation.subscribe import set_going
from bot.conversation.subscriptions import gone
from bot.conversation.unsubscribe import stop_following
from bot.conversation.views import View, answer, rewrite
from bot.keyboards import Open, Room, button, keyboard
from bot.sources import query_lists
from bot.sources.drafts import SourceError
from bot.sources.query_lists import Entry, Listed
from bot.subscription_buttons import FollowList, SendList, UnfollowList
from storage import subscriptions
from storage.database import Database
from storage.errors import QueryError
from storage.query import parse
from storage.syntax import Query

# Thousands of sources, or of queries.
LARGEST: Final = 1_000_000
# So many queries of a file are shown, and so many that can't be read.
SHOWN, SHOWN_UNREAD = 10, 5
# Nobody waits for the writer longer than for these.
BATCH: Final = 50
# Under which name the dialogue keeps the file that was sent last: the id that stays, that to
# download it by, and whether its name is one of markup.
FILE: Final = "list"

_MARKUP: Final = (".opml", ".xml")
FILES: MagicFilter = IN_PRIVATE & F.document.file_name.lower().endswith((*_MARKUP, ".txt", ".json"))


class Asked(NamedTuple):
    """A query of the file, and how it is to be followed."""

    query: Query
    entry: Entry


class Sorted(NamedTuple):
    """What is in a file: what is new to the chat and has room, what it follows already, what there is no room for,
    and what can't be read, with why."""

    new: list[Asked]
    known: int
    beyond: int
    unread: list[tuple[str, QueryError]]


def router() -> Router:
    router = Router(name="lists")
    router.message.register(take_file, FILES, flags=CHANGES)
    router.callback_query.register(send_list, SendList.filter(), flags=READS)
    router.callback_query.register(follow_list, FollowList.filter(), flags=CHANGES)
    router.callback_query.register(unfollow_list, UnfollowList.filter(), flags=CHANGES)
    return router


async def send_list(callback: CallbackQuery, message: Message, toast: Toast, db: Database, visit: Visit) -> None:
    if message.chat.type == ChatType.CHANNEL:
        toast.text = _("All readers would see such a file here, so I send none to channels.")
        return
    async with db.read() as conn:
        followed = await subscriptions.of_chat(conn, visit.chat.id)
    if not followed:
        toast.text = gone()
        return
    file = BufferedInputFile(query_lists.write(followed).encode(), f"newsbot-{visit.now:%Y-%m-%d}.opml")
    caption = _("Your topics as a file (OPML). Whoever sends it to me can follow the same.")
    await message.answer_document(file, caption=caption)


async def take_file(
    message: Message, bot: Bot, state: FSMContext, db: Database, fetching: Fetching, visit: Visit
) -> None:
    document = message.document
    assert document
    if document.file_size is None or document.file_size > LARGEST:
        text = _("This file is too large for a list: I take {size} kB at most.")
        await message.answer(text.format(size=LARGEST // 1000))
        return
    data = await _download(bot, document.file_id)
    is_markup = (document.file_name or "").lower().endswith(_MARKUP)
    listed = await _read(fetching, data, is_markup=is_markup)
    # What has neither feeds nor queries was meant to be a list of feeds, if it is markup.
    if listed.has_feeds or (is_markup and not listed.entries):
        await take_feeds(message, data, db, fetching, visit)
    elif not listed.entries:
        text = _("There is nothing to follow in this file. I take a topic a line, or OPML as I write it myself.")
        await message.answer(text)
    else:
        await state.update_data({FILE: [document.file_unique_id, document.file_id, is_markup]})
        await answer(message, _offer(await _sort_out(db, visit, listed), document.file_unique_id))


async def follow_list(
    callback: CallbackQuery,
    callback_data: FollowList,
    message: Message,
    toast: Toast,
    bot: Bot,
    state: FSMContext,
    db: Database,
    fetching: Fetching,
    visit: Visit,
) -> None:
    """Read anew, since meanwhile the chat may follow some of it, or have followed all by another press."""
    if not callback_data.yes:
        await rewrite(message, View(_("All right, never mind.")))
        return
    unique_id, file_id, is_markup = await state.get_value(FILE) or (None, "", False)
    if unique_id != callback_data.file:
        toast.text = _("Please send me the file once more.")
        return
    try:
        data = await _download(bot, file_id)
    except TelegramBadRequest:
        toast.text = _("Please send me the file once more.")
        return
    found = await _sort_out(db, visit, await _read(fetching, data, is_markup=is_markup))
    if followed := await _follow(db, visit, found.new):
        await rewrite(message, _followed(followed))
    else:
        toast.text = _("You follow this already.")


async def unfollow_list(
    callback: CallbackQuery, callback_data: UnfollowList, message: Message, toast: Toast, db: Database, visit: Visit
) -> None:
    async with db.read() as conn:
        followed = await subscriptions.of_chat(conn, visit.chat.id)
    doomed = [one.id for one in followed if callback_data.first <= one.id <= callback_data.last]
    if view := await stop_following(db, visit, doomed):
        await rewrite(message, view)
    else:
        toast.text = gone()


async def _download(bot: Bot, file_id: str) -> bytes:
    file = await bot.download(file_id)
    assert file
    return file.read()


async def _read(fetching: Fetching, data: bytes, *, is_markup: bool) -> Listed:
    try:
        return await fetching.listed(data, is_markup=is_markup)
    except SourceError:
        return Listed()


async def _sort_out(db: Database, visit: Visit, listed: Listed) -> Sorted:
    async with db.read() as conn:
        followed = await subscriptions.of_chat(conn, visit.chat.id)
    asked, unread = await asyncio.to_thread(_parsed, listed.entries)
    known = {one.canonical for one in followed}
    new: dict[str, Asked] = {}
    for one in asked:
        if one.query.canonical not in known:
            new.setdefault(one.query.canonical, one)
    room = max(0, MOST_SUBSCRIPTIONS - len(followed))
    fitting = list(new.values())[:room]
    met = sum(one.query.canonical in known for one in asked)
    return Sorted(fitting, met, len(new) - len(fitting) + listed.more, unread)


def _parsed(entries: Iterable[Entry]) -> tuple[list[Asked], list[tuple[str, QueryError]]]:
    asked, unread = [], []
    for entry in entries:
        try:
            asked.append(Asked(parse(entry.text), entry))
        except QueryError as error:
            unread.append((entry.text, error))
    return asked, unread


async def _follow(db: Database, visit: Visit, new: list[Asked]) -> list[int]:
    """The ids of what is followed now and was not before; a chat's updates are handled one by one, so that nothing of
    another press comes in between."""
    made: list[int] = []
    for start in range(0, len(new), BATCH):
        async with db.write() as conn:
            for query, entry in new[start : start + BATCH]:
                followed = await subscriptions.follow(conn, visit.chat.id, query, now=visit.now)
                if not followed.is_new:
                    continue
                made.append(followed.subscription.id)
                if entry.instant or entry.paused:
                    await subscriptions.change(
                        conn, made[-1], chat_id=visit.chat.id, paused=entry.paused, instant=entry.instant
                    )
            await set_going(conn, visit)
    return made


def _offer(found: Sorted, file: str) -> View:
    count = len(found.new)
    head = ngettext(
        "{count} topic in this file is new to you:", "{count} topics in this file are new to you:", count
    ).format(count=count)
    topics = [f"• {render.brief(one.query.text)}" for one in found.new[:SHOWN]]
    more = [_and_more(count - SHOWN)] if count > SHOWN else []
    lines = [head, *topics, *more] if count else [_("There is nothing new to you in this file.")]
    view = "\n".join([*lines, *_left_out(found)])
    follow = button(_("Follow all"), FollowList(file=file, yes=True))
    return View(view, keyboard([[follow, button(_("Not now"), FollowList(file=file, yes=False))]]) if count else None)


def _left_out(found: Sorted) -> Iterable[str]:
    if found.known:
        yield _("Already followed: {count}.").format(count=found.known)
    if found.beyond:
        text = _("No room left for: {count}. One can follow {most} topics.")
        yield text.format(count=found.beyond, most=MOST_SUBSCRIPTIONS)
    if found.unread:
        yield _("What I can't read:")
        for text, error in found.unread[:SHOWN_UNREAD]:
            yield f"• {render.brief(text)}: {sentence(error).splitlines()[0].rstrip(':')}"
        if len(found.unread) > SHOWN_UNREAD:
            yield _and_more(len(found.unread) - SHOWN_UNREAD)


def _followed(made: list[int]) -> View:
    text = ngettext("Now you follow {count} topic more.", "Now you follow {count} topics more.", len(made))
    undo = button(_("Don't follow"), UnfollowList(first=made[0], last=made[-1]))
    topics = button(_("‹ All subscriptions"), Open(room=Room.SUBSCRIPTIONS))
    return View(text.format(count=len(made)), keyboard([[undo], [topics]]))


def _and_more(count: int) -> str:
    return _("and {count} more").format(count=count)
