"""/pause and /resume: nothing comes until then; what came meanwhile stands in the first digest after."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message
from aiogram.utils.i18n import gettext as _

from bot import render
from bot.conversation.filters import Question, named
from bot.conversation.middlewares import Visit
from bot.conversation.questions import expect, is_answered
from bot.conversation.rights import CHANGES, CHANGES_BY_WORDS
from bot.conversation.schedule_words import next_digest, when
from bot.conversation.views import View, answer, rewrite
from bot.keyboards import Pause, PauseAgain, Resume, button, keyboard
from bot.pauses import parse
from bot.preferences import FOREVER, preferences
from storage import chats
from storage.database import Database
from storage.models import Chat


def router() -> Router:
    router = Router(name="pause")
    router.message.register(pause, named("pause"), flags=CHANGES_BY_WORDS)
    router.message.register(pause_from_answer, Question.pause, says_until, flags=CHANGES)
    router.message.register(resume, named("resume"), flags=CHANGES)
    router.callback_query.register(choose_pause, Pause.filter(), flags=CHANGES)
    router.callback_query.register(pause_again, PauseAgain.filter(), flags=CHANGES)
    router.callback_query.register(press_resume, Resume.filter(), flags=CHANGES)
    return router


async def pause(message: Message, command: CommandObject, state: FSMContext, db: Database, visit: Visit) -> None:
    if not command.args:
        await expect(message, state, Question.pause)
        await answer(message, _offer(visit))
        return
    until = _meant(command.args, visit)
    await answer(message, await _paused(db, visit, until) if until else _not_understood(command.args))


async def says_until(message: Message, state: FSMContext, visit: Visit) -> bool:
    return await is_answered(message, state, is_understood=_meant(message.text or "", visit) is not None)


async def pause_from_answer(message: Message, state: FSMContext, db: Database, visit: Visit) -> None:
    await state.set_state(None)
    if until := _meant(message.text or "", visit):
        await answer(message, await _paused(db, visit, until))


async def choose_pause(
    callback: CallbackQuery, callback_data: Pause, message: Message, db: Database, visit: Visit
) -> None:
    until = visit.now + timedelta(days=callback_data.days) if callback_data.days else FOREVER
    await rewrite(message, await _paused(db, visit, until))


async def pause_again(
    callback: CallbackQuery, callback_data: PauseAgain, message: Message, db: Database, visit: Visit
) -> None:
    """What has ended meanwhile does not begin anew."""
    until = datetime.fromtimestamp(callback_data.until, UTC) if callback_data.until else FOREVER
    await rewrite(message, await (_paused(db, visit, until) if until > visit.now else _resumed(db, visit)))


async def resume(message: Message, db: Database, visit: Visit) -> None:
    await answer(message, await _resumed(db, visit))


async def press_resume(callback: CallbackQuery, message: Message, db: Database, visit: Visit) -> None:
    await rewrite(message, await _resumed(db, visit))


def paused_line(visit: Visit) -> list[str]:
    """Where the chat is paused, until when, with the way out."""
    chosen = visit.preferences
    if not chosen.is_paused(visit.now):
        return []
    return [
        _("<b>Paused</b>: /resume")
        if chosen.paused_until == FOREVER
        else _("<b>Paused</b> until {when}: /resume").format(when=_until(visit, chosen.paused_until))
    ]


def _meant(words: str, visit: Visit) -> datetime | None:
    return parse(words, visit.preferences.zone, now=visit.now)


async def _paused(db: Database, visit: Visit, until: datetime) -> View:
    await _rest(db, visit, until)
    own = [[button(_("Resume"), Resume()), *_way_back(visit, until)]]
    if until == FOREVER:
        text = _(
            "<b>Paused</b> until you press the button or send /resume. What comes meanwhile will be in the first "
            "digest after."
        )
        return View(text, keyboard(own))
    text = _("<b>Paused</b> until {when}. What comes meanwhile will be in the first digest after.")
    return View(text.format(when=_until(visit, until)), keyboard(own))


async def _resumed(db: Database, visit: Visit) -> View:
    if not visit.preferences.is_paused(visit.now):
        return View(_("I am not paused."))
    # The moment is kept: what was held back until then comes as one digest.
    chat = await _rest(db, visit, visit.now)
    after = [next_digest(chat.next_due_at, reader=visit.reader, now=visit.now)] if chat.next_due_at else []
    return View("\n".join([_("The pause is over."), *after]), keyboard([_way_back(visit, visit.now)]))


def _way_back(visit: Visit, until: datetime) -> list[InlineKeyboardButton]:
    """To the pause there was before, where it ended at another time."""
    before = visit.preferences.paused_until
    if before is None or before == until or not visit.preferences.is_paused(visit.now):
        return []
    return [button(_("Undo"), PauseAgain(until=0 if before == FOREVER else int(before.timestamp())))]


async def _rest(db: Database, visit: Visit, until: datetime) -> Chat:
    """With the first set time after it; a digest that is owed comes with that one."""
    async with db.write() as conn:
        chat = await chats.by_id(conn, visit.chat.id) or visit.chat
        chosen = replace(preferences(chat, visit.defaults), paused_until=until)
        at = chosen.next_digest(after=visit.now)
        return await chats.change(conn, chat.id, paused_until=until, next_due_at=at)


def _until(visit: Visit, until: datetime | None) -> str:
    return when(until, reader=visit.reader, now=visit.now) if until else ""


def _offer(visit: Visit) -> View:
    text = _("For how long shall I send nothing? Or write it: {examples}").format(examples=_examples())
    lengths = [button(label, Pause(days=days)) for label, days in ((_("1 day"), 1), (_("3 days"), 3), (_("A week"), 7))]
    way_out = button(_("Resume"), Resume()) if visit.preferences.is_paused(visit.now) else None
    last = [button(_("Until I say"), Pause(days=0)), *([way_out] if way_out else [])]
    return View("\n".join([*paused_line(visit), text]), keyboard([lengths, last]))


def _examples() -> str:
    return ", ".join(render.typed(words) for words in (_("/pause 3 days"), _("/pause until monday")))


def _not_understood(words: str) -> View:
    text = _("I don't understand until when: {words}. Up to a year is possible, for example {examples}")
    return View(text.format(words=render.brief(words), examples=_examples()))
