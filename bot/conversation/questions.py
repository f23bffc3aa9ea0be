"""What the bot asks and what answers it: in private the next text, in a group the reply of whoever was asked."""

from typing import Final

from aiogram.enums import ChatType
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State
from aiogram.types import CallbackQuery, ForceReply, Message, ReplyKeyboardMarkup, ReplyParameters, User
from aiogram.utils.i18n import gettext as _

from bot.conversation.elsewhere import shown
from bot.messages import escape

# What a question keeps: for which other chat it was asked, in a group its message, and of what it asks.
ABOUT: Final = "about"
MESSAGE: Final = "question"
WHICH: Final = "which"
_KEPT: Final = frozenset((ABOUT, MESSAGE, WHICH))


async def ask(
    event: Message | CallbackQuery,
    state: FSMContext,
    question: State,
    text: str,
    *,
    offered: ReplyKeyboardMarkup | None = None,
    which: int | None = None,
) -> None:
    """Asks whoever sent the command or pressed the button, and waits for their answer; `which` is kept until then.

    What is `offered` beside typing, Telegram lets people press in private alone. In a channel nobody can be asked:
    everybody there writes in its name, to its readers.
    """
    message = event if isinstance(event, Message) else event.message
    assert isinstance(message, Message)
    match message.chat.type:
        case ChatType.PRIVATE:
            await _wait(state, question, which=which)
            await message.answer(text, reply_markup=offered)
        case ChatType.CHANNEL:
            await message.answer("\n".join([text, _("In a channel, please put it into the same post as the command.")]))
        case _:
            sent = await _ask_one(event, message, text)
            await _wait(state, question, message=sent.message_id, which=which)


async def expect(message: Message, state: FSMContext, question: State) -> None:
    """Waits for the answer to what was asked in other words; in groups nobody is."""
    if message.chat.type == ChatType.PRIVATE:
        await _wait(state, question)


async def is_answer(message: Message, state: FSMContext) -> bool:
    """A filter, to stand behind the question's own."""
    if not message.text or message.text.startswith("/"):
        return False
    return await stands_under(message, state)


async def stands_under(message: Message, state: FSMContext) -> bool:
    """Whether the message is where an answer to the open question is, whatever it says."""
    if message.chat.type == ChatType.PRIVATE:
        return True
    replied = message.reply_to_message
    return replied is not None and replied.message_id == await state.get_value(MESSAGE)


async def is_answered(message: Message, state: FSMContext, *, is_understood: bool) -> bool:
    """For filters of what may be answered in words beside buttons: other words leave the question, and are a search."""
    if not await is_answer(message, state):
        return False
    if not is_understood:
        await state.set_state(None)
        await forget_question(state)
    return is_understood


async def forget_question(state: FSMContext) -> None:
    data = await state.get_data()
    if _KEPT & data.keys():
        await state.set_data({key: value for key, value in data.items() if key not in _KEPT})


async def _wait(state: FSMContext, question: State, *, message: int | None = None, which: int | None = None) -> None:
    await forget_question(state)
    elsewhere = shown()
    known = {ABOUT: elsewhere and elsewhere.telegram_id, MESSAGE: message, WHICH: which}
    if kept := {key: value for key, value in known.items() if value is not None}:
        await state.update_data(kept)
    await state.set_state(question)


async def _ask_one(event: Message | CallbackQuery, message: Message, text: str) -> Message:
    """Opens the reply to it with them alone: Telegram goes by whom it answers, or else by whom it mentions."""
    opened = ForceReply(selective=True)
    if isinstance(event, Message):
        pointing = ReplyParameters(message_id=message.message_id, allow_sending_without_reply=True)
        return await message.answer(text, reply_markup=opened, reply_parameters=pointing)
    return await message.answer(f"{_mention(event.from_user)}\n{text}", reply_markup=opened)


def _mention(user: User) -> str:
    return f'<a href="tg://user?id={user.id}">{escape(user.full_name)}</a>'
