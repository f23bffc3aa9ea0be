"""/schedule: when digests come."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time
from itertools import chain
from typing import Any, Final

from aiogram import F, Router
from aiogram.filters import CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message
from aiogram.utils.i18n import gettext as _

from bot import render
from bot.conversation.elsewhere import here_only
from bot.conversation.filters import Question, named
from bot.conversation.middlewares import Toast, Visit
from bot.conversation.pause import paused_line
from bot.conversation.questions import ask, is_answer
from bot.conversation.rights import CHANGES, CHANGES_BY_WORDS
from bot.conversation.schedule_words import in_words, when
from bot.conversation.views import View, answer, rewrite
from bot.dues import rechosen
from bot.keyboards import MOST_CARRIED, Ask, Open, Room, SetSchedule, button, carried, choices, keyboard
from bot.preferences import Preferences, preferences
from bot.timetable import Schedule, parse
from storage import chats
from storage.database import Database

NEXT_SHOWN: Final = 3
USUAL: Final = (("08:00", "09:00", "09:00 18:00"), ("hourly", "instant", "off"))


def router() -> Router:
    router = Router(name="schedule")
    router.message.register(schedule, named("schedule"), flags=CHANGES_BY_WORDS)
    router.message.register(schedule_from_answer, Question.schedule, is_answer, flags=CHANGES)
    router.callback_query.register(choose_schedule, SetSchedule.filter(), flags=CHANGES)
    router.callback_query.register(ask_for_times, Ask.filter(F.about == Room.SCHEDULE), flags=CHANGES)
    return router


async def schedule(message: Message, command: CommandObject, db: Database, visit: Visit) -> None:
    if command.args:
        await answer(message, _done(await set_schedule(db, visit, command.args), visit))
    else:
        await answer(message, schedule_view(visit.preferences, now=visit.now))


async def schedule_from_answer(message: Message, state: FSMContext, db: Database, visit: Visit) -> None:
    chosen = await set_schedule(db, visit, message.text or "")
    await state.set_state(None)
    await answer(message, _done(chosen, visit))


async def choose_schedule(
    callback: CallbackQuery, callback_data: SetSchedule, message: Message, toast: Toast, db: Database, visit: Visit
) -> None:
    chosen = await set_schedule(db, visit, callback_data.text)
    if callback_data.in_place:
        toast.text = _("Done")
        back = _back_to_own(message, visit.preferences.schedule, chosen.schedule)
        await rewrite(message, schedule_view(chosen, now=visit.now, back=back))
    else:
        await answer(message, _done(chosen, visit))


async def ask_for_times(callback: CallbackQuery, state: FSMContext) -> None:
    text = _("When shall the digest come? For example: {examples}.").format(examples=_examples())
    command = render.typed(_("/schedule 9:00 18:30"))
    hint = here_only(_("Or in one go: {command}").format(command=command))
    await ask(callback, state, Question.schedule, "\n".join(filter(None, [text, hint])))


async def set_schedule(db: Database, visit: Visit, words: str) -> Preferences:
    """Raises ScheduleError. A time that has passed today begins tomorrow."""
    return await choose_times(
        db, visit, lambda chosen: _scheduled(chosen, words, usual=visit.defaults.default_digest_time), _columns
    )


async def choose_times(
    db: Database,
    visit: Visit,
    change: Callable[[Preferences], Preferences],
    columns: Callable[[Preferences], Mapping[str, Any]],
) -> Preferences:
    """Changes what the chat has chosen as it stands in the store by now, and its next digest with it."""
    async with db.write() as conn:
        chat = await chats.by_id(conn, visit.chat.id) or visit.chat
        old = preferences(chat, visit.defaults)
        new = change(old)
        at, answered = rechosen(old, new, chat.next_due_at, now=visit.now)
        await chats.change(conn, chat.id, **columns(new), next_due_at=at, answered=answered)
    # Another chat's may be read in another language than its own.
    return replace(new, answered=answered, language=visit.preferences.language)


def _scheduled(chosen: Preferences, words: str, *, usual: time) -> Preferences:
    return replace(chosen, schedule=parse(words, keep=chosen.schedule, usual=usual))


def _columns(new: Preferences) -> Mapping[str, Any]:
    return {"schedule": str(new.schedule), "instant": new.schedule.instant}


def schedule_view(preferences: Preferences, *, now: datetime, back: Sequence[InlineKeyboardButton] = ()) -> View:
    hint = _("Choose another time, or send me your own: {command}").format(
        command=render.typed(_("/schedule 9:00 18:30"))
    )
    rows = [
        *usual(preferences, in_place=True),
        back,
        [button(_("My own times…"), Ask(about=Room.SCHEDULE))],
        [button(_("‹ Settings"), Open(room=Room.SETTINGS))],
    ]
    parts = (_head(preferences), _upcoming(preferences, now=now), here_only(hint))
    return View("\n\n".join(filter(None, parts)), keyboard(rows))


def usual(preferences: Preferences, *, in_place: bool) -> list[list[InlineKeyboardButton]]:
    """The usual schedules, the present one marked."""
    labels = {"09:00 18:00": _("9:00 + 18:00"), "hourly": _("Every hour"), "instant": _("At once"), "off": _("Off")}
    rows = [[(labels.get(text, text), text) for text in row] for row in USUAL]
    present = replace(preferences.schedule, quiet=None)
    return [
        choices(
            [(label, SetSchedule(text=text, in_place=in_place)) for label, text in row],
            chosen=next((label for label, text in row if parse(text) == present), None),
        )
        for row in rows
    ]


def _examples() -> str:
    forms = (_("9:00 18:30"), _("weekdays 8:30"), _("mon 10:00"), _("every hour"), _("instant"), _("off"))
    return ", ".join(render.typed(form) for form in (*forms, _("quiet 23:00-07:00")))


def _head(preferences: Preferences) -> str:
    schedule = in_words(preferences.schedule, language=preferences.language)
    return _("<b>Digest</b>: {schedule}.").format(schedule=schedule)


def _upcoming(preferences: Preferences, *, now: datetime) -> str:
    dues = preferences.next_dues(after=now, count=NEXT_SHOWN)
    times = [f"• {when(due.at, reader=preferences.reader, now=now)}" for due in dues]
    return "\n".join([_("The next ones:"), *times]) if times else ""


def _done(chosen: Preferences, visit: Visit) -> View:
    """What was understood, with the next times, and the way back to what was set before."""
    head = "\n".join([_head(chosen), *paused_line(visit)])
    text = "\n\n".join(filter(None, [head, _upcoming(chosen, now=visit.now)]))
    return View(text, keyboard([_way_back(visit.preferences.schedule, chosen.schedule)]))


def _way_back(old: Schedule, new: Schedule) -> list[InlineKeyboardButton]:
    words = _in_full(old)
    # What a button can't carry has been typed, and can be again.
    if old == new or len(words) > MOST_CARRIED:
        return []
    return [button(_("Undo"), SetSchedule(text=words, in_place=False))]


def _back_to_own(message: Message, old: Schedule, new: Schedule) -> list[InlineKeyboardButton]:
    """To times that no button of the view names, however many of these were tried since."""
    usual = list(chain(*USUAL))
    if replace(old, quiet=None) in map(parse, usual):
        words = next((one.text for one in carried(message, SetSchedule) if one.text not in usual), "")
    else:
        words = _in_full(old)
    if not words or words == _in_full(new) or len(words) > MOST_CARRIED:
        return []
    return [button(_("Undo"), SetSchedule(text=words, in_place=True))]


def _in_full(schedule: Schedule) -> str:
    """Whatever is kept otherwise."""
    return str(schedule) if schedule.quiet else f"{schedule}, quiet off"
