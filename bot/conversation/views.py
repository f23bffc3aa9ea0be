"""What a message shows, text and buttons; handlers put it into a new message or into the one with the button."""

from typing import NamedTuple

from aiogram.types import InlineKeyboardMarkup, Message, ReplyParameters


class View(NamedTuple):
    text: str
    buttons: InlineKeyboardMarkup | None = None


async def answer(message: Message, view: View) -> Message:
    return await message.answer(view.text, reply_markup=view.buttons)


async def answer_to(message: Message, view: View) -> None:
    """In a message that points at the one with the button, if that is still there."""
    pointing = ReplyParameters(message_id=message.message_id, allow_sending_without_reply=True)
    await message.answer(view.text, reply_markup=view.buttons, reply_parameters=pointing)


async def rewrite(message: Message, view: View) -> None:
    """A message without a text, a picture, can't become one: there it comes as a new message."""
    if message.text is None:
        await answer(message, view)
    else:
        await message.edit_text(view.text, reply_markup=view.buttons)


def typed_in(message: Message) -> list[str]:
    """The queries that a message of ours shows as they were typed: they stand in `code`, and nothing else does."""
    text, entities = message.text or message.caption or "", message.entities or message.caption_entities or ()
    return [entity.extract_from(text) for entity in entities if entity.type == "code"]
