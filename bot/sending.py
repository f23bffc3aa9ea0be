"""One message, sent as it is, or without what Telegram refuses of it: its HTML, its buttons, its picture."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import Response
from aiogram.types import InlineKeyboardMarkup, LinkPreviewOptions
from aiogram.types import Message as SentMessage

from bot.messages import TEXT_LIMIT, clip, plain
from bot.outcomes import Outcome, Refused, Sent, outcome
from bot.unreachable import UNREACHABLE
from storage.models import Message

# What Telegram says of HTML, of buttons and of pictures that it does not take.
BAD_HTML: Final = ("can't parse entities",)
BAD_BUTTONS: Final = ("BUTTON_", "keyboard", "reply markup", "REPLY_MARKUP")
BAD_PREVIEW: Final = ("WEBPAGE", "WEB_PAGE", "link preview", "LINK_PREVIEW")
# What a chat has missed for so long comes all at once, as when it wakes: only the last of it makes a sound.
LATE: Final = timedelta(hours=1)
# aiogram names this class for every answer, and pydantic builds it anew, for milliseconds, unless somebody keeps it.
ANSWER: Final = Response[SentMessage]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Form:
    """How a message is sent."""

    html: bool
    buttons: str | None
    preview: str | None

    def simpler(self, refusal: str) -> "Form | None":
        """Without what Telegram refused; None where that is something else."""
        if self.html and any(words in refusal for words in BAD_HTML):
            return replace(self, html=False)
        if self.buttons and any(words in refusal for words in BAD_BUTTONS):
            return replace(self, buttons=None)
        if self.preview and any(words in refusal for words in BAD_PREVIEW):
            return replace(self, preview=None)
        return None


async def send(bot: Bot, message: Message, *, now: datetime) -> Outcome:
    """Never raises for what the network or Telegram does."""
    form = Form(html=True, buttons=message.buttons, preview=message.preview)
    while True:
        try:
            given = _given(message, form, now=now)
        except ValueError as error:
            return Refused(f"it cannot be sent: {type(error).__name__}")
        try:
            await bot.send_message(**given)
        except TelegramBadRequest as error:
            if not (simpler := form.simpler(error.message)):
                return outcome(error)
            log.error("telegram refused a part of a message", message=message.id, error=error.message)
            form = simpler
        except UNREACHABLE as error:
            return outcome(error)
        else:
            return Sent()


def is_quiet(message: Message, *, now: datetime) -> bool:
    """What is told to everybody knows nobody's night."""
    if message.is_broadcast:
        return True
    return not message.is_last and message.composed_at is not None and now - message.composed_at > LATE


def _given(message: Message, form: Form, *, now: datetime) -> dict[str, Any]:
    return {
        "chat_id": message.telegram_id,
        "text": message.html if form.html else clip(plain(message.html, urls=True), TEXT_LIMIT),
        "message_thread_id": message.thread_id or None,
        "parse_mode": "HTML" if form.html else None,
        "reply_markup": InlineKeyboardMarkup.model_validate_json(form.buttons) if form.buttons else None,
        "link_preview_options": _preview(form.preview),
        "disable_notification": is_quiet(message, now=now) or None,
    }


def _preview(image: str | None) -> LinkPreviewOptions:
    """A picture above the text, or none of what is linked in it."""
    if not image:
        return NO_PREVIEW
    return LinkPreviewOptions(url=image, prefer_large_media=True, show_above_text=True)


NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)
