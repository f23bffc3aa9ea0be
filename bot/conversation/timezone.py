"""/timezone: by which clock set times are meant, by city, by the zone's name or by a shared location."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import Final
from zoneinfo import ZoneInfo

from aiogram import F, Router
from aiogram.enums import ChatType
from aiogram.filters import CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.types import (
    CallbackQuery,
    InlineKeyboardButton,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from aiogram.utils.i18n import gettext as _

from bot import render
from bot.conversation.elsewhere import here_only
from bot.conversation.filters import IN_PRIVATE, Question, named
from bot.conversation.middlewares import Toast, Visit
from bot.conversation.questions import ask, expect, is_answer, is_answered, stands_under
from bot.conversation.rights import CHANGES, CHANGES_BY_WORDS
from bot.conversation.schedule import choose_times
from bot.conversation.schedule_words import next_digest
from bot.conversation.views import View, answer, rewrite
from bot.keyboards import Ask, Open, Room, SetZone, button, carried, choices, keyboard
from bot.preferences import Preferences
from bot.timezones import at, city, find, offset, similar
from storage.database import Database

USUAL: Final = (
    ("Asia/Almaty", "Asia/Baku", "Europe/Moscow"),
    ("Europe/Kyiv", "Asia/Tashkent", "Europe/Istanbul"),
)


def router() -> Router:
    router = Router(name="timezone")
    router.message.register(timezone, named("timezone"), flags=CHANGES_BY_WORDS)
    router.message.register(timezone_from_answer, Question.timezone, is_answer, flags=CHANGES)
    router.message.register(timezone_from_answer, Question.city, names_city, flags=CHANGES)
    router.message.register(timezone_from_location, F.location, Question.timezone, stands_under, flags=CHANGES)
    router.message.register(timezone_from_location, F.location, IN_PRIVATE, flags=CHANGES)
    router.callback_query.register(choose_zone, SetZone.filter(), flags=CHANGES)
    router.callback_query.register(ask_for_city, Ask.filter(F.about == Room.TIMEZONE), flags=CHANGES)
    return router


async def timezone(message: Message, command: CommandObject, state: FSMContext, db: Database, visit: Visit) -> None:
    if command.args:
        await answer(message, await _settle(db, state, visit, command.args))
    else:
        await expect(message, state, Question.city)
        await answer(message, timezone_view(visit.preferences, now=visit.now))


async def names_city(message: Message, state: FSMContext) -> bool:
    return await is_answered(message, state, is_understood=find(message.text or "") is not None)


async def timezone_from_answer(message: Message, state: FSMContext, db: Database, visit: Visit) -> None:
    await answer(message, await _settle(db, state, visit, message.text or ""))


async def timezone_from_location(message: Message, state: FSMContext, db: Database, visit: Visit) -> None:
    """Where somebody is, is neither kept nor logged, only the zone."""
    assert message.location
    if message.chat.type == ChatType.PRIVATE:
        await message.answer(_("Thank you, let me see."), reply_markup=ReplyKeyboardRemove())
    zone = await asyncio.to_thread(at, message.location.latitude, message.location.longitude)
    if zone is None:
        await message.answer(_("I don't know what time it is there. Send me the nearest big city instead: /timezone"))
        return
    await answer(message, await _set(db, state, visit, zone))


async def choose_zone(
    callback: CallbackQuery, callback_data: SetZone, message: Message, toast: Toast, db: Database, visit: Visit
) -> None:
    zone = find(callback_data.key)
    if zone is None:
        toast.text = _("This zone is no longer known. Send me the name of your city: /timezone")
        return
    chosen = await set_zone(db, visit, zone)
    toast.text = _("Done")
    await rewrite(message, timezone_view(chosen, now=visit.now, back=_back_to_own(message, visit.preferences, zone)))


async def ask_for_city(callback: CallbackQuery, state: FSMContext) -> None:
    examples = ", ".join(render.typed(example) for example in (_("Astana"), _("Ganja"), "UTC+3"))
    text = _("Which city's time do you live by? For example: {examples}.").format(examples=examples)
    hint = here_only(_("Or in one go: {command}").format(command=render.typed(_("/timezone Astana"))))
    await ask(callback, state, Question.timezone, "\n".join(filter(None, [text, hint])), offered=_location_button())


async def set_zone(db: Database, visit: Visit, zone: ZoneInfo) -> Preferences:
    """Set times move with the clock: 09:00 stays 09:00."""
    return await choose_times(
        db, visit, lambda chosen: replace(chosen, zone=zone), lambda chosen: {"timezone": chosen.zone.key}
    )


async def _settle(db: Database, state: FSMContext, visit: Visit, words: str) -> View:
    zone = find(words)
    if zone is None:
        return _unknown(words, language=visit.reader.language, is_asked=await state.get_state() is not None)
    return await _set(db, state, visit, zone)


async def _set(db: Database, state: FSMContext, visit: Visit, zone: ZoneInfo) -> View:
    """With the time there as a check, and ways on where it is not theirs."""
    before = visit.preferences
    chosen = await set_zone(db, visit, zone)
    await state.set_state(None)
    lines = [zone_line(chosen, now=visit.now)]
    if digest_at := chosen.next_digest(after=visit.now):
        lines.append(next_digest(digest_at, reader=chosen.reader, now=visit.now))
    row = [button(_("Another city…"), Ask(about=Room.TIMEZONE))]
    if before.zone != zone:
        row.insert(0, _back(before.zone, before))
    return View("\n".join(lines), keyboard([row]))


def _back(zone: ZoneInfo, preferences: Preferences) -> InlineKeyboardButton:
    name = city(zone, language=preferences.language)
    return button(_("Back to {city}").format(city=name), SetZone(key=zone.key))


def _back_to_own(message: Message, before: Preferences, chosen: ZoneInfo) -> list[InlineKeyboardButton]:
    """To a city that no button of the view names, however many of these were tried since."""
    usual = list(chain(*USUAL))
    tried = [before.zone.key, *(one.key for one in carried(message, SetZone))]
    own = find(next((key for key in tried if key not in usual), ""))
    return [_back(own, before)] if own and own != chosen else []


def timezone_view(preferences: Preferences, *, now: datetime, back: Sequence[InlineKeyboardButton] = ()) -> View:
    hint = _("Choose a city, or send me yours: {command}").format(command=render.typed(_("/timezone Astana")))
    rows = [
        *(_choices(row, preferences) for row in USUAL),
        back,
        [button(_("Another city…"), Ask(about=Room.TIMEZONE))],
        [button(_("‹ Settings"), Open(room=Room.SETTINGS))],
    ]
    return View("\n\n".join(filter(None, [zone_line(preferences, now=now), here_only(hint)])), keyboard(rows))


def zone_line(preferences: Preferences, *, now: datetime) -> str:
    """The zone, with the present time as a check."""
    name, ahead = city(preferences.zone, language=preferences.language), offset(preferences.zone, now)
    shown = name if name == ahead else f"{name}, {ahead}"
    clock = f"{now.astimezone(preferences.zone):%H:%M}"
    return _("<b>Time zone</b>: {zone}. It is {clock} there now.").format(zone=shown, clock=clock)


def _choices(keys: tuple[str, ...], preferences: Preferences) -> list[InlineKeyboardButton]:
    names = {key: city(ZoneInfo(key), language=preferences.language) for key in keys}
    return choices([(name, SetZone(key=key)) for key, name in names.items()], chosen=names.get(preferences.zone.key))


def _location_button() -> ReplyKeyboardMarkup:
    share = KeyboardButton(text=_("Share my location"), request_location=True)
    return ReplyKeyboardMarkup(keyboard=[[share]], resize_keyboard=True, one_time_keyboard=True)


def _unknown(words: str, *, language: str, is_asked: bool) -> View:
    text = _(
        "I don't know the place {words}. Send me the nearest big city, or the difference to UTC, such as {example}."
    )
    text = text.format(words=render.brief(words), example=render.typed("UTC+5"))
    options = [(city(ZoneInfo(key), language=language), SetZone(key=key)) for key in similar(words)]
    return View("\n".join([text, *([_("Try again, or /cancel.")] if is_asked else [])]), keyboard([choices(options)]))
