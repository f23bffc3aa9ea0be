"""/timezone: by which clock set times are meant, by city or by the zone's name."""

from dataclasses import replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from aiogram import F, Router
from aiogram.filters import CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message
from aiogram.utils.i18n import gettext as _

from bot import render
from bot.conversation.filters import PLAIN_TEXT, Question, ask, named
from bot.conversation.middlewares import Toast, Visit
from bot.conversation.schedule import next_due_at
from bot.conversation.schedule_words import next_digest
from bot.conversation.views import View, answer, rewrite
from bot.keyboards import Ask, Open, Room, SetZone, button, choices, keyboard
from bot.preferences import Preferences
from bot.timezones import city, find, offset, similar
from storage import chats
from storage.database import Database

USUAL: Final = (
    ("Asia/Almaty", "Asia/Baku", "Europe/Moscow"),
    ("Europe/Kyiv", "Asia/Tashkent", "Europe/Istanbul"),
)


def router() -> Router:
    router = Router(name="timezone")
    router.message.register(timezone, named("timezone"))
    router.message.register(timezone_from_answer, Question.timezone, PLAIN_TEXT)
    router.callback_query.register(choose_zone, SetZone.filter())
    router.callback_query.register(ask_for_city, Ask.filter(F.about == Room.TIMEZONE))
    return router


async def timezone(message: Message, command: CommandObject, state: FSMContext, db: Database, visit: Visit) -> None:
    if command.args:
        await answer(message, await _settle(db, state, visit, command.args))
    else:
        await answer(message, timezone_view(visit.preferences, now=visit.now))


async def timezone_from_answer(message: Message, state: FSMContext, db: Database, visit: Visit) -> None:
    await answer(message, await _settle(db, state, visit, message.text or ""))


async def choose_zone(
    callback: CallbackQuery, callback_data: SetZone, message: Message, toast: Toast, db: Database, visit: Visit
) -> None:
    zone = find(callback_data.key)
    if zone is None:
        toast.text = _("This zone is no longer known. Send me the name of your city: /timezone")
        return
    chosen = await set_zone(db, visit, zone)
    toast.text = _("Done")
    await rewrite(message, timezone_view(chosen, now=visit.now))


async def ask_for_city(callback: CallbackQuery, message: Message, state: FSMContext) -> None:
    await ask(state, Question.timezone, message)
    examples = ", ".join(render.typed(example) for example in (_("Astana"), _("Ganja"), "UTC+3"))
    text = _("Which city's time do you live by? For example: {examples}.\nOr in one go: {command}")
    await message.answer(text.format(examples=examples, command=render.typed(_("/timezone Astana"))))


async def set_zone(db: Database, visit: Visit, zone: ZoneInfo) -> Preferences:
    """Set times move with the clock: 09:00 stays 09:00."""
    new = replace(visit.preferences, zone=zone)
    async with db.write() as conn:
        await chats.change(conn, visit.chat.id, timezone=zone.key, next_due_at=next_due_at(new, visit))
    return new


async def _settle(db: Database, state: FSMContext, visit: Visit, words: str) -> View:
    zone = find(words)
    if zone is None:
        return _unknown(words, language=visit.reader.language, is_asked=await state.get_state() is not None)
    chosen = await set_zone(db, visit, zone)
    await state.set_state(None)
    return _done(chosen, now=visit.now)


def timezone_view(preferences: Preferences, *, now: datetime) -> View:
    hint = _("Choose a city, or send me yours: {command}").format(command=render.typed(_("/timezone Astana")))
    rows = [
        *(_choices(row, preferences) for row in USUAL),
        [button(_("Another city…"), Ask(about=Room.TIMEZONE))],
        [button(_("‹ Settings"), Open(room=Room.SETTINGS))],
    ]
    return View(f"{zone_line(preferences, now=now)}\n\n{hint}", keyboard(rows))


def zone_line(preferences: Preferences, *, now: datetime) -> str:
    """The zone, with the present time as a check."""
    name, ahead = city(preferences.zone, language=preferences.language), offset(preferences.zone, now)
    shown = name if name == ahead else f"{name}, {ahead}"
    clock = f"{now.astimezone(preferences.zone):%H:%M}"
    return _("<b>Time zone</b>: {zone}. It is {clock} there now.").format(zone=shown, clock=clock)


def _choices(keys: tuple[str, ...], preferences: Preferences) -> list[InlineKeyboardButton]:
    names = {key: city(ZoneInfo(key), language=preferences.language) for key in keys}
    return choices([(name, SetZone(key=key)) for key, name in names.items()], chosen=names.get(preferences.zone.key))


def _done(preferences: Preferences, *, now: datetime) -> View:
    lines = [zone_line(preferences, now=now)]
    if at := preferences.next_digest(after=now):
        lines.append(next_digest(at, reader=preferences.reader, now=now))
    return View("\n".join(lines))


def _unknown(words: str, *, language: str, is_asked: bool) -> View:
    text = _(
        "I don't know the place {words}. Send me the nearest big city, or the difference to UTC, such as {example}."
    )
    text = text.format(words=render.brief(words), example=render.typed("UTC+5"))
    options = [(city(ZoneInfo(key), language=language), SetZone(key=key)) for key in similar(words)]
    return View("\n".join([text, *([_("Try again, or /cancel.")] if is_asked else [])]), keyboard([choices(options)]))
