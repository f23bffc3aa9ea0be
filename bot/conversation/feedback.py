"""«Less of this» under stories, and what the chat's feedback is: shown, and reset, from the settings."""

from collections.abc import Sequence
from typing import Final

from aiogram import Router
from aiogram.types import CallbackQuery, Message
from aiogram.utils.i18n import gettext as _

from bot import story_view
from bot.conversation.middlewares import Toast, Visit
from bot.conversation.rights import CHANGES
from bot.conversation.saved import story_gone
from bot.conversation.views import View, rewrite
from bot.keyboards import Open, ResetFeedback, Room, button, carried, keyboard, redrawn
from bot.story_buttons import Less, less_button
from storage import feedback
from storage.database import Database
from storage.feedback import FeedbackKind, Given

LISTED: Final = 10


def router() -> Router:
    router = Router(name="feedback")
    router.callback_query.register(less, Less.filter(), flags=CHANGES)
    router.callback_query.register(reset, ResetFeedback.filter(), flags=CHANGES)
    return router


async def less(
    callback: CallbackQuery, callback_data: Less, message: Message, toast: Toast, db: Database, visit: Visit
) -> None:
    """Does what the button says, which may be done already where the message is old; draws all such buttons anew."""
    pressed, chat_id, kind = callback_data, visit.chat.id, FeedbackKind.LESS
    stories = {pressed.story, *(one.story for one in carried(message, Less))}
    async with db.write() as conn:
        if not pressed.less:
            await feedback.take_back(conn, chat_id, pressed.story, kind=kind)
        elif not await feedback.give(conn, chat_id, pressed.story, kind=kind, now=visit.now):
            toast.text = story_gone()
            return
        known = await feedback.among(conn, chat_id, stories, kind=kind)
    toast.text = _said() if pressed.less else _("Taken back: such stories rank as before.")
    await message.edit_reply_markup(reply_markup=redrawn(message, Less, lambda one: less_button(one, known)))


async def reset(
    callback: CallbackQuery, callback_data: ResetFeedback, message: Message, toast: Toast, db: Database, visit: Visit
) -> None:
    """Asks first; what is forgotten can't be brought back."""
    if not callback_data.sure:
        await rewrite(message, _are_you_sure())
        return
    async with db.write() as conn:
        await feedback.reset(conn, visit.chat.id)
    toast.text = _("Forgotten: stories rank as if you had said nothing.")
    await rewrite(message, await feedback_view(db, visit))


async def feedback_view(db: Database, visit: Visit) -> View:
    """How much there is, and the stories it was said of last."""
    async with db.read() as conn:
        counts = await feedback.count(conn, visit.chat.id)
        latest = await feedback.of_chat(conn, visit.chat.id, limit=LISTED)
    back = [button(_("‹ Settings"), Open(room=Room.SETTINGS))]
    about = _(
        "«Less of this» and the stories you open or save shift a little what comes first. Nothing is hidden by it."
    )
    if not latest:
        return View("\n\n".join([counted(counts), about]), keyboard([back]))
    forget = [button(_("Forget all of it"), ResetFeedback(sure=False))]
    return View("\n\n".join([counted(counts), "\n".join(_lines(latest)), about]), keyboard([forget, back]))


def counted(counts: dict[FeedbackKind, int]) -> str:
    """A line for the settings."""
    return _("<b>Feedback</b>: less of this — {less}, opened — {opened}.").format(
        less=counts[FeedbackKind.LESS], opened=counts[FeedbackKind.OPENED]
    )


def _lines(latest: Sequence[Given]) -> list[str]:
    said = {FeedbackKind.LESS: _("less of this"), FeedbackKind.OPENED: _("opened")}
    return [f"{story_view.mentioned(one.article)} — {said[one.kind]}" for one in latest]


def _are_you_sure() -> View:
    question = _("Forget which stories you opened and of which you wanted less? This cannot be undone.")
    choices = [
        button(_("Yes, forget"), ResetFeedback(sure=True)),
        button(_("No"), Open(room=Room.FEEDBACK)),
    ]
    return View(question, keyboard([choices]))


def _said() -> str:
    return _("Such stories will rank lower; none is hidden. Press again to take it back, or see /settings.")
