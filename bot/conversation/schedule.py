"""/schedule: when digests come."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from aiogram import F, Router
from aiogram.filters import CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message
from aiogram.utils.i18n import gettext as _

from bot import render
from bot.conversation.filters import PLAIN_TEXT, Question, ask, named
from bot.conversation.middlewares import Toast, Visit
from bot.conversation.schedule_words import in_words, next_digest, when
from bot.conversation.views import View, answer, rewrite
from bot.keyboards import Ask, Open, Room, SetSchedule, button, choices, keyboard
from bot.preferences import Preferences
from bot.timetable import parse
from storage import chats
from storage.database import Database

NEXT_SHOWN: Final = 3


def router() -> Router:
    router = Router(name="schedule")
    router.message.register(schedule, named("schedule"))
    router.message.register(schedule_from_answer, Question.schedule, PLAIN_TEXT)
    router.callback_query.register(choose_schedule, SetSchedule.filter())
    router.callback_query.register(ask_for_times, Ask.filter(F.about == Room.SCHEDULE))
    return router


async def schedule(message: Message, command: CommandObject, db: Database, visit: Visit) -> None:
    if command.args:
        await message.answer(_done(await set_schedule(db, visit, command.args), now=visit.now))
    else:
        await answer(message, schedule_view(visit.preferences, now=visit.now))


async def schedule_from_answer(message: Message, state: FSMContext, db: Database, visit: Visit) -> None:
    chosen = await set_schedule(db, visit, message.text or "")
    await state.set_state(None)
    await message.answer(_done(chosen, now=visit.now))


async def choose_schedule(
    callback: CallbackQuery, callback_data: SetSchedule, message: Message, toast: Toast, db: Database, visit: Visit
) -> None:
    chosen = await set_schedule(db, visit, callback_data.text)
    if callback_data.in_place:
        toast.text = _("Done")
        await rewrite(message, schedule_view(chosen, now=visit.now))
    else:
        await message.answer(_done(chosen, now=visit.now))


async def ask_for_times(callback: CallbackQuery, message: Message, state: FSMContext) -> None:
    await ask(state, Question.schedule, message)
    text = _("When shall the digest come? For example: {examples}.\nOr in one go: {command}")
    command = render.typed(_("/schedule 9:00 18:30"))
    await message.answer(text.format(examples=_examples(), command=command))


async def set_schedule(db: Database, visit: Visit, words: str) -> Preferences:
    """Raises ScheduleError. A time that has passed today begins tomorrow."""
    new = replace(visit.preferences, schedule=parse(words, keep=visit.preferences.schedule))
    columns = {"schedule": str(new.schedule), "instant": new.schedule.instant}
    async with db.write() as conn:
        await chats.change(conn, visit.chat.id, **columns, next_due_at=next_due_at(new, visit))
    return new


def next_due_at(new: Preferences, visit: Visit) -> datetime | None:
    """The next set time; a digest that is due at this very moment is not put off by the change."""
    at, due = new.next_digest(after=visit.now), visit.chat.next_due_at
    return due if at and due and due <= visit.now else at


def schedule_view(preferences: Preferences, *, now: datetime) -> View:
    hint = _("Choose another time, or send me your own: {command}").format(
        command=render.typed(_("/schedule 9:00 18:30"))
    )
    rows = [
        *usual(preferences, in_place=True),
        [button(_("My own times…"), Ask(about=Room.SCHEDULE))],
        [button(_("‹ Settings"), Open(room=Room.SETTINGS))],
    ]
    return View("\n\n".join(filter(None, [_head(preferences), _upcoming(preferences, now=now), hint])), keyboard(rows))


def usual(preferences: Preferences, *, in_place: bool) -> list[list[InlineKeyboardButton]]:
    """The usual schedules, the present one marked."""
    rows = (
        (("08:00", "08:00"), ("09:00", "09:00"), (_("09:00 and 18:00"), "09:00 18:00")),
        ((_("Every hour"), "hourly"), (_("At once"), "instant"), (_("Off"), "off")),
    )
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


def _done(preferences: Preferences, *, now: datetime) -> str:
    at = preferences.next_digest(after=now)
    if at is None:
        return _head(preferences)
    return "\n".join([_head(preferences), next_digest(at, reader=preferences.reader, now=now)])
