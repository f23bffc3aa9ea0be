"""A search whose words are corrected is answered in place: the answer to the first words becomes that to the last.

words ──▶ answer, remembered ──words edited──▶ the same message, searched anew ──gone, or long ago──▶ a new one
"""

from typing import Final

from aiogram import Bot, Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.filters import CommandObject
from aiogram.types import Message

from bot.conversation.filters import IN_PRIVATE, PLAIN_TEXT, named
from bot.conversation.middlewares import Visit
from bot.conversation.rights import READS
from bot.conversation.search import Answers, found
from bot.conversation.views import View, answer
from storage.database import Database
from storage.expansions import Expansions

UNCHANGED: Final = "message is not modified"


def router() -> Router:
    router = Router(name="corrections")
    router.edited_message.register(search_again, PLAIN_TEXT, flags=READS)
    router.edited_message.register(search_command_again, IN_PRIVATE, named("search"), flags=READS)
    return router


async def search_again(
    message: Message, bot: Bot, answers: Answers, db: Database, visit: Visit, expansions: Expansions
) -> None:
    await _answer_again(message, await found(db, visit, expansions, message.text or ""), bot, answers)


async def search_command_again(
    message: Message,
    command: CommandObject,
    bot: Bot,
    answers: Answers,
    db: Database,
    visit: Visit,
    expansions: Expansions,
) -> None:
    if command.args:
        await _answer_again(message, await found(db, visit, expansions, command.args), bot, answers)


async def _answer_again(message: Message, view: View, bot: Bot, answers: Answers) -> None:
    known = answers.to(message)
    if known is None or not await _is_rewritten(bot, message.chat.id, known, view):
        answers.remember(message, await answer(message, view))


async def _is_rewritten(bot: Bot, chat_id: int, answer_id: int, view: View) -> bool:
    try:
        await bot.edit_message_text(view.text, chat_id=chat_id, message_id=answer_id, reply_markup=view.buttons)
    except TelegramBadRequest as error:
        return UNCHANGED in error.message
    return True
